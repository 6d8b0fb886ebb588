"""`Transfer`: the bytes of one file, over as many connections as it takes.

A body that breaks, or is shorter than it said, is followed by a request for the rest (RFC 9110, section 14): `Range`
with `If-Range`, which makes the host send the rest only of the very same file. That takes a strong ETag or, where there
is no ETag at all, a date of last modification. Without them, or where the host gives anything but the rest, the file is
begun anew if the reader can do with that; `received` falls back then.

A body with a content coding is decoded as it comes. Its length is then not known before its end, and ranges would count
other bytes than are read, so they are not used.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from vapi_async._http.hooks import RetryEvent, run
from vapi_async._http.retry import LOST, decide
from vapi_async.errors import ConnectionLost, HookError, RequestError, ResponseTooLarge, StatusError, TransportError

if TYPE_CHECKING:
    from types import TracebackType

    from vapi_async._http.response_body import ResponseBody
    from vapi_async._http.session import Session
    from vapi_async.responses import Response

    from .source import Source

E = TypeVar("E", bound=RequestError)

_LOGGER = logging.getLogger("vapi_async")
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:(\d{1,18})|\*)", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(r"\d{1,18}", re.ASCII)
_PART = 206
_NOT_SATISFIABLE = 416
_NOTHING: Mapping[str, str] = {}


class Transfer:
    """Reads a file to its end; `async with` opens and closes it.

    Args:
        session: its retry policy, clock and hooks apply.
        source: where the file is.
        resume: whether a transfer that breaks goes on at all.
        restart: whether it may begin anew when bytes of it were given out.

    Attributes:
        received: how many bytes of the file came, the piece read last included.
        total: how many bytes it has, None if that is not known.
    """

    __slots__ = (
        "_body",
        "_breaks",
        "_over",
        "_restart",
        "_resume",
        "_session",
        "_source",
        "_validator",
        "received",
        "total",
    )

    def __init__(self, session: Session, source: Source, *, resume: bool, restart: bool) -> None:
        self._session = session
        self._source = source
        self._resume = resume
        self._restart = restart
        self._breaks = 0
        self._over = False
        self._body: ResponseBody | None = None
        self._validator: str | None = None
        self.received = 0
        self.total: int | None = None

    async def __aenter__(self) -> Self:
        self._body = await self._source.open(_NOTHING)
        try:
            self._begin()
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, error_type: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over = True
        await self._close()

    @property
    def response(self) -> Response[Any]:
        """The answer that was read last, without its content."""
        assert self._body is not None
        return self._body.response

    @property
    def media_type(self) -> str | None:
        """What the host says that the file is."""
        return self.response.headers.get("content-type", "").partition(";")[0].strip().lower() or None

    @property
    def filename(self) -> str:
        """The name that the host gives the file, else one made up; never a path."""
        from .file_name import file_name

        link = self._source.link
        return file_name(self.response.headers, self._source.path, link.url if link else "")

    def check_size(self, most: int) -> None:
        """Raise a ResponseTooLarge if the file has, as far as is known, more bytes than these."""
        if max(self.received, self.total or 0) > most:
            what = f"the file has more than {most} bytes: write it to disk with to(path), or see max_response_bytes"
            raise self._failure(ResponseTooLarge, what)

    async def read(self) -> bytes:
        """Return the next piece, b"" at the end of the file. `received` says where the piece ends.

        Raises:
            RequestError: the rest did not come.
            RuntimeError: it is closed, or an earlier reading was broken off.
        """
        if self._over:
            raise RuntimeError("this download cannot be read on: it was left, or reading it was broken off")
        self._over = True  # as long as this reading does not come to its end
        piece = await self._read()
        self._over = False
        return piece

    async def _read(self) -> bytes:
        while True:
            try:
                return await self._piece()
            except TransportError as error:
                await self._close()
                await self._wait(error)
                await self._go_on(error)

    async def _piece(self) -> bytes:
        assert self._body is not None
        piece = await anext(self._body, b"")
        self.received += len(piece)
        if not piece and self.total is not None and self.received != self.total:
            raise self._failure(ConnectionLost, f"{self.received} bytes of {self.total} came")
        if not piece and self.total is None and not self._body.delimited and not _is_coded(self.response.headers):
            raise self._failure(ConnectionLost, "the file ended without a mark of its end")
        return piece

    async def _wait(self, error: RequestError) -> None:
        """Wait before the next request; raise `error` if there is to be none."""
        self._breaks += 1
        shared, options = self._session.shared, self._session.options
        clock = shared.clock
        delay = decide("GET", LOST, self._breaks, _NOTHING, clock.wall(), policy=options.retry, jitter=clock.random())
        if not self._resume or delay is None or not shared.budget.draw():
            raise error
        _LOGGER.debug("%s; the rest in %.3f s", error, delay)
        try:
            await run(options.hooks.retry, RetryEvent(self._breaks, delay, error))
        except Exception as cause:  # a hook is the user's, so it may raise anything
            raise self._failure(HookError, f"a hook raised {type(cause).__name__}") from cause
        await clock.sleep(delay)

    async def _go_on(self, error: RequestError) -> None:
        """Have the rest come, else begin anew; raise `error` if neither can be done."""
        body = await self._ask_for_rest(self._validator) if self.received and self._validator else None
        if body is not None:
            self._body = body
            if self._continues():
                return
        if self.received and not self._restart:
            raise error
        if body is None or body.response.status_code == _PART:
            await self._close()
            self._body = await self._source.open(_NOTHING)
        self._begin()

    async def _ask_for_rest(self, validator: str) -> ResponseBody | None:
        """Return what comes of asking for the rest of the file; None if the host says that there is none."""
        asked = {"range": f"bytes={self.received}-", "if-range": validator}
        try:
            return await self._source.open(asked)
        except StatusError as refusal:
            if refusal.status_code != _NOT_SATISFIABLE:
                raise
            return None

    def _continues(self) -> bool:
        """Return whether what is coming is the rest of the same file."""
        headers = self.response.headers
        span = _CONTENT_RANGE.fullmatch(headers.get("content-range", "").strip())
        if self.response.status_code != _PART or span is None or _is_coded(headers):
            return False
        total = int(span[2]) if span[2] else self.total
        if total is None or int(span[1]) != self.received or self.total not in (None, total):
            return False
        names = ("etag",) if _is_tag(self._validator) else ("etag", "last-modified")
        if any(headers.get(name, self._validator) != self._validator for name in names):
            return False
        self.total = total
        return True

    def _begin(self) -> None:
        """Start to count with the body that is coming."""
        assert self._body is not None
        headers = self.response.headers
        length = headers.get("content-length", "")
        coded = _is_coded(headers)
        self.received = 0
        self.total = int(length) if _LENGTH.fullmatch(length) and not coded else None
        self._validator = None if coded else _validator(headers)
        if self.response.status_code == _PART:
            what = "a part of the file came, which was not asked for"
            raise self._body.failures.undecodable(what, self._body.response, raw=b"")

    def _failure(self, error_class: type[E], what: str) -> E:
        assert self._body is not None
        return self._body.failures.error(error_class, what, self._body.response)

    async def _close(self) -> None:
        if self._body is not None:
            await self._body.aclose()


def _is_coded(headers: Mapping[str, str]) -> bool:
    return headers.get("content-encoding", "identity").strip().lower() not in ("", "identity")


def _validator(headers: Mapping[str, str]) -> str | None:
    """Return what tells that a file is the same, None if nothing surely does."""
    if headers.get("accept-ranges", "").strip().lower() == "none":
        return None
    tag = headers.get("etag")
    if tag is not None:
        return tag if _is_tag(tag) else None
    return headers.get("last-modified")


def _is_tag(validator: str | None) -> bool:
    return validator is not None and validator.startswith('"')
