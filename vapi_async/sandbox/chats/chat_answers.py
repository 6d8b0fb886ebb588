"""The forms that a chat is answered in: as a response of OpenAI's, and as streams of events.

A stream comes word by word. The contract has no end mark for streams of `/chat`, so there is none.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

Json = dict[str, Any]


def chat_events(chat: Json) -> Iterator[Json]:
    """Return the events of a chat that is streamed."""
    shared = {"sessionId": chat["sessionId"]} if chat.get("sessionId") else {}
    for number, message in enumerate(chat["output"]):
        for word in _words(message.get("content") or ""):
            yield {"id": chat["id"], **shared, "path": f"chat.output[{number}].content", "delta": word}


def response_of(chat: Json, created: int) -> Json:
    """Return a chat as a `ResponseObject` of the contract."""
    said = [message for message in chat["output"] if message["role"] == "assistant" and message.get("content")]
    output = [
        {
            "id": f"msg_{number}_{chat['id']}",
            "type": "message",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": message["content"], "annotations": []}],
        }
        for number, message in enumerate(said)
    ]
    return {
        "id": chat["id"],
        "object": "response",
        "created_at": created,
        "status": "completed",
        "error": None,
        "output": output,
    }


def response_events(response: Json) -> Iterator[Json]:
    """Return the events of a response that is streamed."""
    for number, item in enumerate(response["output"]):
        text = item["content"][0]["text"]
        place = {"item_id": item["id"], "output_index": number, "content_index": 0}
        for word in _words(text):
            yield {"type": "response.output_text.delta", **place, "delta": word}
        yield {"type": "response.output_text.done", **place, "text": text}
    yield {"type": "response.completed", "response": response}


async def sent(events: Iterable[Any]) -> AsyncIterator[bytes]:
    """Return server-sent events, each in a piece of its own."""
    for event in events:
        yield f"data: {json.dumps(event, ensure_ascii=False)}\n\n".encode()


def _words(text: str) -> list[str]:
    """Return a text in pieces as a stream brings it: words with the blank before them."""
    first, *rest = text.split(" ")
    return [word for word in (first, *(" " + word for word in rest)) if word]
