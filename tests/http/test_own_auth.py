"""`auth=`: what stands in the place of the token, on every transport, and where it must not show."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from vapi_async import AsyncVapi, ConfigurationError, RequestError
from vapi_async._http.hooks import RequestEvent

Answer = Callable[[httpx.Request], httpx.Response]


def client(auth: Any, answer: Answer | None = None, **options: Any) -> tuple[AsyncVapi, list[httpx.Request]]:
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return answer(request) if answer else httpx.Response(200, json={"id": "c"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    return AsyncVapi(auth=auth, http_client=http, **options), sent


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token in the environment, which must not go anywhere here."""
    monkeypatch.setenv("VAPI_API_KEY", "from the environment".replace(" ", "-"))


async def test_header_fields_in_the_place_of_the_token() -> None:
    vapi, (sent) = client({"X-Api-Key": "k"})
    await vapi.calls.get("c")
    assert sent[0].headers["x-api-key"] == "k"
    assert "authorization" not in sent[0].headers


async def test_no_token_at_all() -> None:
    vapi, sent = client(None)
    await vapi.calls.get("c")
    assert "authorization" not in sent[0].headers


@pytest.mark.parametrize("is_async", [False, True])
async def test_a_callable_makes_the_fields_of_each_attempt(is_async: bool) -> None:
    events: list[tuple[str, str, int]] = []

    def sign(event: RequestEvent) -> dict[str, str]:
        events.append((event.method, event.url, event.attempt))
        return {"authorization": f"Signed {len(events)}"}

    async def sign_later(event: RequestEvent) -> dict[str, str]:
        return sign(event)

    def refuse_once(request: httpx.Request) -> httpx.Response:
        return httpx.Response(503, headers={"retry-after": "0"}) if len(sent) == 1 else httpx.Response(200, json={})

    vapi, sent = client(sign_later if is_async else sign, refuse_once)
    await vapi.calls.get("c")
    url = "https://api.vapi.ai/call/c"
    assert events == [("GET", url, 1), ("GET", url, 2)]
    assert [request.headers["authorization"] for request in sent] == ["Signed 1", "Signed 2"]


async def test_hooks_do_not_see_it_and_errors_do_not_show_it() -> None:
    seen: list[dict[str, str]] = []

    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(400, json={"message": f"bad key {request.headers['x-api-key']}"})

    vapi, _ = client({"x-api-key": "very-secret"}, echo, on_request=lambda event: seen.append(dict(event.headers)))
    with pytest.raises(RequestError) as caught:
        await vapi.calls.get("c")
    assert "x-api-key" not in seen[0]
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    assert "very-secret" not in told + repr(vapi) + str(caught.value.body)


async def test_it_goes_to_the_own_origin_only() -> None:
    vapi, sent = client(
        {"x-api-key": "k"}, lambda request: httpx.Response(302, headers={"location": "https://b.example/f"})
    )
    with pytest.raises(RequestError):
        await vapi.calls.mono_recording("c")
    elsewhere = [request for request in sent if request.url.host == "b.example"]
    assert elsewhere
    assert not any("x-api-key" in request.headers for request in elsewhere)
    with pytest.raises(ValueError, match="the token goes nowhere else"):
        await vapi.request("GET", "https://b.example/x")


async def test_copies_keep_it() -> None:
    vapi, sent = client({"x-api-key": "k"})
    await vapi.with_options(retry=0).calls.get("c")
    assert sent[0].headers["x-api-key"] == "k"


@pytest.mark.parametrize(
    ("auth", "said"),
    [
        ("Bearer x", "auth must be header fields"),
        ({"x-api-key": 7}, "auth: the header 'x-api-key' must be a str"),
        ({"x api": "k"}, "auth: 'x api' cannot be the name of a header"),
        ({"x-api-key": "a\nb"}, "auth: the value of the header 'x-api-key' has characters"),
    ],
)
def test_what_is_no_authorization_is_refused(auth: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        AsyncVapi(auth=auth)


async def test_a_callable_that_returns_something_else_is_refused() -> None:
    vapi, sent = client(lambda event: "Bearer x")
    with pytest.raises(ConfigurationError, match="auth must be header fields"):
        await vapi.calls.get("c")
    assert sent == []


def test_a_token_beside_it_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="give token= or auth=, not both"):
        AsyncVapi("token", auth={"x-api-key": "k"})
