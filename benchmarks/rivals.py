"""The same page of 100 calls with the official SDK, and with what openapi-python-client makes of the contract.

The official SDK gets an environment of its own below build/. What a rival cannot do is a row without a figure.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from benchmarks import pages
from benchmarks.processes import served
from benchmarks.table import Row

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / "build" / "rivals"
OFFICIAL = "vapi_server_sdk==3.0.0"
_OFFICIAL = """
import asyncio, sys
from vapi import AsyncVapi

async def main():
    return await AsyncVapi(token="t", base_url=sys.argv[1]).calls.list(limit=100)

assert len(asyncio.run(main())) == 100
"""
_OURS = """
import asyncio, sys
from vapi_async import AsyncVapi

async def main():
    async with AsyncVapi(token="t", base_url=sys.argv[1]) as vapi:
        return await vapi.calls.list(limit=100)

assert len(asyncio.run(main())) == 100
"""


def run() -> list[Row]:
    """Measure everything; about a minute, most of it the official SDK's."""
    page = json.dumps(pages.calls(), separators=(",", ":")).encode()
    with served(page) as url:
        _measured(sys.executable, _OURS, url)
        rows = _rows("vapi-async", sys.executable, _OURS, url)
        rows += _rows(OFFICIAL, _official_python(), _OFFICIAL, url)
    return [*rows, _plain_generator()]


def _rows(name: str, python: str, script: str, url: str) -> list[Row]:
    seconds, memory = _measured(python, script, url)
    return [
        Row(f"{name}: list 100 calls in a fresh process", seconds, unit="s"),
        Row(f"{name}: its peak memory", memory, unit="MB"),
    ]


def _measured(python: str, script: str, url: str) -> tuple[float, float]:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    child = subprocess.Popen([python, "-c", script, url], env=environment, stderr=subprocess.PIPE, text=True)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.stderr is not None
    complaint = child.stderr.read()
    child.stderr.close()
    if child.returncode:
        raise RuntimeError(f"{python} could not list the calls: {complaint[-500:]}")
    return time.perf_counter() - start, usage.ru_maxrss / 1000


def _official_python() -> str:
    python = ENVIRONMENT / "bin" / "python"
    if not python.exists():
        venv.create(ENVIRONMENT, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", OFFICIAL], check=True)
    return str(python)


def _plain_generator() -> Row:
    """How many operations openapi-python-client alone makes of the contract: none, since it refuses the document."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
        command += ["--path", str(ROOT / "openapi.json"), "--output-path", str(Path(folder, "plain"))]
        subprocess.run(command, capture_output=True, check=False)
        made = len(list(Path(folder, "plain", "api").rglob("*.py"))) if Path(folder, "plain", "api").exists() else 0
    return Row("openapi-python-client alone: endpoint modules that it makes of openapi.json", made)
