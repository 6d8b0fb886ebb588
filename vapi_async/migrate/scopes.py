"""The names of a file: what is imported, and what is defined or assigned under a name, in which scope.

Names belong to functions and classes as in Python; `self.x` belongs to the class, other dotted names to the file. What
a name stands for is found out afterwards, and only if somebody asks: see `inference`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from attrs import field, frozen

from . import names

Binding: TypeAlias = Literal["value", "element", "annotation"]

_OURS = "vapi_"  # vapi_async, vapi_2024, ...


class Import(NamedTuple):
    """What a name stands for that another module of the project may have.

    Attributes:
        module: its dotted name, without the leading dots.
        level: how many these are.
        name: what of it; "" for the module itself.
    """

    module: str
    level: int = 0
    name: str = ""


@frozen(eq=False)
class Scope:
    """The module, a class or a function.

    Attributes:
        parent: the one around it.
        node: what opens it; None for the module.
        assigned: what is assigned to its names.
        unknown: its parameters of which nothing is said, and the like.
        defined: its classes and functions.
        returned: of a function, what it returns or yields.
    """

    parent: Scope | None = None
    node: ast.AST | None = None
    assigned: dict[str, list[tuple[ast.expr, Binding]]] = field(factory=dict)
    unknown: set[str] = field(factory=set)
    defined: dict[str, Scope] = field(factory=dict)
    returned: list[ast.expr] = field(factory=list)

    @property
    def is_class(self) -> bool:
        """Whether it is a class."""
        return isinstance(self.node, ast.ClassDef)

    def outwards(self) -> Iterator[Scope]:
        """Yield this scope and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.parent

    def scope_of(self, name: str) -> Scope:
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


def _provider(default: ast.expr | None) -> ast.expr | None:
    """Return the call that a framework makes for a parameter with the default `Depends(function)`."""
    if isinstance(default, ast.Call) and default.args and (dotted(default.func) or "").endswith("Depends"):
        return ast.copy_location(ast.Call(default.args[0], [], []), default)
    return None


class SymbolTable(ast.NodeVisitor):
    """The scopes of a file, and what is imported into it from the package.

    Attributes:
        module: the outermost one.
        migrated: whether it imports this library, or a package generated for it.
        origins: name in the file → where it comes from: `Vapi` → `vapi.Vapi`.
        imports: name in the file → what it is of another module.
        stars: modules of which everything is imported.
        return_annotations: function → what it says that it returns. By the last name alone, wherever it is defined: a
            factory is mostly used in another scope than its own.
    """

    def __init__(self, tree: ast.Module) -> None:
        self.migrated: bool = False
        self.origins: dict[str, str] = {}
        self.imports: dict[str, Import] = {}
        self.stars: list[Import] = []
        self.return_annotations: dict[str, ast.expr] = {}
        self._opened_by: dict[ast.AST, Scope] = {}
        self.module: Scope = Scope()
        self._scope = self.module
        self.generic_visit(tree)

    def opened_by(self, node: ast.AST) -> Scope | None:
        """Return the scope that a node opens, None if it opens none."""
        return self._opened_by.get(node)

    # What is collected

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self.migrated = self.migrated or alias.name.startswith(_OURS)
            if alias.name.partition(".")[0] == names.PACKAGE:
                self.origins[alias.asname or names.PACKAGE] = alias.name if alias.asname else names.PACKAGE
            else:
                self.imports[alias.asname or alias.name] = Import(alias.name)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        self.migrated = self.migrated or (node.level == 0 and (node.module or "").startswith(_OURS))
        if node.level == 0 and (node.module or "").partition(".")[0] == names.PACKAGE:
            for alias in node.names:
                self.origins[alias.asname or alias.name] = f"{node.module}.{alias.name}"
            return
        for alias in node.names:
            found = Import(node.module or "", node.level, alias.name)
            if alias.name == "*":
                self.stars.append(found._replace(name=""))
            else:
                self.imports[alias.asname or alias.name] = found

    def _enter(self, node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        outer = self._scope
        self._scope = self._opened_by[node] = outer.defined[node.name] = Scope(outer, node)
        if not isinstance(node, ast.ClassDef):
            self._parameters(node.args)
        self.generic_visit(node)
        self._scope = outer

    def _parameters(self, arguments: ast.arguments) -> None:
        positional = [*arguments.posonlyargs, *arguments.args]
        defaults = dict(zip([each.arg for each in reversed(positional)], reversed(arguments.defaults), strict=False))
        defaults |= {
            each.arg: value for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if value
        }
        for argument in [*positional, *arguments.kwonlyargs]:
            self._annotated(argument.arg, argument.annotation)
            provider = _provider(defaults.get(argument.arg))
            if provider is not None:
                self._scope.assigned.setdefault(argument.arg, []).append((provider, "value"))
            elif argument.annotation is None:
                self._scope.unknown.add(argument.arg)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._enter(node)

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        if node.returns is not None:
            self.return_annotations[node.name] = node.returns
        self._enter(node)

    def visit_Return(self, node: ast.Return | ast.Yield) -> None:
        if node.value is not None:
            self._scope.returned.append(node.value)
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> None:
        self.visit_Return(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self.visit_FunctionDef(node)

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

    def visit_AsyncFor(self, node: ast.AsyncFor) -> None:
        self.visit_For(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        self.visit_For(node)

    def visit_withitem(self, node: ast.withitem) -> None:
        if node.optional_vars is not None:
            self._assign(node.optional_vars, node.context_expr, "value")
        self.generic_visit(node)

    def _annotated(self, name: str, annotation: ast.expr | None) -> None:
        if annotation is not None:
            self._scope.scope_of(name).assigned.setdefault(name, []).append((annotation, "annotation"))

    def _assign(self, target: ast.expr, value: ast.expr, binding: Binding) -> None:
        name = dotted(target)
        if name is not None:
            self._scope.scope_of(name).assigned.setdefault(name, []).append((value, binding))
        elif isinstance(target, ast.Tuple | ast.List):
            for part in target.elts:
                if (inner := dotted(part)) is not None:
                    self._scope.scope_of(inner).unknown.add(inner)

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
