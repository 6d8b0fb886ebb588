"""`Life`: a call from its first status to its last, as steps on the clock.

Each step is written as it happens, as a generator of the seconds in between (`Clock.follow`). Whatever ends a call
meanwhile (a live command, its longest duration) takes effect before its next step.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from vapi_async.sandbox.script import Called, Hung, Said, Step, Transferred, with_calls

from . import call_resources as resources
from .assistant_requests import Reception
from .live_urls import live_urls
from .tool_execution import Tooling

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import Stage
    from .running_call import Line
    from .transfers import Transfers

_UNANSWERED = {False: "customer-did-not-answer", "busy": "customer-busy"}
_LONGEST = 600.0


class Life:
    """How the calls of one sandbox go.

    Args:
        stage: What happens in them.
        transfers: Their transfers.
    """

    def __init__(self, stage: Stage, transfers: Transfers) -> None:
        self._stage = stage
        self._transfers = transfers
        self._tooling = Tooling(stage, transfers)
        self._reception = Reception(stage)

    def begin(self, line: Line, steps: Steps) -> None:
        """Give a call its live URLs, and take steps from now on.

        They are taken until they or the call are over, or a live command takes it elsewhere.
        """
        line.update(**live_urls(line))
        clock = self._stage.state.clock
        # Not at once: whoever made the call sees it "queued" or "ringing" before anything happens in it.
        clock.after(0, partial(clock.follow, steps, lambda: line.ended or line.interrupted))

    async def outbound(self, line: Line) -> Steps:
        """Dial: queued, ringing, and what comes of it."""
        await self._stage.status(line, "queued")
        yield line.script.queued
        await self._stage.status(line, "ringing")
        yield line.script.ringing
        if line.script.answered in _UNANSWERED:
            await self._stage.end(line, _UNANSWERED[line.script.answered])
            return
        yield self._talk(line)

    async def inbound(self, line: Line) -> Steps:
        """Ring in: find out who talks, and talk."""
        if not line.agents:
            yield self._reception.request(line)
        await self._stage.status(line, "ringing")
        yield line.script.ringing
        yield self._talk(line)

    async def _talk(self, line: Line) -> Steps:
        line.started = self._stage.state.clock.now()
        line.conversation.started = line.started
        longest = float(line.agent.settings.get("maxDurationSeconds") or _LONGEST)
        line.limit = self._stage.state.clock.after(longest, partial(self._stage.end, line, "exceeded-max-duration"))
        line.update(startedAt=self._stage.state.timestamp())
        await self._stage.status(line, "in-progress")
        await self._stage.messages.tell(line, "assistant.started")
        for message in (line.agent.settings.get("model") or {}).get("messages") or ():
            if message.get("role") == "system":
                text = resources.fill(message.get("content") or "", line.variables)
                line.conversation.system(text, line.started)
        if line.script.answered == "voicemail":
            yield self._leave_message(line)
            return
        for step in _steps(line):
            yield self._take(line, step)
        yield self._goodbye(line)

    async def _goodbye(self, line: Line) -> Steps:
        text = line.text("endCallMessage")
        if text and line.script.ended_reason.startswith("assistant-ended-call"):
            yield self._stage.say(line, Said("assistant", text))
        if line.script.ended_reason.startswith("assistant-"):
            await self._stage.messages.tell(line, "phone-call-control", request="hang-up")
        await self._stage.end(line, line.script.ended_reason)

    async def _leave_message(self, line: Line) -> Steps:
        text = line.text("voicemailMessage")
        if text:
            yield self._stage.say(line, Said("assistant", text))
        await self._stage.end(line, "voicemail")

    def _take(self, line: Line, step: Step) -> Steps:
        match step:
            case Said():
                return self._stage.say(line, step)
            case Called():
                return self._tooling.run(line, step)
            case Transferred():
                return self._transfers.transfer(line, step.destination)
            case Hung():
                return self._hang(line, step.seconds)

    async def _hang(self, line: Line, silent: float) -> Steps:
        yield silent
        await self._stage.messages.tell(line, "hang")


def _steps(line: Line) -> list[Step]:
    """The steps of a call: the script's, the assistant's first message before them unless it is the user who begins."""
    steps = list(with_calls(None, ()) if line.script.steps is None else line.script.steps)
    first = line.text("firstMessage")
    begins = bool(steps) and isinstance(steps[0], Said) and steps[0].role == "assistant"
    waits = line.agent.settings.get("firstMessageMode") == "assistant-waits-for-user"
    return steps if begins or waits or not first else [Said("assistant", first), *steps]
