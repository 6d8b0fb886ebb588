"""`CallFlow`: a call from its first status to its last, as steps on the clock.

Each step is written as it happens, as a generator of the seconds in between (`Clock.follow`). Whatever ends a call
meanwhile (a live command, its longest duration) takes effect before its next step.
"""

from __future__ import annotations

import math
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING

from vapi_async.sandbox.script import HangStep, ModelStep, SpeechStep, Step, ToolCallStep, TransferStep, steps_of

from .assistant_requests import AssistantRequests
from .ignored_settings import note_ignored
from .live_urls import live_urls
from .turn_requests import TurnRequests

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import CallActions
    from .hooks import CallHooks
    from .running_call import RunningCall
    from .tool_execution import ToolExecution
    from .transfers import Transfers

_UNANSWERED = {False: "customer-did-not-answer", "busy": "customer-busy"}
_LONGEST = 600.0
#: How often a model may call tools before it has to say something.
_ROUNDS = 5


class CallFlow:
    """How the calls of one sandbox go.

    Args:
        actions: What happens in them.
        transfers: Their transfers.
        tools: Their tools.
        hooks: Their hooks.
    """

    def __init__(self, actions: CallActions, transfers: Transfers, tools: ToolExecution, hooks: CallHooks) -> None:
        self._actions = actions
        self._transfers = transfers
        self._tools = tools
        self._hooks = hooks
        self._turns = TurnRequests(actions)
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
        yield self._hooks.ringing(call)
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
        ends = partial(self._actions.end, call, "exceeded-max-duration")
        call.timers.append(self._actions.state.clock.after(longest, ends))
        call.update(startedAt=self._actions.state.timestamp())
        await self._actions.set_status(call, "in-progress")
        await self._actions.messages.send(call, "assistant.started")
        note_ignored(call)
        self._hooks.set_timers(call)
        call.add_prompts()
        if call.script.answered == "voicemail" and _detects_voicemail(call):
            yield self._leave_message(call)
            return
        if (text := call.text("firstMessage")) and _speaks_first(call):
            yield self._greet(call, text)
        yield self._take_steps(call, _steps(call))
        yield self._finish(call)

    async def _greet(self, call: RunningCall, text: str) -> Steps:
        first = next(iter(_steps(call)), None)
        said = SpeechStep("assistant", text)
        interrupted = _interrupts(first, said) and bool(call.assistant.settings.get("firstMessageInterruptionsEnabled"))
        yield self._actions.say(call, said.cut_short if interrupted else said, "force-say")
        if interrupted:
            yield self._interrupt(call, said)

    async def _take_steps(self, call: RunningCall, steps: list[Step]) -> Steps:
        for step, following in zip_longest(steps, steps[1:]):
            interrupted = _interrupts(following, step)
            yield self._take_step(call, step.cut_short if interrupted and isinstance(step, SpeechStep) else step)
            if interrupted and isinstance(step, SpeechStep):
                yield self._interrupt(call, step)

    async def _interrupt(self, call: RunningCall, step: SpeechStep) -> Steps:
        """Tell who has to know that somebody was interrupted, and let hooks do what they do then."""
        if step.role == "assistant":
            await self._actions.messages.send(call, "user-interrupted", turnId=f"turn-{call.turn_number - 1}")
        who = "assistant" if step.role == "assistant" else "customer"
        await self._hooks.happened(call, f"{who}.speech.interrupted")
        yield 0.0

    async def _finish(self, call: RunningCall) -> Steps:
        if call.script.ended_reason.startswith("assistant-ended-call"):
            yield self._actions.speak(call, call.text("endCallMessage"))
        if call.script.ended_reason.startswith("assistant-"):
            await self._actions.messages.send(call, "phone-call-control", request="hang-up")
        await self._actions.end(call, call.script.ended_reason)

    async def _leave_message(self, call: RunningCall) -> Steps:
        yield self._actions.speak(call, call.text("voicemailMessage"))
        await self._actions.end(call, "voicemail")

    def _take_step(self, call: RunningCall, step: Step) -> Steps:
        match step:
            case SpeechStep(role="user"):
                return self._listen(call, step)
            case SpeechStep():
                return self._actions.say(call, step)
            case ToolCallStep():
                return self._tools.run(call, step)
            case ModelStep():
                return self._answer(call)
            case TransferStep():
                return self._transfers.transfer(call, step.destination)
            case HangStep():
                return self._hang(call, step.seconds)

    async def _answer(self, call: RunningCall) -> Steps:
        """Let the model answer, and once more after the tools that it calls."""
        for _ in range(_ROUNDS):
            answer = await self._actions.messages.ask_model(call)
            if answer.failed:
                await self._actions.end(call, answer.failed)
                return
            if answer.text:
                yield self._actions.say(call, SpeechStep("assistant", answer.text))
            if not answer.calls:
                return
            yield self._tools.run(call, ToolCallStep(answer.calls))

    async def _listen(self, call: RunningCall, step: SpeechStep) -> Steps:
        yield self._actions.say(call, step)
        if "customer" not in call.muted:
            yield self._turns.customer_spoke(call)

    async def _hang(self, call: RunningCall, silent: float) -> Steps:
        longest = float(call.assistant.settings.get("silenceTimeoutSeconds") or math.inf)
        yield min(silent, longest)
        if silent >= longest:
            await self._actions.end(call, "silence-timed-out")
            return
        await self._actions.messages.send(call, "hang")
        await self._hooks.happened(call, "model.response.timeout")


def _detects_voicemail(call: RunningCall) -> bool:
    # Without detection, the default, the assistant goes on talking to the machine.
    return call.assistant.settings.get("voicemailDetection") not in (None, "off")


def _steps(call: RunningCall) -> list[Step]:
    return list(steps_of(None, ()) if call.script.steps is None else call.script.steps)


def _speaks_first(call: RunningCall) -> bool:
    """Whether the first message comes before the script: unless that has its own, or it is the user who begins."""
    first = next(iter(_steps(call)), None)
    begins = isinstance(first, SpeechStep) and first.role == "assistant"
    return not begins and call.assistant.settings.get("firstMessageMode") != "assistant-waits-for-user"


def _interrupts(step: Step | None, spoken: Step) -> bool:
    """Whether a step begins while what was spoken before it still goes on."""
    if not isinstance(step, SpeechStep) or not isinstance(spoken, SpeechStep):
        return False
    return step.interrupts and step.role != spoken.role
