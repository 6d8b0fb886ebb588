"""`Telephony`: puts together what makes the calls of a sandbox, and is what the `Sandbox` holds of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.script import Script

from .call_actions import CallActions
from .call_flow import CallFlow
from .call_registry import CallRegistry
from .deletion import CallDeletion
from .end_of_call import check_reason
from .handoffs import Handoffs
from .hooks import CallHooks
from .inbound_calls import InboundCalls
from .live_control import LiveControl
from .outbound_calls import OutboundCalls
from .recordings import Recordings
from .running_call import RUNNING
from .server_messages import ServerMessages
from .structured_outputs import StructuredOutputs
from .tool_execution import ToolExecution
from .traffic_allocations import TrafficAllocations
from .transfers import Transfers
from .websockets import CallWebsockets

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.routing import BaseRoute

    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.rest.http_values import Handler
    from vapi_async.sandbox.rest.state import SandboxState
    from vapi_async.sandbox.script import Answered, Transferred, Turn

    from .call_resources import Json

_LONGEST = 86_400.0
LOST = "call.in-progress.error-vapifault-worker-died"


class Telephony:
    """The calls of one sandbox.

    Args:
        state: What the parts of the sandbox share.
        deliveries: What sends its server messages.
        concurrency: How many calls can run at one time.

    Attributes:
        registry: the calls that were made.
        outputs: what their structured outputs come to.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries, *, concurrency: int = 10) -> None:
        self._state = state
        self.registry: CallRegistry = CallRegistry(state, concurrency)
        self._recordings = Recordings(state)
        messages = ServerMessages(state, deliveries)
        self.outputs: StructuredOutputs = StructuredOutputs(state)
        self._actions = CallActions(state, messages, self._recordings, self.outputs)
        self._handoffs = Handoffs(self._actions)
        self._transfers = Transfers(self._actions, self._handoffs)
        tools = ToolExecution(self._actions, self._transfers, self._handoffs)
        hooks = CallHooks(self._actions, tools, self._transfers)
        self._actions.before_end = hooks.ending
        flow = CallFlow(self._actions, self._transfers, tools, hooks)
        self._traffic = TrafficAllocations(state)
        self._outbound = OutboundCalls(self.registry, self._actions, flow, self._traffic)
        self._inbound = InboundCalls(self.registry, self._actions, flow, self._traffic)
        self._deletion = CallDeletion(self.registry, self._actions)
        self._end_lost_calls()

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations of calls that are more than stored objects, by operation."""
        return {
            "POST /call": self._outbound.create,
            "POST /call/phone": self._outbound.create,
            "POST /call/web": self._outbound.create_web,
            "DELETE /call/{id}": self._deletion.delete,
            **self._traffic.handlers(),
            **self._recordings.handlers(),
        }

    def _end_lost_calls(self) -> None:
        """End the stored calls that nothing here goes on with: those of a sandbox that was ended while they ran."""
        for call in self._state.store.all("/call"):
            if call.get("status") in (*RUNNING, "scheduled"):
                now = self._state.timestamp()
                self._state.store.replace("/call", {**call, "status": "ended", "endedReason": LOST, "endedAt": now})

    def renew_links(self) -> None:
        """Make links that run out anew: what is read can be opened, however old the call is."""
        self._recordings.renew()

    def fail_deletion(self, call_id: str) -> None:
        """Let the next deletion of a call fail.

        Raises:
            ValueError: there is no such call.
        """
        self._deletion.fail(call_id)

    def extra_routes(self) -> list[BaseRoute]:
        """Return the routes that are no operations: live control, listening, transports, the storage."""
        from starlette.routing import Route, WebSocketRoute

        control = LiveControl(self.registry, self._actions, self._transfers, self._handoffs)
        sockets = CallWebsockets(self.registry, self._actions)
        return [
            Route("/live/{id}/control", control.serve, methods=["POST"]),
            WebSocketRoute("/live/{id}/listen", sockets.listen),
            WebSocketRoute("/live/{id}/transport", sockets.transport),
            Route("/storage/{key:path}", self._recordings.serve, methods=["GET", "HEAD"]),
        ]

    def script(
        self,
        turns: Iterable[Turn] | None = None,
        tool_calls: Iterable[tuple[str, Json]] = (),
        *,
        ended_reason: str = "customer-ended-call",
        answered: Answered = True,
        queued: float = 1.0,
        ringing: float = 3.0,
        analysis: Json | None = None,
        outputs: Json | None = None,
        transferred: Transferred = "connected",
        times: int | None = 1,
    ) -> None:
        """Say how the next call goes; `Sandbox.script` has what the arguments mean.

        Raises:
            ValueError: an argument cannot be used, or the contract has no such `endedReason`.
        """
        check_reason(self._state.contract, ended_reason)
        if times is not None and times < 1:
            raise ValueError(f"script: times must be 1 or more, or None for all further calls, got {times!r}")
        script = Script.of(
            turns,
            list(tool_calls),
            ended_reason=ended_reason,
            answered=answered,
            queued=queued,
            ringing=ringing,
            analysis=analysis,
            outputs=outputs,
            transferred=transferred,
        )
        self.registry.script(script, times)

    async def inbound(
        self, number: str = "+14155550100", *, phone_number_id: str | None = None, **customer: Any
    ) -> Json:
        """Let somebody ring in, and return the call.

        Raises:
            ValueError: there is no such number, or none, or several.
        """
        return self._inbound.ring(number, phone_number_id, customer)

    def dialled(self, phone_number_id: str | None) -> Json:
        """Return the stored number with an id, or the only one there is.

        Raises:
            ValueError: there is none, or there are several.
        """
        return self._inbound.dialled(phone_number_id)

    async def run(self, call_id: str) -> Json:
        """Let time pass until a call is over.

        Returns:
            The call as it then is.

        Raises:
            ValueError: there is no such call.
        """
        call = self.registry.find(call_id)
        if call is None:
            raise ValueError(f"there is no call {call_id!r}")
        longest = self._outbound.seconds_ahead(call.stored) + _LONGEST
        await self._state.clock.run_until(lambda: call.ended, within=longest)
        return call.stored

    async def aclose(self) -> None:
        """Close the websockets of transcribers, and end what listeners hear."""
        for call in self.registry.all():
            if call.transcriber is not None:
                await call.transcriber.close()
        self.close()

    def close(self) -> None:
        """End what listeners hear; the stored calls stay as they are."""
        self.registry.close()
