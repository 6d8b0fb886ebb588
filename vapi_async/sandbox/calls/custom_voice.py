"""Custom voices: a server of the user's makes the sound of what the assistant says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .audio import RATE, SAMPLE

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.delivery import Delivery

    from .running_call import RunningCall
    from .server_messages import ServerMessages


async def request_voice(messages: ServerMessages, call: RunningCall, text: str, sound: list[bytes]) -> Steps:
    """Ask the server of a custom voice for the sound of a text, if the assistant has one.

    Args:
        messages: what asks it.
        call: the call.
        text: what is said.
        sound: gets the sound, as 16 bit PCM, mono; nothing if the server gives none.
    """
    voice = call.assistant.settings.get("voice") or {}
    server = voice.get("server") or {}
    if voice.get("provider") != "custom-voice" or not server.get("url"):
        return

    def take(delivery: Delivery) -> None:
        whole = len(delivery.content) // SAMPLE * SAMPLE
        if whole:
            sound.append(delivery.content[:whole])

    yield messages.ask(call, "voice-request", take, server=server, fields={"text": text, "sampleRate": RATE})
