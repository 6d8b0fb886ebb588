"""URLs that are secrets do not reach the log of httpx in clear."""

from __future__ import annotations

import logging

import httpx
import pytest

from tests.http.stub import Stub

pytestmark = pytest.mark.usefixtures("logging_as_by_default")

CALL = {"id": "c", "monitor": {"controlUrl": "https://phone.vapi.ai/secret-id/control"}}


async def test_a_control_url_is_shown_without_its_path(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stub = Stub({})
    async with stub.client() as vapi:
        await vapi.live(CALL).say("Hi")
    assert str(stub.last.url) == "https://phone.vapi.ai/secret-id/control"
    assert "POST https://phone.vapi.ai/…" in caplog.text
    assert "secret-id" not in caplog.text


async def test_a_signed_link_is_shown_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    location = httpx.Response(302, headers={"location": "https://storage.example/a?signature=secret"})
    stub = Stub(location, httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert stub.last.url == "https://storage.example/a?signature=secret"
    assert "GET https://storage.example/a " in caplog.text
    assert "signature" not in caplog.text


async def test_other_requests_are_logged_as_they_are(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    async with Stub({}).client() as vapi:
        await vapi.live(CALL).say("Hi")
        await vapi.request("GET", "/x?q=1")
        async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as other:
            await other.get("https://elsewhere.example/secret-id")
    assert "GET https://api.vapi.ai/x?q=1 " in caplog.text
    assert "GET https://elsewhere.example/secret-id " in caplog.text, "what others send is theirs"
