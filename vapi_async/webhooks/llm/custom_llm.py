"""`CustomLLM`: an ASGI app for the URL of a custom language model (`{"provider": "custom-llm", "url": …}`).

The status goes out with the first piece of the answer, so until then a failure is a 500 and an answer that takes too
long a 504. After that a failure is logged, told in the stream as an error, and the stream ends as it should.
"""

from __future__ import annotations

import inspect
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from vapi_async._http.clock import SystemClock
from vapi_async._lazy import exported_by
from vapi_async.errors import MessageError
from vapi_async.webhooks.answer import Accepted, Answer, AudioStream
from vapi_async.webhooks.asgi import serve
from vapi_async.webhooks.handlers import Handler, logger, stray_cancellation_as_error
from vapi_async.webhooks.receiver import Receiver
from vapi_async.webhooks.verification.verifiers import check_verifiers

from .completion_answer import DONE, FAILED, CompletionAnswer, CompletionToolCall, event
from .completion_request import read_request

if TYPE_CHECKING:
    from starlette.routing import Route

    from vapi_async.webhooks.delivery import HeaderFields, Verifier
    from vapi_async.webhooks.receiver import OnDelivery

MAX_BODY: Final = 10 * 1024 * 1024
COMPLETIONS: Final = "chat.completions"
EVENT_STREAM: Final = "text/event-stream; charset=utf-8"
_MISSING: Final[Any] = object()


@exported_by("vapi_async.webhooks")
class CustomLLM:
    """An ASGI app that answers as a language model does, on any path: Vapi asks `{url}/chat/completions`.

    Args:
        respond: a function of a `CompletionRequest`: an async generator function that yields text or
            `CompletionToolCall` as it is there, and `CompletionUsage` if the tokens are known, or one that returns the
            whole. When the caller interrupts, Vapi hangs up, and the function is stopped.
        verify: what says whether a request is from Vapi, such as `bearer("...")`; of several, one has to. None accepts
            everything, and has to be said.
        timeout: seconds until the first piece has to be there; of an answer that is not streamed, the whole. Vapi waits
            20 by default. Default 18.
        max_body: bytes of the longest body that is read. Default 10 MiB.
        on_delivery: as in `Webhooks`; the type is "chat.completions".
        clock: the time, for tests.

    Raises:
        TypeError: `verify` was left out, or is no verifier, or `respond` is no function, or a plain generator function.
        ValueError: `verify` is an empty list, or a number is not more than 0.
    """

    def __init__(
        self,
        respond: Callable[..., Any],
        verify: Verifier | Sequence[Verifier] | None = _MISSING,
        *,
        timeout: float = 18.0,
        max_body: int = MAX_BODY,
        on_delivery: OnDelivery | None = None,
        clock: SystemClock | None = None,
    ) -> None:
        if verify is _MISSING:
            raise TypeError("pass verify=, such as bearer('...'), or verify=None to answer anybody")
        for name, value in (("timeout", timeout), ("max_body", max_body)):
            if not value > 0:
                raise ValueError(f"{name} is {value!r}: it must be more than 0")
        if inspect.isgeneratorfunction(respond):
            raise TypeError("respond is a plain generator function: write `async def`, so that others can be served")
        clock = clock or SystemClock()
        self._receiver = Receiver(
            _Completions(Handler(respond), timeout, clock),
            None if verify is None else check_verifiers(verify),
            max_body=max_body,
            public_url=None,
            clock=clock,
            on_delivery=on_delivery,
        )

    async def handle(self, body: bytes, headers: HeaderFields, *, method: str = "POST", url: str = "") -> Answer:
        """Return the answer to a request, for use without ASGI; the arguments are as in `Webhooks.handle`."""
        return await self._receiver.handle(body, headers, method, url)

    def route(self, path: str) -> Route:
        """Return a route for Starlette and FastAPI, as `Webhooks.route` does: `llm.route("/chat/completions")`."""
        from vapi_async.webhooks.servers.starlette_route import WebhookRoute

        return WebhookRoute(path, self)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve as an ASGI app."""
        await serve(self._receiver, None, scope, receive, send, gives_up=True)


class _Completions:
    """Answers requests that are verified."""

    def __init__(self, respond: Handler, timeout: float, clock: SystemClock) -> None:
        self._respond = respond
        self._timeout = timeout
        self._clock = clock

    async def accept(self, body: bytes, began: float) -> Accepted:
        try:
            request = read_request(body)
        except MessageError as error:
            return Accepted(_failure(400, str(error), "invalid_request_error"))
        call = request.raw.get("call")
        call_id = call.get("id") if isinstance(call, dict) else None
        answer, pieces = CompletionAnswer(request), self._pieces(request)
        try:
            made = await (self._stream(answer, pieces) if request.stream else self._whole(answer, pieces))
        except Exception:  # noqa: BLE001 - from the user's own function
            logger.exception("the custom model failed")
            made = _failure(500, "the model failed", "server_error")
        return Accepted(made, COMPLETIONS, call_id)

    async def _pieces(self, request: Any) -> AsyncGenerator[Any]:
        found = await self._respond(request)
        if isinstance(found, str | CompletionToolCall):
            yield found
        elif hasattr(found, "aclose"):
            async with aclosing(found) as pieces:
                async for piece in pieces:
                    yield piece
        elif hasattr(found, "__aiter__"):
            async for piece in found:
                yield piece
        else:
            raise TypeError(f"a model gives text, a CompletionToolCall or an async iterator of such, not {found!r:.40}")

    async def _stream(self, answer: CompletionAnswer, pieces: AsyncGenerator[Any]) -> Answer:
        with self._clock.limit(self._timeout), stray_cancellation_as_error():
            chunks = _chunks(answer, pieces)
            stream = AudioStream(await anext(chunks), chunks)
            return Answer(200, stream, media_type=EVENT_STREAM, headers={"cache-control": "no-store"})
        return self._too_slow()

    async def _whole(self, answer: CompletionAnswer, pieces: AsyncGenerator[Any]) -> Answer:
        async with aclosing(pieces):
            with self._clock.limit(self._timeout), stray_cancellation_as_error():
                async for piece in pieces:
                    answer.add(piece)
                return Answer(200, answer.whole())
        return self._too_slow()

    def _too_slow(self) -> Answer:
        logger.error("the custom model %s took longer than %g seconds", self._respond.name, self._timeout)
        return _failure(504, "the model took too long", "server_error")


async def _chunks(answer: CompletionAnswer, pieces: AsyncGenerator[Any]) -> AsyncGenerator[bytes]:
    # All of it in one generator, of which the first chunk is awaited: one that has not begun would close nothing.
    async with aclosing(pieces):
        first = await anext(pieces, None)
        yield answer.beginning() + (b"" if first is None else answer.add(first))
        try:
            async for piece in pieces:
                yield answer.add(piece)
        except Exception:  # noqa: BLE001 - from the user's own generator
            logger.exception("the custom model broke off")
            yield event(FAILED) + DONE
            return
        yield answer.end()


def _failure(status: int, message: str, type_: str) -> Answer:
    """Return an error in OpenAI's form."""
    return Answer(
        status, json.dumps({"error": {"message": message, "type": type_, "param": None, "code": None}}).encode()
    )
