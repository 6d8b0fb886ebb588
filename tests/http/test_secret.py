"""No traceback shows the token, with the local variables of every frame in it."""

from __future__ import annotations

import io
import pickle
import pprint
import traceback
from typing import Any

import httpx
import pytest
from rich.console import Console
from rich.pretty import pretty_repr
from rich.traceback import Traceback

from tests.http.fault_server import Connection, FaultServer
from vapi_async import AsyncVapi, HookError, VapiError
from vapi_async._http.secret import Secret

TOKEN = "hush" * 40  # long, as a JWT: of such a string others show the beginning
OTHER = "quiet" * 30


def refused(connection: Connection) -> bool:
    connection.read()
    return connection.answer(401, b'{"message": "Invalid Key"}')


def lost(connection: Connection) -> bool:
    connection.read()
    return connection.reset()


def no_json(connection: Connection) -> bool:
    connection.read()
    return connection.answer(200, b"<html>")


def cut_short(connection: Connection) -> bool:
    connection.read()
    connection.send(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{")
    return connection.reset()


@pytest.mark.parametrize("fault", [refused, lost, no_json, cut_short, None])
@pytest.mark.parametrize("transport", ["own", "borrowed", "aiohttp"])
@pytest.mark.parametrize("given", ["token", "provider", "header"])
async def test_of_a_failed_request(fault: Any, transport: str, given: str) -> None:
    options: dict[str, Any] = {"transport": "aiohttp"} if transport == "aiohttp" else {}
    options["token"] = {"token": TOKEN, "provider": lambda: TOKEN, "header": OTHER}[given]
    if given == "header":
        options["headers"] = {"Authorization": TOKEN, "X-Vapi-Secret": OTHER}
    with FaultServer(lambda _: fault) as server:
        url = server.url  # nobody listens there any more
    async with httpx.AsyncClient() as http:
        if transport == "borrowed":
            options["http_client"] = http
        if fault is None:
            await check(options, url)
        else:
            with FaultServer(lambda _: fault) as server:
                await check(options, server.url)


async def check(options: dict[str, Any], url: str) -> None:
    options["base_url"] = url
    async with AsyncVapi(retry=0, **options) as vapi:
        options.clear()
        with pytest.raises(VapiError) as caught:
            await vapi.calls.list()
    assert "list" in shown(caught.value)


async def test_of_a_hook_that_fails() -> None:
    def on_request(event: Any) -> None:
        raise KeyError("x")

    async with AsyncVapi(TOKEN, headers={"cookie": OTHER}, on_request=on_request) as vapi:
        with pytest.raises(HookError) as caught:
            await vapi.calls.list()
    shown(caught.value)
    console = Console(file=io.StringIO(), width=200)
    console.print(Traceback.from_exception(HookError, caught.value, caught.value.__traceback__, show_locals=True))
    assert "on_request" in console.file.getvalue()
    assert "hushhush" not in console.file.getvalue()


@pytest.mark.parametrize(
    "options", [{"token": TOKEN + " x"}, {"token": TOKEN, "base_url": "ftp://x"}, {"token": "é" + TOKEN}]
)
def test_of_a_client_that_cannot_be_made(options: dict[str, Any]) -> None:
    with pytest.raises(VapiError) as caught:
        AsyncVapi(**options)
    options.clear()
    shown(caught.value)


@pytest.mark.parametrize("answer", [TOKEN.encode(), TOKEN + " x"])
async def test_of_a_provider_that_gives_no_token(answer: Any) -> None:
    answers = [answer]
    del answer
    async with AsyncVapi(answers.pop) as vapi:
        with pytest.raises(VapiError) as caught:
            await vapi.calls.list()
    shown(caught.value)


def shown(error: Exception) -> str:
    """Return all that a traceback shows, once it is sure that no secret is in it."""
    own = [frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_globals["__name__"] != __name__]
    assert own
    extracted = Traceback.extract(type(error), error, error.__traceback__, show_locals=True, locals_max_length=1000)
    frames = [frame for stack in extracted.stacks for frame in stack.frames]
    nodes = [str(node) for frame in frames for node in (frame.locals or {}).values()]
    assert nodes
    text = "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())
    parts = [text, *nodes, repr(error), str(error), pprint.pformat(vars(error)), pretty_repr(error)]
    parts += [repr(pickle.dumps(error))]
    for part in parts:
        assert "hushhush" not in part
        assert "quietquiet" not in part
    return text


def test_a_secret_is_a_string_but_for_its_repr() -> None:
    secret = Secret("abcdef")
    assert secret == "abcdef"
    assert str(secret) == f"{secret}" == "abcdef"
    assert type(str(secret)) is str
    assert secret.encode() == b"abcdef"
    assert secret[:3] == "abc"
    assert repr(secret) == repr(secret[:3]) == "'***'"
    assert repr({"a": [secret]}) == "{'a': ['***']}"
