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
    from vapi_async._http.prepared_request import Outgoing
    from vapi_async.client import Client
    from vapi_async.errors import RequestError

_IDS = ("assistantId", "squadId", "workflowId", "phoneNumberId", "customerId", "name")
_CUSTOMER = ("number", "sipUri", "extension")
_FILTERS = ("assistantId", "phoneNumberId")

_SLACK = timedelta(seconds=2)  # Date counts whole seconds, and the way there took time
_SLACK_BLIND = timedelta(seconds=30)  # where the API does not tell its time
_MOST = 1000


class CallTrace:
    """What is known of a call that may exist; plain data.

    Args:
        outgoing: the request that may have created it.
        headers: the header fields of the answer, if there was one.
        now: the time by our clock.
    """

    __slots__ = ("ahead", "batch", "customer", "models", "values")

    def __init__(self, outgoing: Outgoing, headers: Mapping[str, str], now: datetime) -> None:
        from vapi_async._modeling.json_codec import loads

        content = outgoing.content
        body = loads(content) if isinstance(content, bytes) else None
        body = body if isinstance(body, dict) else {}
        customer = body.get("customer")
        self.ahead = _ahead(headers, now)
        self.models = outgoing.models
        self.batch = "customers" in body
        self.values = {name: body[name] for name in _IDS if body.get(name) is not None}
        self.customer = _part(customer, _CUSTOMER) if isinstance(customer, dict) else {}

    def fits(self, call: Mapping[str, Any]) -> bool:
        """Return whether `call`, as JSON, is one that the request would have created."""
        customer = call.get("customer")
        theirs = _part(customer, tuple(self.customer)) if isinstance(customer, dict) else {}
        return theirs == self.customer and _part(call, tuple(self.values)) == self.values


async def find_call(error: RequestError, client: Client | None) -> Any:
    """Return the Call that a failed request created, None if there is none; see `RequestError.reconcile`."""
    trace, client = error._trace, client or error._client
    if trace is None or error.began is None:
        raise TypeError("only the error of a request that creates a call can look for what it created")
    if trace.batch:
        raise TypeError("this request was for many customers: list the calls created since error.began instead")
    if not error.may_have_been_processed:
        return None
    if client is None:
        raise TypeError("this error comes from another process: give the client to ask, reconcile(client)")
    since = await _since(client, trace, error.began)
    query = {name: trace.values[name] for name in _FILTERS if name in trace.values}
    found = await _listed(client, {**query, "createdAtGe": since, "limit": _MOST})
    calls = [call for call in found if isinstance(call, dict) and trace.fits(call)]
    calls = sorted(calls, key=lambda call: str(call.get("createdAt")))
    return _model(trace.models, calls[0]) if calls else None


async def _listed(client: Client, query: Mapping[str, Any]) -> list[Any]:
    """Return the calls of a list, as JSON; an answer that is no list must not look as if there were no call."""
    from vapi_async._lists.list_answer import read_answer

    answer = await client.detailed(client.request, "GET", "/call", query=query)
    try:
        if answer.parsed is not None:
            return read_answer(answer.parsed).items
    except PaginationError:
        pass
    text = f"the {answer.status_code} answer to a list request is neither a list nor results"
    facts = {"method": answer.method, "url": answer.url, "attempts": answer.attempts, "response": answer}
    raise DecodeError(f"GET /call: {text}")._describe(raw=answer.content, parsed=answer.parsed, **facts)


async def _since(client: Client, trace: CallTrace, began: datetime) -> datetime:
    """Return when the request began by the API's clock, rather too early than too late."""
    ahead = trace.ahead
    if ahead is None:
        answer = await client.detailed(client.request, "GET", "/call", query={"limit": 1})
        ahead = _ahead(answer.headers, datetime.fromtimestamp(client._core.clock.wall(), UTC))
    return began - _SLACK_BLIND if ahead is None else began + ahead - _SLACK


def _ahead(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Return by how much the API's clock is ahead of ours; None if the answer does not tell its time."""
    from email.utils import parsedate_to_datetime

    try:
        theirs = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (theirs if theirs.tzinfo else theirs.replace(tzinfo=UTC)) - now


def _part(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: values[name] for name in names if values.get(name) is not None}


def _model(models: str | None, call: dict[str, Any]) -> Any:
    if models is None:
        return call
    from vapi_async._modeling.decoding import nested

    return nested(models, "Call")(call)
