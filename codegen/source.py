"""The bytes of a published document, from a path or a URL.

A document decides what code is written, so it has to come over https; http is for a server on this machine only, and
a redirect is held to the same rule. Whatever goes wrong here is a `PullRefused` whose text is one sentence for the
terminal.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from pathlib import Path

import httpx

from .errors import CodegenError

TIMEOUT_SECONDS = 30.0
LARGEST_BYTES = 64 * 1024 * 1024
"""More than this is not an API's document: the published ones have 1 to 4 MB."""


class PullRefused(CodegenError):
    """A source that no contract can be made of; the text says which and why."""


def read(source: str) -> bytes:
    """Return the whole document behind a path or an http(s) URL, content encoding undone.

    Raises:
        PullRefused: it cannot be reached or read, is not served with status 200, arrives incomplete or is too large.
    """
    return _fetch(source) if "://" in source else _load(Path(source))


def _load(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return _collect(str(path), iter(lambda: file.read(1 << 20), b""))
    except (OSError, ValueError) as error:
        raise PullRefused(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from error


def _fetch(url: str) -> bytes:
    hooks = {"request": [_check_address]}
    try:
        with (
            httpx.Client(timeout=TIMEOUT_SECONDS, follow_redirects=True, max_redirects=5, event_hooks=hooks) as client,
            client.stream("GET", url, headers={"Accept": "application/json"}) as response,
        ):
            if response.status_code != httpx.codes.OK:
                raise PullRefused(f"{url} answered with status {response.status_code} instead of 200.")
            return _collect(url, response.iter_bytes())
    except httpx.TimeoutException as error:
        raise PullRefused(f"{url} did not answer within {TIMEOUT_SECONDS:g} seconds.") from error
    except httpx.RemoteProtocolError as error:
        raise PullRefused(f"{url} broke off, the document is truncated or is not served over HTTP: {error}.") from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise PullRefused(f"{url} cannot be reached: {str(error) or type(error).__name__}.") from error


def _check_address(request: httpx.Request) -> None:
    url = request.url
    if url.userinfo:
        raise PullRefused(f"A URL with a user name or password is not fetched: use https://{url.host} without them.")
    if url.scheme != "https" and not (url.scheme == "http" and _is_loopback(url.host)):
        raise PullRefused(f"{url} is not fetched: only https is, and http from this machine itself.")


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _collect(source: str, chunks: Iterable[bytes]) -> bytes:
    body = bytearray()
    for chunk in chunks:
        body += chunk
        if len(body) > LARGEST_BYTES:
            raise PullRefused(f"{source} has more than {LARGEST_BYTES:,} bytes: too large for an API's document.")
    return bytes(body)
