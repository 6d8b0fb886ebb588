"""`Script`: how a call of the sandbox goes: whether it is answered, what is said, which tools are called, how it ends.

A script is a plain list of what happens in turn: somebody speaks for some seconds, tools are called, the call is
transferred. Texts may stand for a turn: `("user", "Hi")` is `user("Hi")`. What an assistant says may contain
`{result}`, the result of the tool called last, or `{NAME}` for that of the tool NAME.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from attrs import Factory, evolve, field, frozen

from vapi_async._lazy import exported_by

Role = Literal["user", "assistant"]
Answered = bool | Literal["voicemail", "busy"]
Transferred = Literal["connected", "no-answer", "busy", "voicemail", "failed", "cancelled"]

_SECONDS_A_WORD = 0.4
_SHORTEST = 1.0


@frozen
class SpeechStep:
    """Somebody says something.

    Args:
        role: "user" or "assistant".
        text: What is said.
        seconds: How long that takes; from the number of words by default.
        interrupts: Whether it begins while the other still speaks, who then breaks off.
    """

    role: Role
    text: str
    seconds: float = field(default=Factory(lambda said: _speaking_seconds(said.text), takes_self=True))
    interrupts: bool = False

    @property
    def cut_short(self) -> SpeechStep:
        """What is heard of it when it is interrupted: the first half of its words, in half of the time."""
        words = self.text.split(" ")
        return evolve(self, text=" ".join(words[: (len(words) + 1) // 2]), seconds=self.seconds / 2)


@frozen
class ToolCallStep:
    """The assistant calls tools, in one message: a list of (name, arguments).

    What a tool brings comes from its server, unless it is said here.
    """

    tools: tuple[tuple[str, Mapping[str, Any]], ...]
    answer: ToolAnswer | None = None
    extracted: Mapping[str, Any] = field(factory=dict)

    def returns(self, result: Any) -> ToolCallStep:
        """Let the tool bring a result, a text or what JSON is made of, without being run."""
        return evolve(self, answer=ToolAnswer(result=result))

    def fails(self, error: str) -> ToolCallStep:
        """Let the tool fail with an error, without being run."""
        return evolve(self, answer=ToolAnswer(error=error))

    def extracts(self, **variables: Any) -> ToolCallStep:
        """Say what the `schema` of a `variableExtractionPlan` brings: in Vapi a model fills it from what was said."""
        return evolve(self, extracted=variables)


@frozen
class ToolAnswer:
    """What a script lets a tool bring: a result or an error."""

    result: Any = None
    error: str | None = None


@frozen
class TransferStep:
    """The assistant transfers the call: to a destination of the contract, or to the one that the server names."""

    destination: Mapping[str, Any] | None = None


@frozen
class HangStep:
    """The assistant does not reply for some seconds: the message "hang"."""

    seconds: float = 5.0


@frozen
class ModelStep:
    """The model of the assistant answers: what it says, and which tools it calls."""


Step = SpeechStep | ToolCallStep | TransferStep | HangStep | ModelStep
Turn = Step | str | tuple[str, str] | tuple[str, str, float]


@exported_by("vapi_async.sandbox")
def user(text: str, seconds: float | None = None, *, interrupts: bool = False) -> SpeechStep:
    """Let the customer say something; `interrupts`: while the assistant still speaks, who then breaks off."""
    return _speech("user", text, seconds, interrupts)


@exported_by("vapi_async.sandbox")
def assistant(text: str | None = None, seconds: float | None = None, *, interrupts: bool = False) -> Step:
    """Let the assistant say something; `{result}` in it is the result of the tool called last.

    Without a text its model answers: a custom model is asked at its URL, and calls the tools that it wants to.
    """
    return ModelStep() if text is None else _speech("assistant", text, seconds, interrupts)


@exported_by("vapi_async.sandbox")
def tool(name: str, /, **arguments: Any) -> ToolCallStep:
    """Let the assistant call a tool that it has.

    Its server is asked. `tool("find", city="Bonn").returns({"free": 3})` and `.fails("closed")` say instead what it
    brings, as for tools that Vapi runs itself (code, query, mcp); `.extracts(name="Ada")` what a model would extract.
    """
    return ToolCallStep(((name, arguments),))


@exported_by("vapi_async.sandbox")
def transfer(destination: Mapping[str, Any] | str | None = None) -> TransferStep:
    """Let the assistant transfer the call.

    Args:
        destination: A number, or a `TransferDestination…` of the contract; without one the server is asked with a
            transfer-destination-request.
    """
    if isinstance(destination, str):
        destination = {"type": "number", "number": destination}
    return TransferStep(destination)


@exported_by("vapi_async.sandbox")
def hang(seconds: float = 5.0) -> HangStep:
    """Let the assistant be silent for so long that the server is told."""
    return HangStep(seconds)


@frozen
class Script:
    """How one call goes.

    Args:
        steps: What happens while it is in progress; None for the assistant's first message and a "Hello".
        ended_reason: The `endedReason`, unless something else ends the call before.
        answered: True, False (nobody picks up), "busy", or "voicemail".
        queued: How many seconds the call is queued.
        ringing: How many seconds it rings.
        analysis: The call's `analysis`, in place of a made one.
        outputs: What its structured outputs come to, by name or id.
        transferred: What becomes of transfers to a number or a SIP address.
    """

    steps: tuple[Step, ...] | None = None
    ended_reason: str = "customer-ended-call"
    answered: Answered = True
    queued: float = 1.0
    ringing: float = 3.0
    analysis: Mapping[str, Any] | None = None
    outputs: Mapping[str, Any] | None = None
    transferred: Transferred = "connected"

    @classmethod
    def of(
        cls,
        turns: Iterable[Turn] | None = None,
        tool_calls: Sequence[tuple[str, Mapping[str, Any]]] = (),
        *,
        ended_reason: str = "customer-ended-call",
        answered: Answered = True,
        queued: float = 1.0,
        ringing: float = 3.0,
        analysis: Mapping[str, Any] | None = None,
        outputs: Mapping[str, Any] | None = None,
        transferred: Transferred = "connected",
    ) -> Script:
        """Make a script from its short forms.

        Args:
            turns: Steps, texts of the user, (role, text) or (role, text, seconds).
            tool_calls: Tools called in one message after the last thing the user says: (name, arguments).
            ended_reason: The `endedReason`.
            answered: True, False, "busy" or "voicemail".
            queued: How many seconds the call is queued.
            ringing: How many seconds it rings.
            analysis: The call's `analysis`.
            outputs: What its structured outputs come to, by name or id.
            transferred: "connected", or why transfers fail: "no-answer", "busy", "voicemail", "failed", "cancelled".

        Raises:
            ValueError: an argument is none of these, or a time is negative.
        """
        _check_seconds(queued=queued, ringing=ringing)
        if transferred not in get_args(Transferred):
            raise ValueError(f"script: transferred must be one of {get_args(Transferred)}, got {transferred!r}")
        if not isinstance(answered, bool) and answered not in ("voicemail", "busy"):
            raise ValueError(f"script: answered must be True, False, 'voicemail' or 'busy', got {answered!r}")
        steps = None if turns is None and not tool_calls else steps_of(turns, tool_calls)
        return cls(steps, ended_reason, answered, queued, ringing, analysis, outputs, transferred)


def steps_of(turns: Iterable[Turn] | None, tool_calls: Sequence[tuple[str, Mapping[str, Any]]]) -> tuple[Step, ...]:
    """Return the steps of a script, the tool calls after the last thing the user says."""
    steps = [_step(turn) for turn in (("Hello",) if turns is None else turns)]
    if not tool_calls:
        return tuple(steps)
    spoken = [number for number, step in enumerate(steps, 1) if isinstance(step, SpeechStep) and step.role == "user"]
    place = spoken[-1] if spoken else len(steps)
    steps.insert(place, ToolCallStep(tuple((name, dict(arguments)) for name, arguments in tool_calls)))
    if turns is None:
        steps.append(assistant("{result}"))
    return tuple(steps)


def _speech(role: Role, text: str, seconds: float | None, interrupts: bool) -> SpeechStep:
    step = SpeechStep(role, text, interrupts=interrupts)
    return step if seconds is None else evolve(step, seconds=seconds)


def _speaking_seconds(text: str) -> float:
    return max(_SHORTEST, round(_SECONDS_A_WORD * len(text.split()), 3))


def _check_seconds(**times: float) -> None:
    for name, seconds in times.items():
        if not 0 <= seconds < math.inf:
            raise ValueError(f"script: {name} must be 0 seconds or more, got {seconds!r}")


def _step(turn: Turn) -> Step:
    step = _step_of(turn)
    if isinstance(step, SpeechStep | HangStep):
        _check_seconds(seconds=step.seconds)
    return step


def _step_of(turn: Turn) -> Step:
    match turn:
        case SpeechStep() | ToolCallStep() | TransferStep() | HangStep() | ModelStep():
            return turn
        case str():
            return user(turn)
        case ("user" | "assistant" as role, str(text)):
            return SpeechStep(role, text)
        case ("user" | "assistant" as role, str(text), float() | int() as seconds):
            return SpeechStep(role, text, float(seconds))
        case _:
            roles = " or ".join(repr(role) for role in get_args(Role))
            raise ValueError(
                f"script: a turn is a text, (role, text), (role, text, seconds) with role {roles}, or one of "
                f"user(), assistant(), tool(), transfer() and hang(); got {turn!r}"
            )
