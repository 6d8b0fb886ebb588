"""`Telephony`: the calls of a sandbox: how they come about, and which are under way.

A call is two things: the object in the store, which the API shows, and the `Line` here, which says how it goes on. Its
steps are taken as the sandbox's clock moves (`Life`).
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.chats import Chatting
from vapi_async.sandbox.deliveries.server_messages import Events
from vapi_async.sandbox.rest.http_values import Refusal, Reply, Request
from vapi_async.sandbox.script import Script

from . import call_resources as resources, placing as dialling
from .call_actions import Stage
from .call_flow import Life
from .call_resources import Json, Missing
from .control import Control
from .deletion import Deletion
from .end_of_call import check_reason
from .recordings import Recordings
from .running_call import RUNNING, Line
from .sockets import Sockets
from .transfers import Transfers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from starlette.routing import BaseRoute

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.script import Answered, Turn
    from vapi_async.sandbox.state import State

    Handler = Callable[[Request], Reply | Awaitable[Reply]]

BASE_URL = "https://api.sandbox.vapi.ai"

_ALL_BUSY = "call.start.error-subscription-concurrency-limit-reached"
_OVER_LIMIT = "Over Concurrency Limit."
_LONGEST = 86_400.0


class Telephony:
    """The calls and chats of one sandbox.

    Args:
        state: Its state.
        deliveries: What sends its server messages.
        concurrency: How many calls can run at one time.

    Attributes:
        state: likewise.
        base_url: the address that live URLs are made from.
        recordings: the files of the calls.
        chatting: the chats.
        events: what tells servers.
        stage: what happens in the calls.
        transfers: likewise, to elsewhere.
    """

    def __init__(self, state: State, deliveries: Deliveries, *, concurrency: int = 10) -> None:
        self.state = state
        self._concurrency = concurrency
        self._scripts: deque[Script] = deque()
        self._default = Script()
        self._lines: dict[str, Line] = {}
        self._open: list[Line] = []
        self.base_url = BASE_URL
        self.recordings = Recordings(state)
        self.events = Events(state, deliveries)
        self.chatting = Chatting(state, self.events)
        self.stage = Stage(state, self.events, self.recordings)
        self.transfers = Transfers(self.stage)
        self._life = Life(self.stage, self.transfers)

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations of calls and chats that are more than stored objects, by operation."""
        return {
            "POST /call": self._create,
            "DELETE /call/{id}": Deletion(self).delete,
            **self.recordings.handlers(),
            **self.chatting.handlers(),
        }

    def extra_routes(self) -> list[BaseRoute]:
        """Return the routes that are no operations: live control, listening, transports, the storage."""
        from starlette.routing import Route, WebSocketRoute

        sockets = Sockets(self)
        return [
            Route("/live/{id}/control", Control(self).serve, methods=["POST"]),
            WebSocketRoute("/live/{id}/listen", sockets.listen),
            WebSocketRoute("/live/{id}/transport", sockets.transport),
            Route("/storage/{key:path}", self.recordings.serve, methods=["GET", "HEAD"]),
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
        times: int | None = 1,
    ) -> None:
        """Say how the next call goes, inbound or outbound. Scripts are used up in the order they were given.

        Args:
            turns: What is said and done: texts of the user, (role, text), (role, text, seconds), or `user(…)`,
                `assistant(…)`, `tool(…)`, `transfer(…)`, `hang(…)`. The assistant's first message comes before them
                unless the assistant begins.
            tool_calls: Tools called after the last thing the user says: (name, arguments).
            ended_reason: The `endedReason` of the contract, unless something else ends the call before.
            answered: True, False (nobody picks up), "busy" or "voicemail".
            queued: How many seconds an outbound call is queued.
            ringing: How many seconds it rings.
            analysis: The call's `analysis`.
            times: How many calls go like this; None for all that have no script of their own.

        Raises:
            ValueError: an argument is none of these; the contract has no such `endedReason`; a time is negative.
        """
        check_reason(self.state.contract, ended_reason)
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
        )
        if times is None:
            self._default = script
        else:
            self._scripts.extend([script] * times)

    async def inbound(
        self, number: str = "+14155550100", *, phone_number_id: str | None = None, **customer: Any
    ) -> Json:
        """Let somebody ring in; the call goes on as the clock moves. One too many at a time ends at once.

        Args:
            number: Who rings, in E.164 form.
            phone_number_id: Which stored number; the only one there is by default.
            **customer: More of the `customer`, such as name.

        Returns:
            The call, ringing.

        Raises:
            ValueError: there is no such number, or none, or several.
        """
        phone = self._dialled(phone_number_id)
        provider = dialling.provider_of({"phoneNumberId": phone["id"]}, self.state.store)
        chosen = {key: phone[key] for key in dialling.WHO if phone.get(key)}
        call = {**chosen, "phoneNumberId": phone["id"]}
        made = dialling.call_of(call, {"number": number, **customer}, provider)
        full = self.running >= self._concurrency
        line = self._line(made | {"type": "inboundPhoneCall", "status": "ringing"}, phone)
        if agents := resources.agents(self.state.store, chosen):
            line.give(agents)
        self._start(line, self._turn_away(line) if full else self._life.inbound(line))
        return line.call

    async def run(self, call_id: str) -> Json:
        """Let time pass until a call is over.

        Returns:
            The call as it then is.

        Raises:
            ValueError: there is no such call.
        """
        line = self._lines.get(call_id)
        if line is None:
            raise ValueError(f"there is no call {call_id!r}")
        await self.state.clock.run_until(lambda: line.ended, within=self._later(line.call) + _LONGEST)
        return line.call

    def close(self) -> None:
        """Let who listens hear no more, also of calls that were deleted; the calls stay as they are."""
        for line in self._lines.values():
            line.hang_up()

    def line(self, call_id: str) -> Line | None:
        """Return a call that was made here, also if it is over."""
        return self._lines.get(call_id)

    @property
    def running(self) -> int:
        """How many calls run, as the limit counts them."""
        self._open = [line for line in self._open if not line.ended]
        return sum(line.call.get("status") in RUNNING for line in self._open)

    def _limits(self, *, blocked: bool = False) -> Json:
        free = max(0, self._concurrency - self.running)
        return {
            "concurrencyBlocked": blocked,
            "concurrencyLimit": self._concurrency,
            "remainingConcurrentCalls": free,
        }

    def _create(self, request: Request) -> Reply:
        body: Json = request.body
        dialling.check(body, self.state.store, self.state.clock.now())
        if body.get("customers"):
            return Reply(201, self._batch(body))
        if self._full(body):
            raise Refusal(400, _OVER_LIMIT, subscriptionLimits=self._limits(blocked=True))
        call = self._dial(body, body.get("customer"))
        return Reply(201, call | {"subscriptionLimits": self._limits()})

    def _batch(self, body: Json) -> Json:
        results: list[Json] = []
        errors: list[Json] = []
        blocked = False
        for customer in body["customers"]:
            full = self._full(body)
            blocked = blocked or full
            problem = dialling.problem_of(customer) or (_OVER_LIMIT if full else None)
            if problem:
                errors.append({"customer": customer, "error": problem})
            else:
                results.append(self._dial(body, customer))
        return {"results": results, "errors": errors, "subscriptionLimits": self._limits(blocked=blocked)}

    def _full(self, body: Json) -> bool:
        return not self._later(body) and self.running >= self._concurrency

    def _later(self, body: Json) -> float:
        """How many seconds a call is scheduled ahead."""
        plan = body.get("schedulePlan")
        if not plan:
            return 0.0
        return max(0.0, (dialling.instant(plan["earliestAt"]) - self.state.clock.now()).total_seconds())

    def _dial(self, body: Json, customer: Json | None) -> Json:
        store = self.state.store
        phone = resources.phone_number(store, body["phoneNumberId"]) if body.get("phoneNumberId") else None
        line = self._line(dialling.call_of(body, customer, dialling.provider_of(body, store)), phone)
        self._give(line)
        later = self._later(body)
        if later:
            line.update(status="scheduled")
        self._start(line, self._when_due(line, later) if later else self._life.outbound(line))
        return line.call

    async def _when_due(self, line: Line, seconds: float) -> Steps:
        """Dial later; what the call names is then looked up again."""
        await self.events.tell(line, "status-update", status="scheduled")
        yield seconds
        if self.running >= self._concurrency:
            await self.stage.end(line, _ALL_BUSY)
            return
        try:
            self._give(line)
        except Missing as error:
            kind = "get-assistant" if error.kind == "assistant" else "get-resources-validation"
            await self.stage.end(line, f"call.start.error-{kind}")
            return
        yield self._life.outbound(line)

    async def _turn_away(self, line: Line) -> Steps:
        """End a call that is one too many."""
        yield 0.0
        await self.stage.end(line, _ALL_BUSY)

    def _give(self, line: Line) -> None:
        if agents := resources.agents(self.state.store, line.call):
            line.activations.clear()
            line.give(agents)

    def _line(self, call: Json, phone: Json | None) -> Line:
        """Store a call, with its live URLs, and take the next script for it."""
        stored = self.state.store.add("/call", call)
        script = self._scripts.popleft() if self._scripts else self._default
        line = Line(self.state, stored["id"], script, phone_number=phone)
        self._lines[line.id] = line
        self._open.append(line)
        return line

    def _live(self, line: Line) -> Json:
        """The live URLs of a call, as far as the assistant's `monitorPlan` has them."""
        live = f"{self.base_url}/live/{line.id}"
        socket = "ws" + live.removeprefix("http")
        plan = line.agent.settings.get("monitorPlan") or {}
        monitor = {"listenUrl": f"{socket}/listen"} if plan.get("listenEnabled", True) else {}
        if plan.get("controlEnabled", True):
            monitor["controlUrl"] = f"{live}/control"
        transport = line.call["transport"]
        if transport["provider"] != "vapi.websocket":
            return {"monitor": monitor}
        sound = {"format": "pcm_s16le", "container": "raw", "sampleRate": 16000}
        return {
            "monitor": monitor,
            "transport": {"audioFormat": sound, **transport, "websocketCallUrl": f"{socket}/transport"},
        }

    def _start(self, line: Line, steps: Steps) -> None:
        line.update(**self._live(line))
        self.state.clock.after(0, partial(self._life.start, line, steps))

    def _dialled(self, phone_number_id: str | None) -> Json:
        if phone_number_id is not None:
            named = self.state.store.get("/phone-number", phone_number_id)
            if named is None:
                raise ValueError(f"inbound: there is no phone number {phone_number_id!r}")
            return named
        numbers = list(self.state.store.all("/phone-number"))
        if len(numbers) != 1:
            raise ValueError(
                f"inbound: {len(numbers)} phone numbers to ring at: create one with phone_numbers.create, "
                "and name it in phone_number_id if there are several"
            )
        return numbers[0]
