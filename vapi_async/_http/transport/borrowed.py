"""Sending through an httpx client that the user lends.

A borrowed client is never used itself, since sending through it would store cookies in it and open it. Its twin
is: an object with the same transports, hooks and, if it is a subclass, the same methods, but without its cookies.
"""

from __future__ import annotations

import copy
from functools import partial
from http.cookiejar import CookieJar
from typing import Any

import httpx

from .httpx_wire import HttpxTransport, Release

_NO_AUTH = httpx.Auth()
_ANSWER = "vapi_async.answer"


class HttpClientTransport(HttpxTransport):
    """Sends through the twin of a borrowed client.

    Args:
        borrowed: the user's client.
    """

    __slots__ = ("_client",)

    def __init__(self, borrowed: httpx.AsyncClient) -> None:
        self._client = twin(borrowed)

    async def aclose(self) -> None:
        """Do nothing: the connections are the user's."""

    async def _answer(self, request: httpx.Request) -> tuple[httpx.Response, Release]:
        response = await send_through(self._client, request)
        return response, partial(close_answer, response)


async def send_through(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
    """Send a request as it is, and return the answer, its body not read."""
    try:
        return await client.send(request, stream=True, auth=_NO_AUTH, follow_redirects=False)
    except httpx.HTTPStatusError as error:  # raised by a hook of the borrowed client
        return error.response
    except (httpx.HTTPError, httpx.InvalidURL):
        # The client looks at where a redirect leads even if it is not to follow, and raises where that is no URL.
        answer = request.extensions.get(_ANSWER)
        if isinstance(answer, httpx.Response) and answer.has_redirect_location:
            return answer
        raise


async def close_answer(response: httpx.Response, midway: bool) -> None:
    """Let go of the connection of an answer, wherever its body was left."""
    await response.aclose()


async def _keep_answer(response: httpx.Response) -> None:
    """Keep an answer at its request, for when the library gives an exception in its place."""
    response.request.extensions[_ANSWER] = response


class _NoCookies(CookieJar):
    """Takes no cookies: the API has no use for them, and tasks of one client are not one visitor."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        pass


def twin(borrowed: httpx.AsyncClient) -> httpx.AsyncClient:
    """Return a client that sends as a borrowed one does, and keeps no cookies."""
    if hasattr(type(borrowed), "__del__"):  # some close their connections there, which are not the twin's to close
        other = object.__new__(httpx.AsyncClient)
        other.__dict__.update(vars(borrowed))
    else:
        other = copy.copy(borrowed)
    other.cookies = _NoCookies()
    theirs: dict[str, list[Any]] = other.event_hooks
    other.event_hooks = {**theirs, "response": [*theirs["response"], _keep_answer]}
    return other
