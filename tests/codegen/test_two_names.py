"""The generator's folder runs under two names: `codegen` in a checkout, `vapi_async.codegen` in the wheel."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.codegen.regolden import GOLDEN, PACKAGE

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted((ROOT / "codegen").rglob("*.py"))
INSTALLED = "host.codegen"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder to import from, with a package that has the generator inside of it."""
    package = tmp_path / "site" / "host"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "codegen").symlink_to(ROOT / "codegen", target_is_directory=True)
    return package.parent


def run(site: Path, *arguments: str, options: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *options, "-m", INSTALLED, *arguments]
    environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, capture_output=True, text=True, cwd=site, env=environment, check=False)


def generated(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.suffix in (".py", ".json")]
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in files}


def test_it_generates_the_same_and_says_how_it_was_called(site: Path) -> None:
    job = ["--spec", str(GOLDEN / "mini.json"), "--overlay", str(GOLDEN / "mini.yaml"), "--package", PACKAGE]
    made = run(site, "generate", *job)
    assert made.returncode == 0, made.stderr
    golden = generated(GOLDEN / PACKAGE)
    renamed = {path: text.replace("`python -m codegen ", f"`python -m {INSTALLED} ") for path, text in golden.items()}
    assert generated(site / PACKAGE) == renamed
    assert run(site, "check", *job).returncode == 0


def test_its_help_has_its_name_and_no_update(site: Path) -> None:
    shown = run(site, "--help")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith(f"usage: python -m {INSTALLED} ")
    assert "{pull,generate,check,diff,examples}" in shown.stdout


def test_it_wants_to_know_the_package(site: Path) -> None:
    refused = run(site, "generate", "--spec", str(GOLDEN / "mini.json"))
    assert refused.returncode == 2
    assert "--package" in refused.stderr
    assert not (site / "vapi_async").exists()


def test_a_spec_called_openapi_json_is_somebody_elses(site: Path) -> None:
    """Strict is what the checkout is with its own contract: there, a row of its overlay that matches nothing fails."""
    (site / "openapi.json").write_bytes((GOLDEN / "mini.json").read_bytes())
    made = run(site, "generate", "--package", "made")
    assert made.returncode == 0, made.stderr
    assert "matches nothing" in made.stdout


def test_without_its_dependencies_it_names_the_extra(site: Path) -> None:
    refused = run(site, "--help", options=("-S",))
    assert refused.returncode == 2
    assert refused.stderr.startswith(f"python -m {INSTALLED} needs ")
    assert refused.stderr.endswith(": pip install 'vapi-async[codegen]'\n")


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """The level and module of each import of a file, those for type checkers included; a package counts as itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = f"{node.module}." if node.module and node.level else node.module or ""
            yield from ((node.level, f"{base}{alias.name}" if node.level else base) for alias in node.names)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_all_imports_within_it_are_relative(path: Path) -> None:
    absolute = [module for level, module in imported(path) if not level]
    assert [module for module in absolute if module.split(".")[0] in ("codegen", "vapi_async")] == []


def test_the_library_does_not_import_it() -> None:
    files = [path for path in (ROOT / "vapi_async").rglob("*.py") if not {"api", "models"} & {*path.parts}]
    assert len(files) > 100
    assert [path for path in files for _, module in imported(path) if "codegen" in module.split(".")] == []


@cache
def neighbours(path: Path) -> frozenset[Path]:
    """The files of the generator that one of them imports."""
    found = set()
    for level, module in imported(path):
        if level:
            base = path.parents[level - 1].joinpath(*module.split("."))
            tried = (base.with_suffix(".py"), base / "__init__.py", base.parent.with_suffix(".py"))
            found.add(next((file for file in tried if file.is_file()), base.parent / "__init__.py"))
    return frozenset(found)


def reached(start: Path) -> set[Path]:
    found: set[Path] = set()
    pending = [*neighbours(start)]
    while pending:
        path = pending.pop()
        if path not in found:
            found.add(path)
            pending += neighbours(path)
    return found


def test_no_file_of_it_is_in_a_circle_of_imports() -> None:
    assert len(reached(ROOT / "codegen" / "cli.py")) > 30
    assert [path.name for path in FILES if path in reached(path)] == []
