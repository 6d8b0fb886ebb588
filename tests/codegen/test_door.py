"""The door of generated code: packages made for each of its versions go on working, and changes raise the version."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codegen import render
from tests.codegen.regolden import GOLDEN, door, frozen
from vapi_async import runtime

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = sorted(path.stem.removeprefix("door_") for path in GOLDEN.glob("door_*.txt"))
#: Those whose packages run on the door of today.
STILL = [version for version in VERSIONS if version.split(".")[0] == runtime.DOOR.split(".")[0]]

USE = """
import importlib, pkgutil, sys
from vapi_async import _version
_version.__version__ = "0.2.0"
name = sys.argv[1]
package = importlib.import_module(name)
for module in pkgutil.walk_packages(package.__path__, f"{name}."):
    importlib.import_module(module.name)
models = importlib.import_module(f"{name}.models")
for each in models._MODULES:
    getattr(models, each)

import anyio, httpx

def answer(request):
    book = {"isbn": "1", "title": "T"}
    return httpx.Response(200, json=[book] if request.url.path == "/book" else book)

async def main():
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        async with package.AsyncVapi("t", base_url="https://books.example", http_client=http) as api:
            listed = [book async for book in api.books.list(genre_any=["novel"])]
            got = await api.books.get("1")
            print(type(got).__module__, listed[0].isbn, got.to_dict()["title"], sys.modules["vapi_async"].__version__)

anyio.run(main)
"""


@pytest.mark.parametrize("version", STILL)
def test_a_package_made_for_an_earlier_door_runs_once_there_is_a_0_2(version: str) -> None:
    _, package = frozen(version)
    assert f'door="{version}"' in (package / "__init__.py").read_text(encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(GOLDEN)])}
    done = subprocess.run(
        [sys.executable, "-c", USE, package.name], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [f"{package.name}.models.book", "1", "T", "0.2.0"]


def test_a_change_of_the_door_raises_its_version() -> None:
    description, _ = frozen(runtime.DOOR)
    hint = "raise runtime.DOOR and render.DOOR as runtime says, then: python -m tests.codegen.regolden"
    assert description.read_text(encoding="utf-8") == door(), hint


@pytest.mark.parametrize("version", STILL)
def test_a_later_door_has_all_that_an_earlier_one_had(version: str) -> None:
    def read(text: str) -> dict[str, set[str]]:
        rows = (line.rstrip(")").partition("(") for line in text.splitlines())
        return {name: {*parameters.split(", ")} for name, _, parameters in rows}

    now = read(door())
    for name, parameters in read(frozen(version)[0].read_text(encoding="utf-8")).items():
        assert parameters <= now[name], name


def test_the_generator_writes_for_the_door_of_its_runtime() -> None:
    assert render.DOOR == runtime.DOOR
