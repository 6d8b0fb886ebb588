"""Which keys are taken, and for what."""

from __future__ import annotations

import pytest

from vapi_async.sandbox import Sandbox

WEB = {"assistant": {"name": "A"}}


@pytest.mark.parametrize(
    ("key", "method", "path", "status"),
    [
        ("private", "POST", "/call/web", 201),
        ("public", "POST", "/call/web", 201),
        ("other", "POST", "/call/web", 401),
        ("private", "GET", "/assistant", 200),
        ("public", "GET", "/assistant", 401),
        ("public", "POST", "/call", 401),
        ("", "GET", "/assistant", 401),
    ],
)
async def test_the_public_key_is_good_for_web_calls_alone(key: str, method: str, path: str, status: int) -> None:
    async with Sandbox(token="private", public_token="public") as sandbox, sandbox.http_client() as http:
        body = WEB if method == "POST" else None
        answer = await http.request(method, path, json=body, headers={"authorization": f"Bearer {key}"})
    assert answer.status_code == status


async def test_without_one_any_key_is_taken() -> None:
    async with Sandbox(public_token="public") as sandbox, sandbox.http_client() as http:
        for key, status in (("any", 200), ("public", 401)):
            answer = await http.get("/assistant", headers={"authorization": f"Bearer {key}"})
            assert answer.status_code == status
