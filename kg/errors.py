"""The project's own errors: what went wrong, where, and how to mend it.

Every face (command line, HTTP) turns these into one shape; no other exception is meant
to reach a user. Status codes and exit codes belong to the faces, not here.
"""

from __future__ import annotations


class KgError(Exception):
    """Base of all errors a user may see.

    Args:
        what: what is wrong, one Chinese sentence.
        where: file, place or address it concerns; empty if it has none.
        remedy: what the user can do about it.
        candidates: values the user may have meant.
    """

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", candidates: tuple[str, ...] = ()
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.candidates = candidates

    @property
    def said(self) -> str:
        """What is wrong and where, without the remedy."""
        return f"{self.where}：{self.what}" if self.where else self.what

    @property
    def meant(self) -> str:
        """«可能是：A、B» of the candidates the remedy does not list already; empty if none."""
        new = [c for c in self.candidates if c not in self.remedy]
        return "可能是：" + "、".join(new) if new else ""

    def __str__(self) -> str:
        return self.said + (f"（{self.remedy}）" if self.remedy else "")


class DataError(KgError):
    """A document, registry, catalogue or ontology cannot be read as it stands."""


class QueryError(KgError):
    """A question is malformed: unknown parameter, value out of range, bad cursor."""


class NotFoundError(KgError):
    """A named thing (department, document, task …) is not in the graph."""


class ConflictError(KgError):
    """Another process holds what is needed, or versions do not fit together."""


class UnavailableError(KgError):
    """The store cannot answer now."""
