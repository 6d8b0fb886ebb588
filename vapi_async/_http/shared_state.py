"""`SharedState`: what a client shares with all copies that `with_options` makes of it."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Protocol

from vapi_async._optional import load
from vapi_async.errors import ClientClosedError, ConfigurationError

from .retry_budget import RetryBudget
from .transport.environment import Environment

if TYPE_CHECKING:
    from .clock import SystemClock
    from .credentials import Credentials
    from .transport.httpx_wire import HttpClient


class OnLoop(Protocol):
    """An event loop on which a client has connections."""

    @property
    def outlived(self) -> bool:
        """Whether the loop was closed without a word."""
        ...


class SharedState:
    """Address, token, budgets and what connections are made with.

    Args:
        base_url: without a slash at its end.
        credentials: the token.
        http_client: the HTTP client to borrow; None: there will be an own one.
        max_concurrency: the cap on requests under way at once, if the user set one.
        clock: time and waiting.
        transport: what own connections are made with: "httpx" or "aiohttp".

    Attributes:
        budget: of retries.
        closed: whether the client was closed.
        environment: certificates and proxies for own connections.
        opened: the event loops on which it has connections.

    Raises:
        ValueError: the cap is below 1.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials,
        http_client: HttpClient | None,
        max_concurrency: int | None,
        clock: SystemClock,
        transport: str = "httpx",
    ) -> None:
        self.opened: set[OnLoop] = set()  # first, since `__del__` runs also where the next line raises
        self.http_client = http_client
        self.closed = False
        if max_concurrency is not None and not max_concurrency >= 1:
            raise ValueError(f"max_concurrency is {max_concurrency!r}: it must be 1 or more, or None")
        self.base_url = base_url
        self.credentials = credentials
        self.transport = transport
        self.environment: Environment = Environment()
        self.max_concurrency = max_concurrency
        self.clock = clock
        self.budget: RetryBudget = RetryBudget()

    def check_open(self) -> None:
        """Raise a ClientClosedError if nothing can be sent any more."""
        if self.closed:
            raise ClientClosedError("the client is closed: make a new one, or close it later")
        if self.http_client is not None and self.http_client.is_closed:
            raise ClientClosedError("the http_client that this client borrows is closed")

    def __del__(self) -> None:
        # Closing needs the event loop, which may be gone or busy: all that can be done here is to say so.
        if self.http_client is None and any(not loop.outlived for loop in self.opened):
            text = f"unclosed client of {self.base_url}: use async with, or aclose()"
            warnings.warn(text, ResourceWarning, stacklevel=2, source=self)


def check_transport(transport: str, http_client: object) -> None:
    """Check what a client is to send through.

    Raises:
        ConfigurationError: there is no such transport, or both are given, or the http_client is none of httpx.
        MissingExtra: the transport needs a package that is not installed.
    """
    if transport not in ("httpx", "aiohttp"):
        raise ConfigurationError(f"there is no transport {transport!r}: it is 'httpx' or 'aiohttp'")
    if http_client is not None:
        if transport != "httpx":
            raise ConfigurationError("give http_client or transport, not both")
        _check_client(http_client)
    elif transport == "aiohttp":
        load("aiohttp", "aiohttp")


def _check_client(http_client: object) -> None:
    httpx = sys.modules.get("httpx")  # who has a client of it has loaded it
    if httpx is None or not isinstance(http_client, httpx.AsyncClient):
        given = f"{type(http_client).__module__.partition('.')[0]}.{type(http_client).__qualname__}"
        raise ConfigurationError(f"http_client must be an httpx.AsyncClient, not {given}: forks of httpx do not fit")
