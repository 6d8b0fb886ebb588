"""`Webhooks.handle`: what can be registered, what is refused, and what runs when."""

from __future__ import annotations

import asyncio
import functools
import json
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.conftest import Runner
from vapi_async import models
from vapi_async._http.clock import SystemClock
from vapi_async.responses import Headers
from vapi_async.webhooks import (
    Answer,
    Webhooks,
    bearer,
    from_plan,
    hmac_signature,
    oauth2,
    shared_secret,
    vapi_signature,
)

FINAL = 'transcript[transcriptType="final"]'


def test_no_verifier_must_be_said() -> None:
    with pytest.raises(TypeError, match="verify=None"):
        Webhooks()


@pytest.mark.parametrize("given", ["secret", b"secret", 1, ["secret"], {"a": 1}])
def test_what_is_no_verifier_is_refused_without_being_shown(given: Any) -> None:
    with pytest.raises(TypeError, match="shared_secret") as caught:
        Webhooks(verify=given)
    assert "secret'" not in str(caught.value).replace("shared_secret('...')", "")


@pytest.mark.parametrize("factory", [bearer, from_plan, hmac_signature, oauth2, shared_secret, vapi_signature])
def test_a_verifier_that_was_not_made_yet_is_refused(factory: Any) -> None:
    with pytest.raises(TypeError, match=f"{factory.__name__} itself: call it"):
        Webhooks(verify=factory)


async def test_header_fields_beyond_latin_1_are_not_mistaken_for_others() -> None:
    hooks = Webhooks(verify=shared_secret("a?b"))
    assert (await hooks.handle(body("hang"), {"x-vapi-secret": "a€b"})).status == 401


def test_without_tools_there_are_no_definitions_and_handlers_stay_possible() -> None:
    hooks = Webhooks(verify=None)
    assert hooks.tool_definitions("https://example.com") == []
    hooks.on("tool-calls")(print)


def test_an_empty_list_of_verifiers_is_refused() -> None:
    with pytest.raises(ValueError, match="verify is empty"):
        Webhooks(verify=[])


@pytest.mark.parametrize("name", ["max_body", "tool_timeout", "assistant_request_timeout"])
def test_numbers_must_be_positive(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Webhooks(verify=None, **{name: 0})


async def test_any_of_several_verifiers_will_do() -> None:
    hooks = Webhooks(verify=[shared_secret("old"), shared_secret("new")])
    for secret, status in (("old", 200), ("new", 200), ("other", 401)):
        answer = await hooks.handle(body("hang"), {"X-Vapi-Secret": secret})
        assert answer.status == status
    assert (await hooks.handle(body("hang"), {})).status == 401


async def test_a_signature_is_over_the_raw_bytes_and_the_url() -> None:
    import hashlib
    import hmac

    content = b' {"message": {"type" : "hang"}} '
    signature = hmac.new(b"k", b"POST https://a.example/x " + content, hashlib.sha256).hexdigest()
    verifier = hmac_signature("k", include_timestamp=False, payload_format="{method} {url} {body}")
    hooks = Webhooks(verify=verifier)
    headers = {"x-signature": signature}
    assert (await hooks.handle(content, headers, url="https://a.example/x")).status == 200
    assert (await hooks.handle(content, headers, url="https://a.example/y")).status == 401
    assert (await hooks.handle(content.strip(), headers, url="https://a.example/x")).status == 401


async def test_a_verifier_that_fails_is_no_acceptance(caplog: pytest.LogCaptureFixture) -> None:
    def broken(delivery: Any) -> bool:
        raise RuntimeError("the database is away")

    answer = await Webhooks(verify=broken).handle(body("hang"), {})
    assert answer.status == 503
    assert b"database" not in answer.body
    assert "a verifier failed" in caplog.text


@pytest.mark.parametrize(
    ("content", "method", "status"),
    [
        (b"", "POST", 400),
        (b"{", "POST", 400),
        (b"[1]", "POST", 400),
        (b'{"message": {}}', "POST", 400),
        (b"[" * 5000, "POST", 400),
        (b"x" * 10_001, "POST", 413),
        (b"", "GET", 405),
        (b"", "PUT", 405),
    ],
)
async def test_refusals(content: bytes, method: str, status: int) -> None:
    handled: list[Any] = []
    hooks = Webhooks(verify=None, max_body=10_000)
    hooks.on("*")(handled.append)
    answer = await hooks.handle(content, {}, method=method)
    await answer.after()
    assert answer.status == status
    assert answer.media_type == "application/json"
    assert list(json.loads(answer.body)) == ["error"]
    assert answer.headers == ({"allow": "POST"} if status == 405 else {})
    assert not handled


async def test_who_is_not_verified_learns_nothing_about_the_body() -> None:
    hooks = Webhooks(verify=shared_secret("s"))
    assert (await hooks.handle(b"no json", {})).status == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"x-vapi-secret": "s"},
        [("X-VAPI-SECRET", "s")],
        [(b"x-vapi-secret", b"s")],
        {"X-Vapi-Secret": "s", "Accept": "*/*"}.items(),
        Headers([(b"X-Vapi-Secret", b"s")]),
    ],
)
async def test_headers_are_a_mapping_or_pairs(headers: Any) -> None:
    assert (await Webhooks(verify=shared_secret("s")).handle(body("hang"), headers)).status == 200


async def test_a_repeated_header_stays_repeated() -> None:
    twice = Headers([(b"x-vapi-secret", b"s"), (b"x-vapi-secret", b"t")])
    hooks = Webhooks(verify=shared_secret(["s", "s, t"]))
    assert [(await hooks.handle(body("hang"), headers)).status for headers in (twice, {"x-vapi-secret": "s, t"})] == [
        401,
        200,
    ]


async def test_events_run_after_the_answer_sync_and_async() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=None)

    @hooks.on("status-update", "hang")
    async def first(message: Any) -> None:
        seen.append((type(message).__name__, threading.current_thread() is threading.main_thread()))

    @hooks.on("hang")
    def second(message: Any) -> None:
        seen.append((type(message).__name__, threading.current_thread() is threading.main_thread()))

    status, content, after = await hooks.handle(body("hang"), {})
    assert (status, content, seen) == (200, b"{}", [])
    await after()
    assert sorted(seen) == [("ServerMessageHang", False), ("ServerMessageHang", True)]
    assert first.__name__ == "first"
    assert second.__name__ == "second"


def test_handlers_of_an_event_are_isolated_from_one_another(run: Runner, caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> None:
        done: list[str] = []
        hooks = Webhooks(verify=None)
        both = anyio.Event()

        @hooks.on("hang")
        async def fails(message: Any) -> None:
            raise ValueError("of my own")

        @hooks.on("hang")
        async def waits(message: Any) -> None:
            await both.wait()
            done.append("waits")

        @hooks.on("hang")
        async def works(message: Any) -> None:
            both.set()
            done.append("works")

        answer = await hooks.handle(body("hang"), {})
        await answer.after()
        assert sorted(done) == ["waits", "works"]

    run(main)
    assert "of my own" in caplog.text
    assert "fails" in caplog.text


def test_handlers_share_one_message_and_can_be_cancelled(run: Runner) -> None:
    async def main() -> None:
        seen: list[Any] = []
        hooks = Webhooks(verify=None)
        started = anyio.Event()

        @hooks.on("hang", "*")
        async def look(message: Any) -> None:
            seen.append(message)
            if len(seen) == 2:
                started.set()
            await anyio.sleep_forever()

        answer = await hooks.handle(body("hang"), {})
        async with anyio.create_task_group() as group:
            group.start_soon(answer.after)
            await started.wait()
            group.cancel_scope.cancel()
        assert seen[0] is seen[1]

    run(main)


async def test_a_cancellation_that_nobody_asked_for_is_a_failed_handler(caplog: pytest.LogCaptureFixture) -> None:
    hooks = Webhooks(verify=None)
    seen: list[str] = []

    @hooks.on("hang", "status-update", "assistant-request")
    async def confused(message: Any) -> Any:
        raise asyncio.CancelledError

    @hooks.on("hang")
    async def later(message: Any) -> None:
        await anyio.wait_all_tasks_blocked()
        seen.append(message.type)

    with anyio.fail_after(60):
        assert json.loads((await hooks.handle(body("assistant-request"), {})).body).keys() == {"error"}
        for kind in ("hang", "status-update"):
            await (await hooks.handle(body(kind), {})).after()
    assert seen == ["hang"]
    assert [record.levelname for record in caplog.records] == ["ERROR"] * 3


async def test_transcripts() -> None:
    seen: list[str] = []
    hooks = Webhooks(verify=None)
    hooks.on("transcript")(lambda message: seen.append("all"))
    hooks.on(FINAL)(lambda message: seen.append("final"))
    cases = [
        ("transcript", "partial", ["all"]),
        ("transcript", "final", ["all", "final"]),
        (FINAL, "final", ["all", "final"]),
    ]
    for kind, state, expected in cases:
        seen.clear()
        answer = await hooks.handle(body(kind, transcriptType=state, role="user", transcript="a"), {})
        await answer.after()
        assert sorted(seen) == expected


async def test_a_handler_is_registered_for_all_its_types_or_for_none() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=None)
    hooks.on("assistant-request")(lambda message: {"assistantId": "a"})
    with pytest.raises(ValueError, match="only one can reply"):
        hooks.on("hang", "assistant-request")(seen.append)
    answer = await hooks.handle(body("hang"), {})
    await answer.after()
    assert seen == []


async def test_everything_goes_to_the_star_even_what_is_replied_to() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=None)
    hooks.on("*")(seen.append)
    hooks.on("assistant-request")(lambda message: {"assistantId": "a"})
    for content in (body("assistant-request"), body("new.type"), body("hang")):
        answer = await hooks.handle(content, {})
        await answer.after()
    names = [type(message).__name__ for message in seen]
    assert names == ["ServerMessageAssistantRequest", "Unknown", "ServerMessageHang"]


async def test_a_message_that_nobody_wants_is_accepted_without_being_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vapi_async.webhooks.messages.decode", lambda *args: pytest.fail("decoded"))
    answer = await Webhooks(verify=None).handle(body("status-update"), {})
    await answer.after()
    assert answer == (200, b"{}", answer.after)
    assert not answer.pending


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("end-of-call-reports", "end-of-call-report"),
        ("end_of_call_report", "end-of-call-report"),
        ("Status-Update", "status-update"),
        ("tool-call", "tool-calls"),
        ("session-created", "session.created"),
        ("assistant.start", "assistant.started"),
    ],
)
def test_a_misspelled_type_says_what_was_meant(kind: str, meant: str) -> None:
    hooks = Webhooks(verify=None)
    with pytest.raises(ValueError, match=f"did you mean '{meant}'"):
        hooks.on(kind)
    hooks.on(kind, unlisted=True)


@pytest.mark.parametrize("kind", ["call.ended", "language-changed", "campaign.started", "brand.new", "*", FINAL])
def test_types_without_schema_and_new_ones_can_be_registered(kind: str) -> None:
    Webhooks(verify=None).on(kind)(print)


@pytest.mark.parametrize("arguments", [(), (print,), (1,)])
def test_on_wants_types(arguments: Any) -> None:
    with pytest.raises(TypeError, match="@hooks"):
        Webhooks(verify=None).on(*arguments)


def test_a_handler_must_be_a_function() -> None:
    with pytest.raises(TypeError, match="must be a function"):
        Webhooks(verify=None).on("hang")("hang")  # type: ignore[type-var]


def test_only_one_can_reply() -> None:
    hooks = Webhooks(verify=None)
    hooks.on("assistant-request")(print)
    with pytest.raises(ValueError, match="assistant-request"):
        hooks.on("assistant-request")(print)


def test_either_tools_or_a_handler_reply_to_tool_calls() -> None:
    hooks = Webhooks(verify=None)
    hooks.on("tool-calls")(print)
    with pytest.raises(ValueError, match="tool-calls"):
        hooks.tool()(lambda: None)
    hooks = Webhooks(verify=None)

    @hooks.tool("a")
    def a() -> None: ...

    with pytest.raises(ValueError, match="there are tools"):
        hooks.on("tool-calls")(print)
    with pytest.raises(ValueError, match="there are tools"):
        hooks.on("function-call")(print)


def test_a_tool_wants_parentheses() -> None:
    with pytest.raises(TypeError, match="parentheses"):
        Webhooks(verify=None).tool(print)  # type: ignore[arg-type]


class Callable:
    """An object that is called like an async function."""

    def __init__(self) -> None:
        self.seen: list[Any] = []

    async def __call__(self, message: Any) -> None:
        self.seen.append((message, threading.current_thread()))


async def test_handlers_may_be_objects_and_partials() -> None:
    whole, part = Callable(), Callable()
    hooks = Webhooks(verify=None)
    hooks.on("hang")(whole)
    hooks.on("hang")(functools.partial(Callable.__call__, part))
    hooks.on("hang")(whole.__call__)
    answer = await hooks.handle(body("hang"), {})
    await answer.after()
    threads = [thread for _, thread in whole.seen + part.seen]
    assert threads == [threading.main_thread()] * 3


async def test_a_sync_handler_that_hangs_does_not_hold_up_the_reply() -> None:
    inside, go = threading.Event(), threading.Event()

    class Until(SystemClock):
        """Deadlines are over when the handler is at work."""

        @contextmanager
        def limit(self, seconds: float) -> Any:
            with anyio.CancelScope() as scope:
                loop = asyncio.get_running_loop()
                threading.Thread(target=lambda: inside.wait(60) and loop.call_soon_threadsafe(scope.cancel)).start()
                yield scope

    hooks = Webhooks(verify=None, clock=Until())

    @hooks.on("assistant-request")
    def choose(message: Any) -> Any:
        inside.set()
        go.wait(60)

    answer = await hooks.handle(body("assistant-request"), {})
    assert list(json.loads(answer.body)) == ["error"]
    go.set()


@pytest.mark.parametrize("content", ["{}", None, {"message": {}}])
async def test_a_body_must_be_bytes(content: Any) -> None:
    with pytest.raises(TypeError, match="bytes as they came"):
        await Webhooks(verify=None).handle(content, {})


def test_importing_the_package_loads_nothing_before_it_is_used() -> None:
    code = (
        "import sys, vapi_async.webhooks as w; "
        "heavy = {'anyio', 'attrs', 'httpx', 'vapi_async.models', 'vapi_async.webhooks.app'}; "
        "assert not heavy & set(sys.modules), heavy & set(sys.modules); "
        "assert all(getattr(w, name) for name in w.__all__); "
        "assert set(w.__all__) <= set(dir(w)); "
        "assert not {'httpx', 'cryptography'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_handle_sync_runs_by_itself() -> None:
    seen: list[Any] = []
    hooks = Webhooks(verify=shared_secret("s"))
    hooks.on("hang")(seen.append)
    answer = hooks.handle_sync(body("hang"), {"X-Vapi-Secret": "s"})
    assert isinstance(answer, Answer)
    assert (answer.status, answer.body, seen) == (200, b"{}", [])
    assert answer.after() is None
    assert isinstance(seen[0], models.ServerMessageHang)
    assert hooks.handle_sync(b"", {}).after() is None


async def test_handle_sync_says_where_it_does_not_belong() -> None:
    with pytest.raises(RuntimeError, match="await hooks"):
        Webhooks(verify=None).handle_sync(body("hang"), {})


def test_handle_runs_on_both_kinds_of_event_loop(run: Runner) -> None:
    async def main() -> None:
        hooks = Webhooks(verify=None)

        @hooks.tool("add")
        def add(a: int, b: int) -> int:
            return a + b

        answer = await hooks.handle(tool_calls(("1", "add", {"a": 1, "b": 2}), ("2", "add", {"a": 3, "b": 4})), {})
        results = json.loads(answer.body)["results"]
        assert [(one["toolCallId"], one["result"]) for one in results] == [("1", "3"), ("2", "7")]

    run(main)


def test_an_answer_is_a_tuple_and_survives_copying() -> None:
    import copy

    answer = Answer(200, b"{}", print, media_type="a/b", headers={"x": "y"})
    same = copy.copy(answer)
    assert same == answer == (200, b"{}", print)
    assert (same.media_type, same.headers) == ("a/b", {"x": "y"})
