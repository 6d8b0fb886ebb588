"""Streams that go wrong: the end is known, or it raises, and nothing is asked for twice."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import anyio
import httpx
import pytest

from tests.extensions.chats.sse_server import (
    DONE,
    TO_THE_CLOSE,
    answers,
    chunk,
    client,
    completed,
    delta,
    sse,
    streams,
    whole_chat,
    whole_response,
)
from tests.extensions.chats.test_stream import ENDPOINTS, start
from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Fault, FaultServer
from tests.http.test_cancellation import assert_nothing_is_left
from vapi_async import (
    BadRequestError,
    ConnectionLost,
    DecodeError,
    HookError,
    InternalServerError,
    RateLimitError,
    ReadTimeout,
    RequestError,
    RetryPolicy,
    StreamError,
)
from vapi_async._extensions.chats.stream import ChatStream
from vapi_async._modeling.partial_results import Partial

TWO = sse(chunk("Hel"), chunk("lo", sessionId="s-1"))
TYPED = sse({"type": "response.created", "response": {"id": "resp-1"}}, delta("Hel"), delta("lo"))


async def read_into(deltas: list[str], stream: ChatStream) -> None:
    async for piece in stream:
        deltas.append(piece)  # noqa: PERF401 - what came before an error counts


def failing(
    run: Runner, fault: Fault, kind: type[RequestError], endpoint: str = "stream", **options: Any
) -> tuple[Any, list[str]]:
    """Read a stream that fails; return the error and what came before. It was asked for once, and is closed."""

    async def main() -> tuple[Any, list[str]]:
        deltas: list[str] = []
        with FaultServer(lambda number: fault) as server:
            async with client(server, **{"retry": RetryPolicy(retry_unsafe=True), **options}) as vapi:
                async with start(vapi, endpoint) as stream:
                    with pytest.raises(kind) as caught:
                        await read_into(deltas, stream)
                    for again in (stream.text, stream.__anext__, stream.events().__anext__):
                        with pytest.raises(kind) as second:
                            await again()
                        assert second.value is caught.value
                    assert not stream.completed
                assert_nothing_is_left(vapi)
            assert len(server.received) == 1
        return caught.value, deltas

    error, deltas = run(main)
    assert type(error) is kind
    assert error.may_have_been_processed
    assert error.attempts == 1
    assert error.partial.text == "".join(deltas)
    return error, deltas


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    "fault",
    [
        streams(TWO, then="reset"),
        streams(TWO, then="close"),
        streams(TWO + b'data: {"id": "chat-1", "pa', then="close"),
        streams(TWO + b'data: {"id": "chat-1", "pa'),
        streams(TWO + sse(chunk("!"))[:-1]),
        streams(TWO + b"data: [DONE"),
        streams(TWO, head=TO_THE_CLOSE),
        streams(TWO, head=TO_THE_CLOSE, then="reset"),
        streams(TYPED),
        streams(TYPED, then="reset"),
        streams(sse(chunk("Hello")) + sse({"type": "response.news"})),
    ],
)
def test_a_stream_that_is_cut_off(fault: Fault, endpoint: str, run: Runner) -> None:
    error, deltas = failing(run, fault, ConnectionLost, endpoint)
    assert "".join(deltas) == "Hello"
    assert error.partial.id in ("chat-1", "resp-1")


@pytest.mark.parametrize("body", [TWO + DONE, TYPED + DONE, TYPED + sse(completed("Hello"))])
def test_a_stated_end_is_one_however_the_connection_ends(body: bytes, run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(body, head=TO_THE_CLOSE)) as server:
            async with client(server) as vapi, start(vapi) as stream:
                assert await stream.text() == "Hello"
                assert stream.completed

    run(main)


def test_a_whole_answer_that_is_cut_off(run: Runner) -> None:
    for fault in (
        streams(b'{"id": "chat-1", "output": [', then="close"),
        streams(b'{"id": "chat-1", "output": [', then="reset"),
    ):
        failing(run, fault, ConnectionLost)
    failing(run, streams(b'{"id": "chat-1", "output": ['), DecodeError)


def test_silence(run: Runner) -> None:
    error, _ = failing(run, streams(TWO, then="stall"), ReadTimeout, timeout=httpx.Timeout(5, read=0.05))
    assert error.partial == Partial("Hello", "chat-1", "s-1")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (
            sse({"type": "error", "code": "c", "message": "no\nway", "param": "p", "sequence_number": 3}),
            ("no way", "c", "p"),
        ),
        (sse({"type": "error", "error": {"message": "no", "code": "c", "param": "p"}}), ("no", "c", "p")),
        (b'event: error\ndata: {"message": "no", "type": "server_error"}\n\n', ("no", None, None)),
        (b"event: error\ndata: out of order\n\n", ("out of order", None, None)),
        (b'event: error\ndata: "out of order"\n\n', ('"out of order"', None, None)),
        (sse({"error": "no"}), ("no", None, None)),
        (sse({"error": {"message": "no", "code": 7}}), ("no", "7", None)),
        (sse({"message": ["a", "b"], "error": "Bad Request", "statusCode": 400}), ("a; b", "400", None)),
        (sse({"message": "no", "statusCode": 500}), ("no", "500", None)),
        (sse({"type": "response.failed", "response": {"error": {"code": "c", "message": "no"}}}), ("no", "c", None)),
        (sse({"type": "response.failed", "response": {"id": "r", "error": "no"}}), ("no", None, None)),
        (sse(completed("x", status="failed", error="no")), ("no", None, None)),
        (sse({**chunk(""), "error": "no"}), ("no", None, None)),
    ],
)
def test_a_failure_that_the_api_reports(event: bytes, expected: Any, endpoint: str, run: Runner) -> None:
    error, _ = failing(run, streams(TWO + event + DONE), StreamError, endpoint)
    assert (error.message, error.code, error.param) == expected
    assert error.partial == Partial("Hello", "chat-1", "s-1")
    assert error.message in str(error)


def test_a_response_that_is_incomplete(run: Runner) -> None:
    details = {"type": "response.incomplete", "response": {"error": None, "incomplete_details": {"reason": "length"}}}
    error, _ = failing(run, streams(TYPED + sse(details)), StreamError)
    assert error.code == "length"
    assert "length" in error.message


@pytest.mark.parametrize("body", [b'{"error": "no"}', b'{"message": "no", "statusCode": 400}'])
def test_a_failure_in_place_of_the_answer(body: bytes, run: Runner) -> None:
    assert failing(run, answers(body), StreamError)[0].message == "no"


@pytest.mark.parametrize("status", ["failed", "incomplete"])
def test_a_whole_response_that_failed(status: str, run: Runner) -> None:
    body = sse(whole_response("Hi", status=status))[6:]
    failing(run, answers(body), StreamError, "stream_response")


def test_an_event_may_have_an_error_of_its_own(run: Runner) -> None:
    async def main() -> None:
        tool = {"type": "response.tool.done", "error": "the tool failed", "status": "failed"}
        with FaultServer(lambda number: streams(TWO + sse(tool) + DONE)) as server:
            async with client(server) as vapi, start(vapi) as stream:
                assert await stream.text() == "Hello"

    run(main)


@pytest.mark.parametrize("data", [b"{nonsense", b"Hello", b'"Hello"', b"[1]", b"5", b"[" * 20_000, b"\xff\xfe"])
def test_an_event_that_is_no_json_object(data: bytes, run: Runner) -> None:
    error, deltas = failing(run, streams(TWO + b"data: " + data + b"\n\n"), DecodeError)
    assert deltas == ["Hel", "lo"]
    assert error.raw == data.decode("utf-8", "replace").encode()
    assert len(str(error)) < 600


@pytest.mark.parametrize("body", [b"", b"\n\n", b"<html>down</html>", b": only comments\n\n", b"[]"])
@pytest.mark.parametrize("media_type", ["text/event-stream", "application/json"])
def test_an_answer_without_events(body: bytes, media_type: str, run: Runner) -> None:
    error, _ = failing(run, answers(body, media_type=media_type), DecodeError)
    assert error.raw == body.lstrip()
    assert "has no events" in str(error)


def test_an_event_that_is_too_large(run: Runner) -> None:
    error, deltas = failing(run, streams(TWO, *[b"data: " + b"x" * 2_000_000] * 3), DecodeError)
    assert deltas == ["Hel", "lo"]
    assert "bytes" in str(error)


def test_strict_clients_check_events(run: Runner) -> None:
    error, deltas = failing(run, streams(TWO + sse(chunk("!", id=5)) + DONE), DecodeError, strict=True)
    assert deltas == ["Hel", "lo"]
    assert error.paths == ("id",)
    assert error.parsed.id == 5


def test_strict_clients_take_what_matches(run: Runner) -> None:
    async def main() -> None:
        bodies = [TWO, TYPED.partition(b"\n\n")[2] + sse(completed("Hello")), sse(whole_chat("Hello"))[6:]]
        with FaultServer(lambda number: streams(bodies[number % len(bodies)])) as server:
            async with client(server, strict=True) as vapi:
                for _ in bodies:
                    async with start(vapi) as stream:
                        assert await stream.text() == "Hello"

    run(main)


def test_the_token_is_not_shown(run: Runner) -> None:
    for event in (sse({"error": "secret-token is no key"}), b"data: secret-token is no key\n\n", b"secret-token"):
        kind = StreamError if b"error" in event else DecodeError
        error, _ = failing(run, streams(event), kind)
        assert "secret-token" not in f"{error} {error!r} {vars(error)}"
        assert "[token]" in str(error)


def test_errors_pickle_with_what_came(run: Runner) -> None:
    error, _ = failing(run, streams(TWO, then="close"), ConnectionLost)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert other.partial == Partial("Hello", "chat-1", "s-1")


@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize(
    ("status", "kind"), [(400, BadRequestError), (429, RateLimitError), (500, InternalServerError)]
)
def test_a_refusal_before_the_stream(status: int, kind: type[RequestError], endpoint: str, run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: answers(b'{"message": "no", "statusCode": 1}', status)) as server:
            async with client(server) as vapi:
                with pytest.raises(kind, match="no"):
                    async with start(vapi, endpoint):
                        pass
                assert_nothing_is_left(vapi)
            assert len(server.received) == 1

    run(main)


def test_a_refusal_is_retried_as_ever(run: Runner) -> None:
    async def main() -> None:
        refusal = answers(b"{}", 429, retry_after="0")
        with FaultServer(lambda number: streams(TWO) if number else refusal) as server:
            async with client(server, retry=1, clock=FakeClock()) as vapi, start(vapi) as stream:
                assert await stream.text() == "Hello"
            assert len(server.received) == 2

    run(main)


def test_a_hook_that_raises_leaves_nothing(run: Runner) -> None:
    def hook(response: Any) -> None:
        raise ValueError

    async def main() -> None:
        with FaultServer(lambda number: streams(TWO, then="stall")) as server:
            async with client(server, on_response=hook) as vapi:
                with pytest.raises(HookError):
                    async with start(vapi):
                        pass
                assert_nothing_is_left(vapi)

    run(main)


def test_reading_on_after_a_cancelled_read_is_no_end(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: streams(TWO, then="stall")) as server:
            async with client(server) as vapi, start(vapi) as stream:
                assert [await anext(stream), await anext(stream)] == ["Hel", "lo"]
                with anyio.CancelScope() as scope:
                    async with anyio.create_task_group() as group:
                        group.start_soon(stream.text)
                        await anyio.wait_all_tasks_blocked()
                        scope.cancel()
                with pytest.raises(ConnectionLost, match="cancelled before") as caught:
                    await stream.text()
                assert caught.value.partial.text == "Hello"  # type: ignore[attr-defined]

    run(main)
