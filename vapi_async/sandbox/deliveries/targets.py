"""`Targets`: what stands behind the URLs of servers, and how a delivery gets there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .asgi_post import post

if TYPE_CHECKING:
    from .asgi_post import Asgi
    from .delivery import Delivery

_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Targets:
    """The targets of one sandbox, by URL."""

    def __init__(self) -> None:
        self._targets: dict[str, Any] = {}

    def connect(self, url: str, target: Any) -> None:
        """Let a target answer what is sent to a URL, and to all below it.

        Raises:
            ValueError: `url` is no http or https URL, or the target is none of the three that can be.
        """
        if not is_url(url):
            raise ValueError(f"connect: url must be an http or https URL, got {url!r}")
        if not (is_url(target) or is_hooks(target) or callable(target)):
            raise ValueError(f"connect: target must be a Webhooks object, an ASGI app or a URL, got {target!r}")
        self._targets[url.rstrip("/")] = target

    async def deliver(self, delivery: Delivery, content: bytes) -> None:
        """Send a delivery to the target of its URL, and write into it what came back."""
        target = self._target(delivery.url)
        if target is None:
            delivery.error = (
                "refused: the sandbox sends only to this machine and to what was connected: sb.connect(url, …)"
            )
        elif is_hooks(target):
            await _call_hooks(delivery, content, target)
        elif isinstance(target, str):
            await _post_to_url(delivery, content, target)
        else:
            await _call_app(delivery, content, target)

    def _target(self, url: str) -> Any:
        """Return what is connected to a URL, the longest match first; the URL itself if it is this machine's."""
        plain = url.rstrip("/")
        below = [known for known in self._targets if plain == known or plain.startswith((known + "/", known + "?"))]
        if below:
            return self._targets[max(below, key=len)]
        return url if urlsplit(url).hostname in _LOOPBACK else None


async def _call_hooks(delivery: Delivery, content: bytes, hooks: Any) -> None:
    status, body, after = await hooks.handle(content, delivery.headers, method="POST", url=delivery.url)
    if not isinstance(body, bytes):
        body = b"".join([piece async for piece in body])
    delivery.status, delivery.reply = status, _json(body)
    # A `Webhooks` object does here what it does once an answer is on its way, such as running handlers.
    await after()


async def _call_app(delivery: Delivery, content: bytes, app: Asgi) -> None:
    try:
        delivery.status, body = await post(app, delivery.url, content, delivery.headers)
    except Exception as error:  # noqa: BLE001 - a server, too, answers 500 to whatever an application raises
        delivery.status, delivery.error = 500, repr(error)
        return
    delivery.reply = _json(body)


async def _post_to_url(delivery: Delivery, content: bytes, url: str) -> None:
    import httpx

    # No proxy of the environment: what is for this machine goes straight to it.
    async with httpx.AsyncClient(timeout=delivery.timeout, trust_env=False) as client:
        try:
            answer = await client.post(url, content=content, headers=delivery.headers)
        except httpx.HTTPError as error:
            delivery.error = f"{type(error).__name__}: {error}"
            return
    delivery.status, delivery.reply = answer.status_code, _json(answer.content)


def is_url(value: Any) -> bool:
    """Return whether a value is an http or https URL."""
    return isinstance(value, str) and urlsplit(value).scheme in ("http", "https")


def is_hooks(target: Any) -> bool:
    """Return whether a target takes messages as a `Webhooks` object does."""
    return callable(getattr(target, "handle", None))


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return None
