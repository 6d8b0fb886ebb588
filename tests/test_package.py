"""The wheel: what is in it, and that it works with its declared dependencies and nothing else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

from tests.products import distributions

ROOT = Path(__file__).resolve().parents[1]
RUNTIME = {"anyio", "attrs", "httpx"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of our sdist and wheel."""
    return distributions(tmp_path_factory)


@pytest.fixture(scope="module")
def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


@pytest.fixture(scope="module")
def site(wheel: zipfile.ZipFile, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to import from: the wheel and, linked, what its declared dependencies need in turn."""
    folder = tmp_path_factory.mktemp("site")
    wheel.extractall(folder)
    for name in _closure(RUNTIME):
        for file in metadata.files(name) or []:
            top = file.parts[0]
            link = folder / top
            if top not in ("..", "__pycache__") and not link.exists():
                link.symlink_to(Path(str(metadata.distribution(name).locate_file(top))))
    return folder


def _closure(names: set[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        found.add(name)
        names |= {
            dependency for dependency in _requirements(name) if dependency not in found and _installed(dependency)
        }
    return found


def _requirements(name: str) -> set[str]:
    requirements = metadata.requires(name) or []
    return {re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() for line in requirements if "extra ==" not in line}


def _installed(name: str) -> bool:
    try:
        return bool(metadata.version(name))
    except metadata.PackageNotFoundError:  # for another platform or Python
        return False


def run(site: Path, code: str) -> str:
    """Run code in an interpreter that sees the standard library and the site, and return what it prints."""
    prelude = f"import sys; sys.path.append({str(site)!r})\n"
    command = [sys.executable, "-I", "-S", "-W", "error", "-c", prelude + code]
    done = subprocess.run(command, capture_output=True, text=True, cwd=site, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_package_and_nothing_else(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {"vapi_async"}
    assert {"vapi_async/py.typed", "vapi_async/contract.json", "vapi_async/api/__init__.py"} <= set(names)
    packaged = {name for name in names if name.startswith("vapi_async/")}
    assert packaged == _files("vapi_async") | {f"vapi_async/{name}" for name in _files("codegen")}


def _files(folder: str) -> set[str]:
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}
    return {name for name in files if "__pycache__" not in name}


def test_the_wheel_is_small(wheel: zipfile.ZipFile) -> None:
    assert wheel.filename is not None
    assert Path(wheel.filename).stat().st_size <= 2_000_000


def test_the_wheel_declares_its_dependencies_and_licence(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    headers = wheel.read(name).decode().split("\n\n")[0].splitlines()
    required = [line.split(": ")[1] for line in headers if line.startswith("Requires-Dist:")]
    declared = {re.split(r"[^\w-]", line)[0] for line in required if "extra ==" not in line}
    assert declared == RUNTIME
    extras = {line.split(": ")[1] for line in headers if line.startswith("Provides-Extra:")}
    assert extras == {"aiohttp", "cli", "codegen", "crypto", "live", "parquet", "redis", "sandbox"}
    assert "Requires-Python: >=3.11" in headers
    assert "License-Expression: MIT" in headers
    assert name.replace("METADATA", "licenses/LICENSE") in wheel.namelist()


def test_the_sdist_can_regenerate_the_package(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.split("/", 1)[1] for name in archive.getnames() if "/" in name}
    assert {"openapi.json", "codegen/pull.py", "codegen/overlay.yaml", "Makefile", "tests/test_package.py"} <= names
    assert not {name for name in names if name.startswith((".venv", ".git/", "dist"))}


def test_the_tests_run_from_the_sdist(built: Path, tmp_path: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        archive.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    files = ["test_release.py", "test_ci.py", "codegen/test_workflow.py", "http/test_session.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"tests/{name}" for name in files)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_it_imports_without_the_development_tools(site: Path) -> None:
    code = """
import importlib.util, vapi_async
tools = "codegen", "openapi_python_client", "jinja2", "pytest", "pydantic", "yaml"
print([name for name in tools if importlib.util.find_spec(name)], vapi_async.__file__)
"""
    assert run(site, code).split() == ["[]", str(site / "vapi_async" / "__init__.py")]


def test_it_does_not_load_its_generator(site: Path) -> None:
    code = """
import sys, vapi_async.webhooks
print(sorted(name for name in sys.modules if name.startswith("vapi_async.codegen")))
"""
    assert run(site, code).split() == ["[]"]


def test_the_installed_generator_makes_a_package_that_runs_on_it(site: Path, tmp_path: Path) -> None:
    golden = ROOT / "tests" / "codegen" / "golden"
    job = ["--spec", str(golden / "mini.json"), "--overlay", str(golden / "mini.yaml"), "--package", "made"]
    environment = {**os.environ, "PYTHONPATH": str(site)}
    done = subprocess.run(
        [sys.executable, "-m", "vapi_async.codegen", "generate", *job, "--out", str(tmp_path),
         "--names", str(tmp_path / "names.lock")],
        capture_output=True, text=True, cwd=tmp_path, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    code = f"""
import sys; sys.path.append({str(tmp_path)!r})
import made, vapi_async
print(issubclass(made.AsyncVapi, vapi_async.client.Client), vapi_async.__file__)
"""
    assert run(site, code).split() == ["True", str(site / "vapi_async" / "__init__.py")]


def test_ruff_is_the_same_for_the_generator_and_the_documentation() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lists = [project["project"]["optional-dependencies"]["codegen"], project["dependency-groups"]["docs"]]
    pins = [[line for line in lines if line.startswith("ruff")] for lines in lists]
    assert pins[0] == pins[1] != []


def test_the_installed_client_works(site: Path) -> None:
    code = """
import asyncio, json
import httpx
from vapi_async import AsyncVapi

def answer(request):
    return httpx.Response(200, json={"id": request.url.path.split("/")[-1], "orgId": "o", "later": 1})

async def main():
    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport) as http, AsyncVapi(token="t", http_client=http) as vapi:
        call = await vapi.calls.get("c1")
        print(json.dumps([call.id, call["orgId"], call.to_dict()["later"]]))

asyncio.run(main())
"""
    assert json.loads(run(site, code)) == ["c1", "o", 1]
