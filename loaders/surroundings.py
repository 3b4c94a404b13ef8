"""What only surrounds a document: menus above it, advertising and disclaimers below it.

Three rules, all on whole lines:

* above the text, a line of a menu (首页 …, 当前位置：…) or of the page's own furniture
  (【字体：大 中 小】【打印】, 来源：…, 发布时间：…, 索引号：…) is dropped;
* from the first line that opens a page's tail (免责声明, 上一篇, 为您推荐, 联系我们,
  主办单位：…, 版权所有, 扫一扫 …) everything is dropped, provided that no numbered heading
  and no responsibility clause follows: a document's own words are never cut;
* a line of buttons (【打印】【关闭】) is dropped wherever it stands behind the last clause.
"""

from __future__ import annotations

import re

_BUTTON = re.compile(
    r"打印(?:本页|此页)?|关闭(?:窗口|本页)?|分享到?|收藏|返回顶部|字体|字号|文字大小|我?要?纠错|下载"
)
_SIZES = re.compile(r"[大中小+\-A]|[【】\[\]［］〖〗（）()\s　|｜/、：:]+")
_MENU = re.compile(r"^[ \t　]*(?:首页(?:[ \t　>›»|]|$)|当前位置|您(?:现在|当前)?的?位置)")
_FURNITURE = re.compile(
    r"^[ \t　【\[]*(?:(?:文章|信息|稿件)?来源|发布(?:时间|日期|机构|单位|人)|更新(?:时间|日期)|信息(?:名称|分类)"
    r"|浏览(?:次数|量)?|阅读(?:次数|量)?|点击(?:次数|数|量)?|访问(?:次数|量)?|字体(?:大小)?|字号|分享(?:到)?|打印"
    r"|责任编辑|编辑|索[ 　]{0,4}引[ 　]{0,4}号|主题(?:分类|词)|公文种类|公开(?:方式|时限|范围)|生成日期"
    r"|发文(?:机关|字号|日期)|成文日期|文[ 　]*号|信息索引"
    r"|主[ 　]*题[ 　]*词|责任(?:部门|单位)(?=\t)|有[ 　]*效[ 　]*性|时效性?)"
    r"[ \t　]*[：:\t][^。]{0,200}$"
    r"|^[ \t　]*20\d{2}-\d{1,2}-\d{1,2}(?:[ \t　]+\d{1,2}:\d{2}(?::\d{2})?)?[^。]{0,80}$"
)
_TAIL = re.compile(
    r"^[ \t　]*(?:免责声明|版权声明|法律声明|上一篇|下一篇|为您推荐"
    r"|相关(?:阅读|推荐|链接|新闻|文章|解读|稿件|信息)|政策解读[ \t　]*$|联系我们|扫码阅读|扫一扫|微信扫|用微信扫|分享到|返回顶部"
    r"|关闭窗口|宣传单位|责任编辑|网站地图|主[ 　]*办(?:单位)?[：:]|版权所有|网站标识码|[^。]{0,12}ICP备|[^。]{0,12}公网安备"
    r"|您访问的链接即将离开|友情链接|技术支持[：:]|【?打印(?:本页|此页)?】?[ \t]*$)"
)
_BODY = re.compile(
    r"^[ \t　]*(?:[一二三四五六七八九十百]{1,5}、|[（(][一二三四五六七八九十百]{1,5}[)）]"
    r"|第[一二三四五六七八九十百]{1,5}[章条]|\d{1,3}[.．、])|(?:负责|牵头|配合|落实)[ \t　]{0,3}[。）)]"
    r"|^[^\t]*\t[^\t]*\t|^[ \t　]*(?:责任|牵头|负责|配合)(?:单位|部门)[：:]"
)
# «标题：⇥…»: one row of a page's table of particulars; the text prints its title again.
_PARTICULARS = re.compile(r"^[ \t　]*标[ 　]*题[：:]?\t([^\t]+)")
_CONTACT = re.compile("联系电话|传真|ICP备|网站标识码|邮编")
_MENU_LINES = 60
_BUTTON_LINE = 60


def trim(text: str) -> str:
    """The text without what only surrounds it."""
    lines = text.split("\n")
    own = (
        i
        for i, line in enumerate(lines)
        if _BODY.search(line) and not _above(line) and not _said_again(line, text)
    )
    first = next(own, len(lines))
    top = min(first, _MENU_LINES)
    head = [line for line in lines[:top] if not _above(line) and not _said_again(line, text)]
    rest = lines[top:]
    own_lines = (i for i, line in enumerate(rest) if _BODY.search(line) and not _foot(line))
    last = max(own_lines, default=-1)
    cut = next((i for i in range(last + 1, len(rest)) if _TAIL.match(rest[i])), len(rest))
    body = [line for i, line in enumerate(rest[:cut]) if i <= last or not _buttons(line)]
    kept = "\n".join(head + body)
    whole = len(body) == len(rest) and len(head) == top
    return kept if whole else _tidy(kept)


def _above(line: str) -> bool:
    """Whether a line above the text belongs to the page."""
    return bool(_MENU.match(line) or _buttons(line) or _FURNITURE.match(line))


def _said_again(line: str, text: str) -> bool:
    """Whether a row tells the title that the text prints itself."""
    found = _PARTICULARS.match(line)
    return found is not None and _bare(text).count(_bare(found[1])) > 1


def _bare(text: str) -> str:
    return re.sub(r"\s", "", text)


def _foot(line: str) -> bool:
    """A line of a page's foot, though it names a body: 上一篇：…（财政局负责）."""
    return bool(line[:2] == "- " or _TAIL.match(line) or _CONTACT.search(line))


def _buttons(line: str) -> bool:
    if len(line) > _BUTTON_LINE or not _BUTTON.search(line):
        return False
    return not _SIZES.sub("", _BUTTON.sub("", line))


def _tidy(text: str) -> str:
    """Blank lines left behind at either end go; the text itself is not touched."""
    return text.strip("\n \t　\xa0") + "\n"
