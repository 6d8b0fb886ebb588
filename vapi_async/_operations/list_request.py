"""`ListRequest`: the requests of one list call, which are alike but for the query that the walk writes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._lists import Pager
from vapi_async._modeling.unset import UNSET

from .arguments import extra_query, prepare
from .query import query_string

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import Decoder
    from vapi_async._http.session import Session

    from .operation import ListOperation


class ListRequest:
    """Sends the requests of one list call.

    Args:
        session: sends them.
        operation: the list operation.
        path: the path arguments by name.
        query: the query arguments by wire name.
        options: the other keywords of the call.

    Attributes:
        query: what the list was asked for, by wire name. What the list knows is an argument, also if it came in an
            `extra_query`, so that it cannot override what a walk asks for.
        scope: which list this is: its path, and what else every request carries.

    Raises:
        TypeError: an argument does not exist, or is of a type that cannot be sent.
        ValueError: an argument cannot be sent as it is.
    """

    __slots__ = ("_extra", "_operation", "_request", "_session", "_url", "query", "scope")

    def __init__(
        self,
        session: Session,
        operation: ListOperation[Any],
        path: Mapping[str, Any],
        query: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> None:
        self._session = session
        self._operation = operation
        extra = extra_query(session, options)
        self.query = {**query, **{name: extra.pop(name) for name in operation.filters if name in extra}}
        self._extra = extra
        self._request = prepare(session, operation, path=path, options=options)
        self._url = session.base_url + self._request.path
        self.scope = f"{self._request.path} {extra or ''}"

    async def fetch(self, query: Mapping[str, Any]) -> Any:
        """Send one of the requests and return its decoded JSON, not yet models."""
        text = query_string({**query, **self._extra}, self._operation.csv)
        url = f"{self._url}?{text}" if text else self._url
        return await self._session.perform(self._request.replace(url=url))

    @property
    def fetch_patiently(self) -> Callable[[Mapping[str, Any]], Awaitable[Any]]:
        """`fetch` for walks, which wait out rate limits."""
        from vapi_async._http.patience import patiently

        return patiently(self.fetch)

    @property
    def decode(self) -> Decoder:
        """What makes an item of its JSON; with `strict` it also checks the item."""
        decode = self._operation.item or _as_it_is
        if not self._session.options.strict:
            return decode
        from vapi_async._http.strict import strict_decoder

        return strict_decoder(decode, self._operation.method, self._operation.path)


def pager(
    session: Session,
    operation: ListOperation[Any],
    path: Mapping[str, Any],
    query: Mapping[str, Any],
    options: Mapping[str, Any],
    walk: Mapping[str, Any],
) -> Pager[Any]:
    """Return the pager of one list call; nothing is sent until it is used.

    Args:
        session: sends the requests.
        operation: the list operation.
        path: the path arguments by name.
        query: the query arguments by wire name.
        options: the other keywords of the call.
        walk: the arguments that say what of the list is wanted: `created`, `updated`, `max_items`, `resume`.
    """
    request = ListRequest(session, operation, path, query, options)
    created, updated = walk.get("created", UNSET), walk.get("updated", UNSET)
    wanted = created, updated, walk["max_items"], walk["resume"]
    return Pager(
        request.fetch, request.decode, operation, request.query, *wanted, request.scope, request.fetch_patiently
    )


def _as_it_is(value: Any) -> Any:
    return value
