"""What the forms for servers need of `Webhooks`; they stand below it, since it makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from vapi_async.webhooks.answer import Answer
    from vapi_async.webhooks.delivery import HeaderFields


class HandlesDeliveries(Protocol):
    """Answers deliveries: `Webhooks`, and what else is served like it."""

    async def handle(self, body: bytes, headers: HeaderFields, *, method: str = "POST", url: str = "") -> Answer:
        """Return the answer to a delivery; see `Webhooks.handle`."""
        ...

    def handle_sync(self, body: bytes, headers: HeaderFields, *, method: str = "POST", url: str = "") -> Answer:
        """Return the answer to a delivery, where no event loop runs; see `Webhooks.handle_sync`."""
        ...
