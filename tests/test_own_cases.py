"""A user's corrections: they change the graph at the next load, marked, told, never silent."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from kg.store import open_store
from kg.store.base import TaskQuery
from tests import test_cases
from tests.test_api_support import new_client
from tests.test_golden import GOLD

TEXT = """关于做好工作的通知

一、主要任务
1.完善标准体系。（教育部、科技部负责）
2.推进服务建设。（商务部负责）
3.加强宣传引导。（民政部、财政部负责）
"""


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KG_STORE", str(tmp_path / "store"))
    monkeypatch.delenv("KG_CASES", raising=False)
    path = tmp_path / "docs" / "plan.txt"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


def records(path: Path) -> Iterator[Any]:
    store = open_store(str(path.parents[1] / "store"))
    try:
        yield from store.find_tasks(TaskQuery(), limit=100).results
    finally:
        store.close()


def who(task: Any) -> list[tuple[str, str]]:
    return [(r.department.name, r.role) for r in task.responsibilities]


def place(words: str) -> str:
    start = TEXT.index(words)
    return f"{start}:{start + len(words)}"


def case(file: Path, *args: str) -> int:
    return run(["case", str(file), *args, "--by", "张三", "--why", "与发文机关核对"])


def test_a_case_changes_the_graph_and_is_marked(file: Path, capsys: Any) -> None:
    assert run(["load", str(file)]) == 0
    assert [t.correction for t in records(file)] == [None] * 3
    assert (
        case(file, place("（教育部、科技部负责）"), "--lead", "教育部", "--participant", "科技部")
        == 0
    )
    capsys.readouterr()
    assert run(["load", str(file)]) == 0
    report = capsys.readouterr().out
    assert "替换 1 份文件" in report
    assert "更正：1 份更正文件起作用，更正的任务 1 条，在 plan.txt" in report
    first, *others = records(file)
    assert who(first) == [("教育部", "lead"), ("科技部", "participant")]
    assert (first.correction.by, first.correction.why) == ("张三", "与发文机关核对")
    assert first.correction.case.startswith("plan-")
    assert [t.correction for t in others] == [None, None]

    run(["tasks", "--json", "--led-by", "教育部"])
    answer = json.loads(capsys.readouterr().out)
    assert answer["results"][0]["correction"]["by"] == "张三"


def test_every_door_says_that_a_case_speaks(file: Path, capsys: Any) -> None:
    said = "用户更正（张三，与发文机关核对；plan-"
    case(file, "plan-1", "--joint", "教育部", "--joint", "科技部")
    assert run(["load", str(file)]) == 0
    capsys.readouterr()
    assert run(["tasks", "--involves", "教育部"]) == 0
    shown = capsys.readouterr().out
    assert f"（依据：{said}" in shown and f"不是从条款读出的，是{said}" in shown
    assert run(["tasks", "--csv"]) == 0
    assert said in capsys.readouterr().out
    html = {"accept": "text/html"}
    with closing(open_store(str(file.parents[1] / "store"))) as store, new_client(store) as client:
        for page in ("/tasks/plan-1", "/tasks?involves=教育部"):
            words = client.get(page, headers=html).text
            assert said in words and "没有写谁牵头" not in words
        assert said not in client.get("/tasks/plan-2", headers=html).text


def test_bodies_left_out_are_told(file: Path, capsys: Any) -> None:
    assert case(file, "plan-3", "--sole", "财政部") == 0
    assert "责任条款还印有民政部，更正没有写" in capsys.readouterr().out
    assert case(file, "plan-1", "--joint", "教育部", "--joint", "科技部") == 0
    assert "还印有" not in capsys.readouterr().out


def test_taken_out_is_told_too(file: Path, capsys: Any) -> None:
    assert case(file, "plan-2", "--none") == 0
    capsys.readouterr()
    assert run(["load", str(file)]) == 0
    assert "去掉 1 条任务（张三，与发文机关核对）" in capsys.readouterr().out
    assert len(list(records(file))) == 2
    assert run(["extract", "--report", str(file)]) == 0
    assert "去掉 1 条任务" in capsys.readouterr().out


def test_the_report_says_who_corrected(file: Path, capsys: Any) -> None:
    assert case(file, "plan-3", "--lead", "财政部", "--participant", "民政部") == 0
    capsys.readouterr()
    assert run(["extract", "--report", str(file)]) == 0
    shown = capsys.readouterr().out
    assert "更正 1（" in shown and "用户更正（张三，与发文机关核对；plan-" in shown
    assert run(["extract", str(file)]) == 0
    read = json.loads(capsys.readouterr().out)
    assert read["tasks"][2]["correction"]["by"] == "张三"
    assert [w["code"] for w in read["warnings"]] == ["correction"]


def test_a_case_that_no_longer_fits_is_told(file: Path, capsys: Any) -> None:
    assert case(file, "plan-1", "--lead", "科技部", "--participant", "教育部") == 0
    file.write_text(TEXT.replace("完善标准", "健全标准"), encoding="utf-8")
    capsys.readouterr()
    assert run(["load", str(file)]) == 0
    assert "没有用上的更正文件 1 份" in capsys.readouterr().out


def test_taking_the_case_away_undoes_it(file: Path) -> None:
    assert case(file, "plan-1", "--lead", "教育部", "--participant", "科技部") == 0
    assert run(["load", str(file)]) == 0
    shutil.rmtree(file.parent / "cases")
    assert run(["load", str(file)]) == 0
    assert who(next(records(file))) == [("教育部", "joint"), ("科技部", "joint")]


def test_own_folder_of_cases(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_CASES", str(tmp_path / "mine"))
    assert case(file, "plan-2", "--joint", "商务部") == 0
    assert len(list((tmp_path / "mine").glob("*.json"))) == 1
    assert run(["load", str(file)]) == 0
    assert who(list(records(file))[1]) == [("商务部", "joint")]


@pytest.mark.parametrize(
    ("args", "told"),
    [(["999:1000", "--lead", "教育部"], "没有这个位置"), (["plan-9", "--lead", "教育部"], "没有这个位置"),
     (["plan-1"], "没有写明正确的读法"), (["plan-1", "--none", "--lead", "教育部"], "没有写明"),
     (["plan-1", "--lead", "公安部"], "没有印出「公安部」")],
)  # fmt: skip
def test_a_wrong_case_is_refused_at_once(
    file: Path, args: list[str], told: str, capsys: Any
) -> None:
    assert case(file, *args) == 2
    assert told in capsys.readouterr().err
    assert not (file.parent / "cases").exists()


@pytest.mark.parametrize(
    "content",
    ["[]", "{", '{"passage": "x"}', '{"passage": "", "expect": {"tasks": []}}',
     '{"passage": "x", "expect": {"tasks": [{"clause": "x", "responsible": [["a", "boss", "sole", false]]}]}}',
     '{"passage": "x", "expect": {"tasks": [{"clause": 3, "responsible": []}]}}',
     '{"passage": "x", "expect": {"tasks": ["x"]}}', '{"passage": "x", "expect": []}'],
    ids=[str(n) for n in range(8)],
)  # fmt: skip
def test_a_broken_case_is_a_clear_error(file: Path, content: str, capsys: Any) -> None:
    (file.parent / "cases").mkdir()
    (file.parent / "cases" / "bad.json").write_text(content, encoding="utf-8")
    assert run(["extract", str(file)]) == 2
    said = capsys.readouterr().err
    assert "更正文件读不懂" in said and "bad.json" in said


def test_the_suite_takes_a_saved_case_as_it_is(file: Path) -> None:
    assert case(file, "plan-2", "--sole", "商务部") == 0
    right = next((file.parent / "cases").glob("*.json"))
    test_cases.test_case(right)
    assert case(file, "plan-1", "--lead", "教育部", "--participant", "科技部") == 0
    wrong = next(p for p in (file.parent / "cases").glob("*.json") if p != right)
    with pytest.raises(pytest.fail.Exception, match="lead/explicit"):
        test_cases.test_case(wrong)


def test_a_real_document_corrected(file: Path, capsys: Any) -> None:
    real = file.parent / "009.txt"
    shutil.copyfile(GOLD / "dev" / "009.txt", real)
    assert case(real, "009-3", "--lead", "全国工商联", "--participant", "民政部", "--open") == 0
    capsys.readouterr()
    assert run(["extract", str(real)]) == 0
    third = json.loads(capsys.readouterr().out)["tasks"][2]
    assert [r["role"] for r in third["responsibilities"]] == ["lead", "participant"]
    assert third["open"] is True
