"""Which tool, and which of its destinations, an assistant means by what it says."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.world import Json, World
from vapi_async.sandbox.calls.destinations import destination_called, destination_named, leads_outside, tool_called

DESK = {"type": "number", "number": "+14155550199"}
SIP = {"type": "sip", "sipUri": "sip:desk@example.com"}
BILLING = {"type": "assistant", "assistantName": "Billing"}
STORED = {"type": "assistant", "assistantId": "a1"}
OWN = {"type": "assistant", "assistant": {"name": "Own"}}
SQUAD = {"type": "squad", "squadId": "s1", "entryAssistantName": "Entry"}
INLINE = {"type": "squad", "squad": {"name": "Inline"}}
DYNAMIC = {"type": "dynamic", "server": {"url": "https://a.example"}}
EVERY = [DESK, SIP, BILLING, STORED, OWN, SQUAD, INLINE, DYNAMIC]


def world() -> World:
    made = World()
    made.store.add("/assistant", {"id": "a1", "name": "Stored"})
    made.store.add("/squad", {"id": "s1", "name": "Crew"})
    return made


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("+14155550199", DESK),
        ("sip:desk@example.com", SIP),
        ("Billing", BILLING),
        ("a1", STORED),
        ("Stored", STORED),
        ("Own", OWN),
        ("s1", SQUAD),
        ("Crew", SQUAD),
        ("Entry", SQUAD),
        ("Inline", INLINE),
        ("dynamic", DYNAMIC),
        ("Nobody", None),
        ("", None),
        (None, None),
    ],
)
def test_a_destination_is_named_in_many_ways(name: Any, meant: Json | None) -> None:
    store = world().store
    assert destination_named(store, {"destinations": EVERY}, name) == meant
    assert destination_called(store, {"destinations": EVERY}, {"destination": name}) == (meant or DESK)
    assert destination_named(store, {}, name) is None


@pytest.mark.parametrize(
    ("tool", "arguments", "meant"),
    [
        ({}, {}, None),
        ({"destinations": []}, {"destination": "Billing"}, None),
        ({"destinations": []}, {"phoneNumber": "+14155550111"}, {"type": "number", "number": "+14155550111"}),
        ({"destinations": [SIP]}, {"phoneNumber": "+14155550111"}, SIP),
    ],
)
def test_a_number_that_the_model_says_counts_where_there_is_no_other(tool: Json, arguments: Json, meant: Any) -> None:
    assert destination_called(world().store, tool, arguments) == meant


@pytest.mark.parametrize(
    ("destination", "outside"),
    [
        (DESK, True),
        (SIP, True),
        ({"number": "+1"}, False),
        ({"number": "1001", "numberE164CheckEnabled": False}, True),
        ({"number": 5}, False),
        ({"sipUri": ""}, False),
        (BILLING, False),
        (None, False),
        ("+14155550199", False),
    ],
)
def test_what_leads_outside(destination: Any, outside: bool) -> None:
    assert leads_outside(destination) is outside


def fn(name: str, **more: Any) -> Json:
    return {"type": "function", "function": {"name": name}, **more}


FIRST = {"type": "handoff", "destinations": [BILLING]}
SECOND = {"type": "handoff", "destinations": [OWN]}
MCP = {
    "type": "mcp",
    "messages": [{"type": "request-start", "content": "Wait."}],
    "toolMessages": [{"name": "found", "messages": [{"type": "request-start", "content": "Found it."}]}, {}],
}


@pytest.mark.parametrize(
    ("tools", "name", "arguments", "tool", "given"),
    [
        ([fn("a"), fn("b")], "b", {"x": 1}, fn("b"), {"x": 1}),
        ([fn("a", n=1), fn("a", n=2)], "a", {}, fn("a", n=1), {}),
        ([FIRST, SECOND], "handoff", {"destination": "Own"}, SECOND, {"destination": "Own"}),
        ([FIRST, SECOND], "handoff", {"destination": "Nobody"}, FIRST, {"destination": "Nobody"}),
        ([FIRST, SECOND], "handoff", {}, FIRST, {}),
        ([fn("a"), FIRST, SECOND], "handoff_to_Own", {"x": 1}, SECOND, {"x": 1, "destination": "Own"}),
        ([MCP], "found", {"x": 1}, {**MCP, "name": "found", "messages": MCP["toolMessages"][0]["messages"]}, {"x": 1}),
        ([MCP], "other", {}, {**MCP, "name": "other", "messages": MCP["messages"]}, {}),
        ([{"type": "mcp"}], "other", {}, {"type": "mcp", "name": "other", "messages": []}, {}),
        ([FIRST, {"type": "mcp"}], "Billing", {}, {"type": "mcp", "name": "Billing", "messages": []}, {}),
    ],
)
def test_the_tool_that_is_meant(tools: list[Json], name: str, arguments: Json, tool: Json, given: Json) -> None:
    assert tool_called(world().store, tools, name, arguments) == (tool, given)


@pytest.mark.parametrize(
    ("tools", "name"), [([], "a"), ([fn("b")], "a"), ([FIRST], "handoff_to_Own"), ([FIRST], "Billing")]
)
def test_a_tool_that_is_not_there(tools: list[Json], name: str) -> None:
    with pytest.raises(LookupError, match=name):
        tool_called(world().store, tools, name, {})
