"""`Credentials`: the token, fixed or from a provider, in an object whose repr does not show it.

A provider is asked once, its token kept. When the API rejects that token, one task asks again while the others that
were rejected wait for it. A provider that fails is not asked again by those who waited: they raise the rejection, or
without a token what the provider raised. If the one who asks is cancelled, the next one asks.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from vapi_async.errors import ConfigurationError

from .secret import Secret

if TYPE_CHECKING:
    from anyio import Lock

TOKEN_VARIABLE = "VAPI_API_KEY"
TokenProvider = Callable[[], "str | Awaitable[str]"]


class Credentials:
    """The token of a client.

    Args:
        token: the token, a callable (sync or async) that returns it, or None for that of the environment.

    Raises:
        ConfigurationError: there is none, or it has characters that no header may have.
    """

    __slots__ = ("_asked", "_failure", "_provider", "bearer")

    def __init__(self, token: str | TokenProvider | None) -> None:
        self._provider: TokenProvider | None = token if callable(token) else None
        self._asked = 0
        self._failure: Exception | None = None
        self.bearer: str | None = None if callable(token) else _bearer(token or os.environ.get(TOKEN_VARIABLE))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    @property
    def renewable(self) -> bool:
        """Whether another token can be had when one is rejected."""
        return self._provider is not None

    @property
    def asked(self) -> int:
        """How often the provider was asked."""
        return self._asked

    async def obtain(self, lock: Lock, rejected: str | None = None, asked: int | None = None) -> str | None:
        """Return the value of the authorization header, asking the provider if need be.

        Args:
            lock: shared by all tasks that may ask.
            rejected: the value that the API rejected.
            asked: how often the provider had been asked when the rejected request was sent. If it was asked since, that
                is the answer to this rejection, too.

        Returns:
            The value; None if there is none better than the rejected one.
        """
        asked = self._asked if asked is None else asked
        async with lock:
            # Who waited here while another one asked takes what that one got, be it a token or a failure. So does who
            # was rejected at the same time and comes late: a provider that keeps giving one token is asked once.
            if self._asked == asked and self.bearer in (None, rejected):
                await self._renew()
        if self.bearer is None and self._failure is not None:
            raise self._failure
        return self.bearer if self.bearer != rejected else None

    async def _renew(self) -> None:
        """Ask the provider; what it answered, or raised, goes for all that wait."""
        try:
            self.bearer = await self._ask()
        except Exception as error:
            self._failure = error
            self._asked += 1
            raise
        self._asked += 1
        self._failure = None

    async def _ask(self) -> str:
        assert self._provider is not None
        token: object = self._provider()
        if isinstance(token, Awaitable):
            token = await token
        if not isinstance(token, str):
            kind, token = type(token).__name__, None
            raise ConfigurationError(f"the token provider returned {kind}, not str")
        token = Secret(token)
        return _bearer(token)


def _bearer(token: str | None) -> str:
    text = token = Secret((token or "").strip())
    if not text:
        raise ConfigurationError(f"there is no token: pass token=, or set {TOKEN_VARIABLE} in the environment")
    if not all("!" <= character <= "~" for character in text):
        raise ConfigurationError("the token has characters in it that no token has, such as white space")
    return Secret(f"Bearer {text}")
