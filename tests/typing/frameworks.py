"""What must type-check of webhooks in the apps of others: each way that the docs show. Read, never run.

A line that has to be an error carries an ignore comment of each checker; both report one that ignores nothing.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import redis
import redis.asyncio
import uvicorn
from aiohttp import web
from fastapi import FastAPI
from flask import Flask
from mangum import Mangum
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from vapi_async.webhooks import (
    CompletionRequest,
    CompletionToolCall,
    CompletionUsage,
    CustomLLM,
    DeliveryEvent,
    MemoryReplies,
    RedisReplies,
    Replies,
    Webhooks,
    bearer,
)


def asgi(hooks: Webhooks, llm: CustomLLM) -> None:
    """As routes, mounted, and alone."""
    fastapi = FastAPI(routes=[hooks.route("/vapi")])
    fastapi.router.routes.append(hooks.route("/vapi"))
    fastapi.router.routes.append(llm.route("/chat/completions"))
    fastapi.mount("/vapi", hooks)
    Starlette(routes=[hooks.route("/a"), llm.route("/b"), Mount("/c", hooks), Mount("/d", app=llm)])
    Starlette(routes=[Route("/vapi", hooks), WebSocketRoute("/vapi", hooks)])
    uvicorn.run(hooks, port=8000)
    uvicorn.run(llm)
    uvicorn.Config(hooks)
    Mangum(hooks, lifespan="off")
    hooks.route(1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def others(hooks: Webhooks) -> None:
    """Flask, Django, aiohttp and Lambda."""
    Flask("app").add_url_rule("/vapi", view_func=hooks.flask_view(), methods=["POST"])
    web.Application().router.add_post("/vapi", hooks.aiohttp_handler())
    web.Application().add_routes([web.post("/vapi", hooks.aiohttp_handler())])

    from django.urls import path  # type: ignore[import-untyped]

    path("vapi", hooks.django_view())
    queue: list[bytes] = []
    answer: dict[str, Any] = hooks.lambda_handler(defer=queue.append)({}, None)
    print(answer)
    hooks.lambda_handler(defer=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


async def by_hand(hooks: Webhooks, app: web.Request) -> None:
    """The bytes and header fields of any other server."""
    await hooks.handle(await app.read(), app.headers)
    await hooks.handle(b"", {"x-vapi-secret": "a"}, method="POST", url="https://example.com/vapi")
    await hooks.handle("{}", {})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def stores() -> None:
    """What workers share, and what is seen of deliveries."""
    events: list[DeliveryEvent] = []
    stores: list[Replies] = [
        MemoryReplies(ttl=600),
        RedisReplies(redis.Redis()),
        RedisReplies(redis.asyncio.from_url("redis://localhost")),
    ]
    for store in stores:
        Webhooks(verify=bearer("a"), replies=store, on_delivery=events.append)
    Webhooks(verify=None, replies={})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def models() -> None:
    """Each form of a model of one's own."""

    async def streamed(request: CompletionRequest) -> AsyncIterator[str | CompletionToolCall | CompletionUsage]:
        yield request.messages[-1]["content"]
        yield CompletionToolCall("end", {"a": 1})
        yield CompletionUsage(1, completion_tokens=2)

    async def whole(request: CompletionRequest) -> str:
        return request.model

    CustomLLM(streamed, verify=bearer("a"))
    CustomLLM(whole, verify=None, timeout=5)
    CustomLLM(whole, verify=None, timout=5)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
