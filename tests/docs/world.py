"""What the pages take for granted: a client, an assistant, a call that is going on, an app. All of it in a sandbox."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from fastapi import FastAPI

import vapi_async
from tests.products import importable
from vapi_async import AsyncVapi
from vapi_async.client import Client
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.serving.client_clock import ClientClock
from vapi_async.webhooks import ToolContext, Webhooks

NUMBER = "+14155550100"


def client_class(sandbox: Sandbox, base: type[Client] = AsyncVapi) -> type[Client]:
    """Return a class of client that talks to the sandbox, whatever it is made with."""

    class SandboxVapi(base):  # type: ignore[misc,valid-type]
        def __init__(self, token: Any = None, **options: Any) -> None:
            token = token or (None if "auth" in options else "sandbox")
            mine = {
                "http_client": sandbox.http_client(),
                "base_url": sandbox.base_url,
                "clock": ClientClock(sandbox.clock),
            }
            super().__init__(token, **{**mine, **options})

    return SandboxVapi


@asynccontextmanager
async def older(folder: Path, name: str) -> AsyncIterator[None]:
    """Let the package of an older contract be importable, its client one of a sandbox of that contract."""
    with importable(folder, name) as package:
        async with Sandbox(contract=str(package.__file__).rpartition("/")[0]) as sandbox:
            package.AsyncVapi = client_class(sandbox, package.AsyncVapi)
            yield


async def names(sandbox: Sandbox) -> dict[str, Any]:
    """Return the globals that a page begins with."""
    vapi = sandbox.client()
    sandbox.add("/phone-number", {"id": "your-number-id", "provider": "vapi", "status": "active"})
    # Text messages go out from numbers of this carrier alone.
    number = await vapi.phone_numbers.create({"provider": "twilio", "number": NUMBER, "twilioAccountSid": "AC1"})
    assistant = await vapi.assistants.create(
        name="Reception", first_message="Hello", model={"provider": "openai", "model": "gpt-4o"}
    )
    finished = await _call(vapi, assistant.id, number.id)
    await sandbox.run(finished.id)
    finished = await vapi.calls.get(finished.id)
    sandbox.script([("user", "Hello", 600)])
    call = await _call(vapi, assistant.id, number.id)
    await sandbox.clock.advance(10)
    call = await vapi.calls.get(call.id)
    return {
        "AsyncVapi": vapi_async.AsyncVapi,
        "Literal": Literal,
        "ToolContext": ToolContext,
        "app": FastAPI(),
        "assistant": assistant,
        "asyncio": asyncio,
        "call": call,
        "datetime": datetime,
        "finished": finished,
        "forecasts": {"Oslo": "snow"},
        "hooks": Webhooks(verify=None),
        "id": assistant.id,
        "ids": [],
        "number": number,
        "os": os,
        "sandbox": sandbox,
        "show": print,
        "since": vapi_async.since,
        "token": "sandbox",
        "vapi": vapi,
    }


async def _call(vapi: AsyncVapi, assistant_id: str, number_id: str) -> Any:
    return await vapi.calls.create(assistant_id=assistant_id, phone_number_id=number_id, customer={"number": NUMBER})
