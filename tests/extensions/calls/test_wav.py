from __future__ import annotations

import os
import wave
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.extensions.calls.conftest import Runner
from tests.extensions.calls.peer import LiveServer, Peer
from vapi_async import AsyncVapi, ConnectionLost
from vapi_async._extensions.calls.listening import WavFile
from vapi_async._modeling.partial_results import Recording

ALLOWED = ("127.0.0.1",)


def read(path: Path) -> tuple[int, int, int, bytes]:
    with wave.open(str(path)) as file:
        return file.getframerate(), file.getnchannels(), file.getsampwidth(), file.readframes(file.getnframes())


def record(run: Runner, server: LiveServer, path: Path, **options: Any) -> Recording:
    async def main() -> Recording:
        async with AsyncVapi("key") as vapi:
            return await vapi.live(server.call(), allow_hosts=ALLOWED).save_wav(path, **options)

    result = run(main)
    assert isinstance(result, Recording)
    return result


def test_a_call_is_recorded(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().send(b"ab", b"c", {"type": "x"}, b"defg", b"h" * 31_993).close()
    path = tmp_path / "call.wav"
    path.write_bytes(b"an older one")
    recording = record(run, server, path)
    assert read(path) == (16_000, 1, 2, b"abcdefg" + b"h" * 31_993)
    assert (recording.path, recording.frames, recording.seconds) == (path, 16_000, 1.0)
    assert list(tmp_path.iterdir()) == [path]


def test_half_a_sample_at_the_end_is_left_out(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().send(b"abc").close()
    recording = record(run, server, tmp_path / "call.wav", channels=1, sample_width=2, sample_rate=8000)
    assert read(tmp_path / "call.wav") == (8000, 1, 2, b"ab")
    assert recording.frames == 1


def test_what_the_first_message_says_counts(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    start = {"type": "start", "sampleRate": 24_000, "channels": 2}
    later = {"type": "start", "sampleRate": 1, "channels": 1}
    server.script = lambda peer: peer.accept().send(b"", start, b"abcd", later, b"efgh").close()
    recording = record(run, server, tmp_path / "call.wav")
    assert read(tmp_path / "call.wav") == (24_000, 2, 2, b"abcdefgh")
    assert (recording.channels, recording.sample_rate, recording.frames) == (2, 24_000, 2)


def test_nonsense_of_the_first_message_does_not(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    nonsense = ({"sampleRate": "fast", "channels": -1}, {"sampleRate": True, "channels": 2.5}, "text")
    server.script = lambda peer: peer.accept().send(*nonsense, b"ab").close()
    record(run, server, tmp_path / "call.wav")
    assert read(tmp_path / "call.wav") == (16_000, 1, 2, b"ab")


def test_a_call_without_audio_is_an_empty_file(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().close()
    assert record(run, server, tmp_path / "call.wav").frames == 0
    assert read(tmp_path / "call.wav") == (16_000, 1, 2, b"")


def test_of_a_broken_recording_what_came_is_kept(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().send(b"abcd").close(1011)
    path = tmp_path / "call.wav"
    with pytest.raises(ConnectionLost) as caught:
        record(run, server, path)
    assert isinstance(caught.value.partial, Recording)
    assert (caught.value.partial.path, caught.value.partial.frames) == (path, 2)
    assert list(tmp_path.iterdir()) == [path]
    assert read(path) == (16_000, 1, 2, b"abcd")


def test_of_one_that_is_cancelled_nothing_is_left(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    def script(peer: Peer) -> None:
        peer.accept().send(b"abcd")
        peer.receive()

    async def main() -> None:
        async with AsyncVapi("key") as vapi, anyio.create_task_group() as group:
            group.start_soon(vapi.live(server.call(), allow_hosts=ALLOWED).save_wav, path)
            while not any(tmp_path.glob(".call.wav.*.part")):  # noqa: ASYNC240
                await anyio.lowlevel.checkpoint()
            group.cancel_scope.cancel()

    path = tmp_path / "call.wav"
    server.script = script
    run(main)
    assert list(tmp_path.iterdir()) == []


def test_a_recording_that_is_cancelled_at_once_does_not_touch_the_older_one(
    run: Runner, server: LiveServer, tmp_path: Path
) -> None:
    path = tmp_path / "call.wav"
    path.write_bytes(b"an older one")
    WavFile(path, 8000, 1, 2).discard()
    assert path.read_bytes() == b"an older one"


def test_a_thread_that_was_left_behind_does_nothing(tmp_path: Path) -> None:
    file = WavFile(tmp_path / "call.wav", 8000, 1, 2)
    file.open()
    file.write(b"abcd")
    file.discard()
    file.write(b"efgh")
    file.finish()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("rate", [1, 8000, 2**31 - 1])
@pytest.mark.parametrize("channels", [1, 2, 255])
@pytest.mark.parametrize("width", [1, 2, 3, 4])
def test_any_format_is_read_back(tmp_path: Path, rate: int, channels: int, width: int) -> None:
    path, audio = tmp_path / "call.wav", bytes(index % 251 for index in range(3 * channels * width))
    file = WavFile(path, rate, channels, width)
    file.open()
    file.write(audio)
    assert file.finish().frames == 3
    assert read(path) == (rate, channels, width, audio)


def test_a_name_may_be_as_long_as_the_file_system_takes(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().send(b"ab").close()
    path = tmp_path / ("é" * 127)
    record(run, server, path)
    assert read(path)[3] == b"ab"


def test_a_directory_that_is_not_there(run: Runner, server: LiveServer, tmp_path: Path) -> None:
    server.script = lambda peer: peer.accept().receive()
    with pytest.raises(FileNotFoundError):
        record(run, server, tmp_path / "none" / "call.wav")


@pytest.mark.parametrize("option", [{"sample_rate": 0}, {"channels": 0}, {"sample_width": 5}, {"channels": 1.5}])
def test_numbers_that_no_wav_file_has(run: Runner, server: LiveServer, tmp_path: Path, option: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(option))):
        record(run, server, tmp_path / "call.wav", **option)
    assert not server.handshakes


@pytest.mark.parametrize("kind", ["fifo", "directory", "empty"])
def test_where_no_file_can_be_nothing_is_asked_for(run: Runner, server: LiveServer, tmp_path: Path, kind: str) -> None:
    server.script = lambda peer: pytest.fail("nobody may call")
    path: Path | str = {"fifo": tmp_path / "call.wav", "directory": tmp_path, "empty": ""}[kind]
    if kind == "fifo":
        os.mkfifo(path)
    errors = {"fifo": "is a FIFO, and only a file", "directory": "needs the name of a file", "empty": "path is empty"}
    with pytest.raises((ValueError, IsADirectoryError), match=errors[kind]):
        record(run, server, path)  # type: ignore[arg-type, unused-ignore]
    assert [entry.is_fifo() for entry in tmp_path.iterdir()] == [True] * (kind == "fifo")
