"""Faults on order, the journal, and what a test asserts of it."""

from __future__ import annotations

from typing import Any

import anyio
import httpx
import httpx_ws
import pytest

import vapi_async
from tests.sandbox.walking import TOKEN
from vapi_async import ConfigurationError
from vapi_async.sandbox import OutsideRequest, Sandbox


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Any:
    """Run an async function on each kind of event loop."""

    def run(main: Any) -> Any:
        async def bounded() -> Any:
            with anyio.fail_after(60):
                return await main()

        return anyio.run(bounded, backend=request.param)

    return run


def test_a_failure_is_retried_and_over(run: Any) -> None:
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            sb.fail("GET /call", status=503, times=2)
            before = sb.clock.now()
            assert [*await vapi.calls.list()] == []
            assert [record.status for record in sb.requests] == [503, 503, 200]
            assert sb.clock.now() > before

    run(main)


async def test_an_order_names_methods_of_the_client_and_patterns() -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.fail("assistants.create", status=500, body={"message": "broken", "statusCode": 500})
        with pytest.raises(vapi_async.InternalServerError, match="broken"):
            await vapi.assistants.create(name="A")
        sb.fail("GET *", status=418, headers={"x-why": "teapot"})
        assert (await sb.http_client().get("/squad", headers=TOKEN)).headers["x-why"] == "teapot"
        sb.fail("v2.knowledge_bases.list")
        with pytest.raises(vapi_async.ServiceUnavailableError):
            await vapi.v2.knowledge_bases.list()


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("calls.creat", "'calls.create'"),
        ("POST /cal", "'POST /call'"),
        ("calls.end", "calls"),
        ("nonsense", "write it as"),
        ("PUT *", "there is no operation"),
    ],
)
async def test_an_operation_that_there_is_not(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match="there is no operation") as caught:
        Sandbox().fail(name)
    assert hint in str(caught.value)


async def test_retry_after_is_waited_for_on_the_clock_of_the_sandbox() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        sb.fail("calls.list", retry_after=30)
        before = sb.clock.now()
        await vapi.calls.list()
        assert [record.status for record in sb.requests] == [429, 200]
        assert (sb.clock.now() - before).total_seconds() >= 30


@pytest.mark.parametrize(("after", "stored"), [(False, 0), (True, 1)])
async def test_a_failure_before_or_after_the_deed(after: bool, stored: int) -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.fail("assistants.create", after_processing=after)
        with pytest.raises(vapi_async.ServiceUnavailableError):
            await vapi.assistants.create(name="A")
        assert len(sb.objects("/assistant")) == stored


@pytest.mark.parametrize(
    ("options", "error", "stored"),
    [
        ({"connected": False}, httpx.ConnectError, 0),
        ({}, httpx.ReadError, 0),
        ({"after_processing": True}, httpx.ReadError, 1),
    ],
)
async def test_connections_are_dropped(options: Any, error: type[Exception], stored: int) -> None:
    async with Sandbox() as sb:
        sb.drop("POST /assistant", **options)
        with pytest.raises(error):
            await sb.http_client().post("/assistant", json={}, headers=TOKEN)
        assert len(sb.objects("/assistant")) == stored
        assert sb.requests[0].status == (201 if stored else 0)
        assert (await sb.http_client().post("/assistant", json={}, headers=TOKEN)).status_code == 201


async def test_bodies_are_garbled() -> None:
    async with Sandbox() as sb, sb.client(retry=0) as vapi:
        sb.garble("assistants.list")
        with pytest.raises(vapi_async.DecodeError):
            await vapi.assistants.list()
        sb.garble("assistants.list", "truncated")
        with pytest.raises(vapi_async.ConnectionLost):
            await vapi.assistants.list()
        with pytest.raises(ValueError, match="malformed"):
            sb.garble("assistants.list", "odd")  # type: ignore[arg-type]


async def test_slow_answers_pass_time_and_come_whole() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        made = await vapi.assistants.create(name="A")
        before = sb.clock.now()
        sb.slow("assistants.get", 2.0)
        assert await vapi.assistants.get(made.id) == made
        assert (sb.clock.now() - before).total_seconds() >= 4


async def test_latency_passes_on_the_clock_and_runs_into_timeouts() -> None:
    async with Sandbox() as sb, sb.client(retry=0, timeout=5) as vapi:
        before = sb.clock.now()
        sb.latency("assistants.create", 3)
        await vapi.assistants.create(name="A")
        assert (sb.clock.now() - before).total_seconds() >= 3
        sb.latency("assistants.create", 4, times=1)
        with pytest.raises(vapi_async.ReadTimeout):
            await vapi.assistants.create(name="B")
        assert len(sb.objects("/assistant")) == 1
        sb.heal()
        await vapi.assistants.create(name="C")


@pytest.mark.parametrize("order", [{"times": 0}, {"times": -1}])
def test_orders_that_make_no_sense(order: Any) -> None:
    with pytest.raises(ValueError, match="times"):
        Sandbox().fail("GET *", **order)
    with pytest.raises(ValueError, match="seconds"):
        Sandbox().latency("GET *", -1)


@pytest.mark.parametrize("options", [{"order": "up"}, {"max_page": 0}, {"concurrency": -1}])
def test_arguments_that_make_no_sense(options: Any) -> None:
    with pytest.raises(ValueError, match=next(iter(options))):
        Sandbox(**options)


def test_other_hosts_are_not_reached(run: Any) -> None:
    async def main() -> None:
        async with Sandbox() as sb:
            with pytest.raises(OutsideRequest, match=r"api\.example\.com"):
                await sb.http_client().get("https://api.example.com/call")
            assert not sb.requests

    run(main)


async def test_websockets_need_an_open_sandbox() -> None:
    with pytest.raises(OutsideRequest, match="async with"):
        await Sandbox().http_client().get("https://api.sandbox.vapi.ai/live/x/listen", headers={"upgrade": "websocket"})


async def test_the_journal() -> None:
    async with Sandbox(token="secret-token") as sb, sb.client() as vapi:
        made = await vapi.assistants.create(
            name="A", first_message="Hello", model={"provider": "openai", "model": "gpt-4o"}
        )
        await vapi.assistants.update(made.id, name="B")
        await vapi.calls.list(limit=5)
        await sb.http_client().get("/nothing")
        assert [str(each).split(" ->")[0] for each in sb.requests[:2]] == [
            "POST /assistant",
            f"PATCH /assistant/{made.id}",
        ]
        assert sb.requests[1].params == {"id": made.id}
        assert sb.requests[2].query == {"limit": "5"}
        assert "authorization" not in sb.requests[0].headers
        assert "secret-token" not in repr(sb.requests)
        (found,) = sb.assert_called("assistants.create", name="A", first_message="Hello", model={"model": "gpt-4o"})
        assert found is sb.requests[0]
        sb.assert_called("PATCH /assistant/{id}", id=made.id, name="B", times=1)
        sb.assert_called("calls.list", limit=5)
        sb.assert_called("GET *", times=1)
        sb.assert_called("calls.create", times=0)


async def test_a_failed_assertion_says_what_was_asked() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        await vapi.assistants.create(name="A")
        await vapi.calls.list()
        with pytest.raises(AssertionError) as caught:
            sb.assert_called("assistants.create", name="B")
        text = str(caught.value)
        assert text.startswith("expected a request assistants.create with {'name': 'B'}, got 0")
        assert "assistants.create was called: 1 time\n  POST /assistant -> 201, but name is 'A'\n" in text
        assert text.endswith("other requests: 1 time\n  GET /call -> 200")
        await vapi.calls.list()
        with pytest.raises(AssertionError, match="no squad_id") as caught:
            sb.assert_called("assistants.create", squad_id="x", name="A")
        assert "GET /call -> 200 (2 times)" in str(caught.value)
        with pytest.raises(AssertionError, match="expected 2 requests"):
            sb.assert_called("assistants.create", times=2)
        with pytest.raises(ValueError, match="there is no operation"):
            sb.assert_called("assistants.creat")


async def test_the_server_of_a_sandbox_closes_the_connection_under_a_dropped_answer() -> None:
    closed = []

    class Cycle:
        transport = type("T", (), {"close": lambda self: closed.append(True)})()

        async def send(self, message: Any) -> None:
            raise AssertionError("nothing is sent")

    async def receive() -> Any:
        return {"type": "http.request", "body": b""}

    sb = Sandbox()
    sb.drop("GET /call")
    headers = [(b"authorization", b"Bearer x")]
    scope = {"type": "http", "method": "GET", "path": "/call", "headers": headers, "query_string": b""}
    with pytest.raises(Exception, match="dropped the connection"):
        await sb.app(scope, receive, Cycle().send)
    assert closed == [True]


async def test_how_things_look() -> None:
    async with Sandbox(server="https://elsewhere.example/hook") as sb, sb.client() as vapi:
        assert repr(sb.clock).startswith("<Clock 2026-01-01T00:00:00.0")
        await vapi.assistants.create(name="A")
        assert repr(sb.requests) == "[<POST /assistant -> 201 {'name': 'A'}>]"
        number = await vapi.phone_numbers.create({"provider": "vapi"})
        customer = {"number": "+14155550123"}
        await vapi.calls.create({"assistant": {"name": "A"}, "phoneNumberId": number.id, "customer": customer})
        await sb.clock.advance(0)
        assert repr(sb.deliveries).startswith("[<status-update to https://elsewhere.example/hook -> refused: ")


async def test_objects_are_stored_where_a_list_shows_them() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        stored = sb.add("/v2/phone-number", {"provider": "vapi"})
        assert sb.objects("/phone-number") == sb.objects("/v2/phone-number") == [stored]
        assert [each.id for each in await vapi.phone_numbers.list()] == [stored["id"]]
        for path in ("/nowhere", "call", "/analytics"):
            with pytest.raises(ValueError, match="the contract has no list"):
                sb.objects(path)
            with pytest.raises(ValueError, match="the contract has no list"):
                sb.add(path, {})


async def test_what_cannot_be_used_is_said() -> None:
    sb = Sandbox()
    with pytest.raises(ValueError, match="script_chat: an answer is a text"):
        sb.script_chat("Hello", 3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="credential: the plan must be"):
        sb.credential("c", 3)
    with pytest.raises(ValueError, match="server: it must be"):
        Sandbox(server=3)
    with pytest.raises(ValueError, match="server: its URL"):
        Sandbox(server={"secret": "s"})


async def test_websockets_to_elsewhere_are_refused() -> None:
    async with Sandbox() as sb:
        with pytest.raises(OutsideRequest, match=r"other\.example"):
            async with httpx_ws.aconnect_ws("wss://other.example/x", sb.http_client()):
                pass


async def test_websockets_want_an_open_sandbox() -> None:
    sb = Sandbox()
    with pytest.raises(OutsideRequest, match="async with Sandbox"):
        async with httpx_ws.aconnect_ws(f"{sb.base_url}/live/x/listen", sb.http_client()):
            pass


async def test_calls_in_real_time_want_an_open_sandbox() -> None:
    sb = Sandbox(real_time=True)
    with pytest.raises(ConfigurationError, match="async with Sandbox"):
        await sb.client().calls.create({"assistant": {"name": "A"}, "transport": {"provider": "daily"}})
