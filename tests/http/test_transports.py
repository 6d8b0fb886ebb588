"""What a client can send through, and how it gets through the environment: TLS, proxies, cancellation, many at once."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.extensions.calls.test_tls import certificate  # noqa: F401 - a fixture
from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.stepping import cancel_at_every_step
from tests.http.ways import Proxy, TlsServer
from vapi_async import AsyncVapi, ConfigurationError, ConnectError, InvalidRequest, VapiError
from vapi_async._http.loop_resources import loop_resources
from vapi_async._http.transport.environment import Environment
from vapi_async._http.transport.sent_body import SentBody
from vapi_async._operations.raw_request import prepare_raw

ORIGIN = ("https", "api.example", 443)
TRANSPORTS = ("httpx", "aiohttp")


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    it = Proxy()
    yield it
    it.close()


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("variable", ["", "HTTPS_PROXY", "ALL_PROXY"])
async def test_tls_and_proxies_of_the_environment(
    transport: str,
    variable: str,
    certificate: Path,  # noqa: F811
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    if variable:
        monkeypatch.setenv(variable, proxy.url)
    with TlsServer(lambda _: ok, certificate) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport) as vapi:
            await vapi.calls.get("c")
            await vapi.calls.create(assistant_id="a")
        assert len(server.received) == 2
        assert server.connections == 1
        assert proxy.targets == ([server.url.removeprefix("https://")] if variable else [])


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("through_proxy", [False, True])
async def test_a_connection_that_was_closed_while_idle_costs_no_attempt(
    transport: str,
    through_proxy: bool,
    certificate: Path,  # noqa: F811
    proxy: Proxy,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    if through_proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)

    def answer_and_close(connection: Connection) -> bool:
        ok(connection)
        return connection.close()

    with TlsServer(lambda number: ok if number else answer_and_close, certificate) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport, retry=0) as vapi:
            await vapi.calls.get("c")
            await anyio.to_thread.run_sync(server.wait_until_idle)
            await vapi.calls.create(assistant_id="a")
        assert len(server.received) == server.connections == 2


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_request_leaves_no_circle_for_the_garbage_collector(transport: str) -> None:
    """With a thousand requests at once, looking for circles is most of what they cost beyond their own work."""

    def ours() -> set[int]:
        return {id(found) for found in gc.get_objects() if str(type(found).__module__).startswith("vapi_async.")}

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport) as vapi:
            await vapi.calls.get("c")
            gc.collect()
            gc.disable()
            try:
                before = ours()
                await vapi.calls.get("c")
                assert not ours() - before
            finally:
                gc.enable()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_certificate_that_nobody_vouches_for_is_no_connection(transport: str, certificate: Path) -> None:  # noqa: F811
    with TlsServer(lambda _: ok, certificate) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport, retry=0) as vapi:
            with pytest.raises(ConnectError) as caught:
                await vapi.calls.create(assistant_id="a")
        assert not caught.value.may_have_been_processed
        assert not server.received


@pytest.mark.parametrize(
    ("environment", "proxy"),
    [
        ({"HTTPS_PROXY": "proxy.example:8080"}, "http://proxy.example:8080"),
        ({"HTTPS_PROXY": "http://a", "ALL_PROXY": "http://b"}, "http://a"),
        ({"ALL_PROXY": "http://b"}, "http://b"),
        ({"HTTP_PROXY": "http://c"}, None),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "api.example"}, None),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": ".example"}, None),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "x, *"}, None),
        ({"HTTPS_PROXY": "http://a", "NO_PROXY": "other.example"}, "http://a"),
    ],
)
def test_which_proxy(environment: dict[str, str], proxy: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Environment().proxy(ORIGIN) == proxy
    assert Environment().proxy(("http", "localhost", 80)) is None


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_a_proxy_that_cannot_be_used_is_said(transport: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", "gopher://a")
    async with AsyncVapi("t", base_url="https://localhost:1", transport=transport, retry=0) as vapi:
        with pytest.raises(VapiError, match=r"[Pp]rox") as caught:
            await vapi.calls.create(assistant_id="a")
    assert not getattr(caught.value, "may_have_been_processed", True)
    assert isinstance(caught.value, InvalidRequest)


@pytest.mark.parametrize("tls", [False, True])
def test_cancelled_while_it_connects_it_leaves_no_socket(
    run: Runner,
    tls: bool,
    certificate: Path,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every time on a client whose connections are new: at each step of connecting, TLS, sending and reading."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))

    async def main() -> None:
        with TlsServer(lambda _: ok, certificate) if tls else FaultServer(lambda _: ok) as server:
            async with AsyncVapi("t", base_url=server.url, clock=FakeClock()) as vapi:
                transport: Any = loop_resources(vapi._session.shared).transport

                async def after(step: int) -> None:
                    assert not transport.busy
                    await transport.aclose()
                    vapi._session.shared.budget.tokens = 500

                await cancel_at_every_step(lambda: vapi.calls.get("c"), after)
                async with anyio.create_task_group() as group:
                    for _ in range(100):
                        group.start_soon(vapi.calls.get, "c")
            server.wait_until_idle()  # no connection is left open: each has a thread there, which ends with it
        gc.collect()

    run(main)


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_streams_wait_for_nothing_unless_the_user_set_a_cap(
    transport: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", "vapi_async")

    def waits() -> int:
        return sum("waits" in record.message for record in caplog.records)

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport) as vapi:
            prepared = prepare_raw(vapi._session, "GET", "/x", stream=True)
            bodies = [await vapi._session.perform(prepared) for _ in range(400)]
            assert not waits()
            for body in bodies:
                await body.aclose()
        async with AsyncVapi("t", base_url=server.url, transport=transport, max_concurrency=1) as vapi:
            prepared = prepare_raw(vapi._session, "GET", "/x", stream=True)
            async with await vapi._session.perform(prepared), asyncio.TaskGroup() as group:
                waiting = group.create_task(vapi.calls.get("c"))
                await asyncio.sleep(0)
                assert waits() == 1
                waiting.cancel()


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_an_upload_from_a_stream(transport: str) -> None:
    async def words() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b"word" * 10_000

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport) as vapi:
            await vapi.files.create(file=("a.txt", words()))
            await vapi.files.create(file=b"all of it")
    assert server.received[0].body.count(b"word") == 30_000
    assert b"all of it" in server.received[1].body


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_what_reading_a_stream_raises_is_the_users(transport: str) -> None:
    async def words() -> AsyncIterator[bytes]:
        yield b"word"
        raise KeyError("theirs")

    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport) as vapi:
            with pytest.raises(KeyError, match="theirs"):
                await vapi.files.create(file=("a.txt", words()))
    assert not server.received


@pytest.mark.parametrize("transport", TRANSPORTS)
async def test_only_the_header_fields_that_we_set_are_sent(transport: str) -> None:
    with FaultServer(lambda _: ok) as server:
        async with AsyncVapi("t", base_url=server.url, transport=transport, headers={"x-a": "1"}) as vapi:
            await vapi.request("POST", "/x", json={"a": 1})
            await vapi.request("GET", "/x?a=b%2Fc")
    assert set(server.received[0].headers) == {
        *("host", "authorization", "accept", "accept-encoding", "user-agent", "x-a", "content-type", "content-length"),
    }
    assert server.received[0].body == b'{"a":1}'
    assert server.received[1].target == "/x?a=b%2Fc"
    assert server.received[1].headers["authorization"] == "Bearer t"


def test_aiohttp_is_said_to_run_on_asyncio() -> None:
    async def main() -> None:
        async with AsyncVapi("t", transport="aiohttp") as vapi:
            with pytest.raises(ConfigurationError, match="asyncio only"):
                await vapi.calls.get("c")

    anyio.run(main, backend="trio")


def test_what_is_no_transport_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="'httpx' or 'aiohttp'"):
        AsyncVapi("t", transport="curl")
    with pytest.raises(ConfigurationError, match="not both"):
        AsyncVapi("t", transport="aiohttp", http_client=httpx.AsyncClient())


FORK: Any = type("AsyncClient", (), {"__module__": "httpx2"})


@pytest.mark.parametrize("http_client", [FORK(), httpx.Client(), object(), httpx.AsyncClient])
def test_a_client_of_something_else_is_refused_when_it_is_given(http_client: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"must be an httpx\.AsyncClient, not"):
        AsyncVapi("t", http_client=http_client)


@pytest.mark.parametrize("content", [b"all", b""])
async def test_a_library_that_sends_again_on_its_own_gets_no_body(content: bytes) -> None:
    body = SentBody(content)
    assert [body.asked, [piece async for piece in body], body.asked] == [False, [content], True]
    with pytest.raises(RuntimeError, match="sent once"):
        aiter(body)
