"""Secrets as users give them: one or several, text or bytes, checked once so that no mistake turns into refusals."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from hmac import compare_digest
from typing import Any, TypeAlias

Secret: TypeAlias = str | bytes
Secrets: TypeAlias = Secret | Sequence[Secret]

_SVIX = b"whsec_"


def secret_bytes(value: Secrets, argument: str) -> tuple[bytes, ...]:
    """Return secrets as bytes, text in UTF-8.

    Raises:
        ValueError: there is none, or one is empty.
        TypeError: one is neither text nor bytes.
    """
    values: Any = [value] if isinstance(value, str | bytes) else value
    if not isinstance(values, Sequence) or not all(isinstance(one, str | bytes) for one in values):
        raise TypeError(f"{argument} must be text or bytes, or a sequence of them")
    if not values or not all(values):
        raise ValueError(f"{argument} is empty: give the secret that the credential was made with")
    return tuple(one.encode() if isinstance(one, str) else one for one in values)


def header_secrets(value: Secrets, argument: str) -> tuple[bytes, ...]:
    """Return secrets that come as the value of a header field, which cannot begin or end with space.

    Raises:
        ValueError: there is none, or one is empty or has space around it.
        TypeError: one is neither text nor bytes.
    """
    found = secret_bytes(value, argument)
    if any(one != one.strip() for one in found):
        raise ValueError(f"{argument} begins or ends with space, which a header cannot carry: strip it")
    return found


def base64_secrets(value: Secrets, argument: str) -> tuple[bytes, ...]:
    """Return the keys that secrets in Base64 stand for; Svix's prefix `whsec_` is no part of the key.

    Raises:
        ValueError: there is none, or one is empty or no Base64.
        TypeError: one is neither text nor bytes.
    """
    texts = secret_bytes(value, argument)
    try:
        keys = tuple(decode_base64(text.strip().removeprefix(_SVIX)) for text in texts)
    except ValueError:
        raise ValueError(f"{argument} is no Base64; if it is the key as it is, leave secret_is_base64 out") from None
    return secret_bytes(keys, argument)


def decode_base64(data: bytes) -> bytes:
    """Return what Base64 stands for, in the standard or the URL-safe alphabet, with or without padding.

    Raises:
        ValueError: it is no Base64.
    """
    plain = data.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    return base64.b64decode(plain + b"=" * (-len(plain) % 4), validate=True)


def matches_any(candidate: bytes, expected: tuple[bytes, ...]) -> bool:
    """Return whether `candidate` is one of `expected`; the time taken does not tell how much of it is right."""
    found = False
    for one in expected:
        found |= compare_digest(candidate, one)
    return found
