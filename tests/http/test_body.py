"""Answers that are read while they come: what they hold, when they let go of it, and how they break."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from tests.http.clocks import FakeClock
from tests.http.conftest import Runner
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.test_cancellation import Everywhere, assert_nothing_is_left, cancelled_everywhere  # noqa: F401 - a fixture
from vapi_async import AsyncVapi, ConnectionLost, DecodeError, HookError, NotFoundError, ReadTimeout
from vapi_async._http.loop_resources import loop_resources
from vapi_async._http.response_body import ResponseBody
from vapi_async._operations.raw_request import prepare_raw

POOL = 2
HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n"


def chunks(*pieces: bytes, head: bytes = HEAD, end: bytes = b"0\r\n\r\n") -> Callable[[Connection], bool]:
    def answer(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        connection.send(head + b"\r\n")
        for piece in pieces:
            connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
        if not end:
            return connection.close()
        connection.send(end)
        return True

    return answer


async def opened(vapi: AsyncVapi, method: str = "GET") -> ResponseBody:
    prepared = prepare_raw(vapi._session, method, "/thing", json={}, stream=True)
    body: ResponseBody = await vapi._session.perform(prepared)
    return body


async def read(vapi: AsyncVapi, method: str = "GET") -> bytes:
    async with await opened(vapi, method) as body:
        return b"".join([piece async for piece in body])


def client(server: FaultServer, **options: Any) -> AsyncVapi:
    return AsyncVapi(**{"token": "t", "base_url": server.url, "max_concurrency": POOL, "retry": 0, **options})


def test_a_body_comes_in_pieces_and_leaves_nothing(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: chunks(b"one ", b"two")) as server:
            async with client(server) as vapi:
                assert [await read(vapi) for _ in range(2)] == [b"one two"] * 2
                assert server.connections == 1
                assert_nothing_is_left(vapi)

    run(main)


def test_an_open_body_holds_its_slot_until_it_is_closed(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: chunks(b"one ", b"two")) as server:
            async with client(server) as vapi:
                body = await opened(vapi)
                slots = loop_resources(vapi._session.shared).slots
                assert slots is not None
                assert slots.value == POOL - 1
                assert body.response.headers["transfer-encoding"] == "chunked"
                await body.aclose()
                await body.aclose()
                assert [piece async for piece in body] == []
                assert_nothing_is_left(vapi)

    run(main)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_body_that_breaks_raises(run: Runner, method: str) -> None:
    async def main() -> None:
        with FaultServer(lambda number: chunks(b"one ", end=b"")) as server:
            async with client(server) as vapi:
                with pytest.raises(ConnectionLost, match="within the stream") as caught:
                    await read(vapi, method)
                assert caught.value.may_have_been_processed is (method == "POST")
                assert caught.value.response is not None
                assert_nothing_is_left(vapi)

    run(main)


def test_a_piece_that_does_not_come_times_out(run: Runner) -> None:
    def stalls(connection: Connection) -> bool:
        connection.read()
        connection.send(HEAD + b"\r\n3\r\none\r\n")
        return connection.wait_for_client()

    async def main() -> None:
        with FaultServer(lambda number: stalls) as server:
            async with client(server, timeout=0.05) as vapi:
                with pytest.raises(ReadTimeout):
                    await read(vapi)
                assert_nothing_is_left(vapi)

    run(main)


def test_a_cancelled_read_is_not_the_end(run: Runner) -> None:
    def stalls(connection: Connection) -> bool:
        connection.read()
        connection.send(HEAD + b"\r\n")
        return connection.wait_for_client()

    async def main() -> None:
        with FaultServer(lambda number: stalls) as server:
            async with client(server) as vapi:
                body = await opened(vapi)
                with anyio.CancelScope() as scope:
                    scope.cancel()
                    await anext(body)
                for _ in range(2):
                    with pytest.raises(ConnectionLost, match="cancelled"):
                        await anext(body)
                assert_nothing_is_left(vapi)

    run(main)


def test_other_answers_are_read_whole_and_raise_as_always(run: Runner) -> None:
    async def main() -> None:
        with FaultServer(lambda number: lambda c: bool(c.read()) and c.answer(404, b'{"message": "no"}')) as server:
            async with client(server) as vapi:
                with pytest.raises(NotFoundError, match="no"):
                    await opened(vapi)
                assert_nothing_is_left(vapi)

    run(main)


def test_a_failure_before_the_body_is_retried(run: Runner) -> None:
    faults = [lambda c: bool(c.read()) and c.answer(503), chunks(b"x")]

    async def main() -> None:
        with FaultServer(lambda number: faults[min(number, 1)]) as server:
            async with client(server, retry=1, clock=FakeClock()) as vapi:
                assert await read(vapi) == b"x"

    run(main)


def test_content_coding_is_removed(run: Runner) -> None:
    head = HEAD + b"content-encoding: gzip\r\n"

    async def main() -> None:
        with FaultServer(lambda number: chunks(gzip.compress(b"plain"), head=head)) as server:
            async with client(server) as vapi:
                assert await read(vapi) == b"plain"

    run(main)


def test_several_compressed_bodies_in_a_row_are_one(run: Runner) -> None:
    head = HEAD + b"content-encoding: gzip\r\n"
    packed = gzip.compress(b"first ") + gzip.compress(b"second")

    async def main() -> None:
        for cut in (1, 30, len(packed) - 1):
            with FaultServer(lambda number, at=cut: chunks(packed[:at], packed[at:], head=head)) as server:
                async with client(server) as vapi:
                    assert await read(vapi) == b"first second"

    run(main)


def test_a_broken_coding_is_a_decode_error(run: Runner) -> None:
    head = HEAD + b"content-encoding: gzip\r\n"

    async def main() -> None:
        with FaultServer(lambda number: chunks(b"no gzip at all", head=head)) as server:
            async with client(server) as vapi:
                with pytest.raises(DecodeError, match="gzip"):
                    await read(vapi)
                assert_nothing_is_left(vapi)

    run(main)


def test_a_hook_that_raises_closes_the_body(run: Runner) -> None:
    def refuse(response: object) -> None:
        raise KeyError("refused")

    async def main() -> None:
        with FaultServer(lambda number: chunks(b"x")) as server:
            async with client(server, on_response=refuse) as vapi:
                with pytest.raises(HookError):
                    await opened(vapi)
                assert_nothing_is_left(vapi)

    run(main)


def test_cancelled_anywhere_it_leaves_nothing(cancelled_everywhere: Everywhere) -> None:  # noqa: F811
    def in_pieces(connection: Connection) -> bool:
        if connection.read() is None:
            return connection.close()
        for piece in (HEAD + b"\r\n", b"3\r\none\r\n", b"3\r\ntwo\r\n", b"0\r\n\r\n"):
            connection.send(piece)
            connection.wait_for_client(0.002)
        return True

    cancelled_everywhere(lambda _: in_pieces, read)


def test_the_next_request_goes_on_after_an_unread_body(run: Runner) -> None:
    faults = [chunks(b"one", b"two"), ok]

    async def main() -> None:
        with FaultServer(lambda number: faults[min(number, 1)]) as server:
            async with client(server) as vapi:
                async with await opened(vapi):
                    pass
                assert (await vapi.request("GET", "/x"))["id"] == "x"
            server.wait_until_idle()

    run(main)
