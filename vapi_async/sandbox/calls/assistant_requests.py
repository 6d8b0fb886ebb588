"""Who talks in an inbound call whose number has no assistant: the answer to an assistant-request says it.

By the contract (`ServerMessageResponseAssistantRequest`) that is an assistant or a squad, stored or inline, or a
destination to forward to, or an error to speak.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import Said

from . import call_resources as resources
from .call_resources import Missing
from .transfers import CONNECTING

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps

    from .call_actions import Stage
    from .call_resources import Json
    from .running_call import Line


class Reception:
    """The assistant-requests of one sandbox's calls.

    Args:
        stage: What happens in them.
    """

    def __init__(self, stage: Stage) -> None:
        self._stage = stage

    async def request(self, line: Line) -> Steps:
        """Ask the server who is to talk in a call; it ends where that gives nobody."""
        server = self._stage.messages.receiver(line)
        if server is None:
            await self._stage.end(line, "call-start-error-neither-assistant-nor-server-set")
            return
        replies: list[Any] = []
        yield self._stage.messages.ask(line, "assistant-request", replies.append, server=server)
        if not replies:
            await self._stage.end(line, "assistant-request-failed")
            return
        yield self._follow_reply(line, replies[0] if isinstance(replies[0], dict) else {})

    async def _follow_reply(self, line: Line, reply: Json) -> Steps:
        if reply.get("destination"):
            line.update(destination=reply["destination"])
            await self._stage.status(line, "forwarding", destination=reply["destination"])
            yield CONNECTING
            await self._stage.end(line, "assistant-request-returned-forwarding-phone-number")
        elif reply.get("error"):
            yield self._stage.say(line, Said("assistant", str(reply["error"])))
            await self._stage.end(line, "assistant-request-returned-error")
        else:
            await self._take_on(line, reply)

    async def _take_on(self, line: Line, reply: Json) -> None:
        try:
            agents = resources.agents(self._stage.state.store, reply)
        except Missing:
            await self._stage.end(line, "assistant-request-returned-invalid-assistant")
            return
        if not agents:
            await self._stage.end(line, "assistant-request-returned-no-assistant")
            return
        kept = ("assistantId", "assistant", "assistantOverrides", "squadId", "squad", "squadOverrides")
        line.update(**{key: reply[key] for key in kept if reply.get(key)})
        line.give(agents)
