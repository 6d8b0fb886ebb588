"""Whatever comes, in whatever pieces: the same text for the same bytes, and no error but those of this library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given, settings, strategies as st

from tests.extensions.chats.sse_server import DONE, chunk, completed, delta, done, sse, whole_chat
from tests.extensions.chats.test_stream import ENDPOINTS, start
from tests.extensions.chats.test_stream_faults import read_into
from vapi_async import AsyncVapi, RequestError

TEXT = "Hëllo 😀\u2028 wörld"
STREAMS = {
    "chunks": sse(*map(chunk, TEXT)),
    "chunks, unescaped": "".join(
        f'data: {{"id": "c", "path": "content", "delta": "{x}"}}\r\n\r\n' for x in TEXT
    ).encode(),
    "typed": sse(*map(delta, TEXT), done(TEXT), completed(TEXT)),
    "comments and a mark": b"\xef\xbb\xbf: hi\r\n\r\n" + sse(*map(chunk, TEXT)) + b": bye\n\n" + DONE,
    "whole": sse(whole_chat(TEXT))[6:],
}


class Pieces(httpx.AsyncByteStream):
    def __init__(self, pieces: list[bytes]) -> None:
        self._rest = pieces[::-1]

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self

    async def __anext__(self) -> bytes:
        await anyio.lowlevel.checkpoint()
        if not self._rest:
            raise StopAsyncIteration
        return self._rest.pop()


def outcome(endpoint: str, pieces: list[bytes], backend: str = "asyncio") -> tuple[list[str], Any]:
    """Return the pieces of text, and the id, or the error's class and text, that came with their end."""

    async def main() -> tuple[list[str], Any]:
        deltas: list[str] = []
        transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=Pieces(pieces)))
        async with httpx.AsyncClient(transport=transport) as http, AsyncVapi("t", http_client=http) as vapi:
            try:
                async with start(vapi, endpoint) as stream:
                    await read_into(deltas, stream)
                    assert stream.completed
                    return deltas, stream.id
            except RequestError as error:
                return deltas, (type(error), error.partial.text)  # type: ignore[attr-defined]

    return anyio.run(main, backend=backend)


def split(stream: bytes, cuts: list[int]) -> list[bytes]:
    ends = sorted(cut % (len(stream) + 1) for cut in cuts)
    return [stream[start:end] for start, end in zip([0, *ends], [*ends, len(stream)], strict=True)]


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_in_single_bytes(name: str, endpoint: str, backend: str) -> None:
    stream = STREAMS[name]
    deltas, ending = outcome(endpoint, [bytes([byte]) for byte in stream], backend)
    assert "".join(deltas) == TEXT
    assert isinstance(ending, str)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(STREAMS.values())), st.lists(st.integers(0, 5000), max_size=10))
def test_how_the_bytes_are_split_changes_nothing(stream: bytes, cuts: list[int]) -> None:
    assert outcome("stream", split(stream, cuts)) == outcome("stream", [stream])


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(list(STREAMS.values())), st.integers(0, 5000))
def test_a_beginning_gives_the_beginning_of_the_text(stream: bytes, cut: int) -> None:
    deltas, ending = outcome("stream", [stream[: cut % (len(stream) + 1)]])
    text = "".join(deltas)
    assert TEXT.startswith(text)
    assert isinstance(ending, str) or ending[1] == text


@settings(max_examples=100, deadline=None)
@given(
    st.binary(max_size=200)
    | st.builds(lambda *parts: b"".join(parts), *[st.sampled_from(list(STREAMS.values())), st.binary(max_size=50)])
    | st.lists(st.sampled_from([b"data: ", b"event: error\n", b"{", b"}", b'"', b"\n", b"\r", b"[DONE]", b"1"])).map(
        b"".join
    ),
    st.lists(st.integers(0, 5000), max_size=5),
    st.sampled_from(ENDPOINTS),
)
def test_any_bytes_give_text_or_an_error_of_this_library(stream: bytes, cuts: list[int], endpoint: str) -> None:
    assert outcome(endpoint, split(stream, cuts)) == outcome(endpoint, [stream])
