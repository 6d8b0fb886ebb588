"""Operations that answer with a file, mostly by a redirect to the storage that has it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .arguments import prepare
from .errors import RedirectError
from .free import same_origin
from .outgoing import Outgoing

if TYPE_CHECKING:
    from .client import Client
    from .operation import Operation


async def download(
    client: Client,
    operation: Operation[Any],
    path: Mapping[str, Any],
    query: Mapping[str, Any],
    options: Mapping[str, Any],
) -> bytes:
    """Return the file; see `arguments.prepare` for the arguments.

    Raises:
        RequestError: the API, or the storage, did not give it.
    """
    outgoing = prepare(client, operation, path=path, query=query, options=options)
    outgoing.headers["accept"] = "*/*"
    outgoing.raw = True
    try:
        content: bytes = await client._perform(outgoing)
    except RedirectError as error:
        location = _target(error)
        if location is None:
            raise
        content = await client._perform(_elsewhere(client, outgoing, location))
    return content


def _target(error: RedirectError) -> str | None:
    from urllib.parse import urljoin

    location = error.headers.get("location")
    url = urljoin(error.url, location) if location else ""
    return url if url.startswith(("https://", "http://")) else None


def _elsewhere(client: Client, outgoing: Outgoing, url: str) -> Outgoing:
    """Return the request for the file where it is: without the token, and what else is only the API's concern."""
    at_home = same_origin(client.base_url, url)
    kept = outgoing.headers if at_home else {"accept": "*/*", "user-agent": outgoing.headers["user-agent"]}
    target = Outgoing("GET", outgoing.path, url, headers=dict(kept))
    target.authorize = at_home
    target.raw = True
    return target
