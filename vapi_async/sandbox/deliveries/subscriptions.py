"""Which server a message is for, and whether that server has subscribed to it.

An assistant's `serverMessages` say which messages its server gets; without them, the default of the contract holds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .delivery import Json, Server

_ASKING = ("tool-calls", "function-call", "transfer-destination-request", "handoff-destination-request")
_TELLING = ("status-update", "assistant.started", "conversation-update", "user-interrupted", "speech-update", "hang")
_DEFAULT = frozenset({*_ASKING, *_TELLING, "end-of-call-report"})
_FINAL = 'transcript[transcriptType="final"]'


def is_subscribed(assistant: Json, message_type: str, fields: Mapping[str, Any]) -> bool:
    """Return whether an assistant wants a message.

    Args:
        assistant: A `CreateAssistantDTO`.
        message_type: The type of the message.
        fields: Its own fields; transcripts can be subscribed to by their `transcriptType`.
    """
    subscribed = assistant.get("serverMessages")
    if subscribed is None:
        return message_type in _DEFAULT
    final = message_type == "transcript" and fields.get("transcriptType") == "final"
    return message_type in subscribed or (final and _FINAL in subscribed)


def server_of(owner: Json) -> Server | None:
    """Return the server of an assistant, a tool or a phone number, None if it has none."""
    server = owner.get("server") or {}
    if server.get("url"):
        return dict(server)
    # `serverUrl` is how objects made before `server` existed have it.
    if owner.get("serverUrl"):
        return {"url": owner["serverUrl"], "secret": owner.get("serverUrlSecret")}
    return None
