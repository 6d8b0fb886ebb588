"""What an expression is: a client, one of its resources or methods, or what a method answered.

An expression is followed through assignments, annotations, loops, functions, classes and modules of the project to the
class that was imported. A name that is assigned different candidates is still followed, but not for sure.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

from attrs import evolve, frozen

from . import names
from .scopes import Binding, Import, Scope, dotted

if TYPE_CHECKING:
    from .project import Module, Project

Role: TypeAlias = Literal[
    "client", "resource", "method", "raw", "pages", "list", "result", "class", "function", "object", "module"
]

_DEPTH = 40
_RESOURCE_CLASS = re.compile(rf"{names.PACKAGE}\.(\w+)\.(?:client|raw_client)\.(Async)?(?:Raw)?\w+Client")
_TRANSPARENT = ("Optional", "Annotated", "typing.Optional", "typing.Annotated")


@frozen
class Inferred:
    """What an expression is.

    Attributes:
        role: which of the roles that matter.
        name: of a resource or method, as it was called; of a method's answer, the method.
        sync: whether the client behind it is a synchronous one.
        sure: whether there is no doubt.
        type: of an answer, or an item of a list, the name of its type here; "" if it is not known.
        defined: of a class, function or object, the scope of its definition; None for what the package has.
        within: where that scope is, or which module it is.
    """

    role: Role
    name: str = ""
    sync: bool = False
    sure: bool = True
    type: str = ""
    defined: Scope | None = None
    within: Inference | None = None

    def doubtful(self) -> Inferred:
        """Return the same, without being sure."""
        return evolve(self, sure=False)


class Inference:
    """What the expressions of one file are.

    Args:
        module: the file.
        project: the files around it.
        others: what is inferred of them, by path, this one included; shared by all.
    """

    def __init__(self, module: Module, project: Project, others: dict[Path, Inference]) -> None:
        self._path = module.path
        self._symbols = module.symbols
        self._project = project
        self._others = others
        self._found: dict[tuple[int, str], Inferred | None] = {}
        self._busy: set[tuple[int, str]] = set()
        others[module.path] = self

    def infer(self, node: ast.AST, scope: Scope, depth: int = 0) -> Inferred | None:
        """Return what an expression is, None if it is nothing that matters, or unknown."""
        if depth > _DEPTH:  # nobody chains that much by hand, and generated code must not end the program
            return None
        inner = depth + 1
        if isinstance(node, ast.Name | ast.Attribute) and (found := self._known(node, scope, inner)):
            return found
        if isinstance(node, ast.Attribute):
            return self._attribute(self.infer(node.value, scope, inner), node.attr, inner)
        if isinstance(node, ast.Call):
            return self._called(node, scope, inner)
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.infer(node.value, scope, inner)
        if isinstance(node, ast.Subscript):
            return self._element(self.infer(node.value, scope, inner))
        return _agreed([self.infer(choice, scope, inner) for choice in _choices(node)])

    def is_from_elsewhere(self, node: ast.AST, scope: Scope, depth: int = 0) -> bool:
        """Whether an expression comes from a package that is neither the project's nor the one that is looked for."""
        while isinstance(node, ast.Call | ast.Await | ast.Attribute | ast.Subscript):
            if (sources := self._sources(node, scope)) and depth < _DEPTH:
                return all(self.is_from_elsewhere(value, scope, depth + 1) for value in sources)
            node = node.func if isinstance(node, ast.Call) else node.value
        if not isinstance(node, ast.Name) or depth >= _DEPTH:
            return False
        if sources := self._sources(node, scope):
            return all(self.is_from_elsewhere(value, scope, depth + 1) for value in sources)
        imported = self._symbols.imports.get(node.id)
        return imported is not None and self._project.find(self._path, imported) is None

    def _sources(self, node: ast.AST, scope: Scope) -> list[ast.expr]:
        name = dotted(node)
        if name is None:
            return []
        places = (scope.scope_of(name),) if "." in name else scope.outwards()
        found = next((place.assigned[name] for place in places if name in place.assigned), [])
        return [value for value, _ in found if not _is_none(value)]

    # Names

    def _known(self, node: ast.Name | ast.Attribute, scope: Scope, depth: int) -> Inferred | None:
        """Return what a name, or several with dots between them, is as a whole."""
        sync = self._symbols.client(node)
        if sync is not None:
            return Inferred("class", sync=sync)
        name = dotted(node)
        if name is None:
            return None
        return self._assigned(name, scope, depth) or self._defined(name, scope) or self._imported(name, depth)

    def _assigned(self, name: str, scope: Scope, depth: int) -> Inferred | None:
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
            return self._declared(value, depth)
        found = self.infer(value, scope, depth)
        return found if binding == "value" else self._element(found)

    def _defined(self, name: str, scope: Scope) -> Inferred | None:
        if name in ("self", "cls"):
            around = next((each for each in scope.outwards() if each.is_class), None)
            return None if around is None else self._instance(around)
        for candidate in scope.outwards():
            if found := candidate.defined.get(name):
                return Inferred("class" if found.is_class else "function", defined=found, within=self)
        return None

    def _imported(self, name: str, depth: int) -> Inferred | None:
        imported = self._symbols.imports.get(name)
        if imported is None:
            stars = (self._of_module(star, name, depth) for star in self._symbols.stars if "." not in name)
            return next(filter(None, stars), None)
        inside = Import(f"{imported.module}.{imported.name}".strip("."), imported.level)  # a module of a package
        return self._of_module(imported, imported.name, depth) or self._of_module(inside, "", depth)

    def _of_module(self, imported: Import, name: str, depth: int) -> Inferred | None:
        """Return what a module of the project has under a name; the module itself under none."""
        module = self._project.find(self._path, imported)
        if module is not None:
            found = self._inference(module).export(name, depth) if name else None
            return found or (None if name else Inferred("module", within=self._inference(module)))
        return None

    def _inference(self, module: Module) -> Inference:
        return self._others.get(module.path) or Inference(module, self._project, self._others)

    def export(self, name: str, depth: int) -> Inferred | None:
        """Return what the module has under a name."""
        key = 0, name
        if depth > _DEPTH or key in self._busy:  # modules may import one another
            return None
        self._busy.add(key)
        try:
            return self._known(ast.Name(name, ast.Load()), self._symbols.module, depth + 1)
        finally:
            self._busy.discard(key)

    # Annotations

    def _declared(self, annotation: ast.expr, depth: int) -> Inferred | None:
        annotation = _unquoted(annotation)
        # Of `dict[str, Call]` it is not known whether the value at hand is the dict or a Call.
        sure = not isinstance(annotation, ast.Subscript) or dotted(annotation.value) in _TRANSPARENT
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name | ast.Attribute) and (found := self._declared_by(node, depth)):
                return found if sure else found.doubtful()
        return None

    def _declared_by(self, node: ast.Name | ast.Attribute, depth: int) -> Inferred | None:
        origin = self._symbols.origin(node)
        if origin is None:
            found = self._known(node, self._symbols.module, depth + 1)
            return self._made_by(found) if found and found.role == "class" else None
        sync = self._symbols.client(node)
        if sync is not None:
            return Inferred("client", sync=sync)
        if matched := _RESOURCE_CLASS.fullmatch(origin):
            return Inferred("resource", name=matched[1], sync=not matched[2])
        known = None if ".core" in origin else names.type_name(origin.rpartition(".")[2])
        return Inferred("result", type=known) if known else None

    # Calls and attributes

    def _called(self, node: ast.Call, scope: Scope, depth: int) -> Inferred | None:
        called = self.infer(node.func, scope, depth)
        if called is not None and called.role == "class":
            return self._made_by(called)
        if called is not None and called.role == "function":
            return self._returned(called, depth)
        last = (dotted(node.func) or "").rpartition(".")[2]
        annotation = self._symbols.return_annotations.get(last)
        if annotation is not None and (declared := self._declared(annotation, depth)):
            return declared
        if called is None:
            return None
        if called.role == "method":
            method = names.method(called.name)
            role: Role = "list" if method.lists else "result"
            return evolve(called, role=role, type=names.result_type(method.new) if method.new else "")
        if called.role == "list" and last == "iter_pages":
            return evolve(called, role="pages")
        return called if called.role == "result" and last in ("copy", "model_copy") else None

    def _made_by(self, called: Inferred) -> Inferred | None:
        """Return the instance of a class."""
        if called.defined is None or called.within is None:
            return Inferred("client", sync=called.sync, sure=called.sure)
        made = called.within._instance(called.defined)
        return made if called.sure else made.doubtful()

    def _instance(self, defined: Scope) -> Inferred:
        for found in self._bases(defined):
            made = self._made_by(found)
            if made is not None and made.role == "client":
                return evolve(made, defined=defined, within=self)
        return Inferred("object", defined=defined, within=self)

    def _bases(self, defined: Scope) -> list[Inferred]:
        key = id(defined), ""
        if key in self._busy or not isinstance(defined.node, ast.ClassDef):
            return []
        self._busy.add(key)
        try:
            found = [self.infer(base, defined.parent or defined) for base in defined.node.bases]
        finally:
            self._busy.discard(key)
        return [base for base in found if base is not None and base.role == "class"]

    def _returned(self, called: Inferred, depth: int) -> Inferred | None:
        """Return what a function of the project returns."""
        scope, within = called.defined, called.within
        if scope is None or within is None or (id(scope), "()") in within._busy:
            return None
        within._busy.add((id(scope), "()"))
        try:
            annotation = getattr(scope.node, "returns", None)
            if annotation is not None and (declared := within._declared(annotation, depth)):
                return declared
            sources = [value for value in scope.returned if not _is_none(value)]
            return _agreed([within.infer(value, scope, depth) for value in sources])
        finally:
            within._busy.discard((id(scope), "()"))

    def _attribute(self, owner: Inferred | None, name: str, depth: int) -> Inferred | None:
        if owner is None:
            return None
        if owner.role == "module":
            return None if owner.within is None else owner.within.export(name, depth)
        if owner.role == "client" and name in names.resources():
            return evolve(owner, role="resource", name=name)
        if owner.role in ("client", "object", "class"):
            return self._member(owner, name, depth)
        if owner.role in ("resource", "raw"):
            role: Role = "raw" if name == "with_raw_response" else "method"
            return evolve(owner, role=role, name=owner.name if role == "raw" else f"{owner.name}.{name}")
        if owner.role == "list":  # page.results and page.items: the items in another list
            return owner
        return evolve(owner, sure=False, type=names.field_type(owner.type, name)) if owner.role == "result" else None

    def _member(self, owner: Inferred, name: str, depth: int) -> Inferred | None:
        """Return what an object of the project's has under a name, or its class, or one that it inherits from."""
        scope, within = owner.defined, owner.within
        if scope is None or within is None or depth > _DEPTH:
            return None
        for key in (f"self.{name}", f"cls.{name}", name):
            if key in scope.assigned:
                return within._named(key, scope, depth)
        if method := scope.defined.get(name):
            found = Inferred("class" if method.is_class else "function", defined=method, within=within)
            return self._returned(found, depth) if _is_property(method) else found
        bases = (within._member(base, name, depth + 1) for base in within._bases(scope))
        return next(filter(None, bases), None)

    def _element(self, owner: Inferred | None) -> Inferred | None:
        if owner is None or owner.role not in ("pages", "list", "result"):
            return None
        if owner.role == "pages":
            return evolve(owner, role="list")
        known = owner.type if owner.role == "list" else ""
        return evolve(owner, role="result", sure=owner.sure and owner.role == "list", type=known)


def _is_property(scope: Scope) -> bool:
    decorators = getattr(scope.node, "decorator_list", [])
    return any((dotted(each) or "").endswith("property") for each in decorators)


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
