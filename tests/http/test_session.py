"""A session sends by itself: nothing below the client needs one."""

from __future__ import annotations

import ast
from pathlib import Path

import httpx
import pytest

import vapi_async
from tests.http.stub import Stub
from vapi_async import AsyncVapi, ClientClosedError, RetryPolicy
from vapi_async._http.base_url import same_origin
from vapi_async._http.clock import SystemClock
from vapi_async._http.credentials import Credentials
from vapi_async._http.hooks import Hooks
from vapi_async._http.options import Options, timeouts
from vapi_async._http.prepared_request import PreparedRequest
from vapi_async._http.session import Session
from vapi_async._http.shared_state import SharedState
from vapi_async._operations.raw_request import prepare_raw

ROOT = Path(vapi_async.__file__).parent
ROOMS = ("_modeling", "_http", "_operations", "_extensions")


def session(http: httpx.AsyncClient) -> Session:
    shared = SharedState("https://api.example", Credentials("t"), http, None, SystemClock())
    options = Options(timeouts=timeouts(5), retry=RetryPolicy(0), headers={"x-a": "1"}, hooks=Hooks(), strict=False)
    return Session(shared, options)


async def test_a_session_without_a_client() -> None:
    stub = Stub({"id": "c"})
    async with httpx.AsyncClient(transport=httpx.MockTransport(stub)) as http:
        sends = session(http)
        assert await sends.perform(prepare_raw(sends, "GET", "/x", query={"a": 1})) == {"id": "c"}
        response = await sends.send(prepare_raw(sends, "POST", "x", json={"b": 2}))
        await sends.aclose()
        with pytest.raises(ClientClosedError):
            await sends.perform(prepare_raw(sends, "GET", "/x"))
        assert not http.is_closed, "it was only borrowed"
    assert str(stub.requests[0].url) == "https://api.example/x?a=1"
    assert (response.status_code, response.parsed, stub.body) == (200, {"id": "c"}, {"b": 2})
    assert stub.last.headers["x-a"] == "1"


async def test_copies_share_and_keep_their_own_options() -> None:
    async with Stub().client() as vapi:
        copy = vapi.with_options(timeout=1, headers={"x-b": "2"})
        assert copy._session.shared is vapi._session.shared
        assert copy._session.options.timeouts["read"] == 1
        assert vapi._session.options.timeouts["read"] == 60
        assert "x-b" not in vapi._session.options.headers
        assert copy.calls._session is copy._session


def test_options_and_changes_that_do_not_exist_are_refused() -> None:
    vapi = AsyncVapi("t")
    with pytest.raises(TypeError, match="timout"):
        vapi.with_options(timout=5)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="timout"):
        vapi._session.options.updated(timout=5)  # type: ignore[call-arg]


def test_a_prepared_request_is_copied_not_changed() -> None:
    content = b"{}"
    first = PreparedRequest(
        "POST", "/x", "https://a/x?signature=s", headers={"a": "1"}, content=content, authorize=False, raw=True
    )
    other = first.replace(url="https://b/y?signature=t", headers={"b": "2"}, stream=True)
    assert (first.url, first.headers, first.stream) == ("https://a/x?signature=s", {"a": "1"}, False)
    assert (other.url, other.shown_url, other.headers) == ("https://b/y?signature=t", "https://b/y", {"b": "2"})
    assert other.stream
    kept = ("method", "path", "content", "authorize", "raw", "safety", "returns", "errors", "models", "trace")
    assert [getattr(other, name) for name in kept] == [getattr(first, name) for name in kept]
    secret = PreparedRequest("GET", "/x", "https://a/s3cret", headers={}, shown_url="https://a/…")
    assert secret.replace(stream=True).shown_url == "https://a/…"


def test_every_attribute_of_a_prepared_request_survives_a_copy() -> None:
    request = PreparedRequest("POST", "/x", "https://a/x", headers={})
    marks = {name: object() for name in PreparedRequest.__slots__}
    for name, mark in marks.items():
        setattr(request, name, mark)
    assert {name: getattr(request.replace(), name) for name in PreparedRequest.__slots__} == marks


async def test_header_fields_of_a_raw_request_come_before_those_of_its_body() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.request("PATCH", "/x", json={}, headers={"Content-Type": "application/merge-patch+json"})
    assert stub.last.headers["content-type"] == "application/merge-patch+json"
    assert stub.last.headers["content-length"] == "2"


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_below_the_client_names_it(room: str) -> None:
    files = sorted((ROOT / room).rglob("*.py"))
    assert files
    for path in files:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom):
                assert node.module not in ("vapi_async.client", "vapi_async.resource", "vapi_async.models"), path


def test_port_0_is_another_origin() -> None:
    assert not same_origin("https://api.example", "https://api.example:0")
    assert same_origin("https://api.example", "https://api.example:443/x")
