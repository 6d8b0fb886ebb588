"""Reading the part of a JSON body that came, when the rest did not."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from .json_codec import loads

# A string that was cut off counts as one too, so that nothing in it is taken for a mark.
_TOKENS = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?|[{}\[\],]', re.DOTALL)
_CLOSING = {b"{": b"}", b"[": b"]"}


def loads_partial(content: bytes, decode: Callable[[Any], Any] | None) -> Any:
    """Return what the beginning of a JSON object or array says: all members that are complete, decoded.

    Args:
        content: JSON that was cut off somewhere.
        decode: makes the value of it.

    Returns:
        The value; None if nothing can be made of it.
    """
    # A member is complete where a comma or a closing bracket follows it. All after the last of these is cut off, and
    # what is still open there is closed by hand.
    end = 0
    unclosed: list[bytes] = []
    for token in _TOKENS.finditer(content):
        mark = token[0]
        if mark in _CLOSING:
            unclosed.append(_CLOSING[mark])
        elif mark in (b"}", b"]"):
            if not unclosed or unclosed.pop() != mark:
                return None
        elif mark != b",":
            continue
        end = token.start() if mark == b"," else token.end()
    try:
        value = loads(content[:end] + b"".join(reversed(unclosed)))
        return value if value is None or decode is None else decode(value)
    except Exception:  # noqa: BLE001 - it may be anything, and the bytes are kept anyway
        return None
