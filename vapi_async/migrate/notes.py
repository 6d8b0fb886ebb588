"""`Note`: what a rule says of a node; `Context`: what a rule may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

if TYPE_CHECKING:
    import ast

    from .inference import Inference, Inferred
    from .scopes import Scope, SymbolTable


class Note(NamedTuple):
    """A finding before it has a place."""

    node: ast.AST
    kind: str
    what: str
    instead: str
    sure: bool = True


@frozen
class Context:
    """Where a node stands."""

    symbols: SymbolTable
    inference: Inference
    scope: Scope
    parents: dict[ast.AST, ast.AST]

    def infer(self, node: ast.AST) -> Inferred | None:
        """Return what an expression is, as far as it matters."""
        return self.inference.infer(node, self.scope)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node around a node."""
        return self.parents.get(node)
