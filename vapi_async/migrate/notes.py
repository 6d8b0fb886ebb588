"""`Note`: what a rule says of a node; `Context`: what a rule may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

if TYPE_CHECKING:
    import ast

    from .inference import Inference, Inferred
    from .scopes import Scope, SymbolTable


class Edit(NamedTuple):
    """A change of the source: from one place to another, lines from 1 and columns in bytes as `ast` has them."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


class Note(NamedTuple):
    """A finding before it has a place.

    Attributes:
        node: where it is.
        kind: what it is about, in one word.
        what: what stands there.
        instead: what to write.
        sure: False where the code has to be looked at.
        edits: what `--write` does for it.
    """

    node: ast.AST
    kind: str
    what: str
    instead: str
    sure: bool = True
    edits: tuple[Edit, ...] = ()


def start_of(node: ast.AST) -> tuple[int, int]:
    """Return where a node begins."""
    return getattr(node, "lineno", 1), getattr(node, "col_offset", 0)


def end_of(node: ast.AST) -> tuple[int, int]:
    """Return where a node ends."""
    return getattr(node, "end_lineno", 1), getattr(node, "end_col_offset", 0)


def replaced(node: ast.AST, text: str) -> Edit:
    """Return the edit that puts a text in place of a node."""
    return Edit(start_of(node), end_of(node), text)


def inserted(place: tuple[int, int], text: str) -> Edit:
    """Return the edit that puts a text between others."""
    return Edit(place, place, text)


@frozen
class Context:
    """Where a node stands."""

    symbols: SymbolTable
    inference: Inference
    scope: Scope
    parents: dict[ast.AST, ast.AST]
    uses_sdk: bool = False

    def infer(self, node: ast.AST) -> Inferred | None:
        """Return what an expression is, as far as it matters."""
        return self.inference.infer(node, self.scope)

    def is_from_elsewhere(self, node: ast.AST) -> bool:
        """Whether an expression comes from a package that has nothing to do with this."""
        return self.inference.is_from_elsewhere(node, self.scope)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node around a node."""
        return self.parents.get(node)
