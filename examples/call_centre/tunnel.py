"""The server URL of a machine that Vapi cannot reach: a tunnel leads from there to port 8000 here.

docs/call-centre.md says how to open one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from examples.kit import Settings

SERVER = {"VAPI_SERVER_URL": "https://example.ngrok.app", "VAPI_SERVER_SECRET": "a-long-random-secret"}


def server(settings: Settings) -> dict[str, Any]:
    """Return a `Server` of the API: where messages go, and the header that proves who sends them."""
    return {
        "url": settings["VAPI_SERVER_URL"],
        "headers": {"X-Vapi-Secret": settings["VAPI_SERVER_SECRET"]},
        "timeoutSeconds": 20,
    }
