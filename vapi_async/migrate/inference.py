"""What an expression is: a client, one of its resources or methods, or what a method answered.

An expression is followed through assignments, annotations, loops and calls to the class that was imported. A name that
is assigned different candidates is still followed, but not for sure.
"""

from __future__ import annotations

import ast
from typing import Literal, TypeAlias

from attrs import evolve, frozen

from . import names
from .scopes import Binding, Scope, SymbolTable, dotted

Role: TypeAlias = Literal["client", "resource", "method", "raw", "pages", "list", "result"]

_DEPTH = 40
_TRANSPARENT = ("Optional", "Annotated", "typing.Optional", "typing.Annotated")


@frozen
class Inferred:
    """What an expression is.

    Attributes:
        role: which of the roles that matter.
        name: of a resource or method, as it was called; of a method's answer, the method.
        sync: whether the client behind it is a synchronous one.
        sure: whether there is no doubt.
    """

    role: Role
    name: str = ""
    sync: bool = False
    sure: bool = True

    def doubtful(self) -> Inferred:
        """Return the same, without being sure."""
        return evolve(self, sure=False)


class Inference:
    """What the expressions of one file are.

    Args:
        symbols: the names of the file.
    """

    def __init__(self, symbols: SymbolTable) -> None:
        self._symbols = symbols
        self._found: dict[tuple[int, str], Inferred | None] = {}

    def infer(self, node: ast.AST, scope: Scope, depth: int = 0) -> Inferred | None:
        """Return what an expression is, None if it is nothing that matters, or unknown."""
        if depth > _DEPTH:  # nobody chains that much by hand, and generated code must not end the program
            return None
        inner = depth + 1
        if isinstance(node, ast.Name | ast.Attribute) and (found := self._assigned(node, scope, inner)):
            return found
        if isinstance(node, ast.Attribute):
            return self._attribute(self.infer(node.value, scope, inner), node.attr)
        if isinstance(node, ast.Call):
            return self._called(node, scope, inner)
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.infer(node.value, scope, inner)
        if isinstance(node, ast.Subscript):
            return self._element(self.infer(node.value, scope, inner))
        return _agreed([self.infer(choice, scope, inner) for choice in _choices(node)])

    def _assigned(self, node: ast.Name | ast.Attribute, scope: Scope, depth: int) -> Inferred | None:
        name = dotted(node)
        if name is None:
            return None
        doubt = False  # a parameter of the same name between here and the assignment may be something else
        for candidate in (scope.scope_of(name),) if "." in name else scope.outwards():
            doubt = doubt or name in candidate.unknown
            if name in candidate.assigned:
                found = self._named(name, candidate, depth)
                return found.doubtful() if found and doubt else found
        if name.startswith("self.") and (attribute := name.removeprefix("self.")) in scope.scope_of(name).assigned:
            return self._named(attribute, scope.scope_of(name), depth)  # declared in the class's body
        return None

    def _named(self, name: str, scope: Scope, depth: int) -> Inferred | None:
        key = id(scope), name
        if key not in self._found:
            self._found[key] = None  # what it is while that is found out: a name may be assigned something of itself
            # `client = None` before the real assignment says nothing.
            sources = [source for source in scope.assigned[name] if not _is_none(source[0])]
            self._found[key] = _agreed([self._source(value, binding, scope, depth) for value, binding in sources])
        return self._found[key]

    def _source(self, value: ast.expr, binding: Binding, scope: Scope, depth: int) -> Inferred | None:
        if binding == "annotation":
            return self._declared(value)
        found = self.infer(value, scope, depth)
        return found if binding == "value" else self._element(found)

    def _declared(self, annotation: ast.expr) -> Inferred | None:
        annotation = _unquoted(annotation)
        # Of `dict[str, Call]` it is not known whether the value at hand is the dict or a Call.
        sure = not isinstance(annotation, ast.Subscript) or dotted(annotation.value) in _TRANSPARENT
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name | ast.Attribute) and (origin := self._symbols.origin(node)):
                sync = self._symbols.client(node)
                if sync is not None:
                    return Inferred("client", sync=sync, sure=sure)
                if ".core" not in origin and names.type_name(origin.rpartition(".")[2]):
                    return Inferred("result", sure=sure)
        return None

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Inferred | None:
        sync = self._symbols.client(node.func)
        if sync is not None:
            return Inferred("client", sync=sync)
        last = (dotted(node.func) or "").rpartition(".")[2]
        annotation = self._symbols.return_annotations.get(last)
        if annotation is not None and (declared := self._declared(annotation)):
            return declared
        called = self.infer(node.func, scope, depth)
        if called is None:
            return None
        if called.role == "method":
            return evolve(called, role="list" if names.method(called.name).lists else "result")
        if called.role == "list" and last == "iter_pages":
            return evolve(called, role="pages")
        return called if called.role == "result" and last in ("copy", "model_copy") else None

    def _attribute(self, owner: Inferred | None, name: str) -> Inferred | None:
        if owner is None:
            return None
        if owner.role == "client":
            return evolve(owner, role="resource", name=name) if name in names.resources() else None
        if owner.role in ("resource", "raw"):
            role: Role = "raw" if name == "with_raw_response" else "method"
            return evolve(owner, role=role, name=owner.name if role == "raw" else f"{owner.name}.{name}")
        if owner.role == "list":  # page.results and page.items: the items in another list
            return owner
        return owner.doubtful() if owner.role == "result" else None

    def _element(self, owner: Inferred | None) -> Inferred | None:
        if owner is None or owner.role not in ("pages", "list", "result"):
            return None
        if owner.role == "pages":
            return evolve(owner, role="list")
        return evolve(owner, role="result", sure=owner.sure and owner.role == "list")


def _agreed(candidates: list[Inferred | None]) -> Inferred | None:
    """Return what several sources of one value make of it; without being sure, where they differ."""
    found = next(filter(None, candidates), None)
    same = all(each and found and each.role == found.role and each.sure for each in candidates)
    return found if found is None or same else found.doubtful()


def _choices(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.BoolOp):
        return node.values
    if isinstance(node, ast.IfExp):
        return [node.body, node.orelse]
    return []


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _unquoted(annotation: ast.expr) -> ast.expr:
    if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
        try:
            return ast.parse(annotation.value, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return annotation
    return annotation
