"""`Invocation`: one call of a tool, whatever the message that asks for it looks like.

The contract has one shape (`ToolCall`: `function.arguments`, a string of JSON), what is sent has several: arguments
may be an object, be called `parameters`, and stand beside the name instead of below `function`. The list of them may be
`toolCallList`, `toolWithToolCallList` or, in older messages, `toolCalls`; the legacy message `function-call` holds a
single one and gives no id. What cannot be read becomes an invocation with a problem, so that every id gets an answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import Factory, field, frozen

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from vapi_async.models import Call

# A message may hold several of these, which say the same: the first that is there counts.
_LISTS = ("toolCallList", "toolWithToolCallList", "toolCalls")


@exported_by("vapi_async.webhooks")
@frozen
class Invocation:
    """One call of a tool.

    Attributes:
        id: what the answer refers to as `toolCallId`; empty for the legacy message.
        name: of the tool; empty if the message does not say.
        arguments: by name, as JSON values; empty if they cannot be read.
        problem: why the arguments cannot be read, as a sentence for the assistant; None if they can.
    """

    id: str
    name: str
    arguments: dict[str, Any] = field(default=Factory(dict), repr=False)
    problem: str | None = None


@exported_by("vapi_async.webhooks")
@frozen
class ToolContext:
    """What a tool may want to know beyond its arguments: a parameter annotated with this class is given it.

    Attributes:
        message: the message that asks for the tool.
        call: the call that it belongs to; None in a chat.
        invocation: which call of the tool this is.
    """

    message: Any = field(repr=False)
    call: Call | None = field(repr=False)
    invocation: Invocation


def invocations(message: Any) -> list[Invocation]:
    """Return the calls of tools that a message asks for, in its order; none if it asks for none.

    Args:
        message: the JSON object of a message of the type `tool-calls` or `function-call`.
    """
    if not isinstance(message, Mapping):
        return []
    items = tool_call_items(message)
    return [_invocation(item) for item in _objects([message.get("functionCall")] if items is None else items)]


def tool_call_items(message: Mapping[str, Any]) -> Any:
    """Return the list of calls that a message asks for, as it came; None if there is none."""
    for key in _LISTS:
        items = message.get(key)
        if _objects(items):
            return items
    return None


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _invocation(item: Mapping[str, Any]) -> Invocation:
    call = _object(item.get("toolCall")) or item  # within toolWithToolCallList, beside the definition of the tool
    function = _object(call.get("function"))
    named = (function, call, item, _object(item.get("function")), _object(item.get("tool")))
    name = _first_text(*[part.get("name") for part in named])
    given = (part[key] for part in (function, call) for key in ("arguments", "parameters") if key in part)
    arguments, problem = _arguments(next(given, None), name)
    return Invocation(_first_text(call.get("id"), item.get("id")), name, arguments, problem)


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _first_text(*values: Any) -> str:
    return next((value for value in values if isinstance(value, str) and value), "")


def _arguments(value: Any, name: str) -> tuple[dict[str, Any], str | None]:
    """Return the arguments, and what is wrong with them."""
    if isinstance(value, str):
        try:
            value = json.loads(value) if value.strip() else None
        except (ValueError, RecursionError):
            return {}, f"The arguments of {name} are not valid JSON. Please try again."
    if value is None:
        return {}, None
    if not isinstance(value, Mapping):
        return {}, f"The arguments of {name} are not a JSON object. Please try again."
    return dict(value), None
