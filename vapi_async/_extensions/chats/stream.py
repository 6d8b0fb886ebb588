"""`ChatStream`: the answer of an assistant, while it is made.

The end is known, or it raises: text that was cut off is never taken for the whole. The API does not say how a stream
ends, so these count: `[DONE]`; `response.completed`; and, for events of the shape that has no such event, an end of the
answer that HTTP itself marks. A body that ends in any other way has lost its connection. Once there was an error, going
on raises it again.

Which shape the events have, and whether the answer is a stream at all or one JSON object, is seen from what comes, as
the contract gives both for one media type: a stream of events never begins with a brace.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar

from vapi_async._http.error_text import message_in
from vapi_async._lazy import exported_by
from vapi_async._modeling.json_codec import loads
from vapi_async._modeling.partial_results import Partial
from vapi_async.errors import ConnectionLost, DecodeError, RequestError, StreamError

from .sse import EventDecoder, ServerSentEvent, TooLarge
from .stream_text import ChatText, complaint, event_type, is_chunk, named

if TYPE_CHECKING:
    from types import TracebackType

    from vapi_async._http.prepared_request import Decoder, PreparedRequest
    from vapi_async._http.response_body import ResponseBody
    from vapi_async._http.session import Session
    from vapi_async.responses import Response

Event = TypeVar("Event")

_DONE = "[DONE]"
_BLANK = b"\xef\xbb\xbf \t\r\n"  # also the bytes of a byte order mark
_SHOWN = 2000


@exported_by("vapi_async")
class ChatStream(Generic[Event]):
    """The pieces of an answer's text, as they come; made by `vapi.chats.stream` and `stream_response`.

        async with vapi.chats.stream(input="Hi", assistant_id=id) as stream:
            async for delta in stream:
                ...

    `Event` is what `events` gives: the models of the generated package.

    The request is sent on entering the block, and leaving it closes the connection, read to the end or not.

    Reading raises the errors of any request; ConnectionLost, if the answer was cut off; StreamError, if the API reports
    a failure in it; DecodeError, if it is none that can be read. Each has what came before in its `partial`, and
    `may_have_been_processed` is true. Once the stream has begun, nothing is retried, the deadline of a retry policy has
    done its part, and the client's timeout is for each piece.

    Args:
        session: sends the request.
        request: the request, for a stream.
        chunk: makes a model of an event that has a path and a delta; None: it stays a dict.
        event: makes a model of any other; None: it stays a dict.

    Attributes:
        completed: whether the end was seen.
    """

    __slots__ = (
        "_beginning",
        "_body",
        "_chunk",
        "_count",
        "_decoder",
        "_entered",
        "_error",
        "_event",
        "_events",
        "_left",
        "_reading",
        "_request",
        "_session",
        "_size",
        "_taken",
        "_whole",
        "completed",
    )

    def __init__(
        self, session: Session, request: PreparedRequest, chunk: Decoder | None, event: Decoder | None
    ) -> None:
        self._session = session
        self._request = request
        self._chunk = chunk
        self._event = event
        self._entered = False
        self._left = False
        self._body: ResponseBody | None = None
        self._decoder = EventDecoder()
        self._events: Iterator[ServerSentEvent] = iter(())
        self._beginning = b""
        self._whole: bytearray | None = None
        self._count = self._size = 0  # of the events
        self._taken = ChatText()
        self._reading = False
        self._error: RequestError | None = None
        self.completed: bool = False

    @property
    def id(self) -> str | None:
        """The id of the chat or response, as it came last; the `previous_chat_id` of the next one."""
        return self._taken.id

    @property
    def session_id(self) -> str | None:
        """The id of the session, None if there is none."""
        return self._taken.session_id

    @property
    def outputs(self) -> dict[str, str]:
        """The text so far by its path in the answer, such as `chat.output[0].content`."""
        return {path: "".join(pieces) for path, pieces in self._taken.parts.items()}

    @property
    def response(self) -> Response[Any]:
        """The answer without its body: status, header fields, request id."""
        return self._opened().response

    async def text(self) -> str:
        """Read to the end and return the whole text.

        Raises:
            RequestError: the end did not come; see the class.
        """
        async for _ in self:
            pass
        return "".join(self._taken.pieces)

    def events(self) -> ChatEvents[Event]:
        """Return an iterator over the rest as models, for what is no text; `Unknown` for what the contract lacks.

        Which model an event is, `isinstance` or `match` tells.

        It shares its place with the iteration over text: what one has read the other does not give again.
        """
        return ChatEvents(self)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while (found := await self._next()) is not None:
            if found[1]:
                return found[1]
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        if self._entered:
            raise RuntimeError("a stream is for one use: call stream(...) again, which sends the message again")
        self._entered = True
        self._body = await self._session.perform(self._request)
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._left = True
        await self._opened().aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id or 'without an id yet'}, {'completed' if self.completed else 'open'}>"

    def _opened(self) -> ResponseBody:
        if self._body is None:
            raise RuntimeError("the stream is not open: use `async with vapi.chats.stream(...) as stream:`")
        return self._body

    async def _next(self) -> tuple[Any, str] | None:
        """Return the next event as a model, and the text that it adds; None at the end."""
        self._opened()
        if self.completed:
            return None
        if self._error is not None:
            raise self._error
        if self._left:
            raise RuntimeError("the stream was left before its end: read it within its `async with` block")
        try:
            return await self._advance()
        except RequestError as error:
            error.partial = Partial("".join(self._taken.pieces), self.id, self.session_id)
            self._error = error
            raise

    async def _advance(self) -> tuple[Any, str] | None:
        while True:
            event = self._decoded()
            if event is None:
                piece = await self._read()
                if not piece:
                    return self._end()
                self._events = self._received(piece)
            elif event.data.strip() == _DONE:
                self.completed = True
                return None
            elif (found := self._take(event)) is not None:
                return found

    async def _read(self) -> bytes:
        # Cancelled in its midst, a body seems to be at its end afterwards.
        if self._reading:
            raise self._broken("reading the stream was cancelled before, or is done by another task")
        self._reading = True
        piece = await anext(self._opened(), b"")
        self._reading = False
        return piece

    def _received(self, piece: bytes) -> Iterator[ServerSentEvent]:
        """Return the events that a piece completes; all of an answer that is no stream is kept for its end."""
        if not self._beginning:
            piece = piece.lstrip(_BLANK)
            self._beginning = piece[:_SHOWN]
            if piece.startswith(b"{"):
                self._whole = bytearray()
        if self._whole is None:
            return self._decoder.feed(piece)
        self._whole += piece
        self._check_size(len(self._whole))
        return iter(())

    def _check_size(self, size: int) -> None:
        most = self._session.options.max_response_bytes
        if size > most:
            raise self._undecodable(f"the answer has more than {most} bytes: see max_response_bytes", self._beginning)

    def _decoded(self) -> ServerSentEvent | None:
        try:
            return next(self._events, None)
        except TooLarge as cause:
            raise self._undecodable(str(cause), self._beginning) from cause

    def _end(self) -> tuple[Any, str] | None:
        """Make sure that this is the end; return the last event, if there is one more."""
        found = None
        if self._whole is not None:
            found = self._take(ServerSentEvent(self._whole.decode("utf-8", "replace")))
            if self.id is None:
                raise self._undecodable("the answer is no chat: it has no id", bytes(self._whole))
        else:
            self._check_end()
        self.completed = True
        return found

    def _check_end(self) -> None:
        if self._decoder.unfinished:
            last = next(self._decoder.feed(b"\n\n"), None)
            if last is not None and last.data.strip() == _DONE:
                return
            if self._count:
                raise self._broken("the stream ended within an event")
        if not self._count:
            shown = message_in(self._beginning.decode("utf-8", "replace"))
            raise self._undecodable(f"the answer has no events: {shown}", self._beginning)
        if self._taken.typed:
            raise self._broken("the stream ended without response.completed")
        if not self._opened().delimited:
            raise self._broken("the stream ended without a mark of its end")

    def _take(self, event: ServerSentEvent) -> tuple[Any, str] | None:
        """Take note of an event; return it as a model, and its text; None if it is only a sign of life."""
        data = self._object(event)
        if data is None:
            return None
        self._count += 1
        self._size += len(event.data)
        self._check_size(self._size)  # since the text is kept, for `outputs` and for errors
        data = named(data, event.name)
        failure = complaint(data, event.name)
        if failure is not None:
            raise self._reported(*failure)
        model = self._model(data)
        text = self._taken.take(data)
        if event_type(data) == "response.completed":
            self.completed = True
        return model, text

    def _object(self, event: ServerSentEvent) -> dict[str, Any] | None:
        """Return the JSON object that an event has for data; None if it has none, as only a sign of life."""
        raw = event.data.encode()
        try:
            data = loads(raw)
        except ValueError as cause:
            if event.name != "error":
                raise self._not_an_object(raw, f"not JSON ({cause})") from cause
            data = event.data
        if event.name == "error" and not isinstance(data, dict):
            return {"message": event.data}
        if data is None or isinstance(data, dict):
            return data
        raise self._not_an_object(raw, "no JSON object")

    def _not_an_object(self, raw: bytes, what: str) -> DecodeError:
        shown = message_in(raw[:_SHOWN].decode("utf-8", "replace"))
        return self._undecodable(f"an event of the stream is {what}: {shown}", raw)

    def _reported(self, message: str, code: str | None, param: str | None) -> StreamError:
        body = self._opened()
        message = self._scrubbed(message)
        what = f"the API reported a failure in the stream: {message}"
        return body.failures.reported(what, body.response, message=message, code=code, param=param)

    def _model(self, data: dict[str, Any]) -> Any:
        decode = self._event
        if is_chunk(data):
            decode = self._chunk
        elif "output" in data and not event_type(data) and self._request.returns is not None:
            decode = self._request.returns
        model = data if decode is None else decode(data)
        if self._session.options.strict:
            self._check(model)
        return model

    def _check(self, model: Any) -> None:
        from vapi_async._http.strict import contract_mismatch

        what, paths = contract_mismatch(model)
        if what:
            raise self._undecodable(what, b"", parsed=model, paths=paths)

    def _broken(self, what: str) -> ConnectionLost:
        body = self._opened()
        return body.failures.error(ConnectionLost, what, body.response)

    def _undecodable(self, what: str, raw: bytes, *, parsed: Any = None, paths: tuple[str, ...] = ()) -> DecodeError:
        body = self._opened()
        raw = body.failures.scrubbed(raw)
        return body.failures.undecodable(self._scrubbed(what), body.response, raw=raw, parsed=parsed, paths=paths)

    def _scrubbed(self, text: str) -> str:
        return self._opened().failures.scrubbed(text.encode("utf-8", "replace")).decode()


class ChatEvents(Generic[Event]):
    """The events of a stream as models; made by `ChatStream.events`.

    Args:
        stream: the stream.
    """

    __slots__ = ("_stream",)

    def __init__(self, stream: ChatStream[Event]) -> None:
        self._stream = stream

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        found = await self._stream._next()
        if found is None:
            raise StopAsyncIteration
        model: Event = found[0]
        return model
