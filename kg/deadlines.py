"""A printed deadline as a date, where its words allow one; else none.

The year comes from the words (2025年底前), or from the document's own year (年底前完成 in a guide
for 2021); 年内有阶段性成果 names no day by which the task is done and gets none.
"""

from __future__ import annotations

import calendar
import re

_YEAR = r"(?P<year>20\d{2})年"
_REL = r"(?:今年|本年|当年|年)"
_MONTH = r"(?P<month>\d{1,2})月"
_DAY = r"(?P<day>\d{1,2})日"
_DONE = re.compile(r"阶段性|持续|长期|每年|常态|逐年|推进$|启动")
_PART = re.compile(
    rf"(?:{_YEAR}|{_REL})?(?:{_MONTH})?(?:{_DAY})?(?P<part>上旬|中旬|下旬|上半年|下半年|第?[一二三四]季度|底|末|内|中)?"
)
_QUARTER = {"一": 3, "二": 6, "三": 9, "四": 12}


def by_date(printed: str | None, year: int | None) -> str | None:
    """The last day of a deadline, ISO 8601, or None.

    Args:
        printed: the deadline as printed.
        year: the document's year, for deadlines that name none.
    """
    words = re.sub(r"\s", "", printed or "")
    if not words or _DONE.search(words):
        return None
    found = _PART.match(words)
    if found is None or not found[0]:
        return None
    if not (found["year"] or found["month"] or found["part"]):
        return None
    stated = int(found["year"]) if found["year"] else year
    return None if stated is None else _last_day(stated, found)


def _last_day(year: int, found: re.Match[str]) -> str | None:
    part = found["part"] or ""
    month = int(found["month"]) if found["month"] else _month_of(part)
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(found["day"]) if found["day"] else {"上旬": 10, "中旬": 20}.get(part, last)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= day <= last else None


def _month_of(part: str) -> int:
    """The last month of a part of the year; a bare year ends in December."""
    if part.endswith("季度"):
        return _QUARTER[part[-3]]
    return 6 if part == "上半年" else 12
