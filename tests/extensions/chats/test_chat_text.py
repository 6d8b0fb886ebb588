"""What events say: nothing twice, nothing lost, and nothing that is no text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.extensions.chats.sse_server import chunk, completed, delta, done, whole_chat, whole_response
from vapi_async._extensions.chats.stream_text import ChatText, complaint, is_chunk, named


def texts(*events: Any) -> list[str]:
    taken = ChatText()
    found = [taken.take(event) for event in events]
    assert [text for text in found if text] == taken.pieces
    return found


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([delta("a"), delta("b"), done("ab")], ["a", "b", ""]),
        ([done("ab")], ["ab"]),
        ([delta("a"), done("abc")], ["a", "bc"]),
        ([delta("a"), done("other")], ["a", ""]),
        ([delta("a", 0), done("a", 0), done("b", 1), done("c", 1, 1)], ["a", "", "b", "c"]),
        ([delta("a"), done("a"), completed("a")], ["a", "", ""]),
        ([completed("a", "b")], ["ab"]),
        ([delta("a"), completed("ab")], ["a", "b"]),
        ([delta("a"), completed("b")], ["a", ""]),
        ([chunk("a"), done("a"), completed("a")], ["a", "", ""]),
        ([chunk("a"), whole_chat("a")], ["a", ""]),
        ([whole_chat("a", "b")], ["ab"]),
        ([whole_response("a")], ["a"]),
        ([delta("a", 1.0), done("ab", 1)], ["a", "b"]),
        ([chunk("a"), chunk("", id="c")], ["a", ""]),
        ([chunk("a", path="chat.output[0].toolCalls[0].function.arguments")], [""]),
        ([{"id": "c", "delta": "a"}, {"type": "chat.delta", **chunk("b")}], ["a", "b"]),
        (
            [chunk("a") | {"delta": None}, chunk("a") | {"delta": {"content": "x"}}, {"type": "x", "delta": "y"}],
            [""] * 3,
        ),
        ([{"type": "response.refusal.delta", "delta": "y"}, {"type": "response.completed"}], ["", ""]),
    ],
)
def test_the_text_of_events(events: list[Any], expected: list[str]) -> None:
    assert texts(*events) == expected


def test_text_by_path() -> None:
    taken = ChatText()
    other = "chat.output[1].content"
    tool = "chat.output[2].toolCalls[0].function.arguments"
    for event in (chunk("a"), chunk("b", path=other), chunk("c"), chunk("{}", path=tool)):
        taken.take(event)
    assert taken.parts == {"chat.output[0].content": ["a", "c"], other: ["b"], tool: ["{}"]}
    assert taken.pieces == ["a", "b", "c"]


def test_only_what_the_assistant_says_is_text() -> None:
    output = [
        {"role": "assistant", "tool_calls": [{}], "content": None},
        {"role": "tool", "content": "sunny"},
        {"role": "assistant", "content": "It is sunny."},
        {"role": "user", "content": "Hi"},
        {"content": [{"type": "output_text", "text": "!"}, {"type": "refusal", "refusal": "x"}, "y"]},
        "z",
    ]
    taken = ChatText()
    assert taken.take(whole_chat() | {"output": output}) == "It is sunny.!"
    assert list(taken.parts) == ["chat.output[2].content", "response.output[4].content[0].text"]


def test_the_last_id_counts() -> None:
    taken = ChatText()
    seen = []
    for event in (
        chunk("a", id="c1", sessionId="s1"),
        chunk("a", id="c2"),
        chunk("a", id=None, sessionId=None),
        delta("b") | {"id": "of an event"},
        {"type": "response.created", "response": {"id": "r1", "sessionId": "s2"}},
        completed("x", id="r2"),
    ):
        taken.take(event)
        seen.append((taken.id, taken.session_id))
    assert seen == [("c1", "s1"), ("c2", "s1"), ("c2", "s1"), ("c2", "s1"), ("r1", "s2"), ("r2", "s2")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["type", "id", "path", "delta", "text", "output", "content", "role", "response", "error", "status", "message"]
KEYS += ["output_index", "content_index", "sessionId", "code", "param", "statusCode", "incomplete_details"]
TYPES = ["error", "response.completed", "response.failed", "response.output_text.delta", "response.output_text.done"]
OBJECTS = st.recursive(
    JSON | st.sampled_from([*TYPES, "assistant", "failed"]),
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner, max_size=5) | st.lists(inner, max_size=3),
    max_leaves=12,
).filter(lambda value: isinstance(value, dict))


@settings(max_examples=40)
@given(st.lists(OBJECTS, max_size=5), st.sampled_from(["message", "error", *TYPES]))
def test_any_object_is_taken(events: list[dict[str, Any]], name: str) -> None:
    taken = ChatText()
    for event in events:
        event = named(event, name)  # noqa: PLW2901
        found = complaint(event, name)
        assert found is None or isinstance(found[0], str)
        assert isinstance(taken.take(event), str)
        assert isinstance(is_chunk(event), bool)
    assert all(isinstance(piece, str) for pieces in [taken.pieces, *taken.parts.values()] for piece in pieces)
