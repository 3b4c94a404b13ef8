"""The catalogue beside documents, and the bundled one."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.catalogue import Catalogue, parse_catalogue, read_catalogue
from kg.errors import DataError
from loaders import corpus

SUM = "a" * 64
SEEDS = {
    "ip-plan-14-5.txt": "20ac897c2b8da9f5005f4dc6839ae16742d65ab9b616d61deaa3ecd182eebb5e",
    "ip-2019.txt": "5ecf1b92b8cdadaeba7f3247bc3f4b69335a550365f4b84f5d29cecfef58a478",
    "ip-guide-2021.txt": "ae3d4bcf7aece800020dd807d36e3e3f5d081eee4a51d9043417f753f1fb9566",
    "ip-plan-14-5-infographic.txt": (
        "2d1adda8cdea2a5df676f7c2500577b3fb25742970f846a4a8ac50d928804539"
    ),
    "ip-plan-14-5-reprint.txt": "d56846ec4ddb2d91009fdef4f1a2c00e95f4f451ca4305d43c2552105324cbb8",
}


def parse(text: str) -> Catalogue:
    return parse_catalogue(text.encode(), "catalogue.toml")


def entry(line: str) -> str:
    return f'[[document]]\nfile = "a.txt"\nknown_from = "编者"\n{line}\n'


def test_bundled_documents_are_the_original_bytes() -> None:
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in corpus.documents()}
    assert found == SEEDS


def test_bundled_entries_hold_for_the_bytes_under_any_name() -> None:
    for file, sum in SEEDS.items():
        found = corpus.catalogue().entry_for("x.txt", sum)
        assert found and found.id == file.removesuffix(".txt") and found.known_from
    plan = corpus.catalogue().entry_for("000.txt", SEEDS["ip-plan-14-5.txt"])
    assert plan and (plan.number, plan.date, plan.issuer) == (
        "国发〔2021〕20号",
        "2021-10-09",
        "国务院",
    )


def test_bundled_entries_do_not_hold_for_changed_bytes() -> None:
    assert corpus.catalogue().entry_for("ip-2019.txt", SUM) is None


@pytest.mark.parametrize(
    ("id", "printed"),
    [
        ("ip-2019", ("issuer", "source")),
        ("ip-plan-14-5", ("title",)),
        ("ip-plan-14-5-reprint", ("title", "source")),
    ],
)
def test_what_an_entry_calls_printed_is_printed(id: str, printed: tuple[str, ...]) -> None:
    text = (corpus.FOLDER / f"{id}.txt").read_text(encoding="utf-8")
    found = corpus.catalogue().entry_for("", SEEDS[f"{id}.txt"])
    for field in printed:
        assert getattr(found, field) in text


def test_what_an_entry_calls_not_printed_is_not() -> None:
    text = (corpus.FOLDER / "ip-plan-14-5.txt").read_text(encoding="utf-8")
    assert "国发" not in text and "2021年10月" not in text


def test_a_folder_without_catalogue_states_nothing(tmp_path: Path) -> None:
    assert read_catalogue(tmp_path) == Catalogue()
    assert read_catalogue(tmp_path).entry_for("a.txt", SUM) is None


def test_a_file_is_found_by_name_and_gets_an_id_from_it(tmp_path: Path) -> None:
    bom = "\ufeff" + entry('title = "甲"\r\nyear = 2020')
    (tmp_path / "catalogue.toml").write_bytes(bom.encode())
    found = read_catalogue(tmp_path).entry_for("a.txt", SUM)
    assert found and (found.id, found.title, found.year) == ("a", "甲", 2020)
    assert read_catalogue(tmp_path).entry_for("b.txt", SUM) is None


def test_bytes_win_over_the_name_and_ids_come_from_the_name_asked_for() -> None:
    text = (
        entry('id = "by-name"') + f'[[document]]\nsha256 = "{SUM.upper()}"\nknown_from = "编者"\n'
    )
    found = parse(text).entry_for("规划 一.txt", SUM)
    assert found and found.id == "规划-一"
    other = parse(text).entry_for("a.txt", "b" * 64)
    assert other and other.id == "by-name"


def test_a_date_may_be_written_either_way() -> None:
    for line in ("date = 2021-10-09", 'date = "2021-10-09"'):
        found = parse(entry(line)).entry_for("a.txt", SUM)
        assert found and found.date == "2021-10-09"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[document]\n", "TOML"),
        ("documents = 1\n", "documents"),
        ("document = 1\n", "document"),
        ("document = [1]\n", "document"),
        ('[[document]]\nknown_from = "x"\n', "哪份文件"),
        ('[[document]]\nfile = "a.txt"\n', "known_from"),
        (entry('titel = "甲"'), "titel"),
        (entry('year = "2021"'), "year"),
        (entry("year = true"), "year"),
        (entry("year = 0"), "year"),
        (entry("title = 3"), "title"),
        (entry('title = " "'), "title"),
        (entry('date = "2021-02-30"'), "date"),
        (entry('date = "2021"'), "date"),
        (entry("date = 2021-10-09T00:00:00"), "date"),
        (entry('source = "javascript:alert(1)"'), "source"),
        (entry('id = "a/b"'), "id"),
        (entry('id = "a b"'), "id"),
        (entry('id = "a\\u3000b"'), "id"),
        (entry('id = ".."'), "id"),
        (entry('sha256 = "12"'), "sha256"),
        ('[[document]]\nfile = "x/a.txt"\nknown_from = "x"\n', "路径"),
        (entry("") + entry(""), "不止一次"),
        (entry('id = "x"') + entry('id = "x"').replace("a.txt", "b.txt"), "重复"),
    ],
)
def test_mistakes_are_named_with_place_and_remedy(text: str, what: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(text)
    error = caught.value
    assert what in f"{error.what}{error.remedy}" and "catalogue.toml" in error.where
    assert error.remedy


def test_not_text_and_not_a_file(tmp_path: Path) -> None:
    with pytest.raises(DataError):
        parse_catalogue(b"\xff\xfe\x00", "catalogue.toml")
    (tmp_path / "catalogue.toml").mkdir()
    with pytest.raises(DataError) as caught:
        read_catalogue(tmp_path)
    assert str(tmp_path) in caught.value.where
