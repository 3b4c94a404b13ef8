"""The sample's graph with a closing rule, and ways to ask it; shared by the tests of answers."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import msgspec

from kg.model import LeadRule, LoadedDocument
from kg.params import parse
from kg.query import Answer, find_tasks
from kg.records import TaskRecord
from kg.registry import load_registry
from kg.store.base import TaskQuery
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import all_documents, annual

REGISTRY = load_registry()
IPO, CUSTOMS, POLICE = "国家知识产权局", "海关总署", "公安部"
RULE = "列第一位的部门为牵头部门"


def with_rule(document: LoadedDocument) -> LoadedDocument:
    """The annual plan with its closing rule printed at the end."""
    start = len(document.text)
    text = document.text + RULE + "。\n"
    head = msgspec.structs.replace(
        document.extraction.document,
        lead_rule=LeadRule("first-listed", RULE, (start, start + len(RULE))),
    )
    extraction = msgspec.structs.replace(document.extraction, document=head)
    return msgspec.structs.replace(document, text=text, raw=text.encode(), extraction=extraction)


def store_of(*documents: LoadedDocument) -> MemoryStore:
    store = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    store.publish(documents)
    return store


STORE = store_of(
    *(with_rule(annual()) if d.extraction.document.id == "annual" else d for d in all_documents())
)
ALL: tuple[TaskRecord, ...] = STORE.find_tasks(TaskQuery(), limit=1000).results


def ask(*pairs: tuple[str, str], store: MemoryStore = STORE) -> Answer:
    return find_tasks(store, REGISTRY, parse(pairs, store, REGISTRY))


def follow(address: str) -> Answer:
    return ask(*parse_qsl(urlsplit(address).query, strict_parsing=True))
