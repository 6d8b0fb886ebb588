"""Every operation of the contract: called with the least it needs, its request valid, its answer decoded losslessly."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
import respx

from tests.contract import own_contract
from tests.operations.surface import Method, methods
from vapi_async import AsyncVapi
from vapi_async._modeling.model import Model
from vapi_async._modeling.unknown_variant import UnknownVariant

CONTRACT = own_contract()
METHODS = {method.key: method for method in methods()}
OPERATIONS = {(verb, path): operation for verb, path, operation in CONTRACT.operations()}
BASE = "https://api.vapi.ai"
DOWNLOADS = {
    key for key, method in METHODS.items() if "recording" in method.name or method.name in {"pcap", "call_logs"}
}


def body_schema(operation: Any) -> Any:
    content = operation.get("requestBody", {}).get("content", {})
    return next((part["schema"] for part in content.values()), None)


def answer_schema(operation: Any) -> tuple[int, Any]:
    """The main 2xx answer: the first that says more than that it is an object."""
    answers = [
        (int(status), response.get("content", {}).get("application/json", {}).get("schema"))
        for status, response in sorted(operation["responses"].items())
        if status.startswith("2")
    ]
    typed = [(status, schema) for status, schema in answers if schema]
    return min(typed or answers, key=lambda pair: pair[1] == {"type": "object"})


def arguments(method: Method, operation: Any) -> dict[str, Any]:
    """The least that the method has to be given: path arguments, required query parameters, a minimal body."""
    given = {}
    for parameter in operation.get("parameters", []):
        name = next(n for n in method.parameters if n.replace("_", "") == parameter["name"].lower())
        if parameter["in"] == "path":
            given[name] = CONTRACT.example(parameter["schema"]) if "enum" in parameter["schema"] else "a/b c?d"
        elif parameter.get("required") and parameter["in"] == "query":
            given[name] = CONTRACT.example(parameter["schema"])
    schema = body_schema(operation)
    if schema and "request" in method.parameters:
        given["request"] = b"" if method.operation.files else CONTRACT.example(schema)
    if method.operation.files:
        given["request"] = {**CONTRACT.example(schema), "file": b"some bytes"}
    return given


def plain(value: Any) -> Any:
    """What a call returned, as JSON again."""
    if isinstance(value, Model | UnknownVariant):
        return value.to_dict()
    return [plain(item) for item in value] if isinstance(value, list) else value


def test_every_operation_has_one_method() -> None:
    assert METHODS.keys() == OPERATIONS.keys()


@pytest.mark.parametrize("key", sorted(OPERATIONS.keys() - DOWNLOADS), ids=" ".join)
@pytest.mark.parametrize("variant", [0, 1])
async def test_request_and_answer_keep_to_the_contract(key: tuple[str, str], variant: int) -> None:
    method, operation = METHODS[key], OPERATIONS[key]
    status, schema = answer_schema(operation)
    answer = CONTRACT.example(schema, full=True, variant=variant) if schema else {"free": ["form"]}
    given = arguments(method, operation)
    with respx.mock(base_url=BASE) as router:
        route = router.route(method=key[0]).mock(return_value=httpx.Response(status, json=answer))
        async with AsyncVapi(token="test-token") as vapi:
            result = await method.bound(vapi)(**given)
    request = route.calls.last.request
    assert_request_conforms(request, key, given)
    items = [*result] if method.operation.__class__.__name__ == "ListOperation" else None
    if items is not None:
        expected = answer if isinstance(answer, list) else answer["results"]
        assert plain(items) == expected
    else:
        assert plain(result) == answer
        assert_declared_type(method, result, schema)


def assert_request_conforms(request: httpx.Request, key: tuple[str, str], given: dict[str, Any]) -> None:
    operation = OPERATIONS[key]
    assert request.headers["authorization"] == "Bearer test-token"
    segments = request.url.raw_path.decode().partition("?")[0].split("/")
    template = key[1].split("/")
    assert len(segments) == len(template)
    for sent, wanted in zip(segments, template, strict=True):
        assert unquote(sent) in given.values() if wanted.startswith("{") else sent == wanted
    parameters = {p["name"]: p["schema"] for p in operation.get("parameters", []) if p["in"] == "query"}
    for name, value in request.url.params.multi_items():
        assert CONTRACT.errors(value, parameters[name]) == []
    schema = body_schema(operation)
    if schema is None:
        assert request.content == b""
    elif request.headers["content-type"].startswith("multipart/form-data"):
        assert b'name="file"' in request.content
        assert b"some bytes" in request.content
    else:
        assert request.headers["content-type"] == "application/json"
        assert CONTRACT.errors(json.loads(request.content), schema) == []


def assert_declared_type(method: Method, result: Any, schema: Any) -> None:
    """The class is the schema's own; of a union it is one of its variants, never Unknown."""
    if schema and "$ref" in schema:
        assert type(result).__name__ == schema["$ref"].rpartition("/")[2]
    elif schema and "oneOf" in schema:
        assert isinstance(result, Model)
        assert not isinstance(result, UnknownVariant)
