"""Whole government pages: the document whole, the page around it gone."""

from __future__ import annotations

import pytest

from kg.registry import load_registry
from loaders.files import read_bytes
from loaders.html import text_of_html
from loaders.pipeline import extract
from loaders.surroundings import trim
from tests import making
from tests.test_formats import facts, text_of

DOCUMENTS = ["dev/009.txt", "dev/039.txt", "dev/057.txt", "000", "001", "002"]
TOP = """<div class="header"><div class="logo"><img src="logo.png" alt="logo"></div>
<ul class="nav"><li><a href="/">首页</a></li><li><a href="/x">新闻</a></li><li><a>政务公开</a></li>
<li><a href="/jg">机构职能（生态环境部负责）</a></li></ul>
<form action="/s"><input name=q><button>搜索</button></form></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/zc">政策</a> &gt; 正文</div>"""
INFO = """<table class="bd1"><tr><td>索 引 号：</td><td>000014349/2018-00123</td><td>主题分类：</td><td>综合</td></tr>
<tr><td>发布日期：</td><td>2019年1月14日</td></tr></table>
<div class="info">发布时间：2019-01-14 17:05 来源：中国政府网 【字体：<a>大</a> <a>中</a> <a>小</a>】<a>打印</a></div>
<p>【字体：大 中 小】【打印】</p><div class="bdsharebuttonbox"><a>分享到</a><a>微信</a></div>"""
BOTTOM = """<div class="print">【打印本页】 【关闭窗口】</div><ul class=list><li><a>上一篇：别的通知</a></li></ul>
<p>扫一扫在手机打开当前页</p><div class=links><a>友情链接</a><select><option>部委</option></select></div>
<div id="footer"><p>主办单位：某某部办公厅　承办单位：信息中心</p><p>京ICP备05070218号　网站标识码bm01000001</p>
<p>联系我们 技术支持：某公司</p></div><script>var a = "（教育部负责）";</script>"""
GONE = ["首页", "机构职能", "政务公开", "当前位置", "索 引 号", "打印", "分享", "微信", "上一篇", "扫一扫", "友情链接", "主办单位",
        "ICP备", "技术支持", "var a", "搜索", "部委"]  # fmt: skip


def breaks(text: str) -> str:
    """Paragraphs parted by <br>, as old pages are."""
    parts = []
    for block in making.blocks(text):
        parts.append(block + "<br><br>　　" if isinstance(block, str) else making.html_table(block))
    return "　　" + "\n".join(parts)


SKELETONS = {
    "paragraphs": lambda t: f"<body>{TOP}<div id=zoom>{INFO}{making.paragraphs(t)}</div>{BOTTOM}</body>",
    "nested divs": lambda t: f"<body>{TOP}{INFO}<div><div><div>{making.paragraphs(t, 'div')}</div></div></div>"
    f"{BOTTOM}</body>",
    "breaks": lambda t: f"<body>{TOP}{INFO}<td>{breaks(t)}</td>{BOTTOM}</body>",
    "layout table": lambda t: f"<body>{TOP}<table><tr><td><ul><li><a>机构</a></li><li><a>服务</a></li></ul></td>"
    f"<td>{INFO}{making.paragraphs(t)}</td></tr></table>{BOTTOM}</body>",
    "one form": lambda t: f"<body><form id=aspnetForm>{TOP}{INFO}<div>{making.paragraphs(t)}</div>{BOTTOM}</form>"
    "</body>",
    "article": lambda t: f"<body>{TOP}<main><article class=content>{INFO}{making.paragraphs(t)}</article></main>"
    f"{BOTTOM}</body>",
    "badly named": lambda t: f"<body>{TOP}{INFO}<div class='print-content article-header'>{making.paragraphs(t)}"
    f"</div>{BOTTOM}</body>",
}  # fmt: skip


@pytest.mark.parametrize("skeleton", SKELETONS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_the_document_whole_and_nothing_else(name: str, skeleton: str) -> None:
    text = text_of(name)
    page = f"<!DOCTYPE html><html><head><title>x</title></head>{SKELETONS[skeleton](text)}</html>"
    got = read_bytes(page.encode(), "x.html").text
    lines = {line.replace("　", "").strip() for line in got.split("\n")}
    for block in making.blocks(text):
        rows = block if isinstance(block, list) else [[block]]
        for cell in (cell.replace("　", "").strip() for row in rows for cell in row):
            assert not cell or cell in lines or cell in got.replace("　", ""), cell
    said = [word for word in GONE if word in got and word not in text]
    assert not said, said
    want = facts(extract(text, "doc", load_registry()))["tasks"]
    assert [t[3:] for t in facts(extract(got, "doc", load_registry()))["tasks"]] == [
        t[3:] for t in want
    ]


@pytest.mark.parametrize("meta", ['<meta charset="gb2312">', "", '<meta charset="utf-8">'])
def test_gb18030_whatever_the_page_says(meta: str) -> None:
    page = (
        f"<html><head>{meta}</head><body>{making.paragraphs(text_of('dev/009.txt'))}</body></html>"
    )
    source = read_bytes(page.encode("gb18030"), "x.html")
    assert source.encoding == "gb18030"
    assert "国务院办公厅关于深入开展消费扶贫" in source.text


def test_merged_cells_and_numbered_lists() -> None:
    page = """<table><tr><th>任务</th><th>责任单位</th><th>时限</th></tr>
    <tr><td rowspan=2>做好甲</td><td>教育部</td><td rowspan="2">年底</td></tr><tr><td>科技部</td></tr>
    <tr><td colspan=3>二、说明</td></tr><tr><td colspan=2>合并</td><td>后</td></tr></table>
    <ol start=3><li>甲</li><li>（四）乙</li><li>丙</li></ol><ul><li>丁</li></ul><pre>一
二</pre>"""
    assert text_of_html(page).split("\n") == [
        "任务\t责任单位\t时限", "做好甲\t教育部\t年底", "做好甲\t科技部\t年底", "二、说明", "合并\t\t后",
        "3.甲", "（四）乙", "5.丙", "- 丁", "一", "二", "",
    ]  # fmt: skip


def test_a_documents_own_words_are_never_cut() -> None:
    text = "通知\n来源：略\n一、总则\n主办单位：甲\n做好工作。（教育部负责）\n打印\n主办单位：乙\n"
    assert trim(text) == "通知\n一、总则\n主办单位：甲\n做好工作。（教育部负责）\n"
    assert trim("甲\n乙\n") == "甲\n乙\n"
