"""Imports of the package, and the use of what is called something else here."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from . import names
from .notes import Context, Edit, Note, replaced

_MODULES = {"client", "core", "environment", "errors", "raw_client", "types"}
_CERTAIN = re.compile(r"(vapi_async(?:\.models)?\.\w+)(?:;.*)?")
_RESOURCE_CLASS = re.compile(rf"{names.PACKAGE}\.(\w+)\.(?:client|raw_client)\.(?:Async)?(?:Raw)?\w+Client")
_IN_A_STRING = re.compile(rf"{names.PACKAGE}(\.[A-Za-z_]\w*)+")


def check_import(node: ast.Import | ast.ImportFrom) -> Iterator[Note]:
    """Yield what to import instead."""
    if isinstance(node, ast.ImportFrom):
        yield from _from(node)
        return
    for alias in node.names:
        if alias.name == names.PACKAGE:
            new = f"vapi_async as {alias.asname}" if alias.asname else "vapi_async"
            instead = "import vapi_async; models are in vapi_async.models"
            yield Note(alias, "import", "import vapi", instead, edits=(replaced(alias, new),))
        elif alias.name.startswith(f"{names.PACKAGE}."):
            yield Note(
                alias, "import", f"import {alias.name}", "vapi_async and vapi_async.models have all public names"
            )


def _from(node: ast.ImportFrom) -> Iterator[Note]:
    module = node.module or ""
    if node.level or module.partition(".")[0] != names.PACKAGE:
        return
    edits = _statement(node, module)
    for alias in node.names:
        what = f"from {module} import {alias.name}"
        if alias.name == "*":
            yield Note(alias, "import", what, "name what is used: from vapi_async import ...", sure=False)
        else:
            yield Note(alias, "import", what, *_instead(module, alias.name), edits)
        edits = ()


def _statement(node: ast.ImportFrom, module: str) -> tuple[Edit, ...]:
    """Return the edit for the whole statement, if it is certain for all of its names."""
    wanted: dict[str, list[str]] = {}
    for alias in node.names:
        found = certain(f"{module}.{alias.name}")
        if found is None:
            return ()
        place, _, new = found.rpartition(".")
        wanted.setdefault(place, []).append(f"{new} as {alias.asname}" if alias.asname else new)
    lines = [f"from {place} import {', '.join(dict.fromkeys(found))}" for place, found in sorted(wanted.items())]
    return (replaced(node, ("\n" + " " * node.col_offset).join(lines)),)


def certain(origin: str) -> str | None:
    """Return the name here of a name of theirs, if it is one that takes its place as it is."""
    found = names.replacement(origin)
    if origin.rpartition(".")[2] in names.CLIENTS:
        return "vapi_async.AsyncVapi"
    matched = _CERTAIN.fullmatch(found) if found else None
    return matched[1] if matched else None


def _instead(module: str, name: str) -> tuple[str, bool]:
    found = names.replacement(f"{module}.{name}")
    if found is None and (matched := _RESOURCE_CLASS.fullmatch(f"{module}.{name}")):
        return f"from vapi_async import AsyncVapi: what takes a {name} takes `client.{matched[1]}`, or the client", True
    if found is None:
        if module == names.PACKAGE and name in ("types", "errors", "core"):
            return "vapi_async.models has the types, vapi_async the errors", True
        return (
            "no name here that is known to be the same: dicts, or the models of vapi_async.models, take its place",
            False,
        )
    place, _, new = found.rpartition(".")
    if place in ("vapi_async", "vapi_async.models"):
        return f"from {place} import {new}", True
    return found, True


def check_name(node: ast.Name | ast.Attribute, context: Context) -> Iterator[Note]:
    """Yield the use of an imported name that differs here."""
    origin = context.symbols.origin(node)
    if origin is None or "." not in origin or not isinstance(node.ctx, ast.Load):
        return
    found = names.replacement(origin)
    if found is None or context.symbols.client(node) is not None:
        return
    old, new = origin.rpartition(".")[2], certain(origin)
    if isinstance(node, ast.Attribute):
        yield Note(node, "name", origin, found, edits=_of_module(node, new))
    elif node.id == old and found.rpartition(".")[2] != old:
        yield Note(node, "name", old, found, edits=(replaced(node, new.rpartition(".")[2]),) if new else ())


def _of_module(node: ast.Attribute, new: str | None) -> tuple[Edit, ...]:
    """Return the edit for `vapi.Call`, where `vapi` may have been imported under another name."""
    if new is None or not isinstance(node.value, ast.Name):
        return ()
    head = "vapi_async" if node.value.id == names.PACKAGE else node.value.id
    return (replaced(node, head + new.removeprefix("vapi_async")),)


def check_string(node: ast.Constant) -> Iterator[Note]:
    """Yield a string that may name a module or class of the package, as `mock.patch` takes it."""
    if not isinstance(node.value, str) or not _IN_A_STRING.fullmatch(node.value):
        return
    found = names.replacement(node.value)
    if found or not _MODULES.isdisjoint(node.value.split(".")):
        yield Note(node, "import", repr(node.value), f"the name here: {found or 'vapi_async...'}", sure=False)
