"""What is done with each server message: a handler for each type. They run after Vapi has its answer.

Handlers may run late, in any order and, after a restart, twice; so each writes what can be written again.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vapi_async.models import (
        ServerMessageConversationUpdate,
        ServerMessageEndOfCallReport,
        ServerMessageHang,
        ServerMessageSpeechUpdate,
        ServerMessageStatusUpdate,
        ServerMessageTranscript,
    )
    from vapi_async.webhooks import Webhooks

    from .store import Store

SUBSCRIBED = (
    "status-update",
    "end-of-call-report",
    'transcript[transcriptType="final"]',
    "hang",
    "conversation-update",
    "speech-update",
    "user-interrupted",
    "tool-calls",
)
"""What assistants send here (`serverMessages`)."""

_log = logging.getLogger("backend.events")


def add_events(hooks: Webhooks, store: Store) -> None:
    """Register the handlers.

    Args:
        hooks: Where.
        store: Keeps what calls come to.
    """

    @hooks.on("status-update")
    def status_changed(message: ServerMessageStatusUpdate) -> None:
        call_id, reason = _call_id(message), message.ended_reason or None
        store.set_status(call_id, message.status, reason)
        _log.info("call status", extra={"call_id": call_id, "status": message.status, "ended_reason": reason})

    @hooks.on("end-of-call-report")
    def call_ended(message: ServerMessageEndOfCallReport) -> None:
        call_id, cost = _call_id(message), message.cost or None
        store.add_report(call_id, message.ended_reason, cost, message.analysis.summary or None)
        _log.info("call ended", extra={"call_id": call_id, "ended_reason": message.ended_reason, "cost": cost})

    @hooks.on('transcript[transcriptType="final"]')
    def said(message: ServerMessageTranscript) -> None:
        store.add_line(_call_id(message), message.timestamp or None, message.role, message.transcript)

    @hooks.on("hang")
    def went_silent(message: ServerMessageHang) -> None:
        store.add_hang(_call_id(message))
        _log.warning("the assistant does not reply", extra={"call_id": _call_id(message)})

    @hooks.on("conversation-update")
    async def conversation_went_on(message: ServerMessageConversationUpdate) -> None:
        count = len(message.messages_open_ai_formatted)
        _log.debug("conversation", extra={"call_id": _call_id(message), "messages": count})

    @hooks.on("speech-update")
    async def speech_changed(message: ServerMessageSpeechUpdate) -> None:
        facts = {"call_id": _call_id(message), "role": message.role, "status": message.status}
        _log.debug("speech", extra=facts)

    @hooks.on("user-interrupted")
    async def interrupted(message: Any) -> None:
        _log.debug("the customer interrupted", extra={"call_id": _call_id(message)})


def _call_id(message: Any) -> str:
    """Return the id of a message's call.

    Raises:
        LookupError: it is about none; `Webhooks` logs that, and Vapi does not notice.
    """
    if not message.call:
        raise LookupError(f"a message of type {message.type} without a call")
    call_id: str = message.call.id
    return call_id
