"""The house keeps its order: what stands in the root, and no hand-written file in an import circle."""

from __future__ import annotations

from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[1]
GENERATED = ("vapi_async.api", "vapi_async.models")
PUBLIC = {
    "api",
    "cli",
    "client.py",
    "contract.json",
    "errors.py",
    "migrate",
    "models",
    "py.typed",
    "resource.py",
    "responses.py",
    "runtime.py",
    "sandbox",
    "webhooks",
}


def room(module: str) -> str:
    """A hand-written module itself; all generated code of one package counts as one."""
    return next((package for package in GENERATED if module == package or module.startswith(f"{package}.")), module)


def imports_of(package: str) -> dict[str, set[str]]:
    """Who imports whom, what only annotations need included."""
    graph = grimp.build_graph(package, exclude_type_checking_imports=False, cache_dir=None)
    rooms: dict[str, set[str]] = {}
    for module in graph.modules:
        reached = {room(imported) for imported in graph.find_modules_directly_imported_by(module)}
        rooms.setdefault(room(module), set()).update(reached - {room(module)})
    return rooms


def test_the_root_shows_what_users_may_touch() -> None:
    entries = {path.name for path in (ROOT / "vapi_async").iterdir()}
    assert {name for name in entries if not name.startswith("_")} == PUBLIC


@pytest.mark.parametrize("package", ["vapi_async", "codegen"])
def test_no_hand_written_file_is_in_an_import_circle(package: str) -> None:
    try:
        TopologicalSorter(imports_of(package)).prepare()
    except CycleError as error:
        pytest.fail(f"a circle: {' imports '.join(reversed(error.args[1]))}")
