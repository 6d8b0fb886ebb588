"""`Line`: a call that is not over, as the sandbox works on it; and who listens in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import anyio
from attrs import Factory, define, field

from .audio import frame, frames
from .conversation import Conversation
from .resources import Agent, Json

if TYPE_CHECKING:
    from datetime import datetime

    from anyio.streams.memory import MemoryObjectReceiveStream, MemoryObjectSendStream

    from .clock import Timer
    from .script import Script
    from .state import State

Heard = bytes | Json

RUNNING = ("queued", "ringing", "in-progress", "forwarding")


@define(eq=False)
class Line:
    """One call under way.

    Attributes:
        state: the sandbox's state; the call itself is in its store.
        id: the call's id.
        script: how it goes.
        agents: who can talk in it; the first of a squad first.
        agent: the assistant that talks.
        phone_number: the stored number it goes over.
        conversation: what was said.
        started: when it was answered.
        ended: whether it is over.
        interrupted: whether its script no longer counts.
        turn: the number of the turn that is spoken.
        muted: who is, of "assistant" and "customer".
        results: what the tools brought, by name, and "result", the last.
        sent: what was sent to its transport with send-transport-message.
        activations: the assistants that talked, in order.
        limit: ends it after `maxDurationSeconds`.
    """

    state: State
    id: str
    script: Script
    agents: list[Agent] = field(factory=list)
    agent: Agent = field(factory=lambda: Agent(None, {}, {}))
    phone_number: Json | None = None
    conversation: Conversation = field(
        default=Factory(lambda line: Conversation(line.state.clock.now()), takes_self=True)
    )
    started: datetime | None = None
    ended: bool = False
    interrupted: bool = False
    turn: int = 0
    muted: set[str] = field(factory=set)
    results: dict[str, str] = field(factory=dict)
    sent: list[Json] = field(factory=list)
    activations: list[Json] = field(factory=list)
    limit: Timer | None = None
    _listeners: list[MemoryObjectSendStream[Heard]] = field(factory=list)

    @property
    def call(self) -> Json:
        """The call as it is stored; {} if it was deleted."""
        return self.state.store.get("/call", self.id) or {}

    def update(self, **changes: Any) -> None:
        """Change the stored call."""
        if self.state.store.get("/call", self.id) is not None:
            self.state.store.patch("/call", self.id, changes)

    def give(self, agents: list[Agent]) -> None:
        """Let these talk, the first of them first."""
        self.agents = agents
        self.hand_to(agents[0])

    def hand_to(self, agent: Agent) -> None:
        """Let this one talk."""
        self.agent = agent
        name = {"assistantName": agent.name}
        self.activations.append(name | ({"assistantId": agent.id} if agent.id else {}))

    def listen(self) -> MemoryObjectReceiveStream[Heard]:
        """Return what is heard from now on: PCM as bytes and events as objects; it ends with the call."""
        send, receive = anyio.create_memory_object_stream[Heard](math.inf)
        if self.ended:
            send.close()
        else:
            send.send_nowait(frame("line"))
            self._listeners.append(send)
        return receive

    def sound(self, role: str, text: str, seconds: float) -> None:
        """Let listeners hear somebody speak."""
        for listener in self._listeners:
            try:
                listener.send_nowait(
                    {"type": "transcript", "role": role, "transcriptType": "final", "transcript": text}
                )
                for piece in frames(role, seconds):
                    listener.send_nowait(piece)
            except anyio.BrokenResourceError:
                continue

    def hang_up(self) -> None:
        """Mark it as over, and end what listeners hear."""
        self.ended = True
        if self.limit is not None:
            self.limit.cancel()
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
