"""`Note`: what a rule says of a node; `Context`: what a rule may ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from attrs import frozen

if TYPE_CHECKING:
    import ast

    from .scopes import Scope, Scopes, Thing


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

    scopes: Scopes
    scope: Scope
    parents: dict[ast.AST, ast.AST]

    def thing(self, node: ast.AST) -> Thing | None:
        """Return what an expression is, as far as it matters."""
        return self.scopes.thing(node, self.scope)

    def parent(self, node: ast.AST) -> ast.AST | None:
        """Return the node around a node."""
        return self.parents.get(node)
