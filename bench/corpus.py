"""A synthetic corpus after the real ones: 60 bodies, a few in most tasks, most in few."""

from __future__ import annotations

import random
from collections.abc import Iterator

from kg.model import (
    CatalogueEntry,
    Clause,
    DocumentHead,
    Extraction,
    LoadedDocument,
    Responsibility,
    Section,
    Task,
)
from kg.registry import Registry

PER_DOCUMENT, BODIES = 25, 60
SIZES, SIZE_WEIGHTS = (1, 2, 3, 4, 5, 6, 8), (12, 20, 22, 20, 14, 8, 4)  # 3.5 on average
_VERBS = "加强 完善 推进 建立 健全 支持 开展 提高 优化 深化 落实 制定 强化 鼓励"
_THINGS = (
    "知识产权保护 专利审查 商标注册 行政执法 海关监管 营商环境 公共服务 科技创新 数据安全 "
    "人才培养 国际合作 信用体系 标准制定 成果转化 绿色发展 风险防控 司法保护 质量提升"
)
_ENDS = "工作机制 体系建设 能力水平 专项行动 政策措施 试点示范 协同联动 宣传引导"
VERBS, THINGS, ENDS = (words.split() for words in (_VERBS, _THINGS, _ENDS))


def popularity(n: int) -> list[float]:
    """A Zipf-like curve: the first body stands in about half of all tasks."""
    return [1 / (rank + 1) ** 0.9 for rank in range(n)]


def names(registry: Registry) -> list[tuple[str, str]]:
    """(id, name) of 60 bodies, most popular first."""
    wanted = ["国家知识产权局", "市场监管总局", "海关总署", "公安部", "财政部"]
    bodies = {b.id: b.name for b in registry.bodies if not b.parent}
    first = [id for id in wanted if id in bodies]
    rest = [id for id in bodies if id not in first]
    return [(id, bodies[id]) for id in (first + rest)[:BODIES]]


def documents(tasks: int, bodies: list[tuple[str, str]], seed: int = 1) -> Iterator[LoadedDocument]:
    """Documents of 25 tasks each, `tasks` in all."""
    source = random.Random(seed)
    weights = popularity(len(bodies))
    for n in range(-(-tasks // PER_DOCUMENT)):
        yield _document(f"d{n:06d}", source, bodies, weights)


class _Text:
    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.at = 0

    def put(self, piece: str) -> tuple[int, int]:
        start = self.at
        self.pieces.append(piece)
        self.at += len(piece)
        return start, self.at


def _document(
    id: str, source: random.Random, bodies: list[tuple[str, str]], weights: list[float]
) -> LoadedDocument:
    out = _Text()
    heading = f"一、{source.choice(VERBS)}{source.choice(THINGS)}"
    section = Section(id=f"{id}-s1", path=(heading,), heading=heading, span=out.put(heading))
    out.put("\n")
    made = [_task(f"{id}-{n}", n, heading, source, bodies, weights, out)
            for n in range(1, PER_DOCUMENT + 1)]  # fmt: skip
    text = "".join(out.pieces)
    return LoadedDocument(
        extraction=Extraction(document=DocumentHead(id=id), tasks=tuple(made), sections=(section,)),
        text=text,
        raw=text.encode(),
        file_name=f"{id}.txt",
        media_type="text/plain",
        encoding="utf-8",
        catalogue=CatalogueEntry(
            id=id, title=f"合成文件{id}号规划", year=2000 + source.randrange(25), known_from="bench"
        ),
    )


def _sentence(source: random.Random) -> str:
    parts = [
        source.choice(VERBS) + source.choice(THINGS) + source.choice(ENDS)
        for _ in range(source.choice((1, 2, 2, 3)))
    ]
    return "，".join(parts) + f"，第{source.randrange(10**6)}项。"


def _chosen(source: random.Random, weights: list[float]) -> list[int]:
    size = source.choices(SIZES, SIZE_WEIGHTS)[0]
    found: dict[int, None] = {}
    while len(found) < size:
        found[source.choices(range(len(weights)), weights)[0]] = None
    return list(found)


def _task(
    id: str,
    number: int,
    heading: str,
    source: random.Random,
    bodies: list[tuple[str, str]],
    weights: list[float],
    out: _Text,
) -> Task:
    out.put(f"{number}.")
    text = _sentence(source)
    span = out.put(text)
    chosen, led = _chosen(source, weights), source.random() < 0.6
    words, spans = ["（"], []
    start = out.put("（")[0]
    for place, one in enumerate(chosen):
        if place:
            words.append("、")
            out.put("、")
        words.append(bodies[one][1])
        spans.append(out.put(bodies[one][1]))
        if led and not place and len(chosen) > 1:
            words.append("牵头")
            out.put("牵头")
    words.append("负责）")
    end = out.put("负责）")[1]
    out.put("\n")
    return Task(
        id=id,
        number=str(number),
        title=None,
        section=(heading,),
        text=text,
        span=span,
        clause=Clause("".join(words), (start, end)),
        responsibilities=tuple(
            _responsibility(place, len(chosen), led, bodies[one], where)
            for place, (one, where) in enumerate(zip(chosen, spans, strict=True))
        ),
    )


def _responsibility(
    place: int, of: int, led: bool, body: tuple[str, str], span: tuple[int, int]
) -> Responsibility:
    role, basis = ("joint", "joint")
    if of == 1:
        role, basis = "sole", "sole"
    elif led:
        role, basis = ("participant" if place else "lead"), "explicit"
    return Responsibility(
        department=body[1], department_id=body[0], mention=body[1], span=span, order=place,
        role=role, basis=basis,  # type: ignore[arg-type]
    )  # fmt: skip
