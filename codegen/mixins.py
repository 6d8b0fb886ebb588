"""The public names of hand-written mixins: what generated classes inherit, and so must not be named otherwise.

They are read from the source. The generator runs before what it generates is there, and never imports the client.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from .errors import Refused


class MixinError(Refused):
    """A mixin that the overlay names, and that is not there."""


class Mixins:
    """Classes by their full names, such as `vapi_async.runtime.CallMethods`.

    Args:
        folder: Where modules are looked for before the import path: that of the overlay.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self, mixin: str) -> frozenset[str]:
        """The public names that a mixin brings, those of its bases included.

        Raises:
            MixinError: There is no such class.
        """
        found = self._find(mixin, seen=set())
        if found is None:
            raise MixinError(f"overlay.yaml: extends: there is no {mixin}, here or on the import path")
        return found

    def _find(self, name: str, seen: set[str]) -> frozenset[str] | None:
        """What the class brings, wherever a chain of imports leads to it; None if it leads nowhere."""
        module, _, class_name = name.rpartition(".")
        path = self._path(module)
        if path is None or name in seen:
            return None
        seen.add(name)
        tree = ast.parse(path.read_bytes())
        imported = dict(_imports(tree, module if path.stem == "__init__" else module.rpartition(".")[0]))
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name == class_name:
                bases = (_absolute(ast.unparse(base), module, imported) for base in node.bases)
                inherited = (self._find(base, seen) for base in bases)
                return frozenset(_public(node)).union(*filter(None, inherited))
        return self._find(imported[class_name], seen) if class_name in imported else None

    def _path(self, module: str) -> Path | None:
        top, *below = module.split(".")
        for root in self._roots(top):
            place = root.joinpath(*below)
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path.is_file():
                    return path
        return None

    def _roots(self, top: str) -> Iterator[Path]:
        yield self._folder / top
        spec = find_spec(top) if top else None  # of a package without a dot, this imports nothing
        for location in (spec and spec.submodule_search_locations) or ():
            yield Path(location)


def _imports(tree: ast.Module, package: str) -> Iterator[tuple[str, str]]:
    """Each imported name, and the full name of what it is; also of imports that only type checkers see."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.asname, alias.name) for alias in node.names if alias.asname)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*parents, *filter(None, [node.module])])
            yield from ((alias.asname or alias.name, f"{source}.{alias.name}") for alias in node.names)


def _absolute(base: str, module: str, imported: dict[str, str]) -> str:
    """The full name of a base class, as an expression of a module names it."""
    head, dot, rest = base.partition("[")[0].partition(".")
    if head in imported:
        return f"{imported[head]}{dot}{rest}"
    return f"{head}{dot}{rest}" if dot else f"{module}.{head}"


def _public(class_: ast.ClassDef) -> Iterator[str]:
    for node in class_.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            names = [node.target.id]
        else:
            continue
        yield from (name for name in names if not name.startswith("_"))
