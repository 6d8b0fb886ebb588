"""Where the client sends its requests: the base URL, checked so that the token cannot end up elsewhere by mistake."""

from __future__ import annotations

import os

from vapi_async.errors import ConfigurationError

REGIONS = {"us": "https://api.vapi.ai", "eu": "https://api.eu.vapi.ai"}
BASE_URL_VARIABLE = "VAPI_BASE_URL"

_PORTS = {"http": 80, "https": 443}

Origin = tuple[str, str, int]
"""Scheme, host and port."""


def resolve_base_url(base_url: str | None, region: str | None) -> str:
    """Return the base URL, without a slash at its end. Arguments beat the environment.

    Args:
        base_url: as the user gave it.
        region: a key of REGIONS.

    Raises:
        ConfigurationError: both are given, the region is unknown, or the URL is not one to send a token to.
    """
    if base_url is not None and region is not None:
        raise ConfigurationError("give base_url or region, not both")
    if region is not None:
        if region not in REGIONS:
            raise ConfigurationError(f"there is no region {region!r}: it is one of {', '.join(REGIONS)}")
        return REGIONS[region]
    if base_url is not None:
        return _checked(base_url, "base_url")
    found = os.environ.get(BASE_URL_VARIABLE)
    return _checked(found, BASE_URL_VARIABLE) if found else REGIONS["us"]


def origin(url: str) -> Origin:
    """Return scheme, host and port of an absolute URL.

    Raises:
        ValueError: it is not one, or the port is not a number.
    """
    from urllib.parse import urlsplit

    parts = urlsplit(url)
    if parts.username is not None or parts.password is not None:
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


def _checked(url: str, source: str) -> str:
    if any(character <= " " or character in "\\\x7f" for character in url):
        raise ConfigurationError(f"{source} contains white space or another character that no URL has")
    try:
        scheme, host, _ = origin(url)
    except ValueError as error:
        raise ConfigurationError(f"{source} cannot be used: {error}") from None
    if "?" in url or "#" in url:
        raise ConfigurationError(f"{source} {url!r} has a query or a fragment, to which no path can be added")
    if scheme != "https" and not is_loopback(host):
        raise ConfigurationError(f"{source} {url!r} must be https: the token would cross the network in the clear")
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
