"""Which connection sends a request, and what becomes of it afterwards."""

from __future__ import annotations

import ssl
from types import SimpleNamespace
from typing import Any

import anyio
import httpcore
import httpx
import pytest

from vapi_async._http.transport import own
from vapi_async._http.transport.environment import Environment
from vapi_async._http.transport.own import Connection, OwnTransport, origin_of

ORIGIN = ("http", "a.example", 80)


class Made:
    """Stands for a connection; all that were made are in `all`."""

    all: list[Made]

    def __init__(self, origin: Any, environment: Environment) -> None:
        self.origin = origin
        self.idle_since = 0.0
        self.is_open = True
        self.closed = 0
        self.failure: BaseException | None = None
        self.all.append(self)

    async def send(self, request: httpx.Request) -> httpx.Response:
        if "fails" in request.url.path:
            raise httpx.ReadError("lost")
        return httpx.Response(200, stream=Answer(fails="breaks" in request.url.path))

    async def aclose(self) -> None:
        self.closed += 1


class Answer(httpx.AsyncByteStream):
    def __init__(self, *, fails: bool) -> None:
        self._fails = fails

    async def aclose(self) -> None:
        if self._fails:
            raise KeyError


class Scene:
    def __init__(self) -> None:
        self.now = 1000.0
        self.transport = OwnTransport(Environment())

    async def send(self, url: str = "https://a.example/") -> Any:
        _, release = await self.transport._answer(httpx.Request("GET", url))
        return release

    async def use(self, url: str = "https://a.example/", *, midway: bool = False) -> None:
        await (await self.send(url))(midway)

    @property
    def closed(self) -> list[int]:
        return [connection.closed for connection in Made.all]


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene()
    Made.all = []
    monkeypatch.setattr(own, "Connection", Made)
    monkeypatch.setattr(own, "time", made)
    made.monotonic = lambda: made.now  # type: ignore[attr-defined]
    return made


async def test_the_last_used_is_used_again(scene: Scene) -> None:
    first, second = await scene.send(), await scene.send()
    await second(False)
    await first(False)
    third = await scene.send()
    assert (len(Made.all), scene.transport.busy) == (2, {Made.all[0]})
    await third(False)
    assert (scene.transport.busy, scene.closed) == (set(), [0, 0])


async def test_each_origin_has_its_own(scene: Scene) -> None:
    await scene.use()
    await scene.use("https://b.example/")
    await scene.use("https://a.example:444/")
    assert len({connection.origin for connection in Made.all}) == len(Made.all) == 3


async def test_what_the_other_side_closed_is_closed_and_another_made(scene: Scene) -> None:
    await scene.use()
    Made.all[0].is_open = False
    await scene.use()
    await scene.use()
    assert scene.closed == [1, 0]


@pytest.mark.parametrize(("seconds", "closed"), [(5.0, [0, 0, 0]), (5.1, [1, 0, 0])])
async def test_what_is_idle_for_five_seconds_is_closed_one_with_each_request(
    scene: Scene, seconds: float, closed: list[int]
) -> None:
    releases = [await scene.send() for _ in range(3)]
    for release in releases:
        await release(False)
    scene.now += seconds
    await scene.use()
    assert scene.closed == closed


async def test_the_connections_of_other_origins_expire_too(scene: Scene) -> None:
    await scene.use()
    await scene.use("https://b.example/")
    scene.now += 6.0
    await scene.use("https://c.example/")
    assert scene.closed == [1, 0, 0]
    await scene.use("https://c.example/")  # the first origin has none left, and is forgotten
    assert [origin[1] for origin in scene.transport.idle] == ["b.example", "c.example"]
    await scene.use("https://c.example/")
    assert scene.closed == [1, 1, 0]


async def test_one_that_failed_is_closed(scene: Scene) -> None:
    with pytest.raises(httpx.ReadError):
        await scene.send("https://a.example/fails")
    assert (scene.closed, scene.transport.busy, scene.transport.idle) == ([1], set(), {})


async def test_one_whose_answer_was_not_read_to_its_end_is_closed(scene: Scene) -> None:
    await scene.use(midway=True)
    await scene.use()
    assert (scene.closed, scene.transport.busy) == ([1, 0], set())


async def test_one_whose_answer_cannot_be_closed_is_closed(scene: Scene) -> None:
    with pytest.raises(KeyError):
        await scene.use("https://a.example/breaks")
    assert (scene.closed, scene.transport.busy) == ([1], set())
    await scene.use()
    assert len(Made.all) == 2


async def test_closing_closes_all_and_what_was_in_use_is_not_kept(scene: Scene) -> None:
    idle, busy = await scene.send(), await scene.send()
    await idle(False)
    await scene.transport.aclose()
    assert scene.closed == [1, 1]
    assert (scene.transport.busy, scene.transport.idle) == (set(), {})
    await busy(False)
    assert (scene.closed, scene.transport.idle) == ([1, 2], {})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://a.example/x", ("http", "a.example", 80)),
        ("https://a.example", ("https", "a.example", 443)),
        ("https://a.example:8443/", ("https", "a.example", 8443)),
        ("other://a.example/", ("other", "a.example", 0)),
    ],
)
def test_origins(url: str, origin: tuple[str, str, int]) -> None:
    assert origin_of(httpx.URL(url)) == origin


class Closable:
    """A stream, or what has connections; closing it may fail."""

    def __init__(self, *, closed: bool = False, expired: bool = False, fails: bool = False) -> None:
        self.closed = closed
        self.expired = expired
        self._fails = fails
        self._connection = None

    def is_closed(self) -> bool:
        return self.closed

    def has_expired(self) -> bool:
        return self.expired

    async def aclose(self) -> None:
        await anyio.lowlevel.checkpoint()
        self.closed = True
        if self._fails:
            raise OSError

    async def handle_async_request(self, request: httpcore.Request) -> httpcore.Response:
        return httpcore.Response(200, content=b"")


def connected(monkeypatch: pytest.MonkeyPatch, proxy: str = "") -> Any:
    monkeypatch.setattr(Environment, "proxy", lambda *_: proxy)
    return Connection(ORIGIN, Environment())._transport


@pytest.mark.parametrize(("closed", "expired"), [(False, False), (True, False), (False, True)])
def test_what_was_closed_or_is_too_old_is_not_open(
    closed: bool, expired: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection = Closable(closed=closed, expired=expired)
    direct, proxied = connected(monkeypatch), connected(monkeypatch, "http://proxy.example")
    direct._pool = connection
    proxied._pool = SimpleNamespace(connections=[connection])
    assert direct.is_open is proxied.is_open is not (closed or expired)


async def test_a_connection_is_closed_in_a_cancelled_task_too() -> None:
    connection, inner = Connection(ORIGIN, Environment()), Closable(fails=True)
    connection._transport = inner  # type: ignore[assignment]
    with anyio.CancelScope() as scope:
        scope.cancel()
        await connection.aclose()
    assert inner.closed


@pytest.mark.parametrize("fails", [False, True])
async def test_a_socket_that_a_cancelled_handshake_left_is_closed(fails: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    direct, pool, stream = connected(monkeypatch), Closable(fails=fails), Closable()

    async def connect(*_: Any, **__: Any) -> Any:
        return stream

    direct._network._anyio = SimpleNamespace(connect_tcp=connect)
    direct._pool = pool
    await direct.aclose()
    assert (pool.closed, stream.closed) == (True, False)
    assert await direct._network.connect_tcp("a.example", 80) is stream
    await direct.aclose()
    assert stream.closed


@pytest.mark.parametrize("fails", [False, True])
async def test_a_socket_that_a_cancelled_handshake_of_a_proxy_left_is_closed(
    fails: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxied, pool, stream = connected(monkeypatch, "http://proxy.example"), Closable(fails=fails), Closable()
    proxied._pool = pool
    await proxied.aclose()
    assert pool.closed
    request = httpx.Request("GET", "http://a.example/")
    await (await proxied.handle_async_request(request)).aclose()
    await request.extensions["trace"]("connection.connect_tcp.complete", {"return_value": stream})
    await request.extensions["trace"]("connection.start_tls.complete", {"return_value": None})
    await proxied.aclose()
    assert stream.closed


async def test_an_answer_of_who_mocks_the_library_has_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    direct = connected(monkeypatch)
    direct._pool = Closable()
    response = await direct.handle_async_request(httpx.Request("GET", "http://a.example/"))
    assert response.status_code == 200


def test_a_proxy_is_reached_with_the_certificates_of_the_environment() -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    assert own._through("https://proxy.example", tls).ssl_context is tls
    assert own._through("http://proxy.example", tls).ssl_context is None
