"""What the environment says of the way out: which certificates to trust, and through which proxy."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from vapi_async.errors import ConfigurationError

if TYPE_CHECKING:
    import ssl

    from vapi_async._http.base_url import Origin


class Environment:
    """Certificates and proxies for the connections of one client, on all of its event loops.

    Both are looked up when they are needed, the certificates once, since loading them takes milliseconds.
    """

    __slots__ = ("_trusted",)

    def __init__(self) -> None:
        self._trusted: ssl.SSLContext | None = None

    def tls(self, origin: Origin) -> ssl.SSLContext:
        """Return the context for connections to an origin, with SSL_CERT_FILE and SSL_CERT_DIR, else certifi's list."""
        if origin[0] != "https":
            return _unused()
        if self._trusted is None:
            self._trusted = _trusted()
        return self._trusted

    def proxy(self, origin: Origin) -> str | None:
        """Return the URL of the proxy to an origin: HTTPS_PROXY, else ALL_PROXY, unless NO_PROXY names the host.

        Without TLS it goes to this machine only (see `base_url`), so never through a proxy, which would see the token.
        """
        scheme, host, port = origin
        if scheme != "https":
            return None
        from urllib.request import getproxies, proxy_bypass

        proxies = getproxies()
        found = proxies.get("https") or proxies.get("all")
        if not found or "*" in proxies.get("no", "").replace(" ", "").split(",") or proxy_bypass(f"{host}:{port}"):
            return None
        return found if "://" in found else f"http://{found}"


def _trusted() -> ssl.SSLContext:
    """Load the certificates; what the environment names in vain is said by the variable's name."""
    import httpx

    try:
        return httpx.create_ssl_context()
    except OSError as error:
        path = os.environ.get("SSL_CERT_FILE")
        if not path:
            raise
        raise ConfigurationError(f"SSL_CERT_FILE names no file of certificates that can be read: {path}") from error


@cache
def _unused() -> ssl.SSLContext:
    """Return what stands for a context where there is no TLS; httpx would load certificates for it."""
    import ssl

    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
