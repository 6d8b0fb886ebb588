"""Sound: short generated tones, as raw PCM for listeners and as WAV files for recordings."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from functools import cache

RATE = 16_000
FRAME_SECONDS = 0.02
_LOUDNESS = 8_000
_PITCHES = {"user": 440, "assistant": 880}
SAMPLE = 2  # bytes


@cache
def frame(role: str) -> bytes:
    """Return 20 ms of a role's tone: 16 bit signed little-endian PCM, mono, 16 kHz."""
    return tone(FRAME_SECONDS, _PITCHES.get(role, 220))


def frames(role: str, seconds: float) -> Iterator[bytes]:
    """Return so many seconds of a role's tone, in frames of 20 ms."""
    return (frame(role) for _ in range(max(1, round(seconds / FRAME_SECONDS))))


def frames_of(pcm: bytes) -> Iterator[bytes]:
    """Return sound in frames of 20 ms."""
    size = round(FRAME_SECONDS * RATE) * SAMPLE
    return (pcm[at : at + size] for at in range(0, len(pcm), size))


def seconds_of(pcm: bytes) -> float:
    """Return how long sound is."""
    return len(pcm) / SAMPLE / RATE


def tone(seconds: float, pitch: float, rate: int = RATE) -> bytes:
    """Return a sine tone as PCM.

    Args:
        seconds: How long.
        pitch: In Hz.
        rate: Samples a second.
    """
    count = round(seconds * rate)
    turn = 2 * math.pi * pitch / rate
    return struct.pack(f"<{count}h", *(round(_LOUDNESS * math.sin(turn * number)) for number in range(count)))


def wav(pcm: bytes, *, channels: int = 1, rate: int = RATE) -> bytes:
    """Return PCM as a WAV file.

    Args:
        pcm: 16 bit signed little-endian samples, interleaved by channel.
        channels: How many.
        rate: Samples a second of each channel.
    """
    block = channels * SAMPLE
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(pcm), b"WAVE", b"fmt ", 16, 1, channels, rate,
                       rate * block, block, 8 * SAMPLE, b"data", len(pcm))  # fmt: skip
    return head + pcm


def interleave(left: bytes, right: bytes) -> bytes:
    """Return two mono tracks of one length as stereo PCM."""
    pairs = zip(memoryview(left).cast("h"), memoryview(right).cast("h"), strict=True)
    return b"".join(struct.pack("=hh", *pair) for pair in pairs)
