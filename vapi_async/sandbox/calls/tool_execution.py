"""Tools in a call: their servers are asked, their results go into the conversation, Vapi's own ones act on the call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import call_resources as resources, tool_messages as toolcalls
from .tool_messages import Result, ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.deliveries import Server
    from vapi_async.sandbox.script import Called

    from .call_actions import Stage
    from .call_resources import Json
    from .running_call import Line
    from .transfers import Transfers


class Tooling:
    """The tools of one sandbox's calls.

    Args:
        stage: What happens in them.
        transfers: What the tool transferCall does.
    """

    def __init__(self, stage: Stage, transfers: Transfers) -> None:
        self._stage = stage
        self._transfers = transfers

    async def run(self, line: Line, step: Called) -> Steps:
        """Call tools, and take what they bring into the conversation."""
        try:
            calls = [self._tool_call(line, name, arguments) for name, arguments in step.tools]
        except LookupError as error:
            # The script is wrong: whoever waits for the call is told so, and finds it ended.
            await self._stage.end(line, "call.in-progress.error-vapifault-worker-died")
            raise ValueError(str(error)) from error
        line.conversation.tool_calls([call.wire for call in calls], self._stage.state.clock.now())
        await self._stage.messages.tell(
            line, "model-output", output=[call.wire for call in calls], turnId=f"turn-{line.turn}"
        )
        for call in calls:
            yield self._stage.speak(line, call.spoken("request-start"))
        results: dict[str, Result] = {}
        for server, group in self._groups(line, calls):
            yield self._ask(line, server, group, results)
        for call in calls:
            yield self._take_result(line, call, results[call.id])
        for call in calls:
            yield self._act(line, call)

    async def _take_result(self, line: Line, call: ToolCall, result: Result) -> Steps:
        wire = call.wire
        line.conversation.tool_result(wire, result.text, self._stage.state.clock.now(), result.metadata)
        line.results |= {wire["function"]["name"]: result.text, "result": result.text}
        await self._stage.tell_conversation(line)
        moment = "request-failed" if result.failed else "request-complete"
        yield self._stage.speak(line, result.said or call.spoken(moment))

    def _tool_call(self, line: Line, name: str, arguments: Mapping[str, Any]) -> ToolCall:
        tools = resources.tools(self._stage.state.store, line.agent.settings)
        if name not in tools:
            raise LookupError(
                f"the script calls the tool {name!r}, which the assistant {line.agent.name!r} does not have; "
                f"it has: {', '.join(tools) or 'none'}"
            )
        return ToolCall(tools[name], "call_" + self._stage.state.new_id().replace("-", "")[:24], arguments)

    def _groups(self, line: Line, calls: list[ToolCall]) -> list[tuple[Server | None, list[ToolCall]]]:
        """The calls by the server that gets them; asynchronous ones apart, since their answer does not count."""
        groups: dict[tuple[str, bool], tuple[Server | None, list[ToolCall]]] = {}
        for call in calls:
            server = self._stage.messages.receiver(line, call.tool) if call.tool["type"] in toolcalls.SERVED else None
            key = (server["url"] if server else call.tool["type"], bool(call.tool.get("async")))
            groups.setdefault(key, (server, []))[1].append(call)
        return list(groups.values())

    async def _ask(self, line: Line, server: Server | None, calls: list[ToolCall], results: dict[str, Result]) -> Steps:
        if server is None:
            served = calls[0].tool["type"] in toolcalls.SERVED
            alone = toolcalls.error("the tool has no server URL.") if served else Result("Success.")
            results |= {call.id: alone for call in calls}
            return
        fields: Json = {
            "toolCallList": [call.wire for call in calls],
            "toolWithToolCallList": [call.with_tool for call in calls],
        }
        replies: list[Any] = []
        asked = self._stage.messages.ask(line, "tool-calls", replies.append, server=server, fields=fields)
        if calls[0].tool.get("async"):
            await self._stage.state.clock.follow(asked)
            results |= {call.id: Result("Success.") for call in calls}
            return
        yield asked
        results |= {call.id: toolcalls.result_of(call, replies, server["url"]) for call in calls}

    async def _act(self, line: Line, call: ToolCall) -> Steps:
        """Do what tools of Vapi's own do to the call."""
        if call.tool["type"] == "endCall":
            await self._stage.end(line, "assistant-ended-call")
        elif call.tool["type"] == "transferCall":
            yield self._transfers.transfer(line, _chosen(call))
        elif call.tool["type"] == "handoff":
            yield self._transfers.hand_off(line, _chosen(call) or {}, call.arguments)


def _chosen(call: ToolCall) -> Json | None:
    """The destination that a transfer tool was called with: the one named, or its only one."""
    destinations = call.tool.get("destinations") or []
    named = call.arguments.get("destination")
    for destination in destinations:
        if named in (destination.get("number"), destination.get("sipUri"), destination.get("assistantName")):
            return dict(destination)
    return dict(destinations[0]) if destinations else None
