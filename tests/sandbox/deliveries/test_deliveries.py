"""Where server messages go, what is recorded of them, and when they are sent again."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import Server, World
from vapi_async.sandbox.deliveries.delivery import Delivery

MESSAGE = {"type": "status-update", "status": "queued"}


async def send(world: World, server: dict[str, Any]) -> Delivery:
    return await world.deliveries.send(server, MESSAGE, call_id="c")


async def test_an_attempt_is_recorded() -> None:
    world = World(Server({"fine": True}, 202))
    await world.clock.advance(5)
    record = await send(world, {"url": "https://org.sandbox.invalid/webhook", "timeoutSeconds": 7})
    assert (record.type, record.message, record.call_id, record.attempt) == ("status-update", MESSAGE, "c", 1)
    assert (record.status, record.reply, record.error, record.ok) == (202, {"fine": True}, None, True)
    assert record.at == world.clock.now()
    assert record.timeout == 7
    assert record.headers["content-type"] == "application/json"


async def test_records_read_like_a_list() -> None:
    world = World(Server())
    call = await world.call()
    assert len(world.deliveries) == len(list(world.deliveries)) == len(world.deliveries.types)
    assert world.deliveries[0].type == world.deliveries.types[0] == "status-update"
    assert world.deliveries[-2:][1].type == "end-of-call-report"
    assert world.deliveries.of("end-of-call-report", "status-update", call_id=call["id"])
    assert world.deliveries.of("status-update", call_id="other") == []
    world.deliveries.clear()
    assert world.deliveries.types == []


async def test_a_record_shows_no_headers() -> None:
    world = World(Server())
    record = await send(world, {"url": "https://org.sandbox.invalid/webhook", "secret": "s3cret"})
    assert "s3cret" not in repr(record)


@pytest.mark.parametrize("url", ["https://example.com/hook", "http://10.0.0.1", "https://me.example.evil/x"])
async def test_what_is_not_connected_is_refused(url: str) -> None:
    world = World()
    world.deliveries.connect("https://me.example", Server())
    record = await send(world, {"url": url})
    assert (record.status, record.ok) == (0, False)
    assert "refused" in str(record.error)
    assert "sb.connect" in str(record.error)


async def test_the_longest_connected_url_gets_it() -> None:
    world, host, path = World(), Server(), Server()
    world.deliveries.connect("https://me.example/", host)
    world.deliveries.connect("https://me.example/vapi", path)
    for url in (
        "https://me.example",
        "https://me.example/vapi?x=1",
        "https://me.example/vapi/tools",
        "https://me.example/vapix",
    ):
        await send(world, {"url": url})
    assert (len(host.messages), len(path.messages)) == (2, 2)


@pytest.mark.parametrize(
    ("url", "target", "problem"),
    [
        ("me.example", Server(), "url must be"),
        ("https://me.example", "me", "target must be"),
        ("https://me.example", 5, "target must be"),
    ],
)
def test_what_cannot_be_connected(url: str, target: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        World().deliveries.connect(url, target)


@pytest.mark.parametrize("server", [5, "me.example", {"headers": {}}])
def test_what_is_no_server(server: Any) -> None:
    with pytest.raises(ValueError, match="must be"):
        World(server)


def test_an_asgi_app_gets_it(run: Runner) -> None:  # noqa: F811
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        event = await receive()
        seen.append((scope["path"], json.loads(event["body"])["message"], dict(scope["headers"])[b"x-own"]))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b'{"ok": 1}'})

    async def main() -> None:
        world = World(app)
        world.deliveries.connect("https://app.example", app)
        record = await send(world, {"url": "https://app.example/hook", "headers": {"X-Own": "1"}})
        assert record.reply == {"ok": 1}
        assert seen.pop() == ("/hook", MESSAGE, b"1")

    run(main)


async def test_an_app_that_fails_answers_500() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise RuntimeError("broken")

    record = await send(World(app), {"url": "https://org.sandbox.invalid/webhook"})
    assert (record.status, record.reply) == (500, None)


async def test_a_server_on_this_machine_gets_it() -> None:
    from tests.http.fault_server import FaultServer, ok

    with FaultServer(lambda _: ok) as server:
        world = World(server.url)
        call = await world.call()
        assert all(record.ok and record.reply == {"id": "x", "method": "POST"} for record in world.deliveries)
        connected = World()
        connected.deliveries.connect("https://me.example", server.url + "/hook")
        await send(connected, {"url": "https://me.example"})
        assert server.received[-1].target == "/hook"
    assert call["status"] == "ended"


async def test_a_server_that_is_not_there_is_an_error() -> None:
    record = await send(World(), {"url": "http://127.0.0.1:9/"})
    assert record.status == 0
    assert "ConnectError" in str(record.error)


async def test_a_streamed_answer_is_read_whole() -> None:
    class Streaming:
        async def handle(self, body: bytes, headers: Any, *, method: str, url: str) -> Any:
            async def pieces() -> Any:
                yield b'{"a"'
                yield b": 1}"

            async def after() -> None: ...

            return 200, pieces(), after

    record = await send(World(Streaming()), {"url": "https://org.sandbox.invalid/webhook"})
    assert record.reply == {"a": 1}


async def test_without_a_server_nothing_is_sent() -> None:
    world = World()
    await world.call()
    assert world.deliveries.types == []


PLANS = st.builds(
    dict,
    type=st.sampled_from(["fixed", "exponential"]),
    maxRetries=st.integers(0, 5),
    baseDelaySeconds=st.integers(0, 5),
    excludedStatusCodes=st.lists(st.sampled_from([400, 503]), max_size=1),
)


@given(PLANS, st.lists(st.sampled_from([200, 400, 500, 503]), min_size=1, max_size=6))
def test_deliveries_are_repeated_by_the_backoff_plan(plan: dict[str, Any], statuses: list[int]) -> None:
    import anyio

    async def main() -> None:
        server = Server({"n": 1}, *statuses)
        world = World(server)
        replies: list[Any] = []
        target = {"url": "https://org.sandbox.invalid/webhook", "backoffPlan": plan}
        await world.clock.follow(world.deliveries.send_with_retries(target, MESSAGE, "c", replies.append))
        await world.clock.run_until_idle()
        answers = [statuses[min(n, len(statuses) - 1)] for n in range(plan["maxRetries"] + 1)]
        stops = [n for n, status in enumerate(answers) if status == 200 or status in plan["excludedStatusCodes"]]
        count = stops[0] + 1 if stops else len(answers)
        assert [record.status for record in world.deliveries] == answers[:count]
        assert [record.attempt for record in world.deliveries] == list(range(1, count + 1))
        growth = 2 if plan["type"] == "exponential" else 1
        waits = [plan["baseDelaySeconds"] * growth**n for n in range(count - 1)]
        times = [record.at for record in world.deliveries]
        assert [(b - a).total_seconds() for a, b in itertools.pairwise(times)] == waits
        assert [delivery.reply for delivery in replies] == ([{"n": 1}] if answers[count - 1] == 200 else [])

    anyio.run(main)


async def test_a_call_does_not_wait_for_messages_that_want_no_reply() -> None:
    server = Server(None, 500)
    world = World(
        {"url": "https://slow.example", "backoffPlan": {"type": "fixed", "maxRetries": 1, "baseDelaySeconds": 10}}
    )
    world.deliveries.connect("https://slow.example", server)
    call_id = await world.dial()
    await world.clock.advance(4)
    assert world.get(call_id)["status"] == "in-progress"
    await world.clock.run_until_idle()
    assert [record.attempt for record in world.deliveries.of("end-of-call-report")] == [1, 2]
