"""Deliveries that come twice: events are dropped, what wants a reply gets the first one again."""

from __future__ import annotations

import json
import threading
from typing import Any

import anyio
import pytest
from hypothesis import given, strategies as st

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.conftest import Runner
from tests.webhooks.deadlines import Moved
from vapi_async._http.clock import SystemClock
from vapi_async.webhooks import MemoryReplies, Webhooks
from vapi_async.webhooks.duplicates import Duplicates
from vapi_async.webhooks.message_keys import deduplication_key

CALL = {"id": "c"}


def key(kind: str, **fields: Any) -> Any:
    return deduplication_key(kind, {"type": kind, **fields})


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        ("status-update", {"status": "ringing"}, {"status": "in-progress"}),
        ("speech-update", {"status": "started", "role": "user"}, {"status": "stopped", "role": "user"}),
        ("speech-update", {"status": "started", "role": "user"}, {"status": "started", "role": "assistant"}),
        ("transcript", {"transcript": "yes"}, {"transcript": "no"}),
        ("hang", {"timestamp": 1}, {"timestamp": 2}),
        ("hang", {"call": {"id": "a"}}, {"call": {"id": "b"}}),
        ("hang", {"toolCallList": [{"id": "1"}], "timestamp": 1}, {"toolCallList": [{"id": "1"}], "timestamp": 2}),
        ("session.updated", {"session": {"id": "s", "x": 1}}, {"session": {"id": "s", "x": 2}}),
        ("tool-calls", {"toolCallList": [{"id": "1"}]}, {"toolCallList": [{"id": "2"}]}),
        (
            "tool-calls",
            {"toolCallList": [{"id": "1"}], "call": {"id": "a"}},
            {"toolCallList": [{"id": "1"}], "call": {"id": "b"}},
        ),
        ("tool-calls", {"toolCallList": [{"id": "1"}]}, {"toolCallList": [{"id": "1", "arguments": {}}]}),
        ("assistant-request", {"call": {"id": "a"}}, {"call": {"id": "b"}}),
        ("end-of-call-report", {"call": {"id": "a"}}, {"call": {"id": "b"}}),
    ],
)
def test_what_differs_is_different(kind: str, one: dict[str, Any], other: dict[str, Any]) -> None:
    common = {"call": CALL, "timestamp": 5}
    first, second = key(kind, **{**common, **one}), key(kind, **{**common, **other})
    assert first is not None
    assert second is not None
    assert first != second


@pytest.mark.parametrize(
    ("kind", "fields", "changed"),
    [
        ("status-update", {"status": "ended", "timestamp": 5}, {"artifact": {"presignedUrl": "b"}}),
        ("status-update", {"status": "ended", "timestamp": 5}, {"call": {"id": "c", "updatedAt": "later"}}),
        ("end-of-call-report", {}, {"timestamp": 6, "artifact": {"url": "b"}, "startedAt": "x"}),
        ("assistant-request", {}, {"timestamp": 6, "phoneNumber": {"updatedAt": "later"}}),
        ("tool-calls", {"toolCallList": [{"id": "1"}]}, {"timestamp": 6, "artifact": {"messages": []}}),
    ],
)
def test_what_changes_with_every_delivery_does_not_count(kind: str, fields: Any, changed: Any) -> None:
    first = {"call": CALL, "artifact": {"presignedUrl": "a"}, **fields}
    assert key(kind, **first) == key(kind, **{**first, **changed}) is not None


@pytest.mark.parametrize(
    ("kind", "fields"),
    [
        ("hang", {"call": CALL}),
        ("hang", {"timestamp": 1}),
        ("hang", {"timestamp": 1, "call": {"id": 5}}),
        ("transcript", {"transcript": "yes", "call": None}),
        ("end-of-call-report", {"timestamp": 1}),
        ("assistant-request", {"timestamp": 1}),
        ("tool-calls", {"toolCallList": []}),
        ("tool-calls", {"toolCallList": [{"id": "1"}, {}], "call": CALL}),
        ("tool-calls", {"toolCallList": [{"id": "1"}, "2", None], "call": CALL}),
        ("function-call", {"functionCall": {"name": "f"}, "call": CALL}),
    ],
)
def test_what_cannot_be_told_apart_is_no_duplicate(kind: str, fields: Any) -> None:
    assert key(kind, **fields) is None


def test_deep_content_has_no_key() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert key("hang", call=CALL, timestamp=1, own=deep) is None
    while isinstance(deep, list):  # else it is freed by recursion
        (deep,) = deep


@given(st.dictionaries(st.text(), st.text() | st.none() | st.lists(st.integers())), st.text())
def test_random_messages_have_a_key_or_none(fields: dict[str, Any], kind: str) -> None:
    message = {**fields, "call": CALL, "timestamp": 1}
    assert deduplication_key(kind, message) == deduplication_key(kind, dict(reversed(message.items())))


async def deliver(hooks: Webhooks, content: bytes) -> Any:
    answer = await hooks.handle(content, {})
    await answer.after()
    return json.loads(answer.body)


@pytest.mark.parametrize(("drop", "times"), [(True, 1), (False, 2)])
async def test_an_event_that_comes_again_is_dropped(drop: bool, times: int) -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=None, drop_duplicates=drop)
    hooks.on("hang")(seen.append)
    content = body("hang")
    assert await deliver(hooks, content) == await deliver(hooks, content) == {}
    assert len(seen) == times
    await deliver(hooks, body("hang"))
    assert len(seen) == times + 1


async def test_an_event_that_cannot_be_told_from_others_is_handled_each_time() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=None)
    hooks.on("hang")(seen.append)
    numbers = iter("12")
    hooks.on("function-call")(lambda message: {"result": next(numbers)})
    for number in "12":
        await deliver(hooks, b'{"message": {"type": "hang"}}')
        assert await deliver(hooks, b'{"message": {"type": "function-call"}}') == {"result": number}
    assert len(seen) == 2


@pytest.mark.parametrize(("drop", "times"), [(True, 1), (False, 2)])
async def test_what_wants_a_reply_gets_the_first_one_again(drop: bool, times: int) -> None:
    seen: list[int] = []
    observed: list[Any] = []
    hooks = Webhooks(verify=None, drop_duplicates=drop)
    hooks.on("*")(observed.append)

    @hooks.tool("count")
    async def count() -> int:
        seen.append(1)
        return len(seen)

    content = tool_calls(("1", "count", {}))
    first, second = await deliver(hooks, content), await deliver(hooks, content)
    assert first["results"][0]["result"] == "1"
    assert second["results"][0]["result"] == str(times)
    assert len(seen) == len(observed) == times


async def test_a_reply_that_failed_is_tried_again() -> None:
    replies = iter([None, {"assistantId": "a"}, {"assistantId": "b"}])
    hooks = Webhooks(verify=None)
    hooks.on("assistant-request")(lambda message: next(replies))
    content = body("assistant-request")
    assert [*await deliver(hooks, content)] == ["error"]
    assert await deliver(hooks, content) == await deliver(hooks, content) == {"assistantId": "a"}


def test_two_at_once_are_one(run: Runner) -> None:
    async def main() -> None:
        made: list[int] = []
        answers: list[Any] = []
        hooks = Webhooks(verify=None)
        go = anyio.Event()

        @hooks.on("assistant-request")
        async def choose(message: Any) -> Any:
            made.append(1)
            await go.wait()
            return {"assistantId": "a"}

        async def one(content: bytes) -> None:
            answers.append(await deliver(hooks, content))

        content = body("assistant-request")
        async with anyio.create_task_group() as group:
            for _ in range(5):
                group.start_soon(one, content)
            await anyio.wait_all_tasks_blocked()
            go.set()
        assert made == [1]
        assert answers == [{"assistantId": "a"}] * 5

    run(main)


@pytest.mark.parametrize("how", ["cancelled", "failed"])
def test_who_waits_tries_again_when_the_first_one_does_not_make_it(how: str, run: Runner) -> None:
    async def main() -> None:
        replies = Duplicates(MemoryReplies(), SystemClock())
        scope = anyio.CancelScope()
        go = anyio.Event()
        results: list[Any] = []

        async def fail() -> bytes:
            await go.wait()
            raise ValueError

        async def first() -> None:
            with scope:
                try:
                    await replies.reply("k", fail)
                except ValueError:
                    results.append("failed")

        async def second() -> None:
            async def make() -> bytes:
                return b"second"

            results.append(await replies.reply("k", make))

        async with anyio.create_task_group() as group:
            group.start_soon(first)
            await anyio.wait_all_tasks_blocked()
            group.start_soon(second)
            await anyio.wait_all_tasks_blocked()
            if how == "cancelled":
                scope.cancel()
            else:
                go.set()
        assert results == ([(b"second", True)] if how == "cancelled" else ["failed", (b"second", True)])

    run(main)


def test_threads_with_loops_of_their_own_share_replies() -> None:
    made: list[int] = []
    inside, go = threading.Event(), threading.Event()
    hooks = Webhooks(verify=None)

    @hooks.on("assistant-request")
    def choose(message: Any) -> Any:
        made.append(1)
        inside.set()
        assert go.wait(60)
        return {"assistantId": "a"}

    content = body("assistant-request")
    answers: list[Any] = []
    threads = [threading.Thread(target=lambda: answers.append(hooks.handle_sync(content, {}).body)) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert inside.wait(60)
    go.set()
    for thread in threads:
        thread.join(60)
    assert made == [1]
    assert set(answers) == {b'{"assistantId":"a"}'}
    assert len(answers) == 4


async def test_the_newest_keys_are_kept() -> None:
    seen = MemoryReplies(max_messages=2)
    assert [seen.add(name) for name in "abacab"] == [True, True, False, True, False, True]


async def test_replies_are_bounded_in_number_and_bytes() -> None:
    replies = Duplicates(MemoryReplies(max_messages=2, max_bytes=10), SystemClock())

    async def asked(name: str, reply: bytes) -> bool:
        async def make() -> bytes:
            return reply

        return (await replies.reply(name, make))[1]

    assert [await asked(name, b"1") for name in "abacab"] == [True, True, False, True, False, True]
    assert await asked("long", b"x" * 10)
    assert not await asked("long", b"?")
    assert await asked("a", b"1")
    assert await asked("too long", b"x" * 11)
    assert await asked("too long", b"x" * 11)
    assert not await asked("a", b"?")


async def test_bytes_are_counted_as_they_come_and_go() -> None:
    clock = Moved()
    seen = MemoryReplies(ttl=10, max_bytes=10, clock=clock)

    async def known(*names: str) -> list[bool]:
        return [await seen.wait(name) is not None for name in names]

    await seen.answer("a", "", b"12345")
    clock.time = 10
    assert await known("a") == [False]
    await seen.answer("a", "", b"12345")
    await seen.answer("b", "", b"12345")
    assert await known("a", "b") == [True, True], "what lapsed does not count"
    await seen.answer("c", "", b"1")
    assert await known("a", "b", "c") == [False, True, True]
    await seen.answer("d", "", b"1234")
    await seen.answer("e", "", b"1" * 9)
    assert await known("b", "c", "d", "e") == [False, False, False, True]


async def test_events_do_not_push_out_replies() -> None:
    seen = MemoryReplies(max_messages=1)
    await seen.answer("reply", "", b"{}")
    await seen.answer("event", "", b"")
    assert [await seen.wait("reply"), await seen.wait("event")] == [b"{}", b""]
    await seen.answer("other", "", b"")
    assert [await seen.wait("reply"), await seen.wait("event")] == [b"{}", None]


async def test_who_waits_can_be_cancelled_before_the_reply_is_there() -> None:
    seen = MemoryReplies()
    assert await seen.claim("a", "") is True
    async with anyio.create_task_group() as group:
        group.start_soon(seen.wait, "a")
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    await seen.answer("a", "", b"reply")


async def test_what_came_is_known_for_a_time_since_it_last_came() -> None:
    clock = Moved()
    seen = MemoryReplies(ttl=10, clock=clock)
    assert seen.add("a")
    clock.time = 9
    assert not seen.add("a")
    clock.time = 18
    assert not seen.add("a")
    clock.time = 28
    assert seen.add("a")


async def test_what_has_lapsed_is_forgotten() -> None:
    clock = Moved()
    seen = MemoryReplies(ttl=10, clock=clock)
    for number in range(100):
        clock.time = number
        seen.add(str(number))
    assert len(seen._events._kept) == 10


async def test_chatty_events_push_out_neither_reports_nor_replies() -> None:
    reports: list[Any] = []
    booked: list[int] = []
    hooks = Webhooks(verify=None)
    hooks.on("end-of-call-report")(reports.append)

    @hooks.tool("book")
    async def book() -> int:
        booked.append(1)
        return len(booked)

    report, booking = body("end-of-call-report"), tool_calls(("1", "book", {}))
    for content in (report, booking):
        await deliver(hooks, content)
    for number in range(3000):
        await hooks.handle(body("speech-update", status="started", turn=number), {})
    for content in (report, booking):
        await deliver(hooks, content)
    assert (len(reports), len(booked)) == (1, 1)


async def test_a_call_in_another_list_is_known_too() -> None:
    seen: list[int] = []
    hooks = Webhooks(verify=None)
    hooks.tool("count")(lambda: seen.append(1))
    listed = [{"tool": {"type": "function", "name": "count"}, "toolCall": {"id": "call_1", "parameters": {}}}]
    content = json.dumps({"message": {"type": "tool-calls", "toolWithToolCallList": listed}}).encode()
    assert await deliver(hooks, content) == await deliver(hooks, content)
    assert seen == [1]


@pytest.mark.parametrize("name", ["ttl", "max_messages", "max_bytes"])
def test_bounds_have_to_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} is 0: it must be more than 0"):
        MemoryReplies(**{name: 0})
    MemoryReplies(**{name: 0.5})


def test_a_store_without_dropping_is_refused() -> None:
    with pytest.raises(ValueError, match="replies is where duplicates are known"):
        Webhooks(verify=None, drop_duplicates=False, replies=MemoryReplies())
