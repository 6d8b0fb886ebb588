"""`Webhooks`: what users register functions with, and give to their server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack

from vapi_async._http.clock import SystemClock
from vapi_async._lazy import exported_by
from vapi_async._modeling.keyword_hints import hinted

from .asgi import serve
from .dispatcher import Dispatcher
from .handler_registry import HandlerRegistry
from .handlers import Handler
from .messages import MODELS
from .receiver import Receiver
from .reply_store import MemoryReplies
from .verification.verifiers import check_verifiers

if TYPE_CHECKING:
    from aiohttp.web import Request, StreamResponse
    from flask import Response
    from starlette.routing import Route

    from vapi_async.models import Server

    from .answer import Answer
    from .delivery import HeaderFields, Verifier
    from .receiver import OnDelivery
    from .reply_store import Replies
    from .tools.decryption import SupportsDecrypt
    from .tools.definition import ToolOptions

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", int, float)

MAX_BODY: Final = 10 * 1024 * 1024
_MISSING: Final[Any] = object()
#: Arguments that others have, and what is in their place.
_ELSEWHERE = {
    "secret": 'verify=shared_secret("...")',
    "server_secret": 'verify=shared_secret("...")',
    "signing_secret": 'verify=vapi_signature("...")',
    "token": 'verify=bearer("...")',
}


@exported_by("vapi_async.webhooks")
class Webhooks:
    """An ASGI app for the server URL of an assistant, phone number, tool or organisation.

    Args:
        verify: what says whether a delivery is from Vapi, such as `shared_secret("...")`; of several, one has to. None
            accepts everything, and has to be said.
        models: the models package.
        max_body: bytes of the longest body that is read; a longer one is answered 413. Default 10 MiB.
        tool_timeout: seconds for a tool that does not say itself, and for the handler of a message that wants a reply;
            up to 298. Vapi waits 20 by default. Default 18.
        assistant_request_timeout: seconds for the handler of assistant-request, from when the delivery came. Vapi waits
            7.5, whatever is set. Default 7.
        drop_duplicates: whether a delivery that comes again is not handled again: an event is dropped, a message that
            wants a reply gets the first reply (see `vapi_async.webhooks.message_keys` for what counts as one).
        replies: where what came is known: `MemoryReplies()`, to this object only, so to one process; `RedisReplies`, or
            any `Replies`, to all processes that share it. Default `MemoryReplies()`.
        decrypt: decrypts the arguments of tools whose credential has an encryption plan.
        public_url: the URL as Vapi knows it, for signatures that cover `{url}`. Default: what the request says, which
            is wrong behind a proxy that changes scheme, host or path.
        on_delivery: a function, async or not, that is told of every delivery when its answer is there, for metrics.
            What it raises is logged.
        clock: the time, for tests.

    Raises:
        TypeError: `verify` was left out, or is no verifier.
        ValueError: `verify` is an empty list, a number is not more than 0, or `replies` is given with
            `drop_duplicates=False`.
    """

    @hinted(_ELSEWHERE)
    def __init__(
        self,
        verify: Verifier | Sequence[Verifier] | None = _MISSING,
        *,
        models: str = MODELS,
        max_body: int = MAX_BODY,
        tool_timeout: float = 18.0,
        assistant_request_timeout: float = 7.0,
        drop_duplicates: bool = True,
        replies: Replies | None = None,
        decrypt: SupportsDecrypt | None = None,
        public_url: str | None = None,
        on_delivery: OnDelivery | None = None,
        clock: SystemClock | None = None,
    ) -> None:
        if verify is _MISSING:
            raise TypeError(
                "pass verify=, such as shared_secret('...'), or verify=None to accept deliveries of anybody"
            )
        if replies is not None and not drop_duplicates:
            raise ValueError("replies is where duplicates are known, which drop_duplicates=False turns off: give one")
        verifiers = None if verify is None else check_verifiers(verify)
        clock = clock or SystemClock()
        self._handlers = HandlerRegistry(models, _positive("tool_timeout", tool_timeout))
        self._dispatcher = Dispatcher(
            self._handlers,
            models=models,
            clock=clock,
            tool_timeout=tool_timeout,
            assistant_request_timeout=_positive("assistant_request_timeout", assistant_request_timeout),
            replies=(replies or MemoryReplies()) if drop_duplicates else None,
            decrypt=decrypt,
        )
        self._receiver = Receiver(
            self._dispatcher,
            verifiers,
            max_body=_positive("max_body", max_body),
            public_url=public_url,
            clock=clock,
            on_delivery=on_delivery,
        )

    def on(self, *types: str, unlisted: bool = False) -> Callable[[F], F]:
        """Register a function for types of server messages: `@hooks.on("end-of-call-report", "hang")`.

        The function takes the typed message (`Unknown` for types without a schema). It may be async; a sync one runs
        in a worker thread. A type that wants a reply has one handler, which returns the reply: a model
        `ServerMessageResponse...` or a mapping in the API's spelling; for voice-request the audio, as bytes or as an
        async iterator of bytes. All other types have any number of handlers, which return nothing.

        "transcript" gets the final transcripts, too; 'transcript[transcriptType="final"]' gets only these. "*" gets
        every message, after the answer.

        Args:
            types: types of messages.
            unlisted: takes types that look like a misspelled one.

        Raises:
            TypeError: no type is given.
            ValueError: a type looks misspelled, or has its handler (or tools) already.
        """
        if not types:
            raise TypeError("name the types of message, such as @hooks.on('status-update'); '*' is every message")
        for type_ in types:
            self._handlers.check_type(type_, unlisted=unlisted)

        def register(function: F) -> F:
            self._handlers.add(types, Handler(function))
            return function

        return register

    def tool(self, name: str | None = None, **options: Unpack[ToolOptions]) -> Callable[[F], F]:
        """Register a typed function as a tool: `@hooks.tool("get_weather")`, or `@hooks.tool()` under its own name.

        Args:
            name: the name of the tool, as the assistant calls it.
            options: see `vapi_async.webhooks.tools.definition.ToolOptions`: description, timeout in seconds and so on.

        Raises:
            TypeError: it is used without parentheses, or `Tools.add` does not take the function.
            ValueError: a handler for "tool-calls" is registered, or a tool of that name.
        """
        if name is not None and not isinstance(name, str):
            raise TypeError("write @hooks.tool('its_name'), or @hooks.tool() with parentheses")

        def register(function: F) -> F:
            self._handlers.add_tool(function, name, options)
            return function

        return register

    def transcriber(self, function: F) -> F:
        """Register the async function that serves a custom transcriber's websocket; see `TranscriberSession`.

        Raises:
            ValueError: there is one already.
        """
        self._handlers.set_transcriber(Handler(function))
        return function

    def tool_definitions(self, server_url: str | Mapping[str, Any] | Server) -> list[Any]:
        """Return the tools as the API wants them, a dict each, to create an assistant or tools with.

        Args:
            server_url: where this app is reached: a URL, or a `Server` in the API's spelling.

        Raises:
            ValueError: it is no URL.
        """
        tools = self._handlers.tools
        return [] if tools is None else tools.definitions(server_url)

    async def handle(
        self,
        body: bytes,
        headers: HeaderFields,
        *,
        method: str = "POST",
        url: str = "",
    ) -> Answer:
        """Return the answer to a delivery, for use without ASGI: `status, body, after = await hooks.handle(...)`.

        Send the answer, then `await after()`: it runs the handlers of events.

        Args:
            body: the bytes as they came.
            headers: the header fields.
            method: the HTTP method.
            url: the whole URL, for signatures that cover it.
        """
        return await self._receiver.handle(body, headers, method, url)

    def handle_sync(
        self,
        body: bytes,
        headers: HeaderFields,
        *,
        method: str = "POST",
        url: str = "",
    ) -> Answer:
        """Return the answer to a delivery, for Flask and other WSGI apps; `after` is a plain function then.

        Each call, and each `after`, runs an event loop of its own in the calling thread. So what handlers share must
        not be bound to a loop. Audio comes as a whole, not as a stream.

        Args:
            body: the bytes as they came.
            headers: the header fields.
            method: the HTTP method.
            url: the whole URL, for signatures that cover it.

        Raises:
            RuntimeError: an event loop runs in this thread: await `handle` there.
        """
        from .sync import handle_sync

        return handle_sync(partial(self.handle, body, headers, method=method, url=url))

    async def run_events(self, body: bytes | str) -> None:
        """Run the handlers of an event that was handed to a queue, in whatever process takes it from there.

        It is not verified again, so nobody but the app may be able to write to the queue. With `replies` that processes
        share, an event that the queue delivers twice is handled once.

        Args:
            body: the body of the delivery.

        Raises:
            MessageError: it is no server message.
        """
        await self._dispatcher.run_events(body)

    def run_events_sync(self, body: bytes | str) -> None:
        """Run the handlers of an event as `run_events` does, without a running event loop.

        Args:
            body: the body of the delivery.

        Raises:
            MessageError: it is no server message.
            RuntimeError: an event loop runs in this thread: await `run_events` there.
        """
        from .sync import run_sync

        run_sync(partial(self.run_events, body))

    def route(self, path: str) -> Route:
        """Return a route for Starlette and FastAPI: `app.router.routes.append(hooks.route("/vapi"))`.

        It serves HTTP, and the websocket of a custom transcriber.

        Args:
            path: where, exactly: no redirect from a path without slash.
        """
        from .servers.starlette_route import WebhookRoute

        return WebhookRoute(path, self)

    def lambda_handler(self, *, defer: Callable[[bytes], Any] | None = None) -> Callable[..., dict[str, Any]]:
        """Return a handler for AWS Lambda: `handler = hooks.lambda_handler()`.

        It takes the events of API Gateway (REST and HTTP APIs), function URLs and load balancers. Lambda stops when the
        answer goes out, so the handlers of events run before it.

        Args:
            defer: is given the body of a delivery that handlers of events are registered for, puts it into a queue, and
                returns; whoever reads the queue calls `run_events_sync`. If it raises, the handlers run at once.
        """
        from .servers.aws_lambda import lambda_handler

        return lambda_handler(self, defer)

    def django_view(self) -> Callable[[Any], Awaitable[Any]]:
        """Return a view for Django, under ASGI and WSGI: `path("vapi", hooks.django_view())`."""
        from .servers.django_view import django_view

        return django_view(self, self._receiver.max_body)

    def flask_view(self) -> Callable[[], Response]:
        """Return a view for Flask: `app.add_url_rule("/vapi", view_func=hooks.flask_view(), methods=["POST"])`."""
        from .servers.flask_view import flask_view

        return flask_view(self, self._receiver.max_body)

    def aiohttp_handler(self) -> Callable[[Request], Awaitable[StreamResponse]]:
        """Return a handler for aiohttp's server: `app.router.add_post("/vapi", hooks.aiohttp_handler())`."""
        from .servers.aiohttp_handler import aiohttp_handler

        return aiohttp_handler(self, self._receiver.max_body)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve as an ASGI app: HTTP, the websocket of a custom transcriber, lifespan."""
        # Any, because the types of Starlette (mappings) and of asgiref and Hypercorn (TypedDicts) exclude each other.
        await serve(self._receiver, self._handlers.transcriber, scope, receive, send)


def _positive(name: str, value: N) -> N:
    if not value > 0:
        raise ValueError(f"{name} is {value!r}: it must be more than 0")
    return value
