"""From bytes to typed messages, whatever the bytes are."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.effort import examples
from vapi_async import MessageError, VapiError, models
from vapi_async._modeling.class_loading import load_variants
from vapi_async.webhooks import parse

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "webhook"
TYPES = load_variants("vapi_async.models", "ServerMessageMessage").by_tag

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=12,
)


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("wrapped", [True, False])
def test_every_type_of_the_contract_has_its_model(kind: str, wrapped: bool) -> None:
    message = {"type": kind, "timestamp": 1, "call": {"id": "c"}, "notInTheContract": [1]}
    parsed = parse(json.dumps({"message": message} if wrapped else message))
    assert type(parsed).__name__ == TYPES[kind]
    assert parsed.to_dict() == message


@pytest.mark.parametrize("kind", ["assistant.started", "function-call", "call.ended", "anything.new"])
def test_a_type_without_a_schema_is_kept_whole(kind: str) -> None:
    message = {"type": kind, "functionCall": {"name": "f", "parameters": {"a": None}}, "x": 1.5}
    parsed = parse({"message": message})
    assert isinstance(parsed, models.Unknown)
    assert parsed.data == message
    assert parsed["type"] == kind


@pytest.mark.parametrize("make", [str, str.encode, json.loads, lambda text: bytearray(text.encode())])
def test_text_bytes_and_what_a_parser_made_of_them_are_the_same(make: Any) -> None:
    parsed = parse(make('{"message": {"type": "hang", "call": {"id": "c"}}}'))
    assert isinstance(parsed, models.ServerMessageHang)
    assert parsed.call.id == "c"


def test_tool_calls_may_lack_their_type() -> None:
    message = {"toolCallList": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{}"}}]}
    parsed = parse({"message": message})
    assert isinstance(parsed, models.ServerMessageToolCalls)
    assert parsed.tool_call_list[0].id == "1"
    assert parsed.to_dict() == message


def test_keys_beside_the_message_are_taken_into_it() -> None:
    parsed = parse({"message": {"type": "hang", "timestamp": 2}, "call": {"id": "c"}, "timestamp": 1})
    assert parsed.to_dict() == {"type": "hang", "timestamp": 2, "call": {"id": "c"}}


def test_where_both_have_a_type_the_inner_one_is_the_message() -> None:
    parsed = parse({"type": "envelope", "message": {"type": "hang", "call": {"id": "c"}}})
    assert parsed.to_dict() == {"type": "hang", "call": {"id": "c"}}


def test_a_message_may_have_a_field_called_message() -> None:
    message = {"type": "new.type", "message": {"content": "x"}}
    assert parse(message).to_dict() == message


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe\xfd",
        b"[]",
        b"null",
        b'"text"',
        b"12",
        b"{}",
        b'{"message": {}}',
        b'{"message": []}',
        b'{"message": {"type": 1}}',
        b'{"message": {"type": null, "toolCallList": {}}}',
        b'{"type": "hang", "x": NaN}',
        b'{"type": "hang", "x": -Infinity}',
        b'{"type": "hang", "x": ' + b"1" * 5000 + b"}",
        b'{"type": "hang", "x": ' + b"[" * 200_000,
        b'{"type": "hang", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    ],
)
def test_what_is_no_message_says_so(body: bytes) -> None:
    with pytest.raises(MessageError) as caught:
        parse(body)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, VapiError)


def test_of_a_key_that_comes_twice_the_last_one_counts() -> None:
    assert parse(b'{"type": "hang", "type": "transcript"}').type == "transcript"


def test_a_body_in_utf_16_is_read() -> None:
    assert parse('{"type": "hang"}'.encode("utf-16")).type == "hang"


def test_deep_nesting_that_can_be_read_is_kept() -> None:
    depth = 300
    body = '{"type": "hang", "call": ' + '{"call":' * depth + "1" + "}" * depth + "}"
    parsed = parse(body)
    assert parsed.to_dict() == json.loads(body)


@given(st.binary() | st.binary().map(lambda tail: b'{"message": ' + tail))
def test_random_bytes_raise_nothing_but_message_errors(body: bytes) -> None:
    with suppress(MessageError):
        parse(body)


@settings(max_examples=examples(100, 1000))
@given(JSON, st.sampled_from([*TYPES, "anything.new"]), st.booleans())
def test_random_json_raises_nothing_but_message_errors_and_loses_nothing(value: Any, kind: str, wrapped: bool) -> None:
    message = {"type": kind, "call": value, "toolCallList": value, "artifact": value, "own": value}
    for content in (value, {"message": value}, {"message": message} if wrapped else message):
        try:
            parsed = parse(json.dumps(content))
        except MessageError:
            continue
        if content is not value and value != content.get("message"):
            assert parsed.to_dict() == message


@pytest.mark.skipif(not PAYLOADS.exists(), reason="the recorded payloads are not here")
@pytest.mark.parametrize("path", sorted(PAYLOADS.glob("*.json")), ids=lambda path: path.stem)
def test_recorded_messages_lose_nothing(path: Path) -> None:
    body = path.read_bytes()
    value = json.loads(body)
    message = value.get("message") if isinstance(value.get("message"), dict) else value
    parsed = parse(body)
    assert type(parsed).__name__ == TYPES.get(message["type"], "Unknown")
    kept = parsed.to_dict()
    assert {key: _moments(kept[key]) for key in message} == _moments(message)


def _moments(value: Any) -> Any:
    """Return `value` with timestamps written without a fraction that is nothing, as both are the same moment."""
    if isinstance(value, dict):
        return {key: _moments(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_moments(member) for member in value]
    return value.replace(".000Z", "Z") if isinstance(value, str) else value


@pytest.mark.parametrize("body", [None, 5, [b"{}"]])
def test_what_is_no_body_is_refused(body: Any) -> None:
    with pytest.raises(MessageError, match="must be bytes, text or a mapping"):
        parse(body)
