"""What a fresh process pays: CPU time and memory until 100 calls are listed and decoded, and what imports cost.

Each figure comes from processes of its own that take turns with those of the bare alternative; medians count. The
page is served by a process beside them. Bytecode is cached, as it is where anything is installed: a first process of
each kind makes it and does not count.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import pages
from benchmarks.table import Row

TURNS = 11
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
_SERVER = """
import http.server, pathlib, sys
body = pathlib.Path(sys.argv[1]).read_bytes()

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass

server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
_BARE = """
import asyncio, json, sys, httpx

async def main():
    async with httpx.AsyncClient(headers={"authorization": "Bearer t"}) as client:
        response = await client.get(sys.argv[1] + "/call", params={"limit": 100})
        response.raise_for_status()
        return json.loads(response.content)

calls = asyncio.run(main())
assert len(calls) == 100 and calls[0]["id"]
"""
_OURS = """
import asyncio, sys
from vapi_async import AsyncVapi

async def main():
    async with AsyncVapi(token="t", base_url=sys.argv[1]) as vapi:
        return await vapi.calls.list(limit=100)

calls = asyncio.run(main())
assert len(calls) == 100 and calls[0].id
"""
_IMPORT_OURS = """
import time, attrs
start = time.perf_counter()
from vapi_async import AsyncVapi
client = AsyncVapi(token="t")
def touch(holder):
    for name, member in vars(type(holder)).items() or ():
        if hasattr(member, "attrname"):
            touch(getattr(holder, name))
    for base in type(holder).__mro__[1:-1]:
        for name, member in vars(base).items():
            if hasattr(member, "attrname"):
                touch(getattr(holder, name))
touch(client)
print(time.perf_counter() - start)
"""
_IMPORT_HTTPX = """
import time, attrs
start = time.perf_counter()
import httpx
print(time.perf_counter() - start)
"""
_FIRST_DECODE = """
import json, sys, time
import vapi_async.models
assistant = json.loads(sys.argv[1])
from vapi_async.models import Assistant
start = time.perf_counter()
Assistant.from_dict(assistant)
print(time.perf_counter() - start)
"""


def run() -> list[Row]:
    """Measure everything; about half a minute."""
    return [*_list_of_calls(), _imports(), _first_decode()]


def _list_of_calls() -> list[Row]:
    page = json.dumps(pages.calls(), separators=(",", ":")).encode()
    with served(page) as url:
        _process(_OURS, url), _process(_BARE, url)
        turns = [(_process(_OURS, url), _process(_BARE, url)) for _ in range(TURNS)]
    loads = min(_timed_loads(page) for _ in range(TURNS))
    extra = statistics.median(ours[0] - bare[0] for ours, bare in turns)
    memory = statistics.median(ours[1] / bare[1] for ours, bare in turns)
    bound, aim = 0.3 * loads + 0.045, 0.1 * loads + 0.025
    return [
        Row(
            "fresh process, 100 calls listed: CPU time beyond the bare script",
            1e3 * extra,
            1e3 * bound,
            1e3 * aim,
            "ms",
        ),
        Row("fresh process, 100 calls listed: peak memory vs the bare script", memory, 1.15, 1.08, "x"),
    ]


def _imports() -> Row:
    turns = [(_printed(_IMPORT_OURS), _printed(_IMPORT_HTTPX)) for _ in range(TURNS + 1)][1:]
    made = statistics.median(ours / httpx for ours, httpx in turns)
    return Row("import + client + every resource vs importing httpx", made, 0.5, 0.35, "x")


def _first_decode() -> Row:
    assistant = json.dumps(pages.assistants(1)[0])
    made = statistics.median([_printed(_FIRST_DECODE, assistant) for _ in range(TURNS + 1)][1:])
    return Row("first decode of an assistant with about 20 nested objects, modules cold", 1e3 * made, 60, 30, "ms")


@contextmanager
def served(body: bytes) -> Iterator[str]:
    """A process that answers every GET with `body`; yields its address."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "page.json")
        path.write_bytes(body)
        server = subprocess.Popen([sys.executable, "-c", _SERVER, str(path)], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            yield f"http://127.0.0.1:{server.stdout.readline().strip()}"
        finally:
            server.terminate()
            server.wait()
            server.stdout.close()


def _process(script: str, url: str) -> tuple[float, float]:
    """Seconds of CPU time and peak memory of one process from start to end."""
    child = subprocess.Popen([sys.executable, "-c", script, url], env=_ENVIRONMENT)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0
    return usage.ru_utime + usage.ru_stime, float(usage.ru_maxrss)


def _printed(script: str, *arguments: str) -> float:
    """The number that a process prints."""
    command = [sys.executable, "-c", script, *arguments]
    done = subprocess.run(command, env=_ENVIRONMENT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def _timed_loads(page: bytes) -> float:
    start = time.process_time()
    json.loads(page)
    return time.process_time() - start
