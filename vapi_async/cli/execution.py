"""`run`: a client, one method of it, and what came of it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

    from .settings import Settings


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[AsyncVapi]:
    """Give the client that the settings ask for."""
    if settings.sandbox:
        from .stage import staged

        async with staged() as client:
            yield client
    else:
        from vapi_async import AsyncVapi

        async with AsyncVapi(base_url=settings.base_url, region=settings.region, user_agent="cli") as client:
            yield client


def run(settings: Settings, call: Callable[[AsyncVapi], Any], **form: Any) -> None:
    """Call a method of a client and show what it returns.

    Args:
        settings: which client, and in what form.
        call: gets the client, and returns what the method returned.
        form: what else is known of the form; see `Shown`.
    """
    from .results import Shown, show

    async def work(client: AsyncVapi) -> None:
        await show(call(client), Shown(settings.format, **form))

    run_with_client(settings, work)


def run_with_client(settings: Settings, work: Callable[[AsyncVapi], Awaitable[None]]) -> None:
    """Run something that needs a client."""
    import asyncio  # this, and what shows results, would take a third of the time that --help takes

    async def main() -> None:
        async with connected(settings) as client:
            await work(client)

    asyncio.run(main())
