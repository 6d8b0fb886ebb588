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

from benchmarks import pages, requests
from benchmarks.processes import served
from benchmarks.table import Row

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ROOT / "build" / "rivals"
OFFICIAL = "vapi_server_sdk==3.0.0"
_IMPORT = """
from {package} import AsyncVapi

AsyncVapi(token="t").calls
"""
_LIST = """
import asyncio, sys, time
from {package} import AsyncVapi

async def main():
    vapi = AsyncVapi(token="t", base_url=sys.argv[1])
    assert len(await vapi.calls.list(limit=100)) == 100
    for _ in range(int(sys.argv[2])):
        start = time.process_time()
        await vapi.calls.list(limit=100)
        print(time.process_time() - start)

asyncio.run(main())
"""
_GET = """
import asyncio, json, statistics, sys, time
import httpx
from {package} import AsyncVapi

async def cpu(get):
    start = time.process_time()
    for _ in range(200):
        await get()
    return time.process_time() - start

async def seconds(get):
    start = time.perf_counter()
    async def some():
        for _ in range(5):
            await get()
    await asyncio.gather(*(some() for _ in range(100)))
    return time.perf_counter() - start

async def main():
    async with httpx.AsyncClient(base_url=sys.argv[1], headers={{"authorization": "Bearer t"}}) as http:
        vapi = AsyncVapi(token="t", base_url=sys.argv[1])
        async def plain():
            response = await http.get("/assistant/a1")
            response.raise_for_status()
            return json.loads(response.content)
        async def theirs():
            return await vapi.assistants.get("a1")
        for measure in cpu, seconds:
            await measure(plain), await measure(theirs)
            print(statistics.median([await measure(theirs) / await measure(plain) for _ in range(5)]))

asyncio.run(main())
"""
_TIMES = 1  # the official SDK takes most of a minute for each


def run() -> list[Row]:
    """Measure everything; about four minutes, most of it the official SDK's."""
    page = json.dumps(pages.calls(), separators=(",", ":")).encode()
    with served(page) as url:
        rows = _rows("vapi-async", "vapi_async", sys.executable, url)
        rows += _rows(OFFICIAL, "vapi", official_python(), url)
    with requests.served() as url:
        rows += _small("vapi-async", "vapi_async", sys.executable, url)
        rows += _small(OFFICIAL, "vapi", official_python(), url)
    return [*rows, _plain_generator()]


def _small(name: str, package: str, python: str, url: str) -> list[Row]:
    cpu, seconds = map(float, _measured(python, _GET.format(package=package), url)[2].split())
    return [
        Row(f"{name}: CPU of a small GET, decoded, vs httpx + json", cpu, unit="x"),
        Row(f"{name}: throughput, 100 at once, vs httpx + json", 1 / seconds, unit="x"),
    ]


def _rows(name: str, package: str, python: str, url: str) -> list[Row]:
    importing, listing = _IMPORT.format(package=package), _LIST.format(package=package)
    _measured(python, importing)  # compiles what it imports
    seconds, memory, _ = _measured(python, listing, url, "0")
    *_, again = _measured(python, listing, url, str(_TIMES))
    return [
        Row(f"{name}: import, and make a client", _measured(python, importing)[0], unit="s"),
        Row(f"{name}: list 100 calls in a fresh process", seconds, unit="s"),
        Row(f"{name}: list 100 calls again, CPU time", min(map(float, again.split())), unit="s"),
        Row(f"{name}: its peak memory", memory, unit="MB"),
    ]


def _measured(python: str, script: str, *arguments: str) -> tuple[float, float, str]:
    """Run a script; return its seconds, its peak memory in MB and what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as complaint:
        command = [python, "-c", script, *arguments]
        child = subprocess.Popen(command, env=environment, stdout=printed, stderr=complaint, text=True)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        printed.seek(0)
        complaint.seek(0)
        if child.returncode:
            raise RuntimeError(f"{python} could not do it: {complaint.read()[-500:]}")
        return seconds, usage.ru_maxrss / 1000, printed.read()


def official_python() -> str:
    """Return the interpreter of the environment with the official SDK, which is made if need be."""
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
