"""The README's test in an empty project with the wheel: with each plugin for async tests, it runs, and can fail."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.docs.blocks import blocks
from tests.products import distributions

MARK = "@pytest.mark.anyio\n"
PLUGINS = {
    "anyio alone": ("-p", "no:asyncio"),
    "pytest-asyncio as it is by default": ("-o", "asyncio_mode=strict"),
    "pytest-asyncio in auto mode": ("-o", "asyncio_mode=auto"),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, unpacked as an installation is, with its metadata, by which pytest finds the plugin."""
    folder = tmp_path_factory.mktemp("project")
    (wheel,) = distributions(tmp_path_factory).glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def readme() -> str:
    """The block of the README that is a test."""
    (block,) = [block.text for block in blocks("README.md") if "async def test_" in block.text]
    return block


def run(text: str, site: Path, project: Path, *options: str) -> tuple[int, str]:
    (project / "test_reception.py").write_text(text, encoding="utf-8")
    arguments = ["-q", "-p", "no:schemathesis", *options]  # which takes seconds to load
    command = f"import sys; sys.path.insert(0, {str(site)!r}); import pytest; sys.exit(pytest.main({arguments!r}))"
    done = subprocess.run(
        [sys.executable, "-I", "-c", command],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("plugin", PLUGINS)
def test_the_readmes_test_runs(plugin: str, site: Path, tmp_path: Path) -> None:
    code, shown = run(readme(), site, tmp_path, *PLUGINS[plugin])
    assert code == 0, shown
    assert " passed" in shown
    assert "skipped" not in shown


def test_it_can_fail(site: Path, tmp_path: Path) -> None:
    code, shown = run(readme().replace("from 9 to 5", "from 10 to 5", 1), site, tmp_path, *PLUGINS["anyio alone"])
    assert code == 1, shown
    assert "from 10 to 5 on Monday" in shown


@pytest.mark.parametrize(("mark", "mode"), [("@pytest.mark.asyncio\n", "strict"), ("", "auto")])
def test_what_the_readme_says_of_pytest_asyncio(mark: str, mode: str, site: Path, tmp_path: Path) -> None:
    code, shown = run(readme().replace(MARK, mark), site, tmp_path, "-o", f"asyncio_mode={mode}")
    assert code == 0, shown
    assert "1 passed" in shown
