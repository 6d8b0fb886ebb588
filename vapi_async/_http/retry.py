"""Whether a request that failed is sent again, and when. Nothing here does any I/O.

What may be sent again depends on what surely happened to the failed attempt, and on whether doing it twice is harmless:

    what happened                                       repeatable      not repeatable
    nothing was sent (no connection, none free)         retried         retried
    429: the API refused to look at it                  retried         retried
    unknown (timeout, connection lost, 408, any 5xx)    retried         raised, may_have_been_processed=True
    any other answer                                    raised          raised

Repeatable are GET, HEAD, OPTIONS, PUT, DELETE and PATCH, which here replaces fields. POST is not: `POST /call` dials a
phone. The contract's overlay marks the exceptions: POSTs that only read are "repeatable", a PATCH or DELETE that does
something each time is "unsafe". `RetryPolicy(retry_unsafe=True)` makes everything repeatable.

The wait is what the answer asks for (`retry_after`); where that is more than `max_retry_after`, the error is raised at
once. Otherwise it is drawn evenly from zero up to a limit that doubles with each attempt (full jitter).

Two things beyond this module can end the attempts earlier: the deadline, and the client's budget of retries
(`retry_budget`). After a 429 all requests of a client wait together (`rate_limiter`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final, Literal

from vapi_async._lazy import exported_by

from .retry_after import retry_after

Safety = Literal["repeatable", "unsafe"]
Outcome = int | Literal["unsent", "lost"]
UNSENT: Final = "unsent"
LOST: Final = "lost"

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_REPEATABLE = _READS | {"PUT", "DELETE", "PATCH"}


@exported_by("vapi_async")
class RetryPolicy:
    """How persistent a client is.

    Args:
        max_retries: how often a request is sent again at most; 0 turns retries off, and the waiting after a 429.
            Default 2.
        deadline: seconds for the whole request: all attempts and the waits between them. Default None, no limit beyond
            the timeout of each attempt.
        backoff: (first, largest): the limit in seconds of the first random wait, which doubles with every attempt, and
            where it stops growing. Default (0.5, 8.0).
        max_retry_after: seconds; when the API asks for a longer wait, the error is raised at once. Default 60.
        retry_unsafe: send requests again even where that may do something twice, such as dial. Default False.

    Raises:
        ValueError: a number is negative, or not one.
    """

    __slots__ = ("backoff", "deadline", "max_retries", "max_retry_after", "retry_unsafe")

    def __init__(
        self,
        max_retries: int = 2,
        *,
        deadline: float | None = None,
        backoff: tuple[float, float] = (0.5, 8.0),
        max_retry_after: float = 60.0,
        retry_unsafe: bool = False,
    ) -> None:
        first, largest = backoff
        for name, value in (("max_retries", max_retries), ("max_retry_after", max_retry_after), ("backoff", first)):
            if not value >= 0:
                raise ValueError(f"{name} is {value!r}: it must be 0 or more")
        if not largest >= first:
            raise ValueError(f"backoff is {backoff!r}: its second number is the largest wait")
        if deadline is not None and not deadline > 0:
            raise ValueError(f"deadline is {deadline!r}: it must be more than 0 seconds, or None")
        self.max_retries: int = max_retries
        self.deadline: float | None = deadline
        self.backoff: tuple[float, float] = (first, largest)
        self.max_retry_after: float = max_retry_after
        self.retry_unsafe: bool = retry_unsafe

    @classmethod
    def of(cls, retry: RetryPolicy | int) -> RetryPolicy:
        """Return `retry` itself, or for a number the default policy with that many retries.

        Raises:
            TypeError: it is neither.
        """
        if not isinstance(retry, RetryPolicy | int):
            raise TypeError(f"retry must be a number of retries or a RetryPolicy, not {retry!r}")
        return retry if isinstance(retry, RetryPolicy) else cls(retry)

    @property
    def patience(self) -> float:
        """The seconds that all its waits without Retry-After take at most together."""
        return _longest_wait(*self.backoff, self.max_retries)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, name) for name in self.__slots__)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RetryPolicy) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"RetryPolicy({', '.join(f'{name}={getattr(self, name)!r}' for name in self.__slots__)})"


@lru_cache  # each request asks for it
def _longest_wait(first: float, largest: float, retries: int) -> float:
    total, limit, left = 0.0, first, retries
    while left and 0 < limit < largest:
        total, limit, left = total + limit, limit * 2, left - 1
    return total + left * min(limit, largest)


def reads_only(method: str, safety: Safety | None = None) -> bool:
    """Return whether a request changes nothing."""
    return method in _READS or (method == "POST" and safety == "repeatable")


def is_repeatable(method: str, safety: Safety | None = None) -> bool:
    """Return whether sending a request twice does no more than sending it once."""
    return safety == "repeatable" if safety else method in _REPEATABLE


def may_have_happened(outcome: Outcome) -> bool:
    """Return whether, after this outcome, the API may have done what was asked."""
    if isinstance(outcome, int):
        return outcome == 408 or not 400 <= outcome < 500
    return outcome == LOST


def decide(
    method: str,
    outcome: Outcome,
    attempt: int,
    headers: Mapping[str, str],
    now: float,
    *,
    policy: RetryPolicy,
    safety: Safety | None = None,
    jitter: float = 1.0,
) -> float | None:
    """Return the seconds to wait before a failed request is sent again, None if it is not.

    Args:
        method: its HTTP method.
        outcome: the status of the answer, else UNSENT or LOST.
        attempt: how often it was sent, 1 or more.
        headers: the header fields of the answer, if there was one.
        now: the time, as seconds since the epoch.
        policy: the limits.
        safety: the overlay's mark on the operation, if it has one.
        jitter: a random number from 0 to 1, the share of the wait's limit.
    """
    if attempt > policy.max_retries:
        return None
    if not _retryable(outcome, policy.retry_unsafe or is_repeatable(method, safety)):
        return None
    return wait(headers, attempt, now, policy=policy, jitter=jitter)


def wait(headers: Mapping[str, str], attempt: int, now: float, *, policy: RetryPolicy, jitter: float) -> float | None:
    """Return the seconds to wait after a failure, None if the API asks for more than the policy allows."""
    asked = retry_after(headers, now)
    if asked is not None:
        return asked if asked <= policy.max_retry_after else None
    first, largest = policy.backoff
    return float(min(largest, first * 2.0 ** min(attempt - 1, 60)) * jitter)


def _retryable(outcome: Outcome, repeatable: bool) -> bool:
    if outcome in (UNSENT, 429):
        return True
    return repeatable and (isinstance(outcome, str) or outcome == 408 or outcome >= 500)
