"""In every framework and served alone, over real sockets."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from queue import Queue
from typing import Any

import anyio
import httpx
import httpx_ws
import pytest

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.frameworks import APPS, WEBSOCKETS
from tests.webhooks.serving import Address, asgi_server, exchange, post
from vapi_async.webhooks import TranscriberSession, Webhooks, shared_secret

SECRET = {"X-Vapi-Secret": "s"}
LIMIT = 10 * 1024 * 1024


class Service:
    """The app under test, and what its handlers saw."""

    def __init__(self) -> None:
        self.events: Queue[Any] = Queue()
        self.hooks = hooks = Webhooks(verify=shared_secret("s"))

        @hooks.on("hang", "status-update")
        async def in_loop(message: Any) -> None:
            self.events.put(message)

        @hooks.on("end-of-call-report")
        def in_thread(message: Any) -> None:
            self.events.put(message)

        @hooks.on("transfer-update")
        async def fails(message: Any) -> None:
            self.events.put(message)
            raise RuntimeError("of my own")

        @hooks.on("assistant-request")
        async def choose(message: Any) -> Any:
            return {"assistantId": "a"}

        @hooks.tool("add")
        async def add(a: int, b: int) -> int:
            return a + b

        @hooks.on("voice-request")
        async def speak(message: Any) -> AsyncIterator[bytes]:
            for number in range(3):
                yield bytes([number]) * 4

        @hooks.transcriber
        async def transcribe(session: TranscriberSession) -> None:
            async for frame in session:
                customer, assistant = session.split(frame)
                await session.send(customer.decode())
                await session.send(assistant.decode(), channel="assistant", partial=True)


@pytest.fixture(params=APPS)
def served(request: pytest.FixtureRequest) -> Iterator[tuple[Service, Address]]:
    service = Service()
    with APPS[request.param](service.hooks) as address:
        yield service, address


@pytest.fixture
def alone() -> Iterator[tuple[Service, Address]]:
    service = Service()
    with asgi_server(service.hooks) as address:
        yield service, address


def url(address: Address) -> str:
    return f"http://127.0.0.1:{address[1]}/vapi/"


def test_every_kind_of_delivery_in_every_framework(served: tuple[Service, Address]) -> None:
    service, address = served
    with httpx.Client(headers=SECRET, timeout=60) as client:

        def send(content: bytes, **options: Any) -> httpx.Response:
            return client.post(url(address), content=content, **options)

        for kind in ("hang", "end-of-call-report", "transfer-update"):
            response = send(body(kind))
            assert (response.status_code, response.json()) == (200, {})
            assert service.events.get(timeout=60).type == kind
        assert send(body("assistant-request")).json() == {"assistantId": "a"}
        results = send(tool_calls(("1", "add", {"a": 1, "b": 2}), ("2", "add", {"a": "x"}))).json()["results"]
        assert (results[0]["result"], list(results[1])) == ("3", ["toolCallId", "name", "error"])
        audio = send(body("voice-request", text="a", sampleRate=8000))
        assert audio.content == b"\0\0\0\0\1\1\1\1\2\2\2\2"
        assert audio.headers["content-type"] == "application/octet-stream"
        assert send(b"no json").status_code == 400
        assert send(body("hang"), headers={"X-Vapi-Secret": "t"}).status_code == 401
        assert client.get(url(address)).status_code == 405


def test_many_at_once_get_each_their_own_answer(served: tuple[Service, Address]) -> None:
    _, address = served

    client = httpx.Client(headers=SECRET, timeout=60, verify=False)

    def ask(number: int) -> None:
        content = tool_calls((f"call-{number}", "add", {"a": number, "b": 1}))
        response = client.post(url(address), content=content)
        (result,) = response.json()["results"]
        assert (result["toolCallId"], result["result"]) == (f"call-{number}", str(number + 1))

    with client, ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(64)))


def test_a_body_that_comes_slowly_and_in_pieces(alone: tuple[Service, Address]) -> None:
    service, address = alone
    content = post("/", body("hang"), "x-vapi-secret: s")
    answer = exchange(address, *(content[index : index + 7] for index in range(0, len(content), 7)))
    assert answer.startswith(b"HTTP/1.1 200")
    assert service.events.get(timeout=60).type == "hang"


def test_a_chunked_body(alone: tuple[Service, Address]) -> None:
    service, address = alone
    content = body("hang")
    head = b"POST / HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\nx-vapi-secret: s\r\n\r\n"
    chunks = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in (content[:10], content[10:])]
    assert exchange(address, head, *chunks, b"0\r\n\r\n").startswith(b"HTTP/1.1 200")
    assert service.events.get(timeout=60).type == "hang"


@pytest.mark.parametrize("chunked", [False, True])
def test_one_byte_more_than_the_limit_is_too_large(chunked: bool, alone: tuple[Service, Address]) -> None:
    _, address = alone
    content = body("hang")
    padded = content + b" " * (LIMIT - len(content))

    def send(whole: bytes) -> int:
        given: Any = iter([whole[:1_000_000], whole[1_000_000:]]) if chunked else whole
        return client.post(url(address), content=given).status_code

    with httpx.Client(headers=SECRET, timeout=60) as client:
        assert send(padded) == 200
        assert send(padded + b" ") == 413


@pytest.mark.parametrize("framework", ["flask", "django-asgi", "django-wsgi", "aiohttp"])
def test_long_bodies_in_frameworks_with_limits_of_their_own(framework: str) -> None:
    service = Service()
    content = body("hang", padding="x" * 3_000_000)
    with APPS[framework](service.hooks) as address, httpx.Client(headers=SECRET, timeout=60) as client:
        assert client.post(url(address), content=content).status_code == 200
        assert service.events.get(timeout=60).type == "hang"
        assert client.post(url(address), content=b" " * (LIMIT + 1)).status_code == 413


def test_clients_that_break_off_leave_the_server_as_it_was(alone: tuple[Service, Address]) -> None:
    service, address = alone
    content = body("hang")
    exchange(address, post("/", content, "x-vapi-secret: s", length=len(content) + 1), half=True)
    exchange(address, b"POST / HT", half=True)
    assert exchange(address, post("/", body("hang"), "x-vapi-secret: s")).startswith(b"HTTP/1.1 200")
    service.events.get(timeout=60)
    assert service.events.empty()


def test_a_client_that_does_not_wait_for_its_answer_is_handled_all_the_same(alone: tuple[Service, Address]) -> None:
    service, address = alone
    exchange(address, post("/", body("hang"), "x-vapi-secret: s"), half=True)
    assert service.events.get(timeout=60).type == "hang"


# Of WSGI servers werkzeug closes the response before the client has read it to its end.
@pytest.mark.parametrize("framework", ["alone", "route", "aiohttp", "django-asgi"])
def test_the_answer_is_there_before_the_events_are_done(framework: str) -> None:
    hooks = Webhooks(verify=None)
    go, done = threading.Event(), threading.Event()

    @hooks.on("hang")
    def slow(message: Any) -> None:
        assert go.wait(60)
        done.set()

    with APPS[framework](hooks) as address:
        assert httpx.post(url(address), content=body("hang"), timeout=60).status_code == 200
        assert not done.is_set()
        go.set()
        assert done.wait(60)


STREAMING = ["alone", "route", "aiohttp"]  # Django's own streams end as if nothing had happened


@pytest.mark.parametrize("framework", STREAMING)
def test_audio_that_breaks_off_is_seen_to_be_incomplete(framework: str) -> None:
    hooks = Webhooks(verify=None)

    @hooks.on("voice-request")
    async def speak(message: Any) -> AsyncIterator[bytes]:
        yield b"abcd"
        raise ValueError("broken")

    with APPS[framework](hooks) as address, pytest.raises(httpx.RemoteProtocolError, match="incomplete"):
        httpx.post(url(address), content=body("voice-request"), timeout=60)


@pytest.mark.parametrize("framework", STREAMING)
def test_a_listener_that_hangs_up_stops_an_endless_voice(framework: str) -> None:
    hooks = Webhooks(verify=None)
    stopped = threading.Event()

    @hooks.on("voice-request")
    async def speak(message: Any) -> AsyncIterator[bytes]:
        try:
            yield b"first"
            await anyio.sleep_forever()
        finally:
            stopped.set()

    with APPS[framework](hooks) as address:
        with httpx.stream("POST", url(address), content=body("voice-request"), timeout=60) as response:
            chunks = response.iter_raw()
            assert next(chunks) == b"first"
            assert not stopped.is_set()
        assert stopped.wait(60)


START = {"type": "start", "encoding": "linear16", "container": "raw", "sampleRate": 16000, "channels": 2}


@pytest.mark.parametrize("mounted", WEBSOCKETS)
def test_a_transcriber_over_a_websocket(mounted: str) -> None:
    service = Service()
    with (
        APPS[mounted](service.hooks) as address,
        httpx.Client(headers=SECRET, timeout=60) as client,
        httpx_ws.connect_ws(url(address), client) as session,
    ):
        session.send_text(json.dumps(START))
        session.send_bytes(b"c1a1c2a2")
        responses = [json.loads(session.receive_text(timeout=60)) for _ in range(2)]
    told = [(one["transcription"], one["channel"], one["transcriptType"]) for one in responses]
    assert told == [("c1c2", "customer", "final"), ("a1a2", "assistant", "partial")]


def test_a_websocket_that_is_not_verified_is_a_403(alone: tuple[Service, Address]) -> None:
    _, address = alone
    refused = pytest.raises(httpx_ws.WebSocketUpgradeError)
    with httpx.Client() as client, refused as caught, httpx_ws.connect_ws(url(address), client):
        pass
    assert caught.value.response.status_code == 403


@pytest.mark.parametrize(("first", "code"), [(b"abcd", 1003), ("no json", 1007)])
def test_a_websocket_that_begins_wrongly_is_closed(first: Any, code: int, alone: tuple[Service, Address]) -> None:
    _, address = alone
    with httpx.Client(headers=SECRET, timeout=60) as client, httpx_ws.connect_ws(url(address), client) as session:
        session.send_bytes(first) if isinstance(first, bytes) else session.send_text(first)
        with pytest.raises(httpx_ws.WebSocketDisconnect) as caught:
            session.receive_text(timeout=60)
    assert caught.value.code == code
