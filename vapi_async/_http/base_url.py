"""Where the client sends its requests: the base URL, checked so that the token cannot end up elsewhere by mistake."""

from __future__ import annotations

import os
from collections.abc import Iterable

from vapi_async.errors import ConfigurationError

REGIONS = {"us": "https://api.vapi.ai", "eu": "https://api.eu.vapi.ai"}
BASE_URL_VARIABLE = "VAPI_BASE_URL"
ALLOW_HTTP_VARIABLE = "VAPI_ALLOW_HTTP"

_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host and port."""


def resolve_base_url(base_url: str | None, region: str | None, allow_http: Iterable[str] | None = None) -> str:
    """Return the base URL, without a slash at its end. Arguments beat the environment.

    Args:
        base_url: as the user gave it.
        region: a key of REGIONS.
        allow_http: hosts that may be asked without TLS beside this machine.

    Raises:
        ConfigurationError: both are given, the region is unknown, or the URL is not one to send a token to.
        TypeError: `allow_http` is one text.
    """
    if isinstance(allow_http, str):
        raise TypeError(f"allow_http must be several hosts: ({allow_http!r},)")
    plain = os.environ.get(ALLOW_HTTP_VARIABLE, "").split(",") if allow_http is None else allow_http
    hosts = frozenset(host.strip().lower() for host in plain)
    if base_url is not None and region is not None:
        raise ConfigurationError("give base_url or region, not both")
    if region is not None:
        if region not in REGIONS:
            raise ConfigurationError(f"there is no region {region!r}: it is one of {', '.join(REGIONS)}")
        return REGIONS[region]
    if base_url is not None:
        return _checked(base_url, "base_url", hosts)
    found = os.environ.get(BASE_URL_VARIABLE)
    return _checked(found, BASE_URL_VARIABLE, hosts) if found else REGIONS["us"]


def origin(url: str) -> Origin:
    """Return scheme, host and port of an absolute URL.

    Raises:
        ValueError: it is not one, or the port is not a number.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.username is not None:  # "" where there is only a password
        raise ValueError("it has a user name or password in it")
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("it is not an absolute http or https URL")
    return parts.scheme, parts.hostname, _PORTS[parts.scheme] if parts.port is None else parts.port


def same_origin(one: str, other: str) -> bool:
    """Return whether two URLs are of the same scheme, host and port; False if one is no absolute URL."""
    try:
        return origin(one) == origin(other)
    except ValueError:
        return False


def _checked(url: str, source: str, plain: frozenset[str]) -> str:
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise ConfigurationError(f"{source} contains white space or another character that no URL has")
    try:
        scheme, host, _ = origin(url)
    except ValueError as error:
        raise ConfigurationError(f"{source} cannot be used: {error}") from None
    if "?" in url or "#" in url:
        raise ConfigurationError(f"{source} {url!r} has a query or a fragment, to which no path can be added")
    if scheme != "https" and not is_loopback(host) and host not in plain:
        raise ConfigurationError(
            f"{source} {url!r} must be https: the token would cross the network in the clear; for a sandbox in another "
            f"container say allow_http=({host!r},), or {ALLOW_HTTP_VARIABLE}={host}"
        )
    return url.rstrip("/")


def is_loopback(host: str) -> bool:
    """Return whether a host, by name or address, is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    from ipaddress import ip_address

    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
