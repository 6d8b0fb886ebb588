"""`Source`: where a file is. The API answers with it, or with a redirect to the storage that has it.

The token stays at home: a request that once left the API's origin goes on without it, and without anything else that
is only the API's concern. Links to the storage expire; an expired one is asked for anew, once each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from vapi_async._http.base_url import is_loopback, origin
from vapi_async._http.prepared_request import Outgoing
from vapi_async._operations.raw_request import same_origin
from vapi_async.errors import RedirectError, StatusError

if TYPE_CHECKING:
    from vapi_async._http.response_body import Body
    from vapi_async.client import Client

_REDIRECTS = 5
_GONE = frozenset({401, 403, 404, 410})  # what storages say of a link that expired
_KEPT = ("accept", "accept-encoding", "user-agent")


class Source:
    """Opens a file as often as it takes.

    Args:
        client: sends the requests.
        outgoing: the API's request for the file, as a stream.

    Attributes:
        link: the request for the file where it was last found; None: the API itself has it.
    """

    __slots__ = ("_client", "_outgoing", "link")

    def __init__(self, client: Client, outgoing: Outgoing) -> None:
        self._client = client
        self._outgoing = outgoing
        self.link: Outgoing | None = None

    @property
    def path(self) -> str:
        """The path of the API's request, below the base URL."""
        return self._outgoing.path

    async def open(self, headers: Mapping[str, str]) -> Body:
        """Return the body of the file, or of the part of it that `headers` ask for.

        Raises:
            RequestError: there is none.
        """
        try:
            return await self._follow(headers)
        except StatusError as error:
            if self.link is None or not _expired(error):
                raise
        self.link = None
        return await self._follow(headers)

    async def _follow(self, headers: Mapping[str, str]) -> Body:
        outgoing = self.link or self._outgoing
        for hop in range(_REDIRECTS + 1):
            try:
                body: Body = await self._client._perform(_with(outgoing, headers))
            except RedirectError as error:
                if hop == _REDIRECTS:
                    raise _refused(error, f"more than {_REDIRECTS} redirects") from None
                outgoing = self.link = self._next(outgoing, error)
            else:
                return body
        raise AssertionError

    def _next(self, outgoing: Outgoing, error: RedirectError) -> Outgoing:
        """Return the request that a redirect leads to."""
        location = error.headers.get("location")
        try:
            url = urljoin(outgoing.url, location) if location else ""
        except ValueError as cause:
            raise _refused(error, f"where to cannot be used: {cause}") from None
        why = _why_not(outgoing.url, url)
        if why:
            raise _refused(error, why) from None
        at_home = outgoing.authorize and same_origin(self._client.base_url, url)
        kept = outgoing.headers if at_home else {name: outgoing.headers[name] for name in _KEPT}
        target = Outgoing("GET", outgoing.path, url, headers=dict(kept))
        target.authorize = at_home
        target.stream = True
        return target


def _with(outgoing: Outgoing, headers: Mapping[str, str]) -> Outgoing:
    sent = copy(outgoing)
    sent.headers = {**outgoing.headers, **headers}
    return sent


def _why_not(old: str, new: str) -> str:
    """Return why a redirect is not followed, "" if it is."""
    if not new:
        return "it does not say where to"
    try:
        scheme, host, _ = origin(new)
    except ValueError as error:
        return f"where to cannot be used: {error}"
    if scheme == "http" and not old.startswith("http:") and not is_loopback(host):
        return "it leads from https to http"
    return ""


def _refused(error: RedirectError, why: str) -> RedirectError:
    return RedirectError(f"{error}: {why}")._describe(**vars(error))


def _expired(error: StatusError) -> bool:
    content = error.response.content if error.response else b""
    return error.status_code in _GONE or (error.status_code == 400 and b"expired" in content.lower())
