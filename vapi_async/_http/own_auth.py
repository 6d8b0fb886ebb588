"""`OwnAuth`: header fields of the user's own in the place of the token, for an API behind another door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from vapi_async.errors import ConfigurationError

from .credentials import Credentials
from .options import merge_headers
from .secret import Secret

if TYPE_CHECKING:
    from .hooks import RequestEvent

AuthProvider = Callable[["RequestEvent"], "Mapping[str, str] | Awaitable[Mapping[str, str]]"]


class OwnAuth(Credentials):
    """What stands for the token; it goes where a token would go, and nowhere else.

    Args:
        auth: header fields; a callable, sync or async, that returns them for each attempt; None: there are none.

    Raises:
        ConfigurationError: it is none of these, or no header fields.
    """

    __slots__ = ("_auth",)

    def __init__(self, auth: Mapping[str, str] | AuthProvider | None) -> None:
        self._auth = auth if callable(auth) else _fields(auth or {})
        self._provider = None
        self._asked = 0
        self._failure = None
        self.bearer = ""

    async def fields(self, event: RequestEvent) -> dict[str, str]:
        """Return the header fields for one attempt."""
        if not callable(self._auth):
            return self._auth
        made = self._auth(event)
        return _fields(await made if isinstance(made, Awaitable) else made)


def _fields(auth: object) -> dict[str, str]:
    if not isinstance(auth, Mapping):
        raise ConfigurationError(
            f"auth must be header fields, such as {{'x-api-key': ...}}, a function that returns them, or None; "
            f"not {type(auth).__name__}"
        )
    try:
        return {name: Secret(value) for name, value in merge_headers({}, auth).items()}
    except (TypeError, ValueError) as error:
        raise ConfigurationError(f"auth: {error}") from None
