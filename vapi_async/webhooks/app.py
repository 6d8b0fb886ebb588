"""`Webhooks`: what is registered, and the way of one delivery through it.

A delivery is verified on its raw bytes, read, and given to its handlers. Messages that want a reply get that of their
one handler, or of the tools; all others are accepted at once, and their handlers run in `after`, when the answer is
sent. Nothing that a handler does can fail the delivery: it is logged, and a message that wants a reply gets one that
Vapi can go on with. So Vapi sees a status other than 200 only for deliveries that never reach a handler, and for a
voice request without audio.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import partial
from types import FunctionType
from typing import TYPE_CHECKING, Any, Final, TypeVar, Unpack, cast

from vapi_async._http.clock import Clock
from vapi_async._lazy import exported_by
from vapi_async.errors import MessageError, VerificationError
from vapi_async.responses import Headers

from .answer import ACCEPTED, Answer, nothing, refused
from .delivery import Delivery
from .duplicates import Replies, Seen, key_of
from .fields import Fields
from .handlers import Handler, logger, run_events
from .incoming import Incoming
from .message_types import (
    ASSISTANT_REQUEST,
    EVERYTHING,
    FINAL_TRANSCRIPT,
    FUNCTION_CALL,
    REPLIES,
    TOOL_CALLS,
    TRANSCRIPT,
    VOICE_REQUEST,
    check_type,
)
from .messages import MODELS, read
from .replies import reply_bytes, safe_reply
from .verification.verifiers import verify

if TYPE_CHECKING:
    from vapi_async.models import Server

    from .delivery import Verifier
    from .tools.registry import Decrypts, ToolOptions, Tools
    from .transcriber import TranscriberSession

F = TypeVar("F", bound=Callable[..., Any])
N = TypeVar("N", int, float)

MAX_BODY: Final = 10 * 1024 * 1024
_FOR_TOOLS: Final = (TOOL_CALLS, FUNCTION_CALL)
_MISSING: Final[Any] = object()


@exported_by("vapi_async.webhooks")
class Webhooks:
    """An ASGI app for the server URL of an assistant, phone number, tool or organisation; see the package for its use.

    Args:
        verify: what says whether a delivery is from Vapi, such as `shared_secret("...")`; of several, one has to. None
            accepts everything, and has to be said.
        models: the models package.
        max_body: bytes of the longest body that is read; a longer one is answered 413. Default 10 MiB.
        tool_timeout: seconds for a tool that does not say itself, and for the handler of a message that wants a reply;
            up to 298. Vapi waits 20 by default. Default 18.
        assistant_request_timeout: the same for assistant-request, for which Vapi waits 7.5 in all, whatever is set.
            Default 7.
        drop_duplicates: whether a delivery that comes again is not handled again: an event is dropped, a message that
            wants a reply gets the first reply (see `vapi_async.webhooks.duplicates` for what counts as one). What came
            is known to this object only, so to one process.
        decrypt: decrypts the arguments of tools whose credential has an encryption plan.
        public_url: the URL as Vapi knows it, for signatures that cover `{url}`. Default: what the request says, which
            is wrong behind a proxy that changes scheme, host or path.
        clock: the time, for tests.

    Raises:
        TypeError: `verify` was left out, or is no verifier.
        ValueError: `verify` is an empty list, or a number is not more than 0.
    """

    def __init__(
        self,
        verify: Verifier | Sequence[Verifier] | None = _MISSING,
        *,
        models: str = MODELS,
        max_body: int = MAX_BODY,
        tool_timeout: float = 18.0,
        assistant_request_timeout: float = 7.0,
        drop_duplicates: bool = True,
        decrypt: Decrypts | None = None,
        public_url: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._verifiers = _verifiers(verify)
        self.max_body = _positive("max_body", max_body)
        self.public_url = public_url
        self._tool_timeout = _positive("tool_timeout", tool_timeout)
        self._assistant_request_timeout = _positive("assistant_request_timeout", assistant_request_timeout)
        self._models = models
        self._decrypt = decrypt
        self._clock = clock or Clock()
        self._seen = Seen() if drop_duplicates else None
        self._replies = Replies() if drop_duplicates else None
        self._tools: Tools | None = None
        self._events: dict[str, list[Handler]] = {}
        self._repliers: dict[str, Handler] = {}
        self._transcriber: Handler | None = None

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
        for kind in types:
            if not unlisted or not isinstance(kind, str):
                check_type(kind, self._models)

        def register(function: F) -> F:
            handler = Handler(function)
            for kind in types:
                self._register(kind, handler)
            return function

        return register

    def tool(self, name: str | None = None, **options: Unpack[ToolOptions]) -> Callable[[F], F]:
        """Register a typed function as a tool: `@hooks.tool("get_weather")`, or `@hooks.tool()` under its own name.

        Args:
            name: the name of the tool, as the assistant calls it.
            options: see `vapi_async.webhooks.tools.registry.ToolOptions`: description, timeout in seconds and so on.

        Raises:
            TypeError: it is used without parentheses, or `Tools.add` does not take the function.
            ValueError: a handler for "tool-calls" is registered, or a tool of that name.
        """
        if name is not None and not isinstance(name, str):
            raise TypeError("write @hooks.tool('its_name'), or @hooks.tool() with parentheses")

        def register(function: F) -> F:
            taken = [kind for kind in _FOR_TOOLS if kind in self._repliers]
            if taken:
                raise ValueError(f"{taken[0]!r} has a handler already: either it or tools reply")
            self._tool_table().add(function, name, **options)
            return function

        return register

    def transcriber(self, function: F) -> F:
        """Register the async function that serves a custom transcriber's websocket; see `TranscriberSession`.

        Raises:
            ValueError: there is one already.
        """
        if self._transcriber is not None:
            raise ValueError("there is a transcriber already")
        self._transcriber = Handler(function)
        return function

    def tool_definitions(self, server_url: str | Mapping[str, Any] | Server) -> list[dict[str, Any]]:
        """Return the tools as the API wants them, to create an assistant or tools with.

        Args:
            server_url: where this app is reached: a URL, or a `Server` in the API's spelling.

        Raises:
            ValueError: it is no URL.
        """
        return [] if self._tools is None else self._tools.definitions(server_url)

    async def handle(
        self,
        body: bytes,
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]],
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
        if not isinstance(body, bytes):
            raise TypeError(f"body must be the bytes as they came, not {type(body).__name__}")
        began = self._clock.now()
        if method != "POST":
            return refused(405, "use POST", allow="POST")
        if len(body) > self.max_body:
            return too_large()
        refusal = await self.check(body, headers, method, url)
        if refusal is not None:
            return refusal
        try:
            incoming = Incoming(read(body), self._models)
        except MessageError as error:
            return refused(400, str(error))
        return await self._answer(incoming, began)

    def handle_sync(
        self,
        body: bytes,
        headers: Headers | Mapping[str, str] | Iterable[tuple[str, str]],
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

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve as an ASGI app: HTTP, the websocket of a custom transcriber, lifespan."""
        from .asgi import serve

        await serve(self, scope, receive, send)

    async def check(self, body: bytes, headers: Any, method: str, url: str) -> Answer | None:
        """Return None for a delivery that is verified, else the answer that refuses it."""
        if self._verifiers is None:
            return None
        fields = headers if isinstance(headers, Headers) else _headers(headers)
        delivery = Delivery(body=body, headers=fields, method=method, url=url, now=self._clock.wall())
        try:
            await verify(delivery, self._verifiers)
        except VerificationError:
            return refused(401, "not verified")
        except Exception:  # noqa: BLE001 - a verifier may be the user's own
            logger.exception("a verifier failed")
            return refused(503, "cannot be verified right now")
        return None

    async def transcribe(self, session: TranscriberSession) -> None:
        """Run the handler of a custom transcriber; it is known to be there."""
        assert self._transcriber is not None
        await self._transcriber(session)

    @property
    def transcribes(self) -> bool:
        """Whether there is a custom transcriber."""
        return self._transcriber is not None

    def _register(self, kind: str, handler: Handler) -> None:
        if kind not in REPLIES and kind != VOICE_REQUEST:
            self._events.setdefault(kind, []).append(handler)
            return
        if kind in self._repliers:
            raise ValueError(f"{kind!r} has a handler already: only one can reply")
        if kind in _FOR_TOOLS and self._tools is not None:
            raise ValueError(f"there are tools, which reply to {kind!r}; '*' gets every message without replying")
        self._repliers[kind] = handler

    def _tool_table(self) -> Tools:
        if self._tools is None:
            from .tools.registry import Tools

            self._tools = Tools(timeout=self._tool_timeout)
        return self._tools

    async def _answer(self, incoming: Incoming, began: float) -> Answer:
        if incoming.kind in REPLIES:
            return await self._reply(incoming, began)
        if incoming.kind == VOICE_REQUEST:
            from .voice import speak

            limit = self._clock.limit(self._tool_timeout)
            return await speak(self._repliers.get(VOICE_REQUEST), incoming, limit, self._after(incoming))
        return Answer(200, ACCEPTED, nothing if self._is_duplicate(incoming) else self._after(incoming))

    def _after(self, incoming: Incoming) -> Callable[[], Awaitable[None]]:
        handlers = self._handlers(incoming)
        return partial(run_events, handlers, incoming) if handlers else nothing

    def _handlers(self, incoming: Incoming) -> list[Handler]:
        """Return the handlers of events for a message, in the order of the more general type first."""
        events, kind = self._events, incoming.kind
        kinds = [EVERYTHING, kind]
        if kind == FINAL_TRANSCRIPT:
            kinds.insert(1, TRANSCRIPT)
        elif kind == TRANSCRIPT and incoming.raw.get("transcriptType") == "final":
            kinds.append(FINAL_TRANSCRIPT)
        return [handler for name in kinds if name in events for handler in events[name]]

    def _is_duplicate(self, incoming: Incoming) -> bool:
        if self._seen is None or not self._events:
            return False
        key = key_of(incoming.kind, incoming.raw)
        return key is not None and not self._seen.add(key)

    async def _reply(self, incoming: Incoming, began: float) -> Answer:
        make = partial(self._try_reply, incoming, began)
        key = None if self._replies is None else key_of(incoming.kind, incoming.raw)
        if self._replies is None or key is None:
            reply, new = await make(), True
        else:
            reply, new = await self._replies.get(key, make)
        if reply is None:
            reply = safe_reply(incoming.kind, incoming.raw)
        return Answer(200, reply, self._after(incoming) if new else nothing)

    async def _try_reply(self, incoming: Incoming, began: float) -> bytes | None:
        """Return the reply to a message; None if there is none, which is logged."""
        kind = incoming.kind
        handler = self._repliers.get(kind)
        try:
            if handler is not None:
                return await self._ask(handler, incoming, began)
            if kind in _FOR_TOOLS and self._tools is not None:
                from .tool_replies import run_tools

                return await run_tools(self._tools, incoming, self._decrypt)
        except Exception:  # noqa: BLE001 - handlers raise anything, and Vapi gets its reply
            logger.exception("there is no reply to %s", kind)
            return None
        logger.error("there is no handler for %s, which wants a reply", kind)
        return None

    async def _ask(self, handler: Handler, incoming: Incoming, began: float) -> bytes | None:
        """Return the reply of a handler; None if it is not there in time."""
        limit = self._tool_timeout
        if incoming.kind == ASSISTANT_REQUEST:
            limit = max(0.0, self._assistant_request_timeout - (self._clock.now() - began))
        with self._clock.limit(limit):
            return reply_bytes(incoming.kind, await handler(incoming.message), self._models)
        logger.error("there is no reply to %s: %s took longer than %g seconds", incoming.kind, handler.name, limit)
        return None


def too_large() -> Answer:
    """Return the answer to a delivery whose body is too large."""
    return refused(413, "the body is too large")


def _verifiers(given: Any) -> tuple[Verifier, ...] | None:
    if given is _MISSING:
        raise TypeError("pass verify=, such as shared_secret('...'), or verify=None to accept deliveries of anybody")
    if given is None:
        return None
    verifiers = (given,) if callable(given) else tuple(given) if isinstance(given, (list, tuple)) else None
    if verifiers is None or not all(callable(one) for one in verifiers):
        raise TypeError("verify must be a verifier, such as shared_secret('...'), a list of them, or None")
    bare = [one.__name__ for one in verifiers if isinstance(one, FunctionType) and one.__module__ == __package__]
    if bare:
        raise TypeError(f"verify has {bare[0]} itself: call it, such as {bare[0]}('...')")
    if not verifiers:
        raise ValueError("verify is empty, so that nothing would be accepted; verify=None accepts everything")
    return cast("tuple[Verifier, ...]", verifiers)


def _positive(name: str, value: N) -> N:
    if not value > 0:
        raise ValueError(f"{name} is {value!r}: it must be more than 0")
    return value


def _headers(given: Any) -> Headers:
    """Return header fields given as a mapping, as what frameworks have in place of one, or as pairs."""
    fields = given.items() if hasattr(given, "items") else given
    return Fields([(_latin(name), _latin(value)) for name, value in fields])


def _latin(text: str | bytes) -> bytes:
    if isinstance(text, bytes):
        return text
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:  # from a framework that decoded the header field otherwise
        return text.encode()
