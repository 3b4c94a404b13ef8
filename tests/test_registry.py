"""The registry of departments: one spelling, one body; offices only within their department."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.body_forms import is_collective, looks_like_body
from kg.errors import DataError
from kg.registry import (
    Body,
    Registry,
    load_registry,
    normalise,
)

CNIPA = "国家知识产权局"
JOINT_OFFICE = "国务院知识产权战略实施工作部际联席会议办公室"


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_registry()


def words(text: str) -> list[str]:
    return text.split()


def found(registry: Registry, name: str, within: str | None = None) -> str | None:
    body = registry.resolve(name, within=within)
    return body.id if body else None


# -- the data ----------------------------------------------------------------------------------


def test_every_body_has_a_kind_and_a_source_of_the_lists(registry: Registry) -> None:
    assert len(registry.bodies) >= 150
    for body in registry.bodies:
        assert body.kind in registry.kinds, body.id
        assert body.source in registry.sources, body.id
        for field in ("name", "official", "en", "kind", "parent", "valid_from", "successor"):
            assert registry.source_of(body, field)


def test_no_source_is_listed_and_unused(registry: Registry) -> None:
    used = {b.source for b in registry.bodies} | {b.reform for b in registry.bodies}
    assert set(registry.sources) <= used | set(registry.field_sources.values())
    assert {b.kind for b in registry.bodies} | {"local"} == set(registry.kinds)


def test_ids_are_unique_and_without_slash(registry: Registry) -> None:
    ids = [body.id for body in registry.bodies]
    assert len(ids) == len(set(ids))
    assert not [id for id in ids if "/" in id]


def test_no_two_bodies_share_a_spelling(registry: Registry) -> None:
    owners: dict[str, str] = {}
    for body in registry.bodies:
        if body.parent:
            continue
        for spelling in (*body.spellings, *([body.en] if body.en else [])):
            assert owners.setdefault(normalise(spelling), body.id) == body.id, spelling


def test_no_two_offices_of_a_body_share_a_spelling(registry: Registry) -> None:
    for parent in {body.parent for body in registry.bodies if body.parent}:
        owners: dict[str, str] = {}
        for unit in registry.units(parent):
            for spelling in unit.spellings:
                assert owners.setdefault(normalise(spelling), unit.id) == unit.id, spelling


def test_every_spelling_leads_back_to_its_body(registry: Registry) -> None:
    for body in registry.bodies:
        for spelling in (*body.spellings, *([body.en] if body.en else [])):
            within = body.parent
            assert found(registry, spelling, within) == body.id, spelling


def test_only_offices_have_a_parent_and_only_bureaus_a_manager(registry: Registry) -> None:
    for body in registry.bodies:
        assert (body.kind == "unit") == bool(body.parent), body.id
        if body.managed_by:
            assert body.kind in ("national-bureau", "institution"), body.id


def test_former_bodies_end_before_their_successors_or_with_them(registry: Registry) -> None:
    for body in registry.bodies:
        if body.successor:
            heir = registry.by_id(body.successor)
            assert body.valid_to, body.id
            assert heir.valid_to is None or heir.valid_to >= body.valid_to


def test_no_spelling_is_a_collective_actor(registry: Registry) -> None:
    assert not [s for body in registry.bodies for s in body.spellings if is_collective(s)]


def test_digest_is_of_the_content(registry: Registry) -> None:
    assert registry.digest == load_registry().digest
    assert len(registry.digest) == 64


# -- canonical names ---------------------------------------------------------------------------

CANONICAL = words("""
国家知识产权局 国家发展改革委 市场监管总局 中科院 国家林草局 国家国防科工局 中央网信办
中国贸促会 中国科协 银保监会 证监会 人民银行 税务总局 广电总局 国务院国资委 国家卫生健康委
国家统计局 国家中医药局 国家药监局 国家医保局 国家邮政局 中国民航局 国家铁路局 国家外汇局
国家粮食和储备局 国管局 国务院扶贫办 国际发展合作署 国务院港澳办 工业和信息化部
人力资源社会保障部 住房城乡建设部 文化和旅游部 最高人民法院 最高人民检察院 科技部 海关总署
中央宣传部 中央组织部 中央政法委 中央军委装备发展部 供销合作总社 全国总工会 联席会议办公室
""")


@pytest.mark.parametrize("name", CANONICAL)
def test_the_short_form_of_central_plans_is_the_name(registry: Registry, name: str) -> None:
    body = registry.resolve(name)
    assert body is not None
    assert body.name == name == body.id


# Every name printed in a responsibility clause of the five bundled documents.
PLAN = words("""
国家知识产权局 中央宣传部 中央网信办 最高人民法院 最高人民检察院 外交部 国家发展改革委 教育部
科技部 工业和信息化部 公安部 司法部 财政部 人力资源社会保障部 生态环境部 农业农村部 商务部
文化和旅游部 国家卫生健康委 人民银行 国务院国资委 海关总署 税务总局 市场监管总局 广电总局
国家统计局 国际发展合作署 中科院 银保监会 证监会 国家国防科工局 国家林草局 国家中医药局
国家药监局 中央军委装备发展部 中国科协 中国贸促会
""")
PLAN_2019 = {
    "发展改革委": "国家发展改革委",
    "科技部": "科技部",
    "公安部": "公安部",
    "知识产权局": "国家知识产权局",
    "中央军委装备发展部": "中央军委装备发展部",
    "国防科工局": "国家国防科工局",
    "财政部": "财政部",
    "商务部": "商务部",
    "贸促会": "中国贸促会",
    "市场监管总局": "市场监管总局",
    "中央宣传部": "中央宣传部",
    "中央网信办": "中央网信办",
    "工业和信息化部": "工业和信息化部",
    "农业农村部": "农业农村部",
    "林草局": "国家林草局",
    "高法院": "最高人民法院",
    "高检院": "最高人民检察院",
    "海关总署": "海关总署",
    "生态环境部": "生态环境部",
    "文化和旅游部": "文化和旅游部",
    "卫生健康委": "国家卫生健康委",
    "中医药局": "国家中医药局",
    "国资委": "国务院国资委",
    "国管局": "国管局",
    "邮政局": "国家邮政局",
    "广电总局": "广电总局",
    "统计局": "国家统计局",
    "中科院": "中科院",
    "中国科协": "中国科协",
    "银保监会": "银保监会",
    "证监会": "证监会",
    "人民银行": "人民银行",
    "税务总局": "税务总局",
    "司法部": "司法部",
    "教育部": "教育部",
    "外交部": "外交部",
    "人力资源社会保障部": "人力资源社会保障部",
    "中央组织部": "中央组织部",
    "中央政法委": "中央政法委",
    "联席会议办公室": "联席会议办公室",
}
GUIDE = words("""
办公室 条法司 战略规划司 保护司 运用促进司 公共服务司 国际合作司 人事司 商标局 专利局审业部
专利局自动化部 专利局审查部
""")
OTHER_PLANS = {
    "扶贫办": "国务院扶贫办",
    "中央统战部": "中央统战部",
    "中央和国家机关工委": "中央和国家机关工委",
    "中央军委政治工作部": "中央军委政治工作部",
    "全国总工会": "全国总工会",
    "全国工商联": "全国工商联",
    "共青团中央": "共青团中央",
    "全国妇联": "全国妇联",
    "粮食和储备局": "国家粮食和储备局",
    "医保局": "国家医保局",
    "药监局": "国家药监局",
    "民航局": "中国民航局",
    "铁路局": "国家铁路局",
    "外汇局": "国家外汇局",
    "中国铁路总公司": "中国铁路总公司",
    "供销合作总社": "供销合作总社",
    "自然科学基金委": "国家自然科学基金委",
    "工程院": "工程院",
    "退役军人事务部": "退役军人部",
    "应急部": "应急管理部",
    "新疆生产建设兵团": "新疆生产建设兵团",
}


@pytest.mark.parametrize("name", PLAN)
def test_names_of_the_plan(registry: Registry, name: str) -> None:
    assert found(registry, name) == name
    assert found(registry, name, within="国务院") == name


@pytest.mark.parametrize(("name", "id"), {**PLAN_2019, **OTHER_PLANS}.items())
def test_names_of_other_plans(registry: Registry, name: str, id: str) -> None:
    assert found(registry, name) == id
    assert found(registry, name, within=JOINT_OFFICE) == id


@pytest.mark.parametrize("name", GUIDE)
def test_offices_of_the_guide(registry: Registry, name: str) -> None:
    body = registry.resolve(name, within=CNIPA)
    assert body is not None
    assert body.name == name
    assert body.kind == "unit"
    assert registry.by_id(CNIPA) in registry.ancestors(body.id)
    assert registry.resolve(name) is None


# -- one body or two ---------------------------------------------------------------------------

ONE = [
    ("高法院", "最高人民法院", "最高法", "Supreme People's Court"),
    ("高检院", "最高人民检察院", "最高检"),
    ("林草局", "国家林草局", "国家林业和草原局"),
    ("卫生健康委", "国家卫生健康委", "卫健委", "国家卫健委", "国家卫生健康委员会"),
    ("国资委", "国务院国资委", "国务院国有资产监督管理委员会"),
    ("发展改革委", "国家发展改革委", "国家发展和改革委员会", "发改委"),
    ("知识产权局", "国家知识产权局", "China National Intellectual Property Administration"),
    ("中宣部", "中央宣传部", "中共中央宣传部"),
    ("联席会议办公室", JOINT_OFFICE),
    ("国铁集团", "中国国家铁路集团", "中国国家铁路集团有限公司"),
    ("人力资源社会保障部", "人力资源和社会保障部", "中华人民共和国人力资源和社会保障部"),
    ("国家矿山安监局", "国家煤矿安监局"),
    ("海关总署", "中华人民共和国海关总署", "General Administration of Customs"),
    ("银保监会", "中国银保监会", "中国银行保险监督管理委员会"),
]
TWO = [
    ("最高人民法院", "最高人民检察院"),
    ("联席会议办公室", "国家知识产权局"),
    ("联席办", "联席会议办公室"),
    ("联席办", "国家知识产权局"),
    ("银监会", "银保监会"),
    ("保监会", "银保监会"),
    ("银保监会", "证监会"),
    ("金融监管总局", "银保监会"),
    ("中国铁路总公司", "国铁集团"),
    ("国务院扶贫办", "国家乡村振兴局"),
    ("农业部", "农业农村部"),
    ("环境保护部", "生态环境部"),
    ("国土资源部", "自然资源部"),
    ("文化部", "文化和旅游部"),
    ("国家旅游局", "文化和旅游部"),
    ("国家工商总局", "市场监管总局"),
    ("国家林业局", "国家林草局"),
    ("国家卫生计生委", "国家卫生健康委"),
    ("科技部", "中央军委科技委"),
    ("审计署", "中央军委审计署"),
    ("国家版权局", "中央宣传部"),
    ("联席会议办公室", "国务院自由贸易试验区工作部际联席会议办公室"),
    ("中国银行", "人民银行"),
]


@pytest.mark.parametrize("names", ONE, ids=lambda names: names[0])
def test_one_body(registry: Registry, names: tuple[str, ...]) -> None:
    ids = {found(registry, name) for name in names}
    assert len(ids) == 1
    assert None not in ids


@pytest.mark.parametrize(("one", "other"), TWO)
def test_two_bodies(registry: Registry, one: str, other: str) -> None:
    ids = found(registry, one), found(registry, other)
    assert None not in ids
    assert ids[0] != ids[1]


# -- resolving ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "printed", ["市场监管\n总局", " 市场监管 总局 ", "市场监管总局\u200b", "市场监管总局\ufeff"]
)
def test_white_space_does_not_count(registry: Registry, printed: str) -> None:
    assert found(registry, printed) == "市场监管总局"


def test_brackets_of_either_width(registry: Registry) -> None:
    id = "中央党校（国家行政学院）"
    assert found(registry, "中央党校(国家行政学院)") == found(registry, id) == id


@pytest.mark.parametrize(
    "name", ["", "局", "国家", "市场监管", "某某局", "国家国家知识产权局", "法院"]
)
def test_nothing_is_stripped_or_guessed(registry: Registry, name: str) -> None:
    assert registry.resolve(name) is None


def test_offices_by_their_bare_name_only_at_home(registry: Registry) -> None:
    assert found(registry, "条法司", within=CNIPA) == "国家知识产权局-条法司"
    assert found(registry, "条法司", within="知识产权局") == "国家知识产权局-条法司"
    for elsewhere in (None, "商务部", "联席会议办公室", "浙江省某局"):
        assert registry.resolve("条法司", within=elsewhere) is None


def test_offices_by_their_full_name_everywhere(registry: Registry) -> None:
    for name in ("国家知识产权局条法司", "知识产权局条法司"):
        assert found(registry, name) == "国家知识产权局-条法司"
        assert found(registry, name, within="商务部") == "国家知识产权局-条法司"
    assert found(registry, "国家知识产权局专利局自动化部") == "国家知识产权局-专利局自动化部"


def test_offices_of_an_office(registry: Registry) -> None:
    for name in ("自动化部", "专利局自动化部"):
        for within in (CNIPA, "国家知识产权局-专利局"):
            assert found(registry, name, within) == "国家知识产权局-专利局自动化部"
    patent_office = registry.by_id("国家知识产权局-专利局")
    assert registry.ancestors("国家知识产权局-专利局自动化部") == (
        patent_office,
        registry.by_id(CNIPA),
    )


def test_the_name_of_an_office_does_not_hide_a_department(registry: Registry) -> None:
    assert found(registry, "商务部", within=CNIPA) == "商务部"


def test_local_names_hold_where_they_are_used(registry: Registry) -> None:
    for within in (None, CNIPA, JOINT_OFFICE, "联席会议办公室"):
        assert found(registry, "联席会议办公室", within) == "联席会议办公室"
    # The State Council's free-trade plan means another conference by the same words.
    for within in ("国务院", "商务部", "浙江省人民政府"):
        assert registry.resolve("联席会议办公室", within=within) is None
        assert found(registry, JOINT_OFFICE, within) == "联席会议办公室"
    assert found(registry, "联席办", within=CNIPA) == "联席办"
    assert registry.resolve("联席办", within="商务部") is None


def test_the_joint_office_is_no_part_of_anything(registry: Registry) -> None:
    for id in ("联席会议办公室", "联席办"):
        assert registry.by_id(id).parent is None
        assert registry.by_id(id) not in registry.descendants(CNIPA)


def test_names_for_splitting(registry: Registry) -> None:
    everywhere = registry.names()
    assert everywhere["高法院"] == "最高人民法院"
    assert everywhere["联席会议办公室"] == "联席会议办公室"
    assert everywhere["国家知识产权局条法司"] == "国家知识产权局-条法司"
    assert not {"条法司", "办公室", "自动化部", "专利局自动化部"} & set(everywhere)
    at_home = registry.names(within=CNIPA)
    assert at_home["条法司"] == "国家知识产权局-条法司"
    assert at_home["专利局审业部"] == at_home["审业部"] == "国家知识产权局-专利局审业部"
    assert set(everywhere) <= set(at_home)
    assert "联席会议办公室" not in registry.names(within="国务院")


def test_names_and_resolve_agree(registry: Registry) -> None:
    for within in (None, CNIPA, "国务院", "国家知识产权局-专利局"):
        for name, id in registry.names(within).items():
            assert found(registry, name, within) == id, name


def test_units_and_descendants(registry: Registry) -> None:
    units = [body.name for body in registry.units(CNIPA)]
    assert {"办公室", "条法司", "专利局", "商标局"} <= set(units)
    assert "专利局自动化部" not in units
    below = [body.id for body in registry.descendants(CNIPA)]
    assert below.index("国家知识产权局-专利局") < below.index("国家知识产权局-专利局自动化部")
    assert registry.units("海关总署") == ()


def test_manager_is_not_parent(registry: Registry) -> None:
    cnipa = registry.by_id(CNIPA)
    assert cnipa.managed_by == "市场监管总局"
    assert cnipa.parent is None
    assert cnipa not in registry.descendants("市场监管总局")


def test_reforms(registry: Registry) -> None:
    cbirc = registry.by_id("银保监会")
    assert (cbirc.valid_from, cbirc.valid_to) == ("2018-03", "2023-03")
    assert cbirc.successor == "金融监管总局"
    assert registry.by_id("银监会").successor == registry.by_id("保监会").successor == "银保监会"
    assert registry.by_id("国务院扶贫办").successor == "国家乡村振兴局"
    assert registry.as_of == "2021-12-31"


def test_sources_of_statements(registry: Registry) -> None:
    forestry = registry.by_id("国家林草局")
    assert "国发〔2018〕7号" in registry.source_of(forestry, "official")
    assert "英文" in registry.source_of(forestry, "en")
    assert "实际写法" in registry.source_of(forestry, "aliases")
    assert "改革方案" in registry.source_of(forestry, "valid_from")


# -- candidates --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("海关", "海关总署"),
        ("海关总局", "海关总署"),
        ("知识产权", "国家知识产权局"),
        ("国家知识产权总局", "国家知识产权局"),
        ("银保", "银保监会"),
        ("检察院", "最高人民检察院"),
        ("林业", "国家林草局"),
        ("卫生", "国家卫生健康委"),
        ("Customs", "海关总署"),
        ("海关总署负责", "海关总署"),
    ],
)
def test_candidates(registry: Registry, text: str, first: str) -> None:
    assert registry.candidates(text)[0].id == first


def test_candidates_are_few_and_always_the_same(registry: Registry) -> None:
    assert len(registry.candidates("委员会")) == 5
    assert len(registry.candidates("委员会", limit=2)) == 2
    assert registry.candidates("委员会") == load_registry().candidates("委员会")
    for nothing in ("", " ", "xyz", "饕餮", "？"):
        assert registry.candidates(nothing) == []


# -- a user's own file -------------------------------------------------------------------------


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_user_adds_bodies(tmp_path: Path, registry: Registry) -> None:
    mine = load_registry(
        write(
            tmp_path,
            """
            [[body]]
            name = "浙江省知识产权局"
            aliases = ["浙江知识产权局"]
            kind = "local"

            [[body]]
            name = "规划处"
            kind = "unit"
            parent = "浙江省知识产权局"
            """,
        )
    )
    body = mine.resolve("浙江知识产权局")
    assert body is not None
    assert body.id == "浙江省知识产权局"
    assert "用户" in mine.source_of(body, "aliases")
    assert found(mine, "规划处", within="浙江省知识产权局") == "浙江省知识产权局-规划处"
    assert mine.digest != registry.digest
    assert len(mine.bodies) == len(registry.bodies) + 2


def test_a_user_wins(tmp_path: Path) -> None:
    mine = load_registry(
        write(
            tmp_path,
            """
            [[body]]
            id = "国家知识产权局"
            name = "国家知识产权局"
            aliases = ["国知"]
            en = "CNIPA"
            drop = ["知识产权局"]

            [[body]]
            name = "浙江省知识产权局"
            aliases = ["知识产权局"]
            kind = "local"
            """,
        )
    )
    assert found(mine, "国知") == found(mine, "CNIPA") == found(mine, "国知局") == CNIPA
    assert mine.resolve("China National Intellectual Property Administration") is None
    assert found(mine, "知识产权局") == "浙江省知识产权局"
    assert mine.by_id(CNIPA).managed_by == "市场监管总局"


def test_a_conflicting_spelling_is_refused(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        '[[body]]\nname = "浙江省知识产权局"\naliases = ["知识产权局"]\nkind = "local"\n',
    )
    with pytest.raises(DataError) as error:
        load_registry(path)
    message = str(error.value)
    for part in (str(path), "浙江省知识产权局", "知识产权局", "国家知识产权局", "drop"):
        assert part in message


@pytest.mark.parametrize(
    "other",
    [
        '[[body]]\nname = "甲处"\nkind = "unit"\nparent = "商务部"\n'
        '[[body]]\nname = "乙处"\naliases = ["甲处"]\nkind = "unit"\nparent = "商务部"\n',
        '[[body]]\nname = "甲局"\nen = "National Health Commission"\nkind = "local"\n',
        '[[body]]\nname = "甲局"\naliases = ["国家知识产权局条法司"]\nkind = "local"\n',
        '[[body]]\nname = "甲局"\naliases = ["联席会议办公室"]\nkind = "local"\n',
        '[[body]]\nname = "甲办"\nlocal = ["海关总署"]\nscope = ["商务部"]\nkind = "local"\n',
        '[[body]]\nname = "甲办"\nlocal = ["联席办"]\nscope = ["国家知识产权局"]\nkind = "local"\n',
    ],
)
def test_other_conflicts_are_refused(tmp_path: Path, other: str) -> None:
    with pytest.raises(DataError, match="一种写法只能指一个机构"):
        load_registry(write(tmp_path, other))


def test_the_same_local_name_may_hold_elsewhere(tmp_path: Path) -> None:
    mine = load_registry(
        write(
            tmp_path,
            """
            [[body]]
            id = "国务院自由贸易试验区工作部际联席会议办公室"
            local = ["联席会议办公室"]
            scope = ["国务院"]
            """,
        )
    )
    assert found(mine, "联席会议办公室", within=CNIPA) == "联席会议办公室"
    free_trade = "国务院自由贸易试验区工作部际联席会议办公室"
    assert found(mine, "联席会议办公室", within="国务院") == free_trade


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name = ", "TOML"),
        ('nmae = "甲"', "nmae"),
        ('[[body]]\nkind = "local"\n', "name"),
        ('[[body]]\nname = "甲局"\n', "kind"),
        ('[[body]]\nname = "甲局"\nkind = "bureau"\n', "bureau"),
        ('[[body]]\nname = "甲局"\nkind = "local"\nalias = ["乙"]\n', "alias"),
        ('[[body]]\nname = "甲局"\nkind = "local"\naliases = "乙"\n', "aliases"),
        ('[[body]]\nname = "甲局"\nkind = "local"\naliases = [1]\n', "aliases"),
        ('[[body]]\nname = 1\nkind = "local"\n', "name"),
        ('[[body]]\nname = "甲局"\nkind = "local"\nparent = "乙局"\n', "乙局"),
        ('[[body]]\nname = "甲局"\nkind = "local"\nsource = "nowhere"\n', "nowhere"),
        ('[[body]]\nname = "甲局"\nkind = "local"\nvalid_from = "去年"\n', "去年"),
        ('[[body]]\nname = "甲/局"\nkind = "local"\n', "/"),
        ('[[body]]\nname = "甲局"\nkind = "local"\n' * 2, "2 次"),
        ('[[body]]\nid = "甲"\nname = "甲局"\nkind = "local"\nparent = "甲"\n', "圈"),
        ('[[body]]\nid = "海关总署"\ndrop = ["海关总署"]\n', "drop"),
        ('body = "甲局"', "[[body]]"),
        ("sources = 1", "sources"),
    ],
)
def test_a_malformed_file_is_refused_with_its_place(tmp_path: Path, text: str, says: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(DataError) as error:
        load_registry(path)
    assert says in str(error.value)
    assert str(path) in error.value.where
    assert error.value.remedy


def test_a_missing_or_undecodable_file_is_refused(tmp_path: Path) -> None:
    binary = tmp_path / "binary.toml"
    binary.write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "none.toml", tmp_path, binary):
        with pytest.raises(DataError) as error:
            load_registry(path)
        assert str(path) in error.value.where


def test_dates_in_the_form_of_toml_will_do(tmp_path: Path) -> None:
    text = '\ufeff[[body]]\r\nname = "甲局"\r\nkind = "local"\r\nvalid_from = 2020-05-01\r\n'
    body = load_registry(write(tmp_path, text)).by_id("甲局")
    assert body == Body(
        id="甲局", name="甲局", kind="local", source="user", valid_from="2020-05-01"
    )


# -- collective actors -------------------------------------------------------------------------

COLLECTIVE = words("""
有关部门 各有关部门 相关部门 各部门 各有关部门和单位 有关单位 各地区 各地 各省级人民政府
各有关省级人民政府 地方各级人民政府 各省（区、市）人民政府 各级人民政府 各地方知识产权局
联席会议成员单位 各成员单位 有条件的地区 有关地区 有关地方 相关省份 各市县 各区（县）政府
各设区市人民政府 其他有关部门 国务院有关部门 各省、自治区、直辖市人民政府
各省、自治区、直辖市知识产权局 国务院各部委 县级以上地方人民政府 地方人民政府 地方政府 当地政府
中央和国家机关各部门 有关部门和地方 有关地方和部门 各有关单位 省级知识产权管理部门
地方各级党委和政府 各市人民政府 有关企业 相关行业协会 市县人民政府 省级人民政府
市、县（市、区）人民政府 专利局各部门 各县（市、区）人民政府 各市（州）人民政府 各级财政部门
各自贸试验区 试点地区 省有关部门 各高校 国务院有关部委 军地有关部门 各县市区政府 相关部门和单位
各镇（街道） 市级有关部门 设区市人民政府 各地级以上市人民政府 自贸试验区所在地省级人民政府
各街道办事处 行业主管部门 知识产权管理部门 各盟行政公署、市人民政府 公安机关
工业和信息化主管部门 各级文化和旅游部门 地方 各省（自治区、直辖市）人民政府
有关省（区、市）人民政府 各省区市 相关省、自治区、直辖市人民政府 中西部地区 贫困地区 行业协会
科研院所 各园区管委会 沿黄九省区人民政府 长江经济带11省市人民政府 沪苏浙皖人民政府 长三角三省一市
""")
SINGLE = words("""
地方金融监管局 地方金融监督管理局 中央宣传部 国家邮政局 国务院 国家知识产权局 省政府 市政府
浙江省人民政府 海南省政府 杭州市人民政府 联席会议办公室 科技部 工业和信息化部 文化和旅游部
中央和国家机关工委 国家机关事务管理局 省级机关事务管理局 退役军人事务部 喀什地区行政公署
阿里地区 新疆生产建设兵团 中国银行业协会 省教育厅 条法司 责任单位 牵头部门 配合单位 西部
各项政策 有关政策 各类市场主体发展 部门 单位 中国 中央
""")
NOT_ONE_ACTOR = words("""
有关部门与地方各级人民政府 地方各级人民政府与有关部门 有关部门和各地区 各地区、各部门
科技部会同有关部门 科技部和有关部门 有关部门和杭州市 浙江省有关部门、杭州市
各有关部门，各省级人民政府
""")


@pytest.mark.parametrize("name", COLLECTIVE)
def test_collective(name: str) -> None:
    assert is_collective(name)
    assert looks_like_body(name) is None


@pytest.mark.parametrize("name", [*SINGLE, *NOT_ONE_ACTOR, ""])
def test_not_collective(name: str) -> None:
    assert not is_collective(name)


def test_a_long_phrase_takes_no_time() -> None:
    for piece in ("省市县、", "各", "有关", "各有关部门和", "（区、市）", "和级省"):
        is_collective(piece * 10)
        is_collective("各" + piece * 5000)
        looks_like_body(piece * 5000)


# -- unknown names -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("国家数字经济局", "national-bureau"),
        ("铁道部", "ministry"),
        ("国家计划委员会", "commission"),
        ("新闻出版总署", "directly-affiliated"),
        ("中央某某工作领导小组办公室", "coordination"),
        ("推进“数字中国”建设工作领导小组办公室", "coordination"),
        ("中央农村办", "party"),
        ("中央军委某局", "military"),
        ("北京知识产权法院", "judicial"),
        ("省检察院", "judicial"),
        ("浙江省知识产权局", "local"),
        ("省知识产权局", "local"),
        ("上海知识产权局", "local"),
        ("市市场监管局", "local"),
        ("市场监管局", "local"),
        ("浙江省教育厅", "local"),
        ("省委宣传部", "local"),
        ("地方金融监管局", "local"),
        ("雄安新区管委会", "local"),
        ("省大数据中心", "local"),
        ("省政府", "government"),
        ("杭州市人民政府", "government"),
        ("省人大常委会", "congress"),
        ("中国工业经济联合会", "mass-organisation"),
        ("某某集团有限公司", "enterprise"),
        ("亚洲基础设施投资银行", "enterprise"),
        ("清华大学", "institution"),
        ("国家知识产权保护中心", "institution"),
        ("政策研究司", "unit"),
        ("广州海关", "unit"),
        ("双打办", "office"),
    ],
)
def test_the_form_of_a_name(registry: Registry, name: str, kind: str) -> None:
    assert looks_like_body(name) == kind
    assert kind in registry.kinds


NO_BODY = words("""
全面部署 新发展格局 社会 全社会 中西部 东部 企业 创新能力 龙腾行动 博览会 主办 加强保护中心
以人民为中心 中小企业 推进建设 《专利法》 国家知识产权局、商务部 Ministry 局 查处
""")


@pytest.mark.parametrize("phrase", NO_BODY)
def test_no_body(phrase: str) -> None:
    assert looks_like_body(phrase) is None
