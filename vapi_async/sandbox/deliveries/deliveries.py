"""`Deliveries`: server messages on their way to servers: where to, signed how, what came back.

A URL stands for a target, which `connect` names: a `Webhooks` object, an ASGI application or another URL. What is not
connected is sent only to this machine; anything else is refused and recorded as that, so that no test talks to the
world by mistake. Every attempt is recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast, overload
from urllib.parse import urlsplit

from attrs import define

from vapi_async._lazy import exported_by

from . import signing
from .asgi_post import post

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.state import SandboxState

    from .asgi_post import Asgi

Json = dict[str, Any]
Server = Mapping[str, Any]

ORG_URL = "https://org.sandbox.invalid/webhook"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_TIMEOUT = 20.0


@exported_by("vapi_async.sandbox")
@define(eq=False, repr=False)
class Delivery:
    """One attempt to deliver one server message.

    Attributes:
        type: the type of the message, such as "tool-calls".
        url: where it went.
        body: what was sent: `{"message": …}`.
        headers: the header fields it was sent with, names in lower case.
        at: when, on the sandbox's clock.
        call_id: the call it is about, if one.
        attempt: 1, or more when it was sent again by the server's `backoffPlan`.
        timeout: how many seconds the server has, by its `timeoutSeconds`; only a server at a real URL is held to it.
        status: the HTTP status of the answer, 0 without one.
        reply: the JSON of the answer, if it is JSON.
        error: why there was no answer, what the ASGI application raised, or why the message is not signed.
    """

    type: str
    url: str
    body: Json
    headers: dict[str, str]
    at: datetime
    call_id: str | None = None
    attempt: int = 1
    timeout: float = _TIMEOUT
    status: int = 0
    reply: Any = None
    error: str | None = None

    def __repr__(self) -> str:
        again = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"<{self.type} to {self.url}{again} -> {self.status or self.error or 'no answer'}>"

    @property
    def message(self) -> Json:
        """The server message itself."""
        message: Json = self.body["message"]
        return message

    @property
    def ok(self) -> bool:
        """Whether the server took it: any 2xx."""
        return 200 <= self.status < 300


@exported_by("vapi_async.sandbox")
class Deliveries(Sequence[Delivery]):
    """All attempts, in the order they were made.

    Args:
        state: The sandbox's state.
        server: The organisation's server: a `Webhooks` object, an ASGI application, a URL, or a `Server` of the
            contract (`{"url": …, "headers": …}`).

    Raises:
        ValueError: `server` is something else.
    """

    def __init__(self, state: SandboxState, server: Any = None) -> None:
        self._state = state
        self._records: list[Delivery] = []
        self._targets: dict[str, Any] = {}
        self._plans: dict[str, signing.Plan] = {}
        self.org_server = self._organisation(server)

    @overload
    def __getitem__(self, index: int) -> Delivery: ...
    @overload
    def __getitem__(self, index: slice) -> list[Delivery]: ...
    def __getitem__(self, index: int | slice) -> Delivery | list[Delivery]:
        return self._records[index]

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Delivery]:
        return iter(self._records)

    def __repr__(self) -> str:
        return repr(self._records)

    @property
    def types(self) -> list[str]:
        """The types of the messages, in order."""
        return [record.type for record in self._records]

    def of(self, *types: str, call_id: str | None = None) -> list[Delivery]:
        """Return the attempts for messages of these types, of one call if that is given."""
        return [r for r in self._records if r.type in types and call_id in (None, r.call_id)]

    def clear(self) -> None:
        """Forget what was recorded."""
        self._records.clear()

    def connect(self, url: str, target: Any) -> None:
        """Let a target answer what is sent to a URL, and to all below it.

        Args:
            url: An http or https URL, as it stands in `server.url`.
            target: A `Webhooks` object, an ASGI application, or another URL.

        Raises:
            ValueError: one of these is something else.
        """
        if not _is_url(url):
            raise ValueError(f"connect: url must be an http or https URL, got {url!r}")
        if not (_is_url(target) or _is_hooks(target) or callable(target)):
            raise ValueError(f"connect: target must be a Webhooks object, an ASGI app or a URL, got {target!r}")
        self._targets[url.rstrip("/")] = target

    def credential(self, id: str, plan: Any) -> None:  # noqa: A002
        """Sign what goes to servers with this `credentialId`.

        Args:
            id: The id of the credential.
            plan: A `BearerAuthenticationPlan` or `HMACAuthenticationPlan`: a mapping in the API's spelling, or a model.

        Raises:
            ValueError: it is neither.
        """
        if not isinstance(plan, Mapping) and not hasattr(plan, "to_dict"):
            raise ValueError(f"credential: the plan must be a mapping or a model, got {type(plan).__name__}")
        self._plans[id] = signing.check(plan if isinstance(plan, Mapping) else plan.to_dict())

    async def send(self, server: Server, message: Json, *, call_id: str | None, attempt: int = 1) -> Delivery:
        """Send a message once, and record what came of it."""
        body: Json = {"message": message}
        content = json.dumps(body, ensure_ascii=False).encode()
        url = str(server["url"])
        record = Delivery(
            message["type"], url, json.loads(content), self._headers(server, content, url), self._state.clock.now(),
            call_id, attempt, float(server.get("timeoutSeconds", _TIMEOUT)),
        )  # fmt: skip
        self._records.append(record)
        await self._exchange(record, content)
        self._note_unsigned(record, server.get("credentialId"))
        return record

    async def send_with_retries(
        self, server: Server, message: Json, call_id: str | None, answer: Callable[[Any], None] | None = None
    ) -> Steps:
        """Send a message, again as the server's `backoffPlan` says, and yield the seconds to wait in between.

        Args:
            server: Where to.
            message: The message.
            call_id: The call it is about.
            answer: Gets the JSON of the answer that the server gave with a 2xx, if it did; None where no answer is
                needed.
        """
        delivery = await self.send(server, message, call_id=call_id)
        for number, seconds in enumerate(_delays(server), 2):
            if delivery.ok or delivery.status in _excluded(server):
                break
            yield seconds
            delivery = await self.send(server, message, call_id=call_id, attempt=number)
        if delivery.ok and answer is not None:
            answer(delivery.reply)

    def _organisation(self, server: Any) -> Server | None:
        if server is None:
            return None
        if isinstance(server, str):
            server = {"url": server}
        elif not isinstance(server, Mapping):
            if not (_is_hooks(server) or callable(server)):
                raise ValueError(
                    f"server: it must be a Webhooks object, an ASGI app, a URL or a Server, got {server!r}"
                )
            self.connect(ORG_URL, server)
            server = {"url": ORG_URL}
        if not _is_url(server.get("url")):
            raise ValueError(f"server: its URL must be an http or https one, got {server.get('url')!r}")
        return cast(Server, server)

    def _headers(self, server: Server, content: bytes, url: str) -> dict[str, str]:
        plan = self._plans.get(server.get("credentialId", ""))
        proof = signing.proof(server, plan, content, url=url, message_id=self._state.new_id())
        return {"content-type": "application/json", "user-agent": "vapi-sandbox"} | proof

    def _note_unsigned(self, record: Delivery, credential: str | None) -> None:
        if credential and credential not in self._plans:
            unsigned = f"unsigned: how to sign for credentialId {credential!r} says sb.credential({credential!r}, plan)"
            record.error = f"{record.error}; {unsigned}" if record.error else unsigned

    def _target(self, url: str) -> Any:
        """What is connected to a URL, the longest match first; the URL itself if it is this machine's."""
        plain = url.rstrip("/")
        below = [known for known in self._targets if plain == known or plain.startswith((known + "/", known + "?"))]
        if below:
            return self._targets[max(below, key=len)]
        return url if urlsplit(url).hostname in _LOOPBACK else None

    async def _exchange(self, record: Delivery, content: bytes) -> None:
        target = self._target(record.url)
        if target is None:
            record.error = (
                "refused: the sandbox sends only to this machine and to what was connected: sb.connect(url, …)"
            )
        elif _is_hooks(target):
            await _handle(record, content, target)
        elif isinstance(target, str):
            await _post(record, content, target)
        else:
            await _ask(record, content, target)


async def _handle(record: Delivery, content: bytes, hooks: Any) -> None:
    status, body, after = await hooks.handle(content, record.headers, method="POST", url=record.url)
    if not isinstance(body, bytes):
        body = b"".join([piece async for piece in body])
    record.status, record.reply = status, _json(body)
    await after()


async def _ask(record: Delivery, content: bytes, app: Asgi) -> None:
    try:
        record.status, body = await post(app, record.url, content, record.headers)
    except Exception as error:  # noqa: BLE001 - a server, too, answers 500 to whatever an application raises
        record.status, record.error = 500, repr(error)
        return
    record.reply = _json(body)


async def _post(record: Delivery, content: bytes, url: str) -> None:
    import httpx

    async with httpx.AsyncClient(timeout=record.timeout, trust_env=False) as client:
        try:
            answer = await client.post(url, content=content, headers=record.headers)
        except httpx.HTTPError as error:
            record.error = f"{type(error).__name__}: {error}"
            return
    record.status, record.reply = answer.status_code, _json(answer.content)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def _is_hooks(target: Any) -> bool:
    return callable(getattr(target, "handle", None))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None


def _delays(server: Server) -> list[float]:
    """The waits before each further attempt: `BackoffPlan` of the contract."""
    plan = server.get("backoffPlan") or {}
    base = float(plan.get("baseDelaySeconds", 0))
    growth = 2 if plan.get("type") == "exponential" else 1
    return [base * growth**number for number in range(int(plan.get("maxRetries", 0)))]


def _excluded(server: Server) -> list[int]:
    return list((server.get("backoffPlan") or {}).get("excludedStatusCodes") or ())
