"""Rewrite the names table from releases of vapi_server_sdk: ``python -m tests.migrate.facts FOLDER...``

Each folder is an unpacked wheel (``pip download --no-deps vapi_server_sdk==3.0.0``, ``unzip``), the newest first. Only
names and paths are read, by `ast`; nothing of the package is imported or copied. A method becomes ours by its HTTP
method and path. A type becomes ours by its name without regard to case, a variant of a union by its tag and the names
of its fields, and a union by its variants.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from attrs import field, frozen

from codegen.generate import Job, generate
from tests.migrate.names_page import PAGE, page

ROOT = Path(__file__).parents[2]
NAMES = ROOT / "vapi_async" / "migrate" / "names.json"
OLD_CONTRACTS = ("2025-08-22", "2024-12-10")
_OURS = re.compile(r"^\s*`(GET|POST|PUT|PATCH|DELETE) (/\S*)`", re.MULTILINE)

Route = tuple[str, str]


@frozen
class Theirs:
    """What a release has.

    Attributes:
        methods: `calls.create` → its HTTP method and path.
        types: the names of all classes and aliases.
        models: class → its fields, as they go to the API.
        tags: class → its fields that have one fixed value.
        unions: alias → the classes that it is one of.
    """

    methods: dict[str, Route] = field(factory=dict)
    types: list[str] = field(factory=list)
    models: dict[str, frozenset[str]] = field(factory=dict)
    tags: dict[str, dict[str, str]] = field(factory=dict)
    unions: dict[str, frozenset[str]] = field(factory=dict)


def read_release(folder: Path) -> Theirs:
    """Read an unpacked wheel."""
    theirs = Theirs()
    for path in sorted(folder.glob("vapi/*/client.py")):
        raw = path.with_name("raw_client.py")
        theirs.methods.update(_methods(path.parent.name, path, raw if raw.exists() else path))
    for path in [*sorted(folder.glob("vapi/types/*.py")), *sorted(folder.glob("vapi/*/types/*.py"))]:
        if path.name != "__init__.py":
            _types(ast.parse(path.read_text()), theirs)
    return theirs


def _methods(resource: str, public: Path, sending: Path) -> Iterator[tuple[str, Route]]:
    known = {method.name for method in _async_methods(public)}
    for method in _async_methods(sending):
        route = next(_routes(method), None)
        if method.name in known and route:
            yield f"{resource}.{method.name}", route


def _async_methods(path: Path) -> Iterator[ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node


def _routes(method: ast.AsyncFunctionDef) -> Iterator[Route]:
    for node in ast.walk(method):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("request", "stream")
        ):
            verbs = [ast.literal_eval(keyword.value) for keyword in node.keywords if keyword.arg == "method"]
            if verbs and node.args:
                yield verbs[0], _normal("/" + _path(node.args[0]))


def _path(node: ast.expr) -> str:
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return str(ast.literal_eval(node))


def _types(tree: ast.Module, theirs: Theirs) -> None:
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            theirs.types.append(node.name)
            theirs.models[node.name], theirs.tags[node.name] = _fields(node)
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            theirs.types.append(name)
            names = {leaf.id for leaf in ast.walk(node.value) if isinstance(leaf, ast.Name) and leaf.id != "typing"}
            theirs.unions[name] = frozenset(names - {"typing_extensions", "pydantic", "UnionMetadata"})


def _fields(node: ast.ClassDef) -> tuple[frozenset[str], dict[str, str]]:
    wires: set[str] = set()
    tags: dict[str, str] = {}
    for statement in node.body:
        if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
            text = ast.unparse(statement.annotation)
            alias = re.search(r"alias='(\w+)'", text)
            wire = alias[1] if alias else statement.target.id
            if "ClassVar" in text or wire == "model_config":
                continue
            wires.add(wire)
            if literal := re.fullmatch(r"typing\.Literal\['([^']*)'\]", text):
                tags[wire] = literal[1]
    return frozenset(wires), tags


def _normal(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def our_methods() -> dict[Route, str]:
    """HTTP method and path → our method, today's first, then those of packages from older contracts."""
    found: dict[Route, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        sys.path.insert(0, folder)
        packages = [("vapi_async", "")]
        for contract in OLD_CONTRACTS:
            package = f"vapi_{contract[:4]}"
            spec = ROOT / "examples" / "contracts" / f"{contract}.json"
            generate(Job(spec, package, Path(folder, package), strict=False))
            packages.append((package, f"{package}:"))
        for package, prefix in packages:
            client = importlib.import_module(package).AsyncVapi("token")
            for name, route in _walk(client, ""):
                found.setdefault(route, f"{prefix}{name}")
    return found


def _walk(thing: Any, prefix: str) -> Iterator[tuple[str, Route]]:
    for name in dir(type(thing)):
        if name.startswith("_") or name in ("base_url", "request"):
            continue
        value = getattr(thing, name)
        if inspect.ismethod(value):
            if match := _OURS.search(inspect.getdoc(value) or ""):
                yield f"{prefix}{name}", (match[1], _normal(match[2]))
        elif type(value).__module__.partition(".")[2].startswith("api"):
            yield from _walk(value, f"{prefix}{name}.")


class OurTypes:
    """Finds the model, union or enum that a type of theirs is here."""

    def __init__(self) -> None:
        from vapi_async import models

        self._folded = {name.lower(): name for name in sorted(models._MODULES)}
        self._fields: dict[str, frozenset[str]] = {}
        self._variants: list[Any] = []
        self._unions: dict[frozenset[str], str] = {}
        for name, module in models._MODULES.items():
            kind = getattr(models, name)
            if hasattr(kind, "_wire"):
                self._fields[name] = frozenset(kind._wire.values())
            variants = getattr(importlib.import_module(f"vapi_async.models.{module}"), "VARIANTS", None)
            if variants is not None:
                self._variants.append(variants)
                self._unions.setdefault(frozenset(variants.names), name)

    def find(self, name: str, theirs: Theirs) -> str | None:
        """Return our name for one of theirs."""
        if ours := self._folded.get(name.lower()):
            return ours
        if name in theirs.models:
            return self._variant(name, theirs) if "_" in name else None
        variants = [self.find(member, theirs) for member in theirs.unions.get(name, ()) if member in theirs.models]
        known = frozenset(filter(None, variants))
        return self._unions.get(known) if len(known) > 1 else None

    def _variant(self, name: str, theirs: Theirs) -> str | None:
        fields = theirs.models[name]
        candidates = {variants.name_of(theirs.tags[name]) for variants in self._variants} - {None}
        updates = name.startswith("Update") or "UpdateRequest" in name

        def score(case: str) -> tuple[float, bool, bool, str]:
            ours = self._fields.get(case, frozenset())
            same = len(fields & ours) / (len(fields | ours) or 1)
            return same, case.startswith("Update") == updates, case.startswith("Create"), case

        best = max(candidates, key=score, default=None)
        return best if best and score(best)[0] > 0.6 else None


def names(releases: list[Theirs]) -> dict[str, Any]:
    """Return the table: every method, and the types whose name differs by more than DTO."""
    ours, routes = OurTypes(), our_methods()
    methods: dict[str, str | None] = {}
    types: dict[str, str] = {}
    variants: dict[str, dict[str, str]] = {}
    for release in releases:
        for name, route in release.methods.items():
            methods.setdefault(name, routes.get(route))
        for name in release.types:
            found = ours.find(name, release)
            if found in (None, name, name.replace("Dto", "DTO")):
                continue
            union, _, variant = name.partition("_")
            if variant:
                variants.setdefault(union, {}).setdefault(variant, found)
            else:
                types.setdefault(name, found)
    return {"methods": methods, "types": types, "variants": _grouped(variants)}


def _grouped(variants: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Put the unions that have the same variants together."""
    groups: dict[str, list[str]] = {}
    for union, classes in sorted(variants.items()):
        groups.setdefault(json.dumps(classes, sort_keys=True), []).append(union)
    return [{"unions": unions, "classes": json.loads(classes)} for classes, unions in groups.items()]


if __name__ == "__main__":
    table = names([read_release(Path(folder)) for folder in sys.argv[1:]])
    NAMES.write_text(json.dumps(table, indent=1, sort_keys=True) + "\n")
    PAGE.write_text(page(table), encoding="utf-8")
