"""Texts with variables: Liquid, with dates in zones; what is not known stays."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.sandbox.world import ASSISTANT, Server, World
from vapi_async.sandbox.calls.templates import fill_variables
from vapi_async.sandbox.script import tool, user

NOW = datetime(2026, 1, 1, 2, tzinfo=UTC)
VARIABLES: dict[str, Any] = {"people": [{"name": "Ann"}], "name": "bo", "yes": True, "n": 3, "apiToken": "t0k", "a": {}}


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{name}} and {{ nobody }} {{a.b.c}}", "bo and {{ nobody }} {{a.b.c}}"),
        ('{{"now" | date: "%Y-%m-%d", "America/New_York"}}', "2025-12-31"),
        ('{{"now" | date: "%H:%M"}}', "02:00"),
        ('{{"2026-05-01T10:00:00" | date: "%d.%m.", "Nowhere/Land"}} {{name | date: "%Y"}}', "01.05. bo"),
        ('{% if name == "bo" %}Hi{% else %}Welcome{% endif %}', "Hi"),
        ("{{people[0].name}}", "Ann"),
        ("{{ name | upcase }} {{ nick | default: 'friend' }}", "BO friend"),
        ("{{yes}} {{n}}", "true 3"),
        ("{{apiToken}}", "[REDACTED]"),
        ("{{ broken", "{{ broken"),
        ("{% no_such_tag %}", "{% no_such_tag %}"),
    ],
)
def test_templates(template: str, text: str) -> None:
    assert fill_variables(template, VARIABLES, NOW) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{call.status}} {{call.type}}", "in-progress outboundPhoneCall"),
        ("{{assistant.name}}", "Support"),
        ("{{transport.conversationType}}", "voice"),
        ("{% if transport.callSid %}there{% endif %}", "there"),
        ("{{customer.number}}", "+14155550123"),
        ("{{call.startedAt | date: '%Y'}}", "2026"),
    ],
)
async def test_the_variables_of_every_call(template: str, text: str) -> None:
    world = World()
    world.script([user("Hi")])
    model = {**ASSISTANT["model"], "messages": [{"role": "system", "content": template}]}
    call = await world.call({"model": model})
    assert call["messages"][0]["message"] == text


async def test_what_a_tool_brings_is_a_variable_of_later_texts() -> None:
    def reply(message: Any) -> Any:
        calls = message.get("toolCallList", ())
        return {"results": [{"toolCallId": c["id"], "result": {"patient": {"id": "p1"}, "name": "Ada"}} for c in calls]}

    world = World(Server(reply))
    world.script([user("Go"), tool("find")], ended_reason="assistant-ended-call")
    plan = {"aliases": [{"key": "patientId", "value": "{{ $.patient.id }}"}, {"key": "who", "value": "{{name}}"}]}
    find = {"type": "function", "function": {"name": "find"}, "variableExtractionPlan": plan}
    model = {**ASSISTANT["model"], "tools": [find]}
    call = await world.call({"model": model, "endCallMessage": "Bye {{name}}, {{patientId}} {{who}}"})
    assert "AI: Bye Ada, p1 Ada\n" in call["transcript"]
    assert call["artifact"]["variableValues"]["patientId"] == "p1"


async def test_a_transfer_says_its_message_with_variables() -> None:
    world = World()
    world.script([user("Sales, please"), tool("transferCall")])
    to = {"type": "number", "number": "+14155550199", "message": "Bye {{customer.number}}"}
    model = {**ASSISTANT["model"], "tools": [{"type": "transferCall", "destinations": [to]}]}
    call = await world.call({"model": model})
    assert "AI: Bye +14155550123\n" in call["transcript"]
