"""What the signature of a delivery is over: `HMACAuthenticationPlan.payloadFormat`, filled in from the delivery.

It is built on raw bytes: a body need not be UTF-8, and braces in it are no placeholders.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Self

from attrs import field, frozen

from vapi_async.webhooks.delivery import header_name

if TYPE_CHECKING:
    from vapi_async.webhooks.delivery import Delivery

_PLACEHOLDERS: Final = ("{body}", "{timestamp}", "{method}", "{url}", "{svix-id}")
_PLACEHOLDER: Final = re.compile(r"(\{[A-Za-z_-]+\})")


@frozen(eq=False, kw_only=True)
class PayloadFormat:
    """A payload format, and where its placeholders take their values from; made by `parse`."""

    parts: tuple[str, ...]
    timestamp_header: str
    message_id_header: str
    url: str | None = field(repr=False)

    @classmethod
    def parse(cls, text: str, *, timestamp_header: str, message_id_header: str, url: str | None = None) -> Self:
        """Return the format that `text` says; the arguments are those of `hmac_signature`.

        Raises:
            ValueError: an argument is out of its range; it is named.
        """
        parts = tuple(part for part in _PLACEHOLDER.split(text) if part)
        unknown = [part for part in parts if _PLACEHOLDER.fullmatch(part) and part not in _PLACEHOLDERS]
        if unknown:
            raise ValueError(f"payload_format has {unknown[0]}; the placeholders are {', '.join(_PLACEHOLDERS)}")
        if "{body}" not in parts:
            raise ValueError("payload_format lacks {body}: a signature would fit any message")
        return cls(
            parts=parts,
            timestamp_header=header_name(timestamp_header, "timestamp_header"),
            message_id_header=header_name(message_id_header, "message_id_header"),
            url=url,
        )

    def fill(self, delivery: Delivery) -> bytes | None:
        """Return what should have been signed; None if the delivery lacks a part of it."""
        parts = [self._part(delivery, part) for part in self.parts]
        known = [part for part in parts if part is not None]
        return b"".join(known) if len(known) == len(parts) else None

    def _part(self, delivery: Delivery, part: str) -> bytes | None:
        match part:
            case "{body}":
                return delivery.body
            case "{timestamp}":
                return _header_bytes(delivery, self.timestamp_header)
            case "{svix-id}":
                return _header_bytes(delivery, self.message_id_header)
            case "{method}":
                return delivery.method.encode("utf-8", "replace")
            case "{url}":
                return (delivery.url if self.url is None else self.url).encode("utf-8", "replace")
            case _:
                return part.encode()


def _header_bytes(delivery: Delivery, name: str) -> bytes | None:
    value = delivery.header(name)
    return None if value is None else value.encode("latin-1")
