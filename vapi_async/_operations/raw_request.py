"""Requests that the contract does not know: `client.request`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from vapi_async._http.base_url import origin
from vapi_async._http.options import merge_headers
from vapi_async._http.prepared_request import Outgoing

from .arguments import set_json
from .query import query_string

if TYPE_CHECKING:
    from vapi_async.client import Client


def prepare_free(
    client: Client,
    method: str,
    path: str,
    query: Mapping[str, Any],
    json: Any,
    headers: Mapping[str, str | None],
) -> Outgoing:
    """Return the request; see `Client.request` for the arguments."""
    if not method.isascii() or not method.isalpha():
        raise ValueError(f"{method!r} is no HTTP method")
    settings = client._settings
    url, location = _located(client.base_url, path)
    text = query_string({**settings.extra_query, **query})
    if text:
        url = f"{url}{'&' if '?' in url else '?'}{text}"
    outgoing = Outgoing(method.upper(), location, url, headers=merge_headers(settings.headers, headers))
    set_json(outgoing, json)
    return outgoing


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


def same_origin(base_url: str, url: str) -> bool:
    """Return whether two URLs are of the same scheme, host and port."""
    try:
        return origin(url) == origin(base_url)
    except ValueError:
        return False
