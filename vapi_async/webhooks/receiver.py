"""`Receiver`: the way of one delivery from its bytes to the answer, whatever server it came through.

A delivery is verified on its raw bytes, read, and given to the dispatcher. So Vapi sees a status other than 200 only
for deliveries that never reach a handler, and for a voice request without audio.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.errors import MessageError, VerificationError

from .answer import Answer, refused
from .delivery import Delivery, header_table
from .handlers import logger
from .messages import ReceivedMessage, read
from .verification.verifiers import verify

if TYPE_CHECKING:
    from vapi_async._http.clock import SystemClock

    from .delivery import HeaderFields, Verifier
    from .dispatcher import Dispatcher


class Receiver:
    """What servers give deliveries to.

    Args:
        dispatcher: makes the answers to what is verified.
        verifiers: one of which has to accept a delivery; None accepts everything.
        models: the models package.
        max_body: bytes of the longest body that is read.
        public_url: the URL as Vapi knows it; None for what the request says.
        clock: the time.

    Attributes:
        max_body: bytes of the longest body that is read.
        public_url: the URL as Vapi knows it, if it was given.
    """

    def __init__(
        self,
        dispatcher: Dispatcher,
        verifiers: tuple[Verifier, ...] | None,
        *,
        models: str,
        max_body: int,
        public_url: str | None,
        clock: SystemClock,
    ) -> None:
        self.max_body = max_body
        self.public_url = public_url
        self._dispatcher = dispatcher
        self._verifiers = verifiers
        self._models = models
        self._clock = clock

    async def handle(self, body: bytes, headers: HeaderFields, method: str = "POST", url: str = "") -> Answer:
        """Return the answer to a delivery; the arguments are those of `Webhooks.handle`."""
        if not isinstance(body, bytes):
            raise TypeError(f"body must be the bytes as they came, not {type(body).__name__}")
        began = self._clock.now()
        if method != "POST":
            return refused(405, "use POST", allow="POST")
        if len(body) > self.max_body:
            return too_large()
        refusal = await self.check(body, headers, method, url)
        if refusal is not None:
            return refusal
        try:
            message = ReceivedMessage(read(body), self._models)
        except MessageError as error:
            return refused(400, str(error))
        return await self._dispatcher.dispatch(message, began)

    async def check(self, body: bytes, headers: HeaderFields, method: str, url: str) -> Answer | None:
        """Return None for a delivery that is verified, else the answer that refuses it."""
        if self._verifiers is None:
            return None
        delivery = Delivery(body=body, headers=header_table(headers), method=method, url=url, now=self._clock.wall())
        try:
            await verify(delivery, self._verifiers)
        except VerificationError:
            return refused(401, "not verified")
        except Exception:  # noqa: BLE001 - a verifier may be the user's own
            # Not 401, upon which a sender gives up: the delivery may well be good, and is worth another try.
            logger.exception("a verifier failed")
            return refused(503, "cannot be verified right now")
        return None


def too_large() -> Answer:
    """Return the answer to a delivery whose body is too large."""
    return refused(413, "the body is too large")
