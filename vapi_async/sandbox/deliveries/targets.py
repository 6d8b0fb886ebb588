"""`Targets`: what stands behind the URLs of servers, and how a delivery gets there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from anyio import move_on_after
from attrs import frozen

from .asgi_request import send
from .websocket import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractAsyncContextManager

    from .asgi_request import Asgi
    from .delivery import Delivery

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


@frozen
class _Target:
    """What answers, and how many seconds of the sandbox's clock it takes for that."""

    answers: Any
    seconds: float = 0.0


class Targets:
    """The targets of one sandbox, by URL."""

    def __init__(self) -> None:
        self._targets: dict[str, _Target] = {}

    def connect(self, url: str, target: Any, seconds: float = 0.0) -> None:
        """Let a target answer what is sent to a URL, and to all below it, after so many seconds.

        Raises:
            ValueError: `url` is no http or https URL, the target is none of the three that can be, or the time is
                negative.
        """
        # A websocket's URL stands for that of HTTP at the same place.
        url = url.replace("ws", "http", 1) if url.startswith(("ws://", "wss://")) else url
        if not is_url(url):
            raise ValueError(f"connect: url must be an http or https URL, got {url!r}")
        if not (is_url(target) or is_hooks(target) or callable(target)):
            raise ValueError(f"connect: target must be a Webhooks object, an ASGI app or a URL, got {target!r}")
        if not seconds >= 0:
            raise ValueError(f"connect: seconds must be 0 or more, got {seconds!r}")
        self._targets[url.rstrip("/")] = _Target(target, seconds)

    def seconds(self, url: str) -> float:
        """Return how many seconds what stands behind a URL takes to answer."""
        target = self._target(url)
        return 0.0 if target is None else target.seconds

    def websocket(self, url: str, headers: Mapping[str, str]) -> AbstractAsyncContextManager[Any] | None:
        """Return what opens a websocket to what stands behind a URL; None if nothing does."""
        target = self._target(url.replace("ws", "http", 1) if url.startswith("ws") else url)
        return None if target is None else opened(url, target.answers, headers)

    async def deliver(self, delivery: Delivery, content: bytes, method: str = "POST") -> None:
        """Send a delivery to the target of its URL, and write into it what came back."""
        target = self._target(delivery.url)
        if target is None:
            delivery.error = (
                "refused: the sandbox sends only to this machine and to what was connected: sb.connect(url, …)"
            )
            return
        # A server in this process, too, is given up after its time: of a real clock, since it may really wait.
        with move_on_after(delivery.timeout) as scope:
            await _answer(delivery, content, method, target.answers)
        if scope.cancelled_caught:
            delivery.give_up()

    def _target(self, url: str) -> _Target | None:
        """Return what is connected to a URL, the longest match first; the URL itself if it is this machine's."""
        plain = url.rstrip("/")
        below = [known for known in self._targets if plain == known or plain.startswith((known + "/", known + "?"))]
        if below:
            return self._targets[max(below, key=len)]
        return _Target(url) if _host(url) in _LOOPBACK else None


async def _answer(delivery: Delivery, content: bytes, method: str, target: Any) -> None:
    if is_hooks(target):
        await _call_hooks(delivery, content, method, target)
    elif isinstance(target, str):
        await _send_to_url(delivery, content, method, target)
    else:
        await _call_app(delivery, content, method, target)


async def _call_hooks(delivery: Delivery, content: bytes, method: str, hooks: Any) -> None:
    status, body, after = await hooks.handle(content, delivery.headers, method=method, url=delivery.url)
    if not isinstance(body, bytes):
        body = b"".join([piece async for piece in body])
    delivery.take(status, body)
    # A `Webhooks` object does here what it does once an answer is on its way, such as running handlers.
    await after()


async def _call_app(delivery: Delivery, content: bytes, method: str, app: Asgi) -> None:
    try:
        delivery.take(*await send(app, method, delivery.url, content, delivery.headers))
    except Exception as error:  # noqa: BLE001 - a server, too, answers 500 to whatever an application raises
        delivery.status, delivery.error = 500, repr(error)


async def _send_to_url(delivery: Delivery, content: bytes, method: str, url: str) -> None:
    import httpx

    # No proxy of the environment: what is for this machine goes straight to it.
    async with httpx.AsyncClient(timeout=delivery.timeout, trust_env=False) as client:
        try:
            answer = await client.request(method, url, content=content, headers=delivery.headers)
        except httpx.HTTPError as error:
            delivery.error = f"{type(error).__name__}: {error}"
            return
    delivery.take(answer.status_code, answer.content)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def is_url(value: Any) -> bool:
    """Return whether a value is an http or https URL."""
    return isinstance(value, str) and value.partition(":")[0] in ("http", "https") and bool(_host(value))


def is_hooks(target: Any) -> bool:
    """Return whether a target takes messages as a `Webhooks` object does."""
    return callable(getattr(target, "handle", None))
