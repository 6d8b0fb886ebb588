"""`Delivery`: one HTTP request to a webhook as verifiers see it, before anything of it is believed.

A `Verifier` is any callable on a delivery; those of this package say in their `repr` what they check, never by what
secret.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeAlias

from attrs import field, frozen

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from vapi_async.responses import Headers


@exported_by("vapi_async.webhooks")
@frozen(eq=False)
class Delivery:
    """One HTTP request to a webhook.

    Attributes:
        body: the raw bytes, before any decoding: signatures are over them.
        headers: the header fields as they came.
        method: the HTTP method, in upper case.
        url: where the request came to; only payload formats with `{url}` need it.
        now: when it came, in seconds since the epoch.
    """

    body: bytes = field(repr=lambda body: f"<{len(body)} bytes>")
    headers: Headers = field(repr=False)
    method: str = "POST"
    url: str = field(default="", repr=False)
    now: float = field(factory=time.time)

    def header(self, name: str) -> str | None:
        """Return the value of a header field without the space around it.

        Returns:
            None if the field did not come, or came several times: proxies and frameworks differ in which one they
            take, so there is none that everybody agrees on.
        """
        values = self.headers.get_all(name)
        return values[0].strip(" \t") if len(values) == 1 else None


Verifier: TypeAlias = Callable[[Delivery], bool | Awaitable[bool]]


def header_name(value: str, argument: str) -> str:
    """Return the name of a header field as it was given.

    Raises:
        ValueError: it is empty, or has space around it.
    """
    if not value or value != value.strip():
        raise ValueError(f"{argument} is {value!r}; it must be the name of a header")
    return value
