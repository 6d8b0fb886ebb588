"""Content codings: whatever the client asks for is understood, whole and as a stream, however it is cut."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import AsyncIterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
from hypothesis import given, strategies as st

from tests.http.stub import Stub
from vapi_async import AsyncVapi, ConnectionLost, DecodeError, NotFoundError
from vapi_async._http.content_coding import INPUT, OUTPUT, CodingError, Inflater, inflater
from vapi_async._operations.raw_request import prepare_raw


def bare(data: bytes) -> bytes:
    """Compress without zlib's frame, as some servers understand "deflate"."""
    return zlib.compress(data, wbits=-zlib.MAX_WBITS)


def twice(data: bytes) -> bytes:
    """Compress as two members in a row."""
    return gzip.compress(data[: len(data) // 2]) + gzip.compress(data[len(data) // 2 :])


CODERS = {
    "gzip": ("gzip", gzip.compress),
    "two members": ("gzip", twice),
    "x-gzip": ("x-gzip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
}


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces of some bytes."""

    def __init__(self, content: bytes, size: int = 3) -> None:
        self._pieces = [content[at : at + size] for at in range(0, len(content), size)]

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            yield piece


def answer(coding: str, content: bytes, status: int = 200) -> httpx.Response:
    return httpx.Response(status, headers={"content-encoding": coding}, stream=Pieces(content))


async def streamed(vapi: AsyncVapi) -> bytes:
    prepared = prepare_raw(vapi._session, "GET", "/x", stream=True)
    async with await vapi._session.perform(prepared) as body:
        return b"".join([piece async for piece in body])


def inflated(reader: Inflater, *pieces: bytes) -> tuple[bytes, int]:
    """Return what pieces decompress to, and in how many steps."""
    plain, steps = bytearray(), 0
    for piece in pieces:
        reader.put(piece)
        while reader.pending:
            step = reader.step()
            assert len(step) <= OUTPUT
            plain += step
            steps += 1
    return bytes(plain), steps


def reading(coding: str) -> Inflater:
    reader = inflater(coding)
    assert reader is not None
    return reader


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 400)), name=st.sampled_from(sorted(CODERS)))
def test_a_body_may_be_cut_anywhere(data: bytes, cuts: list[int], name: str) -> None:
    coding, compress = CODERS[name]
    coded = compress(data)
    places = [0, *sorted(min(cut, len(coded)) for cut in cuts), len(coded)]
    reader = reading(coding)
    pieces = [coded[start:end] for start, end in pairwise(places) if end > start]
    assert inflated(reader, *pieces)[0] == data
    assert reader.complete


@given(data=st.binary(min_size=1, max_size=300), name=st.sampled_from(["gzip", "deflate", "bare deflate"]))
def test_what_was_cut_short_is_not_complete(data: bytes, name: str) -> None:
    coding, compress = CODERS[name]
    reader = reading(coding)
    inflated(reader, compress(data)[:-1])
    assert not reader.complete


@pytest.mark.parametrize("coding", ["gzip", "deflate"])
def test_what_is_in_no_coding(coding: str) -> None:
    reader = reading(coding)
    assert reader.complete, "nothing came, as in an answer to HEAD"
    with pytest.raises(CodingError):
        inflated(reader, b"\xff no such thing")


@pytest.mark.parametrize("name", CODERS)
@pytest.mark.parametrize("size", [OUTPUT - 1, OUTPUT, OUTPUT + 1, 2 * OUTPUT, 10 * OUTPUT + 7])
def test_a_step_gives_out_only_so_much(name: str, size: int) -> None:
    coding, compress = CODERS[name]
    reader = reading(coding)
    plain, steps = inflated(reader, compress(bytes(size)))
    assert plain == bytes(size)
    assert reader.complete
    assert size // OUTPUT <= steps <= size // OUTPUT + 3


def test_a_step_takes_in_only_so_much() -> None:
    members = gzip.compress(b"") * 10_000
    assert inflated(reading("gzip"), members) == (b"", -(-len(members) // INPUT))


def test_members_cost_in_proportion_to_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes are handed to zlib again while it works on members in a row; how many, is linear in the body."""

    def handed(members: int) -> int:
        handed = 0
        new = zlib.decompressobj

        class Counting:
            def __init__(self, bits: int) -> None:
                self._member = new(bits)

            def decompress(self, data: bytes, most: int) -> bytes:
                nonlocal handed
                handed += len(data)
                return self._member.decompress(data, most)

            def __getattr__(self, name: str) -> Any:
                return getattr(self._member, name)

        with monkeypatch.context() as patch:
            patch.setattr(zlib, "decompressobj", Counting)
            assert inflated(reading("gzip"), gzip.compress(b"x") * members)[0] == b"x" * members
        return handed

    assert handed(16_000) < 5 * handed(4_000)


@pytest.mark.parametrize("zeros", [1, 511, 3 * INPUT])
def test_zeros_may_follow_gzip(zeros: int) -> None:
    coded = gzip.compress(b"one ") + bytes(zeros) + gzip.compress(b"two") + bytes(zeros)
    for pieces in ([coded], [coded[at : at + 1] for at in range(len(coded))]):
        reader = reading("gzip")
        assert inflated(reader, *pieces)[0] == b"one two"
        assert reader.complete


async def test_what_the_client_asks_for_is_understood() -> None:
    stub = Stub(*[answer(coding, compress(b'{"id": "c"}')) for coding, compress in CODERS.values()])
    async with stub.client() as vapi:
        for _ in CODERS:
            assert (await vapi.calls.get("c")).id == "c"
    asked = stub.last.headers["accept-encoding"].split(", ")
    assert asked == ["gzip", "deflate"]
    assert all(inflater(coding) for coding in asked)


@pytest.mark.parametrize("name", CODERS)
async def test_streams_understand_the_same(name: str) -> None:
    coding, compress = CODERS[name]
    async with Stub(answer(coding, compress(b"one two three"))).client() as vapi:
        assert await streamed(vapi) == b"one two three"


async def test_a_coding_that_was_not_asked_for() -> None:
    async with Stub(answer("br", b"raw bytes")).client(retry=0) as vapi:
        with pytest.raises(DecodeError, match="the body is in br, which was not asked for") as whole:
            await vapi.request("GET", "/x")
        assert whole.value.raw == b"raw bytes"
    async with Stub(answer("br", b"raw bytes")).client(retry=0) as vapi:
        with pytest.raises(DecodeError, match="the body is in br, which was not asked for"):
            await streamed(vapi)


async def test_a_body_that_cannot_be_decoded_is_kept_as_it_came() -> None:
    broken = gzip.compress(b"x" * 1000)[:20] + b"\xff" * 20
    async with Stub(answer("gzip", broken)).client(retry=0) as vapi:
        with pytest.raises(DecodeError, match="the body is not gzip") as caught:
            await vapi.request("GET", "/x")
    assert caught.value.raw == broken


async def test_the_status_counts_before_the_coding() -> None:
    async with Stub(answer("br", b"gone", 404)).client() as vapi:
        with pytest.raises(NotFoundError) as caught:
            await vapi.request("GET", "/x")
    assert caught.value.body == "gone"


async def test_the_part_of_a_body_that_was_cut_short() -> None:
    content = b'{"id": "c", "name": "' + bytes(range(32, 127)) * 20
    async with Stub(answer("deflate", zlib.compress(content)[:-8])).client(retry=0) as vapi:
        with pytest.raises(ConnectionLost, match="the deflate body was cut short") as caught:
            await vapi.request("GET", "/x")
    assert caught.value.response is not None
    assert caught.value.response.content.startswith(b'{"id": "c"')
