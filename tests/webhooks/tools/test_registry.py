"""Tools at work: answers in order, on one line, in time, and whatever goes wrong."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum, StrEnum
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import anyio
import attrs
import pytest
from hypothesis import given, settings, strategies as st

from tests.contract import own_contract
from vapi_async import UNSET
from vapi_async.models import Call, ServerMessageToolCalls, ToolMessageComplete
from vapi_async.webhooks.tools.invocations import Invocation, ToolContext as Context, invocations
from vapi_async.webhooks.tools.registry import Tools
from vapi_async.webhooks.tools.spoken_text import ToolError, spoken_text
from vapi_async.webhooks.tools.tool import ToolResult

if TYPE_CHECKING:
    from vapi_async.webhooks.tools.invocations import ToolContext

Runner = Callable[[Callable[[], Awaitable[Any]]], Any]
ID = UUID("3f2b7c1e-9d4a-4b6f-8a51-0c2d3e4f5a6b")
SOON = 1e-9  # seconds: over before anything can wait for it


@pytest.fixture(params=["asyncio", "trio"])
def run(request: pytest.FixtureRequest) -> Runner:
    def run(main: Callable[[], Awaitable[Any]]) -> Any:
        async def bounded() -> Any:
            with anyio.fail_after(60):
                return await main()

        return anyio.run(bounded, backend=request.param)

    return run


def asked(*calls: str | tuple[str, dict[str, Any]]) -> list[Invocation]:
    pairs = [(call, {}) if isinstance(call, str) else call for call in calls]
    return [Invocation(f"c{number}", name, arguments) for number, (name, arguments) in enumerate(pairs)]


def tools_of(*functions: Callable[..., Any], **options: Any) -> Tools:
    tools = Tools()
    for function in functions:
        tools.add(function, **options)
    return tools


def answers(run: Runner, tools: Tools, *calls: str | tuple[str, dict[str, Any]], **more: Any) -> list[dict[str, Any]]:
    async def main() -> Any:
        return await tools.run(asked(*calls), **more)

    found: list[dict[str, Any]] = run(main)
    for answer in found:
        assert own_contract().errors(answer, {"$ref": "#/components/schemas/ToolCallResult"}) == []
        for key in ("result", "error"):
            assert len(answer.get(key, "").splitlines()) <= 1
    return found


async def add(a: int, b: int = 1) -> int:
    return a + b


def shout(text: str) -> str:
    return text.upper()


async def hang() -> None:
    await anyio.sleep_forever()


async def explode() -> None:
    raise RuntimeError("password=hunter2")


def test_the_answer_has_the_id_the_name_and_the_result(run: Runner) -> None:
    assert answers(run, tools_of(add, shout), ("add", {"a": "2"}), ("shout", {"text": "hi"})) == [
        {"toolCallId": "c0", "name": "add", "result": "3"},
        {"toolCallId": "c1", "name": "shout", "result": "HI"},
    ]
    assert answers(run, tools_of(add)) == []


def test_tools_run_at_the_same_time_and_answer_in_order(run: Runner) -> None:
    async def main() -> Any:
        ready = anyio.Event()

        async def first() -> str:
            await ready.wait()
            return "first"

        async def second() -> str:
            ready.set()
            return "second"

        return await tools_of(first, second).run(asked("first", "second", "first"))

    assert [answer["result"] for answer in run(main)] == ["first", "second", "first"]


def test_what_goes_wrong_with_one_does_not_touch_the_others(run: Runner) -> None:
    tools = tools_of(add, explode)
    tools.add(hang, timeout=SOON)
    found = answers(run, tools, "explode", ("add", {"a": 1}), "hang", ("add", {}), "missing", ("add", {"a": 2}))
    assert [answer.get("result") for answer in found] == [None, "2", None, None, None, "3"]
    assert [answer["toolCallId"] for answer in found] == ["c0", "c1", "c2", "c3", "c4", "c5"]
    assert [answer.get("error") for answer in found] == [
        "Sorry, explode did not work.",
        None,
        "Sorry, hang did not answer in time.",
        'The argument "a" is missing: it must be a whole number.',
        "There is no tool named missing.",
        None,
    ]


def test_each_has_its_own_deadline(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> Any:
        late = anyio.Event()

        async def slow() -> str:
            await late.wait()
            return "there"

        async def quick() -> None:
            try:
                await anyio.sleep_forever()
            finally:
                late.set()

        tools = tools_of(slow)
        tools.add(quick, timeout=SOON)
        return await tools.run(asked("slow", "quick"))

    slow, quick = run(main)
    assert slow["result"] == "there"
    assert quick["error"] == "Sorry, quick did not answer in time."
    [record] = caplog.records
    assert (record.name, record.levelname) == ("vapi_async.webhooks", "ERROR")
    assert "quick" in record.getMessage()


def test_the_deadline_of_all_is_the_default_of_each(run: Runner) -> None:
    tools = Tools(timeout=SOON)
    tools.add(hang)
    assert answers(run, tools, "hang")[0]["error"] == "Sorry, hang did not answer in time."


def test_a_function_that_blocks_is_left_behind_at_the_deadline(run: Runner) -> None:
    release = threading.Event()
    ended = threading.Event()

    def block() -> None:
        release.wait(60)
        ended.set()

    try:
        [answer] = answers(run, tools_of(block, timeout=0.01), "block")
        assert answer["error"] == "Sorry, block did not answer in time."
        assert not ended.is_set()
    finally:
        release.set()


def test_functions_that_are_not_async_run_in_a_thread(run: Runner) -> None:
    def where() -> str:
        return threading.current_thread().name

    assert answers(run, tools_of(where), "where")[0]["result"] != threading.main_thread().name


class Counter:
    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> str:
        self.count += 1
        return threading.current_thread().name


def test_other_callables_run(run: Runner) -> None:
    main_thread = threading.main_thread().name
    tools = Tools()
    counter = Counter()
    tools.add(counter, "counter")
    tools.add(partial(counter), "partial")
    tools.add(partial(add, b=5), "bound")
    tools.add(lambda: add(1), "hidden")
    found = answers(run, tools, "counter", "partial", ("bound", {"a": 1, "b": 9}), "hidden")
    assert [answer.get("result") for answer in found] == [main_thread, main_thread, "6", "2"]
    assert counter.count == 2


def test_the_text_of_a_tool_error_is_what_the_assistant_is_told(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    def speak() -> None:
        raise ToolError("We are full.\nTry\ttomorrow.")

    def mute() -> None:
        raise ToolError

    class Closed(ToolError):
        pass

    async def closed() -> None:
        raise Closed("We are closed.")

    found = answers(run, tools_of(speak, mute, closed), "speak", "mute", "closed")
    assert [answer["error"] for answer in found] == [
        "We are full. Try tomorrow.",
        "Sorry, mute did not work.",
        "We are closed.",
    ]
    assert caplog.records == []


@pytest.mark.parametrize(
    "error", [RuntimeError("hunter2"), TimeoutError("hunter2"), ExceptionGroup("hunter2", [ToolError("hunter2")])]
)
def test_other_exceptions_are_logged_and_not_told(
    run: Runner, caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    def fail() -> None:
        raise error

    [answer] = answers(run, tools_of(fail), "fail")
    assert answer == {"toolCallId": "c0", "name": "fail", "error": "Sorry, fail did not work."}
    [record] = caplog.records
    assert record.name == "vapi_async.webhooks"
    assert record.exc_info is not None
    assert record.exc_info[1] is error


def test_what_is_no_exception_passes_through(run: Runner) -> None:
    class Stop(BaseException):
        pass

    async def stop() -> None:
        raise Stop

    with pytest.raises(BaseExceptionGroup) as caught:
        answers(run, tools_of(stop), "stop")
    assert caught.group_contains(Stop)


def test_cancellation_passes_through(run: Runner) -> None:
    async def main() -> bool:
        with anyio.CancelScope() as scope:

            async def cancel() -> None:
                scope.cancel()
                await anyio.sleep_forever()

            await tools_of(cancel).run(asked("cancel"))
        return scope.cancelled_caught

    assert run(main) is True


async def test_a_tool_that_raises_a_cancellation_of_its_own_has_failed() -> None:
    import asyncio

    async def confused() -> None:
        raise asyncio.CancelledError

    async def later() -> str:
        await anyio.wait_all_tasks_blocked()
        return "unharmed"

    with anyio.fail_after(60):
        found = await tools_of(confused, later).run(asked("confused", "later"))
    assert found[0] == {"toolCallId": "c0", "name": "confused", "error": "Sorry, confused did not work."}
    assert found[1]["result"] == "unharmed"


def test_a_problem_with_the_message_is_the_answer(run: Runner) -> None:
    message = {"toolCallList": [{"id": "c9", "function": {"name": "add", "arguments": "{"}}]}

    async def main() -> Any:
        return await tools_of(add).run(invocations(message))

    assert run(main) == [
        {"toolCallId": "c9", "name": "add", "error": "The arguments of add are not valid JSON. Please try again."}
    ]


def test_an_unknown_name_is_told_on_one_line(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    found = answers(run, Tools(), "no\nsuch", "")
    assert [answer["error"] for answer in found] == [
        "There is no tool named no such.",
        "There is no tool named nothing.",
    ]
    assert [record.levelname for record in caplog.records] == ["WARNING", "WARNING"]


class Colour(Enum):
    RED = "red"


class Mood(StrEnum):
    GOOD = "good"


@dataclass
class Slot:
    at: datetime
    price: Decimal


@attrs.frozen
class Offer:
    slots: tuple[Slot, ...]
    colour: Colour


NOON = datetime(2026, 12, 31, 12, tzinfo=UTC)
TEXTS = [
    ("as it is: \u00e9", "as it is: \u00e9"),
    ("", ""),
    ("a\nb\r\nc\rd\te\u2028f\u2029g\x85h\x0bi\x0cj", "a b c d e f g h i j"),
    (None, "Success."),
    (True, "true"),
    (5, "5"),
    (2.5, "2.5"),
    (Decimal("12.50"), "12.50"),
    (date(2026, 12, 31), "2026-12-31"),
    (NOON, "2026-12-31T12:00:00+00:00"),
    (NOON.replace(tzinfo=None), "2026-12-31T12:00:00"),
    (time(18, 30), "18:30:00"),
    (ID, str(ID)),
    (Colour.RED, "red"),
    (Mood.GOOD, "good"),
    ([1, "a"], '[1,"a"]'),
    ((1, 2), "[1,2]"),
    ({1}, "[1]"),
    (deque([1]), None),
    ({"a": {"b": None}}, '{"a":{"b":null}}'),
    ({"name": "\u00e9\u2028"}, '{"name":"\u00e9 "}'),
    (MappingProxyType({"a": 1}), '{"a":1}'),
    ({"a": UNSET}, '{"a":null}'),
    (Call(id="c", org_id="o", created_at=NOON, updated_at=UNSET), None),
    (Slot(NOON, Decimal("9.9")), '{"at":"2026-12-31T12:00:00+00:00","price":"9.9"}'),
    (Offer((), Colour.RED), '{"slots":[],"colour":"red"}'),
]


@pytest.mark.parametrize(("value", "text"), [row for row in TEXTS if row[1] is not None])
def test_results_become_one_line_of_text(value: Any, text: str) -> None:
    assert spoken_text(value) == text


def test_models_become_json_under_the_names_of_the_api() -> None:
    call = Call(id="c", org_id="o", created_at=NOON, updated_at=NOON)
    assert spoken_text(call) == (
        '{"id":"c","orgId":"o","createdAt":"2026-12-31T12:00:00+00:00","updatedAt":"2026-12-31T12:00:00+00:00"}'
    )


def endless() -> list[Any]:
    value: list[Any] = []
    value.append(value)
    return value


@pytest.mark.parametrize("value", [object(), b"bytes", float("nan"), {"a": object()}, {date.min: 1}, Slot, endless()])
def test_what_cannot_be_told_is_an_error(run: Runner, caplog: pytest.LogCaptureFixture, value: Any) -> None:
    def give() -> Any:
        return value

    assert answers(run, tools_of(give), "give")[0]["error"] == "Sorry, give did not work."
    assert "give" in caplog.text


@pytest.mark.parametrize(
    "message",
    ["Booked!", {"type": "request-complete", "content": "Booked!"}, ToolMessageComplete(content="Booked!")],
)
def test_a_tool_result_says_more(run: Runner, message: Any) -> None:
    def book() -> ToolResult:
        return ToolResult({"id": 5}, message=message, metadata={"at": NOON})

    assert answers(run, tools_of(book), "book") == [
        {
            "toolCallId": "c0",
            "name": "book",
            "result": '{"id":5}',
            "message": {"type": "request-complete", "content": "Booked!"},
            "metadata": {"at": "2026-12-31T12:00:00+00:00"},
        }
    ]


def test_a_tool_result_alone_is_a_success(run: Runner) -> None:
    def nod() -> ToolResult:
        return ToolResult()

    assert answers(run, tools_of(nod), "nod") == [{"toolCallId": "c0", "name": "nod", "result": "Success."}]


async def with_context(text: str, context: ToolContext, other: Context | None = None) -> list[Any]:
    assert context is other
    call = context.call
    return [text, context.invocation.id, context.invocation.name, call and call.id, type(call).__name__]


TOOL_CALLS = {"type": "tool-calls", "call": {"id": "call-1"}, "toolCallList": [], "toolWithToolCallList": []}


@pytest.mark.parametrize(
    ("message", "call"),
    [
        (ServerMessageToolCalls.from_dict(TOOL_CALLS), '"call-1","Call"'),
        (TOOL_CALLS, '"call-1","Call"'),
        (ServerMessageToolCalls.from_dict({"type": "tool-calls"}), 'null,"NoneType"'),
        (None, 'null,"NoneType"'),
    ],
)
def test_a_tool_is_given_its_context(run: Runner, message: Any, call: str) -> None:
    [answer] = answers(
        run, tools_of(with_context), ("with_context", {"text": "t", "context": "forged"}), message=message
    )
    assert answer["result"] == f'["t","c0","with_context",{call}]'


async def test_the_context_has_the_message() -> None:
    seen: list[Any] = []

    def look(context: ToolContext) -> None:
        seen.append(context.message)

    message = ServerMessageToolCalls.from_dict(TOOL_CALLS)
    with anyio.fail_after(60):
        await tools_of(look).run(asked("look"), message)
    assert seen[0] is message


def test_what_is_shown_of_a_context_holds_no_conversation() -> None:
    context = Context(
        {"transcript": "hunter2"}, Call.from_dict({"id": "hunter2"}), Invocation("c", "n", {"a": "hunter2"})
    )
    assert "hunter2" not in repr(context)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner),
    max_leaves=5,
)


@settings(max_examples=50)
@given(st.lists(st.tuples(st.sampled_from(["add", "explode", "missing"]), JSON | st.text()), max_size=4))
def test_every_call_gets_an_answer_whatever_its_arguments_are(calls: list[tuple[str, Any]]) -> None:
    message = {"toolCallList": [{"id": name, "name": name, "arguments": arguments} for name, arguments in calls]}

    async def main() -> list[dict[str, Any]]:
        with anyio.fail_after(60):
            return await tools_of(add, explode).run(invocations(message), message)

    found = anyio.run(main)
    assert [answer["toolCallId"] for answer in found] == [name for name, _ in calls]
    assert all(("result" in answer) != ("error" in answer) for answer in found)


class Reverse:
    """Not a cipher, but it shows what is decrypted."""

    def decrypt(self, arguments: dict[str, Any], paths: Any) -> dict[str, Any]:
        if arguments.get("card") == "broken":
            raise ValueError("hunter2")
        return {key: value[::-1] if key in paths else value for key, value in arguments.items()}


def pay(card: str, note: str) -> str:
    return f"{card} {note}"


def test_encrypted_arguments_are_decrypted_first(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    tools = tools_of(pay, encrypted_paths=["card"])
    tools.add(pay, "plain")
    call = {"card": "1234", "note": "abc"}
    found = answers(run, tools, ("pay", call), ("plain", call), ("pay", {"card": "broken"}), decryptor=Reverse())
    assert [answer.get("result") for answer in found] == ["4321 abc", "1234 abc", None]
    assert found[2]["error"] == "Sorry, pay did not work."
    assert [record.levelno for record in caplog.records] == [logging.ERROR]


def test_a_tool_never_sees_arguments_that_are_still_encrypted(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    [answer] = answers(run, tools_of(pay, encrypted_paths=["card"]), ("pay", {"card": "1234", "note": ""}))
    assert answer["error"] == "Sorry, pay did not work."
    assert "nothing to decrypt them with" in caplog.text
