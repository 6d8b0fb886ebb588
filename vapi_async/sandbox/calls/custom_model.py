"""Custom models: a turn that the script leaves to the model is asked of its URL, in OpenAI's form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from attrs import define, field, frozen

from vapi_async.sandbox.deliveries.delivery import Delivery

from . import call_resources as resources

if TYPE_CHECKING:
    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json
    from .running_call import RunningCall

_TIMEOUT = 20.0
_PATH = "/chat/completions"
_COPIED = {"temperature": "temperature", "maxTokens": "max_tokens"}
_FAILED = "call.in-progress.error-providerfault-custom-llm-llm-failed"
_FAULTS = {
    400: "call.in-progress.error-vapifault-custom-llm-400-bad-request-validation-failed",
    401: "call.in-progress.error-vapifault-custom-llm-401-unauthorized",
    403: "call.in-progress.error-vapifault-custom-llm-403-model-access-denied",
    429: "call.in-progress.error-vapifault-custom-llm-429-exceeded-quota",
    500: "call.in-progress.error-providerfault-custom-llm-500-server-error",
    503: "call.in-progress.error-providerfault-custom-llm-503-server-overloaded-error",
}


@frozen
class ModelAnswer:
    """What a model answers.

    Attributes:
        text: what it says.
        calls: the tools that it calls: names and arguments.
        failed: the `endedReason` of the call, where it did not answer.
    """

    text: str = ""
    calls: tuple[tuple[str, Json], ...] = ()
    failed: str = ""


async def ask_model(deliveries: Deliveries, call: RunningCall) -> ModelAnswer:
    """Return what the model of the assistant that talks answers to the conversation.

    A custom model is asked at its URL; any other says back what it heard last.
    """
    settings = call.assistant.settings
    if not has_custom_model(settings):
        heard = [each["message"] for each in call.conversation.messages if each["role"] == "user"]
        return ModelAnswer(f"You said: {heard[-1]}" if heard else "Hello.")
    known = {"call": call.stored, "phoneNumber": call.phone_number, "customer": call.stored.get("customer")}
    return await ask_custom_model(deliveries, call.state, settings, call.conversation.openai(), known, call.id)


def has_custom_model(settings: Json) -> bool:
    """Return whether an assistant has a model at a URL of the user's."""
    return bool((settings.get("model") or {}).get("provider") == "custom-llm")


async def ask_custom_model(
    deliveries: Deliveries,
    state: SandboxState,
    settings: Json,
    messages: list[Json],
    known: Json,
    call_id: str | None = None,
) -> ModelAnswer:
    """Return what the custom model of an assistant answers.

    Args:
        deliveries: what asks it.
        state: the sandbox's state.
        settings: the assistant.
        messages: the conversation, in OpenAI's form.
        known: what it is told of the call or the chat.
        call_id: the call, if it is one.
    """
    model = settings["model"]
    tools = [_tool(tool) for tool in resources.tools(state.store, settings)]
    body: Json = {"model": model["model"], "messages": messages, "stream": True} | ({"tools": tools} if tools else {})
    body |= {name: model[key] for key, name in _COPIED.items() if key in model}
    content = json.dumps(_with_metadata(body, settings, known), ensure_ascii=False).encode()
    url = model["url"].rstrip("/")
    given = {str(name).lower(): str(value) for name, value in (model.get("headers") or {}).items()}
    headers = {"content-type": "application/json", "user-agent": "vapi-sandbox", **given}
    timeout = float(model.get("timeoutSeconds") or _TIMEOUT)
    delivery = Delivery(
        "custom-llm", url if url.endswith(_PATH) else url + _PATH, json.loads(content), headers, state.clock.now(),
        call_id, 1, timeout, size=len(content),
    )  # fmt: skip
    await deliveries.make(delivery, content)
    return _read(delivery.content) if delivery.ok else ModelAnswer(failed=_FAULTS.get(delivery.status, _FAILED))


def _with_metadata(body: Json, settings: Json, known: Json) -> Json:
    """Return a request with what `metadataSendMode` adds to it."""
    mode, metadata = settings["model"].get("metadataSendMode", "variable"), settings.get("metadata") or {}
    if mode == "off":
        return body
    body = body | {name: value for name, value in known.items() if value}
    return {**metadata, **body} if mode == "destructured" else body | {"metadata": metadata}


def _tool(tool: Json) -> Json:
    function = {"name": resources.tool_name(tool), **(tool.get("function") or {})}
    return {"type": "function", "function": function}


@define
class _AnswerParts:
    """What came of an answer so far."""

    text: str = ""
    calls: dict[int, list[str]] = field(factory=dict)

    def add(self, delta: Any) -> None:
        self.text += delta.get("content") or ""
        for number, call in enumerate(delta.get("tool_calls") or ()):
            self._call(call.get("index", number), call.get("function") or {})
        if delta.get("function_call"):
            self._call(0, delta["function_call"])

    def _call(self, index: int, function: Json) -> None:
        name_and_arguments = self.calls.setdefault(index, ["", ""])
        name_and_arguments[0] += function.get("name") or ""
        arguments = function.get("arguments") or ""
        name_and_arguments[1] += arguments if isinstance(arguments, str) else json.dumps(arguments)


def _read(content: bytes) -> ModelAnswer:
    """Return what an answer says: one completion, or a stream of its pieces."""
    parts = _AnswerParts()
    try:
        for completion in _completions(content.decode()):
            for choice in completion.get("choices") or ():
                parts.add(choice.get("delta") or choice.get("message") or {})
        calls = tuple((name, json.loads(arguments or "{}")) for name, arguments in parts.calls.values())
    except (ValueError, AttributeError, TypeError):
        return ModelAnswer(failed=_FAILED)
    return ModelAnswer(parts.text, calls)


def _completions(text: str) -> Iterator[Json]:
    if not text.lstrip().startswith("data:"):
        yield json.loads(text)
        return
    for line in text.splitlines():
        data = line.removeprefix("data:").strip()
        if line.startswith("data:") and data != "[DONE]":
            yield json.loads(data)
