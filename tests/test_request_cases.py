"""Requests that the API was seen to take or to refuse: the models, the client and the sandbox agree with it.

Beside the requests here there may be a folder of shared ones, in which `ID` stands for the id of what is there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.operations.surface import Method, methods
from tests.test_cases import SHARED
from vapi_async import AsyncVapi, BadRequestError, Model, create_body, mismatches, models
from vapi_async._modeling.decoding import union
from vapi_async._operations.operation import Operation
from vapi_async.sandbox import Sandbox

Json = dict[str, Any]

METHODS = {" ".join(each.key): each for each in methods()}
SAID = [{"role": "user", "content": "Hello"}]
RANGE = {"start": "-7d", "end": "now", "step": "day"}
QUERY = {"type": "vapiql-json", "table": "call", "column": "id", "operation": "count"}
PREVIEW = {"type": "bar", "name": "b", "timeRange": RANGE, "queries": [QUERY]}
RETRIES = {"type": "fixed", "maxRetries": 2, "baseDelaySeconds": 1, "excludedStatusCodes": [400, 401]}


def assistant(**fields: Any) -> Json:
    return {"operation": "POST /assistant", "body": {"name": "a", **fields}}


def voice(provider: str, **fields: Any) -> Json:
    return assistant(voice={"provider": provider, "voiceId": "v", **fields})


TAKEN = [
    {"operation": "POST /chat", "body": {"assistantId": "ID", "input": SAID}},
    {"operation": "POST /chat/responses", "body": {"assistantId": "ID", "stream": False, "input": SAID}},
    {"operation": "POST /session", "body": {"assistantId": "ID", "messages": SAID}},
    {"operation": "GET /file"},
    {"operation": "PATCH /structured-output/{id}", "body": {"name": "n"}},
    voice("vapi", voiceId="Elliot", version=2),
    voice("neuphonic", language="en"),
    voice("inworld", voiceId="Alex", model="inworld-tts-1.5-mini"),
    voice("smallest-ai", model="of-tomorrow"),
    assistant(server={"url": "https://me.example/vapi", "backoffPlan": RETRIES}),
    assistant(model={"provider": "openai", "model": "gpt-live-1"}),
    {"operation": "POST /reporting/insight/preview"},
    {"operation": "POST /call/web", "body": {"assistantId": "ID"}},
]
REFUSED = [
    {**assistant(tools=[]), "message": ["property tools should not exist"]},
    {**voice("cartesia", speed=1.1), "message": ["voice.property speed should not exist"]},
    {"operation": "PATCH /tool/{id}", "body": {"async": "yes"}, "message": ["async must be a boolean value"]},
    {
        "operation": "POST /call",
        "body": {"assistantId": "ID", "customer": {"number": "+14155550123"}},
        "message": "Need Either `phoneNumberId` Or `phoneNumber`",
    },
]


def shared(name: str) -> list[Json]:
    path = SHARED / f"{name}.json"
    return json.loads(path.read_bytes())["input"] if path.exists() else []


def named(case: Json) -> str:
    return f"{case['operation']} {json.dumps(case.get('body'))}"


async def there(vapi: AsyncVapi) -> dict[str, str]:
    """What requests are about, by the path of its collection."""
    made = await vapi.assistants.create(name="A", server={"url": "https://me.example"})
    tool: Any = await vapi.tools.create({"type": "function", "function": {"name": "f"}})
    output = await vapi.structured_outputs.create(name="n", type="ai", schema={"type": "object"})
    return {"/assistant": made.id, "/tool": tool.id, "/structured-output": output.id}


def body_decoder(operation: Operation[Any]) -> Callable[[Json], Any]:
    """What makes a model of the body of an operation."""
    name = operation.model or ""
    body = getattr(models, name)
    return body.from_dict if isinstance(body, type) else union(models.__name__, name)


def prepared(case: Json, ids: dict[str, str]) -> tuple[Method, list[str], Json | None]:
    """The method that sends a request, its path's arguments and its body."""
    method = METHODS[case["operation"]]
    path = method.key[1]
    body = case.get("body", PREVIEW if path.endswith("/preview") else None)
    text = json.dumps(body).replace('"ID"', json.dumps(ids["/assistant"]))
    return method, [ids[path.removesuffix("/{id}")]] if path.endswith("{id}") else [], json.loads(text)


@pytest.mark.parametrize("case", [*TAKEN, *shared("requests-the-api-takes")], ids=named)
async def test_what_the_api_takes(case: Json) -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        method, path, body = prepared(case, await there(vapi))
        if body is None:
            await method.bound(vapi)(*path)
            return
        typed = body_decoder(method.operation)(body)
        for sent in (body, typed):
            await method.bound(vapi)(*path, request=sent)
        assert mismatches(typed) == []
        assert sandbox.requests[-1].body == body


@pytest.mark.parametrize(
    "case", [each for each in [*REFUSED, *shared("requests-the-api-refuses")] if "body" in each], ids=named
)
async def test_what_the_api_refuses(case: Json) -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        method, path, body = prepared(case, await there(vapi))
        with pytest.raises(BadRequestError) as refused:
            await method.bound(vapi)(*path, request=body)
        answer: Any = refused.value.body
        assert (answer["statusCode"], answer["error"]) == (400, "Bad Request")
        texts = answer["message"] if isinstance(answer["message"], list) else [answer["message"]]
        assert all(isinstance(text, str) for text in texts)
        for expected in [case["message"]] if isinstance(case.get("message"), str) else case.get("message", ()):
            # What was seen names the place before the property or, as prose, behind it.
            assert any(expected.removeprefix("assistant.").partition(",")[0] in text for text in texts)


async def test_what_was_read_is_refused_and_its_create_body_is_taken() -> None:
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        stored = await vapi.assistants.get((await there(vapi))["/assistant"])
        with pytest.raises(BadRequestError, match="property id should not exist; property orgId should not exist"):
            await vapi.assistants.create(request=stored.to_dict())
        copy = await vapi.assistants.create(request=create_body(stored))
        assert isinstance(copy, Model)
        assert (copy.name, copy.server) == (stored.name, stored.server)


async def test_a_refused_patch_invents_nothing() -> None:
    """A function tool whose change lacks the name: refused, and the name that it had is still there."""
    async with Sandbox() as sandbox:
        vapi = sandbox.client()
        tool = (await there(vapi))["/tool"]
        with pytest.raises(BadRequestError):
            await vapi.tools.update(tool, {"type": "function", "function": {"description": "d"}})
        kept: Any = await vapi.tools.get(tool)
        assert kept.function.name == "f"
