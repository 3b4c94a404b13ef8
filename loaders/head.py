"""What a document prints about itself: title, number, issuer, date. Never a guess.

* the number is a line of its own: 国办发〔2018〕129号;
* the title is the short lines at the very top, joined, that end in the name of a kind of
  document (通知, 意见, 规划 …); a letterhead (国家知识产权局文件) or a body's name is no title;
* the issuer is the letterhead, or the signature above the date, or a body's name alone on the
  first line;
* the date is the signature's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.body_forms import looks_like_body
from kg.model import Span
from kg.registry import Registry
from loaders.outline import Block, Outline

HEAD_LINES = 15
_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{1,12}[〔\[（(【［]\s*(?:19|20)\d{2}\s*[〕\])）】］]\s*(?:第\s*)?\d{1,4}\s*号"
)
_KINDS = (
    "规划|纲要|意见|通知|方案|计划|办法|指引|要点|措施|条例|规定|决定|公告|清单|通报|细则|指南|决议|"
    "批复|函|命令|公报|报告|分工|任务书|责任书|行动|制度|标准|目录|名单|章程|准则|分工表|任务表|分解表|一览表|责任表|台账|责任分解|任务分解|工作安排|倡议书|图解|解读"
)
_TITLE_END = re.compile(rf"(?:{_KINDS})(?:[（(][^（）()]*[）)])*[》”]?(?:[（(][^（）()]*[）)])*$")
_PICTURE = re.compile(r"^(?:一图读懂|图解|一张图看懂|图说|解读)[：:|｜]?")
_LETTERHEAD = re.compile(r"^(?P<body>.{2,30}?)文件$")
_DATE = re.compile(r"[（(]?((?:19|20)\d{2})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日[）)]?")
_CN_DATE = re.compile(
    r"[二一][〇零○ＯO九〇一二三四五六七八九]{3}年[一二三四五六七八九十]{1,2}月[一二三四五六七八九十]{1,3}日"
)


@dataclass(frozen=True)
class Head:
    """Printed facts with their places; None where the document prints none."""

    title: str | None = None
    title_span: Span | None = None
    number: str | None = None
    number_span: Span | None = None
    issuer: str | None = None
    issuer_span: Span | None = None
    date: str | None = None
    date_span: Span | None = None


def read_head(outline: Outline, registry: Registry) -> Head:
    """Read the head and the signature of a document."""
    top = _top(outline)
    number = _number(top)
    issuer = _letterhead(top, registry)
    title = _title(outline.text, top, registry)
    date = _signature_date(outline)
    issuer = issuer or _signature(outline, date, registry) or _first_line(top, registry)
    iso = _iso(outline.text[slice(*date)]) if date else None
    return Head(
        title=re.sub(r"\s*\n\s*", "", outline.text[slice(*title)]) if title else None,
        title_span=title,
        number=re.sub(r"\s", "", outline.text[slice(*number)]) if number else None,
        number_span=number,
        issuer=re.sub(r"\s*\n\s*", " ", outline.text[slice(*issuer)]) if issuer else None,
        issuer_span=issuer,
        date=iso,
        date_span=date if iso else None,
    )


def _top(outline: Outline) -> list[Block]:
    """The unmarked lines before the first heading, item or row, at most fifteen."""
    top = []
    for block in outline.blocks[:HEAD_LINES]:
        if block.kind != "paragraph":
            break
        top.append(block)
    return top


def _number(top: list[Block]) -> Span | None:
    for block in top:
        found = _NUMBER.fullmatch(block.text.strip("（）() "))
        if found:
            start = block.span[0] + block.text.index(found[0])
            return (start, start + len(found[0]))
    return None


def _letterhead(top: list[Block], registry: Registry) -> Span | None:
    for block in top:
        found = _LETTERHEAD.match(block.text)
        if found and _is_body(found["body"], registry):
            return (block.span[0], block.span[0] + found.end("body"))
    return None


def _title(text: str, top: list[Block], registry: Registry) -> Span | None:
    """The first run of title lines: the longest of up to four whose join ends like a title.

    「四川省人民政府办公厅 / 关于印发…的通知」: a title that begins with 关于 takes the bodies above.
    """
    for i, block in enumerate(top):
        if not _may_be_title(block.text, registry):
            continue
        for end in range(_run_end(top, i, registry), i - 1, -1):
            joined = "".join(b.text for b in top[i : end + 1])
            if _TITLE_END.search(joined) and not _PICTURE.fullmatch(joined):
                first = i
                while (
                    first and joined.startswith("关于") and _bodies(top[first - 1].text, registry)
                ):
                    first -= 1
                return (top[first].span[0], top[end].span[1])
    return None


def _run_end(top: list[Block], start: int, registry: Registry) -> int:
    """The last of up to four lines in a row that may be a title's."""
    end = start
    while end + 1 < min(start + 4, len(top)) and _may_be_title(top[end + 1].text, registry):
        end += 1
    return end


def _bodies(line: str, registry: Registry) -> bool:
    """Whether a line is one body, or several parted by blanks (a joint issue or signature)."""
    parts = re.split(r"[\s　]+", line.strip())
    return not _LETTERHEAD.match(line) and all(_is_body(p, registry) for p in parts)


def _may_be_title(line: str, registry: Registry) -> bool:
    if len(line) > 60 or re.search("[。；：:]$|[。；]", line) or _NUMBER.fullmatch(line):
        return False
    return not _LETTERHEAD.match(line) and not _is_body(line, registry)


def _is_body(name: str, registry: Registry) -> bool:
    name = re.sub(r"[\s　]", "", name)
    return registry.resolve(name) is not None or (
        looks_like_body(name) is not None and not _TITLE_END.search(name)
    )


def _first_line(top: list[Block], registry: Registry) -> Span | None:
    if top and _is_body(top[0].text, registry):
        return top[0].span
    return None


def _signature_date(outline: Outline) -> Span | None:
    """A date alone on a line after the body of the text, or in brackets under the title."""
    for block in reversed(outline.blocks[-12:]):
        span = _date_line(block)
        if span:
            return span
    for block in _top(outline)[:8]:
        span = _date_line(block)
        if span:
            return span
    return None


def _date_line(block: Block) -> Span | None:
    line = block.text.split("\n")[-1]
    start = block.span[1] - len(line)
    found = _DATE.fullmatch(line.strip()) or _CN_DATE.fullmatch(line.strip())
    if found is None:
        return None
    inner = line.strip().strip("（）()")
    at = start + line.index(inner)
    return (at, at + len(inner))


def _signature(outline: Outline, date: Span | None, registry: Registry) -> Span | None:
    """The bodies on the lines above the date."""
    if date is None:
        return None
    above = [b for b in outline.blocks if b.span[1] <= date[0]]
    first = len(above)
    while (
        first and above[first - 1].kind == "paragraph" and _bodies(above[first - 1].text, registry)
    ):
        first -= 1
    return (above[first].span[0], above[-1].span[1]) if first < len(above) else None


def _signs(block: Block, registry: Registry) -> bool:
    return block.kind == "paragraph" and _bodies(block.text, registry)


def _iso(printed: str) -> str | None:
    found = _DATE.search(printed)
    if found:
        year, month, day = (int(g) for g in found.groups())
    else:
        year, month, day = _cn_date(printed)
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return None
    return f"{year:04d}-{month:02d}-{day:02d}"


def _cn_date(printed: str) -> tuple[int, int, int]:
    digits = str.maketrans("〇零○ＯO一二三四五六七八九", "00000123456789")
    year, month, day = re.split("[年月日]", printed)[:3]
    return int(year.translate(digits)), _cn_number(month), _cn_number(day)


def _cn_number(printed: str) -> int:
    tens, _, ones = printed.rpartition("十")
    value = "一二三四五六七八九".find
    if "十" not in printed:
        return value(printed) + 1
    return (value(tens) + 1 if tens else 1) * 10 + (value(ones) + 1 if ones else 0)
