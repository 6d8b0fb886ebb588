"""What stands behind a name: a client, one of its resources or methods, or what a method answered.

First the assignments of a file are collected, by scope: names per function and class, `self.x` per class, other dotted
names for the whole file. What they are is only found out when somebody asks. A name that is assigned different things
is still followed, but not for sure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, TypeAlias

from attrs import evolve, field, frozen

from . import names

Kind: TypeAlias = Literal["client", "resource", "method", "raw", "pages", "list", "result"]
How: TypeAlias = Literal["value", "element", "annotation"]
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda

_DEPTH = 40
_OURS = "vapi_"  # vapi_async, vapi_2024, ...
_TRANSPARENT = ("Optional", "Annotated", "typing.Optional", "typing.Annotated")


@frozen
class Thing:
    """What an expression is.

    Attributes:
        kind: which of the things that matter.
        name: of a resource or method, as it was called; of a method's answer, the method.
        sync: whether the client behind it is a synchronous one.
        sure: whether there is no doubt.
    """

    kind: Kind
    name: str = ""
    sync: bool = False
    sure: bool = True

    def doubtful(self) -> Thing:
        """Return the same, without being sure."""
        return evolve(self, sure=False)


@frozen(eq=False)
class Scope:
    """The module, a class or a function."""

    parent: Scope | None = None
    is_class: bool = False
    assigned: dict[str, list[tuple[ast.expr, How]]] = field(factory=dict)
    unknown: set[str] = field(factory=set)

    def outwards(self) -> Iterator[Scope]:
        """Yield this scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def home(self, name: str) -> Scope:
        """Return the scope a name belongs to: `self.x` to the class, other dotted names to the module."""
        if "." not in name:
            return self
        if name.startswith(("self.", "cls.")):
            return next((scope for scope in self.outwards() if scope.is_class), self)
        return list(self.outwards())[-1]


def dotted(node: ast.AST) -> str | None:
    """Return `a.b.c` of an expression that is only names."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return ".".join([node.id, *reversed(parts)])


class Scopes(ast.NodeVisitor):
    """The scopes of a file, and what is imported into it from the package.

    Attributes:
        module: the outermost one.
        migrated: whether it imports this library, or a package generated for it.
        origins: name in the file → where it comes from: `Vapi` → `vapi.Vapi`.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.migrated = False
        self.origins: dict[str, str] = {}
        self._makers: dict[str, ast.expr] = {}  # functions that say what they return
        self._found: dict[tuple[int, str], Thing | None] = {}
        self._of: dict[ast.AST, Scope] = {}
        self.module = self._scope = Scope()
        self.generic_visit(tree)

    def of(self, node: ast.AST) -> Scope | None:
        """Return the scope that a node opens, None if it opens none."""
        return self._of.get(node)

    # What is collected

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.migrated = self.migrated or alias.name.startswith(_OURS)
            if alias.name.partition(".")[0] == names.PACKAGE:
                self.origins[alias.asname or names.PACKAGE] = alias.name if alias.asname else names.PACKAGE

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.migrated = self.migrated or (node.level == 0 and (node.module or "").startswith(_OURS))
        if node.level == 0 and (node.module or "").partition(".")[0] == names.PACKAGE:
            for alias in node.names:
                self.origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"

    def _enter(self, node: ast.AST, *, is_class: bool) -> None:
        outer = self._scope
        self._scope = self._of[node] = Scope(outer, is_class)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]:
                self._annotated(argument.arg, argument.annotation)
                if argument.annotation is None:
                    self._scope.unknown.add(argument.arg)
        self.generic_visit(node)
        self._scope = outer

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._enter(node, is_class=True)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.returns is not None:
            self._makers[node.name] = node.returns
        self._enter(node, is_class=False)

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            self._assign(target, node.value, "value")
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        self._assign(node.target, node.value, "value")
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if name := dotted(node.target):
            self._annotated(name, node.annotation)
        if node.value is not None:
            self._assign(node.target, node.value, "value")
        self.generic_visit(node)

    def visit_For(self, node: ast.For | ast.AsyncFor | ast.comprehension) -> None:
        self._assign(node.target, node.iter, "element")
        self.generic_visit(node)

    visit_AsyncFor = visit_For  # noqa: N815
    visit_comprehension = visit_For

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._assign(node.optional_vars, node.context_expr, "value")
        self.generic_visit(node)

    def _annotated(self, name: str, annotation: ast.expr | None) -> None:
        if annotation is not None:
            self._scope.home(name).assigned.setdefault(name, []).append((annotation, "annotation"))

    def _assign(self, target: ast.expr, value: ast.expr, how: How) -> None:
        name = dotted(target)
        if name is not None:
            self._scope.home(name).assigned.setdefault(name, []).append((value, how))
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                if (inner := dotted(part)) is not None:
                    self._scope.home(inner).unknown.add(inner)

    # What is asked

    def origin(self, node: ast.AST) -> str | None:
        """Return where a name or attribute comes from, such as `vapi.types.Call`; None if not from the package."""
        name = dotted(node)
        if name is None:
            return None
        head, dot, rest = name.partition(".")
        origin = self.origins.get(head)
        return None if origin is None else origin + dot + rest

    def client(self, node: ast.AST) -> bool | None:
        """Whether a client class is the synchronous one; None if it is no client class."""
        origin = self.origin(node) or ""
        return names.CLIENTS.get(origin.rpartition(".")[2]) if origin else None

    def thing(self, node: ast.AST, scope: Scope, depth: int = 0) -> Thing | None:
        """Return what an expression is, None if it is nothing that matters, or unknown."""
        if depth > _DEPTH:
            return None
        inner = depth + 1
        if isinstance(node, ast.Name | ast.Attribute) and (found := self._assigned(node, scope, inner)):
            return found
        if isinstance(node, ast.Attribute):
            return self._attribute(self.thing(node.value, scope, inner), node.attr)
        if isinstance(node, ast.Call):
            return self._called(node, scope, inner)
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.thing(node.value, scope, inner)
        if isinstance(node, ast.Subscript):
            return self._element(self.thing(node.value, scope, inner))
        return _agreed([self.thing(choice, scope, inner) for choice in _choices(node)])

    def _assigned(self, node: ast.Name | ast.Attribute, scope: Scope, depth: int) -> Thing | None:
        name = dotted(node)
        if name is None:
            return None
        doubt = False
        for candidate in (scope.home(name),) if "." in name else scope.outwards():
            doubt = doubt or name in candidate.unknown
            if name in candidate.assigned:
                found = self._named(name, candidate, depth)
                return found.doubtful() if found and doubt else found
        if name.startswith("self.") and (attribute := name.removeprefix("self.")) in scope.home(name).assigned:
            return self._named(attribute, scope.home(name), depth)  # declared in the class's body
        return None

    def _named(self, name: str, scope: Scope, depth: int) -> Thing | None:
        key = id(scope), name
        if key not in self._found:
            self._found[key] = None  # what it is while that is found out: a name may be assigned something of itself
            sources = [source for source in scope.assigned[name] if not _is_none(source[0])]
            self._found[key] = _agreed([self._source(value, how, scope, depth) for value, how in sources])
        return self._found[key]

    def _source(self, value: ast.expr, how: How, scope: Scope, depth: int) -> Thing | None:
        if how == "annotation":
            return self._declared(value)
        found = self.thing(value, scope, depth)
        return found if how == "value" else self._element(found)

    def _declared(self, annotation: ast.expr) -> Thing | None:
        annotation = _unquoted(annotation)
        sure = not isinstance(annotation, ast.Subscript) or dotted(annotation.value) in _TRANSPARENT
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name | ast.Attribute) and (origin := self.origin(node)):
                sync = self.client(node)
                if sync is not None:
                    return Thing("client", sync=sync, sure=sure)
                if ".core" not in origin and names.type_name(origin.rpartition(".")[2]):
                    return Thing("result", sure=sure)
        return None

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Thing | None:
        sync = self.client(node.func)
        if sync is not None:
            return Thing("client", sync=sync)
        last = (dotted(node.func) or "").rpartition(".")[2]
        if last in self._makers and (made := self._declared(self._makers[last])):
            return made
        called = self.thing(node.func, scope, depth)
        if called is None:
            return None
        if called.kind == "method":
            return evolve(called, kind="list" if names.method(called.name).lists else "result")
        if called.kind == "list" and last == "iter_pages":
            return evolve(called, kind="pages")
        return called if called.kind == "result" and last in ("copy", "model_copy") else None

    def _attribute(self, thing: Thing | None, name: str) -> Thing | None:
        if thing is None:
            return None
        if thing.kind == "client":
            return evolve(thing, kind="resource", name=name) if name in names.resources() else None
        if thing.kind in ("resource", "raw"):
            kind: Kind = "raw" if name == "with_raw_response" else "method"
            return evolve(thing, kind=kind, name=thing.name if kind == "raw" else f"{thing.name}.{name}")
        if thing.kind == "list":
            return thing
        return thing.doubtful() if thing.kind == "result" else None

    def _element(self, thing: Thing | None) -> Thing | None:
        if thing is None or thing.kind not in ("pages", "list", "result"):
            return None
        if thing.kind == "pages":
            return evolve(thing, kind="list")
        return evolve(thing, kind="result", sure=thing.sure and thing.kind == "list")


def _agreed(things: list[Thing | None]) -> Thing | None:
    """Return what several sources of one value make of it; without being sure, where they differ."""
    found = next(filter(None, things), None)
    same = all(thing and found and thing.kind == found.kind and thing.sure for thing in things)
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
