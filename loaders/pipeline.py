"""A file to its extraction, stage by stage: text, outline, head, tasks, projects, goals.

No store, no network, no other document. `kg extract` prints what `read_document` returns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from msgspec.structs import replace

from kg.catalogue import read_catalogue
from kg.ids import slug
from kg.model import (
    CatalogueEntry,
    DocumentHead,
    Extraction,
    LeadRule,
    LoadedDocument,
    Responsibility,
    Section,
    Task,
    Warning,
)
from kg.registry import Registry
from loaders.cases import FOLDER, corrected, read_cases
from loaders.corpus import catalogue as bundled
from loaders.files import Source, read_file
from loaders.goals import read_definitions, read_goals
from loaders.head import Head, read_head
from loaders.indicators import read_indicators
from loaders.names import NameReader
from loaders.outline import Outline, read_outline
from loaders.places import place_of
from loaders.projects import read_projects
from loaders.script import as_printed, is_traditional, to_simplified
from loaders.stars import star_rule, told
from loaders.tables import read_tables
from loaders.targets import read_targets
from loaders.task_labels import number_value
from loaders.tasks import finish, lead_rule, read_tasks

_IMAGE = re.compile(r"\[image:[^\]\n]*\]")
_NOISE = re.compile(r"(?<=[\u4e00-\u9fff]) [a-z]{2,5} (?=[\u4e00-\u9fff])|\ufffd+")
_TORN = re.compile(r"([\u4e00-\u9fff])\s*\n\s*\1(?=[\u4e00-\u9fff])")


def read_document(path: Path, registry: Registry, cases: Path | None = None) -> LoadedDocument:
    """Read one document by itself.

    Args:
        path: the file; its catalogue and its cases lie beside it.
        registry: the bodies whose names are known.
        cases: a further folder of the user's corrections.

    Raises:
        DataError: the file, its catalogue or a case cannot be read.
    """
    source = read_file(path)
    document = from_source(source, registry, catalogue_entry(path, source))
    folders = [path.resolve().parent / FOLDER, *([cases] if cases else [])]
    found = [case for folder in folders for case in read_cases(folder)]
    if not found:
        return document
    read = corrected(document.extraction, document.text, found, registry)
    return replace(document, extraction=read)


def catalogue_entry(path: Path, source: Source) -> CatalogueEntry | None:
    """What the catalogue beside the file, or the bundled one, says of it."""
    digest = sha256(source.raw).hexdigest()
    beside = read_catalogue(path.resolve().parent).entry_for(path.name, digest)
    return beside or bundled().by_sha256.get(digest)


def from_source(
    source: Source, registry: Registry, entry: CatalogueEntry | None = None
) -> LoadedDocument:
    """The document of a text that was read already, with what a catalogue says of it."""
    id = entry.id if entry else slug(Path(source.name).stem)
    return LoadedDocument(
        extraction=extract(source.text, id, registry),
        text=source.text,
        raw=source.raw,
        file_name=source.name,
        media_type=source.media_type,
        encoding=source.encoding,
        catalogue=entry,
        pages=source.pages,
    )


def extract(text: str, id: str, registry: Registry) -> Extraction:
    """Everything that a canonical text says.

    Args:
        text: the canonical text of `loaders.files`.
        id: the document's id, the head of all its ids.
        registry: the bodies whose names are known.
    """
    if is_traditional(text):
        simplified = extract(to_simplified(text), id, registry)
        return as_printed(simplified, text)
    outline = read_outline(text)
    head = read_head(outline, registry)
    issuer = registry.resolve(re.sub(r"\s", "", head.issuer)) if head.issuer else None
    stars = star_rule(text)
    names = NameReader(
        registry,
        issuer.id if issuer else None,
        place_of(outline, head),
        stars.sign if stars else "",
    )
    rule = lead_rule(text)
    prose = read_tasks(outline, names, rule)
    table = read_tables(outline, id, names, rule)
    tasks = (*finish(text, id, prose.drafts, rule), *table.tasks)
    indicators = read_indicators(outline)
    ordered = tuple(sorted(tasks, key=lambda t: t.span))
    read = (*prose.warnings, *table.warnings, *indicators.warnings)
    return Extraction(
        document=_head(id, head, rule),
        tasks=ordered,
        projects=read_projects(outline),
        goals=read_goals(outline, [t.clause.span for t in ordered]),
        indicators=indicators.indicators,
        targets=read_targets(outline),
        warnings=_sorted([*read, *_damage(text), *told(text, stars), *_unknown(ordered, registry)]),
        sections=tuple(_sections(outline, id)),
        definitions=read_definitions(outline),
    )


def _head(id: str, head: Head, rule: LeadRule | None) -> DocumentHead:
    return DocumentHead(
        id=id,
        title=head.title,
        issuer=head.issuer,
        number=head.number,
        date=head.date,
        lead_rule=rule,
        title_span=head.title_span,
        issuer_span=head.issuer_span,
        number_span=head.number_span,
        date_span=head.date_span,
    )


def _sections(outline: Outline, id: str) -> Iterator[Section]:
    used: dict[str, int] = {}
    for block in outline.blocks:
        if block.kind != "heading":
            continue
        label = ".".join(number_value(h[:8]) or h[:6] for h in block.section)
        used[label] = used.get(label, 0) + 1
        again = f"_{used[label]}" if used[label] > 1 else ""
        yield Section(
            id=f"{id}-s{label}{again}", path=block.section, heading=block.text, span=block.span
        )


def _damage(text: str) -> Iterator[Warning]:
    """Marks of images, noise of a recognition, characters doubled over a page break."""
    for image in _IMAGE.finditer(text):
        yield Warning(
            "image_gap", f"此处原有图片或图框，其中文字没有读到：{image[0]}", image.span()
        )
    for noise in _NOISE.finditer(text):
        yield Warning(
            "damaged_word",
            f"疑似识别噪声：{text[noise.start() - 4 : noise.end() + 4]!r}，照录",
            noise.span(),
        )
    for torn in _TORN.finditer(text):
        yield Warning("doubled_character", f"换页处「{torn[1]}」印了两次，照录未改", torn.span())


def _unknown(tasks: tuple[Task, ...], registry: Registry) -> Iterator[Warning]:
    """Bodies that the registry lacks, each told once, where it stands first."""
    found: dict[str, list[Responsibility]] = {}
    for r in (r for task in tasks for r in task.responsibilities if not r.collective):
        if r.department_id in found or registry.resolve(r.department_id) is None:
            found.setdefault(r.department_id, []).append(r)
    for first, *more in found.values():
        times = f"（共 {len(more) + 1} 处）" if more else ""
        message = f"机构名录中没有「{first.department}」，按印出的名称保留{times}"
        yield Warning("unknown_body", message, first.span)


def _sorted(warnings: list[Warning]) -> tuple[Warning, ...]:
    return tuple(sorted(warnings, key=lambda w: (w.span or (0, 0), w.code)))
