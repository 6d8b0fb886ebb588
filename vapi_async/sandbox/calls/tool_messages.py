"""Tool calls: what the server is told of them, and what its answer means.

The contract says that the arguments of a call are a JSON text, and that a reply is
`{"results": [{"toolCallId", "name", "result" | "error"}]}` or `{"error"}` (`ServerMessageResponseToolCalls`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from attrs import frozen

from .call_resources import Json, plain, tool_name
from .conversation import text_of

SERVED = ("function", "ghl", "make", "bash", "computer", "textEditor", "google.calendar.event.create")


@frozen
class ToolCall:
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
    def wire(self) -> Json:
        """A `ToolCall` of the contract."""
        arguments = json.dumps(dict(self.arguments), ensure_ascii=False)
        return {"id": self.id, "type": "function", "function": {"name": tool_name(self.tool), "arguments": arguments}}

    @property
    def with_tool(self) -> Json:
        """One item of `toolWithToolCallList`."""
        return {**plain(self.tool), "toolCall": self.wire}

    def spoken(self, moment: str) -> str:
        """Return what the tool's `messages` let the assistant say at a moment, such as "request-start"."""
        messages = self.tool.get("messages") or ()
        return next((m["content"] for m in messages if m.get("type") == moment and m.get("content")), "")


@frozen
class Result:
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


def error(text: str) -> Result:
    """Return the result of a call that failed."""
    return Result(f"Error: {text}", failed=True)


def result_of(call: ToolCall, replies: list[Any], url: str) -> Result:
    """Return what a server's answer says about one call.

    Args:
        call: The call.
        replies: The JSON of the answer; empty if the server gave none with a 2xx.
        url: That of the server.
    """
    if not replies:
        return error(
            f"the server did not answer: sb.deliveries has why; sb.connect({url!r}, target) lets a target answer."
        )
    reply = replies[0] if isinstance(replies[0], Mapping) else {}
    if isinstance(reply.get("error"), str):
        return error(reply["error"])
    results = reply.get("results")
    mine = [each for each in results if _is_for(each, call)] if isinstance(results, list) else []
    if not mine:
        return error("No result returned.")
    return _read(mine[0])


def _is_for(item: Any, call: ToolCall) -> bool:
    return isinstance(item, Mapping) and item.get("toolCallId") == call.id


def _read(item: Mapping[str, Any]) -> Result:
    message = item.get("message")
    said = (message.get("content") or "") if isinstance(message, Mapping) else ""
    metadata = item.get("metadata")
    if item.get("error") is not None:
        return Result(f"Error: {text_of(item['error'])}", True, metadata, said)
    if item.get("result") is None:
        return error("No result returned.")
    return Result(text_of(item["result"]), False, metadata, said)
