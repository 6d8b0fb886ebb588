"""Waiting for a call, a run, a campaign or a file to come to a state, by asking again and again.

The API tells of changes by webhook only, and not of all. The intervals grow, since a call that has gone on for minutes
seldom ends within the next second; and they are drawn, so that many who wait do not ask all at once. A look that fails
for a while, such as a lost connection, a rate limit or an outage, tells nothing: it is repeated, until the time is up.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from attrs import frozen

from vapi_async.errors import (
    InvalidRequest,
    RateLimitError,
    RequestError,
    RequestTimeoutError,
    ServerError,
    TransportError,
    WaitError,
    WaitTimeout,
)

if TYPE_CHECKING:
    from vapi_async._http.clock import SystemClock
    from vapi_async._http.session import Session

Item = TypeVar("Item")
Until = str | Collection[str] | Callable[[Any], Any]


@frozen
class Statuses:
    """The statuses that something goes through.

    Attributes:
        known: all of them.
        final: those that no other one follows.
        gone: those of something that is no more.
    """

    known: tuple[str, ...]
    final: tuple[str, ...]
    gone: tuple[str, ...] = ()


class Goal:
    """What something is to come to.

    Args:
        until: a status, several of which any will do, or a function that says of it whether it is enough.
        statuses: those that it goes through.

    Raises:
        TypeError: it is none of these.
        ValueError: there is no status, or one that looks like a known one misspelt.
    """

    def __init__(self, until: Until, statuses: Statuses) -> None:
        self._test = until if callable(until) else None
        self._wanted = () if callable(until) else _wanted(until, statuses.known)
        self._statuses = statuses

    def __str__(self) -> str:
        return "what until asks for" if self._test is not None else f"status {' or '.join(self._wanted)}"

    def reached(self, item: Any) -> bool:
        """Return whether `item` is there."""
        if self._test is None:
            return item.get("status") in self._wanted
        answer = self._test(item)
        if isinstance(answer, Coroutine):
            answer.close()
            raise TypeError("until must be a plain function: what an async one returns is always true")
        return bool(answer)

    def hopeless(self, item: Any) -> bool:
        """Return whether `item` will never be there; of a function that is known only once the item is gone.

        What is asked for may come after the end, as the analysis of a call does.
        """
        over = () if self._test is not None else self._statuses.final
        return item.get("status") in (*over, *self._statuses.gone)


class Patience:
    """How long and how often to ask.

    Args:
        timeout: seconds in all, None for no limit.
        interval: seconds between the first two looks.
        growth: by what each interval is longer than the one before.
        max_interval: seconds that no interval exceeds.

    Raises:
        ValueError: a number is not more than 0, or the growth less than 1.
    """

    def __init__(self, timeout: float | None, interval: float, growth: float, max_interval: float) -> None:
        for name, value in (("timeout", timeout), ("interval", interval), ("max_interval", max_interval)):
            if value is not None and not value > 0:
                raise ValueError(f"{name} is {value!r}: it must be more than 0 seconds")
        if not growth >= 1:
            raise ValueError(f"growth is {growth!r}: it must be 1 or more")
        self.timeout = timeout
        self._interval = interval
        self._growth = growth
        self._most = max_interval

    def next(self, share: float) -> float:
        """Return the seconds until the next look: between half an interval and all of it.

        Args:
            share: a random number from 0 to 1.
        """
        interval = min(self._interval, self._most)
        self._interval = min(interval * self._growth, self._most)
        return interval * (1 + share) / 2


class Wait(Generic[Item]):
    """One wait for one call, run, campaign or file.

    Args:
        look: asks for it.
        name: of it, for errors.
        goal: what it is to come to.
        patience: how long and how often to ask.
        clock: time and waiting.
    """

    def __init__(
        self, look: Callable[[], Awaitable[Item]], name: str, goal: Goal, patience: Patience, clock: SystemClock
    ) -> None:
        self._look = look
        self._name = name
        self._goal = goal
        self._patience = patience
        self._clock = clock
        self._item: Any = None
        self._looks = 0
        self._failure: RequestError | None = None  # of the latest look

    async def run(self) -> Item:
        """Return it once it is there.

        Raises:
            WaitError: it will not be.
            WaitTimeout: it is not within the time.
            RequestError: asking failed in a way that asking again does not mend.
        """
        timeout = self._patience.timeout
        if timeout is None:
            return await self._run(None)
        with self._clock.limit(timeout):
            return await self._run(self._clock.now() + timeout)
        raise self._timeout() from self._failure

    async def _run(self, ends: float | None) -> Item:
        while True:
            item = await self._look_once()
            if item is not None and self._goal.reached(item):
                return item
            if item is not None and self._goal.hopeless(item):
                text = f"{self._name}: {self._goal} cannot be reached any more: {self._seen()}"
                raise WaitError(text, item)
            pause = self._patience.next(self._clock.random())
            if ends is not None:
                left = ends - self._clock.now()
                if left <= 0:
                    raise self._timeout() from self._failure
                pause = min(pause, left)
            await self._clock.sleep(pause)

    async def _look_once(self) -> Item | None:
        """Return it as it is, None if asking failed for a while."""
        try:
            item = await self._look()
        except RequestError as error:
            if not _passes(error):
                raise
            self._failure = error
            return None
        self._item = item
        self._looks += 1
        self._failure = None
        return item

    def _timeout(self) -> WaitError:
        text = f"{self._name}: {self._goal} was not reached within {self._patience.timeout:g} s: {self._seen()}"
        return WaitTimeout(text, self._item)

    def _seen(self) -> str:
        """Return what was seen last, in words."""
        failed = f"; the latest failed: {self._failure}" if self._failure is not None else ""
        return self._seen_item() + failed

    def _seen_item(self) -> str:
        if self._item is None:
            return "the API has not answered yet"
        status, reason = (self._item.get(name) for name in ("status", "endedReason"))
        because = f" ({reason})" if reason else ""
        times = "1 look" if self._looks == 1 else f"{self._looks} looks"
        return f"the status was {status or 'not given'}{because} at the last of {times}"


def _passes(error: RequestError) -> bool:
    """Return whether a failure is one that passes, and tells nothing of what is waited for."""
    if isinstance(error, InvalidRequest):  # no more valid the next time
        return False
    return isinstance(error, TransportError | ServerError | RateLimitError | RequestTimeoutError)


def _wanted(until: Any, known: tuple[str, ...]) -> tuple[str, ...]:
    given = (until,) if isinstance(until, str) else until
    if not isinstance(given, Collection) or isinstance(given, bytes | Mapping):
        raise TypeError(
            f"until must be a status, several, or a function of what is waited for, not {type(until).__name__}"
        )
    statuses = tuple(_status(status, known) for status in given)
    if not statuses:
        raise ValueError(f"until is empty: name one or more of {', '.join(known)}")
    return statuses


def _status(status: Any, known: tuple[str, ...]) -> str:
    """Return `status`, which may be one that the contract does not know yet, but not a known one misspelt."""
    from vapi_async._did_you_mean import did_you_mean

    if not isinstance(status, str):
        raise TypeError(f"until must hold statuses, not {type(status).__name__}")
    word = str.__str__(status)
    if word in known:
        return word
    hint = did_you_mean(word, known)
    if hint or not word.strip():
        raise ValueError(f"until: there is no status {word!r}: {hint and f'{hint} '}The API has {', '.join(known)}")
    return word


async def wait_for(
    session: Session, name: str, look: Callable[[], Awaitable[Item]], goal: Goal, patience: Patience
) -> Item:
    """Return something once it is there; rate limits are waited out. `Wait.run` has what it raises."""
    from vapi_async._http.patience import patiently

    return await Wait(patiently(look), name, goal, patience, session.clock).run()
