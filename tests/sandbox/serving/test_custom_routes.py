"""Routes of a test's own, and which key is good for what."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import answer, ask
from vapi_async.sandbox import Record, Refusal, Sandbox


async def test_a_route_answers_what_the_contract_lacks() -> None:
    sandbox = Sandbox()

    async def made(request: Record) -> Any:
        return 201, {"id": request.params["id"], "said": request.body}

    sandbox.route("POST /x/{id}", made)
    sandbox.route("GET /x", lambda request: [request.query["a"]])
    found = await answer(sandbox, "POST", "/x/7", {"b": 1})
    assert (found.status_code, found.json()) == (201, {"id": "7", "said": {"b": 1}})
    assert await ask(sandbox, "GET", "/x", params={"a": "1"}) == ["1"]
    assert sandbox.assert_called("POST /x/{id}", b=1)[0].status == 201
    assert (await answer(sandbox, "DELETE", "/x/7")).status_code == 404
    assert (await answer(sandbox, "GET", "/x", headers={})).status_code == 401


async def test_a_route_goes_before_what_the_sandbox_does() -> None:
    sandbox = Sandbox()

    def refuse(request: Record) -> Any:
        raise Refusal(403, "Not today.")

    sandbox.route("POST /assistant", refuse)
    refused = await answer(sandbox, "POST", "/assistant", {"name": "A"})
    assert (refused.status_code, refused.json()["message"]) == (403, "Not today.")
    assert sandbox.objects("/assistant") == []
    assert await ask(sandbox, "GET", "/assistant") == []


async def test_a_route_can_fail_on_order() -> None:
    sandbox = Sandbox()
    sandbox.route("GET /x", lambda request: {})
    sandbox.fail("GET /x", status=500)
    assert [(await answer(sandbox, "GET", "/x")).status_code for _ in range(2)] == [500, 200]


@pytest.mark.parametrize("operation", ["/x", "GET x", "FETCH /x", "GET"])
def test_a_route_is_a_method_and_a_path(operation: str) -> None:
    with pytest.raises(ValueError, match="give a method and a path"):
        Sandbox().route(operation, lambda request: {})


async def test_a_public_key_is_good_for_calls_in_the_browser_alone() -> None:
    sandbox = Sandbox(token="private", public_token="public")
    public, private = ({"headers": {"authorization": f"Bearer {key}"}} for key in ("public", "private"))
    body = {"assistant": {"name": "A"}}
    assert (await answer(sandbox, "POST", "/call/web", body, **public)).status_code == 201
    assert (await answer(sandbox, "POST", "/call/web", body, **private)).status_code == 201
    refused = await answer(sandbox, "GET", "/assistant", **public)
    assert (refused.status_code, "public key" in refused.json()["message"]) == (401, True)
    assert (await answer(sandbox, "GET", "/assistant", **private)).status_code == 200
