"""A FastAPI backend for Vapi.

    python -m examples.fastapi_backend            a call from start to end, offline: nothing is sent, nobody is called
    python -m examples.fastapi_backend --serve    serves the backend on port 8000
    python -m examples.fastapi_backend --live     serves it, and places one real call

The last two read the settings from the environment; .env.example names them all.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from . import logs
from .app import create_app
from .settings import Settings, SettingsError

if TYPE_CHECKING:
    import uvicorn
    from fastapi import FastAPI

PLAN = """\
This creates an assistant in your account and lets it call {number} once, from the phone number {phone_number_id}.
The call costs what your account pays for calls. The assistant is deleted afterwards; the call stays in your account.
The number is kept as that of a customer in the database of this backend, with the name Ada Lovelace.
Vapi's messages have to reach {webhook_url}: this process listens on port {port} for them.
"""


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says."""
    parser = argparse.ArgumentParser(
        "examples.fastapi_backend", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--serve", action="store_true", help="serve the backend")
    what.add_argument("--live", action="store_true", help="serve it and place a real call to CUSTOMER_NUMBER")
    parser.add_argument("--port", type=int, default=8000, help="where to listen on this machine")
    given = parser.parse_args(arguments)
    if not (given.serve or given.live):
        from .demo import play

        print("Offline: nothing is sent, nobody is called. With --live it is the real API.\n")
        asyncio.run(play())
        return
    settings = read_settings()
    number = _customer_number() if given.live else None
    logs.configure(settings.log_level, settings.secrets)
    app = create_app(settings)
    server = make_server(app, given.port, lifespan="off" if number else "on")
    with suppress(KeyboardInterrupt):
        asyncio.run(live(app, server, settings, number) if number else server.serve())


def read_settings() -> Settings:
    """Read the settings, or leave naming what is wrong with them."""
    try:
        return Settings.from_env()
    except SettingsError as error:
        sys.exit(f"The environment lacks what this needs:\n{error}")


def make_server(app: FastAPI, port: int, lifespan: Literal["on", "off"]) -> uvicorn.Server:
    """Return a server that lets requests end, and their handlers, before it stops."""
    import uvicorn

    config = uvicorn.Config(
        app, port=port, lifespan=lifespan, log_config=None, access_log=False, timeout_graceful_shutdown=25
    )
    return uvicorn.Server(config)


async def live(app: FastAPI, server: uvicorn.Server, settings: Settings, number: str) -> None:
    """Serve, and tell the story with a real call to a number.

    The application is started here and not by the server, so that it can still clean up when Ctrl-C stops the server.
    """
    import httpx

    from .story import authorization, story

    facts = {"phone_number_id": settings.phone_number_id, "webhook_url": settings.webhook_url}
    print(PLAN.format(number=number, port=server.config.port, **facts))
    http = httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://backend", headers=authorization(settings)
    )
    async with app.router.lifespan_context(app), http:
        serving = asyncio.create_task(server.serve())
        try:
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.05)
            await story(http, number)
        finally:
            server.should_exit = True
            await serving


def _customer_number() -> str:
    return os.environ.get("CUSTOMER_NUMBER") or sys.exit("--live needs CUSTOMER_NUMBER: who is called, as +14155550123")


if __name__ == "__main__":
    main()
