"""Transfers: to a number or a SIP address, which ends the call here, or to another assistant."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import Said

from . import call_resources as resources
from .call_resources import Missing

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import Stage
    from .call_resources import Agent, Json
    from .running_call import Line

CONNECTING = 1.0


class Transfers:
    """The transfers of one sandbox's calls.

    Args:
        stage: What happens in them.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def transfer(self, line: Line, destination: Mapping[str, Any] | None) -> Steps:
        """Transfer a call to a destination, or to the one that the server names."""
        found: list[Json] = [dict(destination)] if destination is not None else []
        if not found:
            replies: list[Any] = []
            server = self._stage.messages.receiver(line)
            if server is not None and self._stage.messages.wanted(line, "transfer-destination-request"):
                kind = "transfer-destination-request"
                yield self._stage.messages.ask(line, kind, replies.append, server=server)
            found = [r["destination"] for r in replies if isinstance(r, Mapping) and r.get("destination")]
        if not found:
            await self._fail(line, "there is no destination.")
            return
        yield self.forward(line, found[0])

    async def forward(self, line: Line, destination: Json) -> Steps:
        """Transfer a call to a number, a SIP address, or another assistant."""
        message = destination.get("message")
        if isinstance(message, Mapping):
            message = message.get("content")
        if message:
            yield self._stage.say(line, Said("assistant", message))
        if destination.get("type") == "assistant":
            await self.hand_to(line, destination)
            return
        await self._stage.messages.tell(
            line, "transfer-update", destination=destination, fromAssistant=line.agent.settings
        )
        await self._stage.messages.tell(line, "phone-call-control", request="forward", destination=destination)
        line.update(destination=destination)
        said = line.conversation
        fields = {"destination": destination, "messages": list(said.messages), "transcript": said.transcript()}
        await self._stage.status(line, "forwarding", **fields, summary="", messagesOpenAIFormatted=said.openai())
        yield CONNECTING
        await self._stage.end(line, "assistant-forwarded-call")

    async def hand_to(self, line: Line, destination: Mapping[str, Any]) -> None:
        """Let another assistant go on."""
        try:
            agent = self.agent_of(line, destination)
        except Missing as error:
            await self._fail(line, str(error))
            return
        told = {"type": "assistant", "assistantName": agent.name}
        fields = {"destination": told, "fromAssistant": line.agent.settings, "toAssistant": agent.settings}
        await self._stage.messages.tell(line, "transfer-update", **fields)
        line.hand_to(agent)

    async def hand_off(self, line: Line, destination: Json, parameters: Mapping[str, Any]) -> Steps:
        """Hand a call to the assistant of a handoff tool; a dynamic destination's server is asked who that is."""
        if destination.get("type") == "dynamic":
            server = destination.get("server") or self._stage.messages.receiver(line)
            replies: list[Any] = []
            if server is not None:
                fields = {"parameters": dict(parameters)}
                kind = "handoff-destination-request"
                yield self._stage.messages.ask(line, kind, replies.append, server=server, fields=fields)
            destination = next((r["destination"] for r in replies if isinstance(r, dict) and r.get("destination")), {})
        if destination:
            await self.hand_to(line, destination)

    async def interrupt(self, line: Line, destination: Json) -> None:
        """Transfer a call now, whatever its script says."""
        line.interrupted = True
        await self._stage.state.clock.follow(self.forward(line, destination), lambda: line.ended)

    def agent_of(self, line: Line, destination: Mapping[str, Any]) -> Agent:
        """Return the assistant that a destination names: by id, inline, or by name in its squad or the store.

        Raises:
            Missing: there is none.
        """
        store = self._stage.state.store
        found = resources.agents(store, dict(destination))
        name = destination.get("assistantName") or ""
        found += [agent for agent in line.agents if name and agent.name == name]
        stored = resources.by_name(store, name) if name and not found else None
        if stored is not None:
            found.append(stored)
        if not found:
            raise Missing("assistant", repr(name))
        return found[0]

    async def _fail(self, line: Line, why: str) -> None:
        line.conversation.system(f"The transfer failed: {why}", self._stage.state.clock.now())
        await self._stage.tell_conversation(line)
