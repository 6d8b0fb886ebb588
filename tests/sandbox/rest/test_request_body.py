"""Bodies of requests as values: JSON, and forms with files."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from vapi_async.sandbox.rest.contract import ApiContract, ContractOperation
from vapi_async.sandbox.rest.http_values import Refusal, Upload
from vapi_async.sandbox.rest.request_body import for_validation, read_body

FORM = {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/Form"}}}
SCHEMAS = {
    "Form": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "name": {"type": "string"},
            "tags": {"type": "array", "items": {"type": "string"}},
        },
    }
}
JSON = {"application/json": {"schema": {"type": "object"}}}
PATHS = {
    path: {"post": {"requestBody": {"content": content}, "responses": {}}}
    for path, content in {"/json": JSON, "/form": FORM}.items()
}
CONTRACT = ApiContract({"openapi": "3.0.0", "paths": PATHS, "components": {"schemas": SCHEMAS}})


def operation(path: str) -> ContractOperation:
    found = CONTRACT.match("POST", path)
    assert found is not None
    return found[0]


async def read(content: bytes, media_type: str = "application/json") -> Any:
    return await read_body(CONTRACT, operation("/json"), content, media_type)


async def read_form(**more: Any) -> Any:
    request = httpx.Request("POST", "https://a.example", **more)
    return await read_body(CONTRACT, operation("/form"), request.read(), request.headers["content-type"])


@pytest.mark.parametrize("value", [{}, {"a": [1, 2.5, -1e300, "ü", None, True]}, [], "text", None])
@pytest.mark.parametrize("media_type", ["application/json", "Application/JSON; charset=utf-8", "application/x+json"])
async def test_json_is_read(value: Any, media_type: str) -> None:
    assert await read(json.dumps(value).encode(), media_type) == value


async def test_no_content_is_no_body_whatever_its_type() -> None:
    assert await read(b"", "text/plain") is None


@pytest.mark.parametrize("content", [b"{", b"[NaN]", b"[-Infinity]", b"[1e999]", b"[-1e999]", b'["\\ud800"]', b"\xff"])
async def test_what_is_no_json_is_refused(content: bytes) -> None:
    with pytest.raises(Refusal, match="The body is no JSON") as caught:
        await read(content)
    assert caught.value.status == 400


@pytest.mark.parametrize("media_type", ["", "text/plain", "application/jsonp", "multipart/form-data"])
async def test_another_type_than_json_is_refused(media_type: str) -> None:
    with pytest.raises(Refusal, match=r"The body must be application/json\.") as caught:
        await read(b"{}", media_type)
    assert caught.value.status == 415


async def test_a_form_has_texts_files_and_lists() -> None:
    files = [
        ("file", ("notes.md", b"# Notes", "text/markdown")),
        ("name", (None, b"first")),
        ("name", (None, b"last")),
        ("tags", (None, b"a")),
        ("tags", (None, b"b")),
    ]
    assert await read_form(files=files) == {
        "file": Upload("notes.md", "text/markdown", b"# Notes"),
        "name": "last",
        "tags": ["a", "b"],
    }
    assert await read_form(files=[("tags", (None, b"one"))]) == {"tags": ["one"]}


async def test_a_file_without_a_type() -> None:
    lines = ["--x", 'Content-Disposition: form-data; name="file"; filename="a"', "", "data", "--x--", ""]
    content = "\r\n".join(lines).encode()
    found = await read_body(CONTRACT, operation("/form"), content, "multipart/form-data; boundary=x")
    assert found == {"file": Upload("a", "application/octet-stream", b"data")}


async def test_a_part_may_be_as_large_as_the_body() -> None:
    assert await read_form(files=[("name", (None, b"x" * 3_000_000))]) == {"name": "x" * 3_000_000}


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"{}", "application/json", 415),
        (b"--x", "multipart/form-data", 400),
        (b"no form", "multipart/form-data; boundary=x", 400),
    ],
)
async def test_what_is_no_form_is_refused(content: bytes, media_type: str, status: int) -> None:
    with pytest.raises(Refusal) as caught:
        await read_body(CONTRACT, operation("/form"), content, media_type)
    assert caught.value.status == status


def test_what_is_measured_against_the_contract() -> None:
    file = Upload("a.txt", "text/plain", b"x")
    body = {"file": file, "files": [file, "text"], "name": None, "empty": "", "deep": {"kept": None}}
    assert for_validation(body) == {"file": "a.txt", "files": ["a.txt", "text"], "empty": "", "deep": {"kept": None}}
    assert [for_validation(each) for each in ([None], "text", None)] == [[None], "text", None]
