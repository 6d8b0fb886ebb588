"""A call over a websocket: no phone; your program is the customer, and speaks and hears raw audio.

    python -m examples.call_centre.websocket_call          offline; the sandbox sends back what it hears
    python -m examples.call_centre.websocket_call --live   needs VAPI_API_KEY, HEARD (a WAV file to write)

It needs the extra `live`: pip install 'vapi-async[live]'
"""

from __future__ import annotations

import math
import struct
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async._extensions.calls.audio import Audio

PLAN = """\
This holds a call with a new assistant, over a websocket, which costs money: it sends a tone, and writes two seconds of
what comes back to {HEARD}. The call stays in your call log."""
SETTINGS = {"HEARD": str(Path(tempfile.gettempdir(), "heard.wav"))}

RATE = 16_000  # samples a second: 16 bit, mono
FRAME = RATE // 50  # 20 ms
SECONDS = 2


def tone(pitch: float, seconds: float) -> Iterator[bytes]:
    """Yield a tone in frames of 20 ms. A microphone would give such frames, too, at the pace they are spoken."""
    for start in range(0, round(seconds * RATE), FRAME):
        angles = (2 * math.pi * pitch * (start + sample) / RATE for sample in range(FRAME))
        yield struct.pack(f"<{FRAME}h", *(round(8000 * math.sin(angle)) for angle in angles))


async def speak(audio: Audio) -> None:
    """Send the tone."""
    for frame in tone(440, SECONDS):
        await audio.send(frame)


async def listen(audio: Audio, path: str) -> float:
    """Write what comes to a WAV file, hang up after some seconds of it, and return how many there are."""
    heard = 0
    with wave.open(path, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        async for frame in audio:
            if isinstance(frame, bytes):  # anything else is a control message
                file.writeframesraw(frame)
                before, heard = heard, heard + len(frame) // 2
                if before < SECONDS * RATE <= heard:
                    await audio.hangup()  # the frames end when the call has
    return heard / RATE


async def websocket_call(vapi: AsyncVapi, settings: Settings) -> None:
    """Hold the call: speak and listen at the same time."""
    call = await vapi.calls.create(
        name="Websocket",
        assistant={
            "firstMessage": "Hello! I hear a tone.",
            "model": {"provider": "openai", "model": "gpt-4o"},
            "maxDurationSeconds": 30,
        },
        transport={
            "provider": "vapi.websocket",
            "audioFormat": {"format": "pcm_s16le", "container": "raw", "sampleRate": RATE},
        },
    )
    print(f"call    {call.id}  {call.type}")
    async with vapi.calls.connect_audio(call) as audio, anyio.create_task_group() as group:
        group.start_soon(speak, audio)
        seconds = await listen(audio, settings["HEARD"])
        group.cancel_scope.cancel()
    call = await vapi.calls.wait(call, timeout=60)
    print(f"heard   {seconds:.2f} s, in {settings['HEARD']}")
    print(f"ended   {call.ended_reason}")


if __name__ == "__main__":
    run(websocket_call, plan=PLAN, settings=SETTINGS)
