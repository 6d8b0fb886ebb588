"""After a `POST /call` of unknown outcome: looking for the call that it may have created.

The API knows no idempotency keys, so the call is looked for by what is known of it: created since the request began,
for the same assistant (or squad), phone number and customer. "Since" is meant by the API's clock. Its difference from
ours is read off the Date header of the failed answer or, if there was none, off a small request made for that.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from vapi_async.errors import DecodeError, PaginationError

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import PreparedRequest
    from vapi_async._http.session import Session
    from vapi_async.errors import HasSession, RequestError
    from vapi_async.responses import Response

_IDS = ("assistantId", "squadId", "workflowId", "phoneNumberId", "customerId", "name")
_CUSTOMER = ("number", "sipUri", "extension")
_FILTERS = ("assistantId", "phoneNumberId")

_SLACK = timedelta(seconds=2)  # Date counts whole seconds, and the way there took time
_SLACK_BLIND = timedelta(seconds=30)  # where the API does not tell its time
_MOST = 1000


class CallTrace:
    """What is known of a call that may exist: a `Trace`. Plain data, but for the session, which a pickle leaves behind.

    Args:
        session: looks for the call.
        request: the request that may have created it.
        headers: the header fields of the answer; empty if there was none.
    """

    __slots__ = ("_session", "ahead", "batch", "customer", "models", "values")

    def __init__(self, session: Session, request: PreparedRequest, headers: Mapping[str, str]) -> None:
        from vapi_async._modeling.json_codec import loads

        content = request.content
        body = loads(content) if isinstance(content, bytes) else None
        body = body if isinstance(body, dict) else {}
        customer = body.get("customer")
        self._session: Session | None = session
        self.ahead = _ahead(headers, session)
        self.models = request.models
        self.batch = "customers" in body
        self.values = {name: body[name] for name in _IDS if body.get(name) is not None}
        self.customer = _part(customer, _CUSTOMER) if isinstance(customer, dict) else {}

    def __getstate__(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__slots__ if name != "_session"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._session = None
        for name, value in state.items():
            setattr(self, name, value)

    async def find(self, error: RequestError, client: HasSession | None) -> Any:
        """Return the Call that the failed request created, None if there is none; see `RequestError.reconcile`."""
        if self.batch:
            raise TypeError("this request was for many customers: list the calls created since error.began instead")
        if not error.may_have_been_processed:
            return None
        session: Session | None = self._session if client is None else client._session
        if session is None or error.began is None:
            raise TypeError("this error comes from another process: give the client to ask, reconcile(client)")
        since = await self._since(session, error.began)
        query = {name: self.values[name] for name in _FILTERS if name in self.values}
        found = await _listed(session, {**query, "createdAtGe": since, "limit": _MOST})
        calls = [call for call in found if isinstance(call, dict) and self.fits(call)]
        calls = sorted(calls, key=lambda call: str(call.get("createdAt")))
        return _model(self.models, calls[0]) if calls else None

    async def _since(self, session: Session, began: datetime) -> datetime:
        """Return when the request began by the API's clock, rather too early than too late."""
        ahead = self.ahead
        if ahead is None:
            ahead = _ahead((await _get_calls(session, {"limit": 1})).headers, session)
        return began - _SLACK_BLIND if ahead is None else began + ahead - _SLACK

    def fits(self, call: Mapping[str, Any]) -> bool:
        """Return whether `call`, as JSON, is one that the request would have created."""
        customer = call.get("customer")
        theirs = _part(customer, tuple(self.customer)) if isinstance(customer, dict) else {}
        return theirs == self.customer and _part(call, tuple(self.values)) == self.values


async def _get_calls(session: Session, query: Mapping[str, Any]) -> Response[Any]:
    from vapi_async._operations.raw_request import prepare_raw

    return await session.send(prepare_raw(session, "GET", "/call", query=query))


async def _listed(session: Session, query: Mapping[str, Any]) -> list[Any]:
    """Return the calls of a list, as JSON; an answer that is no list must not look as if there were no call."""
    from vapi_async._lists.list_answer import read_answer

    answer = await _get_calls(session, query)
    try:
        if answer.parsed is not None:
            return read_answer(answer.parsed).items
    except PaginationError:
        pass
    raise DecodeError(
        f"GET /call: the {answer.status_code} answer to a list request is neither a list nor results",
        raw=answer.content,
        parsed=answer.parsed,
        method=answer.method,
        url=answer.url,
        attempts=answer.attempts,
        response=answer,
    )


def _ahead(headers: Mapping[str, str], session: Session) -> timedelta | None:
    """Return by how much the API's clock is ahead of ours; None if the answer does not tell its time."""
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    now = datetime.fromtimestamp(session.clock.wall(), UTC)
    return (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - now


def _part(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name) is not None}


def _model(models: str | None, call: dict[str, Any]) -> Any:
    if models is None:
        return call
    from vapi_async._modeling.decoding import nested

    return nested(models, "Call")(call)
