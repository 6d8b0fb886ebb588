"""CallHooks of assistants and phone numbers: what is done by itself when something happens in a call."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from . import call_resources as resources
from .call_resources import Json, ResourceMissing
from .destinations import destination_called
from .silence import SilenceTimer
from .tool_messages import spoken_text
from .transfers import CONNECTING

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .running_call import RunningCall
    from .tool_execution import ToolExecution
    from .transfers import Transfers

TIME_ELAPSED = "call.timeElapsed"
SPEECH_TIMEOUT = "customer.speech.timeout"
EVENTS = (
    TIME_ELAPSED,
    SPEECH_TIMEOUT,
    "call.ending",
    "assistant.speech.interrupted",
    "customer.speech.interrupted",
    "model.response.timeout",
)
_TIMES = 3
_ANY_PIPELINE_ERROR = "pipeline-error"


class CallHooks:
    """The hooks of one sandbox's calls.

    Args:
        actions: what happens in them.
        tools: their tools.
        transfers: their transfers.
    """

    def __init__(self, actions: CallActions, tools: ToolExecution, transfers: Transfers) -> None:
        self._actions = actions
        self._tools = tools
        self._transfers = transfers

    def set_timers(self, call: RunningCall) -> None:
        """Set when the hooks of an assistant run that wait for a time."""
        clock = self._actions.state.clock
        for hook in _hooks(call.assistant.settings, TIME_ELAPSED):
            seconds = float((hook.get("options") or {}).get("seconds", 0))
            call.timers.append(clock.after(seconds, partial(self._run_beside, call, hook)))
        for hook in _hooks(call.assistant.settings, SPEECH_TIMEOUT):
            options = hook.get("options") or {}
            seconds, most = float(options.get("timeoutSeconds", 10)), int(options.get("triggerMaxCount") or _TIMES)
            resets = options.get("triggerResetMode", "never") == "onUserSpeech"
            timer = SilenceTimer(clock, seconds, most, resets, partial(self._run_beside, call, hook))
            call.silence_timers.append(timer)
            timer.start()

    async def happened(self, call: RunningCall, event: str) -> None:
        """Run the hooks of the assistant that talks for an event."""
        for hook in _hooks(call.assistant.settings, event):
            await self._run_beside(call, hook)

    async def ending(self, call: RunningCall, reason: str) -> str:
        """Run the hooks for the end of a call, and return the reason that it then ends for."""
        owners = (call.assistant.settings, call.phone_number or {})
        for hook in [hook for owner in owners for hook in _hooks(owner, "call.ending")]:
            if _passes(hook, {"call.endedReason": reason}):
                for action in _actions(hook):
                    reason = await self._at_the_end(call, action) or reason
        return reason

    async def ringing(self, call: RunningCall) -> Steps:
        """Run the hooks of a phone number for a call that comes in; they keep it from being answered."""
        number = str((call.stored.get("customer") or {}).get("number") or "")
        for hook in _hooks(call.phone_number or {}, "call.ringing"):
            if not _passes(hook, {"number": number}):
                continue
            for action in _actions(hook):
                if action.get("type") == "say":
                    yield self._actions.speak(call, call.fill(_exact(action)))
                    await self._actions.end(call, "call.ringing.hook-executed-say")
                elif action.get("destination"):
                    await self._forward(call, action["destination"])
                    yield CONNECTING
                    await self._actions.end(call, "call.ringing.hook-executed-transfer")

    async def _run_beside(self, call: RunningCall, hook: Json) -> None:
        """Do what a hook says now, while the script goes on."""
        for action in _actions(hook):
            if call.ended:
                return
            await self._do(call, action)

    async def _do(self, call: RunningCall, action: Json) -> None:
        tool = self._tool(action)
        if tool is not None and tool["type"] == "transferCall":
            destination = destination_called(self._actions.state.store, tool, {})
            if destination is not None:
                await self._transfers.transfer_now(call, destination)
        elif action.get("type") == "transfer":
            await self._transfers.transfer_now(call, action["destination"])
        elif tool is not None:
            await self._actions.state.clock.follow(self._tools.run_of_hook(call, tool), lambda: call.ended)
        elif action.get("type") == "message.add":
            await self._add_message(call, action["message"])
        elif text := call.fill(_exact(action)):
            await self._actions.interject(call, text)

    async def _at_the_end(self, call: RunningCall, action: Json) -> str | None:
        """Do something before a call ends, and return the reason for its end, if it is another one by that."""
        tool = self._tool(action)
        if tool is not None and tool["type"] == "transferCall":
            destination = destination_called(self._actions.state.store, tool, {})
        else:
            destination = action.get("destination")
        if destination is not None:
            await self._forward(call, destination)
            return "call.ending.hook-executed-transfer"
        said = action.get("type") == "say"
        await self._do(call, action)
        return "call.ending.hook-executed-say" if said else None

    async def _forward(self, call: RunningCall, destination: Json) -> None:
        call.update(destination=destination)
        await self._actions.set_status(call, "forwarding", destination=destination)

    async def _add_message(self, call: RunningCall, message: Json) -> None:
        now, text = self._actions.state.clock.now(), call.fill(spoken_text(message))
        if message.get("role") in ("user", "assistant"):
            call.conversation.said(message["role"], text, now, 0.0)
        else:
            call.conversation.system(text, now)
        await self._actions.send_conversation(call)

    def _tool(self, action: Json) -> Json | None:
        """Return the tool that an action calls, None if it calls none."""
        if action.get("type") == "function":
            return action
        try:
            stored = resources.stored_tool(self._actions.state.store, action["toolId"]) if "toolId" in action else None
        except ResourceMissing:
            return None
        tool: Json | None = action.get("tool") or stored
        return tool


def _hooks(owner: Json, event: str) -> list[Json]:
    return [hook for hook in owner.get("hooks") or () if hook.get("on") == event]


def _actions(hook: Json) -> list[Json]:
    # Of numbers, the hook for the end has one action where others have a list.
    done = hook.get("do") or []
    return [done] if isinstance(done, dict) else done


def _passes(hook: Json, values: Json) -> bool:
    return all(_fits(each, str(values.get(each.get("key"), ""))) for each in hook.get("filters") or ())


def _fits(condition: Json, value: str) -> bool:
    if condition.get("type") == "startsWith":
        return value.startswith(tuple(condition.get("startsWith") or ()))
    wanted: Iterable[Any] = condition.get("oneOf") or ()
    return value in wanted or (_ANY_PIPELINE_ERROR in wanted and _ANY_PIPELINE_ERROR in value)


def _exact(action: Json) -> str:
    exact = action.get("exact") or ""
    return str(exact if isinstance(exact, str) else next(iter(exact), ""))
