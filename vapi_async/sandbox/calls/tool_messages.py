"""Tool calls: what the server is told of them, and what its answer means.

The contract says that the arguments of a call are a JSON text, and that a reply is
`{"results": [{"toolCallId", "name", "result" | "error"}]}` or `{"error"}` (`ServerMessageResponseToolCalls`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
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
    def with_tool(self) -> Json:
        """One item of `toolWithToolCallList`."""
        return {**without_record_fields(self.tool), "toolCall": self.as_tool_call}

    def spoken(self, moment: str) -> str:
        """Return what the tool's `messages` let the assistant say at a moment, such as "request-start"."""
        messages = self.tool.get("messages") or ()
        return next((m["content"] for m in messages if m.get("type") == moment and m.get("content")), "")


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
    said = (message.get("content") or "") if isinstance(message, Mapping) else ""
    metadata = item.get("metadata")
    if item.get("error") is not None:
        return ToolOutcome(f"Error: {result_text(item['error'])}", True, metadata, said)
    if item.get("result") is None:
        return failure("No result returned.")
    return ToolOutcome(result_text(item["result"]), False, metadata, said)
