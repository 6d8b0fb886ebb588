"""One small document whose output is committed, so that a change of the generator shows as a diff of what it writes."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.regolden import GOLDEN, PACKAGE, regenerate


def _files(folder: Path) -> dict[str, str]:
    kept = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode() for path in kept}


def test_the_output_is_the_golden_one(tmp_path: Path) -> None:
    regenerate(tmp_path)
    made, golden = _files(tmp_path / PACKAGE), _files(GOLDEN / PACKAGE)
    hint = "if the change is wanted: python -m tests.codegen.regolden"
    assert made.keys() == golden.keys(), hint
    for path in sorted(made):
        assert made[path] == golden[path], f"{path}: {hint}"


def test_nothing_else_is_left_there() -> None:
    there = {path.name for path in GOLDEN.iterdir()} - {"__pycache__"}
    assert there == {"door_1.0.txt", "made_for_1_0", "mini.json", "mini.yaml", PACKAGE, f"{PACKAGE}.names.lock"}


def test_the_package_is_a_client_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    regenerate(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        client = importlib.import_module(PACKAGE).AsyncVapi(token="secret")
        listing = client.books.list(genre_any=["novel"], max_items=5)
        assert (type(listing).__name__, type(client.v2.covers).__name__) == ("Pager", "Covers")
        assert "secret" not in repr(client)
    finally:
        for module in [module for module in sys.modules if module.split(".")[0] == PACKAGE]:
            del sys.modules[module]


def test_the_report_names_every_repair(tmp_path: Path) -> None:
    assert list(regenerate(tmp_path).report) == [
        "#/components/schemas/NewBook/properties/isbn: JavaScript regex literal, its delimiters dropped",
        "#/paths/~1book~1{isbn}/get: header user-agent is set by the client itself, dropped",
        "#/paths/~1book~1{isbn}/get: path parameter isbn was not declared, added as a string",
        "#/paths/~1book~1{isbn}/delete: path parameter isbn was not declared, added as a string",
        "#/paths/~1book~1{isbn}/patch: path parameter isbn was not declared, added as a string",
        "#/paths/~1book~1{isbn}~1scan/get: path parameter isbn was not declared, added as a string",
        "#/paths/~1book~1{isbn}~1lend/post: path parameter isbn was not declared, added as a string",
    ]


def test_generated_code_is_formatted_and_every_public_thing_has_a_docstring() -> None:
    for path in (GOLDEN / PACKAGE).rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name == "dicts.py":  # what each of them stands for is said once
            assert ast.get_docstring(tree)
            continue
        nodes = [node for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef)]
        nodes += [] if path.parent.name == "models" and any(isinstance(n, ast.ClassDef) for n in nodes) else [tree]
        assert all(ast.get_docstring(node) or _is_overload(node) for node in nodes), path
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "ruff",
            "format",
            "--isolated",
            "--no-cache",
            "--line-length=120",
            "--check",
            str(GOLDEN),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def _is_overload(node: ast.AST) -> bool:
    return any(isinstance(d, ast.Name) and d.id == "overload" for d in getattr(node, "decorator_list", ()))


@pytest.mark.slow  # `make types` looks at it as well
def test_mypy_accepts_the_output(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    command = ["-m", "mypy", "--strict", "--warn-unreachable", "--cache-dir", str(tmp_path), "-p", PACKAGE]
    environment = {"MYPYPATH": f"{GOLDEN}:{GOLDEN.parents[2]}", "PATH": ""}
    options = ["--config-file=", "--python-version=3.11", "--explicit-package-bases", "--follow-imports=silent"]
    done = subprocess.run(
        [sys.executable, *command, *options], capture_output=True, text=True, check=False, env=environment, cwd=tmp_path
    )
    assert done.returncode == 0, done.stdout + done.stderr
