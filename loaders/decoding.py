"""Bytes of a text to characters: UTF-8, UTF-16, GB18030, Big5, told apart by what they say.

UTF-8 tells itself; of the others each decodes the bytes of most others to nonsense. So every
candidate that decodes is judged by how much of it is Chinese as it is commonly written; what
no candidate makes sense of is refused, never shown garbled.
"""

from __future__ import annotations

import re

from kg.errors import DataError

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
# The most frequent characters of official prose, simplified and traditional.
_COMMON = frozenset(
    "的国和部政发务关人民中法业工作产管理实施行建设推进加强机制度全面经济社会企地方要求办各有为在对"
    "服保护单位责任牵头配合落完善开展健体系创新科技财督安生教文资信息农改革委局府省市県区规划年月日"
    "國務發關業產實進強機濟會對辦與單責牽體創資農劃護環開點電總處導應領級"
    "一二三四五六七八九十上下大小以及不是等通知意见见知识权負責負"
)
_PLAIN = re.compile(
    "[\u3400-\u9fff\x20-\x7e\n\t\u3000-\u303f\uff00-\uffef\u2010-\u2027\u2030-\u203e\u2460-\u24ff"
    "\xb7\xa0\xd7\xb0\u2150-\u218f\u2500-\u257f\u25a0-\u25ff\u2190-\u21ff\u2200-\u22ff]"
)
_META = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})|"
                   rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)  # fmt: skip
_NAMES = {"gb2312": "gb18030", "gbk": "gb18030", "gb18030": "gb18030", "x-gbk": "gb18030",
          "big5": "big5hkscs", "big5-hkscs": "big5hkscs", "utf-8": "utf-8", "utf8": "utf-8",
          "utf-16": "utf-16"}  # fmt: skip
_SHOWN = {"big5hkscs": "big5"}
SAMPLE = 200_000
MIN_SENSE = 0.12


def decode(raw: bytes, where: str) -> tuple[str, str]:
    """The characters of a text file and the name of its encoding.

    Raises:
        DataError: no text, or in no encoding that makes sense of it.
    """
    marked = _by_mark(raw)
    if marked:
        try:
            return clean(raw.decode(marked), where), marked.removesuffix("-sig")
        except UnicodeDecodeError as e:
            raise _not_text(where) from e
    try:
        return clean(raw.decode("utf-8"), where), "utf-8"
    except UnicodeDecodeError:
        pass
    if b"\x00" in raw:
        return _wide(raw, where)
    found = _best(raw)
    if found is None:
        raise _not_text(where)
    return clean(raw.decode(found), where), _SHOWN.get(found, found)


def _by_mark(raw: bytes) -> str | None:
    """The encoding that a byte order mark tells."""
    if raw.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if raw.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        return "utf-32"
    return "utf-16" if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else None


def _wide(raw: bytes, where: str) -> tuple[str, str]:
    """UTF-16 without its mark, if that gives plain text."""
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _sense(text[:SAMPLE]) > MIN_SENSE:
            return clean(text, where), encoding
    raise _not_text(where)


def _best(raw: bytes) -> str | None:
    """The candidate that makes most sense; the one a page names, if that makes sense too."""
    senses: dict[str, float] = {}
    for encoding in ("gb18030", "big5hkscs"):
        try:
            senses[encoding] = _sense(raw.decode(encoding)[:SAMPLE])
        except UnicodeDecodeError:
            continue
    named = _META.search(raw[:4096])
    if named:
        said = _NAMES.get((named[1] or named[2]).decode("ascii", "replace").lower(), "")
        if senses.get(said, 0) >= MIN_SENSE:
            return said
    best = max(senses, key=lambda e: senses[e], default=None)
    return best if best and senses[best] >= MIN_SENSE else None


def _sense(text: str) -> float:
    """How much of a text is common Chinese, from 0 to 1; far less if it holds odd signs."""
    signs = [ch for ch in text if not ch.isspace() and not ch.isascii()]
    if not signs:
        return 0.0
    common = sum(ch in _COMMON for ch in signs)
    odd = sum(not _PLAIN.match(ch) for ch in signs)
    return max(common - 5 * odd, 0) / len(signs)


def clean(text: str, where: str) -> str:
    """Line ends become line feeds; a text with control characters is no text.

    Raises:
        DataError: it holds control characters, or characters that were lost already.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub("[\f\v\x85\u2028\u2029]", "\n", text)
    if re.search("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]", text):
        text = _without_stray_signs(text, where)
    return text


def _without_stray_signs(text: str, where: str) -> str:
    """A few control characters, as programs leave behind, are dropped; many are no text."""
    kept = re.sub("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]", "", text)
    lost = len(text) - len(kept)
    if "\x00" in text or lost * 200 > len(text):
        raise _not_text(where)
    return kept


def _not_text(where: str) -> DataError:
    return DataError(
        "不是文本文件，或编码无法识别", where=where, remedy="存为 UTF-8 或 GB18030 编码的文本"
    )
