"""Custom voices, as the API had them until 2025: clone one from a recording, find it in the library, speak with it.

    python -m examples.endpoints.voices_2024          offline
    python -m examples.endpoints.voices_2024 --live   needs VAPI_API_KEY, VAPI_VOICE_SAMPLE (a WAV or MP3 file)

Today's contract has no voices. This works with a package that is generated from the contract of 2024-12-10
(examples/older.py), which takes a checkout of the repository.
"""

from __future__ import annotations

import wave
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.kit import Settings, run
from examples.older import generated

if TYPE_CHECKING:
    from vapi_async.sandbox import Sandbox

PLAN = """\
This clones a voice from {VAPI_VOICE_SAMPLE} at ElevenLabs, with the credential of your organisation, and creates and
deletes an assistant that has it. The voice stays there. The API dropped these operations from its contract: it may
answer 404."""
SETTINGS = {"VAPI_VOICE_SAMPLE": "silence.wav"}


async def voices(vapi: Any, settings: Settings) -> None:
    """Clone a voice and use it; `vapi` is the generated package's client."""
    await vapi.provider_voices.clone(
        name="Ada", description="Calm, British", files=[recording(Path(settings["VAPI_VOICE_SAMPLE"]))]
    )
    print("cloned   Ada")

    library = await vapi.voice_library.sync_provider("11labs")  # lets the library look at what the provider has
    print(f"synced   {'something' if library else 'nothing'} new")

    async for voice in vapi.voice_library.list("11labs"):
        if voice.name == "Ada":
            print(f"found    {voice.provider_id}  {voice.name}: {voice.description}")
            await speak(vapi, voice.provider_id)
            break


async def speak(vapi: Any, voice_id: str) -> None:
    """Give the voice to an assistant."""
    assistant = await vapi.assistants.create(name="Reception", voice={"provider": "11labs", "voiceId": voice_id})
    print(f"speaks   {assistant.name} with {assistant.voice.voice_id}")
    await vapi.assistants.delete(assistant.id)


def recording(path: Path) -> Path | tuple[str, bytes]:
    """The file, or a second of silence if it is not there, which is enough offline."""
    if path.exists():
        return path
    silence = BytesIO()
    with wave.open(silence, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(bytes(2 * 16000))
    return path.name, silence.getvalue()


def offline_library(sandbox: Sandbox) -> None:
    """A library that has the cloned voice: the sandbox keeps none."""
    sandbox.add("/voice-library/11labs", {"providerId": "ada-1", "name": "Ada", "description": "Calm, British"})


if __name__ == "__main__":
    with generated("2024-12-10") as package:
        run(
            voices,
            plan=PLAN,
            settings=SETTINGS,
            prepare=offline_library,
            client=package.AsyncVapi,
            contract=package.__path__[0],
        )
