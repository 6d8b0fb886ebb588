"""From arguments to requests: names, paths, queries and bodies."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from tests.http.stub import Stub
from vapi_async import UNSET
from vapi_async._operations.operation import Operation
from vapi_async._operations.query import query_string
from vapi_async.models import AssistantOverrides, CreateAssistantDTO, CreateCallDTO, CreateCustomerDTO, UpdateCallDTO
from vapi_async.resource import Resource

NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


async def sent(operation: Operation[Any], **options: Any) -> Any:
    """Return the request that an operation without parameters sends."""
    stub = Stub()
    async with stub.client() as vapi:
        await Resource(vapi)._send(operation, {"options": options})
    return stub.last


# Paths


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ("abc", "/call/abc"),
        ("a/b", "/call/a%2Fb"),
        ("a b?c#d%20", "/call/a%20b%3Fc%23d%2520"),
        ("..%2f", "/call/..%252f"),
        ("ü", "/call/%C3%BC"),
        (UUID(int=1), "/call/00000000-0000-0000-0000-000000000001"),
        ("{id}", "/call/%7Bid%7D"),
    ],
)
async def test_path_arguments_stay_one_segment(given: Any, path: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.calls.get(given)
    assert stub.last.url.raw_path.decode() == path


@pytest.mark.parametrize("given", ["", ".", "..", None, UNSET, 7, b"abc"])
async def test_path_arguments_that_lead_elsewhere_are_refused(given: Any) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(ValueError, match="id"):
            await vapi.calls.get(given)
        with pytest.raises(ValueError, match="id"):
            vapi.v2.knowledge_base_files.list(given)
    assert stub.requests == []


async def test_two_path_arguments() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.v2.knowledge_base_files.detach("a", "b")
    assert stub.last.url.path == "/v2/knowledge-base/a/file/b"


# Queries


@pytest.mark.parametrize(
    ("query", "csv", "text"),
    [
        ({"a": "x y&z"}, (), "a=x%20y%26z"),
        ({"a": 5, "b": 5.0, "c": 0.5}, (), "a=5&b=5&c=0.5"),
        ({"a": True, "b": False}, (), "a=true&b=false"),
        ({"a": None, "b": UNSET}, (), ""),
        ({"a": ["x", "y"]}, (), "a=x&a=y"),
        ({"a": ["x", "y"]}, ("a",), "a=x,y"),
        ({"a": ("x", None, "y")}, (), "a=x&a=y"),
        ({"a": []}, (), ""),
        ({"a": NOON}, (), "a=2026-01-02T12:00:00.000Z"),
        ({"a": NOON.astimezone(timezone(timedelta(hours=2)))}, (), "a=2026-01-02T12:00:00.000Z"),
        ({"a": UUID(int=1)}, (), "a=00000000-0000-0000-0000-000000000001"),
        ({"a": {"b": 1}}, (), "a=%7B%22b%22:1%7D"),
        ({"a b": "x"}, (), "a%20b=x"),
    ],
)
def test_query_values(query: dict[str, Any], csv: tuple[str, ...], text: str) -> None:
    assert query_string(query, csv) == text


@pytest.mark.parametrize(
    ("value", "csv", "error"),
    [
        (datetime(2026, 1, 2), (), ValueError),  # noqa: DTZ001
        (date(2026, 1, 2), (), TypeError),
        (float("nan"), (), ValueError),
        (float("inf"), (), ValueError),
        (b"x", (), TypeError),
        (object(), (), TypeError),
        ([], ("since",), ValueError),
        (["a,b"], ("since",), ValueError),
    ],
)
def test_query_values_that_cannot_be_sent_name_the_parameter(
    value: Any, csv: tuple[str, ...], error: type[Exception]
) -> None:
    with pytest.raises(error, match="since"):
        query_string({"since": value}, csv)


# Bodies


async def test_fields_become_the_body() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.calls.create(assistant_id="a", customer={"number": "+1"}, name=None, phone_number_id=UNSET)
    assert stub.body == {"assistantId": "a", "customer": {"number": "+1"}, "name": None}
    assert stub.last.headers["content-type"] == "application/json"
    assert stub.last.headers["content-length"] == str(len(stub.last.content))


async def test_request_is_the_whole_body_as_model_or_mapping() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.calls.create(CreateCallDTO(assistant_id="a"))
        assert stub.body == {"assistantId": "a"}
        await vapi.calls.create(request={"assistantId": "a", "later": 1})
        assert stub.body == {"assistantId": "a", "later": 1}


async def test_values_nest_models_and_mappings() -> None:
    stub = Stub()
    overrides = AssistantOverrides(variable_values={"any_key": 1})
    async with stub.client() as vapi:
        await vapi.calls.create(
            assistant_id="a", customers=[CreateCustomerDTO(number="+1", assistant_overrides=overrides)]
        )
    assert stub.body["customers"] == [{"number": "+1", "assistantOverrides": {"variableValues": {"any_key": 1}}}]


async def test_a_required_body_is_sent_even_if_nothing_is_given() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.calls.delete("c")
    assert (stub.last.method, stub.body) == ("DELETE", {})


async def test_a_body_that_is_not_required_is_left_out() -> None:
    request = await sent(Operation("POST", "/x", body="json", model=None))
    assert request.content == b""
    assert request.headers["content-length"] == "0"
    assert "content-type" not in request.headers


async def test_request_and_fields_together_are_an_error() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=r"request or name, not both"):
            await vapi.calls.update("c", UpdateCallDTO(), name="n")  # type: ignore[call-overload, unused-ignore]
        for wrong in (None, "text", 5, ["list"]):
            with pytest.raises(TypeError, match="UpdateCallDTO or a mapping"):
                await vapi.calls.update("c", wrong)
    assert stub.requests == []


async def test_a_naive_datetime_in_a_body_is_an_error() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(ValueError, match="time zone"):
            await vapi.calls.create(schedule_plan={"earliestAt": datetime(2026, 1, 2)})  # noqa: DTZ001
    assert stub.requests == []


# Beyond the contract


async def test_extras_add_and_replace() -> None:
    stub = Stub()
    async with stub.client(headers={"x-a": "1"}) as vapi:
        await vapi.calls.create(
            assistant_id="a",
            extra_body={"newField": {"snake_case": 1}, "assistantId": "b"},
            extra_query={"dry": True},
            extra_headers={"X-A": "2"},
        )
    assert stub.body == {"assistantId": "b", "newField": {"snake_case": 1}}
    assert stub.last.url.query == b"dry=true"
    assert stub.last.headers.get_list("x-a") == ["2"]


async def test_extras_of_a_copy_go_with_every_request() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        fast = vapi.with_options(extra_body={"newField": 1}, extra_query={"q": "1"}, extra_headers={"x-h": "1"})
        await fast.with_options(extra_query={"r": "2"}).calls.create(assistant_id="a", extra_query={"q": "3"})
        assert stub.body == {"assistantId": "a", "newField": 1}
        assert stub.last.url.params.multi_items() == [("q", "3"), ("r", "2")]
        assert stub.last.headers["x-h"] == "1"
        await fast.calls.get("c")
        assert stub.last.content == b""
        await vapi.calls.get("c")
        assert stub.last.url.query == b""


@pytest.mark.parametrize("name", ["extra_body", "extra_query", "extra_headers"])
async def test_extras_must_be_mappings(name: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=name):
            await vapi.calls.get("c", **{name: "x"})  # type: ignore[arg-type]


async def test_a_token_header_of_ones_own_replaces_the_token() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.calls.get("c", extra_headers={"Authorization": "Bearer other"})
    assert stub.last.headers.get_list("authorization") == ["Bearer other"]


# Wrong names


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("to", r"use customer=\{\"number\""),
        ("webhook_url", r"server=\{\"url\".*on the assistant"),
        ("system_prompt", "messages"),
        ("assistantId", "'assistant_id'"),
        ("phone_number_ID", "'phone_number_id'"),
        ("asistant_id", "did you mean 'assistant_id'"),
        ("extra_heders", "did you mean 'extra_headers'"),
        ("timeout", r"with_options\(timeout="),
        ("zzz", "it has .*assistant_id.*extra_body"),
    ],
)
async def test_unknown_keywords_name_the_right_one(name: str, hint: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=rf"POST /call has no parameter '{name}': .*{hint}"):
            await vapi.calls.create(**{name: 1})
    assert stub.requests == []


async def test_unknown_keywords_of_lists_are_found_before_anything_is_sent() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match="created_at_lt=, or async for"):
            vapi.calls.list(offset=5)  # type: ignore[call-arg]
        with pytest.raises(TypeError, match="page=, or async for"):
            vapi.chats.list(offset=5)  # type: ignore[call-arg]


async def test_many_are_deleted_by_a_method_of_its_own() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=r"use one id here, and calls\.delete_many\(ids\) for several calls"):
            await vapi.calls.delete("a", ids=["a", "b"])  # type: ignore[call-arg]
    assert stub.requests == []


async def test_hints_of_the_operation_come_first() -> None:
    operation: Operation[Any] = Operation("GET", "/x", aliases={"old": "new="}, in_query={"new": "new"})
    with pytest.raises(TypeError, match="use new="):
        await sent(operation, old=1)


@pytest.mark.parametrize(
    ("body", "path", "right"),
    [
        ({"assistant_id": "a"}, "assistant_id", "assistantId"),
        ({"assistant": {"first_message": "Hi"}}, "assistant.first_message", "firstMessage"),
        ({"assistant": {"voice": {"provider": "11labs", "voice_id": "x"}}}, "assistant.voice.voice_id", "voiceId"),
        ({"customers": [{"number": "1"}, {"sip_uri": "x"}]}, r"customers\[1\].sip_uri", "sipUri"),
    ],
)
async def test_nested_keys_in_python_spelling_are_an_error(body: Any, path: str, right: str) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=f"{path}: .*'{right}'"):
            await vapi.calls.create(body)
    assert stub.requests == []


async def test_nested_keys_are_checked_in_keywords_and_inside_models_too() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=r"voice\.voice_id"):
            await vapi.assistants.create(voice={"provider": "11labs", "voice_id": "x"})
        with pytest.raises(TypeError, match=r"assistant\.first_message"):
            await vapi.calls.create(assistant={"first_message": "x"})
        assistant = CreateAssistantDTO(voice={"provider": "11labs", "voice_id": "x"})  # type: ignore[arg-type]
        with pytest.raises(TypeError, match=r"assistant\.voice\.voice_id"):
            await vapi.calls.create(assistant=assistant)


async def test_free_form_and_unknown_keys_may_have_underscores() -> None:
    stub = Stub()
    body = {"assistant": {"metadata": {"first_message": 1}, "model": {"provider": "openai", "some_new_key": 1}}}
    async with stub.client() as vapi:
        await vapi.calls.create(body)
    assert json.loads(stub.last.content) == body


async def test_the_body_of_a_union_is_checked_as_its_variant() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        with pytest.raises(TypeError, match=r"knowledgeBases\[0\].file_ids: .*'fileIds'"):
            await vapi.tools.create({"type": "query", "knowledgeBases": [{"provider": "google", "file_ids": []}]})
