"""The websocket over a connection in memory: whatever comes, in whatever pieces, only errors of this library do."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import anyio
import httpcore
import httpx
import pytest
import wsproto
from hypothesis import given, strategies as st
from wsproto import events

from vapi_async import ConnectionLost
from vapi_async._extensions.calls.listening import Frames
from vapi_async._extensions.calls.websocket import WebSocket


class Stream(httpcore.AsyncNetworkStream):
    """Gives what it was made with, piece by piece, then ends; an exception is raised."""

    def __init__(self, pieces: list[Any]) -> None:
        self.pieces = pieces
        self.written = b""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109
        piece: Any = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        return piece  # type: ignore[no-any-return]

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109
        self.written += buffer

    async def aclose(self) -> None:
        pass


def heard(pieces: list[Any]) -> list[Any]:
    async def main() -> list[Any]:
        response = httpx.Response(101, extensions={"network_stream": Stream([piece for piece in pieces if piece])})
        socket = WebSocket("wss://a.vapi.ai/secret", response, None, None)
        try:
            return [frame async for frame in Frames(socket)]
        finally:
            await socket.aclose()

    return anyio.run(main)  # type: ignore[no-any-return]


def cut(data: bytes, places: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in pairwise(edges)]


_MESSAGES = st.lists(
    st.binary(max_size=300) | st.text(st.characters(exclude_categories=["Cs"]), max_size=100), max_size=6
)
_PLACES = st.lists(st.integers(0, 10_000), max_size=8)


@given(_MESSAGES, _PLACES)
def test_messages_arrive_however_they_are_cut(messages: list[bytes | str], places: list[int]) -> None:
    server = wsproto.connection.Connection(wsproto.ConnectionType.SERVER)
    data = b"".join(server.send(events.Message(data=message)) for message in messages)
    data += server.send(events.CloseConnection(1000))
    received = heard(cut(data, places))
    assert [m for m in received if isinstance(m, bytes)] == [m for m in messages if isinstance(m, bytes)]
    assert len(received) == len(messages)


_FRAMES = st.builds(
    lambda head, size, rest: bytes([head, size]) + rest,
    st.integers(0, 255),
    st.integers(0, 255),
    st.binary(max_size=20),
)


@given(st.lists(_FRAMES | st.binary(max_size=20), max_size=8), _PLACES)
def test_garbage_is_a_lost_connection_or_the_end(parts: list[bytes], places: list[int]) -> None:
    try:
        heard(cut(b"".join(parts), places))
    except ConnectionLost as error:
        assert "secret" not in str(error)  # noqa: PT017


@pytest.mark.parametrize("rest", [b"\x82", b"\x82\x05ab", b"\x82\x7f", b"\x02\x01a"])
def test_an_end_within_a_frame_or_message_is_never_a_normal_one(rest: bytes) -> None:
    with pytest.raises(ConnectionLost, match="without a close frame"):
        heard([rest])


_CLOSE = b"\x88\x02\x03\xe8"
_PONG = b"\x8a\x00"


def test_a_silence_in_which_pings_are_answered_may_be_long() -> None:
    silence = [httpcore.ReadTimeout(), _PONG]
    assert heard([*silence, *silence, *silence, b"\x82\x01x", *silence, _CLOSE]) == [b"x"]


def test_a_silence_in_which_they_are_not_is_the_end() -> None:
    with pytest.raises(ConnectionLost, match="silent"):
        heard([httpcore.ReadTimeout(), _PONG, httpcore.ReadTimeout(), httpcore.ReadTimeout(), _CLOSE])


def test_within_the_process_nobody_is_asked() -> None:
    assert heard([TimeoutError(), TimeoutError(), TimeoutError(), b"\x82\x01x", _CLOSE]) == [b"x"]
