"""A client whose requests end in a function of the test."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from vapi_async import AsyncVapi

Answer = httpx.Response | Exception | dict[str, Any] | list[Any] | int


class Stub:
    """Answers requests in turn, the last answer again and again; keeps the requests."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers) or [{}]
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, int):
            return httpx.Response(answer)
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)

    @property
    def last(self) -> httpx.Request:
        return self.requests[-1]

    @property
    def body(self) -> Any:
        """The JSON of the last request; None if it had no body."""
        return json.loads(self.last.content) if self.last.content else None

    @asynccontextmanager
    async def client(self, **options: Any) -> AsyncIterator[AsyncVapi]:
        """A client that sends here."""
        handler: Callable[[httpx.Request], httpx.Response] = self
        async with (
            httpx.AsyncClient(transport=httpx.MockTransport(handler)) as http,
            AsyncVapi(**{"token": "test-token", "http_client": http, **options}) as vapi,
        ):
            yield vapi
