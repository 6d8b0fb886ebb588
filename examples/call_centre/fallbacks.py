"""Fallbacks: other voices and transcribers, in the order they are tried when a provider fails.

python -m examples.call_centre.fallbacks          offline
python -m examples.call_centre.fallbacks --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = "This creates an assistant and deletes it again. It costs nothing."

# Voices of different providers: what is down for one is often up for the other.
VOICE = {
    "provider": "11labs",
    "voiceId": "sarah",
    "fallbackPlan": {
        "voices": [
            {"provider": "cartesia", "voiceId": "248be419-c632-4f23-adf1-5324ed7dbf1d"},
            {"provider": "vapi", "voiceId": "Elliot"},
        ]
    },
}
TRANSCRIBER = {
    "provider": "deepgram",
    "model": "nova-3",
    "language": "en",
    "fallbackPlan": {
        "transcribers": [
            {"provider": "assembly-ai", "language": "en"},
            {"provider": "gladia", "model": "solaria-1"},
        ]
    },
}


async def fallbacks(vapi: AsyncVapi, settings: Settings) -> None:
    """Create an assistant with fallbacks, and read them back."""
    model = {"provider": "openai", "model": "gpt-4o", "fallbackModels": ["gpt-4o-mini"]}
    assistant = await vapi.assistants.create(name="Fallbacks", voice=VOICE, transcriber=TRANSCRIBER, model=model)
    try:
        voices = [assistant.voice, *assistant.voice.fallback_plan.voices]
        transcribers = [assistant.transcriber, *assistant.transcriber.fallback_plan.transcribers]
        print("speaks with  ", ", then ".join(f"{each.provider}/{each.voice_id}" for each in voices))
        print("listens with ", ", then ".join(each.provider for each in transcribers))
        print("thinks with  ", ", then ".join([assistant.model.model, *assistant.model.fallback_models]))
    finally:
        await vapi.assistants.delete(assistant.id)


if __name__ == "__main__":
    run(fallbacks, plan=PLAN)
