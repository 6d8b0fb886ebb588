"""`create_app`: puts the application together."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastapi import FastAPI

from vapi_async.webhooks import Webhooks, shared_secret

from .errors import add_error_handlers
from .events import add_events
from .logs import RequestLog
from .routes import health, router
from .service import VoiceService, make_client
from .store import Store
from .tools import Diary, Now, add_tools

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

    from .settings import Settings


def create_app(
    settings: Settings,
    *,
    connect: Callable[[Settings], AsyncVapi] = make_client,
    now: Now = lambda: datetime.now(UTC),
) -> FastAPI:
    """Return the application. It opens its database at once and the client when it starts, and closes both at its end.

    Args:
        settings: Of the application.
        connect: Makes the client; tests give one of the sandbox.
        now: The time.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with connect(settings) as vapi:
            app.state.service = VoiceService(vapi, hooks, store, settings, now)
            with closing(store):
                yield

    store = Store(settings.database)
    hooks = make_webhooks(settings, store, now)
    app = FastAPI(title="Voice backend", lifespan=lifespan)
    app.state.settings, app.state.store = settings, store
    app.add_middleware(RequestLog)
    app.include_router(router)
    app.include_router(health)
    app.router.routes.append(hooks.route("/vapi"))
    add_error_handlers(app)
    return app


def make_webhooks(settings: Settings, store: Store, now: Now) -> Webhooks:
    """Return what Vapi's messages go to."""
    hooks = Webhooks(verify=shared_secret(settings.server_secrets))
    add_tools(hooks, store, Diary(store, settings.time_zone, now))
    add_events(hooks, store)
    return hooks
