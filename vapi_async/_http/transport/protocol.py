"""What sends a request once: the seam behind which an HTTP library stands, and what is the same for each of them.

`Transport.send` gives back what happened as a value, an `AttemptResult`: what to make of it is decided elsewhere. All
bodies are read here, by `BodyReader`, and not by the library. So what came of a body is at hand when the rest does not
come, and what holds for bodies (codings, bounds) is in one place.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Protocol

from anyio.lowlevel import checkpoint

from vapi_async import errors
from vapi_async._http.content_coding import CodingError, inflater
from vapi_async._http.retry import LOST, UNSENT

if TYPE_CHECKING:
    from vapi_async._http.credentials import Credentials
    from vapi_async._http.prepared_request import PreparedRequest
    from vapi_async._http.retry import Outcome

BEGINNING = 1024 * 1024
"""How many bytes are kept of the body of an error, and of a body that is too large."""
_MOST_RAW = 16 * 1024 * 1024  # bytes, of what is kept as it came in case it cannot be decoded


class Transport(Protocol):
    """Sends requests; it belongs to one event loop."""

    async def send(
        self,
        request: PreparedRequest,
        headers: dict[str, str],
        timeouts: dict[str, float | None],
        auth: Credentials | None,
    ) -> AttemptResult:
        """Send a request once.

        Args:
            request: the request.
            headers: its header fields, under lower-case names, without the token.
            timeouts: seconds by phase.
            auth: the token; None: it goes without.
        """
        ...

    async def aclose(self) -> None:
        """Close the connections."""
        ...


class WireBody(Protocol):
    """A body as the library hands it out."""

    @property
    def pieces(self) -> AsyncIterator[bytes]:
        """The pieces, content coding not removed."""
        ...

    @property
    def failures(self) -> tuple[type[Exception], ...]:
        """What reading a piece may raise."""
        ...

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked; else HTTP/1 says it by closing, as a broken connection does."""
        ...

    def note(self, failure: Exception, result: AttemptResult) -> None:
        """Say in the result what one of these failures means."""
        ...

    async def aclose(self, *, midway: bool) -> None:
        """Let go of the connection; `midway`: reading has begun, and not come to its end."""
        ...


class AttemptResult:
    """What came of one attempt.

    Args:
        status: the HTTP status, 0 if there was no answer.
        headers: the header fields as they came.
        authorization: what the request had in that header field, "" if nothing.

    Attributes:
        status: see above.
        headers: see above.
        authorization: see above.
        content: the body, or what came of it; content coding removed where that worked.
        body: what reads the body, of a success that was asked for as a stream.
        failure: the class of error, if no whole answer came.
        text: what happened then.
        cause: the exception behind it.
    """

    __slots__ = ("authorization", "body", "cause", "content", "failure", "headers", "status", "text")

    def __init__(self, status: int = 0, headers: Sequence[tuple[bytes, bytes]] = (), authorization: str = "") -> None:
        self.status = status
        self.headers = headers
        self.authorization = authorization
        self.content = b""
        self.body: BodyReader | None = None
        self.failure: type[errors.TransportError] | type[errors.DecodeError] | None = None
        self.text = ""
        self.cause: Exception | None = None

    def fail(
        self,
        failure: type[errors.TransportError] | type[errors.DecodeError],
        text: str,
        cause: Exception | None = None,
    ) -> None:
        """Note what ended the attempt; the first failure counts, since others follow from it."""
        if self.failure is None:
            self.failure, self.text, self.cause = failure, text, cause

    @property
    def story(self) -> str:
        """What happened, with what the exception behind it says."""
        said = f" ({type(self.cause).__name__}: {self.cause})" if self.cause is not None and str(self.cause) else ""
        return f"{self.text}{said}"

    @property
    def outcome(self) -> Outcome:
        """What `retry.decide` needs to know."""
        if self.failure is None or issubclass(self.failure, errors.DecodeError):
            return self.status
        if self.failure.nothing_was_sent:
            return UNSENT
        return LOST if 200 <= self.status < 300 or not self.status else self.status


class BodyReader:
    """Reads a body, in pieces or whole, content coding removed. Every body of every transport passes here.

    Args:
        body: the body as it comes.
        coding: the value of its `content-encoding`.
    """

    __slots__ = ("_body", "_coding", "_inflater", "_known", "_midway", "_raw", "_received")

    def __init__(self, body: WireBody, coding: str) -> None:
        self._body = body
        self._midway = False
        self._coding = coding.strip().lower()
        self._inflater = inflater(self._coding)
        self._known = self._inflater is not None or self._coding in ("", "identity")
        self._received = 0  # bytes, as they came
        self._raw: bytearray | None = None  # the coded body, where it is kept

    @property
    def delimited(self) -> bool:
        """Whether the end of the body is marked, so that it is not one of the connection alone."""
        return self._body.delimited

    async def read(self, result: AttemptResult) -> bytes:
        """Return the next piece, b"" if there is none; if that is not the end, `result` says what happened."""
        if not self._known:
            self._refuse(result)
        while result.failure is None and (piece := await self._next(result)) is not None:
            if piece:
                return piece
        self._check_end(result)
        return b""

    async def read_whole(self, result: AttemptResult, most: int) -> None:
        """Read the body to its end into `result.content`, and let go of the connection.

        A body whose coding cannot be removed is kept as it came. Of one that is too large, and of an error's, the
        beginning is kept.

        Args:
            result: of the attempt.
            most: how many bytes the body may have, before its coding is removed and after.
        """
        success = 200 <= result.status < 300
        plain = bytearray()
        self._raw = None if self._inflater is None else bytearray()
        try:
            while (piece := await self._next(result)) is not None:
                plain += piece
                if max(len(plain), self._received) > (most if success else min(most, BEGINNING)):
                    self._cut_off(result, most)
                    await _shrink(plain)
                    break
            else:
                self._check_whole(result)
        finally:
            await self.aclose()
        result.content = self._kept(plain, result)

    async def aclose(self) -> None:
        """Let go of the connection; what of the body is not read is lost."""
        await self._body.aclose(midway=self._midway)

    async def _next(self, result: AttemptResult) -> bytes | None:
        """Return what comes next, decoded, which may be nothing; None at the end."""
        if self._inflater is None:
            return await self._next_piece(result)
        if self._inflater.pending:
            await checkpoint()  # what other tasks do must not wait until the whole piece is decompressed
        else:
            piece = await self._next_piece(result)
            if piece is None:
                return None
            self._inflater.put(piece)
        try:
            return self._inflater.step()
        except CodingError as error:
            result.fail(errors.DecodeError, f"the body is not {self._coding}", error)
            self._inflater = None  # the rest is read as it is
            return b""

    async def _next_piece(self, result: AttemptResult) -> bytes | None:
        """Return the next piece as it came, None if there is none."""
        self._midway = True
        try:
            async for piece in self._body.pieces:
                if piece:
                    self._received += len(piece)
                    if self._raw is not None and len(self._raw) < _MOST_RAW:
                        self._raw += piece
                    return piece
        except self._body.failures as error:
            self._body.note(error, result)
        self._midway = False
        return None

    def _check_whole(self, result: AttemptResult) -> None:
        if not self._known and self._received:
            self._refuse(result)
        self._check_end(result)

    def _check_end(self, result: AttemptResult) -> None:
        if self._inflater is not None and not self._inflater.complete:
            result.fail(errors.ConnectionLost, f"the {self._coding} body was cut short")

    def _refuse(self, result: AttemptResult) -> None:
        result.fail(errors.DecodeError, f"the body is in {self._coding}, which was not asked for")

    def _cut_off(self, result: AttemptResult, most: int) -> None:
        if 200 <= result.status < 300:
            result.fail(errors.ResponseTooLarge, f"the body has more than {most} bytes: see max_response_bytes")

    def _kept(self, plain: bytearray, result: AttemptResult) -> bytes:
        return bytes(self._raw if self._raw and result.failure is errors.DecodeError else plain)


async def _shrink(plain: bytearray) -> None:
    """Cut a body to its beginning, by halves: giving back so much memory takes longer than others should wait."""
    while len(plain) > BEGINNING:
        del plain[max(BEGINNING, len(plain) // 2 - 1) :]
        await checkpoint()
