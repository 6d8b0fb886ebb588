"""`Secret`: a string whose repr does not show it.

Tracebacks that show local variables (rich, Typer, Sentry, `traceback` with `capture_locals`) show their repr, and of a
long string that of its beginning. The token is on its way through many frames.
"""

from __future__ import annotations

from typing import SupportsIndex

SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "x-api-key", "x-vapi-secret"})


class Secret(str):
    """A string to be sent, and not to be shown: neither its repr nor that of a part of it has a character of it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"

    def __getitem__(self, key: SupportsIndex | slice) -> str:
        return Secret(super().__getitem__(key))
