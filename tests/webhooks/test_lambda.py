"""AWS Lambda: the events of API Gateway, function URLs and load balancers; and mangum, which serves the ASGI app."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from mangum import Mangum

from tests.webhooks.bodies import body, tool_calls
from vapi_async.webhooks import Delivery, MemoryReplies, Webhooks, shared_secret

SECRET = {"x-vapi-secret": "s"}


def rest_api(content: bytes, headers: dict[str, str], method: str = "POST") -> dict[str, Any]:
    """What API Gateway sends for REST APIs, and HTTP APIs with payload 1.0."""
    return {
        "version": "1.0",
        "resource": "/vapi",
        "path": "/vapi",
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {"a": "1 2"},
        "multiValueQueryStringParameters": {"a": ["0", "1 2"]},
        "requestContext": {"path": "/prod/vapi", "stage": "prod", "domainName": "x.execute-api.example"},
        "body": content.decode(),
        "isBase64Encoded": False,
    }


def http_api(content: bytes, headers: dict[str, str], method: str = "POST") -> dict[str, Any]:
    """What API Gateway sends for HTTP APIs with payload 2.0, and what function URLs get."""
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": "/vapi",
        "rawQueryString": "a=0&a=1%202",
        "headers": headers,
        "requestContext": {"domainName": "x.lambda-url.example", "http": {"method": method, "path": "/vapi"}},
        "body": base64.b64encode(content).decode(),
        "isBase64Encoded": True,
    }


def load_balancer(content: bytes, headers: dict[str, str], method: str = "POST") -> dict[str, Any]:
    """What an application load balancer sends: queries are as they came, encoded."""
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn"}},
        "httpMethod": method,
        "path": "/vapi",
        "queryStringParameters": {"a": "1%202"},
        "headers": {"host": "lb.example", "x-forwarded-proto": "http", **headers},
        "body": content.decode(),
        "isBase64Encoded": False,
    }


def several_headers(content: bytes, headers: dict[str, str], method: str = "POST") -> dict[str, Any]:
    """The same with multi-value headers switched on."""
    event = load_balancer(content, headers, method)
    event["multiValueHeaders"] = {name: [value] for name, value in event.pop("headers").items()}
    event["multiValueQueryStringParameters"] = {"a": ["0", "1%202"]}
    del event["queryStringParameters"]
    return event


EVENTS = [rest_api, http_api, load_balancer, several_headers]


def make_hooks() -> tuple[Webhooks, list[Any]]:
    hooks, seen = Webhooks(verify=shared_secret("s")), []
    hooks.on("hang")(seen.append)

    @hooks.tool("add")
    async def add(a: int, b: int) -> int:
        return a + b

    @hooks.on("voice-request")
    async def speak(message: Any) -> AsyncIterator[bytes]:
        yield b"\xff\x00"
        yield b"\x01"

    return hooks, seen


@pytest.mark.parametrize("event", EVENTS)
def test_every_kind_of_delivery(event: Any) -> None:
    hooks, seen = make_hooks()
    handler = hooks.lambda_handler()
    answer = handler(event(body("hang"), SECRET), None)
    assert (answer["statusCode"], answer["body"], answer["isBase64Encoded"]) == (200, "{}", False)
    assert answer["headers"]["content-type"] == "application/json"
    assert len(seen) == 1, "handled before the answer goes out"
    answer = handler(event(tool_calls(("1", "add", {"a": 1, "b": 2})), SECRET), None)
    assert json.loads(answer["body"])["results"][0]["result"] == "3"
    answer = handler(event(body("voice-request", text="a"), SECRET), None)
    assert answer["isBase64Encoded"] is True
    assert base64.b64decode(answer["body"]) == b"\xff\x00\x01"
    assert handler(event(body("hang"), {"x-vapi-secret": "t"}), None)["statusCode"] == 401
    assert handler(event(b"no json", SECRET), None)["statusCode"] == 400
    answer = handler(event(b"", SECRET, "GET"), None)
    assert (answer["statusCode"], answer["headers"]["allow"]) == (405, "POST")
    json.dumps(answer)


@pytest.mark.parametrize(
    ("event", "url"),
    [
        (rest_api, "https://x.execute-api.example/prod/vapi?a=0&a=1+2"),
        (http_api, "https://x.lambda-url.example/vapi?a=0&a=1%202"),
        (load_balancer, "http://lb.example/vapi?a=1%202"),
        (several_headers, "http://lb.example/vapi?a=0&a=1%202"),
    ],
)
@pytest.mark.parametrize("public", [None, "https://public.example/vapi"])
def test_verifiers_see_the_request(event: Any, url: str, public: str | None) -> None:
    seen: list[Delivery] = []
    hooks = Webhooks(verify=lambda delivery: not seen.append(delivery), public_url=public)
    content = body("hang", text="größer")
    hooks.lambda_handler()(event(content, {"X-Own": "1"}), None)
    (delivery,) = seen
    assert (delivery.body, delivery.method, delivery.url) == (content, "POST", public or url)
    assert delivery.header("x-own") == "1"


def test_a_load_balancer_reads_fields_of_its_own() -> None:
    hooks, _ = make_hooks()
    answer = hooks.lambda_handler()(several_headers(body("hang"), SECRET), None)
    assert answer["statusDescription"] == "200 OK"
    assert answer["multiValueHeaders"] == {"content-type": ["application/json"]}


def test_events_can_be_handed_to_a_queue() -> None:
    hooks, seen = make_hooks()
    queue: list[bytes] = []
    handler = hooks.lambda_handler(defer=queue.append)
    content = body("hang")
    for given in (content, content, body("status-update"), tool_calls(("1", "add", {"a": 1, "b": 2}))):
        assert handler(http_api(given, SECRET), None)["statusCode"] == 200
    assert handler(http_api(body("hang"), {}), None)["statusCode"] == 401
    assert (queue, seen) == ([content], [])
    hooks.run_events_sync(queue[0].decode())
    assert [message.type for message in seen] == ["hang"]


def test_a_queue_that_fails_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    hooks, seen = make_hooks()

    def broken(content: bytes) -> None:
        raise ConnectionError

    handler = hooks.lambda_handler(defer=broken)
    assert handler(http_api(body("hang"), SECRET), None)["statusCode"] == 200
    assert len(seen) == 1
    assert "could not be handed to the queue" in caplog.text


async def test_an_event_that_a_queue_delivers_twice_is_handled_once_with_a_shared_store() -> None:
    class Shared:
        lease = None

        def __init__(self) -> None:
            self.inner = MemoryReplies()
            self.claim, self.answer, self.wait = self.inner.claim, self.inner.answer, self.inner.wait

    seen: list[Any] = []
    hooks = Webhooks(verify=None, replies=Shared())
    hooks.on("hang")(seen.append)
    content = body("hang")
    answer = await hooks.handle(content, {})
    assert answer.pending
    await hooks.run_events(content)
    await hooks.run_events(content)
    assert len(seen) == 1


@pytest.mark.parametrize("event", [{}, {"Records": []}, {"requestContext": {}}])
def test_other_events_are_refused(event: Any) -> None:
    with pytest.raises(ValueError, match="the event is no HTTP request"):
        Webhooks(verify=None).lambda_handler()(event, None)


def test_without_a_handler_nothing_is_pending() -> None:
    answer = Webhooks(verify=None).handle_sync(body("hang"), {})
    assert not answer.pending
    hooks, _ = make_hooks()
    assert hooks.handle_sync(body("hang"), SECRET).pending


@pytest.fixture
def current_loop() -> Iterator[None]:
    """The loop that mangum looks for, and would make and leave open."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    loop.close()
    asyncio.set_event_loop(None)


@pytest.mark.usefixtures("current_loop")
@pytest.mark.parametrize("event", [rest_api, http_api])
def test_mangum_serves_the_asgi_app(event: Any) -> None:
    hooks, seen = make_hooks()
    given = event(tool_calls(("1", "add", {"a": 1, "b": 2})), SECRET)
    given["requestContext"] |= {"identity": {"sourceIp": "127.0.0.1"}}
    given["requestContext"].setdefault("http", {"method": "POST"})["sourceIp"] = "127.0.0.1"
    if event is rest_api:
        del given["requestContext"]["http"]
    handler = Mangum(hooks, lifespan="off")
    answer = handler(given, {})  # type: ignore[arg-type]
    assert answer["statusCode"] == 200
    assert json.loads(answer["body"])["results"][0]["result"] == "3"
    assert seen == []
