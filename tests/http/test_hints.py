"""What a wrong argument is answered with: the right one, and never one that means something else."""

from __future__ import annotations

import inspect
import json
from types import ModuleType

import httpx
import pytest

import vapi_async
from tests import fresh
from vapi_async import AsyncVapi, models, webhooks
from vapi_async._http.retry import RetryPolicy

SENT: list[httpx.Request] = []


def client() -> AsyncVapi:
    def answer(request: httpx.Request) -> httpx.Response:
        SENT.append(request)
        return httpx.Response(200, json={"id": "r", "object": "response"})

    return AsyncVapi("t", http_client=httpx.AsyncClient(transport=httpx.MockTransport(answer)))


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("created_after", "created_at_gt="),
        ("created_before", "created_at_lt="),
        ("max_item", "'max_items'"),
        ("maxItems", "'max_items'"),
        ("create", "'created'"),
        ("page", "async for"),
    ],
)
def test_lists_name_the_right_parameter(name: str, hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        client().calls.list(**{name: 1})  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "hint"),
    [("number", r'customer=\{"number"'), ("tools", "model="), ("messages", "model="), ("prompt", "model=")],
)
async def test_bodies_name_the_right_parameter(name: str, hint: str) -> None:
    method = client().calls.create if name == "number" else client().assistants.create
    with pytest.raises(TypeError, match=hint):
        await method(**{name: "x"})


async def test_a_number_as_key_of_free_data_does_not_stop_the_spelling_check() -> None:
    await client().assistants.create(metadata={1: 2})  # type: ignore[dict-item]
    assert json.loads(SENT[-1].content) == {"metadata": {"1": 2}}


async def test_responses_are_not_streamed_unless_asked() -> None:
    await client().chats.create_response(input="hello", assistant_id="a")
    assert json.loads(SENT[-1].content)["stream"] is False
    await client().chats.create_response({"input": "hello", "stream": True})
    assert json.loads(SENT[-1].content)["stream"] is True


@pytest.mark.parametrize("timeout", ["5", b"5", object()])
def test_a_timeout_of_another_type_is_named(timeout: object) -> None:
    with pytest.raises(TypeError, match="timeout must be"):
        AsyncVapi("t", timeout=timeout)  # type: ignore[arg-type]


@pytest.mark.parametrize("retry", [None, "2", 1.5])
def test_retries_of_another_type_are_named(retry: object) -> None:
    with pytest.raises(TypeError, match="retry must be"):
        RetryPolicy.of(retry)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["phoneCallProviderBypassEnabled", "phone_call_provider_bypass_enabled"])
async def test_what_is_known_and_in_no_contract_goes_in_extra_body(name: str) -> None:
    with pytest.raises(TypeError, match=r'use extra_body=\{"phoneCallProviderBypassEnabled": \.\.\.\}'):
        await client().calls.create(**{name: True})
    await client().calls.create(assistant_id="a", extra_body={"phoneCallProviderBypassEnabled": True})
    assert json.loads(SENT[-1].content)["phoneCallProviderBypassEnabled"] is True


async def test_what_older_versions_took_goes_in_extra_body() -> None:
    with pytest.raises(TypeError, match=r'use extra_body=\{"silenceTimeoutSeconds": \.\.\.\}'):
        await client().assistants.create(silence_timeout_seconds=30)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="has no parameter 'silence_timeout_seconds': it has "):
        await client().tools.create({"type": "endCall"}, silence_timeout_seconds=30)  # type: ignore[call-arg]


async def test_what_nobody_knows_may_go_in_extra_body() -> None:
    with pytest.raises(TypeError, match=r'it has .*name.*extra_body=\{"zzzZzz": \.\.\.\}$'):
        await client().squads.create(zzz_zzz=1)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match=r"extra_body$"):
        await client().assistants.get("id", zzz_zzz=1)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("maxTokens", r'inside: model=\{"maxTokens": \.\.\.\}'),
        ("voice_id", r'inside: voice=\{"voiceId": \.\.\.\}'),
        ("secret", 'server={"url"'),
        ("serverUrl", 'server={"url"'),
    ],
)
async def test_what_belongs_inside_is_named_with_its_place(name: str, hint: str) -> None:
    with pytest.raises(TypeError, match=hint):
        await client().assistants.create(**{name: 1})


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("api_key", "AsyncVapi has no parameter 'api_key': use token="),
        ("apiKey", "use token="),
        ("max_retries", "use retry="),
        ("proxies", "use http_client=httpx.AsyncClient"),
        ("baseUrl", "it is spelled 'base_url' here"),
        ("time_out", "it is spelled 'timeout' here"),
        ("headrs", "did you mean 'headers'"),
        ("zzz", "it has token, base_url, "),
    ],
)
def test_the_constructor_of_the_client_names_the_right_argument(name: str, hint: str) -> None:
    with pytest.raises(TypeError) as caught:
        AsyncVapi(**{"token": "t", name: "x"})
    assert hint in str(caught.value)
    assert caught.value.__cause__ is None


def test_copies_of_the_client_name_the_right_argument() -> None:
    with pytest.raises(TypeError, match=r"AsyncVapi\.with_options has no parameter 'max_retries': use retry="):
        client().with_options(max_retries=1)  # type: ignore[call-arg]


def test_the_signature_of_the_client_is_its_own() -> None:
    assert list(inspect.signature(AsyncVapi).parameters)[:3] == ["token", "base_url", "region"]


def test_an_error_within_the_constructor_is_told_as_it_is() -> None:
    with pytest.raises(TypeError, match="timeout must be"):
        AsyncVapi("t", timeout=object())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="positional"):
        AsyncVapi("t", "u")  # type: ignore[misc]


@pytest.mark.parametrize(
    ("module", "name", "hint"),
    [
        (vapi_async, "Vapi", "here it is AsyncVapi"),
        (vapi_async, "Sandbox", "here it is vapi_async.sandbox.Sandbox"),
        (vapi_async, "CreateAssistantDTO", "it is in vapi_async.models"),
        (vapi_async, "RateLimitErr", "did you mean 'RateLimitError'?"),
        (models, "CreateAssistantDto", "did you mean 'CreateAssistantDTO'?"),
        (webhooks, "sharedSecret", "did you mean 'shared_secret'?"),
    ],
)
def test_modules_point_at_the_name_here(module: ModuleType, name: str, hint: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert str(caught.value) == f"module {module.__name__!r} has no attribute {name!r}: {hint}"


@pytest.mark.parametrize("module", [vapi_async, models, webhooks])
@pytest.mark.parametrize("name", ["zzzzzz", "__path_hooks__", "_vapi"])
def test_where_nothing_is_like_it_nothing_is_added(module: ModuleType, name: str) -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(module, name)
    assert str(caught.value) == f"module {module.__name__!r} has no attribute {name!r}"


def test_the_constructor_of_webhooks_names_the_right_argument() -> None:
    with pytest.raises(TypeError, match=r"Webhooks has no parameter 'secret': use verify=shared_secret"):
        webhooks.Webhooks(secret="s")  # type: ignore[call-arg]


def test_hints_cost_nothing_before_there_is_a_mistake() -> None:
    result = fresh.run(
        "from vapi_async import AsyncVapi, models\nAsyncVapi('t').calls\nmodels.Server(url='https://a.example')\n"
        "result = 'difflib' in sys.modules"
    )
    assert not result
