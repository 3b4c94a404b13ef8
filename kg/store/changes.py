"""What a publication would change, decided before anything is touched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec
from msgspec import Struct

from kg.errors import NotFoundError, QueryError
from kg.model import LoadedDocument
from kg.store.digest import document_digest


class Changes(Struct, frozen=True, kw_only=True):
    """The documents to write, and what happens to each id."""

    write: dict[str, LoadedDocument]
    digests: dict[str, str]
    added: tuple[str, ...]
    replaced: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether the content differs from what is there."""
        return bool(self.write or self.removed)


class Asked(Struct, frozen=True, gc=False):
    """What is to be added, with the digest of each, and the ids to remove."""

    given: dict[str, LoadedDocument]
    digests: dict[str, str]
    remove: tuple[str, ...]


def asked(add: Sequence[LoadedDocument], remove: Sequence[str]) -> Asked:
    """Read what is asked, once: it copies and hashes every document.

    Raises:
        QueryError: one id twice among the documents, or both to add and to remove.
    """
    given = {d.extraction.document.id: _plain(d) for d in add}
    _refuse(given, add, remove)
    return Asked(given, {id: document_digest(d) for id, d in given.items()}, tuple(remove))


def plan(present: Mapping[str, str], wanted: Asked) -> Changes:
    """Compare what is there (id → digest) with what is asked.

    Raises:
        NotFoundError: an id to remove is not there.
    """
    _refuse_missing(present, wanted.remove)
    same = {id for id, digest in wanted.digests.items() if present.get(id) == digest}
    write = {id: wanted.given[id] for id in sorted(wanted.given) if id not in same}
    return Changes(
        write=write,
        digests={id: wanted.digests[id] for id in write},
        added=tuple(id for id in write if id not in present),
        replaced=tuple(id for id in write if id in present),
        unchanged=tuple(sorted(same)),
        removed=tuple(sorted(set(wanted.remove))),
    )


def _plain(doc: LoadedDocument) -> LoadedDocument:
    """The document as it comes back from a file: a whole number is 12.0 where a float may be."""
    return msgspec.msgpack.decode(msgspec.msgpack.encode(doc), type=LoadedDocument)


def _refuse(
    given: Mapping[str, LoadedDocument],
    add: Sequence[LoadedDocument],
    remove: Sequence[str],
) -> None:
    if len(given) < len(add):
        ids = [d.extraction.document.id for d in add]
        twice = sorted({id for id in ids if ids.count(id) > 1})
        files = [d.file_name for d in add if d.extraction.document.id in twice]
        raise QueryError(
            f"几个文件的编号相同：{'、'.join(twice)}",
            where="、".join(files),
            remedy="改文件名，或在目录（catalogue）中给不同的编号",
        )
    both = sorted(set(given) & set(remove))
    if both:
        raise QueryError(f"同一文件既要加载又要删除：{'、'.join(both)}")


def _refuse_missing(present: Mapping[str, str], remove: Sequence[str]) -> None:
    missing = sorted(set(remove) - set(present))
    if missing:
        raise NotFoundError(
            f"没有这些文件：{'、'.join(missing)}",
            remedy="kg documents 列出已有的文件",
            candidates=tuple(sorted(present))[:20],
        )
