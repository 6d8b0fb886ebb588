"""`Options`: how requests are sent; what copies of a client made by `with_options` may have each for themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._modeling.unset import UNSET, Unset

from .retry import RetryPolicy
from .secret import SECRET_HEADERS, Secret

if TYPE_CHECKING:
    from vapi_async._modeling.json_codec import JsonLoads

    from .hooks import Hooks, RequestHook, ResponseHook, RetryHook
    from .transport.httpx_wire import HttpTimeout

DEFAULT_TIMEOUT = 60.0
MAX_RESPONSE_BYTES = 256 * 1024 * 1024
_CONNECT_TIMEOUT = 10.0
_NOTHING: Mapping[str, Any] = {}


class Options:
    """How requests are sent; never changed, only copied with changes.

    Attributes:
        timeouts: seconds by phase (connect, read, write, pool); None is no limit.
        retry: the retry policy.
        headers: header fields of every request, under lower-case names.
        extra_query: query parameters of every request, by wire name.
        extra_body: members of every JSON object sent, by wire name.
        hooks: the user's functions.
        strict: whether answers that do not match the contract are errors.
        max_response_bytes: how large an answer may be that is read into memory.
        json_loads: the parser of answers.
    """

    __slots__ = (
        "extra_body",
        "extra_query",
        "headers",
        "hooks",
        "json_loads",
        "max_response_bytes",
        "retry",
        "strict",
        "timeouts",
    )

    def __init__(
        self,
        *,
        timeouts: dict[str, float | None],
        retry: RetryPolicy,
        headers: Mapping[str, str],
        hooks: Hooks,
        strict: bool,
        extra_query: Mapping[str, Any] = _NOTHING,
        extra_body: Mapping[str, Any] = _NOTHING,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        json_loads: JsonLoads = json.loads,
    ) -> None:
        self.timeouts: dict[str, float | None] = timeouts
        self.retry: RetryPolicy = retry
        self.headers: Mapping[str, str] = headers
        self.hooks: Hooks = hooks
        self.strict: bool = strict
        self.extra_query: Mapping[str, Any] = extra_query
        self.extra_body: Mapping[str, Any] = extra_body
        self.max_response_bytes: int = _checked_size(max_response_bytes)
        self.json_loads: JsonLoads = _checked_parser(json_loads)

    def updated(
        self,
        *,
        timeout: float | HttpTimeout | Unset | None = UNSET,
        retry: RetryPolicy | int | Unset = UNSET,
        headers: Mapping[str, str | None] = _NOTHING,
        extra_query: Mapping[str, Any] = _NOTHING,
        extra_body: Mapping[str, Any] = _NOTHING,
        on_request: RequestHook | None = None,
        on_response: ResponseHook | None = None,
        on_retry: RetryHook | None = None,
        strict: bool | Unset = UNSET,
        max_response_bytes: int | Unset = UNSET,
        json_loads: JsonLoads | Unset = UNSET,
    ) -> Options:
        """Return a copy with changes; see `Client.with_options`."""
        return Options(
            timeouts=self.timeouts if isinstance(timeout, Unset) else timeouts(timeout),
            retry=self.retry if isinstance(retry, Unset) else RetryPolicy.of(retry),
            headers=merge_headers(self.headers, headers),
            hooks=self.hooks.plus(on_request, on_response, on_retry),
            strict=self.strict if isinstance(strict, Unset) else strict,
            extra_query={**self.extra_query, **extra_query},
            extra_body={**self.extra_body, **extra_body},
            max_response_bytes=self.max_response_bytes if isinstance(max_response_bytes, Unset) else max_response_bytes,
            json_loads=self.json_loads if isinstance(json_loads, Unset) else json_loads,
        )


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
        merged[key] = Secret(value.strip()) if key in SECRET_HEADERS else value.strip()
    return merged


def _checked_size(max_response_bytes: int) -> int:
    given: type = type(max_response_bytes)
    if given is not int:
        raise TypeError(f"max_response_bytes must be a whole number, not {given.__name__}")
    if max_response_bytes < 1:
        raise ValueError(f"max_response_bytes is {max_response_bytes!r}: it must be 1 or more")
    return max_response_bytes


def _checked_parser(json_loads: JsonLoads) -> JsonLoads:
    if not callable(json_loads):
        raise TypeError(f"json_loads must be a function of bytes, such as orjson.loads, not {json_loads!r}")
    return json_loads
