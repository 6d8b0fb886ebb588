"""Webhooks: what Vapi sends to a server of yours, and what it wants to hear back.

    hooks = Webhooks(verify=shared_secret(os.environ["VAPI_SECRET"]))

    @hooks.on("end-of-call-report")
    async def report(message: ServerMessageEndOfCallReport) -> None: ...

    @hooks.on("assistant-request")
    async def choose(message: ServerMessageAssistantRequest) -> ServerMessageResponseAssistantRequest: ...

    @hooks.tool("get_weather")
    async def get_weather(city: str) -> str: ...

`hooks` is an ASGI app, to serve as it is, as a route (`app.add_route("/vapi", hooks)`) or mounted
(`app.mount("/vapi", hooks)` in FastAPI, where Vapi's URL needs the slash of "/vapi/": without it the framework answers
with a redirect). Without ASGI there are `handle` and `handle_sync`, which take a body and header fields; in Flask:

    @app.post("/vapi")
    def vapi() -> Response:
        answer = hooks.handle_sync(request.get_data(), request.headers, url=request.url)
        response = Response(answer.body, answer.status, content_type=answer.media_type)
        response.call_on_close(answer.after)
        return response

`parse` alone makes a typed message of a body.

The parts: `verifiers` and `signatures` say whether a delivery is from Vapi. `messages` reads it. `app` gives it to its
handlers (`handlers`), those of events after the answer; `replies` and `tool_replies` make what is answered, by way of
`tools`, `voice` or a handler. `duplicates` knows what was there before. `asgi` and `sync` are the ways in,
`transcriber` is the websocket of a custom transcriber. `message_types` has the types of messages.

Nothing is loaded before it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .answer import Answer
    from .app import Webhooks
    from .decryption import DecryptionError, Decryptor
    from .delivery import Delivery, Verifier
    from .invocations import Invocation, ToolContext
    from .messages import parse
    from .signatures import hmac_signature, vapi_signature
    from .speakable import ToolError
    from .tools import ToolResult, Tools
    from .transcriber import Channels, TranscriberSession, TranscriberStart
    from .verifiers import bearer, from_plan, oauth2, shared_secret, verify

__all__ = [
    "Answer",
    "Channels",
    "DecryptionError",
    "Decryptor",
    "Delivery",
    "Invocation",
    "ToolContext",
    "ToolError",
    "ToolResult",
    "Tools",
    "TranscriberSession",
    "TranscriberStart",
    "Verifier",
    "Webhooks",
    "bearer",
    "from_plan",
    "hmac_signature",
    "oauth2",
    "parse",
    "shared_secret",
    "vapi_signature",
    "verify",
]

_NAMES = {
    "answer": ("Answer",),
    "app": ("Webhooks",),
    "decryption": ("DecryptionError", "Decryptor"),
    "delivery": ("Delivery", "Verifier"),
    "invocations": ("Invocation", "ToolContext"),
    "messages": ("parse",),
    "signatures": ("hmac_signature", "vapi_signature"),
    "speakable": ("ToolError",),
    "tools": ("ToolResult", "Tools"),
    "transcriber": ("Channels", "TranscriberSession", "TranscriberStart"),
    "verifiers": ("bearer", "from_plan", "oauth2", "shared_secret", "verify"),
}
_MODULE_OF = {name: module for module, names in _NAMES.items() for name in names}


def __getattr__(name: str) -> Any:
    module = _MODULE_OF.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(f".{module}", __name__), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
