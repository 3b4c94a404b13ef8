"""The layout of the query index: tables, terms, and how records lie in them.

Tasks are numbered in blocks: a document owns the rows [base, base + n), in order. What has
a property is a set of rows (a roaring bitmap) under the property's *term*; any combination
of filters is set algebra and every total a cardinality. All other things (sections,
projects, goals …, and measures, which are only searched) have rows of their own, likewise.
"""

from __future__ import annotations

import hashlib
import sqlite3
import zlib
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import msgspec
from pyroaring import BitMap

from kg.ids import squeeze
from kg.model import Basis, Clause, LoadedDocument, Role
from kg.records import (
    Assignment,
    DepartmentRecord,
    DocRef,
    DocumentRecord,
    Evidence,
    GoalRecord,
    IndicatorRecord,
    ProjectRecord,
    Ref,
    SectionRecord,
    TargetRecord,
    TaskRecord,
)
from kg.store.texts import Searchable

LAYOUT = 1
TYPES: dict[str, Any] = {
    "task": TaskRecord,
    "project": ProjectRecord,
    "goal": GoalRecord,
    "indicator": IndicatorRecord,
    "target": TargetRecord,
    "section": SectionRecord,
    "measure": Searchable,
    "document": DocumentRecord,
    "department": DepartmentRecord,
}
TABLES = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE source(id TEXT PRIMARY KEY, digest TEXT NOT NULL, loaded BLOB NOT NULL);
CREATE TABLE family(key TEXT, document TEXT, PRIMARY KEY(key, document)) WITHOUT ROWID;
CREATE INDEX family_document ON family(document);
CREATE TABLE document(id TEXT PRIMARY KEY, title TEXT NOT NULL, source_sha256 TEXT NOT NULL,
    task_base INTEGER NOT NULL, tasks INTEGER NOT NULL, responsibilities INTEGER NOT NULL,
    thing_base INTEGER NOT NULL, things INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE task(row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,
    position INTEGER NOT NULL, record BLOB NOT NULL);
CREATE TABLE task_project(row INTEGER, project TEXT, PRIMARY KEY(row, project)) WITHOUT ROWID;
CREATE TABLE thing(row INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL,
    place INTEGER NOT NULL, ordinal INTEGER NOT NULL, record BLOB NOT NULL);
CREATE INDEX thing_id ON thing(id, kind);
CREATE TABLE posting(term TEXT PRIMARY KEY, rows BLOB NOT NULL);
CREATE TABLE body(id TEXT PRIMARY KEY, name TEXT NOT NULL, collective INTEGER NOT NULL);
CREATE TABLE mention(department TEXT, words TEXT, n INTEGER NOT NULL,
    PRIMARY KEY(department, words)) WITHOUT ROWID;
CREATE TABLE department(place INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE share(document TEXT, department TEXT, total INTEGER NOT NULL,
    lead INTEGER NOT NULL, participant INTEGER NOT NULL, sole INTEGER NOT NULL,
    joint INTEGER NOT NULL, PRIMARY KEY(document, department)) WITHOUT ROWID;
CREATE INDEX share_department ON share(department, total DESC, document);
CREATE TABLE named(document TEXT, department TEXT,
    PRIMARY KEY(document, department)) WITHOUT ROWID;
CREATE TABLE pair(a TEXT, b TEXT, tasks INTEGER NOT NULL, PRIMARY KEY(a, b)) WITHOUT ROWID;
CREATE INDEX pair_b ON pair(b);
CREATE VIRTUAL TABLE task_text USING fts5(grams, content='', columnsize=0, tokenize='ascii');
CREATE VIRTUAL TABLE thing_text USING fts5(grams, content='', columnsize=0, tokenize='ascii');
"""


@cache
def form() -> str:
    """A fingerprint of the shape of all stored records, so that no old form is misread."""
    schema = msgspec.json.schema_components(TYPES.values())[1]
    shape = msgspec.json.encode(schema, order="deterministic")
    return hashlib.sha256(shape + _usual()).hexdigest()[:12]


def term(*parts: str) -> str:
    """The name of a set of rows: ("led", department), ("year", "2021") …"""
    return "\x1f".join(parts)


@cache
def _usual() -> bytes:
    """What most records have in common, their field names above all: they shrink to a third.

    Made from the records' own shape, so that `form` changes when this does.
    """
    roles: tuple[tuple[Role, Basis], ...] = (
        ("sole", "sole"),
        ("joint", "joint"),
        ("lead", "explicit"),
        ("participant", "explicit"),
    )
    said = (Evidence("", (0, 9), ""),)
    named = Ref("", "")
    return msgspec.msgpack.encode(
        TaskRecord(
            id="", iri="http://127.0.0.1:8000/tasks/", document=DocRef("", ""), number=None,
            title=None, section=(), text="", span=(0, 9), clause=Clause("（负责）", (0, 9)),
            open=False, scope=None, deadline=None, measures=(), projects=(), evidence=said,
            position=0, responsibilities=tuple(
                Assignment(department=named, mention="", span=(0, 9), order=0, role=role,
                           basis=basis, collective=False, evidence=said)
                for role, basis in roles))
    )  # fmt: skip


def pack(record: Any) -> bytes:
    """A record as it lies in the index."""
    shrink = zlib.compressobj(1, zlib.DEFLATED, -12, 6, zlib.Z_DEFAULT_STRATEGY, _usual())
    return shrink.compress(msgspec.msgpack.encode(record)) + shrink.flush()


@cache
def _decoder(kind: str) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(TYPES[kind])


def unpack(kind: str, blob: bytes) -> Any:
    """The record that lies in the index."""
    return _decoder(kind).decode(zlib.decompressobj(-12, _usual()).decompress(blob))


def pack_source(doc: LoadedDocument) -> bytes:
    """A source as it lies in the index: readable whatever becomes of the other records."""
    return zlib.compress(msgspec.msgpack.encode(doc), 1)


def unpack_source(blob: bytes) -> LoadedDocument:
    """The source that lies in the index."""
    return msgspec.msgpack.decode(zlib.decompress(blob), type=LoadedDocument)


def rows_of(blob: bytes) -> BitMap:
    """A set of rows as it lies in the index."""
    return BitMap.deserialize(blob)


def grams(fields: tuple[str, ...]) -> str:
    """The overlapping bigrams of the squeezed texts, each written as hexadecimal digits.

    Digits have no letter case, accent or punctuation that a tokenizer could act on, so what
    is found is exactly what stands there. The last character closes each text: no phrase of
    bigrams reaches across, and single characters are prefixes of tokens.
    """
    return " ".join(_grams(field) for field in fields)


def _grams(text: str) -> str:
    digits = squeeze(text).encode("utf-16-be", "surrogatepass").hex()
    last = len(digits) - 4
    return " ".join([*(digits[i : i + 8] for i in range(0, last, 4)), digits[max(last, 0) :]])


def phrase(word: str) -> str:
    """The full-text query that finds a squeezed word as an exact substring."""
    digits = word.encode("utf-16-be", "surrogatepass").hex()
    if len(digits) == 4:
        return f'"{digits}" *'
    return '"' + " ".join(digits[i : i + 8] for i in range(0, len(digits) - 4, 4)) + '"'


def connect(path: Path) -> sqlite3.Connection:
    """Open an index that nobody changes, to read; it may be used by one thread at a time."""
    uri = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
    db = sqlite3.connect(uri, uri=True, check_same_thread=False, cached_statements=256)
    db.execute("PRAGMA mmap_size = 17179869184")
    return db


def create(path: Path) -> sqlite3.Connection:
    """Open an index to write; it is nobody's yet, so a crash needs no journal."""
    fresh = not path.exists()
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
        db.execute(f"PRAGMA {pragma}")
    if fresh:
        db.executescript(TABLES)
    db.execute("BEGIN")
    return db
