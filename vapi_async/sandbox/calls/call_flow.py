"""`CallFlow`: a call from its first status to its last, as steps on the clock.

Each step is written as it happens, as a generator of the seconds in between (`Clock.follow`). Whatever ends a call
meanwhile (a live command, its longest duration) takes effect before its next step.
"""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

from vapi_async.sandbox.script import HangStep, SpeechStep, Step, ToolCallStep, TransferStep, steps_of

from .assistant_requests import AssistantRequests
from .live_urls import live_urls
from .tool_execution import ToolExecution

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .running_call import RunningCall
    from .transfers import Transfers

_UNANSWERED = {False: "customer-did-not-answer", "busy": "customer-busy"}
_LONGEST = 600.0


class CallFlow:
    """How the calls of one sandbox go.

    Args:
        actions: What happens in them.
        transfers: Their transfers.
    """

    def __init__(self, actions: CallActions, transfers: Transfers) -> None:
        self._actions = actions
        self._transfers = transfers
        self._tools = ToolExecution(actions, transfers)
        self._assistant_requests = AssistantRequests(actions)

    def start(self, call: RunningCall, steps: Steps) -> None:
        """Give a call its live URLs, and take steps from now on.

        They are taken until they or the call are over, or a live command takes it elsewhere.
        """
        call.update(**live_urls(call))
        clock = self._actions.state.clock
        # Not at once: whoever made the call sees it "queued" or "ringing" before anything happens in it.
        clock.after(0, partial(clock.follow, steps, lambda: call.ended or call.interrupted))

    async def outbound(self, call: RunningCall) -> Steps:
        """Dial: queued, ringing, and what comes of it."""
        await self._actions.set_status(call, "queued")
        yield call.script.queued
        await self._actions.set_status(call, "ringing")
        yield call.script.ringing
        if call.script.answered in _UNANSWERED:
            await self._actions.end(call, _UNANSWERED[call.script.answered])
            return
        yield self._converse(call)

    async def inbound(self, call: RunningCall) -> Steps:
        """Ring in: find out who talks, and talk."""
        if not call.assistants:
            yield self._assistant_requests.request(call)
        await self._actions.set_status(call, "ringing")
        yield call.script.ringing
        yield self._converse(call)

    async def _converse(self, call: RunningCall) -> Steps:
        call.started = self._actions.state.clock.now()
        # Times in the conversation count from the answer, not from the first ring.
        call.conversation.started = call.started
        longest = float(call.assistant.settings.get("maxDurationSeconds") or _LONGEST)
        call.duration_timer = self._actions.state.clock.after(
            longest, partial(self._actions.end, call, "exceeded-max-duration")
        )
        call.update(startedAt=self._actions.state.timestamp())
        await self._actions.set_status(call, "in-progress")
        await self._actions.messages.send(call, "assistant.started")
        for message in (call.assistant.settings.get("model") or {}).get("messages") or ():
            if message.get("role") == "system":
                text = call.fill(message.get("content") or "")
                call.conversation.system(text, call.started)
        if call.script.answered == "voicemail" and _detects_voicemail(call):
            yield self._leave_message(call)
            return
        for step in _steps(call):
            yield self._take_step(call, step)
        yield self._finish(call)

    async def _finish(self, call: RunningCall) -> Steps:
        text = call.text("endCallMessage")
        if text and call.script.ended_reason.startswith("assistant-ended-call"):
            yield self._actions.say(call, SpeechStep("assistant", text))
        if call.script.ended_reason.startswith("assistant-"):
            await self._actions.messages.send(call, "phone-call-control", request="hang-up")
        await self._actions.end(call, call.script.ended_reason)

    async def _leave_message(self, call: RunningCall) -> Steps:
        text = call.text("voicemailMessage")
        if text:
            yield self._actions.say(call, SpeechStep("assistant", text))
        await self._actions.end(call, "voicemail")

    def _take_step(self, call: RunningCall, step: Step) -> Steps:
        match step:
            case SpeechStep():
                return self._actions.say(call, step)
            case ToolCallStep():
                return self._tools.run(call, step)
            case TransferStep():
                return self._transfers.transfer(call, step.destination)
            case HangStep():
                return self._hang(call, step.seconds)

    async def _hang(self, call: RunningCall, silent: float) -> Steps:
        longest = float(call.assistant.settings.get("silenceTimeoutSeconds") or math.inf)
        yield min(silent, longest)
        if silent >= longest:
            await self._actions.end(call, "silence-timed-out")
            return
        await self._actions.messages.send(call, "hang")


def _detects_voicemail(call: RunningCall) -> bool:
    # Without detection, the default, the assistant goes on talking to the machine.
    return call.assistant.settings.get("voicemailDetection") not in (None, "off")


def _steps(call: RunningCall) -> list[Step]:
    """The steps of a call: the script's, the assistant's first message before them unless it is the user who begins."""
    steps = list(steps_of(None, ()) if call.script.steps is None else call.script.steps)
    first = call.text("firstMessage")
    begins = bool(steps) and isinstance(steps[0], SpeechStep) and steps[0].role == "assistant"
    waits = call.assistant.settings.get("firstMessageMode") == "assistant-waits-for-user"
    return steps if begins or waits or not first else [SpeechStep("assistant", first), *steps]
