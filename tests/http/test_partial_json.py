"""What came of a body that was cut off."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings, strategies as st

from tests.effort import examples
from tests.http.stub import Stub
from vapi_async import DecodeError
from vapi_async._modeling.partial_json import loads_partial
from vapi_async.models import Call

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("content", "value"),
    [
        (b'{"id": "a", "n', {"id": "a"}),
        (b'{"id": "a", "name": "x', {"id": "a"}),
        (b'{"id": "a", "name": "x, {y], \\"', {"id": "a"}),
        (b'{"id": "a"', {}),
        (b'{"a": {"b": [1, 2', {"a": {"b": [1]}}),
        (b'{"a": "},]", "b', {"a": "},]"}),
        (b'[{"id": "a"}, {"id": "b"', [{"id": "a"}, {}]),
        (b'{"a": [1, 2], "b": {}', {"a": [1, 2], "b": {}}),
        (b'{"a": 1}}', None),
        (b"<html>", None),
        (b"", None),
    ],
)
def test_what_is_complete(content: bytes, value: Any) -> None:
    assert loads_partial(content, None) == value


def test_reading_takes_time_in_proportion() -> None:
    """Each of these would take minutes otherwise."""
    assert loads_partial(b"[" * 1_000_000, None) is None
    assert loads_partial(b'{"a": "' + b'\\"' * 1_000_000, None) == {}


@settings(max_examples=examples(25, 300))
@given(st.dictionaries(st.text(), JSON, max_size=5), st.integers(0, 200))
def test_what_is_read_was_there(value: dict[str, Any], cut: int) -> None:
    found = loads_partial(json.dumps(value).encode()[:cut], None)
    assert found is None or isinstance(found, dict)
    assert all(list(value).index(key) <= index for index, key in enumerate(found or {}))


@given(st.binary(max_size=60))
def test_reading_never_raises(content: bytes) -> None:
    loads_partial(content, None)
    loads_partial(b"{" + content, Call.from_dict)


async def test_a_decode_error_has_the_part_that_came() -> None:
    answer = httpx.Response(201, content=b'{"id": "c1", "status": "queued", "assist')
    async with Stub(answer).client() as vapi:
        with pytest.raises(DecodeError) as caught:
            await vapi.calls.create(assistant_id="a")
    assert isinstance(caught.value.parsed, Call)
    assert caught.value.parsed.id == "c1"
    assert caught.value.raw == answer.content
