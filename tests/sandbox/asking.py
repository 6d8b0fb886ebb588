"""A sandbox, asked as a program without a client of ours asks."""

from __future__ import annotations

from typing import Any

import httpx

from tests.sandbox.walking import TOKEN
from vapi_async.sandbox import Sandbox


async def answer(sandbox: Sandbox, method: str, path: str, body: Any = None, **options: Any) -> httpx.Response:
    options.setdefault("headers", TOKEN)
    return await sandbox.http_client().request(method, path, json=body, **options)


async def ask(sandbox: Sandbox, method: str, path: str, body: Any = None, **options: Any) -> Any:
    """The JSON of an answer that is good."""
    found = await answer(sandbox, method, path, body, **options)
    assert found.is_success, found.text
    return found.json()


async def refused(sandbox: Sandbox, method: str, path: str, body: Any = None, **options: Any) -> tuple[int, str]:
    """The status and the message of an answer that is not."""
    found = await answer(sandbox, method, path, body, **options)
    return found.status_code, str(found.json()["message"])


async def call(sandbox: Sandbox, **body: Any) -> Any:
    """A call that took place."""
    if not any(each in body for each in ("assistantId", "assistant", "squadId", "squad")):
        body["assistant"] = {"name": "A", "firstMessage": "Hi."}
    transport = {"transport": {"provider": "vapi.websocket"}}
    made = await ask(sandbox, "POST", "/call", {**transport, **body})
    return await sandbox.run(made["id"])
