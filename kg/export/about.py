"""What every export says about itself: version, hash, program, vocabulary, rights."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

from msgspec import Struct

from kg.ontology import NAMESPACE, load
from kg.records import Dataset

LICENCE = "CC BY 4.0"
LICENCE_IRI = "https://creativecommons.org/licenses/by/4.0/"
RIGHTS_ZH = (
    "文件：公文（法律、法规，国家机关具有立法、行政、司法性质的文件及其官方正式译文）不受著作权法保护"
    "（著作权法第五条第一项）；其他来源的文字，其权利属于原作者。"
    "结构、编号、角色、起止等标注：CC BY 4.0，署名 policy-kg。程序：MIT。"
)
RIGHTS_EN = (
    "Documents: acts of government are outside copyright (Copyright Law of the PRC, art. 5 (1)); "
    "texts from other sources belong to their authors. Annotations (structure, ids, roles, "
    "spans): CC BY 4.0, attribution to policy-kg. Program: MIT."
)


class About(Struct, frozen=True, kw_only=True):
    """The facts; `where` is the query that selected the content, None for all of it."""

    dataset: Dataset
    software: str
    ontology: str
    where: str | None = None

    def facts(self) -> list[tuple[str, str]]:
        """Names and values, one line each, the same for the same content."""
        found = [
            ("dataset", "policy-kg 政策知识图谱 · policy knowledge graph"),
            ("version", self.dataset.version),
            ("sha256", self.dataset.sha256),
            ("software", self.software),
            ("ontology", f"{NAMESPACE[:-1]} {self.ontology}"),
            ("selection", " ".join((self.where or "全部 everything").split())),
            ("licence", f"{LICENCE} {LICENCE_IRI}"),
            ("rights", RIGHTS_ZH),
            ("rights (en)", RIGHTS_EN),
            ("cite", f"{self.software}, 数据 data {self.dataset.version}; CITATION.cff"),
        ]
        return [(name, value) for name, value in found if value]

    def text(self, prefix: str = "") -> str:
        """The facts as lines, each behind a prefix."""
        return "".join(f"{prefix}{name}: {value}\n" for name, value in self.facts())


def about(dataset: Dataset, where: str | None) -> About:
    """What an export of this content by this program says."""
    return About(
        dataset=dataset, software=f"policy-kg {_program()}", ontology=load().version, where=where
    )


def _program() -> str:
    try:
        return version("policy-kg")
    except PackageNotFoundError:
        return "0"
