"""What only surrounds a document: menus above it, advertising and disclaimers below it.

Two rules, both on whole lines:

* a line of breadcrumbs or a menu (首页 …, 当前位置：…) above the text is dropped;
* from the first line that opens a page's tail (免责声明, 上一篇, 为您推荐, 联系我们,
  扫码阅读, 宣传单位 …) everything is dropped, provided that no numbered heading and no
  responsibility clause follows: a document's own words are never cut.
"""

from __future__ import annotations

import re

_MENU = re.compile(r"^[ \t　]*(?:首页(?:[ \t　>›»|]|$)|当前位置|您(?:现在|当前)?的?位置)")
_TAIL = re.compile(
    r"^[ \t　]*(?:免责声明|版权声明|法律声明|上一篇|下一篇|为您推荐"
    r"|相关(?:阅读|推荐|链接|新闻|文章)|联系我们|扫码阅读|扫一扫|微信扫|分享到|返回顶部|关闭窗口|宣传单位|责任编辑|网站地图"
    r"|主办单位：.*承办|【?打印(?:本页|此页)?】?[ \t]*$)"
)
_BODY = re.compile(
    r"^[ \t　]*(?:[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十百]+[)）]"
    r"|第[一二三四五六七八九十百]+[章条]|\d{1,3}[.．、])|(?:负责|牵头|配合|落实)\s*[。）)]"
)
_MENU_LINES = 30


def trim(text: str) -> str:
    """The text without what only surrounds it."""
    lines = text.split("\n")
    first = next((i for i, line in enumerate(lines) if _BODY.search(line)), len(lines))
    head = [line for line in lines[: min(first, _MENU_LINES)] if not _MENU.match(line)]
    rest = lines[min(first, _MENU_LINES) :]
    last = max((i for i, line in enumerate(rest) if _BODY.search(line)), default=-1)
    cut = next((i for i in range(last + 1, len(rest)) if _TAIL.match(rest[i])), len(rest))
    kept = "\n".join(head + rest[:cut])
    return kept if cut == len(rest) and len(head) == min(first, _MENU_LINES) else _tidy(kept)


def _tidy(text: str) -> str:
    """Blank lines left behind at either end go; the text itself is not touched."""
    return text.strip("\n \t　\xa0") + "\n"
