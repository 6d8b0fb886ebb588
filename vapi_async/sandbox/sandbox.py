"""The class `Sandbox`, which puts the parts together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AsyncExitStack
from copy import deepcopy
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar, overload

from vapi_async._lazy import exported_by
from vapi_async._optional import load

from .background_sounds import BackgroundSounds
from .calls.telephony import Telephony
from .campaigns import Campaigns
from .chats.chat_events import ChatMessages
from .chats.chat_handlers import ChatHandlers
from .clock import START, Clock
from .deliveries.deliveries import KEPT, Deliveries
from .deliveries.stored_credentials import StoredCredentials
from .evaluation.eval_runs import EvalRuns
from .evaluation.outcomes import Outcomes
from .evaluation.output_runs import OutputRuns
from .evaluation.simulation_runs import SimulationRuns
from .knowledge_bases import KnowledgeBases
from .reporting.analytics import Analytics
from .reporting.boards import Boards
from .reporting.insights import Insights
from .reporting.monitors import Monitors
from .rest.contract import load_contract
from .rest.crud import CrudHandlers
from .rest.operation_patterns import OperationPatterns
from .rest.persistence import Persistence
from .rest.state import BASE_URL, STORAGE_URL, SandboxState
from .serving.app import SandboxApp
from .serving.custom_routes import CustomRoutes
from .serving.faults import Fault, Faults
from .serving.journal import Journal, Record, assert_called
from .serving.status_page import StatusPage
from .sessions import Sessions

if TYPE_CHECKING:
    from datetime import datetime
    from types import TracebackType

    import httpx
    from starlette.routing import BaseRoute

    from vapi_async import AsyncVapi
    from vapi_async.client import Client

    from .chats.texts import TextMessage
    from .rest.http_values import Answering, GoingOn, Handler
    from .script import Answered, ToolCallStep, Transferred, Turn
    from .serving.transport import SandboxTransport

    AnyClient = TypeVar("AnyClient", bound=Client)

Json = dict[str, Any]

#: The seeds of sandboxes that were given none: ids of two in one process differ, as those of two calls at Vapi do.
_SEEDS = count()


@exported_by("vapi_async.sandbox")
class Sandbox:
    """A Vapi inside this process.

        async with Sandbox() as sb:
            vapi = sb.client()
            assistant = await vapi.assistants.create(name="Support")

    Without `async with` it answers as well; only websockets and real time need it.

    Args:
        contract: the contract.json to answer by, or the folder of the generated package that it belongs to; that of
            vapi_async by default. Older contracts do as well: what they lack is not there.
        seed: what ids and example values follow from; the same seed, the same values. By default each sandbox of a
            process has another, so that what outlives one, such as a `Webhooks` object, does not take the messages of
            the next for those it has seen.
        server: the organisation's server, for the messages that no closer server gets: a `Webhooks` object, an ASGI
            application, a URL, or a `Server` of the contract: `{"url": …, "secret": …, "backoffPlan": …}`.
        order: of the lists whose order the API does not promise: "desc", the newest first, or "asc".
        token: the only one that is taken; any by default.
        public_token: the public key, which is good for `POST /call/web` alone; none by default.
        concurrency: how many calls may be under way at once.
        real_time: whether calls take the time they take; else it is `clock.advance` that moves them on.
        start: the first instant of the clock, aware: the start of 2026 by default. With `datetime.now(UTC)`, windows
            such as `since(days=7)` hold what the test creates.
        cursors: whether pages of lists name the next one by a cursor (`nextCursor`), too.
        max_page: the longest page of a list, for a server that gives less than was asked for. (Vapi gives 100 or more,
            and the client takes a shorter page for the last one unless it asked for fewer.)
        base_url: the base URL that it answers at.
        unknown: what becomes of properties in bodies that the contract does not know: "refuse", as the API does, or
            "accept", for what is newer than the contract.
        journal: how many requests and how many deliveries are kept, and how many bytes of the bodies of each: the
            earliest are forgotten first. By default 10,000 and 64 MiB.
        persist: a file (SQLite) that what is stored is kept in: a sandbox that is made with it later goes on with that.
            Calls that were under way then have ended.

    Attributes:
        clock: the time.
        deliveries: the server messages that were sent; see `journal`.
        requests: what was asked, oldest first; see `journal`.
        app: the ASGI application.
        base_url: the base URL that it answers at, without a slash at its end.

    Raises:
        MissingExtra: the extra `sandbox` is not installed.
        ValueError: an argument cannot be used.
    """

    def __init__(
        self,
        *,
        contract: str | Path | None = None,
        seed: int | None = None,
        server: Any = None,
        order: Literal["desc", "asc"] = "desc",
        token: str | None = None,
        public_token: str | None = None,
        concurrency: int = 10,
        real_time: bool = False,
        start: datetime = START,
        max_page: int = 1000,
        cursors: bool = False,
        base_url: str = BASE_URL,
        unknown: Literal["refuse", "accept"] = "refuse",
        journal: tuple[int, int] = KEPT,
        persist: str | Path | None = None,
    ) -> None:
        load("jsonschema_rs", "sandbox")
        load("starlette", "sandbox")
        _check_options(order, unknown, max_page, concurrency, start)
        self.clock: Clock = Clock.real() if real_time else Clock(start)
        self.requests: Journal = Journal(*journal)
        self._real_time = real_time
        self._token = token
        chosen = next(_SEEDS) if seed is None else seed
        self._persistence = None if persist is None else Persistence(persist)
        self._state = SandboxState(load_contract(contract), self.clock, chosen, self._persistence)
        self._state.refuses_unknown = unknown == "refuse"
        self._operations = OperationPatterns(self._state.contract)
        self._custom = CustomRoutes()
        self._faults = Faults()
        self._crud = CrudHandlers(self._state, order, max_page, cursors=cursors)
        self.deliveries: Deliveries = Deliveries(self._state, server, journal)
        self._telephony = Telephony(self._state, self.deliveries, concurrency=concurrency)
        self._chat_messages = ChatMessages(self._state, self._crud, self.deliveries)
        self._chats = ChatHandlers(self._state, self.deliveries, self._chat_messages)
        self.app: SandboxApp = SandboxApp(
            self._state,
            self._crud,
            self._handlers(concurrency),
            self._routes,
            custom=self._custom,
            settle=self._settle,
            token=token,
            public_token=public_token,
            requests=self.requests,
            faults=self._faults,
        )
        self._transport: SandboxTransport | None = None
        self._http_client: httpx.AsyncClient | None = None
        self._stack = AsyncExitStack()
        self.base_url: str = ""
        self.locate(base_url)

    def _routes(self) -> list[BaseRoute]:
        """Return the routes that are no operations."""
        from starlette.routing import Route

        page = StatusPage(self._state, self.deliveries, self.requests, self._token)
        return [*self._telephony.extra_routes(), *self._state.files.routes(), Route("/", page.serve)]

    def _handlers(self, concurrency: int) -> dict[str, Handler]:
        """Return what answers the operations that are more than stored objects, by operation."""
        state, crud, calls, registry = self._state, self._crud, self._telephony.handlers(), self._telephony.registry
        self._outcomes, self._sessions = Outcomes(), Sessions(state)
        self._knowledge_bases = KnowledgeBases(state, crud)
        campaigns = Campaigns(state, crud, self.deliveries, calls["POST /call"])
        simulations = SimulationRuns(
            state, crud, self._outcomes, lambda: max(0, concurrency - registry.running), concurrency
        )
        insights, evals = Insights(state), EvalRuns(state, crud, self._outcomes)
        self._going_on: list[GoingOn] = [campaigns, simulations, evals, self._knowledge_bases]
        parts: list[Answering] = [
            *self._going_on,
            insights,
            self._chats,
            self._chat_messages,
            Analytics(state),
            BackgroundSounds(state),
            Boards(state),
            OutputRuns(state, self._telephony.outputs),
            Monitors(state, crud, insights),
            StoredCredentials(state, crud, self.deliveries),
        ]
        handlers: dict[str, Handler] = dict(calls)
        for part in parts:
            handlers |= part.handlers()
        return handlers

    def _settle(self) -> None:
        """Do what time brings and nobody is told of: links are made anew, sessions are over."""
        self._telephony.renew_links()
        self._sessions.expire()

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            # The clock outlives the transport: what sockets still do when they close may set timers.
            await stack.enter_async_context(self.clock.running())
            await stack.enter_async_context(self._in_process_transport())
            if self._persistence is not None:
                for part in self._going_on:
                    part.resume()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self._stack.aclose()
        await self._telephony.aclose()
        if self._persistence is not None:
            self._persistence.close()
        if self._http_client is not None:
            await self._http_client.aclose()

    def __repr__(self) -> str:
        calls = len(self._state.store.collection("/call"))
        return f"<Sandbox {self.base_url}: {len(self.requests)} requests, {calls} calls>"

    @overload
    def client(self, **options: Any) -> AsyncVapi: ...
    @overload
    def client(self, kind: Callable[..., AnyClient], **options: Any) -> AnyClient: ...
    def client(self, kind: Any = None, **options: Any) -> Any:
        """Return a client of this sandbox.

        It waits by the sandbox's clock: what it waits for between retries, or in `calls.wait`, happens at once.

        Args:
            kind: what makes the client: the class of another generated package, or a function that takes the arguments
                of one and returns a client.
            options: arguments of the client, such as `timeout`; they win over those of the sandbox.
        """
        if kind is None:
            from vapi_async import AsyncVapi as kind  # noqa: N813
        mine: Json = {"token": self._token or "sandbox", "base_url": self.base_url}
        # One for all clients of the sandbox, which closes it: tests make clients and forget them.
        if "http_client" not in options:
            mine["http_client"] = self._shared_http_client()
        # Served in real time, a client's waits are real, too.
        if not self._real_time:
            from .serving.client_clock import ClientClock

            mine["clock"] = ClientClock(self.clock)
        return kind(**{**mine, **options})

    def http_client(self) -> httpx.AsyncClient:
        """Return an httpx client whose requests come here, and nowhere else; each time another, to be closed or not."""
        import httpx

        from .serving.transport import SharedTransport

        return httpx.AsyncClient(
            transport=SharedTransport(self._in_process_transport()), base_url=self.base_url, trust_env=False
        )

    def _shared_http_client(self) -> httpx.AsyncClient:
        if self._http_client is None:
            self._http_client = self.http_client()
        return self._http_client

    @property
    def calls(self) -> list[Json]:
        """The calls, oldest first, as the API would show them; copies."""
        self._settle()
        return deepcopy(list(self._state.store.all("/call")))

    def objects(self, collection: str) -> list[Json]:
        """Return copies of the stored objects of a path, oldest first: `objects("/assistant")`.

        Raises:
            ValueError: the contract has no list at this path.
        """
        self._settle()
        return deepcopy(list(self._state.store.all(self._crud.collection(collection))))

    def add(self, collection: str, value: Mapping[str, Any]) -> Json:
        """Store an object as it is, without validation: `add("/call", {...})`.

        What it lacks of `id`, `orgId`, `createdAt` and `updatedAt` is set.

        Args:
            collection: the path of the list that shows it.
            value: the object, in the API's spelling.

        Raises:
            ValueError: the contract has no list at this path.
        """
        return deepcopy(self._state.store.add(self._crud.collection(collection), deepcopy(dict(value))))

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
            outputs: What its structured outputs come to, by name or id: `{"Booked": True}`.
            transferred: What becomes of transfers to a number or a SIP address: "connected", "no-answer", "busy",
                "voicemail", "failed" or "cancelled". The last five fail, as the `fallbackPlan` says.
            times: How many calls go like this; None for all that have no script of their own.

        Raises:
            ValueError: an argument is none of these; the contract has no such `endedReason`; a time is negative.
        """
        self._telephony.script(
            turns,
            tool_calls,
            ended_reason=ended_reason,
            answered=answered,
            queued=queued,
            ringing=ringing,
            analysis=analysis,
            outputs=outputs,
            transferred=transferred,
            times=times,
        )

    def script_chat(self, *answers: str | ToolCallStep | Iterable[str | ToolCallStep]) -> None:
        """Say what the next chats are answered, in order; without that a chat says what it was told.

        Args:
            answers: A text, or a list of tools that are called and texts: `[tool("find", id=3), "It is {result}."]`.

        Raises:
            ValueError: an answer is none of these.
        """
        self._chats.script(*answers)

    def script_outputs(self, outputs: Mapping[str, Any]) -> None:
        """Say what structured outputs come to from now on, in calls and in runs over calls.

        Args:
            outputs: by the name or the id of an output; a call's own `script(outputs=...)` wins.
        """
        self._telephony.outputs.scripted |= outputs

    def script_runs(self, *outcomes: bool | Sequence[str]) -> None:
        """Say what the next items of simulation runs, and the next eval runs, come to; without that all pass.

        Args:
            outcomes: whether it passes; or, for an eval run, what the assistant says in it, in order: its judges of
                the types exact and regex judge that.

        Raises:
            ValueError: an outcome is neither.
        """
        self._outcomes.script(*outcomes)

    def script_files(self, *ready: bool) -> None:
        """Say whether the next files that knowledge bases index get ready, or fail; without that all get ready."""
        self._knowledge_bases.script(*ready)

    def fail_deletion(self, call_id: str) -> None:
        """Let the next deletion of a call fail: alone with 503, among many with `call.delete.failed`.

        Raises:
            ValueError: there is no such call.
        """
        self._telephony.fail_deletion(call_id)

    def route(self, operation: str, answer: Callable[[Record], Any]) -> None:
        """Answer an operation in a way of your own: one that the contract lacks, or in place of what the sandbox does.

            sandbox.route("POST /x/{id}", lambda request: {"id": request.params["id"]})

        Args:
            operation: a method and a path, with parameters in braces.
            answer: gets the request as it stands in `requests`; returns a JSON value, or a status and one, or raises a
                `Refusal`. It may be async.

        Raises:
            ValueError: `operation` is no method and path.
        """
        self._custom.add(operation, answer)
        self._operations.add(operation)

    async def inbound(
        self, number: str = "+14155550100", *, phone_number_id: str | None = None, **customer: Any
    ) -> Json:
        """Let somebody ring in; the call goes on as the clock moves. It ends at once if too many calls run.

        Args:
            number: Who rings, in E.164 form.
            phone_number_id: Which stored number; the only one there is by default.
            **customer: More of the `customer`, such as name.

        Returns:
            The call, ringing.

        Raises:
            ValueError: there is no such number, or none, or several.
        """
        return deepcopy(await self._telephony.inbound(number, phone_number_id=phone_number_id, **customer))

    async def inbound_text(
        self, text: str, number: str = "+14155550100", *, phone_number_id: str | None = None, **customer: Any
    ) -> Json:
        """Let somebody text a number; its assistant answers, in a session that goes on for a day.

        Args:
            text: What they say.
            number: Who texts, in E.164 form.
            phone_number_id: Which stored number; the only one there is by default.
            **customer: More of the `customer`, such as name.

        Returns:
            The chat that answers it; `texts` has the text messages.

        Raises:
            ValueError: there is no such number, or none, or several; it has no SMS or no assistant.
        """
        phone = self._telephony.dialled(phone_number_id)
        return deepcopy(await self._chats.receive(text, {"number": number, **customer}, phone))

    @property
    def texts(self) -> list[TextMessage]:
        """The text messages that were sent and received, oldest first; the latest 10,000."""
        return self._chats.texts

    async def run(self, call_id: str) -> Json:
        """Let time pass until a call is over, and return it.

        Raises:
            ValueError: there is no such call.
        """
        return deepcopy(await self._telephony.run(call_id))

    def connect(self, url: str, target: Any, *, seconds: float = 0.0) -> None:
        """Let a target answer what is sent to a server URL, and to all below it.

        Args:
            url: an http or https URL, as it stands in `server.url`, or in the `url` of a tool or a custom model.
            target: a `Webhooks` object, an ASGI application, or another URL: this one itself allows it, wherever it is.
            seconds: how long it takes to answer, by the sandbox's clock; past the server's `timeoutSeconds` there is no
                answer.

        Raises:
            ValueError: one of these is something else.
        """
        self.deliveries.connect(url, target, seconds)

    def credential(self, id: str, plan: Any) -> None:  # noqa: A002
        """Sign what goes to servers with this `credentialId`.

        Args:
            id: the id of the credential.
            plan: a `BearerAuthenticationPlan`, `HMACAuthenticationPlan` or `OAuth2AuthenticationPlan`: a mapping in the
                API's spelling, or a model. For OAuth2 a token is asked for at the plan's URL.

        Raises:
            ValueError: it is none of these.
        """
        self.deliveries.credential(id, plan)

    def pin(self, id: str) -> None:  # noqa: A002
        """Keep an assistant or tool from being deleted: the API answers 409 for one whose version is pinned.

        Raises:
            ValueError: there is no assistant or tool with this id.
        """
        self._crud.pin(id)

    @property
    def ignored(self) -> list[str]:
        """Which settings of the calls so far do nothing in the sandbox: "Support: stopSpeakingPlan does nothing"."""
        return list(self._state.ignored)

    @property
    def out_of_credits(self) -> bool:
        """Whether simulation runs are refused with 402, as with an empty wallet; calls and chats go on."""
        return self._state.out_of_credits

    @out_of_credits.setter
    def out_of_credits(self, value: bool) -> None:
        self._state.out_of_credits = value

    def fail(
        self,
        operation: str,
        *,
        status: int | None = None,
        times: int | None = 1,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
        retry_after: float | None = None,
        after_processing: bool = False,
    ) -> None:
        """Let requests fail with an answer.

        Args:
            operation: "POST /call", "calls.create", or a pattern such as "GET *".
            status: of the answer; 503 by default, 429 with `retry_after`.
            times: how many requests; None for all from now on.
            body: JSON value or bytes; the API's own form by default.
            headers: of the answer.
            retry_after: seconds that the answer says to wait.
            after_processing: whether the request is carried out nevertheless.

        Raises:
            ValueError: there is no such operation.
        """
        fields = dict(headers or {})
        if retry_after is not None:
            fields.setdefault("retry-after", f"{retry_after:g}")
        chosen = status or (503 if retry_after is None else 429)
        fault = Fault("status", chosen, body, fields, after_processing=after_processing)
        self._order(operation, fault, times)

    def drop(
        self, operation: str, *, times: int | None = 1, connected: bool = True, after_processing: bool = False
    ) -> None:
        """Let the connection be closed in the place of an answer.

        Args:
            operation: "POST /call", "calls.create", or a pattern such as "GET *".
            times: how many requests; None for all from now on.
            connected: whether there is a connection at all.
            after_processing: whether the request is carried out nevertheless.
        """
        fault = Fault("drop" if connected else "connect", after_processing=after_processing and connected)
        self._order(operation, fault, times)

    def garble(
        self, operation: str, how: Literal["malformed", "truncated"] = "malformed", *, times: int | None = 1
    ) -> None:
        """Let the body of answers be no JSON, or break off in the middle.

        Args:
            operation: "POST /call", "calls.create", or a pattern such as "GET *".
            how: which of the two.
            times: how many requests; None for all from now on.

        Raises:
            ValueError: `how` is neither, or there is no such operation.
        """
        if how not in ("malformed", "truncated"):
            raise ValueError(f"how is {how!r}: it must be 'malformed' or 'truncated'")
        self._order(operation, Fault(how), times)

    def latency(self, operation: str, seconds: float, *, times: int | None = None) -> None:
        """Let answers take time: of the sandbox's clock, so a test does not wait, but clients do time out.

        Args:
            operation: "POST /call", "calls.create", or a pattern such as "GET *".
            seconds: how long.
            times: how many requests; None for all from now on.
        """
        self._order(operation, Fault("latency", seconds=seconds), times)

    def slow(self, operation: str, seconds: float, *, times: int | None = 1) -> None:
        """Let the body of answers come in small pieces.

        Args:
            operation: "POST /call", "calls.create", or a pattern such as "GET *".
            seconds: between two pieces, of the sandbox's clock.
            times: how many requests; None for all from now on.
        """
        self._order(operation, Fault("slow", seconds=seconds), times)

    def heal(self) -> None:
        """Forget all faults that were ordered."""
        self._faults.clear()

    def assert_called(self, operation: str, *, times: int | None = None, **expected: Any) -> list[Record]:
        """Check that a request was made: `sb.assert_called("assistants.create", name="Support")`.

        Args:
            operation: "POST /call", "assistants.create", or a pattern such as "GET *".
            times: how many must match; None for at least one.
            expected: members of the body, the query or the path, in Python's or the API's spelling; a mapping matches
                one that has more members.

        Returns:
            The requests that match, oldest first.

        Raises:
            AssertionError: none matches, or not so many; it says what was asked instead.
            ValueError: there is no such operation.
        """
        return assert_called(self.requests, operation, self._operations.find(operation), times, expected)

    def _order(self, operation: str, fault: Fault, times: int | None) -> None:
        if fault.seconds < 0:
            raise ValueError(f"seconds is {fault.seconds!r}: it must be 0 or more")
        self._faults.order(self._operations.find(operation), fault, times)

    def _in_process_transport(self) -> SandboxTransport:
        if self._transport is None:
            from .serving.transport import SandboxTransport

            self._transport = SandboxTransport(self.app, self.base_url)
        return self._transport

    def locate(self, base_url: str) -> None:
        """Say where the sandbox is, once its port is known; storage is in one place with it unless it is in process."""
        self.base_url = base_url.rstrip("/")
        self._state.base_url = self.base_url
        self._state.storage_url = STORAGE_URL if base_url == BASE_URL else self.base_url


def _check_options(order: str, unknown: str, max_page: int, concurrency: int, start: datetime) -> None:
    if order not in ("desc", "asc"):
        raise ValueError(f"order is {order!r}: it must be 'desc', the newest first, or 'asc'")
    if unknown not in ("refuse", "accept"):
        raise ValueError(f"unknown is {unknown!r}: it must be 'refuse', as Vapi does, or 'accept'")
    if max_page < 1 or concurrency < 0:
        raise ValueError("max_page must be 1 or more, and concurrency 0 or more")
    if start.tzinfo is None:
        raise ValueError("start has no time zone: use datetime.now(UTC), or give it one")
