"""Documents of provinces and cities: whose 教育厅, whose 知识产权局.

In a document of 浙江省, 「省教育厅」 is 浙江省教育厅 and a bare 「知识产权局」 is its own, not
the national one of the same short name. The printed name stays the name; the id tells apart.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from loaders.head import Head
from loaders.outline import Outline

_PLACE = re.compile(
    r"(?:中共|中国共产党)?(?P<place>[\u4e00-\u9fff]{2,12}?(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗))"
    r"(?:人民政府|政府|委员会|委|办公厅|办公室|人民代表|.{2,14}[局厅委办])"
)
# «临江市养老服务工作要点», «中共临江县委»: a title that begins with a place.
_TITLE_PLACE = re.compile(
    r"(?:20\d{2}年)?(?P<place>[\u4e00-\u9fff]{2,7}?(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗))"
    r"(?!场|域|级|际|块|委员会|以上|以下)"
)
# Bodies that only a province, city or county has: the centre's are 部, 委 and 总局.
_LOCAL_ONLY = re.compile(
    r"(?:教育|民政|财政|公安|司法|商务|农业农村|交通运输|水利|审计|科技|人社|工信|住建|发改|卫健|文旅|"
    r"自然资源|生态环境|应急管理|市场监管)(?:局|厅)"
)
_LEVEL = re.compile(r"(?:省|市|县|区|州|盟|旗|自治区|街道|镇|乡)(?!场)")
_NATIONAL = re.compile(
    r"^(?:国家|国务院|中国|中央|全国|最高|中华|中共中央|海关|证监|银保监|人民银行)"
)
_SHORT = re.compile(r".{1,12}(?:局|委|办|高法院|高检院)$")
_NO_PLACE = re.compile(
    "^(?:关于|国务|中央|全国|各|本|我|全|国家|中国|推进|推动|加快|深化|支持|建设|促进|自由|粤港澳|长三角|"
    "优化|加强|改革|城市|首都|试点|示范|部分|重点)|城市$|(?:试验|示范|开发|新|园|社|地|特|山|景|片|功能|合作)区$"
)
SHARE = 0.5


@dataclass(frozen=True)
class Place:
    """The place whose document it is; `name` None if the document is local but tells no place."""

    name: str | None

    def owns(self, spelling: str) -> bool:
        """Whether a bare short name means this place's own body (知识产权局, 发展改革委)."""
        return _SHORT.match(spelling) is not None and _NATIONAL.match(spelling) is None

    def id(self, name: str) -> str:
        """What tells a local body apart from its namesakes elsewhere."""
        if self.name is None or self.name[:-1] in name:
            return name  # 民航深圳监管局 says its place itself
        if _LEVEL.match(name):
            same = name[0] == self.name[-1]
            return self.name + name[1:] if same else f"{self.name}-{name}"
        own = _SHORT.match(name) or re.fullmatch(r"[\u4e00-\u9fff]{2,10}厅", name)
        return self.name + name if own and not _NATIONAL.match(name) else name


def place_of(outline: Outline, head: Head) -> Place | None:
    """The place whose document this is, or None for a document of the centre.

    By the issuer or the title; without these, by what the clauses name: a text in which most
    actors begin with 省, 市, 县 … is local.
    """
    for printed in (head.issuer, head.title):
        found = _PLACE.match(printed or "")
        if found and not _NO_PLACE.search(found["place"]):
            return Place(found["place"])
    found = _TITLE_PLACE.match(head.title or "")
    if found and not _NO_PLACE.search(found["place"]) and not head.issuer:
        return Place(found["place"])
    if head.issuer or (head.number and re.match("国|中", head.number)):
        return None
    named = re.findall(
        r"(?<=[（、，：])[\u4e00-\u9fff]{2,14}?(?=[、，）]|负责|牵头|配合)", outline.text
    )
    if any(_LOCAL_ONLY.fullmatch(n) for n in named):
        return Place(None)
    local = sum(bool(_LEVEL.match(n)) for n in named)
    return Place(None) if named and local > SHARE * len(named) else None
