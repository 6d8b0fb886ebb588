"""The tree of errors, and what errors say and carry."""

from __future__ import annotations

import builtins
import copy
import inspect
import pickle
import re
from typing import Any

import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import AsyncVapi, errors
from vapi_async._modeling.unset import UNSET
from vapi_async.errors import RequestError, StatusError, VapiError, status_error_class
from vapi_async.models import AssistantPinnedConflictResponseDTO, SimulationRunPaymentRequiredResponse

CLASSES = {name: kind for name, kind in vars(errors).items() if inspect.isclass(kind) and issubclass(kind, VapiError)}


def test_the_docstring_shows_the_tree() -> None:
    """Every class of the tree stands below the nearest class that is its base."""
    documented = {name for name in re.findall(r"\b[A-Z]\w+", errors.__doc__ or "") if name in CLASSES}
    assert documented == set(CLASSES)
    above: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        found = re.match(r"^[\s│├└─]*[├└]── (\w+)", line)
        if not found:
            continue
        depth = found.start(1)
        above = [entry for entry in above if entry[0] < depth]
        base = CLASSES[above[-1][1]] if above else VapiError
        assert issubclass(CLASSES[found[1]], base), line
        above.append((depth, found[1]))


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (302, "RedirectError"),
        (400, "BadRequestError"),
        (401, "AuthenticationError"),
        (402, "PaymentRequiredError"),
        (403, "PermissionDeniedError"),
        (404, "NotFoundError"),
        (408, "RequestTimeoutError"),
        (409, "ConflictError"),
        (413, "PayloadTooLargeError"),
        (418, "ClientError"),
        (422, "UnprocessableEntityError"),
        (429, "RateLimitError"),
        (500, "InternalServerError"),
        (502, "BadGatewayError"),
        (503, "ServiceUnavailableError"),
        (504, "GatewayTimeoutError"),
        (520, "ServerError"),
        (700, "StatusError"),
    ],
)
def test_one_class_per_status(status: int, name: str) -> None:
    assert status_error_class(status).__name__ == name
    assert issubclass(status_error_class(status), StatusError)


def test_timeouts_are_the_built_in_timeout_too() -> None:
    for kind in (errors.ConnectTimeout, errors.ReadTimeout, errors.PoolTimeout, errors.DeadlineExceeded):
        assert issubclass(kind, builtins.TimeoutError)
    assert issubclass(errors.ConnectTimeout, errors.ConnectError)


async def raised(answer: Any, method: str = "GET", path: str = "/x", **options: Any) -> Any:
    async with Stub(answer).client(retry=0, **options) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.request(method, path)
    return caught.value


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"message": "assistantId must be a UUID", "statusCode": 400}, "assistantId must be a UUID"),
        ({"message": ["a is wrong", "b is missing"], "error": "Bad Request"}, "a is wrong; b is missing"),
        ({"message": [{"property": "a"}]}, '{"property": "a"}'),
        ({"error": {"code": "bad", "message": "it is bad"}}, "it is bad"),
        ({"error": {"code": "bad"}}, "bad"),
        ({"error": "not_found"}, "not_found"),
        ({"error": {"details": 1}}, '{"details": 1}'),
        ({"message": {"message": "deep"}}, "deep"),
        ({"message": "", "error": "fallback"}, "fallback"),
        ({"other": 1}, '{"other": 1}'),
        ({}, ""),
        (["a"], '["a"]'),
        ("just text", "just text"),
        (7, "7"),
        (None, ""),
        (b"", ""),
        (b"plain text\nsecond line", "plain text"),
        (b"<!DOCTYPE html>\n<html><head>\n<title>502 Bad Gateway</title>\n<style>x {}</style>", "502 Bad Gateway"),
        (b"<html><script>var a = 1 < 2;</script><!-- note --><body>\n  <h1>Sorry</h1>", "Sorry"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        ({"message": "x" * 1000}, "x" * 299 + "…"),
        ({"message": "two\n\tlines"}, "two lines"),
        ({"message": "\x1b[31mred\x00"}, "\ufffd[31mred\ufffd"),
        (b"<!--" * 100_000, "<!--" * 74 + "<!-…"),
    ],
)
async def test_the_text_has_what_the_api_said(content: Any, said: str) -> None:
    answer = httpx.Response(418, content=content) if isinstance(content, bytes) else httpx.Response(418, json=content)
    error = await raised(answer)
    assert error.message == (said if content != {} else "{}")
    shown = f": {error.message}" if error.message else ""
    assert str(error) == f"GET /x: 418 I'm a Teapot{shown} [1 attempt]"


async def test_a_body_that_is_too_deep_to_be_read_says_nothing() -> None:
    deep = b'{"message": ' * 800 + b"1" + b"}" * 800
    error = await raised(httpx.Response(400, content=deep))
    assert isinstance(error, errors.BadRequestError)


async def test_the_facts_of_an_error() -> None:
    answer = httpx.Response(400, json={"message": "no"}, headers={"X-Request-Id": "r-1", "x-a": "1"})
    error = await raised(answer, "POST", "/x?q=1")
    assert isinstance(error, errors.BadRequestError)
    assert (error.status_code, error.message, error.body) == (400, "no", {"message": "no"})
    assert (error.method, error.url, error.attempts) == ("POST", "https://api.vapi.ai/x?q=1", 1)
    assert (error.request_id, error.headers["X-A"]) == ("r-1", "1")
    assert error.may_have_been_processed is False
    assert str(error) == "POST /x: 400 Bad Request: no [request r-1, 1 attempt]"
    assert repr(error) == f"BadRequestError({str(error)!r})"


async def test_the_request_id_may_be_the_proxys() -> None:
    error = await raised(httpx.Response(500, headers={"CF-Ray": "ray"}))
    assert error.request_id == "ray"


@pytest.mark.parametrize(
    ("status", "method", "may"),
    [(500, "POST", True), (400, "POST", False), (500, "GET", False), (302, "POST", True), (500, "PATCH", True)],
)
async def test_whether_it_may_have_happened(status: int, method: str, may: bool) -> None:
    error = await raised(status, method)
    assert error.may_have_been_processed is may
    assert ("may have been processed" in str(error)) is may


@pytest.mark.parametrize(
    ("cause", "kind", "may"),
    [
        (httpx.ConnectError("no route"), errors.ConnectError, False),
        (httpx.ConnectTimeout(""), errors.ConnectTimeout, False),
        (httpx.PoolTimeout(""), errors.PoolTimeout, False),
        (httpx.ProxyError("407"), errors.ConnectError, False),
        (httpx.UnsupportedProtocol("x"), errors.InvalidRequest, False),
        (httpx.LocalProtocolError("x"), errors.InvalidRequest, False),
        (httpx.ReadTimeout(""), errors.ReadTimeout, True),
        (httpx.WriteTimeout(""), errors.WriteTimeout, True),
        (httpx.ReadError(""), errors.ConnectionLost, True),
        (httpx.WriteError(""), errors.ConnectionLost, True),
        (httpx.CloseError(""), errors.ConnectionLost, True),
        (httpx.RemoteProtocolError("bad"), errors.ConnectionLost, True),
        (OSError("raw"), errors.ConnectionLost, True),
    ],
)
@pytest.mark.parametrize("asks", [False, True])
async def test_what_can_happen_on_the_way(
    cause: Exception, kind: type[errors.TransportError], may: bool, asks: bool
) -> None:
    """Once the body was asked for, no exception shows that nothing was sent."""
    if asks and kind.nothing_was_sent:
        kind, may = errors.ConnectionLost, True
    error = await raised_by(Raising(cause, asks=asks), "POST")
    assert type(error) is kind
    assert error.may_have_been_processed is may
    assert error.__cause__ is cause
    assert error.response is None
    assert str(error).startswith("POST /x: ")
    assert not str(cause) or str(cause) in str(error)
    assert kind.nothing_was_sent is not may


class Raising(httpx.AsyncBaseTransport):
    """Raises, after it asked for the body or before."""

    def __init__(self, cause: Exception, *, asks: bool) -> None:
        self.cause = cause
        self.asks = asks
        self.requests = 0

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if self.asks:
            await request.aread()
        raise self.cause


async def raised_by(transport: Raising, method: str, json: Any = UNSET) -> errors.RequestError:
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncVapi("t", http_client=http, retry=0) as vapi,
    ):
        with pytest.raises(errors.RequestError) as caught:
            await vapi.request(method, "/x", json=json)
    return caught.value


class Own(Exception):
    """Of another library."""


@pytest.mark.parametrize("json", [UNSET, {}])
@pytest.mark.parametrize("cause", [Own("x"), RuntimeError("x"), ValueError("x"), KeyError("x"), httpx.StreamConsumed()])
async def test_whatever_a_transport_raises_is_one_of_our_errors(cause: Exception, json: Any) -> None:
    transport = Raising(cause, asks=True)
    error = await raised_by(transport, "POST", json)
    assert isinstance(error, errors.ConnectionLost)
    assert error.may_have_been_processed
    assert error.__cause__ is cause
    assert type(cause).__name__ in str(error)


@pytest.mark.parametrize("cause", [httpx.ConnectError("x"), httpx.ConnectTimeout("x"), httpx.LocalProtocolError("x")])
async def test_a_post_is_sent_once_whatever_a_transport_says_of_it(cause: Exception) -> None:
    for asks, times in ((True, 1), (False, 3)):
        transport = Raising(cause, asks=asks)
        async with (
            httpx.AsyncClient(transport=transport) as http,
            AsyncVapi("t", http_client=http, clock=FakeClock()) as vapi,
        ):
            with pytest.raises(errors.TransportError) as caught:
                await vapi.calls.create(assistant_id="a")
        assert caught.value.may_have_been_processed is asks
        assert transport.requests == (1 if isinstance(cause, httpx.LocalProtocolError) else times)


async def test_a_transport_that_sends_again_on_its_own_gets_no_body() -> None:
    class Again(httpx.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            assert isinstance(request.stream, httpx.AsyncByteStream)
            for _ in range(2):
                sent.extend([piece async for piece in request.stream])
            return httpx.Response(200, json={})

    sent: list[bytes] = []
    async with httpx.AsyncClient(transport=Again()) as http, AsyncVapi("t", http_client=http) as vapi:
        with pytest.raises(errors.ConnectionLost, match="sent once"):
            await vapi.request("POST", "/x", json={"a": 1})
    assert sent == [b'{"a":1}']


async def test_a_url_that_is_too_long() -> None:
    error = await raised({}, path="/" + "x" * 70_000)
    assert isinstance(error, errors.InvalidRequest)


async def test_bodies_are_models_where_the_contract_has_them() -> None:
    pinned = {"error": "assistant_pinned", "message": "still in use"}
    async with Stub(httpx.Response(409, json=pinned)).client() as vapi:
        with pytest.raises(errors.ConflictError, match="still in use") as conflict:
            await vapi.assistants.delete("a")
    assert isinstance(conflict.value.parsed, AssistantPinnedConflictResponseDTO)
    body = {"statusCode": 402, "message": "pay", "reason": "insufficient_credits"}
    async with Stub(httpx.Response(402, json=body)).client() as vapi:
        with pytest.raises(errors.PaymentRequiredError) as unpaid:
            await vapi.simulations.run({"simulations": []})
    assert unpaid.value.reason == "insufficient_credits"
    assert isinstance(unpaid.value.parsed, SimulationRunPaymentRequiredResponse)


async def test_a_rate_limit_says_how_long() -> None:
    error = await raised(httpx.Response(429, headers={"retry-after": "7"}))
    assert error.retry_after == 7
    assert (await raised(429)).retry_after is None


async def test_a_404_on_a_repeated_delete_says_that_the_first_may_have_done_it() -> None:
    async with Stub(httpx.ReadTimeout(""), 404).client(clock=FakeClock()) as vapi:
        with pytest.raises(errors.NotFoundError, match="an earlier attempt may have deleted it") as caught:
            await vapi.assistants.delete("a")
    assert caught.value.may_have_been_processed
    assert caught.value.attempts == 2
    async with Stub(404).client() as vapi:
        with pytest.raises(errors.NotFoundError) as plain:
            await vapi.assistants.delete("a")
    assert not plain.value.may_have_been_processed
    assert "earlier" not in str(plain.value)


async def test_delete_call_is_retried_on_503() -> None:
    stub = Stub(503, {"id": "c"})
    async with stub.client(clock=FakeClock()) as vapi:
        await vapi.calls.delete("c")
    assert len(stub.requests) == 2
    assert stub.body == {}


async def test_errors_pickle_and_copy() -> None:
    answer = httpx.Response(429, json={"message": "slow"}, headers={"retry-after": "7", "x-request-id": "r"})
    samples = [
        await raised(answer, "POST", "/call"),
        await raised(httpx.Response(200, content=b"<html>"), "POST", "/call"),
        await raised(httpx.ReadTimeout(""), "POST", "/call"),
        await raised(httpx.ConnectTimeout("")),
        errors.PaginationError("stuck"),
        errors.ConfigurationError("bad"),
    ]
    for error in samples:
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(twin) is type(error)
            assert str(twin) == str(error)
            facts = {name: value for name, value in vars(error).items() if name not in ("response", "_trace")}
            assert {name: vars(twin)[name] for name in facts} == facts
            if getattr(error, "response", None) is not None:
                assert twin.response.content == error.response.content
                assert dict(twin.response.headers) == dict(error.response.headers)
    twin = pickle.loads(pickle.dumps(samples[0]))
    assert (twin.retry_after, twin.request_id, twin.headers["retry-after"]) == (7, "r", "7")


def subclasses(error_class: type[errors.RequestError]) -> list[type[errors.RequestError]]:
    below = [found for each in error_class.__subclasses__() for found in subclasses(each)]
    return [error_class, *below]


@pytest.mark.parametrize("error_class", subclasses(errors.RequestError), ids=lambda each: each.__name__)
def test_a_misspelt_fact_is_refused(error_class: Any) -> None:
    error = error_class("x", method="GET", url="https://a", attempts=2, may_have_been_processed=True)
    assert (str(error), error.args, error.method, error.attempts) == ("x", ("x",), "GET", 2)
    assert (str(error_class()), error_class().attempts) == ("", 0)
    with pytest.raises(TypeError, match="atempts"):
        error_class("x", atempts=2)
    twin = pickle.loads(pickle.dumps(error))
    assert (type(twin), twin.args, vars(twin)) == (error_class, ("x",), vars(error))


@pytest.mark.parametrize(
    ("error_class", "facts"),
    [
        (errors.NotFoundError, {"status_code": 404, "message": "m", "body": {"a": 1}, "parsed": 5}),
        (errors.DecodeError, {"raw": b"r", "parsed": 5, "paths": ("a",)}),
        (errors.StreamError, {"message": "m", "code": "c", "param": "p"}),
    ],
)
def test_facts_of_their_own(error_class: Any, facts: dict[str, Any]) -> None:
    error = error_class("x", attempts=1, **facts)
    assert {name: getattr(error, name) for name in facts} == facts
    for name, value in facts.items():
        with pytest.raises(TypeError):
            errors.ConnectionLost("x", **{name: value})


async def test_notes_survive_pickling() -> None:
    error = errors.VapiError("x")
    error.add_note("while exporting")
    assert pickle.loads(pickle.dumps(error)).__notes__ == ["while exporting"]


async def test_errors_do_not_show_the_token() -> None:
    echo = httpx.Response(403, json={"message": "bad key test-token"}, headers={"set-cookie": "session=secret"})
    error = await raised(echo)
    shown = "".join([str(error), repr(error), repr(error.headers), repr(error.body), str(error.response.content)])
    assert "test-token" not in shown + pickle.dumps(error).decode("latin-1")
    assert "session=secret" not in repr(error.headers)


@pytest.mark.parametrize("headers", [{}, {"authorization": "Basic own-secret"}])
async def test_a_success_that_is_no_json_does_not_show_the_token(headers: dict[str, str]) -> None:
    echo = httpx.Response(200, content=b"<p>you sent test-token or own-secret")
    async with Stub(echo).client(headers=headers) as vapi:
        with pytest.raises(errors.DecodeError) as caught:
            await vapi.request("GET", "/x")
    error = caught.value
    assert error.response is not None
    shown = f"{error}{error.raw!r}{error.response.content!r}"
    assert ("own-secret" if headers else "test-token") not in shown
    assert "[token]" in shown


@pytest.mark.parametrize(
    ("token", "said", "shown"),
    [
        ("status", "status and statusCode", "status and statusCode"),  # shorter than any token: a word
        ("statusCode", "statusCodes of statusCode.", "statusCodes of [token]."),
        ("11111111-2222", "x11111111-2222 11111111-2222-3 11111111-2222", "x11111111-2222 11111111-2222-3 [token]"),
    ],
)
async def test_only_a_whole_token_is_taken_out_of_a_body(token: str, said: str, shown: str) -> None:
    async with Stub(httpx.Response(400, json={"message": said, token: 1})).client(token=token) as vapi:
        with pytest.raises(errors.BadRequestError) as caught:
            await vapi.request("GET", "/x")
    assert caught.value.message == shown
    assert caught.value.body == {"message": shown, token: 1}, "keys stay"
