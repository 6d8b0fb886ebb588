"""A transfer that breaks goes on where it broke, if the file is surely the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from hypothesis import given, settings, strategies as st

from tests.extensions.files.storage import CONTENT, Storage, answering, raw, world
from tests.http.conftest import Runner
from tests.http.fault_server import Fault
from tests.http.stub import Stub
from vapi_async import ConnectionLost, DecodeError, HookError, NotFoundError, VapiError

TOTAL = len(CONTENT)
ETAG = 'etag: "1"\r\n'


def fetched(storage: Fault, path: Path, **options: Any) -> tuple[list[str | None], list[float]]:
    """Download to `path` and check the file; return the ranges that were asked for, and the waits."""

    async def main() -> None:
        async with there.client(**options) as vapi:
            saved = await vapi.calls.mono_recording("c").to(path / "a.wav")
            assert saved.size == TOTAL

    with world(storage) as there:
        anyio.run(main)
    assert (path / "a.wav").read_bytes() == CONTENT
    assert [file.name for file in path.iterdir()] == ["a.wav"]
    return there.ranges, there.clock.waits


def test_the_rest_is_asked_for(run: Runner, tmp_path: Path) -> None:
    async def main() -> None:
        async with there.client() as vapi:
            await vapi.calls.mono_recording("c").to(tmp_path / "a.wav")

    with world(Storage(1000, 200)) as there:
        run(main)
    assert (tmp_path / "a.wav").read_bytes() == CONTENT
    assert there.ranges == [None, "bytes=1000-", "bytes=1200-"]
    assert [request.headers.get("if-range") for request in there.storage.received] == [None, '"1"', '"1"']
    assert there.clock.waits == [0.5, 1.0]
    assert len(there.api.received) == 1, "the link still works, so no other was needed"


@settings(deadline=None)
@given(cuts=st.lists(st.integers(0, TOTAL + 1), max_size=6), ranges=st.booleans(), etag=st.sampled_from(["", ETAG]))
def test_whatever_the_cuts_the_file_is_the_same(cuts: list[int], ranges: bool, etag: str) -> None:
    async def main() -> None:
        async with there.client(retry=len(cuts)) as vapi:
            assert await vapi.calls.mono_recording("c") == CONTENT
            there.storage.received.clear()
            storage.strikes = list(cuts)
            async with vapi.calls.mono_recording("c") as pieces:
                streamed = b""
                try:
                    async for piece in pieces:
                        streamed += piece
                except ConnectionLost:
                    assert CONTENT.startswith(streamed)
                    assert not (ranges and etag)
                else:
                    assert streamed == CONTENT

    storage = Storage(*cuts, ranges=ranges, headers=etag)
    with world(storage) as there:
        anyio.run(main)


def test_a_host_without_ranges_sends_all_of_it_again(tmp_path: Path) -> None:
    ranges, _ = fetched(Storage(9000, 100, ranges=False), tmp_path)
    assert ranges == [None, "bytes=9000-", "bytes=100-"]


def test_a_host_that_says_so_is_not_asked_for_ranges(tmp_path: Path) -> None:
    ranges, _ = fetched(Storage(100, headers=ETAG + "accept-ranges: none\r\n"), tmp_path)
    assert ranges == [None, None]


@pytest.mark.parametrize("headers", ["", 'etag: W/"1"\r\nlast-modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n'])
def test_without_a_strong_validator_it_begins_anew(headers: str, tmp_path: Path) -> None:
    ranges, _ = fetched(Storage(100, headers=headers), tmp_path)
    assert ranges == [None, None]


def test_a_date_will_do_where_there_is_no_etag(tmp_path: Path) -> None:
    ranges, _ = fetched(Storage(100, headers="last-modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n"), tmp_path)
    assert ranges == [None, "bytes=100-"]


def test_a_file_that_changed_is_begun_anew(tmp_path: Path) -> None:
    old = b"an older recording" * 1000

    class Changing(Storage):
        def __call__(self, connection: Any) -> bool:
            if len(self.strikes) == 0:
                self.content, self.headers = CONTENT, 'etag: "2"\r\n'
            return super().__call__(connection)

    ranges, _ = fetched(Changing(17_000, content=old), tmp_path)
    assert ranges == [None, "bytes=17000-"]


PARTS = {
    "of another place": "206 P\r\ncontent-range: bytes 5-9/10240\r\ncontent-length: 5",
    "of another length": "206 P\r\ncontent-range: bytes 100-104/105\r\ncontent-length: 5",
    "of another file": '206 P\r\netag: "2"\r\ncontent-range: bytes 100-104/10240\r\ncontent-length: 5',
    "with content coding": "206 P\r\ncontent-range: bytes 100-104/10240\r\ncontent-length: 5\r\ncontent-encoding: gzip",
    "without range": "206 P\r\ncontent-length: 5",
    "not satisfiable": "416 No\r\ncontent-length: 5",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
def test_a_part_that_does_not_fit_is_not_used(part: str, tmp_path: Path) -> None:
    strange = raw(f"HTTP/1.1 {part}\r\n\r\nxxxxx".encode())
    ranges, _ = fetched(Storage(100, strange), tmp_path)
    assert ranges == [None, "bytes=100-", None]


def test_a_rest_that_never_came_is_not_taken_for_another(tmp_path: Path) -> None:
    part = raw(b"HTTP/1.1 206 P\r\ncontent-range: bytes 100-10239/10240\r\ncontent-length: 10140\r\n\r\n")
    chunked = f"HTTP/1.1 200 OK\r\n{ETAG}transfer-encoding: chunked\r\n\r\n{100:x}\r\n".encode()
    storage = Storage(raw(chunked + CONTENT[:100] + b"\r\n"), part, answering(416))
    ranges, _ = fetched(storage, tmp_path)
    assert ranges == [None, "bytes=100-", "bytes=100-", None]


def test_a_part_of_an_unknown_whole_is_not_taken_for_the_rest(tmp_path: Path) -> None:
    part = raw(b"HTTP/1.1 206 P\r\ncontent-range: bytes 100-104/*\r\ncontent-length: 5\r\n\r\n" + CONTENT[100:105])
    chunked = f"HTTP/1.1 200 OK\r\n{ETAG}transfer-encoding: chunked\r\n\r\n{100:x}\r\n".encode()
    ranges, _ = fetched(Storage(raw(chunked + CONTENT[:100] + b"\r\n"), part), tmp_path)
    assert ranges == [None, "bytes=100-", None]


def test_a_part_of_another_date_is_not_used(tmp_path: Path) -> None:
    date = "last-modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
    head = b"HTTP/1.1 206 P\r\n%scontent-range: bytes 100-104/10240\r\ncontent-length: 5\r\n\r\nxxxxx"
    other = raw(head % date.replace("2000", "2001").encode())
    ranges, _ = fetched(Storage(100, other, headers=date), tmp_path)
    assert ranges == [None, "bytes=100-", None]


def test_a_part_that_suddenly_has_an_etag_is_not_used(tmp_path: Path) -> None:
    date = "last-modified: Sat, 01 Jan 2000 00:00:00 GMT\r\n"
    head = f"HTTP/1.1 206 P\r\n{date}{ETAG}content-range: bytes 100-104/10240\r\ncontent-length: 5\r\n\r\nxxxxx"
    ranges, _ = fetched(Storage(100, raw(head.encode()), headers=date), tmp_path)
    assert ranges == [None, "bytes=100-", None], "it names another host's file, or a newer one of the same second"


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_a_file_that_ends_with_the_connection_alone_is_not_taken_for_whole(version: str, tmp_path: Path) -> None:
    unmarked = raw(f"HTTP/{version} 200 OK\r\n\r\n".encode() + CONTENT[:100])
    ranges, _ = fetched(Storage(unmarked), tmp_path)
    assert ranges == [None, None]


def test_a_part_may_be_shorter_than_asked_for(tmp_path: Path) -> None:
    head = b"HTTP/1.1 206 P\r\ncontent-range: bytes 100-149/*\r\ncontent-length: 50\r\n\r\n"
    ranges, _ = fetched(Storage(100, raw(head + CONTENT[100:150])), tmp_path)
    assert ranges == [None, "bytes=100-", "bytes=150-"]


def test_an_unknown_length_is_learned_with_the_rest(tmp_path: Path) -> None:
    head = f"HTTP/1.1 200 OK\r\n{ETAG}transfer-encoding: chunked\r\n\r\n{100:x}\r\n"
    ranges, _ = fetched(Storage(raw(head.encode() + CONTENT[:100] + b"\r\n")), tmp_path)
    assert ranges == [None, "bytes=100-"]


@pytest.mark.parametrize("resume", [True, False])
def test_it_gives_up_at_some_point(resume: bool, run: Runner, tmp_path: Path) -> None:
    async def main() -> None:
        async with there.client() as vapi:
            await vapi.calls.mono_recording("c").to(target, resume=resume)

    target = tmp_path / "a.wav"
    target.write_bytes(b"from before")
    with world(Storage(100, 100, 100, 100)) as there, pytest.raises(ConnectionLost, match="within the stream"):
        run(main)
    assert there.ranges == ([None, "bytes=100-", "bytes=200-"] if resume else [None])
    assert target.read_bytes() == b"from before"
    assert list(tmp_path.iterdir()) == [target]


def test_a_client_without_retries_does_not_resume() -> None:
    async def main() -> None:
        async with there.client(retry=0) as vapi:
            await vapi.calls.mono_recording("c")

    with world(Storage(100)) as there, pytest.raises(ConnectionLost):
        anyio.run(main)
    assert there.ranges == [None]


def test_the_retry_budget_ends_it_too() -> None:
    async def main() -> None:
        async with there.client() as vapi:
            vapi._session.shared.budget.tokens = 0
            await vapi.calls.mono_recording("c")

    with world(Storage(100)) as there, pytest.raises(ConnectionLost):
        anyio.run(main)
    assert there.ranges == [None]


def test_pieces_that_are_out_are_not_taken_back(run: Runner) -> None:
    """Where the rest cannot be had, an error it is, and not the same bytes twice."""

    async def main() -> None:
        async with there.client() as vapi, vapi.calls.mono_recording("c") as pieces:
            with pytest.raises(ConnectionLost):
                [piece async for piece in pieces]

    with world(Storage(100, ranges=False)) as there:
        run(main)
    assert there.ranges == [None, "bytes=100-"]


def test_the_hook_for_retries_is_told() -> None:
    events: list[Any] = []

    async def main() -> None:
        async with there.client(on_retry=events.append) as vapi:
            await vapi.calls.mono_recording("c")

    with world(Storage(100)) as there:
        anyio.run(main)
    (event,) = events
    assert (event.attempt, event.delay) == (1, 0.5)
    assert isinstance(event.error, ConnectionLost)
    assert "signature" not in event.url


def test_a_hook_that_raises_ends_it(tmp_path: Path) -> None:
    def hook(event: Any) -> None:
        raise KeyError("mine")

    async def main() -> None:
        async with there.client(on_retry=hook) as vapi:
            await vapi.calls.mono_recording("c").to(tmp_path / "a.wav")

    with world(Storage(100)) as there, pytest.raises(HookError):
        anyio.run(main)
    assert list(tmp_path.iterdir()) == []


def test_a_part_that_nobody_asked_for_is_no_file() -> None:
    async def main() -> None:
        async with there.client() as vapi:
            await vapi.calls.mono_recording("c")

    part = answering(206, b"x", "content-range: bytes 0-0/2\r\n")
    with world(part) as there, pytest.raises(DecodeError, match="not asked for"):
        anyio.run(main)


def test_what_resuming_meets_is_raised(tmp_path: Path) -> None:
    async def main() -> None:
        async with there.client() as vapi:
            await vapi.calls.mono_recording("c").to(tmp_path / "a.wav")

    with world(Storage(100, answering(404), answering(404))) as there, pytest.raises(NotFoundError):
        anyio.run(main)
    assert list(tmp_path.iterdir()) == []


def test_a_short_body_is_not_taken_as_whole(tmp_path: Path) -> None:
    """Also where the HTTP library does not mind."""

    async def main() -> None:
        answer = httpx.Response(200, content=b"abc", headers={"content-length": "5"})
        async with Stub(answer).client(retry=0) as vapi:
            await vapi.calls.pcap("c").to(tmp_path / "a")

    with pytest.raises(VapiError, match="3 bytes of 5 came"):
        anyio.run(main)
    assert list(tmp_path.iterdir()) == []
