"""`Failures`: makes the errors of one request, of what is known of it at that moment.

The loop keeps its account here: how often the request was sent, and whether the API may have done what was asked
without our knowing it. The body of a stream, which outlives the loop, makes its errors here as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar

from vapi_async import errors
from vapi_async._modeling.partial_json import loads_partial
from vapi_async.responses import Headers, Response

from . import error_text
from .retry_after import retry_after

if TYPE_CHECKING:
    from .clock import SystemClock
    from .prepared_request import PreparedRequest
    from .transport.protocol import AttemptResult

E = TypeVar("E", bound=errors.RequestError)

_SHORTEST_TOKEN = 8  # keys of the API have 36 characters or more; what is shorter than this may be a common word
_PARSED = 64 * 1024  # bytes of a body that is too large; more would keep others waiting
_NO_HEADERS: Mapping[str, str] = {}


class Failures:
    """The account of one request, and the errors that it makes.

    Args:
        request: the request.
        clock: tells the time.

    Attributes:
        attempts: how often it was sent.
        may_have_happened: whether the API may have done what it asks for.
        authorization: the value of that header field when it was sent last, which errors must not show.
        note: what the text of an error says beside, such as why there is no further attempt.
    """

    __slots__ = ("_began", "_clock", "attempts", "authorization", "may_have_happened", "note", "request")

    def __init__(self, request: PreparedRequest, clock: SystemClock) -> None:
        self.request = request
        self._clock = clock
        self._began = clock.wall()
        self.attempts = 0
        self.may_have_happened = False
        self.authorization = ""
        self.note = ""

    def response(self, result: AttemptResult) -> Response[Any]:
        """Return the answer to an attempt, not decoded."""
        return Response(
            parsed=None,
            status_code=result.status,
            headers=Headers(result.headers),
            content=result.content,
            method=self.request.method,
            url=self.request.shown_url,
            attempts=self.attempts,
        )

    def of_attempt(self, result: AttemptResult) -> errors.RequestError:
        """Return the error for an attempt that failed, or was refused."""
        if result.status and not 200 <= result.status < 300:
            return self._of_status(result)
        assert result.failure is not None
        response = self.response(result) if result.status else None
        if issubclass(result.failure, errors.DecodeError):
            if issubclass(result.failure, errors.ResponseTooLarge):
                return self._too_large(result, response)
            return self.undecodable(result.story, response, raw=result.content)
        if response is not None:
            response.parsed = loads_partial(result.content, self.request.returns)
        return self.error(result.failure, result.story, response)

    def of_stream(self, result: AttemptResult, response: Response[Any]) -> errors.RequestError:
        """Return the error for a stream that broke before its end."""
        assert result.failure is not None
        self.may_have_happened = True
        return self.error(result.failure, f"{result.story}, within the stream", response)

    def error(self, error_class: type[E], what: str, response: Response[Any] | None = None) -> E:
        """Return an error that has no facts of its own, only those of every request.

        Args:
            error_class: the class.
            what: what happened, in one line.
            response: the answer, if there was one.
        """
        return error_class(self._text(what, response), **self._facts(response))

    def undecodable(
        self,
        what: str,
        response: Response[Any] | None,
        *,
        raw: bytes,
        parsed: Any = None,
        paths: tuple[str, ...] = (),
    ) -> errors.DecodeError:
        """Return the error for an answer that is not what was expected; see `DecodeError`."""
        text = self._text(what, response)
        return errors.DecodeError(text, raw=raw, parsed=parsed, paths=paths, **self._facts(response))

    def _too_large(self, result: AttemptResult, response: Response[Any] | None) -> errors.ResponseTooLarge:
        parsed = loads_partial(result.content[:_PARSED], self.request.returns)
        text = self._text(result.story, response)
        return errors.ResponseTooLarge(text, raw=result.content, parsed=parsed, **self._facts(response))

    def reported(
        self, what: str, response: Response[Any], *, message: str, code: str | None, param: str | None
    ) -> errors.StreamError:
        """Return the error for a failure that the API reported within a stream; see `StreamError`."""
        text = self._text(what, response)
        return errors.StreamError(text, message=message, code=code, param=param, **self._facts(response))

    def scrubbed(self, content: bytes) -> bytes:
        """Return (part of) a body without the token, should it be quoted there.

        Only the whole token counts, not a part of a longer word or the key of an object; and no token that is shorter
        than any real one, such as a placeholder in tests, since that may be a common word.
        """
        token = self.authorization.rpartition(" ")[2].encode()
        if len(token) < _SHORTEST_TOKEN or token not in content:
            return content
        return re.sub(rb"(?<![\w-])" + re.escape(token) + rb"(?![\w-]|\"\s*:)", b"[token]", content)

    def _of_status(self, result: AttemptResult) -> errors.StatusError:
        body = error_text.decoded(result.content)
        # A storage quotes what was signed, and a redirect where it goes, signature included.
        said = error_text.message_in(body) if self.request.authorize and result.status >= 400 else ""
        if result.status == 404 and self.request.method == "DELETE" and self.may_have_happened:
            self.note = "an earlier attempt may have deleted it"
        decode = self.request.errors.get(result.status)
        response = self.response(result)
        error = errors.status_error_class(result.status)(
            self._text(error_text.of_status(result.status, said), response),
            status_code=result.status,
            message=said,
            body=body,
            parsed=decode(body) if decode is not None and isinstance(body, dict) else None,
            **self._facts(response),
        )
        if isinstance(error, errors.RateLimitError):
            error.retry_after = retry_after(error.headers, self._clock.wall())
        return error

    @property
    def _unsure(self) -> bool:
        return self.may_have_happened and not self.request.reads_only

    def _text(self, what: str, response: Response[Any] | None) -> str:
        notes = (self.note, "may have been processed" if self._unsure else "")
        ending = error_text.ending(self.attempts, response.request_id if response else None, *notes)
        return f"{self.request.method} {self.request.path}: {what}{ending}"

    def _facts(self, response: Response[Any] | None) -> errors.RequestFacts:
        request = self.request
        return {
            "method": request.method,
            "url": request.shown_url,
            "attempts": self.attempts,
            "may_have_been_processed": self._unsure,
            "began": datetime.fromtimestamp(self._began, UTC),
            "response": response,
            "trace": request.trace(request, response.headers if response else _NO_HEADERS) if request.trace else None,
        }
