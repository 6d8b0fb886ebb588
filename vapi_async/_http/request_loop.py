"""`Exchange`: one request from its first attempt to the value or the error; the loop around `retry.decide`.

An attempt waits for a slot and for the gate, gets its token, is shown to the request hooks, and is sent. What came back
is shown to the response hooks. Then it is a success, which is decoded; or a rejected token, which is renewed once; or
a failure, for which `decide`, the deadline and the retry budget say whether and when the next attempt follows.

Throughout, `_open` says whether the API may have done what was asked without our knowing it.

The value of a request for a stream is a `Body`, which holds the connection, and the slot, until it is closed.
"""

from __future__ import annotations

import logging
from copy import copy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from vapi_async import errors
from vapi_async._modeling.json_codec import loads
from vapi_async._modeling.partial_json import loads_partial
from vapi_async.responses import Headers, Response

from . import error_text as explain
from .hooks import RequestEvent, RetryEvent, run
from .loop_resources import current_lane
from .response_body import Body
from .retry import LOST, UNSENT, Outcome, decide, may_have_happened, wait
from .retry_after import retry_after
from .transport import Reply, send

if TYPE_CHECKING:
    from vapi_async.client import Client

    from .prepared_request import Outgoing

E = TypeVar("E", bound=errors.RequestError)

_LOGGER = logging.getLogger("vapi_async")


class Exchange:
    """One request on its way.

    Args:
        client: whose request it is.
        outgoing: the request.
    """

    __slots__ = (
        "_answer",
        "_attempts",
        "_authorization",
        "_began",
        "_client",
        "_core",
        "_drew",
        "_ends",
        "_jitter",
        "_lane",
        "_last",
        "_note",
        "_open",
        "_outgoing",
        "_renewed",
        "_retries",
        "_settings",
    )

    def __init__(self, client: Client, outgoing: Outgoing) -> None:
        self._client = client
        self._core = client._core
        self._settings = client._settings
        self._outgoing = outgoing
        self._lane = current_lane(self._core)
        self._began = self._core.clock.wall()
        self._ends: float | None = None
        self._attempts = 0
        self._retries = 0
        self._drew = False
        self._jitter = 1.0
        self._authorization = ""
        self._renewed = False
        self._open = False
        self._note = ""
        self._last: errors.RequestError | None = None
        self._answer: Response[Any] | None = None

    async def run(self) -> Response[Any]:
        """Send the request, as often as it takes, and return the answer.

        Raises:
            RequestError: it failed.
        """
        deadline = self._settings.retry.deadline
        if deadline is None:
            return await self._run()
        clock = self._core.clock
        self._ends = clock.now() + deadline
        with clock.limit(deadline):
            return await self._run()
        text = "the hooks were not done" if self._answer else "no answer"
        text += f" within the deadline of {deadline:g} s"
        raise self.failed(errors.DeadlineExceeded, text, self._answer) from self._last

    async def _run(self) -> Response[Any]:
        while True:
            reply = await self._attempt()
            if 200 <= reply.status < 300 and reply.failure is None:
                self._core.budget.refill(retried=self._drew)
                return await self._finish(reply)
            reply.content = self.scrubbed(reply.content)
            await self._show(self._response(reply))
            if reply.status == 401 and await self._renew():
                continue
            delay = self._delay(reply)
            error = self._error(reply)
            if delay is None:
                raise error from reply.cause
            await self._pause(reply, error, delay)

    async def _attempt(self) -> Reply:
        slots = self._lane.slots
        if slots is None:
            return await self._pass_gate()
        await slots.acquire()
        held = False
        try:
            reply = await self._pass_gate()
            held = reply.stream is not None
        finally:
            if not held:
                slots.release()
        return reply

    async def _pass_gate(self) -> Reply:
        gate, retries = self._lane.gate, self._settings.retry.max_retries
        if not retries:
            return await self._send()
        ticket = gate.ticket if gate.is_open else await gate.enter(retries + 1 - self._retries)
        if ticket is None:
            assert gate.last is not None
            self._note = "the API keeps refusing this client"
            raise self._error(gate.last)
        try:
            reply = await self._send()
        except BaseException:
            gate.leave(ticket)
            raise
        if reply.status == 429 or not gate.is_open:
            gate.report(ticket, reply, self._wait(reply) or 0.0)
        return reply

    async def _send(self) -> Reply:
        credentials = self._core.credentials
        if self._outgoing.authorize and credentials.bearer is None:
            await credentials.obtain(self._lane.lock)
        headers = self._outgoing.headers
        if self._settings.hooks.request:
            headers = await self._show_request(dict(headers))
        self._core.check_open()
        self._attempts += 1
        before, self._open = self._open, True
        auth = credentials if self._outgoing.authorize else None
        reply = await send(self._lane.client, self._outgoing, headers, self._settings.timeouts, auth)
        self._authorization = reply.authorization
        outcome = _outcome(reply)
        self._open = before or may_have_happened(outcome)
        if outcome not in (200, 201):
            self._jitter = self._core.clock.random()
        return reply

    async def _renew(self) -> bool:
        """Get another token for the one that was rejected, once; return whether there is one."""
        credentials = self._core.credentials
        if self._renewed or not credentials.renewable or not self._outgoing.can_be_sent:
            return False
        if not self._outgoing.authorize or "authorization" in self._outgoing.headers:
            return False
        self._renewed = True
        return await credentials.obtain(self._lane.lock, rejected=self._authorization) is not None

    def _delay(self, reply: Reply) -> float | None:
        """Return the seconds until the next attempt, None if there is none."""
        policy, core = self._settings.retry, self._core
        if reply.failure is errors.InvalidRequest:
            return None
        delay = decide(
            self._outgoing.method,
            _outcome(reply),
            self._retries + 1,
            Headers(reply.headers),
            core.clock.wall(),
            policy=policy,
            safety=self._outgoing.safety,
            jitter=self._jitter,
        )
        if delay is None:
            return None
        if not self._outgoing.can_be_sent:
            self._note = "the file cannot be read again"
            return None
        if self._ends is not None and core.clock.now() + delay >= self._ends:
            self._note = "the deadline leaves no time for another"
            return None
        self._drew = reply.status != 429  # after a 429 the gate does what the budget is for
        if self._drew and not core.budget.draw():
            self._note = "the client's retry budget is used up"
            return None
        return delay

    def _wait(self, reply: Reply) -> float | None:
        now = self._core.clock.wall()
        return wait(Headers(reply.headers), self._retries + 1, now, policy=self._settings.retry, jitter=self._jitter)

    async def _pause(self, reply: Reply, error: errors.RequestError, delay: float) -> None:
        """Announce the next attempt and wait for it; after a 429 the gate does the waiting, unless it is open again."""
        self._last = error
        _LOGGER.debug("%s; again in %.3f s", error, delay)
        if self._settings.hooks.retry:
            await self._call(self._settings.hooks.retry, RetryEvent(self._attempts, delay, error), error.response)
        if reply.status != 429 or self._lane.gate.is_open:
            await self._core.clock.sleep(delay)
        self._retries += 1

    async def _finish(self, reply: Reply) -> Response[Any]:
        """Decode the answer to a success and show it to the hooks."""
        response = self._response(reply)
        if reply.stream is not None:
            return await self._finish_stream(reply, response)
        try:
            response.parsed = self._decode(response)
        except errors.DecodeError:
            await self._show(response)
            raise
        if self._settings.hooks.response:
            await self._show(response)
        return response

    async def _finish_stream(self, reply: Reply, response: Response[Any]) -> Response[Any]:
        body = Body(self, reply, response)
        try:
            await self._show(response)
        except BaseException:
            await body.aclose()
            raise
        answer = copy(response)  # not the one of the errors, which are plain data
        answer.parsed = body
        return answer

    def broken(self, reply: Reply, response: Response[Any]) -> errors.RequestError:
        """Return the error for a stream that broke before its end."""
        assert reply.failure is not None
        self._open = True
        return self.failed(reply.failure, f"{reply.story}, within the stream", response)

    def release(self) -> None:
        """Give back the slot that a stream held."""
        if self._lane.slots is not None:
            self._lane.slots.release()

    def _lacks_what_was_made(self, response: Response[Any]) -> bool:
        """Return whether a POST has an empty answer that should describe what was made, such as its id.

        Any other empty answer is a value, None: nothing is lost with it.
        """
        described = self._outgoing.method == "POST" and self._outgoing.returns is not None
        return described and response.status_code not in (204, 205) and not response.content.strip()

    def _decode(self, response: Response[Any]) -> Any:
        if self._outgoing.raw:
            return response.content
        try:
            value = loads(response.content)
        except ValueError as cause:
            response.content = self.scrubbed(response.content)
            beginning = explain.said(response.content[:2000].decode("utf-8", "replace"))
            why = str(cause)
            if response.headers.get("content-type", "").startswith("text/event-stream"):
                why = "but events, which chats.stream and chats.stream_response read"
            text = f"the {response.status_code} answer is not JSON ({why}): {beginning}"
            parsed = loads_partial(response.content, self._outgoing.returns)
            raise self._undecodable(response, text, parsed=parsed) from cause
        if self._lacks_what_was_made(response):
            raise self._undecodable(response, f"the {response.status_code} answer is empty")
        if value is not None and self._outgoing.returns is not None:
            try:
                value = self._outgoing.returns(value)
            except Exception as cause:  # whatever went wrong, the answer must not be lost with it
                text = f"the answer could not be made a model: {type(cause).__name__}: {cause}"
                raise self._undecodable(response, text, parsed=value) from cause
        if self._settings.strict:
            self._check(response, value)
        return value

    def _check(self, response: Response[Any], value: Any) -> None:
        from .strict import complain

        text, paths = complain(value)
        if text:
            response.parsed = value
            raise self._undecodable(response, text, parsed=value, paths=paths)

    def _undecodable(self, response: Response[Any], text: str, **facts: Any) -> errors.DecodeError:
        error = self.failed(errors.DecodeError, text, response)
        return error._describe(raw=response.content, **facts)

    async def _show_request(self, headers: dict[str, str]) -> dict[str, str]:
        event = RequestEvent(self._outgoing.method, self._outgoing.shown_url, headers, self._attempts + 1)
        await self._call(self._settings.hooks.request, event, None)
        return event.headers

    async def _show(self, response: Response[Any]) -> None:
        if response.status_code and self._settings.hooks.response:
            self._answer = response  # should the deadline pass meanwhile
            await self._call(self._settings.hooks.response, response, response)
            self._answer = None

    async def _call(self, hooks: Any, event: Any, response: Response[Any] | None) -> None:
        try:
            await run(hooks, event)
        except Exception as cause:
            text = f"a hook raised {type(cause).__name__}"
            raise self.failed(errors.HookError, text, response) from cause

    def _response(self, reply: Reply) -> Response[Any]:
        return Response(
            parsed=None,
            status_code=reply.status,
            headers=Headers(reply.headers),
            content=reply.content,
            method=self._outgoing.method,
            url=self._outgoing.shown_url,
            attempts=self._attempts,
        )

    def _error(self, reply: Reply) -> errors.RequestError:
        if reply.status and not 200 <= reply.status < 300:
            return self._status_error(reply)
        assert reply.failure is not None
        response = self._response(reply) if reply.status else None
        if response is not None and reply.failure is not errors.DecodeError:
            response.parsed = loads_partial(reply.content, self._outgoing.returns)
        error = self.failed(reply.failure, reply.story, response)
        return error._describe(raw=reply.content) if reply.failure is errors.DecodeError else error

    def _status_error(self, reply: Reply) -> errors.StatusError:
        body = explain.body_of(reply.content)
        # A storage quotes what was signed, and a redirect where it goes, signature included.
        said = explain.said(body) if self._outgoing.authorize and reply.status >= 400 else ""
        kind = errors.status_error_class(reply.status)
        if reply.status == 404 and self._outgoing.method == "DELETE" and self._open:
            self._note = "an earlier attempt may have deleted it"
        text = explain.answered(reply.status, said)
        error = self.failed(kind, text, self._response(reply))
        error._describe(status_code=reply.status, message=said, body=body)
        typed = self._outgoing.errors.get(reply.status)
        if typed is not None and isinstance(body, dict):
            error.parsed = typed(body)
        if isinstance(error, errors.RateLimitError):
            error.retry_after = retry_after(error.headers, self._core.clock.wall())
        return error

    def failed(self, kind: type[E], text: str, response: Response[Any] | None = None) -> E:
        """Return an error with everything that is known of the request."""
        outgoing = self._outgoing
        may = self._open and not outgoing.reads_only
        notes = (self._note, "may have been processed" if may else "")
        ending = explain.closing(self._attempts, response.request_id if response else None, *notes)
        error = kind(f"{outgoing.method} {outgoing.path}: {text}{ending}")
        error._describe(
            method=outgoing.method,
            url=outgoing.shown_url,
            attempts=self._attempts,
            may_have_been_processed=may,
            began=datetime.fromtimestamp(self._began, UTC),
            response=response,
        )
        if outgoing.method == "POST" and outgoing.path == "/call":
            from vapi_async._extensions.calls.reconciliation import CallTrace

            now = datetime.fromtimestamp(self._core.clock.wall(), UTC)
            trace = CallTrace(outgoing, response.headers if response else {}, now)
            error._describe(_client=self._client, _trace=trace)
        return error

    def scrubbed(self, content: bytes) -> bytes:
        """Return the body of an error without the token, should it be quoted there."""
        token = self._authorization.rpartition(" ")[2].encode()
        return content.replace(token, b"[token]") if token else content


def _outcome(reply: Reply) -> Outcome:
    if reply.failure is None or reply.failure is errors.DecodeError:
        return reply.status
    if issubclass(reply.failure, errors.TransportError) and reply.failure.nothing_was_sent:
        return UNSENT
    return LOST if 200 <= reply.status < 300 or not reply.status else reply.status
