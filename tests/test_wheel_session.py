"""A session with nothing but the wheel: a fresh environment with the pip of Python 3.11, and the commands of a page.

What is installed and generated there comes from the wheel and the package index; the checkout only lends the document
and the page, docs/embedding.md, whose files and commands are taken as they stand.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.products import distributions

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
OLDEST_PIP = "23.0.1"

USE = """
import anyio, httpx
from acme_voice import AsyncAcme

def answer(request):
    assert request.headers["x-acme-key"] == "key", request.headers
    if request.url.path == "/reminder":
        return httpx.Response(200, json=[{"id": "a", "dueAt": "2026-01-01T00:00:00.000Z"}])
    return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2]})

async def main():
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        async with AsyncAcme("key", http_client=http) as acme:
            reminders = [reminder async for reminder in acme.with_options(retry=0).reminders.list()]
            print(reminders[0].due_at.year, (await acme.reminders.get("b")).id, (await acme.calls.get("c")).id)
            print(hasattr(acme.calls, "say_once"), type(reminders[0]).__module__)

anyio.run(main)
"""


def files_of_the_page() -> dict[str, str]:
    """The files that the page shows in full, by the title of their block."""
    return dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.DOTALL | re.MULTILINE))


def test_the_page_shows_the_example_as_it_is() -> None:
    shown = files_of_the_page()
    example = ROOT / "examples" / "embedding"
    files = [path for path in example.rglob("*") if path.suffix in (".py", ".yaml") and "_vapi" not in path.parts]
    assert {path.relative_to(example).as_posix() for path in files} == shown.keys()
    assert {name: (example / name).read_text(encoding="utf-8") for name in shown} == shown


def test_no_command_of_a_page_needs_a_newer_pip() -> None:
    """`--group` came with pip 25.1; only the Makefile uses it, once it has installed that."""
    pages = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]
    commands = [
        line for page in pages for line in page.read_text(encoding="utf-8").splitlines() if "pip install" in line
    ]
    assert commands
    assert [line for line in commands if "--group" in line] == []
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert makefile.index("'pip>=25.1'") < makefile.index("--group")


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with an old pip, in which the wheel is installed with its extra."""
    folder = tmp_path_factory.mktemp("session")
    (wheel,) = distributions(tmp_path_factory).glob("*.whl")
    python = folder / "venv" / "bin" / "python"
    subprocess.run([sys.executable, "-m", "venv", str(folder / "venv")], check=True, capture_output=True)
    for wanted in (f"pip=={OLDEST_PIP}", f"{wheel}[codegen]"):
        done = run(python, folder, "-m", "pip", "install", "--quiet", wanted)
        if "No matching distribution" in done.stderr or "NewConnectionError" in done.stderr:
            pytest.skip("there is no package index at hand")
        assert done.returncode == 0, done.stderr
    assert run(python, folder, "-m", "pip", "--version").stdout.startswith(f"pip {OLDEST_PIP} ")
    return python


def run(python: Path, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    own = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return subprocess.run([str(python), *arguments], cwd=folder, env=own, capture_output=True, text=True, check=False)


def commands() -> list[list[str]]:
    """The generator's commands of the page, in its order."""
    lines = (
        line.strip()
        for block in re.findall(r"^```sh\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)
        for line in block.splitlines()
    )
    return [line.split()[1:] for line in lines if line.startswith("python -m vapi_async.codegen")]


@pytest.mark.slow
def test_the_commands_of_the_page_make_a_package_that_runs(environment: Path, tmp_path: Path) -> None:
    for name, text in files_of_the_page().items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shutil.copy2(ROOT / "openapi.json", tmp_path)
    assert len(commands()) == 2
    for arguments in commands():
        for command in ("generate", "check"):
            done = run(environment, tmp_path, *(command if each == "generate" else each for each in arguments))
            assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in tmp_path.glob("*.lock")} == {"acme_voice._vapi.names.lock"}
    assert (tmp_path / "my_vapi" / "names.lock").is_file()
    done = run(environment, tmp_path, "-c", USE)
    assert (done.stdout.split(), done.stderr) == (["2026", "b", "c", "True", "acme_voice._vapi.models.reminder"], "")


@pytest.mark.slow
def test_pull_and_diff_work_from_the_wheel(environment: Path, tmp_path: Path) -> None:
    source = str(ROOT / "openapi.json")
    assert run(environment, tmp_path, "-m", "vapi_async.codegen", "pull", source).returncode == 0
    done = run(environment, tmp_path, "-m", "vapi_async.codegen", "diff", source, "openapi.json")
    assert (done.returncode, "no changes that callers meet" in done.stdout) == (0, True)
    refused = run(environment, tmp_path, "-m", "vapi_async.codegen", "update")
    assert refused.returncode == 2
