"""Files behind a redirect: followed once, without the token."""

from __future__ import annotations

import httpx
import pytest

from tests.client.clocks import FakeClock
from tests.client.fault_server import Connection, FaultServer, ok
from tests.client.stub import Stub
from vapi_async import AsyncVapi, ConnectionLost, NotFoundError, PermissionDeniedError, RedirectError


async def test_a_redirect_is_followed_without_the_token() -> None:
    def file(connection: Connection) -> bool:
        connection.read()
        return connection.answer(200, b"\x00\x01", "content-type: audio/wav\r\n")

    with FaultServer(lambda _: file) as storage:

        def redirect(connection: Connection) -> bool:
            connection.read()
            return connection.answer(302, b"", f"location: {storage.url}/a.wav?signature=s\r\n")

        with FaultServer(lambda _: redirect) as server:
            async with AsyncVapi("t", base_url=server.url, headers={"x-own": "1"}) as vapi:
                assert await vapi.calls.mono_recording("c") == b"\x00\x01"
        assert server.received[0].headers["authorization"] == "Bearer t"
        assert server.received[0].headers["accept"] == "*/*"
        (request,) = storage.received
        assert request.target == "/a.wav?signature=s"
        assert not {"authorization", "x-own"} & set(request.headers)


async def test_a_file_may_come_at_once() -> None:
    async with Stub(httpx.Response(200, content=b"\x00")).client() as vapi:
        assert await vapi.calls.pcap("c") == b"\x00"


async def test_a_redirect_within_the_api_keeps_the_token() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "/elsewhere"}), httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert str(stub.last.url) == "https://api.vapi.ai/elsewhere"
    assert stub.last.headers["authorization"] == "Bearer test-token"


async def test_the_storage_is_asked_again_where_that_helps() -> None:
    location = httpx.Response(302, headers={"location": "https://storage.example/a?signature=s"})
    stub = Stub(location, 503, httpx.Response(200, content=b"x"))
    async with stub.client(clock=FakeClock()) as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert len(stub.requests) == 3


async def test_errors_do_not_show_the_signature() -> None:
    location = httpx.Response(302, headers={"location": "https://storage.example/a?signature=secret"})
    async with Stub(location, 403).client() as vapi:
        with pytest.raises(PermissionDeniedError) as caught:
            await vapi.calls.pcap("c")
    assert caught.value.url == "https://storage.example/a"
    assert "secret" not in f"{caught.value}{caught.value!r}{caught.value.response!r}"


async def test_what_is_not_there() -> None:
    async with Stub(404).client() as vapi:
        with pytest.raises(NotFoundError):
            await vapi.calls.pcap("c")


@pytest.mark.parametrize("location", [None, "ftp://storage.example/a"])
async def test_a_redirect_to_nowhere_is_an_error(location: str | None) -> None:
    answer = httpx.Response(302, headers={} if location is None else {"location": location})
    async with Stub(answer).client() as vapi:
        with pytest.raises(RedirectError):
            await vapi.calls.pcap("c")


async def test_a_redirect_that_makes_no_sense_leaves_open_what_happened() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "javascript:x"}))
    async with stub.client(retry=0) as vapi:
        with pytest.raises(ConnectionLost) as caught:
            await vapi.calls.create(assistant_id="a")
    assert caught.value.may_have_been_processed


async def test_redirects_are_followed_once() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "https://storage.example/a"}))
    async with stub.client() as vapi:
        with pytest.raises(RedirectError):
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 2


async def test_other_operations_follow_no_redirect() -> None:
    with FaultServer(lambda _: ok) as elsewhere:
        async with Stub(httpx.Response(302, headers={"location": elsewhere.url})).client() as vapi:
            with pytest.raises(RedirectError):
                await vapi.calls.get("c")
        assert elsewhere.connections == 0


async def test_nothing_shows_a_signature() -> None:
    seen: list[str] = []
    url = "https://storage.example/a?X-Amz-Signature=secret"
    location = httpx.Response(302, headers={"location": url}, content=f"Redirecting to {url}".encode())
    quoting = httpx.Response(403, content=b"<Error><CanonicalRequest>X-Amz-Signature=secret</CanonicalRequest></Error>")
    async with Stub(location, quoting).client(on_request=lambda event: seen.append(event.url)) as vapi:
        with pytest.raises(PermissionDeniedError) as storage:
            await vapi.calls.pcap("c")
    async with Stub(location).client() as vapi:
        with pytest.raises(RedirectError) as redirect:
            await vapi.calls.get("c")
    headers = redirect.value.headers
    assert "secret" not in f"{storage.value}{storage.value.message}{redirect.value}{redirect.value.message}{headers!r}"
    assert "https://storage.example/a?[hidden]" in repr(headers)
    assert headers["location"] == url
    assert seen == ["https://api.vapi.ai/call/c/pcap", "https://storage.example/a"]
