"""Pages of lines to one text: no running heads, paragraphs and rows whole over page breaks."""

from __future__ import annotations

import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from loaders.markup import text_of_markup
from loaders.pdf_lines import Line

_PAGE_NUMBER = re.compile(
    r"[-—–·.\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/，,共]+\s*\d{1,4}\s*页?)?|[ivxIVX]{1,6})[-—–·.\s]*"
)
_MARKER = re.compile(
    r"(?:\[image:[^\]]{0,80}\]\s*)?(?:[一二三四五六七八九十]{1,4}、|[（(][一二三四五六七八九十\d]{1,4}[)）]|\d{1,3}[.．、]"
    r"|第[一二三四五六七八九十百]{1,5}[章条节]|——|专栏|附件|[①-⑳]|[-•●◆■▪] )"
)
_MARKDOWN = re.compile(r"#{1,6} |\*\*\S|-{3,}$")
_BULLET = re.compile("[-•·●◆■▪] ")
_NOTE = re.compile(r"[①-⑳]|[\[〔(（]?\d{1,3}[\])）〕]?|\*|注")


def flow(pages: list[list[Line]]) -> tuple[str, tuple[int, ...]]:
    """The text of a document's pages, and where in it each page begins."""
    body, notes = _without_notes(_without_edges(_without_marks(pages)))
    lines = [*_rows_joined(_without_headers(line for page in body for line in page)), *notes]
    left, right = _margins([line for page in body for line in page])
    pitch = _pitch(lines, right)
    out: list[str] = []
    starts: dict[int, int] = {}
    size = 0
    before: Line | None = None
    for line in lines:
        text = "\t".join(line.row) if line.row else line.text
        glue = _glue(before, line, left, right, pitch) if before is not None else ""
        starts.setdefault(line.page, size + len(glue))
        out += [glue, text]
        size += len(glue) + len(text)
        before = line
    return "".join(out) + "\n", _offsets(starts, len(pages), size)


def _offsets(starts: dict[int, int], pages: int, size: int) -> tuple[int, ...]:
    """A page whose words all went elsewhere begins where the next one does."""
    out: list[int] = []
    later = size
    for page in range(pages, 0, -1):
        later = min(starts.get(page, later), later)
        out.append(later)
    return tuple(reversed(out))


# --- what is not the document's ------------------------------------------------------------


def _without_marks(pages: list[list[Line]]) -> list[list[Line]]:
    """Lines without Markdown marks, where a text was printed with them."""
    if sum(bool(_MARKDOWN.match(line.text)) for page in pages for line in page) < 3:
        return pages
    plain = [[replace(x, text=text_of_markup(x.text).strip()) for x in page] for page in pages]
    return [[line for line in page if line.row or line.text] for page in plain]


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without running heads, running feet and page numbers."""
    seen = Counter(key for page in pages for key in {_running(x) for x in page if x.edge})
    often = max(2, len(pages) // 4)
    return [
        [
            line
            for line in page
            if not line.edge
            or not (_PAGE_NUMBER.fullmatch(line.text) or seen[_running(line)] >= often)
        ]
        for page in pages
    ]


def _running(line: Line) -> tuple[str, int]:
    """A running head: the same words, but for page numbers, at the same height."""
    return re.sub(r"\d+", "#", line.text), round(line.top / 4)


def _without_notes(pages: list[list[Line]]) -> tuple[list[list[Line]], list[Line]]:
    """Pages without the notes at their foot, and the notes."""
    sizes = [x.size for page in pages for x in page if not x.row for _ in range(len(x.text))]
    usual = statistics.median(sizes) if sizes else 0.0
    kept, notes = [], []
    for page in pages:
        at = len(page)
        while at and not page[at - 1].row and page[at - 1].size < 0.88 * usual:
            at -= 1
        at = next((i for i in range(at, len(page)) if _NOTE.match(page[i].text)), len(page))
        kept.append(page[:at])
        notes += page[at:]
    return kept, notes


def _without_headers(lines: Iterator[Line]) -> Iterator[Line]:
    """Rows without the header that each page of a table prints again.

    Where no line parts it from a row that goes on, its words stand at the head of that row's.
    """
    header: Line | None = None
    before: Line | None = None
    for line in lines:
        if line.row and (before is None or not before.row or header is None):
            header = line if header is None or len(header.row) != len(line.row) else header
            header = header if _repeats(header, line) else line
            first = header is line
        else:
            first = False
        if header and line.row and not first and line.page > header.page:
            rest = _rest(header, line)
            if rest is not None:
                line = replace(line, row=rest, open=line.open)
        if not line.row or any(line.row):
            yield line
        before = line


def _repeats(header: Line, line: Line) -> bool:
    return _rest(header, line) is not None


def _rest(header: Line, line: Line) -> tuple[str, ...] | None:
    """A row without the header's words before its own; None if they do not stand there."""
    pairs = list(zip(header.row, line.row, strict=False))
    if len(header.row) != len(line.row) or not all(own.startswith(h) for h, own in pairs):
        return None
    return tuple(own[len(h) :].strip() for h, own in pairs)


# --- what a page break tore ----------------------------------------------------------------


def _rows_joined(lines: Iterator[Line]) -> Iterator[Line]:
    """Rows that go on overleaf put together."""
    held: Line | None = None
    for line in lines:
        if held is not None and _goes_on(held, line):
            cells = tuple(a + b for a, b in zip(held.row, line.row, strict=True))
            held = replace(held, page=line.page, row=cells, open=line.open)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _goes_on(held: Line, line: Line) -> bool:
    """No line at the foot, or overleaf an empty first cell and another empty one."""
    if not held.row or len(held.row) != len(line.row) or line.page <= held.page:
        return False
    return held.open or (not line.row[0] and sum(not cell for cell in line.row) > 1)


def _margins(lines: list[Line]) -> tuple[float, float]:
    """Left and right edge of the text block: where most full lines begin and end."""
    texts = [line for line in lines if not line.row]
    if len(texts) < 2:
        return (texts[0].left, texts[0].right) if texts else (0.0, 0.0)
    left = Counter(round(line.left) for line in texts if len(line.text) > 10)
    edge = float(left.most_common(1)[0][0]) if left else min(line.left for line in texts)
    return edge, statistics.quantiles([line.right for line in texts], n=10)[-1]


def _pitch(lines: list[Line], right: float) -> float:
    """The distance from line to line within a paragraph."""
    steps = [
        (b.top - a.top, _full(a, right))
        for a, b in pairwise(lines)
        if a.page == b.page and b.top > a.top and not a.row and not b.row
    ]
    within = [step for step, full in steps if full]
    if len(within) >= 3:
        return statistics.median(within)
    return statistics.quantiles([s for s, _ in steps], n=5)[0] if len(steps) > 1 else 0.0


def _full(line: Line, right: float) -> bool:
    """Whether a line fills its width; in the middle of a sentence a sign may have moved down."""
    short = 1.6 if re.search("[。！？：；:;]$", line.text) else 3.2
    return line.right >= right - short * line.size


def _glue(before: Line, line: Line, left: float, right: float, pitch: float) -> str:
    """What stands between two lines: line breaks, nothing, or a blank between Latin words."""
    if line.row or before.row:
        return "\n" if line.row and before.row else "\n\n"
    apart = line.page == before.page and pitch and line.top - before.top > 1.45 * pitch
    if apart or _begins(before, line, left, right):
        listed = _BULLET.match(before.text) and not _BULLET.match(line.text)
        return "\n\n" if apart or (listed and line.page > before.page) else "\n"
    latin = re.search(r"[A-Za-z0-9,]$", before.text) and re.match(r"[A-Za-z0-9]", line.text)
    return " " if latin else ""


def _begins(before: Line, line: Line, left: float, right: float) -> bool:
    """Whether a line begins a new paragraph."""
    size = max(line.size, 1.0)
    if abs(line.size - before.size) > 0.15 * size:
        return True
    if _MARKER.match(line.text) and re.search(r"[。；：:）)]$|^.{0,30}$", before.text):
        return True
    indented = line.left - left > 0.9 * size
    aside = before.left - line.left > 3 * size  # centred, or set to the right
    return indented or aside or not _full(before, right)
