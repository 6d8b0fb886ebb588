"""`parse` and `ReceivedMessage`: from the body of a delivery to a server message.

Vapi wraps a message as `{"message": {...}}`; some of its guides, and the websocket transport, show it without. Both are
read. Keys beside `message` are taken into it where it lacks them, so that nothing of the body is lost.

A message is an object with a `type` (contract: ServerMessage.message). The contract leaves `type` out of what a
tool-calls message must have, so one with a `toolCallList` and no type is one, too. Types that the contract has no
schema for become the models package's `Unknown`, which keeps them whole.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, cast

from vapi_async._lazy import exported_by
from vapi_async._modeling.class_loading import Decoder, load_factory, load_variants
from vapi_async.errors import MessageError

from .message_types import TOOL_CALLS

if TYPE_CHECKING:
    from vapi_async.models import ServerMessageMessage

MODELS = "vapi_async.models"


@exported_by("vapi_async.webhooks")
def parse(body: bytes | str | Mapping[str, Any], *, models: str = MODELS) -> ServerMessageMessage:
    """Return the typed message of a delivery.

    Args:
        body: the body of the request, or what a JSON parser made of it.
        models: the models package.

    Returns:
        The model for the message's type; `Unknown` for a type that the contract has no schema for.

    Raises:
        MessageError: the body is no JSON object, or no server message.
    """
    return cast("ServerMessageMessage", decode(read(body), models))


def read(body: bytes | str | Mapping[str, Any]) -> dict[str, Any]:
    """Return the message of a delivery as a JSON object, out of its envelope.

    Raises:
        MessageError: the body is no JSON object, or no server message.
    """
    if not isinstance(body, bytes | bytearray | memoryview | str | Mapping):
        raise MessageError(f"the body must be bytes, text or a mapping, not {type(body).__name__}")
    value = dict(body) if isinstance(body, Mapping) else _loads(body)
    if value.__class__ is not dict:
        raise MessageError("the body is no JSON object, so no server message")
    message = _unwrapped(value)
    if message_type(message) is None:
        raise MessageError("the body is no server message: its message has no type")
    return message


def message_type(message: Mapping[str, Any]) -> str | None:
    """Return the type of a message, None if it has none."""
    type_ = message.get("type")
    if isinstance(type_, str):
        return type_
    return TOOL_CALLS if type_ is None and isinstance(message.get("toolCallList"), list) else None


def decode(message: Mapping[str, Any], models: str) -> Any:
    """Return the model for a message that `read` returned; never raises.

    Args:
        message: the message, as JSON values.
        models: the models package.
    """
    of_type, of_tool_calls = _decoders(models)
    return of_tool_calls(message) if message.get("type") is None else of_type(message)


class ReceivedMessage:
    """A server message on its way to its handlers, decoded when the first of them wants it.

    Args:
        raw: the message that `read` returned.
        models: the models package.

    Attributes:
        type: its type.
    """

    __slots__ = ("_model", "_models", "raw", "type")

    def __init__(self, raw: dict[str, Any], models: str) -> None:
        self.raw: dict[str, Any] = raw
        self.type: str = message_type(raw) or ""
        self._models = models
        self._model: Any = None

    @property
    def model(self) -> Any:
        """The typed message, the same for all handlers."""
        if self._model is None:
            self._model = decode(self.raw, self._models)
        return self._model


def call_id(message: Mapping[str, Any]) -> str | None:
    """Return the id of the call that a message is about, None if it says none."""
    call = message.get("call")
    found = call.get("id") if isinstance(call, dict) else None
    return found if isinstance(found, str) else None


@cache
def _decoders(models: str) -> tuple[Decoder, Decoder]:
    return load_variants(models, "ServerMessageMessage").decode, load_factory(models, "ServerMessageToolCalls")


def _unwrapped(value: dict[str, Any]) -> dict[str, Any]:
    message = value.get("message")
    # A message may have a field `message` itself: where only the outer object has a type, that is the message.
    if not isinstance(message, dict) or (message_type(value) is not None and message_type(message) is None):
        return value
    if len(value) == 1:
        return message
    return {**message, **{key: beside for key, beside in value.items() if key != "message" and key not in message}}


def _loads(body: bytes | str) -> Any:
    try:
        return _JSON.decode(body if isinstance(body, str) else _text(body))
    except RecursionError:
        raise MessageError("the body is nested too deep to be read") from None
    except ValueError:
        raise MessageError("the body is not JSON") from None


def _text(body: bytes) -> str:
    content = bytes(body)  # surrogatepass: half a character that a model cut off must not cost the whole message
    return content.decode(json.detect_encoding(content), "surrogatepass")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


_JSON = json.JSONDecoder(parse_constant=_refuse_constant)
