"""`Settings`: what copies of a client made by `with_options` may have each for themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self

from .hooks import Hooks
from .retry import RetryPolicy

if TYPE_CHECKING:
    from .transport import HttpTimeout

DEFAULT_TIMEOUT = 60.0
_CONNECT_TIMEOUT = 10.0


class Settings:
    """How requests are sent; never changed, only copied with changes.

    Attributes:
        timeouts: seconds by phase (connect, read, write, pool); None is no limit.
        retry: the retry policy.
        headers: header fields of every request, under lower-case names.
        extra_query: query parameters of every request, by wire name.
        extra_body: members of every JSON object sent, by wire name.
        hooks: the user's functions.
        strict: whether answers that do not match the contract are errors.
    """

    __slots__ = ("extra_body", "extra_query", "headers", "hooks", "retry", "strict", "timeouts")

    timeouts: dict[str, float | None]
    retry: RetryPolicy
    headers: Mapping[str, str]
    extra_query: Mapping[str, Any]
    extra_body: Mapping[str, Any]
    hooks: Hooks
    strict: bool

    def __init__(self) -> None:
        self.timeouts = timeouts(DEFAULT_TIMEOUT)
        self.retry = RetryPolicy()
        self.headers = {}
        self.extra_query = {}
        self.extra_body = {}
        self.hooks = Hooks()
        self.strict = False

    def copy(self, **changes: Any) -> Self:
        """Return a copy with these attributes changed."""
        copy = type(self)()
        for name in self.__slots__:
            setattr(copy, name, changes.get(name, getattr(self, name)))
        return copy


def timeouts(timeout: float | HttpTimeout | None) -> dict[str, float | None]:
    """Return the seconds by phase; connecting gets 10 seconds at most, if `timeout` does not say itself.

    Args:
        timeout: seconds for each phase; None is no limit; or an `httpx.Timeout`.

    Raises:
        TypeError: it is none of these.
        ValueError: it is not more than 0.
    """
    if timeout is None:
        return dict.fromkeys(("connect", "read", "write", "pool"))
    if not isinstance(timeout, int | float):
        if not hasattr(timeout, "as_dict"):
            raise TypeError(f"timeout must be a number of seconds, None or an httpx.Timeout, not {timeout!r}")
        return timeout.as_dict()
    if not timeout > 0:
        raise ValueError(f"timeout is {timeout!r}: it must be more than 0 seconds, or None for no limit")
    return {"connect": min(timeout, _CONNECT_TIMEOUT), "read": timeout, "write": timeout, "pool": timeout}


def merge_headers(base: Mapping[str, str], extra: Mapping[str, str | None]) -> dict[str, str]:
    """Return header fields with others added or, where the value is None, taken out; names in lower case.

    Raises:
        TypeError: a value is not a str.
        ValueError: a name or value has characters that would break the request. Never shows the value.
    """
    merged = dict(base)
    for name, value in extra.items():
        key = name.lower()
        if value is None:
            merged.pop(key, None)
            continue
        if not isinstance(value, str):
            raise TypeError(f"the header {name!r} must be a str, not {type(value).__name__}")
        if not key.isascii() or not key.replace("-", "a").replace("_", "a").isalnum():
            raise ValueError(f"{name!r} cannot be the name of a header")
        if not value.isascii() or any(c != "\t" and (c < " " or c == "\x7f") for c in value):
            raise ValueError(f"the value of the header {name!r} has characters that no header may have")
        merged[key] = value.strip()
    return merged
