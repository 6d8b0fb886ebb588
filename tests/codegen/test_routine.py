"""The whole routine of `make update` on a copy of this repository, with its own steps, against a local document."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codegen.update import PRODUCTS, STEPS, Step, UpdateFailed, update

Json = Any
ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 12, 1)
#: generate and check; the other steps are those of `make check` and `make test`.
OWN_STEPS = STEPS[:2]

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The parts of this repository that the routine is about."""
    root = tmp_path / "tree"
    for part in ("vapi_async", "codegen"):
        shutil.copytree(ROOT / part, root / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("openapi.json", "CHANGELOG.md", "pyproject.toml"):
        shutil.copy2(ROOT / name, root / name)
    return root


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """Our document, with a list, a schema and an enum more, and a schema in the place of a text."""
    document: Json = json.loads((ROOT / "openapi.json").read_bytes())
    schemas = document["components"]["schemas"]
    shade = {"type": "string", "enum": ["light", "dark"]}
    schemas["Lamp"] = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}, "shade": shade}}
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Lamp"}}
    answer = {"200": {"description": "", "content": {"application/json": {"schema": listed}}}}
    document["paths"]["/lamp"] = {"get": {"operationId": "lamps", "parameters": [], "responses": answer}}
    path = tmp_path / "published.json"
    path.write_text(json.dumps(document))
    return path


def snapshot(root: Path) -> dict[str, bytes]:
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


def in_tree(tree: Path, code: str) -> str:
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(tree)}
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_twice_in_a_row_the_second_time_does_nothing(tree: Path, published: Path, tmp_path: Path) -> None:
    before, said = snapshot(tree), []
    update(str(published), tree, TODAY, steps=OWN_STEPS, say=said.append, text=tmp_path / "diff.md")
    after = snapshot(tree)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert {name for name in changed if not name.startswith(PRODUCTS)} == set()
    assert {"openapi.json", "CHANGELOG.md", "codegen/names.lock", "vapi_async/contract.json"} <= changed
    assert b'"LampShade": ["Lamp.shade", ' in after["codegen/names.lock"]
    assert b"new method `lamps.list`, `GET /lamp`" in after["CHANGELOG.md"]
    code = "from vapi_async import AsyncVapi, models; print(AsyncVapi('t').lamps.list(), models.LampShade)"
    assert in_tree(tree, code).startswith("<Pager of GET /lamp> typing.Union[typing.Literal['light', 'dark'], str]")
    again: list[str] = []
    update(str(published), tree, TODAY, steps=OWN_STEPS, say=again.append, text=tmp_path / "again.md")
    assert again[-1] == "update: nothing to do"
    assert snapshot(tree) == after
    assert not (tmp_path / "again.md").exists()


def test_a_failure_in_the_last_step_leaves_the_tree_as_it_was(tree: Path, published: Path) -> None:
    """What `test_update` shows of every step in a small tree, after the real ones here."""
    before = snapshot(tree)
    steps = [*OWN_STEPS, Step("sick", ("-c", "raise SystemExit(3)"))]
    with pytest.raises(UpdateFailed, match="sick failed with exit code 3, nothing was changed"):
        update(str(published), tree, TODAY, steps=steps, say=lambda line: None)
    assert snapshot(tree) == before


def test_a_name_that_was_lost_on_the_way_stops_it(tree: Path, published: Path) -> None:
    """A ledger that somebody cut, or that a merge broke, is no reason to rename."""
    (tree / "codegen" / "names.lock").write_text("<<<<<<< ours\n")
    before = snapshot(tree)
    with pytest.raises(UpdateFailed, match="this is no ledger of names"):
        update(str(published), tree, TODAY, steps=OWN_STEPS, say=lambda line: None)
    assert snapshot(tree) == before
