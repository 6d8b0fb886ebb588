"""Rejection plans: which conversations keep a tool from being called."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from tests.sandbox.world import Json
from vapi_async.sandbox.calls.conversation import Conversation
from vapi_async.sandbox.calls.rejection import is_rejected
from vapi_async.sandbox.clock import Clock


def call() -> Any:
    clock = Clock()
    conversation = Conversation(clock.now())
    conversation.system("Be brief.", clock.now())
    for role, text in (("assistant", "Hi"), ("user", "one"), ("assistant", "two"), ("user", "three")):
        conversation.said(role, text, clock.now(), 1.0)
    return SimpleNamespace(variables={"tier": "gold"}, conversation=conversation, state=SimpleNamespace(clock=clock))


def regex(pattern: str, *, negate: bool | None = None, **target: Any) -> Json:
    condition: Json = {"type": "regex", "regex": pattern}
    if target:
        condition["target"] = target
    return condition if negate is None else {**condition, "negate": negate}


def liquid(text: str) -> Json:
    return {"type": "liquid", "liquid": text}


def group(*conditions: Json, **more: str) -> Json:
    return {"type": "group", "conditions": [*conditions], **more}


YES, NO = regex("three"), regex("nothing of the kind")


@pytest.mark.parametrize(
    ("conditions", "rejected"),
    [
        ([], False),
        ([YES], True),
        ([NO], False),
        ([YES, NO], False),
        ([YES, YES], True),
        ([regex("^hre")], False),
        ([regex("hre")], True),
        ([regex("three", negate=True)], False),
        ([regex("nothing", negate=True)], True),
        ([regex("three", negate=False)], True),
        ([regex("one")], False),
        ([regex("three", role="user")], True),
        ([regex("two", role="assistant")], True),
        ([regex("brief", role="system")], True),
        ([regex("Hi", role="assistant", position=0)], True),
        ([regex("one", position=0)], True),
        ([regex("three", position=1)], True),
        ([regex("three", position=2)], False),
        ([regex("one", position=-2)], True),
        ([regex("one", position=-3)], False),
        ([regex("three", position=-3)], False),
        ([regex("^$", position=2)], True),
        ([group(YES, NO)], False),
        ([group(YES, YES)], True),
        ([group(YES, NO, operator="AND")], False),
        ([group(YES, NO, operator="OR")], True),
        ([group(NO, NO, operator="OR")], False),
        ([group(group(NO, YES, operator="OR"), YES)], True),
        ([group()], True),
        ([group(operator="OR")], False),
        ([liquid("{% if tier == 'gold' %} true {% endif %}")], True),
        ([liquid("{% if tier == 'tin' %}true{% endif %}")], False),
        ([liquid("not true")], False),
        ([liquid("{% if messages.size == 5 and messages[4].content == 'three' %}true{% endif %}")], True),
    ],
)
def test_what_keeps_a_tool_from_being_called(conditions: list[Json], rejected: bool) -> None:
    assert is_rejected(call(), {"rejectionPlan": {"conditions": conditions}}) is rejected


@pytest.mark.parametrize("tool", [{}, {"rejectionPlan": None}, {"rejectionPlan": {}}])
def test_without_conditions_it_is_called(tool: Json) -> None:
    assert is_rejected(call(), tool) is False


def test_who_said_nothing_said_an_empty_text() -> None:
    silent = call()
    silent.conversation.messages.clear()
    assert not is_rejected(silent, {"rejectionPlan": {"conditions": [regex("a")]}})
    assert is_rejected(silent, {"rejectionPlan": {"conditions": [regex("a", negate=True)]}})
