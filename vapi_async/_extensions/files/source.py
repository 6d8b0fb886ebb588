"""`Source`: where a file is. The API answers with it, or with a redirect to the storage that has it.

The token stays at home: a request that once left the API's origin goes on without it, and without anything else that
is only the API's concern. Links to the storage expire; an expired one is asked for anew, once each time.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from vapi_async._http.base_url import is_loopback, origin, same_origin
from vapi_async._http.prepared_request import PreparedRequest
from vapi_async.errors import InvalidRequest, RedirectError, StatusError

if TYPE_CHECKING:
    from vapi_async._http.response_body import ResponseBody
    from vapi_async._http.session import Session

_REDIRECTS = 5
_GONE = frozenset({401, 403, 404, 410})  # what storages say of a link that expired
_KEPT = ("accept", "accept-encoding", "user-agent")


class Source:
    """Opens a file as often as it takes.

    Args:
        session: sends the requests.
        request: the API's request for the file, as a stream.

    Attributes:
        link: the request for the file where it was last found; None: the API itself has it.
    """

    __slots__ = ("_request", "_session", "link")

    def __init__(self, session: Session, request: PreparedRequest) -> None:
        self._session = session
        self._request = request
        self.link: PreparedRequest | None = None

    @property
    def path(self) -> str:
        """The path of the API's request, below the base URL."""
        return self._request.path

    async def open(self, headers: Mapping[str, str]) -> ResponseBody:
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

    async def _follow(self, headers: Mapping[str, str]) -> ResponseBody:
        request = self.link or self._request
        redirect: RedirectError | None = None
        for hop in range(_REDIRECTS + 1):
            try:
                sent = request.replace(headers={**request.headers, **headers})
                body: ResponseBody = await self._session.perform(sent)
            except RedirectError as error:
                if hop == _REDIRECTS:
                    raise _refused(error, f"more than {_REDIRECTS} redirects") from None
                request = self.link = self._next(request, error)
                redirect = error
            except InvalidRequest:
                if redirect is None:
                    raise
                self.link = None  # the HTTP library is the last judge of what a URL is; this one was the redirect's
                raise _refused(redirect, "where to cannot be used: it is not a URL that can be asked for") from None
            else:
                return body
        raise AssertionError

    def _next(self, request: PreparedRequest, error: RedirectError) -> PreparedRequest:
        """Return the request that a redirect leads to."""
        location = error.headers.get("location")
        try:
            url = urljoin(request.url, location) if location else ""
        except ValueError as cause:
            raise _refused(error, f"where to cannot be used: {cause}") from None
        why = _why_not(request.url, url)
        if why:
            raise _refused(error, why) from None
        # Once away, always away: a storage that points back to the API must not get the token sent there.
        at_home = request.authorize and same_origin(self._session.base_url, url)
        kept = request.headers if at_home else {name: request.headers[name] for name in _KEPT}
        return PreparedRequest("GET", request.path, url, headers=dict(kept), authorize=at_home, stream=True)


def _why_not(old: str, new: str) -> str:
    """Return why a redirect is not followed, "" if it is."""
    if not new:
        return "it does not say where to"
    try:
        scheme, host, _ = origin(new)
    except ValueError as error:
        return f"where to cannot be used: {error}"
    if any(character <= " " or character == "\x7f" for character in host):
        return "where to cannot be used: there is white space in the name of the host"
    if scheme == "http" and not old.startswith("http:") and not is_loopback(host):
        return "it leads from https to http"
    return ""


def _refused(error: RedirectError, why: str) -> RedirectError:
    refused = copy(error)
    refused.args = (f"{error}: {why}",)
    return refused


def _expired(error: StatusError) -> bool:
    content = error.response.content if error.response else b""
    return error.status_code in _GONE or (error.status_code == 400 and b"expired" in content.lower())
