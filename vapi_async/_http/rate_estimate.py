"""`RateEstimate`: what was learned of a rate limit that nobody states. Nothing here waits or does any I/O.

All limits in use (fixed windows, sliding ones, buckets of tokens) have this in common: who sends a number of requests
in one go, and waits for a time, may send as many again. So this learns a *quota* and a *period*. Time goes in rounds:

    start    while nothing is known, bulk work begins with some requests at once, and twice as many with every round
             trip: so the first refusals it meets are few as well. Others do not wait.
    probe    one request alone. Refused: the next one follows after a pause that grows with the time it was refused
             for, so that a pause is never too long by more than a quarter. It gets through: a round begins.
    round    more requests, half as many again with every round trip, up to the quota once it is known. The nearer the
             quota, the fewer are under way, so that few are refused should it be too high.
    refused  what got through in this round is the quota of the next ones. Used up, it ends a round as well, with
             nobody refused. The next probe is due one period after the round began.

A period is the time from one round's begin to the next one's. A round that was refused much too early was interrupted,
not over, and goes on after the next probe. In some rounds one request more than the quota is sent, to see whether
there is more by now; where there is not, the next such round is twice as far away. When demand stays below the quota,
all is forgotten.

What is told of a permit that was given out before the latest pause says nothing about the time since.
"""

from __future__ import annotations

from math import inf

_GROWTH = 0.5  # permits more for each request that gets through
_START = 10.0  # requests of bulk work at once, at first
_START_GROWTH = 1.0  # more for each that gets through
_OVERSHOOT = 0.25  # by what a pause may be too long, as a share of the time without success
_FIRST_PAUSES = 0.25  # seconds that pauses may grow to by doubling, while nothing is known
_ENOUGH = 10  # requests that a round should have room for, else each of a bucket's rounds costs a refusal for few
_FADING = 0.7  # of older rounds, in the mean rate, with each new one
_SHORT = 0.05  # of a period: a pause after which a probe that came a little early is tried again
_WHOLE = 0.9  # of a period: the share after which a probe begins another round
_MOST = 0.5  # of a quota: the share from which on a refusal ends the round
_TRUST = 1.5  # by what a quota may grow from one round to the next: a bucket that was full gives more, once
_EXPLORE_EVERY = 3  # rounds, at first
_EXPLORE_SELDOM = 16
_QUIET = 3  # rounds below the quota, after which all is forgotten


class RateEstimate:
    """The estimate of one limit.

    Attributes:
        limited: whether there was a refusal that is not forgotten yet.
        probing: whether a probe decides how it goes on.
        epoch: how many pauses there were.
        resumes_at: when the next probe may be sent.
        quota: how many requests get through in a round; infinite while that is not known.
        period: seconds from one round to the next, None while not known.
    """

    __slots__ = (
        "_begun",
        "_closed_since",
        "_explore_every",
        "_explore_in",
        "_exploring",
        "_in_flight",
        "_most",
        "_opened",
        "_passed",
        "_quiet",
        "_refused",
        "_start",
        "_total_passed",
        "_total_seconds",
        "_window",
        "_window_before",
        "epoch",
        "limited",
        "period",
        "probing",
        "quota",
        "resumes_at",
    )

    def __init__(self) -> None:
        self.epoch = 0
        self._forget()

    def _forget(self) -> None:
        self.limited = self.probing = False
        self.resumes_at = 0.0
        self.quota = inf
        self.period: float | None = None
        self._begun = False
        self._quiet = 0
        self._opened = self._closed_since = 0.0
        self._passed = self._in_flight = 0
        self._start = _START
        self._most = self._total_passed = self._total_seconds = 0.0
        self._window = self._window_before = inf
        self._refused = self._exploring = False
        self._explore_every = self._explore_in = _EXPLORE_EVERY

    @property
    def risky(self) -> bool:
        """Whether the next request may well be refused: it is a probe, or goes beyond what is known to get through."""
        return self.probing or self._passed + self._in_flight >= self.quota or self.quota == inf

    def next_send(self, now: float, *, bulk: bool = True) -> float:
        """Return when the next request may be sent: `now`, later, or infinity: not before an answer came.

        Args:
            now: the time.
            bulk: whether it is of bulk work.
        """
        if not self.limited:
            return inf if bulk and self._in_flight >= self._start else now
        if self.probing:
            return inf if self._in_flight else max(now, self.resumes_at)
        left = self.quota - self._passed - self._in_flight
        if left > 0:
            return now if self._in_flight < min(self._window, max(1.0, left / 2)) else inf
        if self._exploring:
            beyond = self._passed - self.quota
            return now if beyond >= 0 and self._in_flight < max(1, beyond) else inf
        return max(now, self._end())

    def send(self, now: float) -> int:
        """Note that a request is sent, and return its permit."""
        if self.limited and not self.probing:
            if not self._exploring and self._passed + self._in_flight >= self.quota:
                self._quiet = 0
                self._close(now, now)
            elif self.period is not None and self._rest(now):
                return self.send(now)
        self._in_flight += 1
        return self.epoch

    def _rest(self, now: float) -> bool:
        """Begin a round without a probe where the last one left something of its quota; return whether to forget."""
        if now < self._end() or self._refused:
            return False
        self._quiet += 1
        self._opened, self._passed = now, 0
        if self._quiet >= _QUIET:
            self.epoch += 1
            self._forget()
        return not self.limited

    def leave(self, permit: int) -> None:
        """Note that nothing came of a request that tells about the limit."""
        if permit == self.epoch:
            self._in_flight -= 1

    def passed(self, permit: int, sent: float, *, demand: bool) -> None:
        """Note that a request was let through.

        Args:
            permit: its permit.
            sent: when it was sent.
            demand: whether others are waiting.
        """
        if permit != self.epoch:
            self._passed += 1
            return
        self._in_flight -= 1
        if not self.probing:
            self._passed += 1
            self._window += _GROWTH
            self._start += _START_GROWTH
        elif self.period is not None and sent - self._opened < _WHOLE * self.period:
            self.probing = False
            self._passed += 1
            self._window = max(2.0, self._window_before / 2)
        else:
            self._begin(sent)
        if self.limited and not demand and self.quota == inf:
            self.epoch += 1
            self._forget()

    def _begin(self, sent: float) -> None:
        """Begin a round with a probe that got through; the one before tells the period, and perhaps the quota."""
        refused = self._refused
        if self._begun:
            self.period = sent - self._opened
            self._most = max(0.9 * self._most, self._passed)
            self._total_passed = _FADING * self._total_passed + self._passed
            self._total_seconds = _FADING * self._total_seconds + self.period
            if refused:
                self.quota = max(1.0, min(self._passed, _TRUST * self.quota))
        else:
            self._most = self._passed
        self._begun = True
        self.probing = self._refused = self._exploring = False
        self._opened, self._passed = sent, 1
        self._window = 2.0 if refused or self.quota == inf else self.quota
        if self.quota < inf:
            self._explore_in -= 1
            if self._explore_in <= 0:
                self._exploring = True
                self._explore_in = self._explore_every

    def refused(self, permit: int, now: float, pause: float, *, asked: bool) -> None:
        """Note that a request was refused.

        Args:
            permit: its permit.
            now: the time.
            pause: seconds to wait before a probe while nothing is known.
            asked: whether it is the API that asks for this pause; then it is the least in any case.
        """
        if permit != self.epoch:
            return
        self.limited = True
        if self.probing:
            self._refused_probe(now, pause, asked=asked)
            return
        whole = self._passed >= _MOST * self.quota
        if self._exploring and self._passed >= self.quota:
            more = self._passed > self.quota + 1
            self._explore_every = _EXPLORE_EVERY if more else min(2 * self._explore_every, _EXPLORE_SELDOM)
            self._explore_in = self._explore_every
        self._exploring, self._refused, self._quiet = False, True, 0
        self._window_before = self._window
        earliest = max(self._end() if whole else 0.0, self._room(now), now + pause if asked else 0.0)
        self._close(now, earliest if earliest > now else now + self._pause(pause))

    def _refused_probe(self, now: float, pause: float, *, asked: bool) -> None:
        since = self._closed_since
        if not asked:
            closed = now - since
            first = min(_FIRST_PAUSES, closed) if self.period is None else 0.0
            pause = max(self._pause(pause), _OVERSHOOT * closed, first)
        self._close(now, now + pause)
        self._closed_since = since

    def _close(self, now: float, resumes_at: float) -> None:
        self.epoch += 1
        self.probing = True
        self._in_flight = 0
        self.resumes_at = resumes_at
        self._closed_since = resumes_at

    def _end(self) -> float:
        """Return when the round is over."""
        return 0.0 if self.period is None else self._opened + self.period

    def _room(self, now: float) -> float:
        """Return when a round would have had time for enough requests, at the mean rate.

        A bucket of tokens gives more to who waits longer. A window does not: half of what it gives is waited for.
        """
        if not self._begun:
            return 0.0
        enough = min(_ENOUGH, self._most / 2)
        return self._opened + enough * (self._total_seconds + now - self._opened) / (self._total_passed + self._passed)

    def _pause(self, seconds: float) -> float:
        return seconds if self.period is None else min(seconds, _SHORT * self.period)
