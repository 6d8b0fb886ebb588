"""What a wrong argument is answered with: the right one, and never one that means something else."""

from __future__ import annotations

import json

import httpx
import pytest

from vapi_async import AsyncVapi
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
