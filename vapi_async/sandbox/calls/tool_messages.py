"""Tool calls: what the server is told of them, and what its answer means.

Servers get the arguments of a call as an object, the conversation has them as JSON text. A reply is
`{"results": [{"toolCallId", "name", "result" | "error"}]}` or `{"error"}` (`ServerMessageResponseToolCalls`).
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from .call_resources import Json, tool_name, without_record_fields
from .conversation import result_text

SERVER_TOOL_TYPES = ("function", "ghl", "make", "bash", "computer", "textEditor", "google.calendar.event.create")


@frozen
class ToolInvocation:
    """One call of a tool.

    Attributes:
        tool: the tool, as the assistant has it.
        id: the id of the call.
        arguments: what it is called with.
    """

    tool: Json
    id: str
    arguments: Mapping[str, Any]

    @property
    def as_tool_call(self) -> Json:
        """A `ToolCall` of the contract."""
        arguments = json.dumps(dict(self.arguments), ensure_ascii=False)
        return {"id": self.id, "type": "function", "function": {"name": tool_name(self.tool), "arguments": arguments}}

    @property
    def as_sent(self) -> Json:
        """The call as servers get it: its arguments are an object there, whatever the contract says."""
        function = {"name": tool_name(self.tool), "arguments": dict(self.arguments)}
        return {"id": self.id, "type": "function", "function": function}

    @property
    def with_tool(self) -> Json:
        """One item of `toolWithToolCallList`."""
        return {**without_record_fields(self.tool), "toolCall": self.as_sent}

    def messages(self, moment: str) -> list[Json]:
        """Return those of the tool's `messages` that are for a moment, and whose conditions hold."""
        messages = [each for each in self.tool.get("messages") or () if each.get("type") == moment]
        return [each for each in messages if all(_holds(c, self.arguments) for c in each.get("conditions") or ())]

    def message(self, moment: str) -> Json:
        """Return the one of the tool's `messages` that counts at a moment, such as "request-start"; {} if none does."""
        # The more conditions hold, the more it is meant for this call.
        return max(self.messages(moment), key=lambda each: len(each.get("conditions") or ()), default={})

    def spoken(self, moment: str) -> str:
        """Return what the tool's `messages` let the assistant say at a moment."""
        return spoken_text(self.message(moment))


def spoken_text(message: Any) -> str:
    """Return the text of a message that is one, or has it in `contents` or `content`; "" if it has none."""
    if isinstance(message, str):
        return message
    if not isinstance(message, Mapping):
        return ""
    texts = [each["text"] for each in message.get("contents") or () if each.get("text")]
    return str(next(iter(texts), "") or message.get("content") or "")


_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "neq": operator.ne,
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


def _holds(condition: Mapping[str, Any], arguments: Mapping[str, Any]) -> bool:
    try:
        return _COMPARE[condition.get("operator", "eq")](arguments.get(condition["param"]), condition.get("value"))
    except TypeError:
        return False


def with_static(tool: Json, arguments: Mapping[str, Any], fill: Callable[[str], str]) -> Json:
    """Return the arguments of a call with the tool's static `parameters` over them: these the model cannot change."""
    static = {each["key"]: each.get("value") for each in tool.get("parameters") or () if "key" in each}
    return {**arguments, **{key: filled(value, fill) for key, value in static.items()}}


def filled(value: Any, fill: Callable[[str], str]) -> Any:
    """Return a JSON value with its texts filled in."""
    if isinstance(value, Mapping):
        return {key: filled(member, fill) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(member, fill) for member in value]
    return fill(value) if isinstance(value, str) else value


@frozen
class ToolOutcome:
    """What a tool call brought.

    Attributes:
        text: what the model reads.
        failed: whether it is an error.
        metadata: what the server put beside it.
        said: what the server lets the assistant say.
    """

    text: str
    failed: bool = False
    metadata: Json | None = None
    said: str = ""


def failure(text: str) -> ToolOutcome:
    """Return the result of a call that failed."""
    return ToolOutcome(f"Error: {text}", failed=True)


def outcome_of(invocation: ToolInvocation, replies: list[Any], url: str) -> ToolOutcome:
    """Return what a server's answer says about one call.

    Args:
        invocation: The call of the tool.
        replies: The JSON of the answer; empty if the server gave none with a 2xx.
        url: That of the server.
    """
    if not replies:
        return failure(
            f"the server did not answer: sb.deliveries has why; sb.connect({url!r}, target) lets a target answer."
        )
    reply = replies[0] if isinstance(replies[0], Mapping) else {}
    if isinstance(reply.get("error"), str):
        return failure(reply["error"])
    results = reply.get("results")
    mine = [each for each in results if _is_for(each, invocation)] if isinstance(results, list) else []
    if not mine:
        return failure("No result returned.")
    return _outcome(mine[0])


def _is_for(item: Any, invocation: ToolInvocation) -> bool:
    return isinstance(item, Mapping) and item.get("toolCallId") == invocation.id


def _outcome(item: Mapping[str, Any]) -> ToolOutcome:
    message = item.get("message")
    moment = "request-failed" if item.get("error") is not None else "request-complete"
    # One of another moment does not count: its author meant something else to happen.
    if not isinstance(message, Mapping) or message.get("type", moment) != moment:
        message = {}
    said = message.get("content") or ""
    metadata = item.get("metadata")
    if item.get("error") is not None:
        return ToolOutcome(f"Error: {result_text(item['error'])}", True, metadata, said)
    if item.get("result") is None:
        return failure("No result returned.")
    text = result_text(item["result"])
    # As documented, Vapi cannot parse a result of several lines.
    return (
        failure("the result has line breaks, which cannot be parsed.")
        if "\n" in text
        else ToolOutcome(text, False, metadata, said)
    )
