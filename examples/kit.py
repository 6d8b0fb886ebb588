"""What the examples have in common: each runs offline against the sandbox, and with `--live` against the real API.

An example is a flow, an async function of a client and its settings, and hands it to `run`:

    async def flow(vapi: AsyncVapi, settings: Settings) -> None:
        print(await vapi.calls.list(limit=10))

    if __name__ == "__main__":
        run(flow, plan="This lists your last ten calls and changes nothing.")

Offline, nothing is sent, and time is the sandbox's: what takes minutes on the phone is over at once. Tests run a flow
in process with `offline`, and look at the sandbox that it returns.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from vapi_async import AsyncVapi, VapiError

if TYPE_CHECKING:
    from vapi_async.client import Client
    from vapi_async.sandbox import Sandbox

Settings = Mapping[str, str]
Flow = Callable[[Any, Settings], Awaitable[None]]
Prepare = Callable[["Sandbox"], Awaitable[None] | None]
App = Callable[[Settings], Any]
T = TypeVar("T")

# What an example that dials needs; offline, the sandbox has a phone number of this id.
DIALLING: Settings = {"VAPI_PHONE_NUMBER_ID": "11111111-2222-4333-8444-555555555555", "VAPI_CALL_TO": "+15551234567"}

# Seconds for which an app is served after the flow, for webhooks that are still on their way.
LATE = 5.0

_PHONE_NUMBER = {"provider": "vapi", "number": "+15550001111", "name": "Main line", "status": "active"}
_NONE: Settings = {}


def run(
    flow: Flow,
    *,
    plan: str,
    settings: Settings = _NONE,
    prepare: Prepare | None = None,
    client: Callable[..., Client] = AsyncVapi,
    contract: str | Path | None = None,
    app: App | None = None,
) -> None:
    """Run an example as its command line says: offline, or with `--live`.

    Args:
        flow: What it does, given a client and the settings.
        plan: What it does to the real API, what it costs and what it leaves behind; `{NAME}` is a setting's value.
        settings: Names of environment variables that `--live` needs besides VAPI_API_KEY, with their offline values.
        prepare: Sets the sandbox up: scripts its calls, connects servers, adds objects.
        client: The class of client, such as that of another generated package, or what makes one.
        contract: That package's contract.json or folder, for the sandbox to answer by.
        app: Makes, of the settings, the ASGI app that gets what is sent to the setting VAPI_SERVER_URL. With `--live`
            it is served on port 8000 of this machine (or on $PORT) while the flow runs; a tunnel has to lead there.
    """
    match sys.argv[1:]:
        case []:
            print("Offline: nothing is sent, nobody is called. With --live it is the real API.\n")
            asyncio.run(offline(flow, settings, prepare, client=client, contract=contract, app=app))
        case ["--live"]:
            values = live_settings(settings, plan)
            print(f"{plan.format(**values)}\n")
            asyncio.run(_live(flow, values, client, app))
        case _:
            sys.exit(sys.modules["__main__"].__doc__ or "The only option is --live.")


async def offline(
    flow: Flow,
    settings: Settings = _NONE,
    prepare: Prepare | None = None,
    *,
    client: Callable[..., Client] = AsyncVapi,
    contract: str | Path | None = None,
    app: App | None = None,
) -> Sandbox:
    """Run a flow against a new sandbox, and return it; the arguments are those of `run`.

    The sandbox gets the phone number that the setting VAPI_PHONE_NUMBER_ID names, unless it was prepared.
    """
    from vapi_async.sandbox import Sandbox  # here, so that --live works without the extra "sandbox"

    async with Sandbox(contract=contract) as sandbox:
        prepared = prepare(sandbox) if prepare else None
        if inspect.isawaitable(prepared):
            await prepared
        if app:
            sandbox.connect(settings["VAPI_SERVER_URL"], app(settings))
        number = settings.get("VAPI_PHONE_NUMBER_ID")
        if number and all(stored["id"] != number for stored in sandbox.objects("/phone-number")):
            sandbox.add("/phone-number", _PHONE_NUMBER | {"id": number})
        kind: Any = client
        async with sandbox.client(kind) as vapi:
            await flow(vapi, settings)
    return sandbox


def live_settings(settings: Settings, plan: str) -> dict[str, str]:
    """Read the settings from the environment; leave, naming what is missing and what it is for, if one is not there."""
    found = {name: os.environ.get(name, "") for name in ("VAPI_API_KEY", *settings)}
    if missing := [name for name, value in found.items() if not value]:
        purpose = plan.format(**{name: name for name in found})
        sys.exit(f"--live needs {', '.join(missing)} in the environment.\n{purpose}")
    return {name: found[name] for name in settings}


async def until(vapi: Client, look: Callable[[], Awaitable[T]], done: Callable[[T], bool], *, looks: int = 150) -> T:
    """Look every other second, until what is seen is done.

    Raises:
        TimeoutError: it was not after so many looks.
    """
    for _ in range(looks):
        seen = await look()
        if done(seen):
            return seen
        await vapi._session.shared.clock.sleep(2)  # the client's clock: offline this is the sandbox's time
    raise TimeoutError(f"not done after {looks} looks")


@asynccontextmanager
async def serving(app: Any) -> AsyncIterator[None]:
    """Serve an ASGI app on port 8000 of this machine, or on $PORT."""
    import uvicorn

    port = int(os.environ.get("PORT", "8000"))
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning"))
    task = asyncio.create_task(server.serve())
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.05)
    try:
        yield
    finally:
        server.should_exit = True
        await task


async def _live(flow: Flow, settings: Settings, client: Callable[..., Client], app: App | None) -> None:
    try:
        async with client() as vapi, serving(app(settings)) if app else nullcontext():
            await flow(vapi, settings)
            if app:
                await asyncio.sleep(LATE)
    except (VapiError, TimeoutError) as error:  # the latter is of `until`
        sys.exit(f"\n{error}")
