"""Webhooks: what Vapi sends to a server of yours, and what it wants to hear back.

    hooks = Webhooks(verify=shared_secret(os.environ["VAPI_SECRET"]))

    @hooks.on("end-of-call-report")
    async def report(message: ServerMessageEndOfCallReport) -> None: ...

    @hooks.on("assistant-request")
    async def choose(message: ServerMessageAssistantRequest) -> ServerMessageResponseAssistantRequest: ...

    @hooks.tool("get_weather")
    async def get_weather(city: str) -> str: ...

`hooks` is an ASGI app, to serve as it is, or as a route of FastAPI or Starlette: `hooks.route("/vapi")`. For other
servers there are `django_view`, `flask_view`, `aiohttp_handler` and `lambda_handler`, and for everything else `handle`
and `handle_sync`, which take a body and header fields.

`parse` alone makes a typed message of a body.

The way of a delivery through the files, in their order:

- `app`: `Webhooks`, where functions are registered, and which servers are given.
- `asgi` (with `asgi_connection`) and `sync`: from a server's request to a body and header fields, and back.
- `receiver`: checks a `delivery` with its verifiers (`verification/`) and reads its message (`messages`).
- `dispatcher`: gives the message to whoever is in the `handler_registry`, unless it is a repetition: `duplicates` asks
  the `reply_store` (`redis_replies`, where several processes share it) by the key of the message (`message_keys`).
- `handlers`: runs the functions of users, those of events after the answer.
- `replies`, `voice` and `tools/`: make of what these return the body of the `answer`.

The forms for servers that are not ASGI lie in `servers/`, a custom language model in `llm/`; `telemetry` makes spans.
Beside it, `transcriber` serves the websocket of a custom transcriber, and `message_types` knows which messages there
are. Nothing is loaded before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async._lazy import lazy_exports

if TYPE_CHECKING:
    from vapi_async.webhooks.answer import Answer as Answer
    from vapi_async.webhooks.app import Webhooks as Webhooks
    from vapi_async.webhooks.delivery import (
        Delivery as Delivery,
        DeliveryEvent as DeliveryEvent,
        Verifier as Verifier,
    )
    from vapi_async.webhooks.llm.completion_answer import (
        CompletionToolCall as CompletionToolCall,
        CompletionUsage as CompletionUsage,
    )
    from vapi_async.webhooks.llm.completion_request import CompletionRequest as CompletionRequest
    from vapi_async.webhooks.llm.custom_llm import CustomLLM as CustomLLM
    from vapi_async.webhooks.messages import parse as parse
    from vapi_async.webhooks.redis_replies import RedisReplies as RedisReplies
    from vapi_async.webhooks.reply_store import (
        MemoryReplies as MemoryReplies,
        Replies as Replies,
    )
    from vapi_async.webhooks.tools.decryption import (
        DecryptionError as DecryptionError,
        Decryptor as Decryptor,
    )
    from vapi_async.webhooks.tools.invocations import (
        Invocation as Invocation,
        ToolContext as ToolContext,
    )
    from vapi_async.webhooks.tools.registry import Tools as Tools
    from vapi_async.webhooks.tools.spoken_text import ToolError as ToolError
    from vapi_async.webhooks.tools.tool import ToolResult as ToolResult
    from vapi_async.webhooks.transcriber import (
        Channels as Channels,
        TranscriberSession as TranscriberSession,
        TranscriberStart as TranscriberStart,
    )
    from vapi_async.webhooks.verification.hmac_signature import (
        hmac_signature as hmac_signature,
        vapi_signature as vapi_signature,
    )
    from vapi_async.webhooks.verification.verifiers import (
        bearer as bearer,
        from_plan as from_plan,
        oauth2 as oauth2,
        shared_secret as shared_secret,
        verify as verify,
    )
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "vapi_async.webhooks.answer": ("Answer",),
            "vapi_async.webhooks.app": ("Webhooks",),
            "vapi_async.webhooks.delivery": ("Delivery", "DeliveryEvent", "Verifier"),
            "vapi_async.webhooks.llm.completion_answer": ("CompletionToolCall", "CompletionUsage"),
            "vapi_async.webhooks.llm.completion_request": ("CompletionRequest",),
            "vapi_async.webhooks.llm.custom_llm": ("CustomLLM",),
            "vapi_async.webhooks.messages": ("parse",),
            "vapi_async.webhooks.redis_replies": ("RedisReplies",),
            "vapi_async.webhooks.reply_store": ("MemoryReplies", "Replies"),
            "vapi_async.webhooks.tools.decryption": ("DecryptionError", "Decryptor"),
            "vapi_async.webhooks.tools.invocations": ("Invocation", "ToolContext"),
            "vapi_async.webhooks.tools.registry": ("Tools",),
            "vapi_async.webhooks.tools.spoken_text": ("ToolError",),
            "vapi_async.webhooks.tools.tool": ("ToolResult",),
            "vapi_async.webhooks.transcriber": ("Channels", "TranscriberSession", "TranscriberStart"),
            "vapi_async.webhooks.verification.hmac_signature": ("hmac_signature", "vapi_signature"),
            "vapi_async.webhooks.verification.verifiers": ("bearer", "from_plan", "oauth2", "shared_secret", "verify"),
        },
    )
