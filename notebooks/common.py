"""What the notebooks share: opening the graph, checking claims, drawing in Chinese or without.

Pictures use a Chinese font if this machine has one; else all labels are English or ids in ASCII,
so that no picture is full of empty boxes. No font is shipped.
"""

from __future__ import annotations

import logging
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from textwrap import shorten

import matplotlib.pyplot as plt
import networkx as nx
import pandas as pd
from matplotlib import font_manager

import kg
from api.stores import ensure

BUNDLED = {"ip-2019", "ip-guide-2021", "ip-plan-14-5", "ip-plan-14-5-infographic",
           "ip-plan-14-5-reprint"}  # fmt: skip
CHINESE = (
    "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN",
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "Noto Serif CJK SC", "AR PL UMing CN", "Arial Unicode MS",
)  # fmt: skip
WIDTH = 34  # letters of an English label
INK, LINE, WEAK, RED, BLUE = "#1f2933", "#9aa5b1", "#e4e7eb", "#b42318", "#1d4ed8"
COLOURS = ["#1d4ed8", "#b45309", "#047857", "#7c3aed", "#be185d", "#0e7490", "#4d7c0f", "#6b7280"]


def find_font(known: set[str] | None = None) -> str | None:
    """The first Chinese font there is; KG_NOTEBOOK_FONT=none says to use none."""
    if os.environ.get("KG_NOTEBOOK_FONT") == "none":
        return None
    known = {f.name for f in font_manager.fontManager.ttflist} if known is None else known
    return next((name for name in CHINESE if name in known), None)


FONT = find_font()
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
plt.rcParams |= {
    "font.family": [FONT, "DejaVu Sans"] if FONT else ["DejaVu Sans"],
    "axes.unicode_minus": False, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": LINE, "axes.labelcolor": INK, "text.color": INK, "xtick.color": INK,
    "ytick.color": INK, "figure.dpi": 110, "axes.titlelocation": "left", "axes.titlesize": 12,
    "axes.titleweight": "bold",
}  # fmt: skip
pd.set_option("display.max_colwidth", 60, "display.max_rows", 60)


def open_graph() -> "kg.frames.Opened":
    """The graph at KG_STORE, or the default one, which loads the five documents if it is new."""
    ensure(None)
    g = kg.open()
    print(f"数据版本 data version: {g.store.dataset().version}，文件 documents: {len(g.documents())}")
    return g


class Claims:
    """Says whether a claim of the text holds here.

    On the five bundled documents a claim that does not hold is an error; on others it may well
    not hold, and is only told.
    """

    def __init__(self, g: "kg.frames.Opened") -> None:
        self.bundled = set(g.documents().id) == BUNDLED

    def __call__(self, holds: bool, said: str) -> None:
        print("✓" if holds else "✗", said)
        if self.bundled and not holds:
            raise AssertionError(said)


def say(zh: str, en: str) -> str:
    """The Chinese words where they can be drawn, else the English."""
    return zh if FONT else en


class Names:
    """Labels for bodies: their names, or English or ASCII ones without a Chinese font."""

    def __init__(self, g: "kg.frames.Opened") -> None:
        bodies = g.departments()
        self.zh = dict(zip(bodies.id, bodies.name, strict=True))
        self.en = {
            i: shorten(e, WIDTH, placeholder="...")
            for i, e in zip(bodies.id, bodies.en, strict=True)
            if isinstance(e, str)
        }
        twice = Counter(self.en.values())
        self.en = {i: e for i, e in self.en.items() if twice[e] == 1}
        self.place = {i: n for n, i in enumerate(bodies.id, 1)}

    def __call__(self, id: str) -> str:
        if FONT:
            return self.zh.get(id, id)
        return self.en.get(id) or f"body {self.place.get(id, 0)}"


def colours(parts: Sequence[set[str]]) -> dict[str, str]:
    """A colour for each node by its community; those alone are grey."""
    found = {}
    for n, part in enumerate(parts):
        colour = COLOURS[n % (len(COLOURS) - 1)] if len(part) > 1 else COLOURS[-1]
        found |= dict.fromkeys(part, colour)
    return found


def draw(
    ax: plt.Axes, graph: nx.Graph, colour: Mapping[str, str], name: Names, title: str
) -> None:
    """A connected network: size by tasks, line by weight; strong ties pull together."""
    eased = nx.Graph((a, b, {"weight": w**0.5}) for a, b, w in graph.edges(data="weight"))
    at = nx.spring_layout(eased, k=2.2 / max(1, len(graph)) ** 0.5, iterations=400, seed=7)
    heavy = max((w for *_, w in graph.edges(data="weight")), default=1)
    for a, b, w in sorted(graph.edges(data="weight"), key=lambda e: e[2]):
        ax.plot(*zip(at[a], at[b], strict=True), color=LINE, lw=0.3 + 5 * w / heavy,
                alpha=0.12 + 0.6 * w / heavy, zorder=1, solid_capstyle="round")  # fmt: skip
    most = max((t for _, t in graph.nodes(data="tasks")), default=1)
    for node, tasks in graph.nodes(data="tasks"):
        ax.scatter(*at[node], s=25 + 900 * tasks / most, color=colour.get(node, LINE), zorder=2,
                   edgecolor="white", linewidth=0.8, alpha=0.85)  # fmt: skip
        ax.annotate(name(node), at[node], xytext=(0, -4 - 10 * (tasks / most) ** 0.5), fontsize=8,
                    textcoords="offset points", ha="center", va="top", zorder=3)  # fmt: skip
    ax.set_title(title)
    ax.axis("off")


def bars(ax: plt.Axes, labels: Sequence[str], values: Sequence[float], title: str,
         colour: str = BLUE, form: str = "{:.0f}") -> None:  # fmt: skip
    """Bars from the top down, each with its value."""
    ax.barh(range(len(values)), values, color=colour)
    ax.set_yticks(range(len(values)), labels)
    ax.invert_yaxis()
    for n, value in enumerate(values):
        ax.text(value, n, " " + form.format(value), va="center", fontsize=8)
    ax.set_title(title)
    ax.spines["bottom"].set_visible(False)
    ax.set_xticks([])
