"""Webhook deliveries per second, against a bare Starlette route that checks the same signature and parses the JSON.

Both are served by uvicorn, each in a process of its own, and get the same deliveries over a few connections, turn by
turn; the ratio of each pair of rounds counts, and of those the median. The second row calls the two apps directly: what
the server costs is left out of both, so the price of typed messages, duplicates and tools shows undiluted.

The mix: 40 % status updates, 40 % transcripts, 15 % tool calls, 5 % end-of-call reports of 31 KB; each delivery has
a body and signature of its own, and none is a duplicate. Every type has a handler, so that every message becomes a
model.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from benchmarks import pages
from benchmarks.table import Row, markdown
from vapi_async.webhooks import Webhooks, hmac_signature

if TYPE_CHECKING:
    from starlette.requests import Request

    from vapi_async.models import ServerMessageEndOfCallReport, ServerMessageStatusUpdate, ServerMessageTranscript

ROUNDS = 9
DELIVERIES = 600
CONNECTIONS = 8
SECRET = "a-secret-of-the-benchmark"
MIX = {"status-update": 40, "transcript": 40, "tool-calls": 15, "end-of-call-report": 5}

_LENGTH = re.compile(rb"content-length: (\d+)")
_SERVER = """
import asyncio, socket, sys, uvicorn
from benchmarks import webhooks

async def main():
    # Only of sockets that say TCP does asyncio send small packets at once.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    listening.listen(64)
    print(listening.getsockname()[1], flush=True)
    config = uvicorn.Config(getattr(webhooks, sys.argv[1])(), log_config=None, access_log=False)
    await uvicorn.Server(config).serve(sockets=[listening])

asyncio.run(main())
"""


def signed(body: bytes, moment: int) -> bytes:
    """Return a whole request over HTTP/1.1 with the signature of `body`."""
    signature = hmac.new(SECRET.encode(), b"%d." % moment + body, hashlib.sha256).hexdigest()
    fields = (
        "POST /vapi HTTP/1.1",
        "host: hooks.example",
        "user-agent: bench",
        "accept: */*",
        "content-type: application/json",
        f"content-length: {len(body)}",
        f"x-timestamp: {moment}",
        f"x-signature: {signature}",
    )
    return "\r\n".join(fields).encode() + b"\r\n\r\n" + body


def bodies() -> Iterator[bytes]:
    """Yield the bodies of deliveries, all different, in a mixed order."""
    pool = {kind: _messages(kind) for kind in MIX}
    random = Random(11)
    for index in count():
        (kind,) = random.choices(list(MIX), list(MIX.values()))
        message = random.choice(pool[kind])
        call = {**message["call"], "id": f"{message['call']['id']}-{index}"}
        yield json.dumps({"message": {**message, "call": call}}, separators=(",", ":")).encode()


def _messages(kind: str) -> list[dict[str, Any]]:
    if kind == "end-of-call-report":
        return [_report(call) for call in pages.calls(10, messages=60)]
    found = (delivery["message"] for delivery in pages.webhooks(count=50))
    return [message for message in found if message["type"] == kind]


def _report(call: dict[str, Any]) -> dict[str, Any]:
    """Return the report on a call: 31 KB, most of it in the artifact."""
    told = ("endedReason", "artifact", "analysis", "startedAt", "endedAt", "cost", "costs", "costBreakdown", "customer")
    brief = {key: call[key] for key in ("id", "orgId", "createdAt", "updatedAt", "type", "status")}
    return {"type": "end-of-call-report", **{key: call[key] for key in told}, "call": brief}


def ours() -> Webhooks:
    """Return the app with a handler for every type of the mix."""
    hooks = Webhooks(verify=hmac_signature(SECRET))

    @hooks.on("status-update")
    async def on_status(message: ServerMessageStatusUpdate) -> None:
        assert message.status

    @hooks.on("transcript")
    async def on_transcript(message: ServerMessageTranscript) -> None:
        assert message.transcript

    @hooks.on("end-of-call-report")
    async def on_report(message: ServerMessageEndOfCallReport) -> None:
        assert message.artifact

    @hooks.tool("look_up")
    async def look_up(item: str) -> str:
        return item

    return hooks


def plain() -> Starlette:
    """Return a route that does the least that any must: it checks the signature and parses the body."""

    async def receive_message(request: Request) -> Response:
        body = await request.body()
        payload = request.headers["x-timestamp"].encode() + b"." + body
        expected = hmac.new(SECRET.encode(), payload, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(expected, request.headers["x-signature"]):
            return Response(status_code=401)
        json.loads(body)
        return JSONResponse({})

    return Starlette(routes=[Route("/vapi", receive_message, methods=["POST"])])


async def send(address: tuple[str, int], requests: Iterator[bytes]) -> None:
    """Send requests over a connection of their own, one after the other."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        for request in requests:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200"), head
            await reader.readexactly(int(_LENGTH.search(head)[1]))  # type: ignore[index]
    finally:
        writer.close()
        await writer.wait_closed()


async def rate(address: tuple[str, int], contents: Sequence[bytes]) -> float:
    """Return the deliveries per second that a server answers."""
    moment = int(time.time())
    requests = iter([signed(body, moment) for body in contents])  # shared: who is free takes the next one
    start = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(CONNECTIONS):
            group.create_task(send(address, requests))
    return len(contents) / (time.perf_counter() - start)


async def measure(theirs: tuple[str, int], plains: tuple[str, int]) -> float:
    """Return the median ratio of the rates, each round with the order turned."""
    contents = bodies()
    ratios = []
    for turn in range(ROUNDS + 1):
        part = [next(contents) for _ in range(DELIVERIES)]
        order = [theirs, plains] if turn % 2 else [plains, theirs]
        rates = {address: await rate(address, part) for address in order}
        ratios.append(rates[theirs] / rates[plains])
    return statistics.median(ratios[1:])  # the first round loads the models


@contextmanager
def served(name: str) -> Iterator[tuple[str, int]]:
    """Serve an app of this module with uvicorn, in a process of its own."""
    command = [sys.executable, "-c", _SERVER, name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            yield "127.0.0.1", int(server.stdout.readline())
        finally:
            server.terminate()


async def call(app: Any, request: bytes) -> None:
    """Have an ASGI app answer a request, within this process."""
    head, _, body = request.partition(b"\r\n\r\n")
    fields = [tuple(field.split(b": ", 1)) for field in head.split(b"\r\n")[1:]]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/vapi",
        "raw_path": b"/vapi",
        "root_path": "",
        "query_string": b"",
        "headers": fields,
        "client": ("127.0.0.1", 1),
        "server": ("hooks.example", 80),
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        assert message.get("status", 200) == 200

    await app(scope, receive, send)


async def measure_in_process() -> float:
    """Return the median ratio of the rates of the two apps without a server."""
    apps, contents, ratios = (ours(), plain()), bodies(), []
    for _ in range(ROUNDS + 1):
        moment = int(time.time())
        requests = [signed(next(contents), moment) for _ in range(DELIVERIES)]
        seconds = []
        for app in apps:
            start = time.perf_counter()
            for request in requests:
                await call(app, request)
            seconds.append(time.perf_counter() - start)
        ratios.append(seconds[1] / seconds[0])
    return statistics.median(ratios[1:])


def run() -> list[Row]:
    """Start the servers and measure; some seconds."""
    with served("ours") as theirs, served("plain") as plains:
        value = asyncio.run(measure(theirs, plains))
    bare = asyncio.run(measure_in_process())
    return [
        Row("messages/s vs bare Starlette with HMAC + json, served", value, 0.75, 0.9, unit="x", at_least=True),
        Row("the same without a server", bare, 0.6, 0.8, unit="x", at_least=True),
    ]


if __name__ == "__main__":
    print(markdown("Webhooks", run()))
