"""`Delivery`: one attempt to deliver one server message."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import define

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from datetime import datetime

Json = dict[str, Any]
Server = Mapping[str, Any]

TIMEOUT = 20.0


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
    timeout: float = TIMEOUT
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
