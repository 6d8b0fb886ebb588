from __future__ import annotations

import io
import wave

from hypothesis import given, strategies as st

from vapi_async.sandbox.calls.audio import FRAME_SECONDS, RATE, frame, frames, interleave, tone, wav
from vapi_async.sandbox.calls.recordings import recording


def test_a_frame_is_20_ms_of_sound() -> None:
    assert len(frame("user")) == round(FRAME_SECONDS * RATE) * 2
    assert frame("user") != frame("assistant")
    assert any(frame("user"))


@given(st.floats(0.02, 3))
def test_frames_are_as_long_as_asked_for(seconds: float) -> None:
    assert abs(len(list(frames("user", seconds))) * FRAME_SECONDS - seconds) <= FRAME_SECONDS


def test_stereo_has_one_track_beside_the_other() -> None:
    left, right = tone(0.1, 440), tone(0.1, 880)
    both = memoryview(interleave(left, right)).cast("h")
    assert both[0::2].tolist() == memoryview(left).cast("h").tolist()
    assert both[1::2].tolist() == memoryview(right).cast("h").tolist()


def test_recordings_are_wav_files() -> None:
    for kind, channels in (("mono-recording", 1), ("stereo-recording", 2), ("customer-recording", 1)):
        with wave.open(io.BytesIO(recording(kind))) as file:
            assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (channels, RATE, 2)
            assert file.getnframes() == RATE / 2


def test_a_wav_file_holds_its_samples() -> None:
    pcm = tone(0.1, 440)
    with wave.open(io.BytesIO(wav(pcm))) as file:
        assert file.readframes(file.getnframes()) == pcm
