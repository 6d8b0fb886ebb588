"""The packages that export lazily: what type checkers read and what runs are one list, and names survive moves."""

from __future__ import annotations

import ast
import pickle
from importlib import import_module
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import pytest

import vapi_async
from vapi_async import runtime, sandbox, webhooks

PACKAGES = [vapi_async, webhooks, sandbox]
EXPORTS = [(package, name) for package in PACKAGES for name in package.__all__]


def branches(package: ModuleType) -> tuple[list[ast.stmt], list[ast.stmt]]:
    """What stands under TYPE_CHECKING, and what beside it."""
    assert package.__file__ is not None
    tree = ast.parse(Path(package.__file__).read_text(encoding="utf-8"))
    (block,) = [node for node in tree.body if isinstance(node, ast.If)]
    return block.body, block.orelse


def for_checkers(statements: list[ast.stmt], package: str) -> list[tuple[str, str]]:
    imports = [node for node in statements if isinstance(node, ast.ImportFrom)]
    assert len(imports) == len(statements)
    assert all(alias.asname == alias.name for node in imports for alias in node.names), "re-exported, by PEP 484"
    return [(node.module or package, alias.name) for node in imports for alias in node.names]


def at_run_time(statements: list[ast.stmt], package: str) -> list[tuple[str, str]]:
    (assignment,) = statements
    assert isinstance(assignment, ast.Assign)
    assert isinstance(assignment.value, ast.Call)
    names: dict[str, tuple[str, ...]] = ast.literal_eval(assignment.value.args[1])
    keywords = {keyword.arg: ast.literal_eval(keyword.value) for keyword in assignment.value.keywords}
    submodules = keywords.get("submodules", ())
    return [(package, name) for name in submodules] + [(module, name) for module in names for name in names[module]]


@pytest.mark.parametrize("package", [*PACKAGES, runtime], ids=lambda package: package.__name__)
def test_checkers_see_what_runs(package: ModuleType) -> None:
    checked, running = branches(package)
    seen = for_checkers(checked, package.__name__)
    assert sorted(seen) == sorted(at_run_time(running, package.__name__))
    assert sorted(package.__all__) == sorted(name for _, name in seen)


@pytest.mark.parametrize(("package", "name"), EXPORTS, ids=lambda value: getattr(value, "__name__", value))
def test_what_is_exported_is_known_by_the_package_that_exports_it(package: ModuleType, name: str) -> None:
    exported: Any = getattr(package, name)
    if not isinstance(exported, type | FunctionType):
        pytest.skip("a value, a module or an alias has no name of its own")
    assert f"{exported.__module__}.{exported.__qualname__}" == f"{package.__name__}.{name}"
    assert pickle.loads(pickle.dumps(exported)) is exported
    assert getattr(import_module(exported.__module__), name) is exported


@pytest.mark.parametrize("package", [*PACKAGES, runtime], ids=lambda package: package.__name__)
def test_a_name_that_is_not_exported_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nonsense'"):
        _ = package.Nonsense
