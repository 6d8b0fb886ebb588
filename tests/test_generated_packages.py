"""Packages generated from other contracts, on this package's runtime: as an embedder makes and uses them."""

from __future__ import annotations

import importlib
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import pytest

from codegen.generate import Job, check, generate
from tests.codegen.regolden import GOLDEN
from tests.extensions.chats.sse_server import DONE, chunk, sse
from tests.products import importable, older_package
from vapi_async import RequestError
from vapi_async.runtime import DOOR, require

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def vapi_2025(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    with importable(older_package(tmp_path_factory, "2025-08-22"), "vapi_2025") as package:
        yield package


def answering(answer: object) -> httpx.AsyncClient:
    body = {"content": answer} if isinstance(answer, bytes) else {"json": answer}
    return httpx.AsyncClient(transport=httpx.MockTransport(lambda request: httpx.Response(200, **body)))


async def test_resources_that_the_api_dropped_are_back(vapi_2025: ModuleType) -> None:
    suite = {"id": "s", "orgId": "o", "createdAt": "2025-08-01T00:00:00.000Z", "updatedAt": "2025-08-01T00:00:00.000Z"}
    async with answering(suite) as http, vapi_2025.AsyncVapi("t", http_client=http) as vapi:
        made = await vapi.test_suites.create(name="Reception")
        assert type(made).__module__ == "vapi_2025.models.test_suite"
        assert made.to_dict() == suite
        assert callable(vapi.test_suites.run)


@pytest.fixture(scope="module")
def acme_voice(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("acme")
    shutil.copytree(ROOT / "examples" / "embedding", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("_vapi"))
    overlay = folder / "overlay.yaml"
    generate(Job(ROOT / "openapi.json", "acme_voice._vapi", folder / "acme_voice" / "_vapi", overlay))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        return importlib.import_module("acme_voice")


async def test_another_sdk_wraps_the_client(acme_voice: ModuleType) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json=[{"id": "x"}] if request.url.path == "/reminder" else {"id": "x"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        acme = acme_voice.AsyncAcme("key", http_client=http)
        reminder = await acme.reminders.get("r")
        assert (await acme.calls.say_once("number-1", "+15551234567", "Bye")) == {"id": "x"}
        copy = acme.with_options(extra_headers={"x-tenant": "a"})
        call = await copy.calls.get("c")
        listed = [found async for found in copy.reminders.list(limit=10)]
    assert type(reminder).__module__ == type(listed[0]).__module__ == "acme_voice._vapi.models.reminder"
    assert type(call).__module__ == "acme_voice._vapi.models.call"
    assert {request.headers.get("x-acme-key") for request in seen} == {"key"}
    assert [request.headers.get("x-tenant") for request in seen] == [None, None, "a", "a"]
    assert not any("authorization" in request.headers for request in seen)
    assert [str(request.url) for request in seen] == [
        "https://voice.acme.example/reminder/r",
        "https://voice.acme.example/call",
        "https://voice.acme.example/call/c",
        "https://voice.acme.example/reminder?limit=10",
    ]
    assert seen[0].headers["user-agent"].endswith("acme-voice/1.0")


def chats_of(package: ModuleType) -> Any:
    return importlib.import_module(f"{package.__name__}.api.chats").Chats


@pytest.mark.parametrize("method", ["stream", "stream_response"])
async def test_chats_are_streamed_in_a_class_derived_elsewhere(vapi_2025: ModuleType, method: str) -> None:
    """What the mixin needs of the contract comes from the generated class, not from the module that names it."""

    class Chats(chats_of(vapi_2025)):  # type: ignore[misc]
        pass

    events = sse(chunk("Hel"), chunk("lo", id="chat-2"), end=DONE)
    async with answering(events) as http, vapi_2025.AsyncVapi("t", http_client=http) as vapi:
        for chats in (vapi.chats, Chats(vapi)):
            async with getattr(chats, method)(input="Hi", assistant_id="a") as stream:
                made = [event async for event in stream.events()]
            assert {type(event).__module__.partition(".")[0] for event in made} == {"vapi_2025"}
            assert ("".join(event.delta for event in made), stream.id) == ("Hello", "chat-2")


def failing_to_call(found: dict[str, str]) -> httpx.AsyncClient:
    """An API that takes a call without answering, and lists it afterwards."""

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            raise httpx.ReadTimeout("")
        return httpx.Response(200, json=[found])

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize("package", ["vapi_2025", "acme_voice._vapi"])
async def test_a_call_of_unknown_outcome_is_looked_for(package: str, request: pytest.FixtureRequest) -> None:
    request.getfixturevalue(package.partition(".")[0])
    module = importlib.import_module(package)
    call = {"id": "c", "assistantId": "a", "createdAt": "2999-01-01T00:00:00.000Z"}
    async with failing_to_call(call) as http, module.AsyncVapi("t", http_client=http, retry=0) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.calls.create(assistant_id="a")
        found = await caught.value.reconcile()
        with pytest.raises(RequestError) as raw:
            await vapi.request("post", "call", json={"assistantId": "a"})
        assert await raw.value.reconcile() == call
        with pytest.raises(RequestError) as other:
            await vapi.assistants.create()
        with pytest.raises(TypeError, match="only the error of a request that creates a call"):
            await other.value.reconcile()
    assert (type(found).__module__, found.id) == (f"{package}.models.call", "c")


async def test_chats_are_streamed_as_models_of_the_package(vapi_2025: ModuleType) -> None:
    events = b'data: {"id": "1", "path": "chat.output[0].content", "delta": "Hi"}\n\ndata: [DONE]\n\n'

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=events, headers={"content-type": "text/event-stream"})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        vapi = vapi_2025.AsyncVapi("t", http_client=http)
        async with vapi.chats.stream(input="Hello", assistant_id="a") as stream:
            (event,) = [event async for event in stream.events()]
    assert type(event).__module__ == "vapi_2025.models.create_chat_stream_response"
    assert event.delta == "Hi"


async def test_a_deprecated_method_warns_its_caller(vapi_2025: ModuleType) -> None:
    async with answering([]) as http, vapi_2025.AsyncVapi("t", http_client=http) as vapi:
        with pytest.warns(DeprecationWarning, match="GET /logs is deprecated") as caught:
            vapi.logs.get()
    assert caught[0].filename == __file__


async def test_other_methods_do_not_warn(vapi_2025: ModuleType) -> None:
    async with answering([]) as http, vapi_2025.AsyncVapi("t", http_client=http) as vapi:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            assert [*await vapi.calls.list()] == []


@pytest.mark.parametrize(("door", "advice"), [("0.9", "an older"), ("1.99", "a newer"), ("2.0", "a newer")])
def test_a_package_for_another_door_is_refused_at_import(door: str, advice: str) -> None:
    with pytest.raises(ImportError, match=f"my_sdk was generated for version {door} of .* install {advice} vapi-async"):
        require("my_sdk", door=door)


def test_a_generated_package_says_its_door(vapi_2025: ModuleType) -> None:
    assert f'require("vapi_2025", door="{DOOR}")' in Path(str(vapi_2025.__file__)).read_text(encoding="utf-8")


def test_a_package_inside_of_another_is_fresh_where_it_is(tmp_path: Path) -> None:
    """Its imports are sorted in the same way in the outer package and in a temporary folder."""
    (tmp_path / "outer").mkdir()
    (tmp_path / "outer" / "__init__.py").touch()
    folder, names = tmp_path / "outer" / "_inner", tmp_path / "names.lock"
    job = Job(GOLDEN / "mini.json", "outer._inner", folder, GOLDEN / "mini.yaml", names=names)
    generate(job)
    assert check(job) == []
