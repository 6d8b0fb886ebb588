"""What every store of replies has to do: that of the process, and Redis through both of its clients."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

import anyio
import pytest
import redis as redis_py
import redis.asyncio
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.conftest import Runner
from tests.webhooks.deadlines import Moved, NoTime
from tests.webhooks.workers.redis_server import needs_redis, redis_server
from vapi_async._http.clock import SystemClock
from vapi_async.webhooks import MemoryReplies, RedisReplies, Replies, Webhooks
from vapi_async.webhooks.duplicates import WAIT_SECONDS
from vapi_async.webhooks.message_keys import deduplication_key

STORES = ["memory", pytest.param("redis", marks=needs_redis), pytest.param("redis in threads", marks=needs_redis)]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with redis_server(tmp_path_factory.mktemp("redis")) as port:
        yield port


@pytest.fixture(params=STORES)
async def store(request: pytest.FixtureRequest) -> Any:
    if request.param == "memory":
        yield MemoryReplies()
        return
    port = request.getfixturevalue("port")
    with redis_py.Redis(port=port) as client:
        client.flushall()
        if request.param == "redis in threads":
            yield RedisReplies(client)
            return
    async with redis.asyncio.Redis(port=port) as client:
        yield RedisReplies(client)


async def test_a_claim_is_had_by_one_until_it_is_answered(store: Replies) -> None:
    assert await store.claim("a", "1") is True
    assert await store.claim("a", "2") is False
    assert await store.claim("b", "2") is True
    await store.answer("a", "1", b"reply \x00\xff")
    assert await store.claim("a", "2") == await store.wait("a") == b"reply \x00\xff"


async def test_an_empty_reply_is_one(store: Replies) -> None:
    assert await store.claim("a", "1") is True
    await store.answer("a", "1", b"")
    assert await store.claim("a", "2") == b""


async def test_a_claim_that_is_given_up_is_free(store: Replies) -> None:
    assert await store.claim("a", "1") is True
    await store.answer("a", "1", None)
    assert await store.wait("a") is None
    assert await store.claim("a", "2") is True


async def test_the_first_reply_stays(store: Replies) -> None:
    assert await store.claim("a", "1") is True
    await store.answer("a", "1", b"first")
    await store.answer("a", "2", b"second")
    await store.answer("a", "2", None)
    assert await store.claim("a", "3") == b"first"


async def test_who_waits_hears_of_it(store: Replies) -> None:
    heard: list[bytes | None] = []
    assert await store.claim("a", "1") is True

    async def wait() -> None:
        heard.append(await store.wait("a"))

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        group.start_soon(wait)
        await anyio.lowlevel.checkpoint()
        await store.answer("a", "1", b"reply")
    assert heard == [b"reply", b"reply"]


@needs_redis
async def test_in_redis_claims_and_replies_lapse_and_only_the_own_claim_is_renewed(port: int) -> None:
    async with redis.asyncio.Redis(port=port) as client:
        store = RedisReplies(client, ttl=100, lease=5, prefix="p:")
        assert await store.claim("a", "1") is True
        assert 0 < await client.pttl("p:a") <= 5000
        await client.pexpire("p:a", 1000)
        assert await store.claim("a", "2") is False
        assert await client.pttl("p:a") <= 1000
        assert await store.claim("a", "1") is True
        assert await client.pttl("p:a") > 1000
        await store.answer("a", "2", None)
        assert await store.claim("a", "3") is False, "another's claim cannot be given up"
        await store.answer("a", "1", b"reply")
        assert 5000 < await client.pttl("p:a") <= 100_000


@needs_redis
async def test_a_client_that_decodes_does_as_well(port: int) -> None:
    async with redis.asyncio.Redis(port=port, decode_responses=True) as client:
        store = RedisReplies(client, prefix="decoded:")
        assert await store.claim("a", "1") is True
        await store.answer("a", "1", "größer".encode())
        assert await store.wait("a") == "größer".encode()


@pytest.mark.parametrize("client", ["redis://localhost", None])
def test_what_is_no_client_is_refused(client: Any) -> None:
    with pytest.raises(TypeError, match="client must be one of redis-py"):
        RedisReplies(client)


@pytest.mark.parametrize("options", [{"ttl": 0}, {"lease": 0}])
def test_times_have_to_be_positive(options: Any) -> None:
    with pytest.raises(ValueError, match="both must be seconds, more than 0"):
        RedisReplies(redis_py.Redis(), **options)


class Memory:
    """A store of the user's own, in a dict, which can be told to fail."""

    lease: float | None = 30.0

    def __init__(self) -> None:
        self.known: dict[str, Any] = {}
        self.fails: set[str] = set()
        self.asked: list[str] = []

    def _asked(self, name: str) -> None:
        self.asked.append(name)
        if name in self.fails:
            raise ConnectionError("down")

    async def claim(self, key: str, token: str) -> bool | bytes:
        self._asked("claim")
        found = self.known.setdefault(key, token)
        return found if isinstance(found, bytes) else found == token

    async def answer(self, key: str, token: str, reply: bytes | None) -> None:
        self._asked("answer")
        await anyio.lowlevel.checkpoint()  # as one that asks over the network
        if reply is not None:
            self.known[key] = reply
        elif self.known.get(key) == token:
            del self.known[key]

    async def wait(self, key: str) -> bytes | None:
        self._asked("wait")
        while isinstance(self.known.get(key), str):
            await anyio.lowlevel.checkpoint()
        return self.known.get(key)


def counting(store: Replies) -> tuple[Webhooks, list[Any]]:
    hooks, seen = Webhooks(verify=None, replies=store), []

    @hooks.tool("count")
    async def count() -> int:
        seen.append(1)
        return len(seen)

    hooks.on("hang")(seen.append)
    return hooks, seen


@pytest.mark.parametrize("fails", [{"claim"}, {"answer"}, {"claim", "answer", "wait"}])
async def test_with_the_store_down_each_process_answers_once_for_itself(
    fails: set[str], caplog: pytest.LogCaptureFixture
) -> None:
    store = Memory()
    store.fails = fails
    hooks, seen = counting(store)
    content = tool_calls(("1", "count", {}))
    assert (await hooks.handle(content, {})).body == (await hooks.handle(content, {})).body
    assert seen == [1]
    assert (
        "the store of replies failed, so this process goes on alone for a while: ConnectionError: down" in caplog.text
    )
    event = body("hang")
    for _ in range(2):
        await (await hooks.handle(event, {})).after()
    assert len(seen) == 2


@needs_redis
async def test_with_redis_down_messages_are_answered(caplog: pytest.LogCaptureFixture) -> None:
    async with redis.asyncio.Redis(port=1, retry=Retry(NoBackoff(), 0)) as client:
        hooks, seen = counting(RedisReplies(client))
        content = tool_calls(("1", "count", {}))
        assert (await hooks.handle(content, {})).body == (await hooks.handle(content, {})).body
    assert seen == [1]
    assert "ConnectionError" in caplog.text


async def test_a_store_that_failed_is_left_alone_for_a_while() -> None:
    clock = Moved()
    store = Memory()
    store.fails = {"claim"}
    hooks = Webhooks(verify=None, replies=store, clock=clock)
    hooks.tool("f")(lambda: "done")
    observed: list[Any] = []
    hooks.on("*")(observed.append)

    async def deliver(times: int) -> None:
        before = len(observed)
        for _ in range(times):
            await (await hooks.handle(tool_calls(("1", "f", {})), {})).after()
        assert len(observed) == before + times

    await deliver(3)
    assert store.asked == ["claim"]
    clock.time += 4.99
    await deliver(1)
    assert store.asked == ["claim"]
    clock.time = 5
    store.fails = set()
    await deliver(2)
    assert store.asked == ["claim", *["claim", "answer"] * 2]


async def test_a_store_that_does_not_answer_is_not_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    class Silent(Memory):
        async def claim(self, key: str, token: str) -> bool | bytes:
            await anyio.sleep_forever()
            raise AssertionError

    hooks = Webhooks(verify=None, replies=Silent(), clock=NoTime())
    hooks.tool("f")(lambda: "done")
    assert b"done" in (await hooks.handle(tool_calls(("1", "f", {})), {})).body  # type: ignore[operator]
    assert "TimeoutError: no answer within 2 seconds" in caplog.text


def test_a_redis_that_hangs_is_not_waited_for_in_a_thread_either() -> None:
    release = threading.Event()

    class Hanging:
        def eval(self, *arguments: Any) -> None:
            assert release.wait(60)

    async def deliver() -> Any:
        hooks = Webhooks(verify=None, replies=RedisReplies(Hanging()), clock=NoTime())
        hooks.tool("f")(lambda: "done")
        try:
            return (await hooks.handle(tool_calls(("1", "f", {})), {})).body
        finally:
            assert not release.is_set()
            release.set()

    assert b"done" in anyio.run(deliver)


async def test_a_store_that_hangs_while_another_process_makes_the_reply_is_left() -> None:
    class Hanging(Memory):
        async def wait(self, key: str) -> bytes | None:
            self.fails = {"claim"}
            await anyio.sleep_forever()
            raise AssertionError

    class Impatient(SystemClock):
        def limit(self, seconds: float) -> AbstractContextManager[anyio.CancelScope]:
            return anyio.move_on_after(0) if seconds == WAIT_SECONDS else super().limit(seconds)

    store = Hanging()
    hooks, seen = Webhooks(verify=None, replies=store, clock=Impatient()), []
    hooks.tool("f")(lambda: seen.append(1))
    store.known = dict.fromkeys([content_key(content := tool_calls(("1", "f", {})))], "of another")
    await hooks.handle(content, {})
    assert (seen, store.asked) == ([1], ["claim", "claim"])


def content_key(content: bytes) -> str:
    message = json.loads(content)["message"]
    found = deduplication_key("tool-calls", message)
    assert found is not None
    return found


async def test_two_processes_share_what_came() -> None:
    store = Memory()
    (one, seen), (other, seen_there) = counting(store), counting(store)
    content, event = tool_calls(("1", "count", {})), body("hang")
    assert (await one.handle(content, {})).body == (await other.handle(content, {})).body
    for hooks in (one, other):
        await (await hooks.handle(event, {})).after()
    assert (len(seen), len(seen_there)) == (2, 0)


async def test_who_waits_for_another_process_gives_its_reply() -> None:
    store = Memory()
    content = tool_calls(("1", "count", {}))
    key = content_key(content)
    store.known = {key: "of another process"}
    hooks, seen = counting(store)
    hooks.on("*")(seen.append)
    answers: list[Any] = []

    async def handle() -> None:
        answer = await hooks.handle(content, {})
        await answer.after()
        answers.append(answer.body)

    async with anyio.create_task_group() as group:
        group.start_soon(handle)
        while "wait" not in store.asked:
            await anyio.lowlevel.checkpoint()
        store.known[key] = b"of the other"
    assert (answers, seen, store.asked) == ([b"of the other"], [], ["claim", "wait"])


async def test_a_store_that_fails_while_another_process_makes_the_reply_is_left() -> None:
    store = Memory()
    content = tool_calls(("1", "count", {}))
    store.known = {content_key(content): "of another process"}
    store.fails = {"wait"}
    hooks, seen = counting(store)
    await hooks.handle(content, {})
    await hooks.handle(tool_calls(("2", "count", {})), {})
    assert (len(seen), store.asked) == (2, ["claim", "wait"])


async def test_who_waits_for_a_process_that_gives_up_takes_over() -> None:
    store = Memory()
    content = tool_calls(("1", "count", {}))
    await counting(store)[0].handle(content, {})
    (key,) = store.known
    store.known = {key: "of another process"}
    hooks, seen = counting(store)
    async with anyio.create_task_group() as group:
        group.start_soon(hooks.handle, content, {})
        while "wait" not in store.asked:
            await anyio.lowlevel.checkpoint()
        assert seen == []
        await store.answer(key, "of another process", None)
    assert seen == [1]


def test_a_claim_is_renewed_while_its_handler_runs(run: Runner) -> None:
    async def main() -> None:
        store = Memory()
        store.lease = 0.003
        hooks = Webhooks(verify=None, replies=store)

        @hooks.tool("f")
        async def f() -> str:
            while store.asked.count("claim") < 4:
                await anyio.lowlevel.checkpoint()
            return "done"

        await hooks.handle(tool_calls(("1", "f", {})), {})
        assert store.asked[-1] == "answer"

    run(main)


async def test_a_claim_is_renewed_three_times_in_its_lease() -> None:
    slept: list[float] = []
    renewed = anyio.Event()

    class Sleepless(SystemClock):
        async def sleep(self, seconds: float) -> None:
            slept.append(seconds)
            if len(slept) > 1:
                renewed.set()
                await anyio.sleep_forever()

    store = Memory()
    hooks = Webhooks(verify=None, replies=store, clock=Sleepless())
    hooks.tool("f")(renewed.wait)
    await hooks.handle(tool_calls(("1", "f", {})), {})
    assert (slept, store.asked) == ([10, 10], ["claim", "claim", "answer"])


async def test_a_handler_that_is_cancelled_gives_its_claim_up() -> None:
    store = Memory()
    hooks = Webhooks(verify=None, replies=store)
    started = anyio.Event()

    @hooks.tool("f")
    async def f() -> None:
        started.set()
        await anyio.sleep_forever()

    async with anyio.create_task_group() as group:
        group.start_soon(hooks.handle, tool_calls(("1", "f", {})), {})
        await started.wait()
        group.cancel_scope.cancel()
    assert store.known == {}
