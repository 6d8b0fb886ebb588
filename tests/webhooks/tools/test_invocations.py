"""Calls of tools, as the messages that ask for them spell them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, strategies as st

from vapi_async.webhooks import Webhooks, parse
from vapi_async.webhooks.tools.invocations import Invocation, invocations

ARGUMENTS = {"city": "Rome", "days": 2}
PAYLOADS = Path(__file__).parents[4] / "shared" / "payloads" / "webhook"


def as_contract(arguments: Any) -> dict[str, Any]:
    return {"id": "c1", "type": "function", "function": {"name": "get_weather", "arguments": arguments}}


def tool_calls(*items: Any, key: str = "toolCallList") -> dict[str, Any]:
    return {"type": "tool-calls", key: list(items)}


@pytest.mark.parametrize(
    "item",
    [
        as_contract(json.dumps(ARGUMENTS)),
        as_contract(ARGUMENTS),
        {"id": "c1", "function": {"name": "get_weather", "parameters": ARGUMENTS}},
        {"id": "c1", "name": "get_weather", "parameters": ARGUMENTS},
        {"id": "c1", "name": "get_weather", "arguments": ARGUMENTS},
        {"id": "c1", "name": "get_weather", "arguments": json.dumps(ARGUMENTS)},
        {"id": "c1", "function": {"name": "get_weather"}, "arguments": ARGUMENTS},
    ],
)
@pytest.mark.parametrize("key", ["toolCallList", "toolCalls"])
def test_every_shape_of_a_call_is_read(item: dict[str, Any], key: str) -> None:
    assert invocations(tool_calls(item, key=key)) == [Invocation("c1", "get_weather", ARGUMENTS)]


@pytest.mark.parametrize(
    "definition",
    [
        {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {}}}},
        {"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {}}},
        {"tool": {"type": "function", "name": "get_weather"}},
    ],
)
@pytest.mark.parametrize(
    "call",
    [
        {"id": "c1", "function": {"name": "get_weather", "parameters": ARGUMENTS}},
        {"id": "c1", "function": {"arguments": json.dumps(ARGUMENTS)}},
        {"id": "c1", "parameters": ARGUMENTS},
    ],
)
def test_calls_beside_their_definitions_are_read_when_there_is_no_plain_list(
    definition: dict[str, Any], call: dict[str, Any]
) -> None:
    message = tool_calls({**definition, "toolCall": call}, key="toolWithToolCallList")
    expected = [Invocation("c1", "get_weather", ARGUMENTS)]
    assert invocations(message) == expected
    assert invocations({**message, "toolCallList": []}) == expected
    assert invocations({**message, "toolCallList": None}) == expected


def test_the_plain_list_goes_before_its_repetitions() -> None:
    message = {
        **tool_calls(as_contract({"n": 1})),
        **tool_calls(as_contract({"n": 2}), key="toolCalls"),
        **tool_calls({"toolCall": as_contract({"n": 3})}, key="toolWithToolCallList"),
    }
    assert [one.arguments for one in invocations(message)] == [{"n": 1}]


async def test_a_call_that_stands_in_all_three_lists_runs_once() -> None:
    call = as_contract({"seats": 2})
    message = {
        **tool_calls(call),
        "toolCalls": [call],
        "toolWithToolCallList": [{"type": "function", "name": "get_weather", "toolCall": call}],
    }
    seen: list[int] = []
    hooks = Webhooks(verify=None)

    @hooks.tool("get_weather")
    def get_weather(seats: int) -> str:
        seen.append(seats)
        return "booked"

    answer = await hooks.handle(json.dumps({"message": message}).encode(), {})
    assert json.loads(answer.body)["results"] == [{"toolCallId": "c1", "name": "get_weather", "result": "booked"}]
    assert seen == [2]
    typed: Any = parse({"message": message})
    assert typed.tool_call_list[0].function.arguments == {"seats": 2}


def test_several_calls_keep_their_order() -> None:
    items = [{"id": str(number), "name": "n", "arguments": {}} for number in range(5)]
    assert [one.id for one in invocations(tool_calls(*items))] == ["0", "1", "2", "3", "4"]


def test_the_legacy_message_is_a_call_without_id() -> None:
    message = {"type": "function-call", "functionCall": {"name": "get_weather", "parameters": ARGUMENTS}}
    assert invocations(message) == [Invocation("", "get_weather", ARGUMENTS)]


@pytest.mark.parametrize("nothing", ["", "  ", "{}", "null", None, {}])
def test_no_arguments_are_none(nothing: Any) -> None:
    assert invocations(tool_calls(as_contract(nothing))) == [Invocation("c1", "get_weather", {})]


def test_absent_arguments_are_none() -> None:
    assert invocations(tool_calls({"id": "c1", "name": "n"})) == [Invocation("c1", "n", {})]


@pytest.mark.parametrize("broken", ["{", '{"city": "Ro', "city=Rome", "[" * 100_000, "9" * 5000])
def test_broken_json_is_a_problem_that_can_be_spoken(broken: str) -> None:
    [invocation] = invocations(tool_calls(as_contract(broken)))
    assert invocation.id == "c1"
    assert invocation.arguments == {}
    assert invocation.problem == "The arguments of get_weather are not valid JSON. Please try again."


@pytest.mark.parametrize("other", ["[1]", "5", '"text"', [1], 5, True])
def test_arguments_that_are_no_object_are_a_problem(other: Any) -> None:
    [invocation] = invocations(tool_calls(as_contract(other)))
    assert invocation.arguments == {}
    assert invocation.problem == "The arguments of get_weather are not a JSON object. Please try again."


def test_what_is_no_call_is_passed_over() -> None:
    assert invocations(tool_calls(None, 1, "x", [], {"id": "c1", "name": "n"})) == [Invocation("c1", "n", {})]
    assert invocations({"type": "status-update"}) == []


def test_arguments_are_not_shown() -> None:
    assert "Rome" not in repr(invocations(tool_calls(as_contract(ARGUMENTS))))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "name", "function", "arguments", "parameters", "toolCall", "type", "x"]), inner
        )
    ),
    max_leaves=12,
)
KEYS = ["toolCallList", "toolWithToolCallList", "toolCalls", "functionCall"]


@given(JSON | st.dictionaries(st.sampled_from(KEYS), JSON | st.lists(JSON, max_size=3)))
def test_nothing_makes_it_raise(message: Any) -> None:
    for one in invocations(message):
        assert isinstance(one.id, str)
        assert isinstance(one.name, str)
        assert isinstance(one.arguments, dict)
        assert one.problem is None or not one.arguments


@pytest.mark.skipif(not PAYLOADS.is_dir(), reason="needs the collection of real messages")
@pytest.mark.parametrize(
    ("file", "keys"),
    [
        ("tool-calls-flat-items.json", {"query"}),
        ("tool-calls-keey-exact-format.json", {"requestedDate", "requestedTime", "timezone"}),
        ("tool-calls-no-args-2024-07.json", set()),
        ("function-call-legacy.json", {"emailAddress"}),
    ],
)
def test_real_messages(file: str, keys: set[str]) -> None:
    message = json.loads((PAYLOADS / file).read_text(encoding="utf-8"))["message"]
    [invocation] = invocations(message)
    assert invocation.name
    assert bool(invocation.id) == (message["type"] == "tool-calls")
    assert invocation.arguments.keys() == keys
    assert invocation.problem is None
    if "toolWithToolCallList" in message:
        del message["toolCallList"]
        message.pop("toolCalls", None)
        assert invocations(message) == [invocation]
