"""What comes back: values, details, and what is no JSON."""

from __future__ import annotations

import gzip
import json
from typing import Any

import anyio
import httpx
import pytest

from tests.http.conftest import Runner
from tests.http.stub import Stub
from vapi_async import AsyncVapi, ConnectionLost, DecodeError, NotFoundError, Response, StatusError
from vapi_async._operations.operation import Operation
from vapi_async.models import Call, CallBatchResponse
from vapi_async.resource import Resource


@pytest.mark.parametrize("status", [200, 201, 202, 206])
async def test_any_2xx_is_decoded(status: int) -> None:
    async with Stub(httpx.Response(status, json={"id": "c", "orgId": "o"})).client() as vapi:
        call = await vapi.calls.get("c")
    assert isinstance(call, Call)
    assert call.id == "c"


@pytest.mark.parametrize("answer", [httpx.Response(204), httpx.Response(200), httpx.Response(200, content=b" \n")])
async def test_no_content_is_none(answer: httpx.Response) -> None:
    async with Stub(answer).client() as vapi:
        assert await vapi.calls.delete("c") is None


async def test_a_stream_that_was_not_asked_for_says_how_to_read_it() -> None:
    events = httpx.Response(200, headers={"content-type": "text/event-stream"}, content=b"data: {}\n\n")
    async with Stub(events).client() as vapi:
        with pytest.raises(DecodeError, match=r"events, which chats\.stream") as caught:
            await vapi.chats.create(input="hello", stream=True)
    assert caught.value.raw == b"data: {}\n\n"


async def test_unions_are_decoded() -> None:
    async with Stub({"results": [], "errors": []}, {"id": "c"}).client() as vapi:
        assert isinstance(await vapi.calls.create(customers=[]), CallBatchResponse)
        assert isinstance(await vapi.calls.create(), Call)


async def test_an_operation_without_a_schema_returns_the_json() -> None:
    stub = Stub([1, {"a": None}])
    async with stub.client() as vapi:
        assert await Resource(vapi)._send(Operation("GET", "/x")) == [1, {"a": None}]


async def test_json_is_read_whatever_it_calls_itself() -> None:
    answer = httpx.Response(200, content=b'\xef\xbb\xbf{"id": "\xc3\xbc"}', headers={"content-type": "text/plain"})
    async with Stub(answer).client() as vapi:
        assert (await vapi.calls.get("c")).id == "ü"


@pytest.mark.parametrize(
    "content",
    [
        b"<html><title>Welcome</title></html>",
        b'{"id": "c',
        b"OK",
        b"\xff\xfe\xfd",
        b"[" * 100_000,
        b"NaNa",
        b"1" * 5000,
    ],
    ids=["html", "cut off", "text", "garbage", "deep", "constant", "number"],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_what_is_no_json_is_a_decode_error_that_keeps_it(content: bytes, method: str) -> None:
    stub = Stub(httpx.Response(200, content=content, headers={"x-request-id": "r1"}))
    async with stub.client() as vapi:
        with pytest.raises(DecodeError, match=rf"{method} /x: .*request r1, 1 attempt") as caught:
            await vapi.request(method, "/x")
    error = caught.value
    assert error.raw == content
    assert error.response is not None
    assert error.response.status_code == 200
    assert error.may_have_been_processed is (method == "POST")
    assert len(stub.requests) == 1


async def test_a_decode_error_shows_how_a_page_begins() -> None:
    async with Stub(httpx.Response(200, content=b"<html><head><title>Sign in</title>")).client() as vapi:
        with pytest.raises(DecodeError, match="Sign in"):
            await vapi.calls.get("c")


async def test_a_decoder_that_fails_is_a_decode_error_too() -> None:
    def broken(value: Any) -> Any:
        raise KeyError(value)

    async with Stub({"id": "c"}).client() as vapi:
        with pytest.raises(DecodeError) as caught:
            await Resource(vapi)._send(Operation("POST", "/x", returns=broken))
    assert caught.value.raw == b'{"id":"c"}'
    assert caught.value.may_have_been_processed


async def test_compressed_answers() -> None:
    def answer(content: bytes) -> httpx.Response:
        stream = httpx.ByteStream(content)
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=stream)

    async with Stub(answer(gzip.compress(b'{"id": "c"}')), answer(b"no gzip")).client() as vapi:
        assert (await vapi.calls.get("c")).id == "c"
        with pytest.raises(DecodeError, match="gzip") as caught:
            await vapi.calls.get("c")
    assert caught.value.raw == b"no gzip"


async def test_detailed_gives_the_answer_with_the_value() -> None:
    answer = httpx.Response(201, json={"id": "c"}, headers={"X-Request-Id": "r1", "X-A": "1"})
    async with Stub(httpx.Response(503, headers={"retry-after-ms": "1"}), answer).client() as vapi:
        response = await vapi.detailed(vapi.calls.get, "c")
    assert isinstance(response, Response)
    assert isinstance(response.parsed, Call)
    assert (response.status_code, response.attempts, response.request_id) == (201, 2, "r1")
    assert (response.method, response.url) == ("GET", "https://api.vapi.ai/call/c")
    assert response.headers["x-a"] == "1"
    assert response.json() == {"id": "c"}
    assert response.text() == '{"id":"c"}'
    assert repr(response) == "<Response 201 of GET https://api.vapi.ai/call/c, 10 bytes>"


async def test_detailed_works_for_lists_copies_and_free_requests() -> None:
    async with Stub([{"id": "c"}]).client() as vapi:
        page = await vapi.detailed(vapi.calls.list, limit=5)
        assert [call.id for call in page.parsed] == ["c"]
        assert page.url.endswith("?limit=5")
        copy = vapi.with_options(timeout=5)
        assert (await vapi.detailed(copy.request, "GET", "/y")).parsed == [{"id": "c"}]


async def test_detailed_of_something_that_sends_nothing() -> None:
    async def nothing() -> None:
        pass

    async with Stub().client() as vapi:
        with pytest.raises(TypeError, match="sent no request"):
            await vapi.detailed(nothing)


def test_detailed_keeps_concurrent_tasks_apart(run: Runner) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"id": request.url.path.rpartition("/")[2]})

    stub = Stub()
    stub.__class__ = type("Echo", (Stub,), {"__call__": lambda self, request: echo(request)})
    seen: dict[str, tuple[str, str]] = {}

    async def one(vapi: Any, name: str) -> None:
        response = await vapi.detailed(vapi.calls.get, name)
        seen[name] = (response.parsed.id, response.url.rpartition("/")[2])

    async def main() -> None:
        async with stub.client() as vapi, anyio.create_task_group() as group:
            for number in range(50):
                group.start_soon(one, vapi, str(number))

    run(main)
    assert seen == {str(n): (str(n), str(n)) for n in range(50)}


# Free requests


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("/credential", "https://proxy.example/vapi/credential"),
        ("credential", "https://proxy.example/vapi/credential"),
        ("/a?b=1", "https://proxy.example/vapi/a?b=1&q=2"),
        ("/a#fragment", "https://proxy.example/vapi/a"),
        ("https://proxy.example/other", "https://proxy.example/other"),
        ("https://PROXY.example:443/other", "https://proxy.example/other"),
        ("/a?next=https://x.example", "https://proxy.example/vapi/a?next=https://x.example&q=2"),
        ("/a@b.example", "https://proxy.example/vapi/a@b.example"),
    ],
)
async def test_free_requests_go_below_the_base_url(path: str, url: str) -> None:
    stub = Stub({"a": 1})
    async with stub.client(base_url="https://proxy.example/vapi") as vapi:
        assert await vapi.request("get", path, query={"q": 2} if "q=2" in url else {}) == {"a": 1}
    assert str(stub.last.url) == url
    assert stub.last.method == "GET"


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example/x",
        "http://proxy.example/vapi/x",
        "https://proxy.example:8443/x",
        "https://user@proxy.example/x",
        "https://proxy.example@evil.example/x",
        "//evil.example/x",
        "\\\\evil.example/x",
        "ftp://proxy.example/x",
        "evil://x",
    ],
)
async def test_free_requests_go_nowhere_else(path: str) -> None:
    stub = Stub()
    async with stub.client(base_url="https://proxy.example/vapi") as vapi:
        with pytest.raises(ValueError, match="the token goes nowhere else"):
            await vapi.request("GET", path)
    assert stub.requests == []


async def test_free_requests_have_bodies_and_headers() -> None:
    stub = Stub()
    async with stub.client() as vapi:
        await vapi.request("POST", "/x", json=None, headers={"x-a": "1"})
        assert stub.last.content == b"null"
        assert stub.last.headers["x-a"] == "1"
        await vapi.request("POST", "/x")
        assert stub.last.headers["content-length"] == "0"
        with pytest.raises(ValueError, match="no HTTP method"):
            await vapi.request("G T", "/x")


# Borrowed clients


class Meddling(httpx.Auth):
    def auth_flow(self, request: httpx.Request) -> Any:
        request.headers["authorization"] = "Basic meddling"
        yield request


async def test_a_borrowed_client_is_neither_obeyed_nor_changed() -> None:
    stub = Stub(
        httpx.Response(200, json={}, headers={"set-cookie": "a=b"}), httpx.Response(302, headers={"location": "/y"})
    )
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(stub),
        auth=Meddling(),
        cookies={"c": "d"},
        headers={"x-theirs": "1"},
        base_url="https://theirs.example/base",
        params={"p": "1"},
        follow_redirects=True,
        timeout=1,
    ) as http:
        before = dict(http.cookies)
        from vapi_async import AsyncVapi

        async with AsyncVapi("t", http_client=http) as vapi:
            await vapi.calls.get("c")
            with pytest.raises(StatusError):
                await vapi.calls.get("c")
        assert not http.is_closed
        assert dict(http.cookies) == before
        assert http.auth is not None
        assert http.timeout == httpx.Timeout(1)
    assert [str(request.url) for request in stub.requests] == ["https://api.vapi.ai/call/c"] * 2
    headers = stub.last.headers
    assert headers["authorization"] == "Bearer t"
    assert not {"cookie", "x-theirs"} & set(headers)


async def test_a_borrowed_client_may_be_opened_later_by_its_owner() -> None:
    from vapi_async import AsyncVapi

    http = httpx.AsyncClient(transport=httpx.MockTransport(Stub({})))
    async with AsyncVapi("t", http_client=http) as vapi:
        await vapi.calls.get("c")
    async with http:
        pass


async def test_the_hooks_and_methods_of_a_borrowed_client_stay() -> None:
    from vapi_async import AsyncVapi

    seen: list[str] = []

    class Tracing(httpx.AsyncClient):
        async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
            seen.append("send")
            return await super().send(request, **options)

    async def read_it(response: httpx.Response) -> None:
        await response.aread()
        seen.append("hook")

    http = Tracing(transport=httpx.MockTransport(Stub({"id": "c"})), event_hooks={"response": [read_it]})
    async with http, AsyncVapi("t", http_client=http) as vapi:
        assert (await vapi.calls.get("c")).id == "c"
    assert seen == ["send", "hook"]


async def test_a_borrowed_client_that_closes_itself_is_not_closed_by_us() -> None:
    from vapi_async import AsyncVapi

    closed: list[str] = []

    class Closing(httpx.AsyncClient):
        def __del__(self) -> None:
            closed.append("closed")

    http = Closing(transport=httpx.MockTransport(Stub({"id": "c"})))
    async with AsyncVapi("t", http_client=http) as vapi:
        await vapi.calls.get("c")
    del vapi
    assert closed == []
    await http.aclose()


@pytest.mark.parametrize("reads", [False, True])
async def test_a_borrowed_client_may_raise_for_status(reads: bool) -> None:
    from vapi_async import AsyncVapi

    async def hook(response: httpx.Response) -> None:
        if reads:
            await response.aread()
        response.raise_for_status()

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(404, stream=httpx.ByteStream(b'{"message": "gone"}'), headers={"x-request-id": "r"})

    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), event_hooks={"response": [hook]})
    async with http, AsyncVapi("t", http_client=http) as vapi:
        with pytest.raises(NotFoundError) as caught:
            await vapi.calls.get("c")
    assert (caught.value.attempts, caught.value.request_id) == (1, "r")
    assert caught.value.message == ("gone" if reads else "")


@pytest.mark.parametrize("content", [b"", b" \n"])
async def test_a_post_that_does_not_say_what_it_made_is_an_error(content: bytes) -> None:
    async with Stub(httpx.Response(201, content=content)).client() as vapi:
        with pytest.raises(DecodeError, match=r"the 201 answer is empty .*may have been processed") as caught:
            await vapi.calls.create(assistant_id="a")
        assert caught.value._trace is not None
        assert await vapi.calls.get("c") is None
        assert await vapi.request("POST", "/x") is None
    async with Stub(204).client() as vapi:
        assert await vapi.calls.create(assistant_id="a") is None


@pytest.mark.parametrize(("value", "what"), [(None, "null"), ([], "array"), (5, "number"), ("ok", "string")])
async def test_a_post_that_is_answered_with_something_else_than_it_made_is_an_error(value: Any, what: str) -> None:
    content = json.dumps(value).encode()
    async with Stub(httpx.Response(201, content=content)).client() as vapi:
        tool = vapi.tools.create({"type": "dtmf"})
        for create in (vapi.calls.create(assistant_id="a"), vapi.assistants.create(), tool):
            with pytest.raises(DecodeError, match=rf"the 201 answer is {what}, not what the contract") as caught:
                await create
            assert caught.value.may_have_been_processed
            assert (caught.value.parsed, caught.value.raw) == (value, content)
        assert await vapi.request("POST", "/x") == value
        assert await vapi.calls.get("c") == value


async def test_a_post_whose_answer_is_a_list_may_be_answered_with_an_empty_one() -> None:
    async with Stub(httpx.Response(200, json=[])).client() as vapi:
        assert await vapi.analytics.get(queries=[]) == []


async def test_a_compressed_answer_that_was_cut_short_is_lost() -> None:
    content = gzip.compress(b'{"id": "c", "name": "' + bytes(range(97, 123)) + b'"}')[:-9]
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(content))
    async with Stub(answer).client(retry=0) as vapi:
        with pytest.raises(ConnectionLost, match="the gzip body was cut short"):
            await vapi.calls.get("c")


async def test_an_answer_without_a_body_may_call_itself_compressed() -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=httpx.ByteStream(b""))
    async with Stub(answer).client() as vapi:
        assert await vapi.calls.delete("c") is None


async def test_detailed_within_detailed() -> None:
    async with Stub({"id": "c"}).client() as vapi:

        async def wrapper() -> str:
            return (await vapi.detailed(vapi.calls.get, "c")).parsed.id

        answer = await vapi.detailed(wrapper)
    assert (answer.parsed, answer.status_code) == ("c", 200)


class TestAnotherParser:
    async def test_answers_are_parsed_with_it(self) -> None:
        parsed: list[bytes] = []

        def parse(content: bytes) -> object:
            parsed.append(content)
            return json.loads(content)

        answers = [httpx.Response(200, content=b'{"id": "c"}'), httpx.Response(200, content=b" "), httpx.Response(200)]
        async with Stub(*answers).client(json_loads=parse) as vapi:
            assert (await vapi.calls.get("c")).id == "c"
            assert await vapi.with_options(json_loads=json.loads).calls.delete("c") is None
            assert await vapi.with_options(timeout=1).calls.delete("c") is None
        assert parsed == [b'{"id": "c"}', b""]

    @pytest.mark.parametrize("library", ["orjson", "msgspec"])
    async def test_what_others_make_of_it(self, library: str) -> None:
        module = pytest.importorskip(library)
        parse = module.loads if library == "orjson" else module.json.decode
        answers = [httpx.Response(200, json={"id": "c", "cost": 1.5}), httpx.Response(200, content=b"{broken")]
        async with Stub(*answers).client(json_loads=parse) as vapi:
            assert (await vapi.calls.get("c")).cost == 1.5
            with pytest.raises(DecodeError, match="is not JSON"):
                await vapi.calls.get("c")

    def test_it_is_a_function(self) -> None:
        with pytest.raises(TypeError, match="json_loads must be a function of bytes"):
            AsyncVapi("t", json_loads=b"")  # type: ignore[arg-type]
