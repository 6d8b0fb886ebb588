"""The offline demo: this backend, a sandbox in the place of Vapi, and a call that books an appointment."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING

import httpx

from vapi_async.sandbox import Sandbox, assistant, tool, user

from .app import create_app
from .service import make_client
from .settings import Settings
from .story import NAME, authorization, story

if TYPE_CHECKING:
    from fastapi import FastAPI

NUMBER = "+14155550123"
NUMBER_ID = "5f0c2f6e-6d55-4d7b-9a59-0f9ad1f5a001"
SETTINGS = Settings(
    api_key="offline-key",
    server_secrets=("offline-server-secret",),
    backend_token="offline-backend-token",
    public_url="https://backend.example.com",
    phone_number_id=NUMBER_ID,
    database=":memory:",
)
CONVERSATION = (
    user("Hello, this is Ada. I need a check-up."),
    tool("lookup_customer"),
    assistant("Hello Ada. When would it suit you?"),
    user("Sunday at ten?"),
    tool("book_appointment", when="2026-01-04T10:00", service="check-up"),
    assistant("We are closed on Sundays. How about Monday?"),
    user("Monday at ten is fine."),
    tool("book_appointment", when="2026-01-05T10:00", service="check-up"),
    assistant("{result}"),
    user("Thank you, bye."),
)


@asynccontextmanager
async def offline(sandbox: Sandbox, settings: Settings = SETTINGS) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """Run the backend in this process: its client talks to a sandbox, which sends its messages back.

    Args:
        sandbox: Stands for Vapi.
        settings: Of the application.

    Yields:
        The application, and a client that may use its REST API.
    """
    sandbox.add("/phone-number", {"id": settings.phone_number_id, "provider": "vapi", "number": "+14155550100"})
    app = create_app(settings, connect=lambda s: sandbox.client(partial(make_client, s)), now=sandbox.clock.now)
    sandbox.connect(settings.webhook_url, app)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url=settings.public_url, headers=authorization(settings)) as http,
    ):
        yield app, http


async def play() -> Sandbox:
    """Tell the story offline, and return the sandbox."""
    async with Sandbox() as sandbox:
        sandbox.script(CONVERSATION)
        async with offline(sandbox) as (app, http):
            await story(http, NUMBER)
            print("\nIn the diary:")
            for starts, service in app.state.store.appointments(NUMBER, sandbox.clock.now()):
                print(f"  {starts:%A, %B %d at %H:%M}: {service} for {NAME}")
    return sandbox
