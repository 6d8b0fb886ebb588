"""HMAC signatures of deliveries, with every setting of the credential (schema `HMACAuthenticationPlan`).

Signatures are compared in their written form, in constant time: of every signature one spelling is accepted, apart from
the case of hex digits, and the alphabet and padding of Base64.

What the contract and its documentation leave open is decided here, on the safe side:

- the unit of the timestamp: seconds, milliseconds and ISO 8601 are read (`timestamps.py`);
- how old a delivery may be: 300 s, and as far in the future, for clocks that differ;
- the format if there is no timestamp: the body alone;
- the name of the message id's header: `svix-id`, as its placeholder says.
"""

from __future__ import annotations

import base64
import hmac
import re
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from attrs import evolve, field, frozen

from vapi_async._lazy import exported_by
from vapi_async.webhooks.delivery import header_name

from .payload_format import PayloadFormat
from .secret_values import Secrets, base64_secrets, matches_any, secret_bytes
from .timestamps import parse_timestamp

if TYPE_CHECKING:
    from vapi_async.webhooks.delivery import Delivery

Algorithm: TypeAlias = Literal["sha256", "sha512", "sha1"]
Encoding: TypeAlias = Literal["hex", "base64"]

DEFAULT_TOLERANCE: Final = 300.0

# SHA-1 is weak against collisions, which HMAC does not depend on; the credential offers it.
_ALGORITHMS: Final = ("sha256", "sha512", "sha1")
_ENCODINGS: Final = ("hex", "base64")


@frozen(eq=False, kw_only=True)
class HmacSignature:
    """Verifier of an HMAC over the body and whatever else the payload format names; see `hmac_signature`."""

    keys: tuple[bytes, ...] = field(repr=False)
    algorithm: str
    signature_header: str
    signature_prefix: str
    prefix_optional: bool = False
    encoding: str
    include_timestamp: bool
    tolerance: float | None
    payload_format: PayloadFormat

    def __call__(self, delivery: Delivery) -> bool:
        signature = delivery.header(self.signature_header)
        payload = self.payload_format.fill(delivery)
        if signature is None or payload is None or not self._is_recent(delivery):
            return False
        expected = tuple(self._encode(self._digest(key, payload)) for key in self.keys)
        found = False
        # No early return: how long it takes must not tell which of the candidates and keys fits.
        for candidate in self._candidates(signature.encode("latin-1")):
            found |= matches_any(candidate, expected)
        return found

    def _is_recent(self, delivery: Delivery) -> bool:
        if not self.include_timestamp or self.tolerance is None:
            return True
        sent = parse_timestamp(delivery.header(self.payload_format.timestamp_header) or "")
        return sent is not None and abs(delivery.now - sent) <= self.tolerance

    def _digest(self, key: bytes, payload: bytes) -> bytes:
        return hmac.digest(key, payload, self.algorithm)

    def _encode(self, digest: bytes) -> bytes:
        return digest.hex().encode() if self.encoding == "hex" else base64.b64encode(digest).rstrip(b"=")

    def _candidates(self, header: bytes) -> list[bytes]:
        """Return the signatures in the header, without prefix, in the form that `_encode` gives."""
        # A signature begins the header or follows a separator: "x=v1,AAAA" has none with the prefix "v1,".
        prefix = re.escape(self.signature_prefix.encode())
        optional = b"?" if self.prefix_optional else b""
        found = re.findall(rb"(?<![^\s,;])(?:%b)%b([^\s,;]+)" % (prefix, optional), header)
        return [self._normalize(signature) for signature in found]

    def _normalize(self, signature: bytes) -> bytes:
        if self.encoding == "hex":
            return signature.lower()
        return signature.translate(bytes.maketrans(b"-_", b"+/")).rstrip(b"=")


@exported_by("vapi_async.webhooks")
def hmac_signature(
    secret: Secrets,
    *,
    algorithm: Algorithm | str = "sha256",
    signature_header: str = "x-signature",
    timestamp_header: str = "x-timestamp",
    include_timestamp: bool = True,
    payload_format: str | None = None,
    signature_prefix: str = "",
    message_id_header: str = "svix-id",
    encoding: Encoding | str = "hex",
    secret_is_base64: bool = False,
    tolerance: float | None = DEFAULT_TOLERANCE,
    url: str | None = None,
) -> HmacSignature:
    """Return a verifier of signed deliveries. Give it what the credential was made with; the defaults are the same.

    A delivery is refused if one of the headers that it needs is missing or repeated, its timestamp cannot be read or
    is out of tolerance, or no signature fits. A header may carry several signatures, as it does while keys rotate:
    separated by space, comma or semicolon, each with the prefix (`v1,AAAA v1,BBBB` with the prefix `v1,`). Those with
    another prefix are passed over.

    Deliveries like those of Svix are verified with `algorithm="sha256"`, `encoding="base64"`, `signature_prefix="v1,"`,
    `secret_is_base64=True`, `payload_format="{svix-id}.{timestamp}.{body}"` and the headers `svix-signature` and
    `svix-timestamp`.

    Args:
        secret: the key, or several of which any will do; text stands for its UTF-8 bytes.
        algorithm: `sha256`, `sha512` or `sha1`.
        signature_header: the header that carries the signature.
        timestamp_header: the header that carries the time of sending: seconds or milliseconds since the epoch, or ISO
            8601 with an offset. What is signed is its text.
        include_timestamp: whether deliveries carry a timestamp.
        payload_format: what is signed: text with `{body}`, and any of `{timestamp}`, `{method}`, `{url}` and
            `{svix-id}`. `{timestamp}.{body}` by default, `{body}` without timestamp. A timestamp that is not signed is
            checked too, but anybody can change it.
        signature_prefix: what comes before the signature, such as `sha256=`.
        message_id_header: the header whose value `{svix-id}` stands for.
        encoding: how the signature is written: `hex`, in any case, or `base64`, in the standard or the URL-safe
            alphabet, with or without padding.
        secret_is_base64: whether the secret is Base64 of the key; a prefix `whsec_` is left out.
        tolerance: how far, in seconds, the timestamp may lie in the past or in the future; None for any time, which
            lets whoever has seen a delivery send it again.
        url: what `{url}` stands for, if the app does not see the URL that Vapi was given, as behind a proxy.

    Raises:
        ValueError: an argument is out of its range; it is named.
        TypeError: a secret is neither text nor bytes.
    """
    if payload_format is None:
        payload_format = "{timestamp}.{body}" if include_timestamp else "{body}"
    elif "{timestamp}" in payload_format and not include_timestamp:
        raise ValueError("payload_format has {timestamp}, but include_timestamp is false: leave one of them out")
    return HmacSignature(
        keys=base64_secrets(secret, "secret") if secret_is_base64 else secret_bytes(secret, "secret"),
        algorithm=_one_of(algorithm, _ALGORITHMS, "algorithm"),
        signature_header=header_name(signature_header, "signature_header"),
        signature_prefix=signature_prefix,
        encoding=_one_of(encoding, _ENCODINGS, "encoding"),
        include_timestamp=include_timestamp,
        tolerance=_positive(tolerance),
        payload_format=PayloadFormat.parse(
            payload_format, timestamp_header=timestamp_header, message_id_header=message_id_header, url=url
        ),
    )


@exported_by("vapi_async.webhooks")
def vapi_signature(secret: Secrets) -> HmacSignature:
    """Return a verifier of `x-vapi-signature`: HMAC-SHA256 of the body in hex, with or without `sha256=` before it.

    No timestamp is signed, so whoever has seen a delivery can send it again: prefer `hmac_signature` and a credential
    that says the same.

    Args:
        secret: the key, or several of which any will do; text stands for its UTF-8 bytes.

    Raises:
        ValueError: a secret is empty.
        TypeError: a secret is neither text nor bytes.
    """
    plain = hmac_signature(
        secret, signature_header="x-vapi-signature", signature_prefix="sha256=", include_timestamp=False
    )
    return evolve(plain, prefix_optional=True)


def _one_of(value: str, allowed: tuple[str, ...], argument: str) -> str:
    if value not in allowed:
        raise ValueError(f"{argument} is {value!r}; it must be one of {', '.join(allowed)}")
    return value


def _positive(tolerance: float | None) -> float | None:
    if tolerance is not None and not tolerance > 0:
        raise ValueError(f"tolerance is {tolerance}; it must be more than 0 seconds, or None to accept any time")
    return tolerance
