"""`Deliveries`: sends server messages, and keeps what came of each attempt.

A URL stands for a target, which `connect` names: a `Webhooks` object, an ASGI application or another URL. What is not
connected is sent only to this machine; anything else is refused and recorded as that, so that no test talks to the
world by mistake. Every attempt is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, overload
from urllib.parse import parse_qsl

from vapi_async._lazy import exported_by
from vapi_async.sandbox.latest import Latest

from . import signing
from .delivery import TIMEOUT, Delivery, Json, Server
from .oauth2 import FORM, Tokens
from .targets import Targets, is_hooks, is_url

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.state import SandboxState

#: How many requests and deliveries are kept, and how many bytes of the bodies of each.
KEPT = (10_000, 64 * 1024 * 1024)
ORG_URL = "https://org.sandbox.invalid/webhook"


@exported_by("vapi_async.sandbox")
class Deliveries(Sequence[Delivery]):
    """The attempts, in the order they were made.

    Args:
        state: The sandbox's state.
        server: The organisation's server: a `Webhooks` object, an ASGI application, a URL, or a `Server` of the
            contract (`{"url": …, "headers": …}`).
        kept: How many attempts are kept, and how many bytes of them: the earliest are forgotten first.

    Raises:
        ValueError: `server` is something else.
    """

    def __init__(self, state: SandboxState, server: Any = None, kept: tuple[int, int] = KEPT) -> None:
        self._state = state
        self._attempts: Latest[Delivery] = Latest(*kept)
        self._targets = Targets()
        self._plans: dict[str, signing.Plan] = {}
        self._tokens = Tokens()
        self.org_server: Server | None = self._organisation(server)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        return self._attempts[index]

    def __len__(self) -> int:
        return len(self._attempts)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self._attempts)

    def __repr__(self) -> str:
        return repr(self._attempts)

    @property
    def types(self) -> list[str]:
        """The types of the messages, in order."""
        return [delivery.type for delivery in self._attempts]

    def of(self, *types: str, call_id: str | None = None) -> list[Delivery]:
        """Return the attempts for messages of these types, of one call if that is given."""
        return [each for each in self._attempts if each.type in types and call_id in (None, each.call_id)]

    def clear(self) -> None:
        """Forget what was recorded."""
        self._attempts.clear()

    @property
    def forgotten(self) -> int:
        """How many attempts are not here any more."""
        return self._attempts.forgotten

    def connect(self, url: str, target: Any, seconds: float = 0.0) -> None:
        """Let a target answer what is sent to a URL, and to all below it.

        Args:
            url: An http or https URL, as it stands in `server.url`.
            target: A `Webhooks` object, an ASGI application, or another URL.
            seconds: How long it takes to answer, by the sandbox's clock.

        Raises:
            ValueError: one of these is something else.
        """
        self._targets.connect(url, target, seconds)

    def credential(self, id: str, plan: Any) -> None:  # noqa: A002
        """Sign what goes to servers with this `credentialId`.

        Args:
            id: The id of the credential.
            plan: A `BearerAuthenticationPlan`, `HMACAuthenticationPlan` or `OAuth2AuthenticationPlan`: a mapping in the
                API's spelling, or a model.

        Raises:
            ValueError: it is none of these.
        """
        if not isinstance(plan, Mapping) and not hasattr(plan, "to_dict"):
            raise ValueError(f"credential: the plan must be a mapping or a model, got {type(plan).__name__}")
        self._plans[id] = signing.check(plan if isinstance(plan, Mapping) else plan.to_dict())

    async def send(self, server: Server, message: Json, *, call_id: str | None, attempt: int = 1) -> Delivery:
        """Send a message once, and record what came of it."""
        body: Json = {"message": message}
        content = json.dumps(body, ensure_ascii=False).encode()
        url = str(server["url"])
        headers = await self._headers(server, content, url)
        # The body is read back from what is sent: a copy that no later change of the call reaches.
        delivery = Delivery(
            message["type"], url, json.loads(content), headers, self._state.clock.now(),
            call_id, attempt, float(server.get("timeoutSeconds") or TIMEOUT), size=len(content),
        )  # fmt: skip
        await self.make(delivery, content)
        self._note_unsigned(delivery, server.get("credentialId"))
        return delivery

    async def make(self, delivery: Delivery, content: bytes, method: str = "POST") -> None:
        """Record a delivery, make it, and write into it what came back; also one that is no server message.

        Args:
            delivery: what is sent, and where to.
            content: the body as it is sent.
            method: in capitals.
        """
        # Before it is sent: a server may look at the deliveries while it answers.
        self._attempts.append(delivery)
        await self._targets.deliver(delivery, content, method)

    async def websocket(self, server: Server) -> AbstractAsyncContextManager[Any] | None:
        """Return what opens a websocket to a server; None if nothing is connected to its URL."""
        url = str(server["url"])
        headers = await self._headers(server, b"", url)
        return self._targets.websocket(url, {name: value for name, value in headers.items() if name != "content-type"})

    async def send_with_retries(
        self, server: Server, message: Json, call_id: str | None, answer: Callable[[Delivery], None] | None = None
    ) -> Steps:
        """Send a message, again as the server's `backoffPlan` says, and yield the seconds to wait in between.

        Args:
            server: Where to.
            message: The message.
            call_id: The call it is about.
            answer: Gets the delivery that the server answered with a 2xx, if it did; None where no answer is needed.
        """
        delivery = await self.send(server, message, call_id=call_id)
        yield self._wait(delivery)
        for number, seconds in enumerate(_delays(server), 2):
            if delivery.ok or delivery.status in _excluded(server):
                break
            yield seconds
            delivery = await self.send(server, message, call_id=call_id, attempt=number)
            yield self._wait(delivery)
        if delivery.ok and answer is not None:
            answer(delivery)

    async def _wait(self, delivery: Delivery) -> Steps:
        """Let the time pass that the server takes; what comes after its time is no answer."""
        seconds = self._targets.seconds(delivery.url)
        if seconds:
            yield min(seconds, delivery.timeout)
        if seconds > delivery.timeout:
            delivery.give_up()

    def _organisation(self, server: Any) -> Server | None:
        if server is None:
            return None
        if isinstance(server, str):
            server = {"url": server}
        elif not isinstance(server, Mapping):
            if not (is_hooks(server) or callable(server)):
                raise ValueError(
                    f"server: it must be a Webhooks object, an ASGI app, a URL or a Server, got {server!r}"
                )
            self.connect(ORG_URL, server)
            server = {"url": ORG_URL}
        if not is_url(server.get("url")):
            raise ValueError(f"server: its URL must be an http or https one, got {server.get('url')!r}")
        return cast(Server, server)

    async def _headers(self, server: Server, content: bytes, url: str) -> dict[str, str]:
        credential = server.get("credentialId") or ""
        plan = self._plans.get(credential)
        if plan is not None and plan["type"] == "oauth2":
            token = await self._tokens.of(credential, plan, self._state.clock.now(), self._ask_for_token)
            plan = {**plan, "access_token": token} if token else None
        proof = signing.proof(server, plan, content, url=url, message_id=self._state.new_id())
        return {"content-type": "application/json", "user-agent": "vapi-sandbox"} | proof

    async def _ask_for_token(self, url: str, content: bytes) -> Delivery:
        form, headers, now = dict(parse_qsl(content.decode())), {"content-type": FORM}, self._state.clock.now()
        delivery = Delivery("oauth2-token", url, form, headers, now, size=len(content))
        await self.make(delivery, content)
        return delivery

    def _note_unsigned(self, delivery: Delivery, credential: str | None) -> None:
        if credential and credential not in self._plans:
            unsigned = f"unsigned: how to sign for credentialId {credential!r} says sb.credential({credential!r}, plan)"
            delivery.error = f"{delivery.error}; {unsigned}" if delivery.error else unsigned


def _delays(server: Server) -> list[float]:
    """The waits before each further attempt: `BackoffPlan` of the contract."""
    plan = server.get("backoffPlan") or {}
    base = float(plan.get("baseDelaySeconds", 0))
    growth = 2 if plan.get("type") == "exponential" else 1
    return [base * growth**number for number in range(int(plan.get("maxRetries", 0)))]


def _excluded(server: Server) -> list[int]:
    return list((server.get("backoffPlan") or {}).get("excludedStatusCodes") or ())
