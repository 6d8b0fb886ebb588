"""Which hosts the live URLs of a call may lead to.

A live URL may come out of a webhook, so out of anybody's hands. Whoever it leads to would get the user's words, and
what the user takes for the caller's voice would be theirs. So only hosts of Vapi are contacted, over TLS, and those
that the user names. The URL must look exactly like one: what parsers could read in different ways is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from vapi_async._http.base_url import is_loopback, origin
from vapi_async.errors import ConfigurationError

HOME = "vapi.ai"

CONTROL = ("https", "http")
"""The schemes of a URL that commands go to."""
LISTEN = ("wss", "https", "ws", "http")
"""The schemes of a URL that a websocket is at."""

_PLAIN = ("http", "ws")
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\]"
_URL = re.compile(rf"([A-Za-z]+)://({_HOST})(?::([0-9]{{1,5}}))?(?:[/?][!-\[\]-~]*)?")
_ENTRY = re.compile(rf"(\.?(?:{_HOST}))(?::([0-9]{{1,5}}))?")


class Hosts:
    """The hosts that may be contacted: those of Vapi, and those that the user allows.

    Args:
        allow: what the user allows: a host ("my.proxy.example", "127.0.0.1", "[::1]"), with a port if it is to be only
            that one ("127.0.0.1:8080"), or all hosts below a name (".example.com").
        base_url: where the client's own requests go: what is allowed may be at that host without TLS, if they are.

    Raises:
        TypeError: `allow` is a str, or holds something else than str.
        ConfigurationError: an entry is none of these.
    """

    __slots__ = ("_allowed", "_plain")

    def __init__(self, allow: Iterable[str] = (), base_url: str = "") -> None:
        if isinstance(allow, str):
            raise TypeError(f"allow_hosts must be several hosts: ({allow!r},)")
        self._allowed = tuple(_entry(text) for text in allow)
        scheme, host, _ = origin(base_url) if base_url else ("", "", 0)
        self._plain = host if scheme == "http" else ""

    def check(self, url: object, schemes: Sequence[str]) -> str:
        """Return `url` if it may be contacted; no error shows more of it than its host.

        Args:
            url: from the API, or out of a webhook.
            schemes: those it may have.

        Raises:
            ConfigurationError: it may not be.
        """
        text = url if isinstance(url, str) else ""
        found = _URL.fullmatch(text)
        if found is None or found[1].lower() not in schemes:
            raise ConfigurationError(f"the call's URL is not a plain {schemes[0]} URL, so it is not contacted")
        scheme, host = found[1].lower(), found[2].lower()
        port = int(found[3] or _PORTS[scheme])
        allowed = self._allows(host, port)
        if not allowed and not (_is_home(host) and port == 443):
            name = host if port == _PORTS[scheme] else f"{host}:{port}"
            raise ConfigurationError(
                f"the call's URL leads to {name}, which is no host of {HOME}: if it is to be trusted,"
                f" say allow_hosts=({name!r},)"
            )
        bare = host.strip("[]")
        if scheme in _PLAIN and not (allowed and (is_loopback(bare) or bare == self._plain)):
            raise ConfigurationError(
                f"the call's URL leads to {host} without TLS ({scheme}), which only this machine may be reached by"
            )
        return text

    def _allows(self, host: str, port: int) -> bool:
        return any(
            (host.endswith(name) if name.startswith(".") else host == name) and only in (None, port)
            for name, only in self._allowed
        )


def shown(url: str) -> str:
    """Return a checked URL as it may be shown: its path is a secret, who has it has the call."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{re.split('[/?]', rest, maxsplit=1)[0]}/…"


def _is_home(host: str) -> bool:
    return host == HOME or host.endswith(f".{HOME}")


def _entry(text: str) -> tuple[str, int | None]:
    if not isinstance(text, str):
        raise TypeError(f"allow_hosts must hold str, not {type(text).__name__}")
    found = _ENTRY.fullmatch(text)
    if found is None:
        raise ConfigurationError(
            f"allow_hosts: {text!r} is no host: write 'my.proxy.example', '127.0.0.1:8080' or, for all below a name,"
            " '.example.com'"
        )
    return found[1].lower(), int(found[2]) if found[2] else None
