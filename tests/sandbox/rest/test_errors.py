"""What is refused, and how the API says so."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.walking import TOKEN
from vapi_async import AuthenticationError, BadRequestError
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.contract import load_contract
from vapi_async.sandbox.rest.crud import CrudHandlers
from vapi_async.sandbox.serving.app import SandboxApp
from vapi_async.sandbox.serving.custom_routes import CustomRoutes
from vapi_async.sandbox.serving.faults import Faults

OWN = load_contract()
RECORDED = sorted((Path(__file__).parents[4] / "shared" / "payloads" / "error").glob("validation-*.json"))


async def ask(method: str, path: str, **more: Any) -> httpx.Response:
    async with Sandbox() as sb:
        return await sb.http_client().request(method, path, headers=TOKEN, **more)


def refused(response: httpx.Response, status: int, error: str) -> Any:
    body = response.json()
    assert response.status_code == body["statusCode"] == status
    assert body["error"] == error
    return body["message"]


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=1001", "limit must not be greater than 1000"),
        ("limit=-1", "limit must not be less than 0"),
        ("limit=many", "limit must be a number"),
        ("limit=nan", "limit must be a number"),
        ("createdAtGt=yesterday", "createdAtGt must be a valid ISO 8601 date string"),
    ],
)
async def test_a_query_is_measured(query: str, message: str) -> None:
    assert refused(await ask("GET", f"/call?{query}"), 400, "Bad Request") == [message]


async def test_a_page_before_the_first() -> None:
    assert refused(await ask("GET", "/chat?page=0"), 400, "Bad Request") == ["page must not be less than 1"]


async def test_a_query_parameter_that_is_required() -> None:
    refusal = await ask("GET", "/traffic-allocations/latest")
    assert refused(refusal, 400, "Bad Request") == ["assistantId should not be null or undefined"]


async def test_a_choice_in_the_path() -> None:
    path = "/provider/nobody/pronunciation-dictionary"
    message = "provider must be one of the following values: cartesia, 11labs"
    assert refused(await ask("GET", path), 400, "Bad Request") == [message]


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        ({"silenceTimeoutSeconds": 5}, []),
        ({"maxDurationSeconds": 5}, ["maxDurationSeconds must not be less than 10"]),
        ({"name": "x" * 41}, ["name must be shorter than or equal to 40 characters"]),
        ({"name": 3}, ["name must be a string"]),
        ({"hooks": {}}, ["hooks must be an array"]),
        ({"model": {"provider": "openai"}}, ["model.model should not be null or undefined"]),
        ({"voice": {"provider": "11labs", "voiceId": "x", "speed": 9}}, ["voice.speed must not be greater than 1.2"]),
        ({"name": None}, []),
        ({"unheardOf": 1}, ["property unheardOf should not exist"]),
        ([], ["body must be an object"]),
    ],
)
async def test_a_body_is_measured(body: Any, messages: list[str]) -> None:
    response = await ask("POST", "/assistant", json=body)
    assert response.status_code == (400 if messages else 201)
    if messages:
        assert refused(response, 400, "Bad Request") == messages


async def test_a_body_that_is_required() -> None:
    assert refused(await ask("POST", "/squad"), 400, "Bad Request") == ["members should not be null or undefined"]


@pytest.mark.parametrize("content", [b"", b"null"])
@pytest.mark.parametrize("path", ["/call", "/assistant", "/chat", "/squad"])
async def test_no_body_is_an_empty_one(path: str, content: bytes) -> None:
    headers = {**TOKEN, "content-type": "application/json"}
    async with Sandbox() as sb:
        answer = await sb.http_client().post(path, content=content, headers=headers)
        assert answer.status_code == (201 if path == "/assistant" else 400)
        assert answer.json() != []


async def test_the_variants_of_a_union_are_named() -> None:
    (message,) = refused(await ask("POST", "/tool", json={"type": "fun"}), 400, "Bad Request")
    assert message.startswith("type must be one of the following values: apiRequest, code, dtmf, ")


async def test_what_is_wrong_with_a_variant_is_said_of_that_one() -> None:
    body = {"type": "function", "function": {"name": 3}}
    assert refused(await ask("POST", "/tool", json=body), 400, "Bad Request") == ["function.name must be a string"]


@pytest.mark.parametrize(
    "content", [b"{", b"\xff", b'{"a": NaN}', b'{"a": 1e999}', b'{"name": "\\ud800"}', b"[" * 100_000]
)
async def test_what_is_no_json(content: bytes) -> None:
    async with Sandbox() as sb:
        headers = {**TOKEN, "content-type": "application/json"}
        response = await sb.http_client().post("/assistant", content=content, headers=headers)
    assert "no JSON" in refused(response, 400, "Bad Request")


async def test_other_media_types() -> None:
    refused(await ask("POST", "/assistant", data={"name": "x"}), 415, "Unsupported Media Type")
    refused(await ask("POST", "/file", json={}), 415, "Unsupported Media Type")


async def test_forms() -> None:
    messages = refused(await ask("POST", "/file", files={"other": b""}), 400, "Bad Request")
    assert messages == ["file should not be null or undefined"]
    async with Sandbox() as sb:
        headers = {**TOKEN, "content-type": "multipart/form-data; boundary=x"}
        for content in (b"", b"--x\r\nrubbish"):
            assert (await sb.http_client().post("/file", content=content, headers=headers)).status_code == 400
        headers["content-type"] = "multipart/form-data"
        assert (await sb.http_client().post("/file", content=b"--x--", headers=headers)).status_code == 400


async def test_a_file_has_to_be_one() -> None:
    response = await ask("POST", "/file", files={"file": (None, "text")})
    assert refused(response, 400, "Bad Request") == ["file must be a file"]


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/nothing"), ("PUT", "/call"), ("DELETE", "/assistant"), ("GET", "/assistant/a/b")],
)
async def test_routes_that_there_are_not(method: str, path: str) -> None:
    assert refused(await ask(method, path), 404, "Not Found") == f"Cannot {method} {path}"


async def test_objects_that_there_are_not() -> None:
    assert refused(await ask("GET", "/phone-number/x"), 404, "Not Found") == "Couldn't find phone number x."


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer wrong"])
async def test_the_token_that_was_set_is_needed(header: str | None) -> None:
    async with Sandbox(token="right") as sb:
        headers = {} if header is None else {"authorization": header}
        response = await sb.http_client().get("/call", headers=headers)
        assert refused(response, 401, "Unauthorized").startswith("Invalid Key")
        assert [*await sb.client().calls.list()] == []
        with pytest.raises(AuthenticationError):
            await sb.client(token="wrong").calls.list()


async def test_any_token_is_taken_by_default() -> None:
    async with Sandbox() as sb:
        assert (await sb.http_client().get("/call")).status_code == 401
        assert (await sb.http_client().get("/call", headers={"authorization": "bearer x"})).status_code == 200


async def test_a_body_that_is_too_long() -> None:
    sb = Sandbox()
    app = SandboxApp(
        sb._state,
        CrudHandlers(sb._state),
        {},
        list,
        custom=CustomRoutes(),
        settle=lambda: None,
        token=None,
        public_token=None,
        requests=[],
        faults=Faults(),
        max_body=10,
    )
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
        response = await http.post("/assistant", json={"name": "long enough"}, headers=TOKEN)
    refused(response, 413, "Payload Too Large")


async def test_the_client_makes_its_errors_of_them() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        with pytest.raises(BadRequestError, match="name must be shorter than or equal to 40 characters"):
            await vapi.assistants.create(name="x" * 41)


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
async def test_the_form_is_that_of_recorded_answers(path: Path) -> None:
    recorded = json.loads(path.read_bytes())  # noqa: ASYNC240
    answer = (await ask("GET", "/call?limit=1001")).json()
    assert {key: type(value) for key, value in answer.items()} == {key: type(value) for key, value in recorded.items()}


@pytest.mark.parametrize("page", ["abc", "nan", "1e999", "-1"])
async def test_a_parameter_that_a_list_does_not_have_says_nothing(page: str) -> None:
    for path in ("/assistant", "/call"):
        assert (await ask("GET", f"{path}?limit=1&page={page}")).json() == []


async def test_a_value_of_another_type_beside_a_choice_of_values() -> None:
    monitor = {"name": "m", "category": "technical", "type": "boolean", "triggers": [], "targets": 7}
    refusal = await ask("POST", "/monitoring/monitor", json=monitor)
    assert "targets must be" in refused(refusal, 400, "Bad Request")[0]
