"""`RequestLoop`: one request from its first attempt to its answer; the loop around `retry.decide`.

An attempt waits for a slot and for the rate limiter, gets its token, is shown to the request hooks, and is sent. What
came back is shown to the response hooks. Then it is a success, which is decoded (`answers`); or a rejected token, which
is renewed once; or a failure (`failures`), for which `decide`, the deadline and the retry budget say whether and when
the next attempt follows.

The value of a request for a stream is a `ResponseBody`, which holds the connection, and the slot, until it is closed.
"""

from __future__ import annotations

from copy import copy
from math import inf
from typing import TYPE_CHECKING, Any

from vapi_async import errors
from vapi_async.responses import Headers

from . import answers
from .attempt_log import LOGGER, log_attempt
from .failures import Failures
from .hooks import RequestEvent, RetryEvent, run
from .loop_resources import loop_resources
from .own_auth import OwnAuth
from .patience import BULK_PATIENCE, PATIENT
from .rate_limiter import WaitLimits
from .response_body import ResponseBody
from .retry import decide, may_have_happened, wait
from .retry_after import retry_after

if TYPE_CHECKING:
    from vapi_async.responses import Response

    from .options import Options
    from .prepared_request import PreparedRequest
    from .shared_state import SharedState
    from .transport.protocol import AttemptResult

_FINAL = (errors.InvalidRequest, errors.FileChanged)  # it will be no better the next time


class RequestLoop:
    """One request on its way.

    Args:
        shared: address, token, connections and budgets of the client.
        options: how the request is sent.
        request: the request.
    """

    __slots__ = (
        "_asked",
        "_began",
        "_drew",
        "_ends",
        "_failures",
        "_jitter",
        "_last",
        "_options",
        "_patient",
        "_renewed",
        "_request",
        "_resources",
        "_retries",
        "_seen",
        "_shared",
    )

    def __init__(self, shared: SharedState, options: Options, request: PreparedRequest) -> None:
        self._shared = shared
        self._options = options
        self._request = request
        self._resources = loop_resources(shared)
        self._failures = Failures(request, shared.clock)
        self._ends: float | None = None
        self._retries = 0
        self._patient = PATIENT.get() and options.retry.max_retries > 0  # bulk work: a 429 spends no retry
        self._began = shared.clock.now()
        self._drew = False  # whether the latest retry was paid for out of the budget
        self._jitter = 1.0  # drawn once per attempt, since the limiter and `decide` must agree on the wait
        self._asked = 0  # how often the token's provider was, when the request was sent
        self._renewed = False
        self._last: errors.RequestError | None = None
        self._seen: Response[Any] | None = None  # the answer that the response hooks are looking at

    async def run(self) -> Response[Any]:
        """Send the request, as often as it takes, and return the answer.

        Raises:
            RequestError: it failed.
        """
        deadline = self._options.retry.deadline
        if deadline is None:
            return await self._run()
        clock = self._shared.clock
        self._ends = clock.now() + deadline
        with clock.limit(deadline):
            return await self._run()
        what = "the hooks were not done" if self._seen else "no answer"
        what += f" within the deadline of {deadline:g} s"
        raise self._failures.error(errors.DeadlineExceeded, what, self._seen) from self._last

    async def _run(self) -> Response[Any]:
        while True:
            result = await self._attempt()
            if 200 <= result.status < 300 and result.failure is None:
                self._shared.budget.refill(retried=self._drew)
                return await self._finish(result)
            result.content = self._failures.scrubbed(result.content)
            await self._show(self._failures.response(result))
            if result.status == 401 and await self._renew():
                continue
            delay = self._delay(result)
            error = self._failures.of_attempt(result)
            if delay is None:
                raise error from result.cause
            await self._pause(result, error, delay)

    async def _attempt(self) -> AttemptResult:
        slots = self._resources.slots
        if slots is None:
            return await self._pass_limiter()
        if not slots.value:
            LOGGER.debug("%s %s waits for one of the requests under way", self._request.method, self._request.path)
        await slots.acquire()
        held = False
        try:
            result = await self._pass_limiter()
            held = result.body is not None and self._resources.streams_hold_slots  # until it is closed
        finally:
            if not held:
                slots.release()
        return result

    async def _pass_limiter(self) -> AttemptResult:
        limiter = self._resources.rate_limiter
        if not self._options.retry.max_retries:  # then a 429 is the caller's to deal with
            return await self._send()
        permit = await limiter.enter(self._patience())
        if permit is None:
            assert limiter.last_refusal is not None
            self._failures.note = "the API keeps refusing this client"
            raise self._failures.of_attempt(limiter.last_refusal)
        try:
            result = await self._send()
        except BaseException:
            limiter.leave(permit)
            raise
        if result.status == 429:
            asked = retry_after(Headers(result.headers), self._shared.clock.wall())
            if asked is not None and asked > self._patience().longest:
                asked = None  # longer than anyone here waits: not a reason to hold the others back unasked
            limiter.refused(permit, result, asked or self._wait(result) or 0.0, asked=asked is not None)
        elif result.status:
            limiter.passed(permit)
        else:
            limiter.leave(permit)
        return result

    def _patience(self) -> WaitLimits:
        policy = self._options.retry
        if self._patient:
            return WaitLimits(inf, BULK_PATIENCE, max(BULK_PATIENCE, policy.max_retry_after))
        left = policy.max_retries - self._retries
        return WaitLimits(left + 1, policy.patience, policy.max_retry_after)

    async def _send(self) -> AttemptResult:
        request, failures, credentials = self._request, self._failures, self._shared.credentials
        if request.authorize and credentials.bearer is None:
            await credentials.obtain(self._resources.token_lock)
        headers = request.headers
        if self._options.hooks.request:
            headers = await self._show_request(dict(headers))
        own, auth = "", credentials if request.authorize else None
        if isinstance(auth, OwnAuth):
            event = RequestEvent(request.method, request.url, dict(headers), failures.attempts + 1)
            fields = await auth.fields(event)
            headers, own, auth = {**headers, **fields}, next(iter(fields.values()), ""), None
        self._shared.check_open()  # again: hooks and waits take time
        failures.attempts += 1
        # From here until its outcome is known, whatever interrupts the attempt leaves it open what the API did.
        before, failures.may_have_happened = failures.may_have_happened, True
        self._asked = credentials.asked
        began = self._shared.clock.now()
        result = await self._resources.transport.send(request, headers, self._options.timeouts, auth)
        failures.authorization = result.authorization or own
        if result.body is not None and not (request.stream and 200 <= result.status < 300):
            body, result.body = result.body, None
            await body.read_whole(result, self._options.max_response_bytes)
        log_attempt(request, headers, result, attempt=failures.attempts, seconds=self._shared.clock.now() - began)
        outcome = result.outcome
        failures.may_have_happened = before or may_have_happened(outcome)
        if outcome not in (200, 201):
            self._jitter = self._shared.clock.random()
        return result

    async def _renew(self) -> bool:
        """Get another token for the one that was rejected, once; return whether there is one."""
        request, credentials = self._request, self._shared.credentials
        if self._renewed or not credentials.renewable or not request.can_be_sent:
            return False
        if not request.authorize or "authorization" in request.headers:
            return False
        self._renewed = True
        rejected = self._failures.authorization
        return await credentials.obtain(self._resources.token_lock, rejected=rejected, asked=self._asked) is not None

    def _delay(self, result: AttemptResult) -> float | None:
        """Return the seconds until the next attempt, None if there is none."""
        shared, failures = self._shared, self._failures
        if result.failure in _FINAL:
            return None
        refused = result.status == 429 and self._patient
        delay = self._patient_delay(result) if refused else self._decide(result)
        if delay is None:
            return None
        if not self._request.can_be_sent:
            failures.note = "the file cannot be read again"
            return None
        if self._ends is not None and shared.clock.now() + delay >= self._ends:
            failures.note = "the deadline leaves no time for another"
            return None
        self._drew = result.status != 429  # after a 429 the rate limiter does what the budget is for
        if self._drew and not shared.budget.draw():
            failures.note = "the client's retry budget is used up"
            return None
        return delay

    def _decide(self, result: AttemptResult) -> float | None:
        return decide(
            self._request.method,
            result.outcome,
            self._retries + 1,
            Headers(result.headers),
            self._shared.clock.wall(),
            policy=self._options.retry,
            safety=self._request.safety,
            jitter=self._jitter,
        )

    def _patient_delay(self, result: AttemptResult) -> float | None:
        """Return the seconds that bulk work waits after a 429 at least, None if it has waited for long enough."""
        asked = retry_after(Headers(result.headers), self._shared.clock.wall()) or 0.0
        waited = self._resources.rate_limiter.refused_for(self._began)
        longest = max(BULK_PATIENCE, self._options.retry.max_retry_after)
        return asked if waited <= BULK_PATIENCE and asked <= longest else None

    def _wait(self, result: AttemptResult) -> float | None:
        policy, now = self._options.retry, self._shared.clock.wall()
        return wait(Headers(result.headers), self._retries + 1, now, policy=policy, jitter=self._jitter)

    async def _pause(self, result: AttemptResult, error: errors.RequestError, delay: float) -> None:
        """Announce the next attempt and wait for it.

        After a 429 it is the rate limiter that waits, unless it is open again.
        """
        self._last = error
        LOGGER.debug("%s %s: again in %.3f s", self._request.method, self._request.path, delay)
        if self._options.hooks.retry:
            event = RetryEvent(self._failures.attempts, delay, error)
            await self._call(self._options.hooks.retry, event, error.response)
        if result.status != 429 or self._resources.rate_limiter.is_open:
            await self._shared.clock.sleep(delay)
        self._retries += not (self._patient and result.status == 429)

    async def _finish(self, result: AttemptResult) -> Response[Any]:
        """Decode the answer to a success and show it to the hooks."""
        response = self._failures.response(result)
        if result.body is not None:
            body = ResponseBody(result.body, result, response, self._failures, self._release)
            return await self._finish_stream(body, response)
        try:
            response.parsed = answers.decode(
                response, self._failures, strict=self._options.strict, json_loads=self._options.json_loads
            )
        except errors.DecodeError:
            await self._show(response)
            raise
        if self._options.hooks.response:
            await self._show(response)
        return response

    async def _finish_stream(self, body: ResponseBody, response: Response[Any]) -> Response[Any]:
        try:
            await self._show(response)
        except BaseException:
            await body.aclose()
            raise
        answer = copy(response)  # not the one of the errors, which are plain data
        answer.parsed = body
        return answer

    def _release(self) -> None:
        if self._resources.slots is not None and self._resources.streams_hold_slots:
            self._resources.slots.release()

    async def _show_request(self, headers: dict[str, str]) -> dict[str, str]:
        event = RequestEvent(self._request.method, self._request.shown_url, headers, self._failures.attempts + 1)
        await self._call(self._options.hooks.request, event, None)
        return event.headers

    async def _show(self, response: Response[Any]) -> None:
        if response.status_code and self._options.hooks.response:
            self._seen = response  # should the deadline pass meanwhile
            await self._call(self._options.hooks.response, response, response)
            self._seen = None

    async def _call(self, hooks: Any, event: Any, response: Response[Any] | None) -> None:
        try:
            await run(hooks, event)
        except Exception as cause:  # a hook is the user's, so it may raise anything
            raise self._failures.error(errors.HookError, f"a hook raised {type(cause).__name__}", response) from cause
