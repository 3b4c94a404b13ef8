"""Publishing: build a version beside the one that answers, verify it, switch.

Only families touched by a change are merged again; index and RDF dataset begin as copies
of the old version's. Where most is touched, or the old version was made by another program
or in another world, everything is built afresh from the sources kept in the index.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from kg.errors import ConflictError, DataError
from kg.families import keys as family_keys
from kg.merge import Part
from kg.model import LoadedDocument
from kg.records import Dataset
from kg.store import changes, digest, keys, proof
from kg.store.base import Progress, Receipt
from kg.store.embedded import dataset as rdf
from kg.store.embedded.folder import INDEX, RDF, Folder, Manifest
from kg.store.embedded.schema import LAYOUT, connect, create, form, unpack_source
from kg.store.embedded.writer import IndexWriter
from kg.store.families import by_key, closure, families
from kg.store.world import World

PREPARE, COPY, MERGE, INDEXED, VERIFY, SWITCH, CLEAN = (
    "准备",
    "复制",
    "合并",
    "索引",
    "校验",
    "切换",
    "清理",
)


def usable(manifest: Manifest) -> bool:
    """Whether this program can read a version's records as they lie there."""
    return manifest.layout == LAYOUT and manifest.form == form()


class Publisher:
    """One attempt to publish."""

    def __init__(self, folder: Folder, world: World, progress: Progress | None = None) -> None:
        self._folder, self._world = folder, world
        self._progress = progress or (lambda what, done, total: None)

    def publish(self, add: Sequence[LoadedDocument], remove: Sequence[str]) -> Receipt:
        """See `Store.publish`."""
        wanted = changes.asked(add, remove)
        if self._folder.current() is None and not (change := changes.plan({}, wanted)).any:
            return self._unchanged(change, None)
        with self._folder.lock():
            return self._locked(wanted)

    def renew(self) -> None:
        """Publish again what is there, in this program's layout.

        Raises:
            ConflictError: the folder cannot be written, or its sources cannot be read.
        """
        try:
            with self._folder.lock():
                name = self._folder.current()
                if name and not usable(self._folder.manifest(name)):
                    self._locked(changes.asked((), ()))
        except (OSError, sqlite3.Error, msgspec.DecodeError, msgspec.ValidationError) as e:
            raise ConflictError(
                f"图谱由另一版本的程序建立，且无法自动转换：{e}",
                where=str(self._folder.path),
                remedy=f"删去该文件夹，再运行 kg load … --store {self._folder.path}",
            ) from e

    def _locked(self, wanted: changes.Asked) -> Receipt:
        self._progress(PREPARE, 0, 1)
        self._folder.clean()
        name = self._folder.current()
        manifest = self._folder.manifest(name) if name else None
        with closing(_Old(self._folder.version(name) if name else None)) as old:
            change = changes.plan(old.digests, wanted)
            same_world = manifest is not None and self._same_world(manifest)
            if not change.any and same_world:
                return self._unchanged(change, manifest)
            build = _Build(self._world, old, change, self._progress)
            draft = self._folder.draft(build.dataset.sha256)
            totals = build.into(draft, fresh=not same_world or build.wide)
        self._progress(SWITCH, 0, 1)
        self._folder.switch(draft, self._manifest(build.dataset, name, totals))
        self._progress(CLEAN, 0, 1)
        self._folder.clean()
        return _receipt(True, build.dataset, change, totals)

    def _same_world(self, manifest: Manifest) -> bool:
        return (
            usable(manifest)
            and manifest.world == self._world.digest
            and manifest.program == self._world.program
        )

    def _manifest(self, made: Dataset, previous: str | None, totals: dict[str, int]) -> Manifest:
        return Manifest(
            layout=LAYOUT,
            form=form(),
            program=self._world.program,
            ontology=self._world.ontology_version,
            base_iri=self._world.base_iri,
            world=self._world.digest,
            version=made.version,
            sha256=made.sha256,
            previous=previous,
            totals=totals,
        )

    def _unchanged(self, change: changes.Changes, manifest: Manifest | None) -> Receipt:
        if manifest is None:
            totals = {keys.plural(k): 0 for k in keys.KINDS} | {"responsibilities": 0}
            return _receipt(False, digest.dataset({}, self._world.digest), change, totals)
        made = Dataset(version=manifest.version, sha256=manifest.sha256)
        return _receipt(False, made, change, manifest.totals)


class _Old:
    """What the version that answers holds of each document."""

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._db = connect(path / INDEX) if path else None
        self.digests: dict[str, str] = dict(self._all("SELECT id, digest FROM source"))

    def _all(self, sql: str, *values: str) -> list[Any]:
        return self._db.execute(sql, values).fetchall() if self._db else []

    def keys(self, document: str) -> set[str]:
        return {r[0] for r in self._all("SELECT key FROM family WHERE document = ?", document)}

    def having(self, key: str) -> set[str]:
        return {r[0] for r in self._all("SELECT document FROM family WHERE key = ?", key)}

    def loaded(self, document: str) -> LoadedDocument:
        assert self._db is not None
        sql = "SELECT loaded FROM source WHERE id = ?"
        return unpack_source(self._db.execute(sql, (document,)).fetchone()[0])

    def close(self) -> None:
        if self._db:
            self._db.close()


class _Build:
    """The contents of one new version."""

    def __init__(
        self, world: World, old: _Old, change: changes.Changes, progress: Progress
    ) -> None:
        self._world, self._old, self._change, self._progress = world, old, change, progress
        gone = set(change.removed)
        digests = {i: d for i, d in old.digests.items() if i not in gone} | change.digests
        self._ids = set(digests)
        self.dataset = digest.dataset(digests, world.digest)
        self._new_keys = {id: family_keys(d) for id, d in change.write.items()}
        self._touched = self._closure()

    def _closure(self) -> set[str]:
        """The documents whose families a change touches, by their old keys or their new."""
        new = by_key(self._new_keys)
        return closure(
            {*self._change.write, *self._change.removed},
            lambda id: self._old.keys(id) | self._new_keys.get(id, frozenset()),
            lambda key: self._old.having(key) | new.get(key, set()),
        )

    @property
    def wide(self) -> bool:
        """Whether so much of the old is touched that a fresh build is less work.

        It also leaves no gaps among the rows and puts all documents in order.
        """
        return 2 * len(self._touched & set(self._old.digests)) >= len(self._old.digests)

    def _loaded(self, id: str) -> LoadedDocument:
        return self._change.write.get(id) or self._old.loaded(id)

    def _keys(self, id: str, fresh: bool) -> Iterable[str]:
        if id in self._new_keys:
            return self._new_keys[id]
        return family_keys(self._old.loaded(id)) if fresh else self._old.keys(id)

    def into(self, draft: Path, fresh: bool) -> dict[str, int]:
        """Fill the draft's folder; the totals of its contents."""
        ids = self._ids if fresh else self._ids & self._touched
        found = {id: frozenset(self._keys(id, fresh)) for id in ids}
        self._progress(COPY, 0, 1)
        if not fresh and self._old.path:
            shutil.copyfile(self._old.path / INDEX, draft / INDEX)
            rdf.copy(self._old.path / RDF, draft / RDF)
        with (
            closing(create(draft / INDEX)) as db,
            rdf.Writer(draft / RDF, self._world) as graph,
        ):
            writer = IndexWriter(db)
            if not fresh:
                self._take_out(writer, graph)
            self._put_in(writer, graph, found, fresh)
            self._progress(INDEXED, 0, 1)
            departments = writer.finish(self._world.describe, compact=fresh)
            graph.finish(departments, _files(db), self.dataset)
            self._progress(VERIFY, 0, 1)
            return verified(db, graph, self.dataset, self._world)

    def _take_out(self, writer: IndexWriter, graph: rdf.Writer) -> None:
        for id in sorted(self._touched & set(self._old.digests)):
            writer.remove(id)
            graph.remove(id)
        for id in self._change.removed:
            writer.forget(id)

    def _put_in(
        self, writer: IndexWriter, graph: rdf.Writer, found: dict[str, frozenset[str]], fresh: bool
    ) -> None:
        groups, done = families(found), 0
        for group in groups:
            docs = {id: self._loaded(id) for id in group}
            part = self._world.merge(list(docs.values()))
            _prove(part, docs)
            writer.add(part)
            graph.add(part)
            for id in group:
                if fresh or id in self._change.write:
                    value = self._change.digests.get(id) or self._old.digests[id]
                    writer.keep(docs[id], value, found[id])
            done += len(group)
            self._progress(MERGE, done, len(found))


def _files(db: sqlite3.Connection) -> list[tuple[str, str]]:
    return db.execute("SELECT id, source_sha256 FROM document").fetchall()


def _prove(part: Part, docs: dict[str, LoadedDocument]) -> None:
    texts = {id: doc.text for id, doc in docs.items()}
    for kind in keys.PROVED:
        proof.prove(getattr(part, keys.plural(kind)), texts)


def verified(
    db: sqlite3.Connection, graph: rdf.Writer, expected: Dataset, world: World
) -> dict[str, int]:
    """The totals of a built version, if its parts agree with each other.

    Raises:
        DataError: they do not; the version must not be published.
    """
    kinds = dict(db.execute("SELECT kind, count(*) FROM thing GROUP BY kind"))
    totals = {keys.plural(k): kinds.get(k, 0) for k in keys.KINDS}
    for kind in ("task", "document", "department"):
        totals[keys.plural(kind)] = db.execute(f"SELECT count(*) FROM {kind}").fetchone()[0]
    sums = "SELECT coalesce(sum(tasks), 0), coalesce(sum(responsibilities), 0) FROM document"
    owned, totals["responsibilities"] = db.execute(sums).fetchone()
    digests = dict(db.execute("SELECT id, digest FROM source"))
    agree = {
        "文件": len(digests) == totals["documents"],
        "任务": owned == totals["tasks"],
        "RDF": graph.count_tasks() == totals["tasks"],
        "内容": digest.dataset(digests, world.digest) == expected,
    }
    wrong = [what for what, right in agree.items() if not right]
    if wrong:
        raise DataError(
            f"新版本的各部分不一致：{'、'.join(wrong)}", remedy="请报告；旧版本不受影响"
        )
    return totals


def _receipt(
    changed: bool, made: Dataset, change: changes.Changes, totals: dict[str, int]
) -> Receipt:
    return Receipt(
        changed=changed,
        dataset=made,
        added=change.added,
        replaced=change.replaced,
        unchanged=change.unchanged,
        removed=change.removed,
        totals=totals,
    )
