"""`Delivery`: one attempt to deliver one server message."""

from __future__ import annotations

import json
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
        body: what was sent: `{"message": …}`; of a tool's own request its arguments.
        headers: the header fields it was sent with, names in lower case.
        at: when, on the sandbox's clock.
        call_id: the call it is about, if one.
        attempt: 1, or more when it was sent again by the server's `backoffPlan`.
        timeout: how many seconds the server has, by its `timeoutSeconds`.
        status: the HTTP status of the answer, 0 without one.
        reply: the JSON of the answer, if it is JSON.
        content: the answer as it came.
        error: why there was no answer, what the ASGI application raised, or why the message is not signed.
        size: how many bytes were sent.
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
    content: bytes = b""
    error: str | None = None
    size: int = 0

    def take(self, status: int, content: bytes) -> None:
        """Take an answer in."""
        self.status, self.content = status, content
        try:
            self.reply = json.loads(content) if content else None
        except (ValueError, RecursionError):
            self.reply = None

    def give_up(self) -> None:
        """Drop the answer, since it came too late."""
        self.status, self.content, self.reply = 0, b"", None
        self.error = f"no answer within {self.timeout:g} s"

    def __repr__(self) -> str:
        again = f", attempt {self.attempt}" if self.attempt > 1 else ""
        return f"<{self.type} to {self.url}{again} -> {self.status or self.error or 'no answer'}>"

    @property
    def message(self) -> Json:
        """The server message itself; {} of a request that is none."""
        message: Json = self.body.get("message") or {}
        return message

    @property
    def ok(self) -> bool:
        """Whether the server took it: any 2xx."""
        return 200 <= self.status < 300
