"""Laws, rules and plans in texts, and topics: small cases by hand, then the bundled documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.stores import load_bundled
from kg import instruments, topics
from kg.config import Settings
from kg.errors import DataError, NotFoundError
from kg.store import open_store
from kg.store.base import Store

CASES = [  # text, [(name, kind, action, marked)]
    ("配合做好《专利法修正案（草案）》审议工作，推进《专利法实施细则》修改，修订《专利审查指南》"
     "《专利代理管理办法》，制定《专利代理师资格考试办法》。",
     [("专利法修正案（草案）", "law", "审议", True), ("专利法实施细则", "rule", "修改", True),
      ("专利审查指南", "guide", "修订", True), ("专利代理管理办法", "rule", "修订", True),
      ("专利代理师资格考试办法", "rule", "制定", True)]),
    ("统筹推进专利法、商标法、电子商务法等相关法律法规的修改完善。",
     [("专利法", "law", "修改", False), ("商标法", "law", "修改", False),
      ("电子商务法", "law", "修改", False)]),
    ("做好专利法实施细则的修订，完成《专利审查指南》适应性修改。做好商标法进一步修改准备和"
     "地理标志法律制度论证。",
     [("专利法实施细则", "rule", "修订", False), ("专利审查指南", "guide", "修改", True),
      ("商标法", "law", "修改", False)]),
    ("推进《植物新品种保护条例》及其实施细则的修订。",
     [("植物新品种保护条例", "regulation", "修订", True)]),
    ("推动《视听\n\n表演北京条约》早日生效，启动批准《马拉喀什条约》程序。",
     [("视听表演北京条约", "treaty", "生效", True), ("马拉喀什条约", "treaty", "批准", True)]),
    ("深入推进《“十三五”国家知识产权保护和运用规划》实施。",
     [("“十三五”国家知识产权保护和运用规划", "plan", "实施", True)]),
    ("推进《最高人民法院关于甲若干问题的规定（一）》《最高人民法院关于乙的若干规定》等司法解释的"
     "起草制定工作。",
     [("最高人民法院关于甲若干问题的规定（一）", "interpretation", "起草", True),
      ("最高人民法院关于乙的若干规定", "interpretation", "起草", True)]),
    ("出台商业秘密保护规定。完善高校知识产权保护管理规定。",
     [("商业秘密保护规定", "rule", "出台", False),
      ("高校知识产权保护管理规定", "rule", "完善", False)]),
    # no names: words that merely end like one
    ("完善集成电路布图设计法规。依法及时推动知识产权法律法规立改废释。", []),
    ("制定传统文化、民间文艺、传统知识等领域保护办法。", []),
    ("开展鉴定方法研究，加强司法、执法、普法、立法。依照有关规定执行。", []),
    ("根据专利法打击假冒行为。", []),  # nothing is done to the law
]  # fmt: skip


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_names_in_a_text(text: str, wanted: list[tuple[str, str, str, bool]]) -> None:
    found = instruments.names_in(text)
    assert [(f.name, f.kind, f.action, f.marked) for f in found] == wanted
    for f in found:
        words = text[slice(*f.span)]
        assert instruments.clean(words.strip("《》")) == f.name


@pytest.mark.parametrize(
    ("name", "family"),
    [("专利法修正案（草案）", "专利法"), ("专利法实施细则", "专利法"), ("专利法", "专利法"),
     ("中华人民共和国专利法", "专利法"), ("专利法（2020年修正）", "专利法"),
     ("生物遗传资源获取与惠益分享管理条例（草案）", "生物遗传资源获取与惠益分享管理条例"),
     ("专利审查指南", "专利审查指南")],
)  # fmt: skip
def test_family(name: str, family: str) -> None:
    assert instruments.family(name) == family


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path = str(tmp_path_factory.mktemp("instruments") / "store")
    load_bundled(path, Settings())
    return open_store(path)


def test_every_mention_is_words_of_its_document(store: Store) -> None:
    found = list(instruments.of_store(store))
    tasks = {t.id: t for t in store.records("task")}
    for m in found:
        text = instruments.loaded(store, m.evidence.document).text
        assert text[slice(*m.evidence.span)] == m.evidence.quote
        if m.task:
            start, end = m.evidence.span
            spans = [e.span for e in tasks[m.task].evidence if e.document == m.evidence.document]
            assert any(s <= start and end <= e for s, e in spans)


BARE = {  # read by hand: all laws and rules without title marks that a task is to revise or make
    "ip-2019": {("39", "中医药传统知识保护条例")},
    "ip-plan-14-5": {("4.1", name) for name in (
        "专利法", "商标法", "著作权法", "反垄断法", "科学技术进步法", "电子商务法",
        "商业秘密保护规定", "植物新品种保护条例", "中医药传统知识保护条例")}
        | {("4.2", "高校知识产权保护管理规定")},
    "ip-guide-2021": {("3.1", "知识产权强国建设试点示范管理办法"),
                      ("t2", "知识产权强国建设试点示范管理办法"),
                      ("4.2", "专利法实施细则"), ("4.2", "商标法"),
                      ("t3", "专利法实施细则"), ("t3", "商标法")},
}  # fmt: skip


def test_the_bundled_documents(store: Store) -> None:
    found = list(instruments.of_store(store))
    assert sum(m.marked for m in found) == 61  # every 《 of the five canonical texts
    assert sum(instruments.loaded(store, d.id).text.count("《") for d in store.records("document"))
    for document, wanted in BARE.items():
        bare = {m for m in found if m.evidence.document == document and not m.marked}
        assert {((m.task or "").removeprefix(document + "-"), m.name) for m in bare} == wanted


def test_unknown_document(store: Store) -> None:
    with pytest.raises(NotFoundError):
        instruments.loaded(store, "nowhere")


# --- topics -----------------------------------------------------------------------------------


def test_a_tag_is_a_word_of_the_task(store: Store) -> None:
    tags = list(topics.of_store(store))
    words = {t.name: t.words for t in topics.load()}
    for tag in tags:
        text = instruments.loaded(store, tag.evidence.document).text
        assert text[slice(*tag.evidence.span)] == tag.evidence.quote
        assert tag.evidence.quote in words[tag.topic]
    found = {t.topic for t in tags if t.task == "ip-2019-46"}
    assert found == {"企业、高校和院所"}  # «龙腾» is Customs' own; the list has no such word
    assert len({(t.task, t.topic) for t in tags}) == len(tags)


def test_own_topics(store: Store, tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text('[[topic]]\nname = "行动"\nen = "campaigns"\nwords = ["行动"]\n', "utf-8")
    tags = list(topics.of_store(store, topics.load(own)))
    assert "ip-2019-46" in {t.task for t in tags} and {t.topic for t in tags} == {"行动"}


def test_a_bad_list_is_refused(tmp_path: Path) -> None:
    for content in ("[[topic]]\nname = 1", "not toml"):
        own = tmp_path / "own.toml"
        own.write_text(content, "utf-8")
        with pytest.raises(DataError):
            topics.load(own)
    with pytest.raises(DataError):
        topics.load(tmp_path / "none.toml")
