"""Bodies that the API refuses, and what it keeps of a PATCH: unknown properties, other variants, invented members."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.walking import TOKEN
from vapi_async.sandbox import Sandbox

FUNCTION = {"type": "function", "function": {"name": "book", "description": "Book."}}


async def ask(sandbox: Sandbox, method: str, path: str, **body: Any) -> httpx.Response:
    return await sandbox.http_client().request(method, path, headers=TOKEN, json=body)


@pytest.mark.parametrize(
    ("path", "body", "message"),
    [
        ("/assistant", {"unheardOf": 1}, "property unheardOf should not exist"),
        ("/assistant", {"model": {"provider": "openai", "model": "gpt-4o", "sped": 1}},
         "model.property sped should not exist"),
        ("/assistant", {"voice": {"provider": "cartesia", "voiceId": "v", "speed": 1.1}},
         "voice.property speed should not exist"),
        ("/squad", {"members": [{"assistant": {"name": "A", "tools": []}}]},
         "members.0.assistant.property tools should not exist"),
        ("/tool", {"type": "endCall", "messages": [{"type": "request-start", "text": "Bye"}]},
         "messages.0.property text should not exist"),
    ],
)  # fmt: skip
async def test_unknown_properties(path: str, body: Any, message: str) -> None:
    refused = await ask(Sandbox(), "POST", path, **body)
    assert refused.status_code == 400, refused.text
    assert refused.json() == {"message": [message], "error": "Bad Request", "statusCode": 400}
    assert "unknown='accept'" in refused.headers["x-sandbox-hint"]
    assert (await ask(Sandbox(unknown="accept"), "POST", path, **body)).status_code == 201


def test_the_switch_has_two_positions() -> None:
    with pytest.raises(ValueError, match="'refuse', as Vapi does, or 'accept'"):
        Sandbox(unknown="ignore")  # type: ignore[arg-type]


async def test_what_was_read_cannot_be_sent_back() -> None:
    sandbox = Sandbox()
    made = (await ask(sandbox, "POST", "/assistant", name="A")).json()
    refused = await ask(sandbox, "POST", "/assistant", **made)
    assert {f"property {name} should not exist" for name in ("id", "orgId", "createdAt")} <= set(
        refused.json()["message"]
    )


@pytest.mark.parametrize(
    "body",
    [
        {"metadata": {"any": {"thing": 1}}},
        {"silenceTimeoutSeconds": 20},
        {"model": {"provider": "openai", "model": "gpt-4o", "tools": [{"type": "function", "function": {
            "name": "f", "parameters": {"type": "object", "properties": {
                "a": {"type": "array", "minItems": 1, "default": []}}}}}]}},
    ],
)  # fmt: skip
async def test_what_may_have_any_member(body: Any) -> None:
    answer = await ask(Sandbox(), "POST", "/assistant", **body)
    assert answer.status_code == 201, answer.text


@pytest.mark.parametrize(
    ("body", "note"),
    [
        ({"model": {"provider": "openai", "model": "gpt-99"}}, "model.model 'gpt-99'"),
        (
            {"voice": {"provider": "inworld", "voiceId": "Alex", "model": "inworld-tts-9"}},
            "voice.model 'inworld-tts-9'",
        ),
        ({"voice": {"provider": "openai", "voiceId": "nova"}}, None),
    ],
)
async def test_new_models_and_voices_are_taken_and_noted(body: Any, note: str | None) -> None:
    sandbox = Sandbox()
    answer = await ask(sandbox, "POST", "/assistant", **body)
    assert answer.status_code == 201, answer.text
    notes = sandbox.requests[-1].notes
    assert notes == ([] if note is None else [f"{note} is not in the contract, and taken nevertheless"])


async def test_a_model_of_a_known_provider_is_measured_as_that_providers() -> None:
    refused = await ask(Sandbox(), "POST", "/assistant", voice={"provider": "inworld", "voiceId": 3})
    assert refused.json()["message"] == ["voice.voiceId must be a string"]
    unknown = await ask(Sandbox(), "POST", "/assistant", voice={"provider": "nobody", "voiceId": "x"})
    assert unknown.json()["message"][0].startswith("voice.provider must be one of the following values: ")


async def test_a_list_is_measured_against_lists() -> None:
    refused = await ask(Sandbox(), "POST", "/chat", assistant={"name": "A"}, input=[{"role": "user", "content": 5}])
    assert refused.status_code == 400
    assert all(message.startswith("input.0") for message in refused.json()["message"])


@pytest.mark.parametrize("body", [{"async": "yes"}, {"url": "https://a.example"}, {"type": "function"}])
async def test_a_patch_is_measured_by_the_stored_variant(body: Any) -> None:
    sandbox = Sandbox()
    tool = (await ask(sandbox, "POST", "/tool", **FUNCTION)).json()
    assert (await ask(sandbox, "PATCH", f"/tool/{tool['id']}", **body)).status_code == 400
    assert sandbox.objects("/tool")[0]["updatedAt"] == tool["updatedAt"]


async def test_a_patch_invents_nothing() -> None:
    sandbox = Sandbox()
    tool = (await ask(sandbox, "POST", "/tool", **FUNCTION)).json()
    refused = await ask(sandbox, "PATCH", f"/tool/{tool['id']}", function={"description": "d"})
    assert refused.json()["message"] == ["function.name should not be null or undefined"]
    assert sandbox.objects("/tool")[0]["function"] == FUNCTION["function"]


async def test_a_number_takes_what_its_provider_has() -> None:
    sandbox = Sandbox()
    number = (await ask(sandbox, "POST", "/phone-number", provider="vapi")).json()
    refused = await ask(sandbox, "PATCH", f"/phone-number/{number['id']}", smsEnabled=5)
    assert refused.json()["message"] == ["property smsEnabled should not exist"]


@pytest.mark.parametrize("unknown", ["refuse", "accept"])
async def test_a_call_that_is_over_is_not_revived(unknown: Any) -> None:
    sandbox = Sandbox(unknown=unknown)
    call = sandbox.add("/call", {"status": "ended"})
    answer = await ask(sandbox, "PATCH", f"/call/{call['id']}", name="N", status="queued", cost=9)
    assert answer.status_code == (400 if unknown == "refuse" else 200)
    stored = sandbox.objects("/call")[0]
    assert (stored["status"], stored.get("cost")) == ("ended", call.get("cost"))


async def test_what_is_required_cannot_be_cleared() -> None:
    sandbox = Sandbox()
    base = (await ask(sandbox, "POST", "/v2/knowledge-base", name="K")).json()
    refused = await ask(sandbox, "PATCH", f"/v2/knowledge-base/{base['id']}", name=None)
    assert refused.json()["message"] == ["name should not be null or undefined"]
    assert (await ask(sandbox, "PATCH", f"/v2/knowledge-base/{base['id']}", description=None)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"type": "mcp", "server": {"url": "https://me.example/mcp"}, "metadata": {"protocol": "sse"}},
        {"type": "voicemail", "function": {"name": "leave_message"}},
        {"type": "sms", "metadata": {"from": "+14155550114"}},
        {"type": "query", "function": {"name": "look_up"}, "knowledgeBases": []},
    ],
)
async def test_tools_of_all_types_have_a_function_and_metadata(body: Any) -> None:
    sandbox = Sandbox()
    answer = await ask(sandbox, "POST", "/tool", **body)
    assert answer.status_code == 201, answer.text
    assistant = {"model": {"provider": "openai", "model": "gpt-4o", "tools": [body]}}
    answer = await ask(sandbox, "POST", "/assistant", **assistant)
    assert answer.status_code == 201, answer.text
