"""`Delivery`: one HTTP request to a webhook as verifiers see it, before anything of it is believed.

A `Verifier` is any callable on a delivery; those of this package say in their `repr` what they check, never by what
secret.
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import field, frozen

from vapi_async._lazy import exported_by
from vapi_async.responses import Headers

HeaderFields: TypeAlias = Headers | Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields as frameworks have them."""


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


@exported_by("vapi_async.webhooks")
@frozen
class DeliveryEvent:
    """A delivery that is answered, for metrics; see `Webhooks(on_delivery=...)`.

    Attributes:
        type: of the message; None if it was refused before it was read.
        call_id: of the call that it is about, if there is one.
        status: the HTTP status of the answer.
        seconds: from when the delivery came until its answer was there, handlers of events not included.
        size: bytes of the body.
    """

    type: str | None
    call_id: str | None
    status: int
    seconds: float
    size: int


class HeaderTable(Headers):
    """Header fields with a table of their names: verifiers look several of them up.

    Args:
        raw: names and values as they came over the wire.
    """

    __slots__ = ("_by_name",)

    def __init__(self, raw: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(raw)
        self._by_name: dict[bytes, list[bytes]] = {}
        for name, value in raw:
            self._by_name.setdefault(name.lower(), []).append(value)

    def get_all(self, name: str) -> list[str]:
        values = self._by_name.get(name.lower().encode("latin-1", "replace"), ())
        return [value.decode("latin-1") for value in values]


def header_table(fields: HeaderFields) -> Headers:
    """Return header fields given as a mapping, as what frameworks have in place of one, or as pairs."""
    if isinstance(fields, Headers):
        return fields
    # Not every framework's header fields are a Mapping, Werkzeug's for one, but all have its items().
    items = getattr(fields, "items", None)
    pairs: Any = fields if items is None else items()
    return HeaderTable([(_wire_bytes(name), _wire_bytes(value)) for name, value in pairs])


def _wire_bytes(text: str | bytes) -> bytes:
    """Return text of a header field as it came over the wire; frameworks decode it as Latin-1, or as UTF-8."""
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode()
