"""Tools in a call: their servers are asked, what they answer goes into the conversation, Vapi's own act on the call."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from . import call_resources as resources
from .rejection import is_rejected
from .templates import fill_variables
from .tool_messages import SERVER_TOOL_TYPES, ToolInvocation, ToolOutcome, failure, outcome_of, with_static

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.delivery import Server
    from vapi_async.sandbox.script import ToolCallStep

    from .call_actions import CallActions
    from .call_resources import Json
    from .running_call import RunningCall
    from .transfers import Transfers


_REJECTED = "The tool call was rejected by the tool's rejectionPlan."
_TRANSFERRING = "Transferring the call now"
_DOLLAR = re.compile(r"\{\{(\s*)\$")


class ToolExecution:
    """The tools of one sandbox's calls.

    Args:
        actions: What happens in them.
        transfers: What the tool transferCall does.
    """

    def __init__(self, actions: CallActions, transfers: Transfers) -> None:
        self._actions = actions
        self._transfers = transfers

    async def run(self, call: RunningCall, step: ToolCallStep) -> Steps:
        """Call tools, and take what they bring into the conversation."""
        try:
            invocations = [self._invocation(call, name, arguments) for name, arguments in step.tools]
        except LookupError as error:
            # The script is wrong: whoever waits for the call is told so, and finds it ended.
            await self._actions.end(call, "call.in-progress.error-vapifault-worker-died")
            raise ValueError(str(error)) from error
        call.conversation.tool_calls(
            [invocation.as_tool_call for invocation in invocations], self._actions.state.clock.now()
        )
        for invocation in invocations:
            await self._actions.messages.send(
                call, "model-output", output=invocation.as_tool_call, turnId=f"turn-{call.turn_number}"
            )
        rejected = [each for each in invocations if is_rejected(call, each.tool)]
        outcomes = {each.id: ToolOutcome(_REJECTED, failed=True) for each in rejected}
        called = [each for each in invocations if each not in rejected]
        for invocation in called:
            yield self._actions.speak(call, call.fill(invocation.spoken("request-start") or _announcement(invocation)))
        for server, group in self._by_server(call, called):
            yield self._request_outcomes(call, server, group, outcomes)
        for invocation in invocations:
            yield self._add_outcome(call, invocation, outcomes[invocation.id])
        for invocation in called:
            yield self._apply_builtin(call, invocation)

    async def _add_outcome(self, call: RunningCall, invocation: ToolInvocation, outcome: ToolOutcome) -> Steps:
        tool_call = invocation.as_tool_call
        call.conversation.tool_result(tool_call, outcome.text, self._actions.state.clock.now(), outcome.metadata)
        call.tool_results |= {tool_call["function"]["name"]: outcome.text, "result": outcome.text}
        await self._actions.send_conversation(call)
        if not outcome.failed:
            call.extracted |= _variables(call, invocation, outcome.text)
        moment = "request-failed" if outcome.failed else "request-complete"
        yield self._actions.speak(call, call.fill(outcome.said or invocation.spoken(moment)))
        if invocation.message(moment).get("endCallAfterSpokenEnabled"):
            await self._actions.end(call, "assistant-ended-call-after-message-spoken")

    def _invocation(self, call: RunningCall, name: str, arguments: Mapping[str, Any]) -> ToolInvocation:
        tools = resources.tools(self._actions.state.store, call.assistant.settings)
        if name not in tools:
            raise LookupError(
                f"the script calls the tool {name!r}, which the assistant {call.assistant.name!r} does not have; "
                f"it has: {', '.join(tools) or 'none'}"
            )
        merged = with_static(tools[name], arguments, call.fill)
        return ToolInvocation(tools[name], "call_" + self._actions.state.new_id().replace("-", "")[:24], merged)

    def _by_server(
        self, call: RunningCall, invocations: list[ToolInvocation]
    ) -> list[tuple[Server | None, list[ToolInvocation]]]:
        """The invocations by the server that gets them; asynchronous ones apart, since their answer does not count."""
        groups: dict[tuple[str, bool], tuple[Server | None, list[ToolInvocation]]] = {}
        for invocation in invocations:
            served = invocation.tool["type"] in SERVER_TOOL_TYPES
            server = self._actions.messages.server_for(call, invocation.tool) if served else None
            key = (server["url"] if server else invocation.tool["type"], bool(invocation.tool.get("async")))
            # A server gets all its calls of one turn in one message, as Vapi sends them.
            groups.setdefault(key, (server, []))[1].append(invocation)
        return list(groups.values())

    async def _request_outcomes(
        self,
        call: RunningCall,
        server: Server | None,
        invocations: list[ToolInvocation],
        outcomes: dict[str, ToolOutcome],
    ) -> Steps:
        if server is None:
            served = invocations[0].tool["type"] in SERVER_TOOL_TYPES
            alone = failure("the tool has no server URL.") if served else ToolOutcome("Success.")
            outcomes |= {invocation.id: alone for invocation in invocations}
            return
        sent = [invocation.as_sent for invocation in invocations]
        fields: Json = {
            "toolCalls": sent,
            "toolCallList": sent,
            "toolWithToolCallList": [invocation.with_tool for invocation in invocations],
        }
        replies: list[Any] = []
        asked = self._actions.messages.request(call, "tool-calls", replies.append, server=server, fields=fields)
        # The model goes on without the answer; waits before further attempts run beside the call.
        if invocations[0].tool.get("async"):
            await self._actions.state.clock.follow(asked)
            outcomes |= {invocation.id: ToolOutcome("Success.") for invocation in invocations}
            return
        yield asked
        outcomes |= {invocation.id: outcome_of(invocation, replies, server["url"]) for invocation in invocations}

    async def _apply_builtin(self, call: RunningCall, invocation: ToolInvocation) -> Steps:
        """Do what tools of Vapi's own do to the call."""
        if invocation.tool["type"] == "endCall":
            yield self._actions.speak(call, call.text("endCallMessage"))
            await self._actions.messages.send(call, "phone-call-control", request="hang-up")
            await self._actions.end(call, "assistant-ended-call")
        elif invocation.tool["type"] == "transferCall":
            yield self._transfers.transfer(call, _destination_of(invocation))
        elif invocation.tool["type"] == "handoff":
            yield self._transfers.hand_off(call, _destination_of(invocation) or {}, invocation.arguments)


def _announcement(invocation: ToolInvocation) -> str:
    """Return what is said of a transfer that has no message of its own."""
    if invocation.tool["type"] != "transferCall" or invocation.message("request-start"):
        return ""
    destination = _destination_of(invocation) or {}
    return "" if destination.get("message") or destination.get("type") == "assistant" else _TRANSFERRING


def _variables(call: RunningCall, invocation: ToolInvocation, text: str) -> Json:
    """Return the variables that a tool's result brings: its members, and the aliases of the tool's extraction plan."""
    try:
        result = json.loads(text)
    except ValueError:
        result = text
    found = dict(result) if isinstance(result, dict) else {}
    aliases = (invocation.tool.get("variableExtractionPlan") or {}).get("aliases") or ()
    known = {**call.variables, **found, "result": result, "tool": {"result": result}}
    now = call.state.clock.now()
    # Aliases name the whole result "$", which is no name in Liquid.
    return found | {
        each["key"]: fill_variables(_DOLLAR.sub("{{\\1result", each["value"]), known, now) for each in aliases
    }


def _destination_of(invocation: ToolInvocation) -> Json | None:
    """The destination that a transfer tool was called with: the one named, or its only one."""
    destinations = invocation.tool.get("destinations") or []
    # Where the model says a number, nobody has to be asked for one.
    if not destinations and (number := invocation.arguments.get("phoneNumber")):
        return {"type": "number", "number": number}
    named = invocation.arguments.get("destination")
    for destination in destinations:
        if named in (destination.get("number"), destination.get("sipUri"), destination.get("assistantName")):
            return dict(destination)
    return dict(destinations[0]) if destinations else None
