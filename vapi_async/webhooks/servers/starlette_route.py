"""`Webhooks` as a route of Starlette and FastAPI: HTTP and, for a custom transcriber, websockets at the same path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.routing import Match, Route

if TYPE_CHECKING:
    from starlette.types import Scope


class WebhookRoute(Route):
    """A route to an ASGI app.

    Args:
        path: where it is served, exactly.
        app: the ASGI app.
    """

    def __init__(self, path: str, app: Any) -> None:
        # Starlette looks for a function's name, and takes what is no function for an app of its own.
        super().__init__(path, app, name="vapi", include_in_schema=False)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Return whether the path is that of the route, whatever the type of the connection."""
        if scope["type"] == "websocket":
            scope = {**scope, "type": "http", "method": "GET"}
        return super().matches(scope)
