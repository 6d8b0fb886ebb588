"""Replies: what handlers return, as JSON; and what is said when they fail.

Vapi reads the bare reply, as its guides show it; `{"messageResponse": {...}}`, which the contract has, is unwrapped.

Keys in Python's spelling are sent as Vapi spells them, which is logged. Where a handler fails, is missing, returns no
object or, to an assistant-request, one without anything that Vapi could do, Vapi still gets a reply that it can go on
with:

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
from typing import TYPE_CHECKING, Any

from vapi_async._modeling.encoding import encode, to_json
from vapi_async._modeling.model import Model
from vapi_async._modeling.unknown_variant import UnknownVariant

from .handlers import logger
from .message_types import ASSISTANT_REQUEST, FUNCTION_CALL, REPLY_MODELS, TOOL_CALLS
from .tools.invocations import invocations

if TYPE_CHECKING:
    from .messages import ReceivedMessage
    from .tools.decryption import SupportsDecrypt
    from .tools.registry import Tools

NO_ASSISTANT = "Sorry, this call cannot be answered right now. Please try again later."
NO_RESULT = "Sorry, that did not work right now."
NO_TRANSFER = "Sorry, the call cannot be transferred right now."
ENDPOINTING_SECONDS = 0.5

#: What says how a call goes on: in a reply without any of it the caller would hear nothing.
_WHO_TALKS = (
    "assistantId", "assistant", "squadId", "squad", "workflowId", "workflow", "destination", "error",
)  # fmt: skip
_FALLBACKS: dict[str, Mapping[str, Any]] = {
    ASSISTANT_REQUEST: {"error": NO_ASSISTANT},
    FUNCTION_CALL: {"result": NO_RESULT},
    "transfer-destination-request": {"error": NO_TRANSFER},
    "handoff-destination-request": {"error": NO_TRANSFER},
    "knowledge-base-request": {"documents": []},
    "call.endpointing.request": {"timeoutSeconds": ENDPOINTING_SECONDS},
    "campaign.predial": {},
}


def fallback_reply(type_: str, message: Mapping[str, Any]) -> bytes:
    """Return the reply to a message whose handler failed or is missing.

    Args:
        type_: the type of the message.
        message: the message, as JSON values.
    """
    if type_ == TOOL_CALLS:
        failed = [{"toolCallId": call.id, "name": call.name, "error": NO_RESULT} for call in invocations(message)]
        return to_json({"results": failed} if failed else {"error": NO_RESULT})
    return to_json(_FALLBACKS[type_])


def encode_reply(type_: str, value: Any, models: str) -> bytes:
    """Return what a handler returned as the body of the answer.

    Args:
        type_: the type of the message.
        value: a model, or a mapping in the API's spelling.
        models: the models package.

    Raises:
        TypeError: it is no object, or something in it has no JSON form.
        ValueError: something in it has no JSON form; or it leaves the caller of an assistant-request alone.
    """
    value = _unwrapped(value)
    if not isinstance(value, (Model, UnknownVariant, Mapping)):
        raise TypeError(f"the reply to {type_} must be a model or a mapping, not {type(value).__name__}")
    reply = _as_spelled(type_, encode(value), models)
    if type_ == ASSISTANT_REQUEST and all(reply.get(key) is None for key in _WHO_TALKS):
        raise ValueError(
            f"the reply to {type_} has {', '.join(reply) or 'nothing'}, and none of {', '.join(_WHO_TALKS)}"
        )
    return to_json(reply)


def _unwrapped(value: Any) -> Any:
    wrapped = value.get("messageResponse") if isinstance(value, (Model, Mapping)) else None
    return value if wrapped is None else wrapped


def _as_spelled(type_: str, reply: dict[str, Any], models: str) -> dict[str, Any]:
    """Return a reply with its keys as Vapi spells them: others, such as assistant_id, it would ignore."""
    from vapi_async._modeling.key_spelling import respelled

    name = REPLY_MODELS[type_]
    if name is None:
        return reply
    spelled, wrong = respelled(models, name, reply)
    for place, wire in wrong:
        logger.warning("the reply to %s: %s is sent as %r, as Vapi spells it", type_, place, wire)
    return dict(spelled)


async def tool_reply(tools: Tools, message: ReceivedMessage, decryptor: SupportsDecrypt | None) -> bytes:
    """Return the reply to a message that asks for tools, once they have run.

    Args:
        tools: the tools.
        message: the message. The reply to a function-call has a `result` only, so an error is told there too.
        decryptor: decrypts arguments.
    """
    results = await tools.run(invocations(message.raw), message.model, decryptor=decryptor)
    if message.type != FUNCTION_CALL:
        return to_json({"results": results})
    first = results[0] if results else {}
    return to_json({"result": first.get("result", first.get("error", NO_RESULT))})
