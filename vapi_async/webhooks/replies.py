"""Replies: what handlers return, as JSON; and what is said when they fail.

Vapi reads the bare reply, as its guides show it; `{"messageResponse": {...}}`, which the contract has, is unwrapped.

Where a handler fails, returns no object, or is missing, Vapi still gets a reply that it can go on with:

- assistant-request: an `error`, which is spoken to the caller.
- tool-calls: an `error` for each call; function-call: the same text as its `result`, all that it can have.
- transfer- and handoff-destination-request: an `error`, so nobody is transferred.
- knowledge-base-request: no documents, so the assistant goes on with what it knows.
- call.endpointing.request: half a second of silence ends the turn.
- campaign.predial: `{}`. Anything but `eligible` is a failed check, and the contact is not dialled: "not eligible"
  would be a decision that nobody took.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vapi_async._modeling.encoding import to_json
from vapi_async._modeling.model import Model
from vapi_async._modeling.unknown_variant import UnknownVariant

from .handlers import logger
from .message_types import ASSISTANT_REQUEST, FUNCTION_CALL, REPLIES, TOOL_CALLS
from .tools.invocations import invocations

NO_ASSISTANT = "Sorry, this call cannot be answered right now. Please try again later."
NO_RESULT = "Sorry, that did not work right now."
NO_TRANSFER = "Sorry, the call cannot be transferred right now."
ENDPOINTING_SECONDS = 0.5

_SAFE: dict[str, Mapping[str, Any]] = {
    ASSISTANT_REQUEST: {"error": NO_ASSISTANT},
    FUNCTION_CALL: {"result": NO_RESULT},
    "transfer-destination-request": {"error": NO_TRANSFER},
    "handoff-destination-request": {"error": NO_TRANSFER},
    "knowledge-base-request": {"documents": []},
    "call.endpointing.request": {"timeoutSeconds": ENDPOINTING_SECONDS},
    "campaign.predial": {},
}


def safe_reply(kind: str, message: Mapping[str, Any]) -> bytes:
    """Return the reply to a message whose handler failed or is missing.

    Args:
        kind: the type of the message.
        message: the message, as JSON values.
    """
    if kind == TOOL_CALLS:
        failed = [{"toolCallId": call.id, "name": call.name, "error": NO_RESULT} for call in invocations(message)]
        return to_json({"results": failed} if failed else {"error": NO_RESULT})
    return to_json(_SAFE[kind])


def reply_bytes(kind: str, value: Any, models: str) -> bytes:
    """Return what a handler returned as the body of the answer.

    Args:
        kind: the type of the message.
        value: a model, or a mapping in the API's spelling.
        models: the models package.

    Raises:
        TypeError: it is no object, or something in it has no JSON form.
        ValueError: something in it has no JSON form.
    """
    value = _bare(value)
    if not isinstance(value, (Model, UnknownVariant, Mapping)):
        raise TypeError(f"the reply to {kind} must be a model or a mapping, not {type(value).__name__}")
    if isinstance(value, Mapping):
        _warn_of_spelling(kind, value, models)
    return to_json(value)


def _bare(value: Any) -> Any:
    wrapped = value.get("messageResponse") if isinstance(value, (Model, Mapping)) else None
    return value if wrapped is None else wrapped


def _warn_of_spelling(kind: str, value: Mapping[str, Any], models: str) -> None:
    """Log keys in Python's spelling: Vapi ignores them, and nobody would know why."""
    from vapi_async._modeling.key_spelling import check_spelling

    name = REPLIES[kind]
    if name is None:
        return
    try:
        check_spelling(models, name, value)
    except TypeError as error:
        logger.warning("the reply to %s: %s", kind, error)
