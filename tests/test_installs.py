"""What the wheel needs of others: at the lowest and the newest versions together, frozen, and from a zip."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from itertools import chain
from pathlib import Path

import pytest

from tests.products import distributions
from tests.test_package import RUNTIME, _closure

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
# By name, since only what is asked for directly is resolved to its lowest version.
EVERYTHING = [*PROJECT["dependencies"], *chain.from_iterable(PROJECT["optional-dependencies"].values())]
APP = """
import asyncio, httpx
from vapi_async import AsyncVapi
from vapi_async.webhooks import Webhooks

async def main():
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": "c1"}))
    async with httpx.AsyncClient(transport=transport) as http, AsyncVapi("t", http_client=http) as vapi:
        assert (await vapi.calls.get("c1")).id == "c1"
        try:
            await vapi.assistants.create(model={"provider": "openai", "model": "gpt-4o", "max_tokens": 5})
        except TypeError as error:  # which reads contract.json
            print(error)
    Webhooks(verify=None)

asyncio.run(main())
"""


def run(*command: str, folder: Path, **environment: str) -> str:
    own = {**os.environ, **environment}
    done = subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (path,) = distributions(tmp_path_factory).glob("*.whl")
    return path


def environment(folder: Path, *wanted: str) -> str:
    """Make an environment with some packages, and return its Python."""
    if find_spec("uv") is None:
        pytest.skip("needs uv, which resolves to the lowest versions")
    uv = (sys.executable, "-m", "uv")
    # The names of one setting, before and after uv 0.9: what the machine trusts, as pip does.
    trust = {"UV_NATIVE_TLS": "1", "UV_SYSTEM_CERTS": "1"}
    run(*uv, "venv", "--quiet", "--python", sys.executable, "own", folder=folder)
    python = str(folder / "own" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
    run(*uv, "pip", "install", "--quiet", "--python", python, *wanted, folder=folder, **trust)
    return python


@pytest.mark.slow
@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_all_extras_work_together(resolution: str, wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path, "--resolution", resolution, *EVERYTHING)
    uv = (sys.executable, "-m", "uv", "pip", "install", "--quiet", "--python", python)
    run(*uv, "--offline", "--no-deps", str(wheel), folder=tmp_path)
    script = str(ROOT / "tests" / "tools" / "extras.py")
    assert "all extras work together" in run(python, "-I", "-W", "error", script, folder=tmp_path)


@pytest.mark.slow
def test_a_frozen_program_has_what_it_needs(wheel: Path, tmp_path: Path) -> None:
    python = environment(tmp_path, str(wheel), "pyinstaller>=6.11,<7")
    (tmp_path / "app.py").write_text(APP)
    run(python, "-m", "PyInstaller", "--noconfirm", "--log-level", "ERROR", "app.py", folder=tmp_path, PYTHONPATH="")
    program = shutil.which("app", path=str(tmp_path / "dist" / "app"))
    assert program is not None
    assert "this key is spelled 'maxTokens'" in run(program, folder=tmp_path, PYTHONPATH="")


def test_the_report_on_other_code_runs_from_a_zip(wheel: Path, tmp_path: Path) -> None:
    for name in _closure(set(RUNTIME)):
        module = find_spec(name.replace("-", "_"))
        if module is not None and module.origin is not None:
            source = Path(module.origin)
            target = tmp_path / "site" / (source.parent.name if module.submodule_search_locations else source.name)
            target.parent.mkdir(exist_ok=True)
            target.symlink_to(source.parent if module.submodule_search_locations else source)
    (tmp_path / "old.py").write_text("from vapi import Vapi\nVapi().assistants.create(model={'max_tokens': 1})\n")
    code = (
        f"import sys; sys.path[:0] = [{str(wheel)!r}]; sys.path.append({str(tmp_path / 'site')!r})\n"
        "from vapi_async.migrate.__main__ import main; print(main(['old.py']))"
    )
    shown = run(sys.executable, "-I", "-c", code, folder=tmp_path)
    assert "'maxTokens': dicts are written as they go to the API" in shown
    assert shown.endswith("1\n")
