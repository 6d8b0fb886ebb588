"""Bodies as forms: the fields of a model or of keywords, encoded as a browser would."""

from __future__ import annotations

from typing import Any

import pytest

from tests.http.stub import Stub
from vapi_async._operations.operation import Operation
from vapi_async.resource import Resource

FORM: Operation[Any] = Operation("POST", "/x", body="form", in_body={"aB": "a_b", "c": "c"})


@pytest.mark.parametrize(
    ("given", "content"),
    [
        ({"a_b": "1 & 2", "c": [True, 3]}, b"aB=1%20%26%202&c=true&c=3"),
        ({"a_b": None, "c": "é"}, b"c=%C3%A9"),
        ({"request": {"aB": "whole"}}, b"aB=whole"),
        ({"options": {"extra_body": {"more": 1}}}, b"more=1"),
    ],
)
async def test_a_form_is_sent(given: dict[str, Any], content: bytes) -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await Resource(vapi)._send(FORM, {"options": {}, **given})
    assert (stub.last.content, stub.last.headers["content-type"]) == (content, "application/x-www-form-urlencoded")
    assert stub.last.headers["content-length"] == str(len(content))


async def test_nothing_is_no_form() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await Resource(vapi)._send(FORM, {"options": {}})
    assert stub.last.content == b""
    assert "content-type" not in stub.last.headers
