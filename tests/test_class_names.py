"""A class name stands once in hand-written code, so that a search for it finds one thing."""

from __future__ import annotations

import ast
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

import vapi_async

PACKAGE = Path(vapi_async.__file__).parent
GENERATED = ("api", "models")
DOORS = ("vapi_async.webhooks", "vapi_async.sandbox", "vapi_async")


@cache
def classes() -> dict[str, list[str]]:
    """The places of every class, by its name."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE)
        if place.parts[0] not in GENERATED:
            for node in ast.walk(ast.parse(path.read_bytes())):
                if isinstance(node, ast.ClassDef):
                    found[node.name].append(f"vapi_async.{'.'.join(place.with_suffix('').parts)}")
    return found


def door(module: str) -> str:
    return next(name for name in DOORS if module.startswith(f"{name}."))


def private(name: str, modules: list[str]) -> list[str]:
    """The places from which no package exports the name: users tell exported ones apart by their package."""
    return [module for module in modules if name not in import_module(door(module)).__all__]


def test_the_search_finds_classes() -> None:
    assert classes()["Pager"] == ["vapi_async._lists.pager"]
    assert len(classes()) > 200


def test_no_class_name_stands_twice() -> None:
    twice = {name: modules for name, modules in classes().items() if len(modules) > 1 and private(name, modules)}
    assert twice == {}
