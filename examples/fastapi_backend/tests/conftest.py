"""A backend in this process, whose Vapi is a sandbox: nothing leaves the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from examples.fastapi_backend.demo import NUMBER, SETTINGS, offline
from examples.fastapi_backend.story import ASSISTANT, NAME
from vapi_async.sandbox import Sandbox

if TYPE_CHECKING:
    import httpx
    from fastapi import FastAPI

    from examples.fastapi_backend.service import VoiceService
    from examples.fastapi_backend.store import Store

SECRET = {"x-vapi-secret": SETTINGS.server_secrets[0]}


@dataclass
class Backend:
    """What tests hold."""

    app: FastAPI
    http: httpx.AsyncClient
    sandbox: Sandbox

    @property
    def service(self) -> VoiceService:
        return self.app.state.service

    @property
    def store(self) -> Store:
        return self.app.state.store

    async def assistant(self) -> str:
        answer = await self.http.post("/assistants", json=ASSISTANT)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    async def call(self, **more: Any) -> httpx.Response:
        body = {"assistant_id": await self.assistant(), "number": NUMBER, **more}
        return await self.http.post("/calls", json=body)

    async def message(self, kind: str, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        """Deliver a server message, as Vapi would."""
        call = {"id": "call-1", "orgId": "org-1", "customer": {"number": NUMBER}}
        message = {"type": kind, "timestamp": 1767261600000, "call": call, **fields}
        return await self.http.post("/vapi", json={"message": message}, headers=SECRET if headers is None else headers)


@pytest.fixture
async def backend() -> AsyncIterator[Backend]:
    sandbox = Sandbox()
    async with offline(sandbox) as (app, http):
        await http.put("/customers", json={"number": NUMBER, "name": NAME})
        yield Backend(app, http, sandbox)
