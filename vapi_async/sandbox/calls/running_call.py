"""`RunningCall`: what the sandbox knows of a call beside the stored object: how it goes on, and who listens in."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

import anyio
from attrs import Factory, define, field

from .audio import FRAME_SECONDS, frame, frames, frames_of
from .call_resources import CallAssistant, Json
from .conversation import Conversation
from .templates import fill_variables

if TYPE_CHECKING:
    from datetime import datetime

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from vapi_async.sandbox.clock import Steps, Timer
    from vapi_async.sandbox.rest.state import SandboxState
    from vapi_async.sandbox.script import Script

    from .custom_transcriber import Transcriber
    from .silence import SilenceTimer

Heard = bytes | Json

#: How many frames listeners get at a time.
_CHUNK = 5

_CALL_VARIABLES = ("type", "status", "startedAt", "assistantId", "squadId")
RUNNING = ("queued", "ringing", "in-progress", "forwarding")


@define(eq=False)
class Utterance:
    """What somebody is saying, and until when."""

    role: str
    until: datetime
    sound: bytes | None = None
    played: bool = False


@define(eq=False)
class RunningCall:
    """One call under way.

    Attributes:
        state: the sandbox's state; the call itself is in its store.
        id: the call's id.
        script: how it goes.
        assistants: who can talk in it; the first of a squad first.
        assistant: the assistant that talks.
        phone_number: the stored number it goes over.
        conversation: what was said.
        started: when it was answered.
        ended: whether it is over.
        interrupted: whether its script no longer counts.
        turn_number: the number of the turn that is spoken.
        muted: who is, of "assistant" and "customer".
        tool_results: what the tools brought, by name, and "result", the last.
        transport_messages: what live control sent to its transport.
        extracted: variables that tools brought, and arguments of handoffs.
        activations: the assistants that talked, in order.
        transfers: those to numbers and SIP addresses, as an artifact has them.
        timers: what happens in it at some time, such as its end after `maxDurationSeconds`.
        silence_timers: what happens when nobody speaks for some time.
        transcriber: its custom transcriber, once that is open.
        ending: whether what is done before its end has begun.
    """

    state: SandboxState
    id: str
    script: Script
    assistants: list[CallAssistant] = field(factory=list)
    assistant: CallAssistant = field(factory=lambda: CallAssistant(None, {}, {}))
    phone_number: Json | None = None
    conversation: Conversation = field(
        default=Factory(lambda call: Conversation(call.state.clock.now()), takes_self=True)
    )
    started: datetime | None = None
    ended: bool = False
    interrupted: bool = False
    turn_number: int = 0
    muted: set[str] = field(factory=set)
    tool_results: dict[str, str] = field(factory=dict)
    transport_messages: list[Json] = field(factory=list)
    extracted: Json = field(factory=dict)
    activations: list[Json] = field(factory=list)
    transfers: list[Json] = field(factory=list)
    timers: list[Timer] = field(factory=list)
    silence_timers: list[SilenceTimer] = field(factory=list)
    transcriber: Transcriber | None = None
    ending: bool = False
    _listeners: list[MemoryObjectSendStream[Heard]] = field(factory=list)
    _speech: Utterance | None = None
    _turn_ends: datetime | None = None
    _interjection_ends: datetime | None = None

    @property
    def stored(self) -> Json:
        """The call as it is stored; {} if it was deleted."""
        return self.state.store.get("/call", self.id) or {}

    @property
    def variables(self) -> Json:
        """What fills the texts of the assistant: what Vapi sets for every call, its own `variableValues` over it."""
        now, stored = self.state.clock.now(), self.stored
        date, time = f"{now:%b} {now.day}, {now.year}", f"{now:%I:%M %p}".lstrip("0")
        return {
            "now": f"{date} {time}",
            "date": date,
            "time": time,
            "month": f"{now:%B}",
            "day": str(now.day),
            "year": str(now.year),
            "customer": stored.get("customer") or {},
            "phoneNumber": self.phone_number or stored.get("phoneNumber") or {},
            "call": {key: stored[key] for key in _CALL_VARIABLES if key in stored} | {"id": self.id},
            "assistant": {"id": self.assistant.id, "name": self.assistant.name},
            "transport": {"conversationType": "voice", "callSid": self.id, **(stored.get("transport") or {})},
            **self.assistant.variables,
            **self.extracted,
        }

    def fill(self, text: str) -> str:
        """Return a text with the variables of this call filled in."""
        return fill_variables(text, self.variables, self.state.clock.now())

    def text(self, key: str) -> str:
        """Return a text of the assistant that talks, such as "firstMessage", its variables filled in."""
        return self.fill(self.assistant.settings.get(key) or "")

    @property
    def summary(self) -> str:
        """What a model would say of the conversation so far: the script's, or a made one."""
        turns = sum(message["role"] in ("user", "bot") for message in self.conversation.messages)
        return str((self.script.analysis or {}).get("summary") or f"A conversation of {turns} turns.")

    def add_prompts(self) -> None:
        """Add the system messages of the assistant that talks to the conversation."""
        for message in (self.assistant.settings.get("model") or {}).get("messages") or ():
            if message.get("role") == "system":
                self.conversation.system(self.fill(message.get("content") or ""), self.state.clock.now())

    def update(self, **changes: Any) -> None:
        """Change the stored call."""
        # A deleted call may still have steps to take; it does not come back by that.
        if self.state.store.get("/call", self.id) is not None:
            self.state.store.patch("/call", self.id, changes)

    def set_assistants(self, assistants: list[CallAssistant]) -> None:
        """Set who takes part; the first of them talks first."""
        self.assistants = assistants
        self.switch_to(assistants[0])

    def switch_to(self, assistant: CallAssistant) -> None:
        """Let another assistant talk, and note that it did."""
        self.assistant = assistant
        name = {"assistantName": assistant.name}
        self.activations.append(name | ({"assistantId": assistant.id} if assistant.id else {}))

    def listen(self) -> MemoryObjectReceiveStream[Heard]:
        """Return what is heard from now on: PCM as bytes and events as objects; it ends with the call.

        Sound comes as the clock moves: 100 ms at a time, in frames of 20 ms.
        """
        send, receive = anyio.create_memory_object_stream[Heard](math.inf)
        if self.ended:
            send.close()
        else:
            send.send_nowait(frame("dial-tone"))
            self._listeners.append(send)
            self._start_playback()
        return receive

    def play(self, role: str, text: str, seconds: float, sound: bytes | None = None) -> None:
        """Let listeners hear somebody speak; a tone unless there is a sound of what is said."""
        self._send({"type": "transcript", "role": role, "transcriptType": "final", "transcript": text})
        self._speech = Utterance(role, self.state.clock.now() + timedelta(seconds=seconds), sound)
        self._start_playback()
        for timer in self.silence_timers:
            timer.stop()
            if role == "user":
                timer.customer_spoke()

    async def fall_silent(self) -> None:
        """Note that somebody has spoken, where nobody else speaks since."""
        if self._speech is not None and self._left(self._speech) > FRAME_SECONDS:
            return
        for timer in self.silence_timers:
            timer.start()

    def begin_turn(self, seconds: float) -> datetime:
        """Return when a turn of so many seconds begins: now, but not before the one that went before is over."""
        # The clock ticks with what is stored: by some milliseconds it is not yet at the end of the last turn.
        began = max(filter(None, (self.state.clock.now(), self._turn_ends, self._interjection_ends)))
        self._turn_ends = began + timedelta(seconds=seconds)
        return began

    def interject(self, text: str, seconds: float) -> None:
        """Let the assistant say something at once, whoever speaks."""
        now = self.state.clock.now()
        self._interjection_ends = now + timedelta(seconds=seconds)
        self.conversation.said("assistant", text, now, seconds)
        self.play("assistant", text, seconds)
        self.timers.append(self.state.clock.after(seconds, self.fall_silent))

    def seconds_interjected(self) -> float:
        """Return for how many seconds the assistant still says what was interjected."""
        ends = self._interjection_ends
        return 0.0 if ends is None else max(0.0, (ends - self.state.clock.now()).total_seconds())

    def _left(self, speech: Utterance) -> float:
        return max(0.0, (speech.until - self.state.clock.now()).total_seconds())

    def _start_playback(self) -> None:
        """Send what is being said to the listeners, from now on; without listeners nothing is made."""
        speech = self._speech
        if speech is None or speech.played or not self._listeners or self._left(speech) < FRAME_SECONDS:
            return
        speech.played = True
        self.state.clock.after(0, partial(self.state.clock.follow, self._play_frames(speech), lambda: self.ended))

    async def _play_frames(self, speech: Utterance) -> Steps:
        made = frames(speech.role, self._left(speech))
        pieces = made if speech.sound is None else frames_of(speech.sound)
        # Whoever speaks next is heard at once: what is left of the last sound is dropped.
        while speech is self._speech and (chunk := list(islice(pieces, _CHUNK))):
            for piece in chunk:
                self._send(piece)
            yield _CHUNK * FRAME_SECONDS

    def _send(self, piece: Heard) -> None:
        for listener in self._listeners:
            try:
                listener.send_nowait(piece)
            # Who listened has gone, and its end of the stream will be closed with the call.
            except anyio.BrokenResourceError:
                continue

    def hang_up(self) -> None:
        """Mark the call as over, and end what listeners hear."""
        self.ended = True
        for timer in self.timers:
            timer.cancel()
        for silence in self.silence_timers:
            silence.stop()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
