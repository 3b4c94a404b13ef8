"""Quantitative targets of running text: figures still to be reached, as printed.

A target is a figure with a unit behind a verb of reaching (达到, 压减至, 稳定在 …), a number of
things to be made (建成平台32个, 培训10万人次, 城镇新增就业1100万人以上), or of things to be built
by a stated aim (建设100家…目标). No target is: history (「五年来…」, 「先后建成」, a section of
background), a condition (「超过100人的企业」, 「可申请不超过15万元」), a definition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kg.model import Span, Target
from loaders.indicators import indicator_boxes
from loaders.outline import Block, Outline
from loaders.view import View

_NUM = r"(?P<value>\d+(?:，\d{3})*(?:\.\d+)?)"
_UNIT = (
    r"(?P<unit>%|％|‰|个百分点|个?(?:工作日|月)|小时|分钟|天|(?<!20\d\d)年|[万亿]{0,2}(?:元|美元|件|人次|人|户|家|个|项|吨|公里|"
    r"千瓦时|千瓦|亩|公顷|平方米|立方米|斤|公斤|微克/立方米|毫克/(?:立方米|升)|辆|台|套|所|名|篇|部(?!门|委)|册|种|株|次|分|倍|岁|张|座|处|条|批|对|例|起(?!来|步|点))(?:/(?:日|天|年|小时))?|[EPT]FLOPS)"
)
_REACH = (
    r"(?:力争|争取|确保|努力)?(?:达到|(?<!下)达|超过|突破|压减[至到]|压缩[至到]|缩短[至到]|减少[至到]|"
    r"降低?[至到]|下降[至到]|提高[至到]|提升[至到]|增加[至到]|增长[至到]|扩大[至到]|稳定在|保持在|"
    r"控制在|维持在|(?:覆盖|压减|压缩|缩短|下调|拟按)(?=\d)|不低于|不少于|不高于|不大于|不小于|不超过|高于|低于|增长|下降|提高|降低|减少|≥|≤)"
    r"(?:约|近)?(?:20\d{2}年(?:底|末)?的?)?"
)
_SUBJECT = r"(?P<subject>(?:[^，。；,;、：:！？\n（）()]|[（(][^（）()]{0,14}[）)])*?)"
# 城镇调查失业率5.5%左右, 粮食产量1.3万亿斤以上: a rate or sum with its bound needs no verb.
_BOUND = r"(?:左右|以上|以内)(?!的)"
_RATE = (
    rf"(?<=[率重比幅])(?=[\d.]+[%％]{_BOUND})"
    rf"|(?<=产量|总量|规模|总值|总额)(?=[\d.]+[万亿]{{0,2}}[\u4e00-\u9fff]{{1,2}}{_BOUND})"
)
_FIGURE = re.compile(rf"{_SUBJECT}(?P<verb>{_REACH}|{_RATE})\s*{_NUM}\s*{_UNIT}(?:以上|以内|左右)?")
_MORE = re.compile(rf"[、和]{_NUM}\s*{_UNIT}(?:以上|以内|左右)?")
_BUILD = re.compile(
    rf"(?:完成|实现)[^，。；,;\n]{{0,10}}?(?:建设|建成|培育|新增|新建|设立|打造)\s*{_NUM}\s*{_UNIT}"
    r"(?P<what>[^，。；,;\n]*?)(?:首期|阶段性|年度)?(?:建设)?目标"
)
_THINGS = (
    r"(?P<unit>[万亿]{0,2}(?:人次|人|户|家|个|项|件|名|次|所|套|台|辆|座|处|条|批|对|例|场|门|部(?!门|委)|"
    r"册|种|张|亩|公顷|公里|千瓦|平方米|立方米|吨|斤|公斤|元|篇|株|张))(?!月|百分点|工作日|小时|方面|以下|的)"
)
_VERBS = (
    "(?:新改扩?建|新建|改扩建|改建|扩建|续建|建成|建设|建立|改造|培育|培养|培训|新增|打造|设立|创建|布局|引进|认定|遴选|"
    "评选|评定|选拔|推出|制修订|发展|孵化|扶持|救助|资助|招募|选派|完成|加装|发放|种植|造林|治理|修复|整治|"
    "更新|配备|开发|提供|帮扶|安置|再就业|产生|开通|开办|盘活|新开工|引育|压减(?![至到])|上线|淘汰|优化|实施|制定)"
)
_MAKE = re.compile(
    f"{_VERBS}(?:[和、并]?(?:{_VERBS}|提升|升级))*"
)  # 引进和培养500名, 引进、培养100名
_BARE = re.compile(f"(?:重点|每年|再|共|新)*{_MAKE.pattern}")
_NAME = r"(?:[^，。；,;：:！？\n\d（）()第]|[456]G|[1-5]A)"
# 国家级平台1个 or 100家示范企业, one after the other under one verb.
_ITEM = re.compile(
    rf"(?P<before>{_NAME}{{0,24}}?)(?:约|近|不少于|不低于|超过|至少)?{_NUM}\s*{_THINGS}"
    rf"(?:(?:以上|左右|以内)(?!的))?(?P<after>{_NAME}{{0,40}}?)(?=[、和及]{_NAME}*\d|[，。；,;：:\n（(]|$)"
)
_ERRAND = re.compile("(?:来.{1,3}?)?(?:进行|开展|参加|赴).*$")  # 专家[来穗进行学术交流]
_PAST = re.compile("先后|累计|已|了|“十[一二三]五”(?:时期|期间)")
_AHEAD = re.compile(r"到20\d{2}年|力争|目标")  # 到2027年，累计培育300个: still to come
# The year to reach it by; not the one compared with (比2013年下降).
_BY = re.compile(
    r"(?<![比较与以由从])(?:到|至)?((?:20)\d{2}年(?:\d{1,2}月)?)(?!起|以来)(?:底|末)?(?:前)?"
)
_DONE = re.compile("(?:全部|基本|全面)?(?:完成|实现|建成|达到|达标|投用)?(?=[，。；]|$)")
_HISTORY_SECTION = re.compile("背景|回顾|现状|成就|成效|进展|基础与|发展基础|形势")
_HISTORY = re.compile(
    '五年来|以来|截至|已经?(?=达|超|突破|建)|从[“"]?.{1,12}(?:末|年)?的|“十[一二三]五”末'
    "|提前(?:完成|实现)|(?:督察|检查|核查|调查|审计)(?:发现|指出)"
)
_COMPARED = re.compile(r"[由从](?:去年|上年)的?[\d.]+")  # 由去年的90小时压减至80小时
_OLD = re.compile("上年|去年|同比")  # of the part between commas
_LAST_YEAR = re.compile("[比较]上年|同比(?=增长|下降|提高)")
_CONDITION = re.compile(
    r"(?:达到|超过|不超过|不低于|不少于|高于|低于)\s*[\d.,]+\s*\S{1,6}?的|可(?:申请|按|给予|享受|返还)|符合.{0,20}(?:条件|的)|"
    r"(?:给予|奖励|补助|补贴(?!性)|贴息|贷款(?!\d)|返还|缴纳|处以|罚款|标准为|标准按|允许|不得)|是指|最多|最高|的(?:发明专利|企业|单位|部门|个人|人员)"
)
_PREPOSITION = re.compile(r"^(?:在|按|以).{1,14}?(?:前提下|基础上|条件下|情况下|[下中上内])")
# What stands between the subject and its verb: 处置率[应于2020年底前]达到, 比例[均]控制在.
_TAIL = re.compile(
    r"(?:(?:应当?|须|要|将|需)?[于在]20\d{2}年(?:\d{1,2}月)?(?:底|末)?(?:之?前)?)?"
    r"(?:(?<!年)均|再|总体|应当?|须|要|将|需)?$"
)
_LEAD = re.compile(
    r"^(?:[\d一二三四五十]+年内|[今本当]?年(?:底|末|内)(?:之?前)?|其中|完成|保持|今年|并|且|力争|争取|确保|努力|进一步|逐步|使|将|把|推动|实现|到20\d{2}年(?:底|末)?(?:前)?|20\d{2}年(?:(?:底|末)(?:前)?)?)+"
)


def read_targets(outline: Outline) -> tuple[Target, ...]:
    """All targets of running text and of the measures in task tables, each mention."""
    out = []
    boxes = list(indicator_boxes(outline))
    for block in outline.blocks:
        if block.kind == "heading" or _is_history(block) or _is_indicator_row(block):
            continue
        if any(a <= block.span[0] < b for a, b in boxes):
            continue  # read as indicators
        aim = any("目标" in heading for heading in block.section)
        for sentence in _sentences(outline.text, block.span):
            out += list(_targets(outline.text, sentence, aim))
    return tuple(sorted(out, key=lambda t: t.span))


def _is_history(block: Block) -> bool:
    return any(_HISTORY_SECTION.search(h) for h in block.section)


def _is_indicator_row(block: Block) -> bool:
    """A row of figures is read as an indicator, not as running text; a row's number is none."""
    figures = [c.text for c in block.cells if re.fullmatch(r"[\d.,%]+", c.text)]
    numbered = len(figures) == 1 and re.fullmatch(r"\d{1,3}", figures[0])
    return block.kind == "row" and bool(figures) and not numbered


def _sentences(text: str, span: Span) -> Iterator[Span]:
    a, b = span
    for stop in re.finditer("[。！？；;\t]|\n\n", text[a:b]):
        yield a, span[0] + stop.end()
        a = span[0] + stop.end()
    if a < b:
        yield a, b


def _targets(text: str, sentence: Span, aim: bool) -> Iterator[Target]:
    """The targets of a sentence; blanks and broken lines in it are passed over.

    Under a heading of aims (`aim`) 比上年增长8% is to come; elsewhere it tells what was.
    """
    view = View.of(text, *sentence)
    words = view.s
    told = _COMPARED.sub(_blank, _LAST_YEAR.sub(_blank, words) if aim else words)
    if not re.search(r"\d", words) or _HISTORY.search(told):
        return
    dates = list(_BY.finditer(words))
    seen: list[Span] = []
    made = list(_made(words))
    counts = {figure.start("value") for _, _, figure in made}
    for found in _FIGURE.finditer(words):
        if found.start("value") in counts and _BARE.fullmatch(_subject(found["subject"])):
            continue  # 引进不少于200名专家: things to be made
        if not _conditional(told, found.start("value")):
            seen.append(found.span())
            yield from _figures(view, found, dates)
    for built in _BUILD.finditer(words):
        seen.append(built.span())
        yield _target(view, built["what"], built, built.start(), _by(words, built, dates))
    for what, start, figure in made:
        apart = not any(a <= figure.start("value") < b for a, b in seen)
        if apart and not _conditional(told, figure.start("value")):
            yield _target(view, what, figure, start, _by(words, figure, dates))


def _blank(found: re.Match[str]) -> str:
    return "＿" * len(found[0])


def _by(words: str, figure: re.Match[str], dates: Sequence[re.Match[str]]) -> str | None:
    """The date that a figure is to be reached by.

    The nearest in front of it; else one behind it that says nothing but when all is done
    (「…100家，2025年底前完成」): a date in front of another figure is that one's.
    """
    before = [date[1] for date in dates if date.start() < figure.start("value")]
    if before:
        return before[-1]
    return next((d[1] for d in dates if _DONE.match(words, d.end())), None)


def _conditional(words: str, at: int) -> bool:
    """Whether the part between commas says who may get something, and sets no target."""
    start = max(words.rfind(c, 0, at) for c in "，；") + 1
    end = min((i for i in (words.find(c, at) for c in "，；") if i >= 0), default=len(words))
    return bool(_CONDITION.search(words, start, end) or _OLD.search(words, start, end))


def _figures(view: View, found: re.Match[str], dates: Sequence[re.Match[str]]) -> Iterator[Target]:
    """The figure behind a verb, or each of several: 「分别达到60%、70%、80%」."""
    subject = _subject(found["subject"])
    start = found.start("subject") + found["subject"].rindex(subject) if subject else 0
    if not subject or re.fullmatch(r"年均|同比|[比较](?:20\d{2}|上|去)年|.*要求", subject):
        return
    if found["verb"].startswith(("增长", "下降")) and "率" in subject:
        return
    listed = re.match("[^、]{1,8}等", subject) and view.s[:start].endswith("、")
    if subject.endswith("分别") or listed:  # all that is listed before it
        start = max(view.s.rfind(c, 0, start) for c in "，。；：") + 1
        subject = _subject(view.s[start : found.start("verb")])
        start = view.s.index(subject, start)
    own = re.search(r"20\d{2}年", found["verb"])
    several = [found, *_MORE.finditer(view.s, found.end())] if subject.endswith("分别") else [found]
    each = len(dates) == len(several) > 1
    for i, figure in enumerate(several):
        if i and figure.start() != several[i - 1].end():
            return
        by = dates[i][1] if each else own[0] if own else _by(view.s, found, dates)
        yield _target(view, subject.removesuffix("分别"), figure, start, by)


def _made(words: str) -> Iterator[tuple[str, int, re.Match[str]]]:
    """Things to be made, item by item: what, where its words begin, the figure."""
    for clause in re.finditer(r"[^，。；,;：:\n]+", words):
        verb = _MAKE.search(clause[0])
        past = _PAST.search(clause[0])
        if not verb or (past and not (past[0] == "累计" and _AHEAD.search(words[: clause.end()]))):
            continue
        at = clause.start() + verb.end()
        start = clause.start() + verb.start()
        last = ""
        whole = _subject(words[clause.start() : at]) if verb[0] in ("新增", "再就业") else ""
        while at < clause.end() and (item := _ITEM.match(words, at)):
            if re.search(_REACH, item["before"]):
                break  # a figure to be reached, not a number of things
            behind = _ERRAND.sub("", item["after"].removeprefix("的"))
            again = last if _MAKE.fullmatch(item["before"]) else ""  # 新建管网9公里、改造8公里
            if item["before"] in ("面积", "数量", "总量", "规模"):
                again = verb[0] + item["before"]  # 修复面积3.2万亩
            what = last = again or whole + item["before"] or behind or verb[0]
            yield what, words.index(what, clause.start()) if whole and not again else start, item
            at, whole = item.end() + 1, ""
            start = at


def _subject(printed: str) -> str:
    """What is to reach the figure, without 在…前提下 and 力争 before it."""
    subject = _LEAD.sub("", re.sub(r"(?:由|从)[^由从]*\d[^由从]*$", "", printed.strip()))
    subject = _PREPOSITION.sub("", subject)
    subject = _TAIL.sub("", _LEAD.sub("", subject), count=1).strip()
    return subject[1:] if subject.startswith("“") and "”" not in subject else subject


def _target(view: View, subject: str, found: re.Match[str], start: int, by: str | None) -> Target:
    value = float(found["value"].replace("，", ""))
    words = view.cut(start, found.end())
    return Target(
        subject=subject,
        value=int(value) if value.is_integer() else value,
        unit=found["unit"].replace("％", "%"),
        by=by,
        quote=words.printed,
        span=words.span,
    )
