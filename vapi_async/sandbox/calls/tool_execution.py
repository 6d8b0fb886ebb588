"""Tools in a call: their servers are asked, what they answer goes into the conversation, Vapi's own act on the call."""

from __future__ import annotations

import json
import re
from functools import partial
from typing import TYPE_CHECKING, Any

from . import call_resources as resources
from .conversation import result_text
from .destinations import destination_called, tool_called
from .handoffs import Handoff, Handoffs
from .rejection import is_rejected
from .templates import fill_variables
from .tool_messages import (
    SERVER_TOOL_TYPES,
    ToolInvocation,
    ToolOutcome,
    failure,
    outcome_of,
    spoken_text,
    with_static,
)
from .tool_requests import outcome_of_answer, request_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from vapi_async.sandbox.clock import Steps, Timer
    from vapi_async.sandbox.deliveries.delivery import Server
    from vapi_async.sandbox.script import ToolAnswer, ToolCallStep

    from .call_actions import CallActions
    from .call_resources import Json
    from .running_call import RunningCall
    from .transfers import Transfers


_REJECTED = "The tool call was rejected by the tool's rejectionPlan."
_TRANSFERRING = "Transferring the call now"
#: One of several that Vapi says; here always the same, so that two runs of a test are alike.
_FILLER = "Hold on a sec."
_DOLLAR = re.compile(r"\{\{(\s*)\$")
_HOOK_CALL = "hook-function-call"

Outcomes = dict[str, ToolOutcome]


class ToolExecution:
    """The tools of one sandbox's calls.

    Args:
        actions: What happens in them.
        transfers: What the tool transferCall does.
        handoffs: What the tool handoff does.
    """

    def __init__(self, actions: CallActions, transfers: Transfers, handoffs: Handoffs) -> None:
        self._actions = actions
        self._transfers = transfers
        self._handoffs = handoffs

    async def run(self, call: RunningCall, step: ToolCallStep) -> Steps:
        """Call tools, and take what they bring into the conversation."""
        try:
            invocations = [self._invocation(call, name, arguments) for name, arguments in step.tools]
        except LookupError as error:
            # The script is wrong: whoever waits for the call is told so, and finds it ended.
            await self._actions.end(call, "call.in-progress.error-vapifault-worker-died")
            raise ValueError(str(error)) from error
        yield self._run(call, invocations, step.answer, step.extracted)

    async def run_of_hook(self, call: RunningCall, tool: Json) -> Steps:
        """Call the tool of a hook, which no model has arguments for."""
        arguments = with_static(tool, {}, call.fill)
        if tool["type"] == "function":
            # As documented, arguments of a function of a hook are the schema of its parameters.
            arguments = {**((tool.get("function") or {}).get("parameters") or {}), **arguments}
        yield self._run(call, [ToolInvocation(tool, _HOOK_CALL, arguments)], None, {})

    async def _run(
        self,
        call: RunningCall,
        invocations: list[ToolInvocation],
        answer: ToolAnswer | None,
        extracted: Mapping[str, Any],
    ) -> Steps:
        call.conversation.tool_calls([each.as_tool_call for each in invocations], self._actions.state.clock.now())
        for invocation in invocations:
            turn = f"turn-{call.turn_number}"
            await self._actions.messages.send(call, "model-output", output=invocation.as_tool_call, turnId=turn)
        rejected = [each for each in invocations if is_rejected(call, each.tool)]
        outcomes = {each.id: ToolOutcome(_REJECTED, failed=True) for each in rejected}
        called = [each for each in invocations if each not in rejected]
        for invocation in called:
            yield self._actions.speak(
                call, call.fill(invocation.spoken("request-start") or self._announced(invocation))
            )
        handoffs: dict[str, Handoff] = {}
        if answer is not None:
            outcomes |= {invocation.id: _scripted(answer) for invocation in called}
        else:
            yield self._find_outcomes(call, called, outcomes, handoffs)
        for invocation in invocations:
            yield self._add_outcome(call, invocation, outcomes[invocation.id], extracted)
        for invocation in called:
            yield self._apply_builtin(call, invocation, outcomes[invocation.id])
            if handoff := handoffs.get(invocation.id):
                yield self._handoffs.take_over(call, handoff, invocation.arguments, extracted)

    async def _find_outcomes(
        self, call: RunningCall, called: list[ToolInvocation], outcomes: Outcomes, handoffs: dict[str, Handoff]
    ) -> Steps:
        for server, group in self._by_server(call, called):
            if server is not None:
                yield self._ask_server(call, server, group, outcomes)
                continue
            for invocation in group:
                yield self._outcome_of_own(call, invocation, outcomes, handoffs)

    async def _add_outcome(
        self, call: RunningCall, invocation: ToolInvocation, outcome: ToolOutcome, extracted: Mapping[str, Any]
    ) -> Steps:
        tool_call = invocation.as_tool_call
        call.conversation.tool_result(tool_call, outcome.text, self._actions.state.clock.now(), outcome.metadata)
        call.tool_results |= {tool_call["function"]["name"]: outcome.text, "result": outcome.text}
        await self._actions.send_conversation(call)
        if not outcome.failed:
            call.extracted |= _variables(call, invocation, outcome.text, extracted)
        moment = "request-failed" if outcome.failed else "request-complete"
        message = invocation.message(moment)
        text = call.fill(outcome.said or spoken_text(message))
        if message.get("role") == "system" and not outcome.said:
            call.conversation.system(text, self._actions.state.clock.now())
        else:
            yield self._actions.speak(call, text)
        if message.get("endCallAfterSpokenEnabled"):
            await self._actions.end(call, "assistant-ended-call-after-message-spoken")

    def _invocation(self, call: RunningCall, name: str, arguments: Mapping[str, Any]) -> ToolInvocation:
        store = self._actions.state.store
        tools = resources.tools(store, call.assistant.settings)
        try:
            tool, given = tool_called(store, tools, name, arguments)
        except LookupError:
            raise LookupError(
                f"the script calls the tool {name!r}, which the assistant {call.assistant.name!r} does not have; "
                f"it has: {', '.join(map(resources.tool_name, tools)) or 'none'}"
            ) from None
        merged = with_static(tool, given, call.fill)
        return ToolInvocation(tool, "call_" + self._actions.state.new_id().replace("-", "")[:24], merged)

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

    async def _outcome_of_own(
        self, call: RunningCall, invocation: ToolInvocation, outcomes: Outcomes, handoffs: dict[str, Handoff]
    ) -> Steps:
        """Find out what a tool brings that Vapi runs itself."""
        match invocation.tool["type"]:
            case "apiRequest":
                request = request_of(invocation.tool, invocation.arguments, call.fill)
                outcome = outcome_of_answer(await self._actions.messages.fetch(call, request))
            case "handoff":
                found: list[Handoff | str] = []
                destination = self._destination(invocation) or {}
                yield self._handoffs.resolve(call, destination, invocation.arguments, found)
                if isinstance(found[0], Handoff):
                    handoffs[invocation.id] = found[0]
                    outcome = ToolOutcome(found[0].result)
                else:
                    outcome = failure(found[0])
            case kind if kind in SERVER_TOOL_TYPES:
                outcome = failure("the tool has no server URL.")
            case _:
                outcome = ToolOutcome("Success.")
        outcomes[invocation.id] = outcome

    async def _ask_server(
        self, call: RunningCall, server: Server, invocations: list[ToolInvocation], outcomes: Outcomes
    ) -> Steps:
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
        timers = [timer for invocation in invocations for timer in self._delayed(call, invocation)]
        yield asked
        for timer in timers:
            timer.cancel()
        outcomes |= {invocation.id: outcome_of(invocation, replies, server["url"]) for invocation in invocations}

    def _delayed(self, call: RunningCall, invocation: ToolInvocation) -> list[Timer]:
        """Set when the messages are said that are for an answer that takes long."""
        messages = invocation.messages("request-response-delayed")
        clock = self._actions.state.clock
        return [
            clock.after(
                float(message.get("timingMilliseconds", 0)) / 1000,
                partial(self._actions.interject, call, call.fill(spoken_text(message))),
            )
            for message in messages
            if spoken_text(message)
        ]

    async def _apply_builtin(self, call: RunningCall, invocation: ToolInvocation, outcome: ToolOutcome) -> Steps:
        """Do what tools of Vapi's own do to the call."""
        if outcome.failed:
            return
        match invocation.tool["type"]:
            case "endCall":
                yield self._actions.speak(call, call.text("endCallMessage"))
                await self._actions.messages.send(call, "phone-call-control", request="hang-up")
                await self._actions.end(call, "assistant-ended-call")
            case "transferCall":
                yield self._transfers.transfer(call, self._destination(invocation))
            case "voicemail":
                await self._actions.end(call, "voicemail")
            case _:
                return

    def _announced(self, invocation: ToolInvocation) -> str:
        """Return what is said of a tool that has no message of its own for that."""
        if any(each.get("type") == "request-start" for each in invocation.tool.get("messages") or ()):
            return ""
        if invocation.tool["type"] in SERVER_TOOL_TYPES and not invocation.tool.get("async"):
            # What a hook calls, the customer does not wait for.
            return "" if invocation.id == _HOOK_CALL else _FILLER
        if invocation.tool["type"] != "transferCall":
            return ""
        destination = self._destination(invocation) or {}
        return "" if destination.get("message") or destination.get("type") == "assistant" else _TRANSFERRING

    def _destination(self, invocation: ToolInvocation) -> Json | None:
        return destination_called(self._actions.state.store, invocation.tool, invocation.arguments)


def _scripted(answer: ToolAnswer) -> ToolOutcome:
    return ToolOutcome(result_text(answer.result)) if answer.error is None else failure(answer.error)


def _variables(call: RunningCall, invocation: ToolInvocation, text: str, extracted: Mapping[str, Any]) -> Json:
    """Return the variables that a tool's result brings: its members, and the aliases of the tool's extraction plan."""
    try:
        result = json.loads(text)
    except ValueError:
        result = text
    found = {**(result if isinstance(result, dict) else {}), **extracted}
    aliases = (invocation.tool.get("variableExtractionPlan") or {}).get("aliases") or ()
    known = {**call.variables, **found, "result": result, "tool": {"result": result}}
    now = call.state.clock.now()
    # Aliases name the whole result "$", which is no name in Liquid.
    return found | {
        each["key"]: fill_variables(_DOLLAR.sub("{{\\1result", each["value"]), known, now) for each in aliases
    }
