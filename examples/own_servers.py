"""A voice, a transcriber and a knowledge base of your own, behind one URL.

    python -m examples.own_servers                         asks each of them once, offline
    uvicorn --factory examples.own_servers:make_app        serves them

The assistant that uses them has, with the URL of this server:

    "voice": {"provider": "custom-voice", "server": {"url": URL}}
    "transcriber": {"provider": "custom-transcriber", "server": {"url": URL}}
    "model": {..., "knowledgeBase": {"provider": "custom-knowledge-base", "server": {"url": URL}}}
"""

from __future__ import annotations

import asyncio
import json
import math
import os
from collections.abc import AsyncIterator
from struct import pack
from typing import Any

from vapi_async.webhooks import TranscriberSession, Webhooks, shared_secret

HANDBOOK = {
    "hours": "We are open from 9 to 17, from Monday to Friday.",
    "return": "Goods can be returned within 30 days, unused.",
}
SECONDS_PER_WORD = 0.2


def make_app(secret: str | None = None) -> Webhooks:
    """Make the ASGI app.

    Args:
        secret: What Vapi sends as X-Vapi-Secret; without, that of the environment.
    """
    hooks = Webhooks(verify=shared_secret(secret or os.environ["VAPI_SERVER_SECRET"]))

    @hooks.on("voice-request")
    async def speak(message: Any) -> AsyncIterator[bytes]:
        for word in message["text"].split():
            yield tone(word, int(message["sampleRate"]))

    @hooks.transcriber
    async def transcribe(session: TranscriberSession) -> None:
        async for frame in session:
            customer, _ = session.split(frame)
            if any(customer):
                await session.send(f"{len(customer) // 2} samples of sound")

    @hooks.on("knowledge-base-request")
    async def search(message: Any) -> dict[str, Any]:
        asked = message["messagesOpenAIFormatted"][-1]["content"].lower()
        found = [text for word, text in HANDBOOK.items() if word in asked]
        return {"documents": [{"content": text, "similarity": 1.0} for text in found]}

    return hooks


def tone(word: str, rate: int) -> bytes:
    """Return a tone in place of a word: 16 bits, little-endian, mono. This is where your voice goes."""
    pitch = 200 + 20 * len(word)
    samples = range(int(rate * SECONDS_PER_WORD))
    return b"".join(pack("<h", int(8000 * math.sin(2 * math.pi * pitch * index / rate))) for index in samples)


async def main() -> None:
    """Ask for a sentence and for a document, as Vapi does."""
    hooks, headers = make_app("secret"), {"X-Vapi-Secret": "secret"}
    wanted: list[dict[str, Any]] = [
        {"type": "voice-request", "text": "Good morning", "sampleRate": 8000},
        {"type": "knowledge-base-request", "messagesOpenAIFormatted": [{"role": "user", "content": "Your hours?"}]},
    ]
    for message in wanted:
        answer = await hooks.handle(json.dumps({"message": message}).encode(), headers)
        body = answer.body if isinstance(answer.body, bytes) else b"".join([chunk async for chunk in answer.body])
        print(f"{message['type']:24}{answer.status}  {len(body)} bytes of {answer.media_type}")


if __name__ == "__main__":
    asyncio.run(main())
