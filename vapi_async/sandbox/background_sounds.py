"""`POST /assistant/background-sound/validate`: whether an address can be one of a sound, by what it looks like.

Nothing is fetched: what the address leads to is taken to be what its name says.
"""

from __future__ import annotations

from ipaddress import ip_address
from mimetypes import guess_type
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .rest.http_values import HttpResponse

if TYPE_CHECKING:
    from .rest.http_values import Handler, HttpRequest
    from .rest.state import SandboxState

_KEY = "POST /assistant/background-sound/validate"


class BackgroundSounds:
    """What one sandbox says of background sounds.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operation."""
        return {_KEY: self._validate} if _KEY in self._state.contract.operations else {}

    def _validate(self, request: HttpRequest) -> HttpResponse:
        url = request.body["url"]
        reason = _problem(url)
        # What is no URL would be an error of some Pythons here.
        media_type = None if reason == "invalid-url" else guess_type(url)[0]
        if reason is None and media_type is not None and not media_type.startswith("audio/"):
            reason = "not-audio"
        answer: dict[str, Any] = {"valid": reason is None}
        answer |= {"reason": reason} if reason else {}
        return HttpResponse(201, answer | ({"contentType": media_type} if media_type else {}))


def _problem(url: str) -> str | None:
    """Return why an address cannot be fetched from outside, None if it can."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "invalid-url"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "invalid-url"
    return "blocked-address" if _is_private(parts.hostname) else None


def _is_private(host: str) -> bool:
    try:
        return not ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".internal", ".local"))
