"""Downloads to disk: complete under their own name, or not there at all."""

from __future__ import annotations

import gzip
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.extensions.files.storage import CONTENT, Storage, World, answering, world
from tests.http.conftest import Runner
from tests.http.fault_server import Connection
from tests.http.stepping import cancel_at_every_step
from vapi_async import NotFoundError, VapiError
from vapi_async._extensions.files.download import Download
from vapi_async._extensions.part_file import PartFile

TOTAL = len(CONTENT)


def saving(
    there: World, path: Path | str, name: str = "mono_recording", **options: Any
) -> Callable[[], Awaitable[Any]]:
    async def main() -> Any:
        async with there.client() as vapi:
            download: Download = getattr(vapi.calls, name)("the-id")
            return await download.to(path, **options)

    return main


def listed(path: Path) -> list[Path]:
    return list(path.iterdir())


def test_a_file_gets_its_name_when_it_is_complete(run: Runner, tmp_path: Path) -> None:
    seen: list[set[str]] = []
    target = tmp_path / "a.wav"
    target.write_bytes(b"from before")

    def progress(received: int, total: int | None) -> None:
        seen.append({file.name for file in tmp_path.iterdir()})
        assert target.read_bytes() == b"from before"

    with world(Storage()) as there:
        saved = run(saving(there, target, progress=progress))
    assert (saved.path, saved.size, saved.media_type) == (target, TOTAL, "audio/wav")
    assert target.read_bytes() == CONTENT
    assert [file.name for file in tmp_path.iterdir()] == ["a.wav"]
    assert all(len(names) == 2 and any(name.endswith(".part") for name in names) for names in seen)
    (request,) = there.storage.received
    assert request.headers["accept-encoding"] == "identity"


def test_in_a_directory_it_has_the_name_of_the_storage(tmp_path: Path) -> None:
    with world(Storage(headers='content-disposition: attachment; filename="../../call.wav"\r\n')) as there:
        saved = anyio.run(saving(there, tmp_path))
    assert saved.path == tmp_path / "call.wav"
    assert saved.path.read_bytes() == CONTENT


def test_or_a_name_that_says_what_it_is(tmp_path: Path) -> None:
    with world(Storage()) as there:
        assert anyio.run(saving(there, str(tmp_path))).path == tmp_path / "the-id-mono-recording.wav"


@pytest.mark.parametrize("path", ["missing/a.wav", "missing/"])
def test_a_directory_that_is_not_there_is_said_before_anything_is_sent(path: str, tmp_path: Path) -> None:
    with world(Storage()) as there, pytest.raises(FileNotFoundError, match="no such directory"):
        anyio.run(saving(there, f"{tmp_path}/{path}"))
    assert there.api.received == []


def test_arguments_that_cannot_be_used(tmp_path: Path) -> None:
    with world(Storage()) as there:
        with pytest.raises(TypeError, match="path must be"):
            anyio.run(saving(there, 7))  # type: ignore[arg-type, unused-ignore]
        with pytest.raises(TypeError, match="progress must be"):
            anyio.run(saving(there, tmp_path, progress=7))
        with pytest.raises(ValueError, match="path is empty: give the name of a file, or a directory"):
            anyio.run(saving(there, ""))
    assert there.api.received == []


def test_progress(run: Runner, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    async def progress(received: int, total: int | None) -> None:
        await anyio.lowlevel.checkpoint()
        seen.append((received, total))

    with world(Storage(1000)) as there:
        run(saving(there, tmp_path, progress=progress))
    assert seen[0] == (0, TOTAL)
    assert (1000, TOTAL) in seen
    assert seen[-2:] == [(TOTAL, TOTAL)] * 2
    assert seen == sorted(seen)


def test_progress_of_a_file_of_unknown_length(tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []
    chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"

    def answer(connection: Connection) -> bool:
        connection.read()
        connection.send(chunked)
        return True

    with world(answer) as there:
        anyio.run(saving(there, tmp_path / "a", progress=lambda *numbers: seen.append(numbers)))
    assert seen == [(0, None), (3, None), (3, 3)]


@pytest.mark.parametrize("at", [0, 1, TOTAL])
def test_an_exception_in_progress_ends_it(at: int, run: Runner, tmp_path: Path) -> None:
    def progress(received: int, total: int | None) -> None:
        if received >= at:
            raise KeyError("mine")

    with world(Storage()) as there, pytest.raises(KeyError):
        run(saving(there, tmp_path, progress=progress))
    assert list(tmp_path.iterdir()) == []


def test_an_empty_file(tmp_path: Path) -> None:
    with world(Storage(content=b"")) as there:
        assert anyio.run(saving(there, tmp_path / "a")).size == 0
    assert (tmp_path / "a").read_bytes() == b""


def test_a_file_that_shrank_meanwhile_has_no_rest_of_the_longer_one(tmp_path: Path) -> None:
    def shorter(connection: Connection) -> bool:
        connection.read()
        return connection.answer(200, b"short", 'etag: "2"\r\n')

    with world(Storage(5000, shorter)) as there:
        anyio.run(saving(there, tmp_path / "a"))

        async def read() -> bytes:
            async with there.client() as vapi:
                return await vapi.calls.pcap("c")

    assert (tmp_path / "a").read_bytes() == b"short"
    with world(Storage(5000, shorter)) as there:
        assert anyio.run(read) == b"short"


def test_a_content_coding_is_undone(tmp_path: Path) -> None:
    """Its length says nothing of the file then, and ranges would be of other bytes."""
    packed = gzip.compress(CONTENT)
    headers = 'etag: "1"\r\ncontent-encoding: gzip\r\ncontent-type: application/gzip\r\n'
    with world(Storage(len(packed) - 9, content=packed, headers=headers)) as there:
        saved = anyio.run(saving(there, tmp_path, "call_logs"))
    assert saved.path == tmp_path / "the-id-call-logs"
    assert saved.path.read_bytes() == CONTENT
    assert saved.size == TOTAL
    assert there.ranges == [None, None]


def test_what_is_not_there_leaves_nothing(tmp_path: Path) -> None:
    with world(answering(404)) as there, pytest.raises(NotFoundError):
        anyio.run(saving(there, tmp_path / "a"))
    assert list(tmp_path.iterdir()) == []


def test_a_target_that_cannot_be_replaced_leaves_nothing(tmp_path: Path) -> None:
    target = tmp_path / "a"

    def progress(received: int, total: int | None) -> None:
        target.mkdir(exist_ok=True)

    with world(Storage()) as there, pytest.raises(OSError, match="a"):
        anyio.run(saving(there, target, progress=progress))
    assert list(tmp_path.iterdir()) == [target]


def test_cancelled_anywhere_it_leaves_nothing(run: Runner, tmp_path: Path) -> None:
    target = tmp_path / "a.wav"

    async def main() -> None:
        async with there.client(max_concurrency=1) as vapi:

            async def save() -> None:
                storage.strikes = [100]
                with suppress(VapiError):
                    await vapi.calls.mono_recording("c").to(target)

            async def after(step: int) -> None:
                storage.strikes = []
                vapi._session.shared.budget.tokens = 500
                left = listed(tmp_path)
                assert left in ([], [target])
                if left:
                    assert target.read_bytes() == CONTENT
                    target.unlink()
                assert len(await vapi.calls.pcap("c")) == TOTAL, "the connection is free again"

            assert await cancel_at_every_step(save, after) > 10

    storage = Storage(content=CONTENT)
    with world(storage) as there:
        run(main)


async def test_a_task_that_is_cancelled_by_asyncio_leaves_nothing(tmp_path: Path) -> None:
    """asyncio's own cancellation does not wait for threads, so one may be writing still."""
    import asyncio

    begun = asyncio.Event()

    async def progress(received: int, total: int | None) -> None:
        if received:
            begun.set()
            await asyncio.Event().wait()

    with world(Storage()) as there:
        task = asyncio.ensure_future(saving(there, tmp_path, progress=progress)())
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert listed(tmp_path) == []


def test_a_thread_that_was_left_behind_does_nothing(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "a")
    part.open()
    part.write(0, b"x")
    part.discard()
    part.write(1, b"y")
    part.complete(2)
    part.open()
    part.discard()
    assert list(tmp_path.iterdir()) == []


def test_a_name_may_be_as_long_as_the_file_system_takes(tmp_path: Path) -> None:
    target = tmp_path / ("é" * 127)
    with world(Storage()) as there:
        anyio.run(saving(there, target))
    assert target.read_bytes() == CONTENT


def test_two_downloads_to_one_place_do_not_mix(run: Runner, tmp_path: Path) -> None:
    async def main() -> None:
        async with there.client() as vapi, anyio.create_task_group() as group:
            for _ in range(4):
                group.start_soon(vapi.calls.pcap("c").to, tmp_path / "a")

    with world(Storage()) as there:
        run(main)
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("kind", ["fifo", "socket", "device", "link to a FIFO"])
def test_only_a_file_is_replaced(kind: str, run: Runner, tmp_path: Path) -> None:
    target = tmp_path / "a.wav"
    if kind == "device":
        target = Path("/dev/null")
        if not target.exists():
            pytest.skip("this system has no /dev/null")
    elif kind == "socket":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(target))
        listener.close()
    else:
        os.mkfifo(tmp_path / "fifo")
        target.symlink_to("fifo") if "link" in kind else (tmp_path / "fifo").rename(target)
    before = listed(tmp_path)
    with world(Storage()) as there, pytest.raises(ValueError, match="only a file is replaced"):
        run(saving(there, target))
    assert there.api.received == []
    assert listed(tmp_path) == before
    assert not target.is_file()


def test_what_came_into_its_place_meanwhile_is_left_alone(tmp_path: Path) -> None:
    part = PartFile(tmp_path / "a")
    part.open()
    os.mkfifo(tmp_path / "a")
    with pytest.raises(ValueError, match=r"a is a FIFO, and only a file is replaced"):
        part.complete(0)
    part.discard()
    assert [file.is_fifo() for file in listed(tmp_path)] == [True]


def test_behind_a_link_the_file_is_replaced_and_not_the_link(run: Runner, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.wav").write_bytes(b"from before")
    (tmp_path / "a.wav").symlink_to(Path("real", "a.wav"))
    with world(Storage()) as there:
        run(saving(there, tmp_path / "a.wav"))
    assert (tmp_path / "a.wav").is_symlink()
    assert (tmp_path / "real" / "a.wav").read_bytes() == CONTENT
    assert [file.name for file in listed(tmp_path / "real")] == ["a.wav"]
