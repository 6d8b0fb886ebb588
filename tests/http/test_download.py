"""Files behind a redirect: followed without the token."""

from __future__ import annotations

import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.fault_server import Connection, FaultServer, ok
from tests.http.stub import Stub
from vapi_async import AsyncVapi, BadRequestError, NotFoundError, PermissionDeniedError, RedirectError


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
    async with Stub(location, 403, location, 403).client() as vapi:
        with pytest.raises(PermissionDeniedError) as caught:
            await vapi.calls.pcap("c")
    assert caught.value.url == "https://storage.example/a"
    assert "secret" not in f"{caught.value}{caught.value!r}{caught.value.response!r}"


async def test_what_is_not_there() -> None:
    async with Stub(404).client() as vapi:
        with pytest.raises(NotFoundError):
            await vapi.calls.pcap("c")


@pytest.mark.parametrize("location", [None, "ftp://storage.example/a", "https://u:p@storage.example/a", "//[nowhere"])
async def test_a_redirect_to_nowhere_is_an_error(location: str | None) -> None:
    answer = httpx.Response(302, headers={} if location is None else {"location": location})
    async with Stub(answer).client() as vapi:
        with pytest.raises(RedirectError):
            await vapi.calls.pcap("c")


async def test_a_redirect_that_makes_no_sense_leaves_open_what_happened() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "javascript:x"}))
    async with stub.client(retry=0) as vapi:
        with pytest.raises(RedirectError) as caught:
            await vapi.calls.create(assistant_id="a")
    assert caught.value.may_have_been_processed


async def test_redirects_are_followed_five_times() -> None:
    def hop(number: int) -> httpx.Response:
        return httpx.Response(302, headers={"location": f"https://storage.example/{number}"})

    stub = Stub(*map(hop, range(5)), httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    stub = Stub(*map(hop, range(5)), hop(5))
    async with stub.client() as vapi:
        with pytest.raises(RedirectError, match="more than 5 redirects"):
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 6


async def test_a_redirect_of_the_storage_may_be_relative() -> None:
    first = httpx.Response(302, headers={"location": "https://storage.example/a/b?signature=s"})
    second = httpx.Response(307, headers={"location": "../c?signature=t"})
    stub = Stub(first, second, httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert str(stub.last.url) == "https://storage.example/c?signature=t"


async def test_a_storage_cannot_have_the_token_sent() -> None:
    away = httpx.Response(302, headers={"location": "https://storage.example/a"})
    back = httpx.Response(302, headers={"location": "https://api.vapi.ai/secret"})
    stub = Stub(away, back, httpx.Response(200, content=b"x"))
    async with stub.client(headers={"x-own": "1"}) as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert not {"authorization", "x-own"} & set(stub.last.headers)


async def test_a_redirect_from_https_to_http_is_refused() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "http://storage.example/a?signature=secret"}))
    async with stub.client() as vapi:
        with pytest.raises(RedirectError, match="from https to http") as caught:
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 1
    assert caught.value.status_code == 302
    assert caught.value.headers["location"] == "http://storage.example/a?signature=secret"
    assert "secret" not in str(caught.value)


async def test_this_machine_needs_no_https() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "http://127.0.0.1/a"}), httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"


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
    stub = Stub(location, quoting, location, quoting)
    async with stub.client(on_request=lambda event: seen.append(event.url)) as vapi:
        with pytest.raises(PermissionDeniedError) as storage:
            await vapi.calls.pcap("c")
    async with Stub(location).client() as vapi:
        with pytest.raises(RedirectError) as redirect:
            await vapi.calls.get("c")
    headers = redirect.value.headers
    assert "secret" not in f"{storage.value}{storage.value.message}{redirect.value}{redirect.value.message}{headers!r}"
    assert "https://storage.example/a?[hidden]" in repr(headers)
    assert headers["location"] == url
    assert seen == 2 * ["https://api.vapi.ai/call/c/pcap", "https://storage.example/a"]


@pytest.mark.parametrize(
    "refusal",
    [401, 403, 404, 410, httpx.Response(400, content=b"<Error><Code>ExpiredToken</Code></Error>")],
    ids=["401", "403", "404", "410", "400"],
)
async def test_a_link_that_expired_is_asked_for_anew(refusal: int | httpx.Response) -> None:
    links = [httpx.Response(302, headers={"location": f"https://storage.example/{name}"}) for name in "ab"]
    stub = Stub(links[0], refusal, links[1], httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
    assert [request.url.path for request in stub.requests] == ["/call/c/pcap", "/a", "/call/c/pcap", "/b"]


async def test_a_link_is_asked_for_anew_once() -> None:
    link = httpx.Response(302, headers={"location": "https://storage.example/a"})
    stub = Stub(link, 403, link, 403, 500)
    async with stub.client() as vapi:
        with pytest.raises(PermissionDeniedError):
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 4


async def test_any_other_refusal_of_the_storage_is_final() -> None:
    stub = Stub(httpx.Response(302, headers={"location": "https://storage.example/a"}), 400)
    async with stub.client() as vapi:
        with pytest.raises(BadRequestError):
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 2


async def test_what_the_api_itself_refuses_is_final() -> None:
    stub = Stub(403)
    async with stub.client() as vapi:
        with pytest.raises(PermissionDeniedError):
            await vapi.calls.pcap("c")
    assert len(stub.requests) == 1


async def test_the_answer_behind_the_file() -> None:
    stub = Stub(
        httpx.Response(302, headers={"location": "https://storage.example/a?signature=secret"}),
        httpx.Response(200, content=b"x", headers={"content-type": "audio/wav"}),
    )
    async with stub.client() as vapi:
        answer = await vapi.detailed(vapi.calls.pcap, "c")
    assert (answer.parsed, answer.content, answer.status_code) == (b"x", b"x", 200)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.url == "https://storage.example/a"


async def test_nothing_is_sent_before_it_is_asked_for() -> None:
    stub = Stub(httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        download = vapi.calls.pcap("c")
        assert stub.requests == []
        assert repr(download) == "<Download GET /call/c/pcap>"
        assert [await download, await download.read()] == [b"x", b"x"]
        with pytest.raises(ValueError, match="id"):
            vapi.calls.pcap("")
        with pytest.raises(TypeError, match="more"):
            vapi.calls.pcap("c", more=1)  # type: ignore[call-arg, unused-ignore]


@pytest.mark.parametrize("borrowed", [False, True])
@pytest.mark.parametrize(
    "location",
    [
        "https://[nowhere",
        "https://storage.example:99999/a",
        "https://u:p@storage.example/a",
        "https://a b/",
        "https://\u00ff\u00ff.-/",
    ],
)
async def test_a_redirect_to_an_unusable_url_is_one_request(location: str, borrowed: bool) -> None:
    def redirect(connection: Connection) -> bool:
        connection.read()
        return connection.answer(302, b"", f"location: {location}\r\n")

    with FaultServer(lambda _: redirect) as server:
        async with (
            httpx.AsyncClient() as http,
            AsyncVapi("t", base_url=server.url, http_client=http if borrowed else None, clock=FakeClock()) as vapi,
        ):
            with pytest.raises(RedirectError):
                await vapi.calls.mono_recording("c")
        assert len(server.received) == 1


async def test_port_0_is_another_origin() -> None:
    """Nothing can be sent there; the token least of all."""
    stub = Stub(httpx.Response(302, headers={"location": "https://api.vapi.ai:0/a"}), httpx.Response(200, content=b"x"))
    async with stub.client() as vapi:
        assert await vapi.calls.pcap("c") == b"x"
        assert "authorization" not in stub.last.headers
        with pytest.raises(ValueError, match="not of the origin"):
            await vapi.request("GET", "https://api.vapi.ai:0/call")
