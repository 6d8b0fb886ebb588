"""Lists that the contract does not know: `client.paginate`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .list_request import pager
from .operation import ListOperation
from .returned import decoder_of

if TYPE_CHECKING:
    from vapi_async._http.session import Session
    from vapi_async._lists import Pager

    from .operation import Walk

_TIMES = tuple(f"{field}At{bound}" for field in ("created", "updated") for bound in ("Gt", "Lt", "Ge", "Le"))
#: The query parameters that a walk of each kind sends.
_SENT: Mapping[str, tuple[str, ...]] = {
    "created": ("limit", "sortOrder", "sortBy", *_TIMES),
    "page": ("limit", "page", "sortOrder", "sortBy", *_TIMES),
    "single": ("limit",),
}


def raw_pager(
    session: Session,
    path: str,
    *,
    item: Any,
    query: Mapping[str, Any],
    headers: Mapping[str, str | None],
    walk: Walk,
    wanted: Mapping[str, Any],
) -> Pager[Any]:
    """Return the pager of a list that the contract does not know.

    Args:
        session: sends the requests.
        path: the path below the base URL, filled in.
        item: what each item is made into, see `decoder_of`; None: it stays JSON.
        query: query parameters of every request.
        headers: header fields of every request.
        walk: how to get beyond the first page.
        wanted: see `pager`.

    Raises:
        TypeError: an argument is of a type that cannot be sent, or that nothing can be made into.
        ValueError: the path or the walk is none.
    """
    if not path.startswith("/") or path.startswith("//") or not {"?", "#", "\\"}.isdisjoint(path):
        raise ValueError(f"{path!r} is no path: it begins with one slash, and what is asked for goes in query=")
    if walk not in _SENT:
        raise ValueError(f"walk must be one of {', '.join(_SENT)}, not {walk!r}")
    names = dict.fromkeys([*_SENT[walk], *query])
    decode = None if item is None else decoder_of(item)
    operation: ListOperation[Any] = ListOperation(
        "GET", path, in_query={name: name for name in names}, item=decode, walk=walk
    )
    return pager(session, operation, {}, query, {"extra_headers": headers} if headers else {}, wanted)
