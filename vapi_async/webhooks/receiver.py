"""`Receiver`: the way of one delivery from its bytes to the answer, whatever server it came through.

A delivery is verified on its raw bytes, and given to the dispatcher, which reads it. So Vapi sees a status other than
200 only for deliveries that never reach a handler, and for a voice request without audio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Protocol, TypeAlias

from vapi_async.errors import VerificationError

from .answer import Accepted, Answer, refused
from .delivery import Delivery, DeliveryEvent, header_table
from .handlers import logger
from .telemetry import describe, span
from .verification.verifiers import verify

if TYPE_CHECKING:
    from vapi_async._http.clock import SystemClock

    from .delivery import HeaderFields, Verifier

OnDelivery: TypeAlias = Callable[[DeliveryEvent], "Awaitable[None] | None"]


class Endpoint(Protocol):
    """What answers deliveries that are verified."""

    async def accept(self, body: bytes, began: float) -> Accepted:
        """Return the answer.

        Args:
            body: the bytes as they came.
            began: when they came, by the clock.
        """
        ...


class Receiver:
    """What servers give deliveries to.

    Args:
        endpoint: makes the answers to what is verified.
        verifiers: one of which has to accept a delivery; None accepts everything.
        max_body: bytes of the longest body that is read.
        public_url: the URL as Vapi knows it; None for what the request says.
        clock: the time.
        on_delivery: is told of every delivery that is answered.

    Attributes:
        max_body: bytes of the longest body that is read.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        verifiers: tuple[Verifier, ...] | None,
        *,
        max_body: int,
        public_url: str | None,
        clock: SystemClock,
        on_delivery: OnDelivery | None = None,
    ) -> None:
        self.max_body = max_body
        self._public_url = public_url
        self._endpoint = endpoint
        self._on_delivery = on_delivery
        self._verifiers = verifiers
        self._clock = clock

    async def handle(self, body: bytes, headers: HeaderFields, method: str = "POST", url: str = "") -> Answer:
        """Return the answer to a delivery; the arguments are those of `Webhooks.handle`."""
        if not isinstance(body, bytes):
            raise TypeError(f"body must be the bytes as they came, not {type(body).__name__}")
        began = self._clock.now()
        with span("vapi.webhook") as current:
            accepted = await self._accept(body, headers, method, url, began)
            describe(current, accepted.type, accepted.call_id, accepted.answer.status)
        if self._on_delivery is not None:
            seconds = self._clock.now() - began
            status = accepted.answer.status
            event = DeliveryEvent(accepted.type, accepted.call_id, status, seconds, len(body))
            await _tell(self._on_delivery, event)
        return accepted.answer

    async def _accept(self, body: bytes, headers: HeaderFields, method: str, url: str, began: float) -> Accepted:
        if method != "POST":
            return Accepted(refused(405, "use POST", allow="POST"))
        if len(body) > self.max_body:
            return Accepted(too_large())
        refusal = await self.check(body, headers, method, url)
        return await self._endpoint.accept(body, began) if refusal is None else Accepted(refusal)

    async def check(self, body: bytes, headers: HeaderFields, method: str, url: str) -> Answer | None:
        """Return None for a delivery that is verified, else the answer that refuses it."""
        if self._verifiers is None:
            return None
        delivery = Delivery(
            body=body,
            headers=header_table(headers),
            method=method,
            url=self._public_url or url,
            now=self._clock.wall(),
        )
        try:
            await verify(delivery, self._verifiers)
        except VerificationError:
            return refused(401, "not verified")
        except Exception:  # noqa: BLE001 - a verifier may be the user's own
            # Not 401, upon which a sender gives up: the delivery may well be good, and is worth another try.
            logger.exception("a verifier failed")
            return refused(503, "cannot be verified right now")
        return None


async def _tell(on_delivery: OnDelivery, event: DeliveryEvent) -> None:
    try:
        told = on_delivery(event)
        if told is not None:
            await told
    except Exception:  # noqa: BLE001 - from the user's own hook
        logger.exception("on_delivery failed")


def too_large() -> Answer:
    """Return the answer to a delivery whose body is too large."""
    return refused(413, "the body is too large")
