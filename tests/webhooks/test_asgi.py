"""The ASGI interface: bodies, limits, disconnects, URLs and lifespan."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import anyio
import pytest

from tests.webhooks.bodies import body
from tests.webhooks.conftest import Runner
from tests.webhooks.exchanges import Exchange, request
from vapi_async.webhooks import Delivery, Webhooks
from vapi_async.webhooks.asgi_connection import request_url


def recording(**options: Any) -> tuple[Webhooks, list[Any]]:
    hooks, seen = Webhooks(verify=None, **options), []
    hooks.on("*")(seen.append)
    return hooks, seen


async def test_a_body_may_come_in_chunks() -> None:
    hooks, seen = recording()
    content = body("hang")
    exchange = Exchange(request(content[:5], b"", content[5:]))
    await exchange.run(hooks)
    assert (exchange.status, exchange.body) == (200, b"{}")
    assert exchange.headers == {b"content-type": b"application/json", b"content-length": b"2"}
    assert len(seen) == 1


async def test_events_run_after_the_answer_in_the_same_task() -> None:
    order: list[Any] = []
    hooks = Webhooks(verify=None)
    exchange = Exchange(request(body("hang")))

    @hooks.on("hang")
    async def look(message: Any) -> None:
        order.append((len(exchange.sent), exchange.ended, anyio.get_current_task().id))

    await exchange.run(hooks)
    assert order == [(2, True, anyio.get_current_task().id)]


@pytest.mark.parametrize("announced", [True, False])
@pytest.mark.parametrize("over", [0, 1, 5000])
async def test_the_limit_holds_whether_the_length_is_announced_or_not(announced: bool, over: int) -> None:
    content = body("hang", padding="x" * 900)
    hooks, seen = recording(max_body=len(content))
    content += b" " * over
    headers = [(b"content-length", b"%d" % len(content))] if announced else []
    exchange = Exchange(request(content[:400], content[400:800], content[800:]), headers=headers)
    await exchange.run(hooks)
    assert exchange.status == (413 if over else 200)
    assert list(json.loads(exchange.body)) == (["error"] if over else [])
    assert len(seen) == (not over)


async def test_a_body_far_too_long_is_not_read_to_its_end() -> None:
    hooks, _ = recording(max_body=100)
    exchange = Exchange(request(*[b"x" * 50] * 100))
    await exchange.run(hooks)
    assert exchange.status == 413
    assert len(exchange.incoming) > 90
    exchange = Exchange(request(b"x"), headers=[(b"content-length", b"999999999")])
    await exchange.run(hooks)
    assert exchange.status == 413
    assert len(exchange.incoming) == 2


@pytest.mark.parametrize("length", [b"", b"-1", b"nonsense", b"1e9", "²".encode()])
async def test_a_content_length_that_is_none_does_no_harm(length: bytes) -> None:
    hooks, _ = recording()
    exchange = Exchange(request(body("hang")), headers=[(b"content-length", length)])
    await exchange.run(hooks)
    assert exchange.status == 200


async def test_a_client_that_goes_away_within_its_body_is_not_handled() -> None:
    hooks, seen = recording()
    exchange = Exchange(request(body("hang"))[:1])
    exchange.gone.set()
    await exchange.run(hooks)
    assert (exchange.sent, seen) == ([], [])


async def test_a_client_that_does_not_wait_for_the_answer_is_handled() -> None:
    hooks, seen = recording()
    exchange = Exchange(request(body("hang")))
    exchange.broken = True
    await exchange.run(hooks)
    assert len(seen) == 1


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_other_methods(method: str) -> None:
    hooks, _ = recording()
    exchange = Exchange(method=method)
    await exchange.run(hooks)
    assert exchange.status == 405
    assert exchange.headers[b"allow"] == b"POST"


def test_the_task_can_be_cancelled(run: Runner) -> None:
    async def main() -> None:
        hooks = Webhooks(verify=None)
        started = anyio.Event()

        @hooks.on("hang")
        async def look(message: Any) -> None:
            started.set()
            await anyio.sleep_forever()

        async with anyio.create_task_group() as group:
            group.start_soon(Exchange(request(body("hang"))).run, hooks)
            await started.wait()
            group.cancel_scope.cancel()

    run(main)


@pytest.mark.parametrize(
    ("scope", "url"),
    [
        ({"raw_path": b"/a%20b/%C3%A4", "path": "/a b/ä"}, "http://hooks.example/a%20b/%C3%A4"),
        ({"raw_path": None, "path": "/a b/ä"}, "http://hooks.example/a%20b/%C3%A4"),
        ({"query_string": b"x=1&y=%20"}, "http://hooks.example/?x=1&y=%20"),
        ({"scheme": "https", "headers": [(b"host", b"a.example:8443")]}, "https://a.example:8443/"),
        ({"headers": []}, "http://127.0.0.1:80/"),
        ({"headers": [], "server": ("/run/app.sock", None)}, "http:///run/app.sock/"),
        ({"headers": [], "server": None}, "http://localhost/"),
    ],
)
def test_the_url_is_what_the_client_wrote(scope: Any, url: str) -> None:
    assert request_url(Exchange(**scope).scope) == url


@pytest.mark.parametrize("public", [None, "https://public.example/vapi"])
async def test_verifiers_see_the_url(public: str | None) -> None:
    seen: list[Delivery] = []

    def look(delivery: Delivery) -> bool:
        seen.append(delivery)
        return True

    hooks = Webhooks(verify=look, public_url=public)
    content = body("hang")
    await Exchange(request(content), raw_path=b"/vapi").run(hooks)
    (delivery,) = seen
    assert delivery.url == (public or "http://hooks.example/vapi")
    assert (delivery.body, delivery.method) == (content, "POST")
    assert delivery.headers["Host"] == "hooks.example"
    assert delivery.headers.get_all("HOST") == ["hooks.example"]
    assert delivery.header("x-other") is None


async def test_a_header_that_comes_twice_is_seen_twice() -> None:
    seen: list[Delivery] = []
    hooks = Webhooks(verify=lambda delivery: not seen.append(delivery))
    await Exchange(request(b""), headers=[(b"x-a", b"1"), (b"x-b", b"2"), (b"X-A", b"3")]).run(hooks)
    assert seen[0].headers.get_all("x-A") == ["1", "3"]
    assert dict(seen[0].headers) == {"x-a": "1, 3", "x-b": "2"}


async def test_a_server_whose_receive_returns_at_once_after_the_body() -> None:
    hooks = Webhooks(verify=None)

    @hooks.on("voice-request")
    async def speak(message: Any) -> AsyncIterator[bytes]:
        yield b"ab"
        await anyio.lowlevel.checkpoint()
        yield b"cd"

    exchange = Exchange(request(body("voice-request")))

    async def receive() -> Any:
        return exchange.incoming.pop(0) if exchange.incoming else {"type": "http.request", "body": b""}

    await hooks(exchange.scope, receive, exchange.send)
    assert (exchange.status, exchange.body, exchange.ended) == (200, b"abcd", True)


async def test_lifespan_is_answered() -> None:
    exchange = Exchange([{"type": "lifespan.startup"}, {"type": "lifespan.shutdown"}], type="lifespan")
    await exchange.run(Webhooks(verify=None))
    assert [event["type"] for event in exchange.sent] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


async def test_other_kinds_of_connection_are_left_alone() -> None:
    exchange = Exchange(type="something.new")
    await exchange.run(Webhooks(verify=None))
    assert exchange.sent == []
