"""Every webhook example, under the server that it says: a delivery goes in over a socket, and the answer comes back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from attrs import frozen

from examples import integration_guide, own_servers
from examples.call_centre import call_log, custom_llm, inbound, weather_tool
from examples.endpoints import webhook_fastapi, webhook_flask
from examples.fastapi_backend.app import create_app
from examples.fastapi_backend.demo import SETTINGS
from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.serving import Address, asgi_server, wsgi_server

SHARED = {"x-vapi-secret": "s"}
REPORT = body("end-of-call-report", endedReason="customer-ended-call", artifact={}, analysis={"summary": "a table"})
ASKED = json.dumps({"messages": [{"role": "user", "content": "Hello"}], "model": "mine"}).encode()


@frozen
class Served:
    """An example as it is served.

    Attributes:
        make: makes its app, given a folder of its own.
        content: what is sent to it.
        headers: with it, of who may.
        told: what the answer has.
        path: where it is sent.
        server: serves the app.
    """

    make: Callable[[Path], Any]
    content: bytes
    headers: dict[str, str] = SHARED
    told: str = "{}"
    path: str = "/vapi"
    server: Callable[[Any], AbstractContextManager[Address]] = asgi_server


def reception(folder: Path) -> Any:
    inbound.make_customers(str(folder / "customers"))
    return inbound.reception(str(folder / "customers"), "s")


SUNDAY = tool_calls(("1", "find_table", {"day": "2026-01-04", "guests": 2}))
WEATHER = tool_calls(("1", "get_weather", {"city": "Atlantis"}))
QUESTION = body("knowledge-base-request", messagesOpenAIFormatted=[{"role": "user", "content": "Your hours?"}])
CALLER = body("assistant-request", customer={"number": inbound.CALLER})
BACKEND = {"x-vapi-secret": SETTINGS.server_secrets[0]}
EXAMPLES = {
    "call_log": Served(lambda folder: call_log.call_log(folder / "log.csv", "s"), REPORT),
    "custom_llm": Served(
        lambda _: custom_llm.custom_llm("s"),
        ASKED,
        {"authorization": "Bearer s"},
        "You said: Hello",
        "/chat/completions",
    ),
    "inbound": Served(reception, CALLER, told='"assistant"'),
    "weather_tool": Served(
        lambda _: weather_tool.weather(weather_tool.stand_in(), "s"),
        WEATHER,
        told="I do not know the weather in Atlantis.",
    ),
    "webhook_fastapi": Served(lambda _: webhook_fastapi.create_app("s"), REPORT),
    "webhook_flask": Served(lambda _: webhook_flask.create_app("s"), REPORT, server=wsgi_server),
    "integration_guide": Served(
        lambda _: integration_guide.receive({"VAPI_SERVER_SECRET": "s"}), SUNDAY, told="We are closed on Sundays."
    ),
    "own_servers": Served(lambda _: own_servers.make_app("s"), QUESTION, told=own_servers.HANDBOOK["hours"]),
    "fastapi_backend": Served(
        lambda folder: create_app(replace(SETTINGS, database=str(folder / "calls"))), REPORT, BACKEND
    ),
}


@pytest.fixture(params=EXAMPLES)
def example(request: pytest.FixtureRequest) -> Served:
    return EXAMPLES[request.param]


def test_it_answers_what_vapi_sends_and_nobody_else(example: Served, tmp_path: Path) -> None:
    with example.server(example.make(tmp_path)) as (_, port), httpx.Client(timeout=60) as client:
        url = f"http://127.0.0.1:{port}{example.path}"
        signature = webhook_flask.sign(example.content, "s", int(time.time()))
        answer = client.post(url, content=example.content, headers={**signature, **example.headers})
        assert (answer.status_code, example.told in answer.text) == (200, True), answer.text
        assert client.post(url, content=example.content).status_code == 401


def test_every_example_with_webhooks_is_among_them() -> None:
    root = Path(own_servers.__file__).parent
    makers = {
        path for path in root.rglob("*.py") if any(word in path.read_text() for word in (" Webhooks(", " CustomLLM("))
    }
    assert {path.parent.name if path.name == "app.py" else path.stem for path in makers} == set(EXAMPLES)
