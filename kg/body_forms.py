"""Names the registry does not know: bodies by their form, and collective actors."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kg.body import HAN, normalise

# -- names the registry does not know ----------------------------------------------------------

_LONGEST = 60
_QUOTED = re.compile("“([^“”]{1,12})”")  # “两山”合作区管委会
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆"
)
# Cities that stand beside provinces in plans: 计划单列市 and 副省级市.
_CITIES = "深圳|厦门|宁波|青岛|大连|广州|武汉|南京|杭州|成都|西安|沈阳|哈尔滨|长春|济南"
# A place before the body: 浙江省…, 杭州市…, 市…, 上海…, 地方…; but 市场… and 区域… are no places.
_PLACE = re.compile(
    rf"(?:{_PROVINCES}|[\u4e00-\u9fff]{{2,7}}(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗)"
    r"|自治区|自治州|省|市|县|区|盟|旗|兵团|地方)(?!场|域|块|值|级|际)"
)
# Words that end like a body and are none.
_NO_BODY = re.compile(
    r"(?:(?<!安)全|内|外|干|东|西|中|南|北|局|中西)部|部署"
    r"|(?:格|布|大|(?<!安)全|开|结|当|僵|时|破)局|(?:举|承|主|(?<!政)协|督|(?<!科)创|兴|查|申|经|代)办"
    r"|(?:社|机|大|议|约|拜|体|理|领|博览|展览|交易|运动|研讨|座谈|洽谈|推介|发布|论坛|年)会"
    r"|(?:查|用|好|坏|到|各|难|惩|之|相|长|益|出)处|(?:学|百|本|内|外|专|文|理)科|(?:餐|大|客)厅"
    r"|(?:住|出|入)院|(?:以|为).*中心|原委|推委"
)
# Words no body's name begins with; a phrase that does is a sentence, not a name.
_NO_START = re.compile(
    r"加强|推进|推动|建立|健全|完善|建设(?![局厅部委]|银行)|支持|鼓励|开展|落实|实施|加快|提高|提升|促进|强化|发挥|"
    r"深化|优化|单位|部门|组织(?!部)|指导|配合|会同|联合(?!会|参谋)|召开|设立|成立|由|在|对(?!外)|把|将|按|向|为|与|和|"
    r"及|并|或|等|以|从|经(?!济|开|信|贸)|请|要|可|已|未|不|是|有(?!色)|该|本(?!市|省|县|区)"
)
# «第一批由商务部» says of what it is that a body does it; 自由贸易试验区 does not.
_BY = re.compile(r"(?<!自)由|^第[一二三四五六七八九十]+(?:批|类|项|阶段)")
# But a leading group may be named for what it does: 推进“一带一路”建设工作领导小组办公室.
_TASK_FORCE = re.compile(
    r"(?:推进|推动|促进).{4,}(?:领导小组|联席会议|(?:协调|工作)小组)(?:办公室)?"
    r"|(?:推进|促进)(?:工作|委员会|领导)?(?:小组|组|办公室|办)"
)
# The form of a name and the kind it suggests; the first that fits counts.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"法院$|检察院$", "judicial"),
        (
            r"(?:小组|工作组|专项组|专责组|推进组|专班|联席会议|指挥部|协调机制)(?:办公室|办)?$"
            r"|^国务院.*(?:委员会|委|会)(?:办公室|办)?$",
            "coordination",
        ),
        (r"^(?:中央军委|中央军事委员会|军委|解放军|武警)|(?:军分区|警备区|人武部)$", "military"),
        (r"^(?:中央|中共中央).*(?:部|委|委员会|办公室|办|办公厅|工委|小组|院|校|室|社)$", "party"),
        (r"(?:纪委监委|纪委|监委)$", "party"),
        (
            r"人大常委会|^全国人大|^全国政协|人民代表大会|[省市县区州]人大$|政协(?:委员会)?$",
            "congress",
        ),
        (r"(?:政府|行政公署|行署)$", "government"),
        (rf"^(?:{_PROVINCES}|{_CITIES})(?:省|市|自治区|(?:壮|回|维吾尔)族?自治区)$", "government"),
        (
            r"^(?!.*(?:[社地园校库灾山景辖片牧林城市郊县全本老矿海湖农禁特军战疫小街厂新]区|"
            r"(?:[验范能税护济业住困难大分]|先行|合作|聚集|集聚|自治|管理|示范)区|"
            r"(?:困|试点|示范|重点|脱贫|农业|牧业|大)县)$)[\u4e00-\u9fff]{2,4}[区县]$",
            "government",  # 越秀区 among those who take part
        ),
        (r"(?:分行|支行|中支|[\u4e00-\u9fff]{2}海关)$", "unit"),
        (
            r"(?:公司|集团|城投|交投|银行|交易所|农商行|农信社|信用社)$|^国网[\u4e00-\u9fff]{2,}电力$",
            "enterprise",
        ),
        (
            r"(?:管委会|管理委员会|党工委)$|办事处$|街道$|专班$|(?<![城乡小集重])[镇乡]$|(?:开发|高新|经开|新|示范|自贸|保税|合作|"
            r"度假|园|功能|产业|港)区$",
            "local",
        ),
        (
            r"(?:协会|学会|联合会|商会|总工会|工会|妇联|科协|文联|作协|侨联|残联|工商联|贸促会|友协|"
            r"基金会|促进会|研究会|同学会|红十字会|团委|供销合作社|供销社|联合社|总社|联盟)$",
            "mass-organisation",
        ),
        (r"(?:总局|[\u4e00-\u9fff]{2}署)$", "directly-affiliated"),
        (r"(?:委员会|委会|[\u4e00-\u9fff]{2}委)$", "commission"),
        (r"(?:办公厅|办公室|研究室|督查室|参事室|[\u4e00-\u9fff]{2}办)$", "office"),
        (
            r"(?:大学|学院|研究院|研究所|科学院|党校|[\u4e00-\u9fff]{2}院|报社|杂志社|通讯社|出版社|"
            r"中心|实验室|图书馆|博物馆|[\u4e00-\u9fff](?<![场住厕会诊处])所)$",
            "institution",
        ),
        (r"^(?:国家|中国|全国).*局$", "national-bureau"),
        (r"[\u4e00-\u9fff]{2}(?:局|厅)$", "local"),
        (r"(?:电视|广播|气象|地震|电视总|广播总)台$|(?:纪委|监委|工委|党委)机关$", "institution"),
        (
            r"[\u4e00-\u9fff]{2}(?:司|处|科|支队|总队|大队|中队|调查队|执法队|勘察队|总站|(?:检查|监测|监督|救助)站)$",
            "unit",
        ),
        (r"[\u4e00-\u9fff]{2}部$", "ministry"),
        (r"[\u4e00-\u9fff]{2}会$", "mass-organisation"),
    )
)
# What stays what it is also in a province; every other body there is "local".
_EVERYWHERE = frozenset(
    {"judicial", "government", "enterprise", "mass-organisation", "congress", "coordination"}
)


def has_place(name: str) -> bool:
    """Whether a name begins with a place or a level: 上海总部, 省财政厅, 各处室."""
    return _PLACE.match(normalise(name)) is not None or name[:1] == "各"


def looks_like_body(name: str) -> str | None:
    """Guess from its form alone what kind of body an unknown name is; None if it is no body.

    The answer is a key of the registry's kinds, and no more than a guess: 某某局 is taken for
    a local body unless its name says 国家, 中国 or 全国.
    """
    key = normalise(_QUOTED.sub(r"\1", name))
    if (
        not 3 <= len(key) <= _LONGEST
        or not HAN.match(key)
        or re.search(r"[,，、;；。:：《》!?]", key)
    ):
        return None
    if _BY.search(key) or (_NO_START.match(key) and not _TASK_FORCE.fullmatch(key)):
        return None
    kind = next((kind for pattern, kind in _FORMS if pattern.search(key)), None)
    if kind is None or _ends_like_a_word(key) or is_collective(name):
        return None
    return "local" if kind not in _EVERYWHERE and _PLACE.match(key) else kind


def _ends_like_a_word(key: str) -> bool:
    """Whether the end of a phrase is an ordinary word (格局, 部署) and not a body's."""
    return any(match.end() == len(key) for match in _NO_BODY.finditer(key))


# -- collective actors -------------------------------------------------------------------------

# Those who can act: what a collective phrase is made of, at its end.
_ACTOR = (
    r"(?:部门单位|部门|单位|部委|委办局|机构|机关|方面|地|地方|地区|区域|省份|省区|省市|市县|区县|县区|市州|"
    r"省|市|县|区|州|盟|旗|盟市|旗县|旗县区|镇|乡镇|街道|办事处|园区|新区|开发区|试验区|城市|"
    r"(?:人民)?政府|行政公署|行署|党委|党组|党委和政府|党委政府|人大|政协|法院|检察院|局|厅|委|办|会|院|司|"
    r"司局|处室|办公室|中心|企业|公司|银行|高校|院校|学校|科研院所|团体|组织|协会|商会|学会|联合会|成员|"
    r"自治区|直辖市|\((?:区、市|市、区|市、县|县、区|市、县、区|县|市|区|州|街道|自治县|地)\))"
)
# A list of levels with 、 inside: 省、自治区、直辖市, 市、县(市、区), 盟行政公署、市.
_LEVELS = (
    r"(?:地级以上|设区的?|省|自治区|直辖市|市|县|区|州|盟|旗|乡|镇|街道|自治县|行政公署|、|"
    r"\([省市县区州地自治直辖、]+\))+"
)
# A character of a name; 和 only inside fields of work that have it: 工业和信息化主管部门.
_FIELD = r"(?:工业和信息化|文化和旅游|住房和城乡|人力资源和社会|[^、,;。和与及])"
# Other words before the actor: 各 [主管] 部门, 有关 [行业] 协会.
_SOME = rf"(?:{_LEVELS})?{_FIELD}{{0,14}}?"
# What may stand before 各 or 有关 without being an actor of its own: 国务院有关部门, 专利局各部门.
_BEFORE = r"(?:中央和国家机关|(?:(?!会同|牵头|配合|协调)[^、,;和与及]){0,10}?)"
# A second noun without a word like 各 of its own: 各有关部门和单位.
_AND_MORE = (
    rf"(?:、{_ACTOR}|(?:和|及|与|以及|或)"
    rf"(?:{_ACTOR}|[^、,;和与及]{{2,6}}(?:部门|单位|机构|组织|团体|企业)))*"
)

_COLLECTIVES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        # 各部门, 各地区, 各地, 各省级人民政府, 地方各级人民政府, 各地方知识产权局, 国务院各部委:
        # «each»; no body's own name has it.
        "each": rf"{_BEFORE}各{_SOME}{_ACTOR}{_AND_MORE}",
        # 有关部门, 相关省份, 国务院有关部门, 其他有关部门: «concerned», without saying who.
        "concerned": rf"{_BEFORE}(?:有关|相关){_SOME}{_ACTOR}{_AND_MORE}",
        # 其他部门, 其余单位: «the others».
        "others": rf"(?:其他|其它|其余){_SOME}{_ACTOR}{_AND_MORE}",
        # 联席会议成员单位, 知识产权管理部门, 公安机关: names of a class; no body is called
        # 部门, 单位 or 机关.
        "class": r"(?:(?:中央|省|部|市|和|、)*驻[\u4e00-\u9fff]{1,4}|中央和省属|中省直)(?:单位|企业|部队|机构)|"
        rf"(?:(?!会同){_FIELD}){{1,20}}"
        r"(?:部门|成员单位|直属单位|部委|(?<!监委)(?<!检察)机关)",
        # 省级人民政府, 市级知识产权局, 县级以上地方人民政府: a level, not a place.
        # But 省级机关事务管理局 is one body.
        "level": r"(?:省|市|县|区|乡|地市|设区的?市)级(?!机关)(?:及?以上)?(?:地方)?"
        rf"[^、,;。]{{0,10}}?{_ACTOR}",
        # 地方人民政府, 地方党委和政府, 当地政府, 项目所在地省级人民政府, 地方: somewhere.
        # But 地方金融监管局 is one body.
        "somewhere": r"(?:地方|当地|属地|本级|同级|基层|[^、,;。]{0,10}所在(?:地|省|市|县))"
        r"(?:各级|省级|市级|县级)?(?:(?:人民)?政府|党委|党委和政府|党委、政府)|地方",
        # 省(区、市)人民政府, 省、自治区、直辖市人民政府, 市、县(市、区)人民政府, 市县人民政府,
        # 设区市人民政府: a list of levels where a place would stand. But 省政府 is one body.
        "levels": r"(?!(?:省|市|县|区|自治区|直辖市)(?:人民)?政府)"
        rf"{_LEVELS}(?:级|两级|三级)?(?:(?:人民)?政府|党委和政府)",
        # 沿黄九省区人民政府, 长江经济带11省市, 长三角三省一市; 沪苏浙皖人民政府: several places
        # in one word.
        "several": r"[^、,;。]{0,8}?[两三四五六七八九十\d]{1,3}省(?:区市|市区|区|市|份)?(?:[一两二三四]市)?"
        r"(?:(?:人民)?政府)?"
        r"|[京津沪渝冀晋辽吉黑苏浙皖闽赣鲁豫鄂湘粤桂琼川黔滇陕甘青宁蒙藏新]{2,}(?:人民)?政府",
        # 有条件的地区, 符合条件的企业, 试点地区, 示范城市: whoever fits the description.
        "fitting": rf"(?:有|具备|符合)条件的?[^、,;。]{{0,6}}?{_ACTOR}"
        r"|(?:试点|示范|先行|重点|承接|受援|对口支援)(?:地区|省份|城市|单位|企业|高校)",
        # 东部地区, 中西部地区, 贫困地区: a region of many places. But 喀什地区 is one place.
        "region": r"(?:东|西|中|东中|中西|东西)部(?:地区|省份)"
        r"|(?:东北|沿海|沿边|内陆|边疆|边境|贫困|民族|革命老区|老少边穷|欠发达|发达|脱贫)地区",
        # 行业协会, 高校, 科研院所, 金融机构, 人民法院: a kind of actor in general.
        "kind": r"(?:行业)?(?:协会商会|协会|商会|学会)|行业组织|街道办事处|村(?:民|居)委(?:员)?会"
        r"|(?:乡镇|镇街|乡镇街道|街道)(?:(?:人民)?政府|党委)?(?:\((?:街道|镇|乡|开发区|园区|街道办事处|、)+\))?"
        r"|园区|开发区"
        r"|(?:中央|国有|地方国有|矿山|用能|排污|生产|经营|项目|电网|发电|电力|能源|油气|平台|电信|通信|互联网|运输|铁路|保险|物流|"
        r"快递|骨干|龙头|重点)?企业"
        r"|高校|高等学校|高等院校|科研院所|科研机构|社会组织|社会团体|群团组织|人民团体"
        r"|金融机构|服务机构|中介机构|新闻媒体|(?:人民)?法院|(?:人民)?检察院",
    }.items()
}
# Headings of a duty, not actors: 责任单位, 牵头部门.
_LABEL = re.compile(r"(?:责任|牵头|负责|配合|参与|参加|协办|主办|实施|主管|承办)(?:部门|单位)")


def is_collective(name: str) -> bool:
    """Whether a name means many bodies without naming one: 有关部门, 各地区, 地方各级人民政府.

    Two collective actors joined (有关部门和各地区) are no name, so the answer is no.
    """
    key = normalise(name)
    if len(key) > _LONGEST or _LABEL.fullmatch(key) or _BY.search(key):
        return False
    if not any(pattern.fullmatch(key) for pattern in _COLLECTIVES.values()):
        return False
    return not _two_collectives(key)


def _two_collectives(key: str) -> bool:
    """Whether a phrase joins two collective actors that each stand on their own."""
    return any(
        _marked(key[: match.start()]) and _marked(key[match.end() :])
        for match in re.finditer(r"以及|[和与及、]", key)
    )


def _marked(key: str) -> bool:
    """Whether a phrase says by a word of its own (各, 有关, 其他, 地方) that it is collective."""
    marked = re.search(r"各|有关|相关|其他|其它|其余|^地方.|级", key)
    return bool(marked) and any(pattern.fullmatch(key) for pattern in _COLLECTIVES.values())
