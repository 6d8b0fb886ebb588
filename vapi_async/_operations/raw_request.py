"""Requests that the contract does not know: `client.request`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async._http.base_url import same_origin
from vapi_async._http.options import merge_headers
from vapi_async._http.prepared_request import PreparedRequest
from vapi_async._modeling.unset import UNSET

from .arguments import extra_query, json_content
from .query import query_string
from .returned import decoder_of

if TYPE_CHECKING:
    from vapi_async._http.session import Session

    from .operation import Tracer

_NOTHING: Mapping[str, Any] = {}


def prepare_raw(
    session: Session,
    method: str,
    path: str,
    *,
    query: Mapping[str, Any] = _NOTHING,
    json: Any = UNSET,
    headers: Mapping[str, str | None] = _NOTHING,
    returns: Any = None,
    reconcile: Mapping[str, Tracer] = _NOTHING,
    stream: bool = False,
) -> PreparedRequest:
    """Return a request that the contract does not know.

    Args:
        session: gives the address and what is sent with every request.
        method: the HTTP method.
        path: the path below the base URL, with or without a query; or an absolute URL of the same origin.
        query: query parameters.
        json: the body: a model, or JSON values; UNSET: none.
        headers: header fields.
        returns: what the answer is made into, see `decoder_of`; None: it stays JSON.
        reconcile: "METHOD path" -> the mark of that name of an operation, which goes for a request like it, too.
        stream: whether the value of a success is its body yet to be read.

    Raises:
        TypeError: `returns` is nothing that an answer can be made into.
        ValueError: the method is none, or the URL is of another origin, which must not get the token.
    """
    if not method.isascii() or not method.isalpha():
        raise ValueError(f"{method!r} is no HTTP method")
    method = method.upper()
    url, location = _located(session.base_url, path)
    text = query_string({**extra_query(session, _NOTHING), **query})
    if text:
        url = f"{url}{'&' if '?' in url else '?'}{text}"
    content, described = json_content(method, json)
    tracer = reconcile.get(f"{method} {location}")
    return PreparedRequest(
        method,
        location,
        url,
        headers=merge_headers({**session.options.headers, **described}, headers),
        content=content,
        returns=None if returns is None else decoder_of(returns),
        stream=stream,
        trace=None if tracer is None else partial(tracer, session),
    )


def _located(base_url: str, path: str) -> tuple[str, str]:
    """Return the whole URL, and its path without the query: below the base URL, where it is there."""
    path, _, _ = path.partition("#")
    place = path.partition("?")[0]
    if "://" not in place and not place.startswith(("//", "\\")):
        return f"{base_url}/{path.removeprefix('/')}", f"/{place.removeprefix('/')}"
    if not same_origin(base_url, path):
        raise ValueError(f"{path!r} is not of the origin of {base_url}: the token goes nowhere else")
    below = place.removeprefix(base_url)
    return path, below if below != place else "/" + place.split("/", 3)[-1]
