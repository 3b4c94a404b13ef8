"""The words of responsibility: duties, labels, scopes, deadlines, rules. Patterns only.

All patterns match a `loaders.view.View`: no blanks, punctuation of full width.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

BULLETS = "●★■◆▲※•○◎☆·"  # in front of lines and labels
_BY_DUTY = (
    r"(?:(?:分别|共同)?(?:按照?|依照?|根据|依据)?(?:各自|各)?的?(?:工作)?(?:职责|职能|责任|任务|职权)"
    r"(?:任务)?(?:和任务)?(?:分工)?|按照?(?:各自)?分工"
    r"|结合(?:各自|自身|本地区?|当地|地方)?(?:实际|职责|职能))"
)
# «A牵头», «A、B按职责分工牵头», «A牵头负责»: the lead is printed. Longest spelling first.
LEAD = (
    rf"(?:{_BY_DUTY})?(?:作?为|是)?(?:共同|联合|分别|负责|总)?牵头"
    r"(?:负责|组织实施|组织|落实|推进|实施|协调|抓总|办理|单位|部门|做好|建设|推动)?"
)
# «配合», «参与», «参加», «协助», «协办»: takes part.
SUPPORT = (
    rf"(?:{_BY_DUTY})?(?:分别|积极|协同|共同|密切|做好)?"
    r"(?:配合|参与|参加|协助|协同|(?<!政)协办|支持)(?:落实|实施|推进|做好|完成|工作)?"
)
# «加强指导», «指导监督» at the end of a phrase: takes part; 市场监督管理局 is a name.
_UNITS = r"(?:单位|部门|方)"
SUPPORTS = rf"(?:作?为|是)(?:配合|参与|参加|协助|协办|协同|支持){_UNITS}"
CHARGED = rf"(?:作?为|是)(?:主要)?(?:责任|负责|主责|主办|承办|实施|落实){_UNITS}"
GUIDE = (
    rf"(?:{_BY_DUTY})?(?:分别|共同|具体)?"
    r"(?:加强|给予|做好)?(?:业务|工作|政策)?(?:(?:指导|督导|督促|监督)(?:和|与)?)+"
    r"(?:落实|实施|检查|协调|服务|支持)*(?=$|[，；。])"
)
# «负责», «按职责分工负责», «分别负责», «落实»: answers for it.
CHARGE = (
    rf"(?:(?:{_BY_DUTY})(?:分别|共同|具体|组织|协同|联合|分头|抓好|做好)?"
    r"(?:负责|落实|实施|推进|组织实施|承担)(?:落实|实施|组织实施|推进|到位)?"
    r"|(?:分别|共同|具体|组织|协同|联合|分头|主要|为主|抓好|推进)?(?:负责|组织实施|组织落实|推进落实|抓好落实)"
    r"(?:落实|实施|组织实施|推进|指导|组织协调|组织|统筹协调|统筹|协调|督促|监督|制定|制订|起草|编制|办理"
    r"|本(?:领域|行业|部门|系统|地区)(?:相关|有关)?(?:工作|任务))?"
    rf"|(?:{_BY_DUTY})(?=$|[，；。])"
    r"|各负其责|分工负责|分工落实|分工协作|分工合作|负总责|总负责|抓落实|贯彻落实|(?:具体|组织|贯彻)(?:落实|实施|执行)"
    r"|(?:同步|协同|共同|统筹|分头|合力|联合|配合)(?:推进|实施|落实)|主办|承办|承担|主责|(?:统筹)?协调(?=$|[，；。])|统筹(?:推进|负责|落实)?(?=$|[，；。])|(?:抓|推进)?落实(?=$|[，；。])|实施(?=$|[，；。]))"
)
DUTY = re.compile(
    rf"(?P<lead>{LEAD})|(?P<support>{SUPPORTS}|{SUPPORT}|{GUIDE})|(?P<charge>{CHARGED}|{CHARGE})"
)
NOT_A_DUTY = "人任者度制额单部"  # 负责人, 负责任, 参与者, 配合度, 参与单位, 负责部门

_WHO = r"(?:部门|单位|主体|科室|处室|司局|机构|方|地区|股室)"
_AT = r"(?:[省市县区州]级|[省市县区州]直)?"
_LABELS = (
    r"(?P<person>(?:牵头|责任|分管|负责|包保|联系|主管|挂帅|协管|挂联|市级|县级|区级|省级)?(?:责任|负责|牵头|分管)?"
    r"(?:的)?(?:市|省|县|区|局|委|厅|州|校)?(?:领导|负责人|责任人|联系人|厅长|局长|主任))"
    rf"|(?P<lead>{_AT}牵头(?:负责|责任|主责|领导|组织)?{_WHO}|主牵头{_WHO}|牵头(?=：))"
    rf"|(?P<support>{_AT}(?:验收|督导|指导|监督|配合|参与|参加|协助|协办|协同|协作|支持)(?:责任|实施)?{_WHO}|(?:配合|参与|参加|协助|协办)(?=：))"
    rf"|(?P<charge>(?:责任|主办|承办)(?=：)|{_AT}(?:主要|第[一二三]|具体|共同|其他|其它|直接)?(?:责任|负责|主责|主办|承办|落实|实施|完成|主管|建设|承担|组织)(?:责任|实施|推进)?{_WHO}(?:及分工|及职责)?"
    r"|(?:部门|责任|任务|职责|工作)?分工|责任分解|实施主体)"
    r"|(?P<deadline>时间进度|(?:完成|办结|推进|整改|计划完成|进度)?(?:时限|时间节点|时间要求|时间安排|时间|期限|进度安排)"
    r"(?:要求|及要求|安排)?)"
    r"|(?P<other>(?:执行|实施|有效|试行|资金)(?:期限?|来源)|政策(?:依据|来源)|文件依据|联系(?:电话|方式)|备注)"
    r"|(?P<scope>(?:适用|实施|试点|推广)(?:范围|区域|地区))"
)
# 「责任单位：A」, 「牵头部门为A」, 「【配合单位】A」.
# 「牵头部门（单位）：A」, 「牵头单位及责任人：A」 label too.
_ADDED = r"(?:、单位|（(?:单位|部门|地区|责任人|负责人)）|(?:及其?|、)?(?:责任人|负责人))?"
LABEL = re.compile(rf"(?P<open>（)?(?:{_LABELS})(?(open)）：?|(?:{_ADDED}：|为|是|有(?!关)))")
SCOPE_DEFAULT = re.compile(
    r"以下除[^，。；]*外，(?:适用|实施|试点)(?:范围|区域)均?(?:为|是)(?P<value>[^，。；）]+)"
)
_DATE = (
    r"(?:20\d{2}[—–\-~～至到]+20\d{2}年|\d{1,2}个?(?:月|工作日|天|年)内|20\d{2}年(?:\d{1,2}月)?(?:\d{1,2}日|上旬|中旬|下旬)?|\d{1,2}月(?:\d{1,2}日|上旬|中旬|下旬)?|"
    r"(?:今|本|当|全|每)年|[一二三四]季度|(?:上|下)半年|“?十[一二三四五]五”?(?:期间|末))"
)
DEADLINE = re.compile(
    rf"(?:{_DATE}|年)(?:(?:上|下)半年|第?[一二三四]季度)?(?:底|末|内|中|初)?(?:之?前|以前|起)?"
    r"(?:(?!负责|牵头|配合|参与|会同)[^，；。、（）]){0,16}"
    r"|(?:(?:以后|今后|后续)年度|以后|此后|今后|后续)(?:根据工作需要|按需)?(?:持续|长期|逐年|继续)(?:推进|实施|坚持|落实|完善)"
    r"|(?:分年度|逐年|分阶段|分步|适时|及时)(?:推进|实施|落实|完成|开展)"
    r"|每(?:年|半年|季度?|月|周|旬)(?:度|末|底|初)?(?:报送|报告|通报|调度|更新)"
    r"|长期(?:坚持|推进|实施)?|持续(?:推进|实施)|(?:并)?长期坚持|立即(?:启动|实施|开展|推进|落实)?|即日起|常态化推进"
)
_FIRST = r"(?:第一(?:位|个|名|家)?|首位|首个|最前(?:面)?|第1位)"
_ANY = r"[^。；;\n（）()〔〕【】\[\]]"
RULE = re.compile(
    rf"{_ANY}*?(?:排|列|居|位|排名|排序|排列)(?:在|于|名)?{_FIRST}{_ANY}{{0,14}}?牵头{_ANY}*[。；;]?"
    rf"|{_ANY}*?{_FIRST}(?:责任|负责)?(?:单位|部门)?{_ANY}{{0,5}}?(?:为|是){_ANY}{{0,4}}?牵头"
    rf"{_ANY}*[。；;]?"
)
# Sentences with the words of the rule that state none: of another document, of other years, of
# those who lead when several do, or that it is not so.
NO_RULE = re.compile(
    rf"(?:按照?|根据|依照|依据|参照)[^，；]*《[^》]+》[^，；]*{_FIRST}"
    rf"|(?:去年|上一?年|以往|此前|过去|原来|原方案|原分工).*{_FIRST}"
    rf"|{_FIRST}的(?:项目|任务|事项|指标)|牵头[省市县区]?领导|候选"
    r"|多个牵头|牵头.*总牵头|为总牵头|第一牵头|牵头(?:单位|部门)(?:有|为|是)?(?:多个|两个|几个|若干)"
    rf"|{_FIRST}[^，；牵]*(?:不|未必|并非)[^，；]*牵头"
)
# What the rule says and where it may stand: it is looked for from the last stop before it.
FIRST_WORDS = re.compile("第一|首位|首个|最前|第1位")
_STOP = re.compile(r"[。；;\n（）()〔〕【】\[\]]")
# «括号内为责任单位»: the document says what its lists of bodies in brackets are.
IN_BRACKETS = re.compile(
    r"括号[内中里][^。；;\n]{0,8}?[为是][^。；;\n]{0,4}?(?:责任|负责|承办|落实)(?:单位|部门)"
)


def rules(text: str) -> Iterator[re.Match[str]]:
    """Where a text says that the first listed leads; each stretch between stops is read once."""
    done = 0
    for hit in FIRST_WORDS.finditer(text):
        if hit.start() < done:
            continue
        before = next((i for i in range(hit.start() - 1, done - 1, -1) if _STOP.match(text, i)), -1)
        start = max(before + 1, done)
        if found := RULE.match(text, start):
            yield found
        after = _STOP.search(text, hit.end())
        done = after.end() if after else len(text)


# A sentence behind the duties that speaks of more than this clause.
NOTE = re.compile(
    r"(?<=。)[^。]*(?:下同|不再|以下|均涉及|上述)[^。]*。?$|(?<=[，；])下同$|(?<=[，；])以下(?:各项|任务)?均[^。；]{0,200}。?$"
)
# «预期性指标，牵头单位：A»: what kind of figure the clause is about, in front of it.
KIND_OF_FIGURE = re.compile(r"(?:预期性|约束性|引导性|监测性)(?:指标)?[，；。]")
# «由A牵头，B配合», «此项工作由A负责»: a sentence that gives a duty and nothing else.
BY = re.compile(
    r"(?:(?:此|该|本|这)项?(?:工作|任务|措施)|具体(?:工作)?|按(?:照?各?自?)?职责分工)?由"
)
# «关于“…”的问题，由A会同B研究提出落实意见。»: an item that is handed to some bodies as it is.
HANDED = re.compile(
    r"(?:（[^）]{1,3}）|\d{1,3}[.．、])?关于[^。]{1,600}，由(?P<who>[^。“”]{2,300}?)"
    r"(?P<what>负责(?:研究|组织)?(?:落实|实施)?|(?:研究)?(?:提出|制定|制订)(?:具体|落实|实施|贯彻)*(?:意见|办法|措施|方案))$"
)
SEPARATELY = re.compile("分别负责|分别落实|分头负责|分头落实")
HAS_DUTY = re.compile(
    "负责|职责|各负其责|协调|牵头|配合|参与|参加|协助|协办|落实|承担|实施|分工|承办|主办|主责|责任单位|完成|推进|指导|前$"
)
# «（教育部、财政部，2021年底前完成）», «（教育部，2021年底前）»: who is to be done by then.
TO_BE_DONE = re.compile("完成|推进|落实|见效|前(?=[，；。]|$)")
