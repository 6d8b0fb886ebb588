"""The command line: the offline story, and the way to a real one, served on a port of this machine."""

from __future__ import annotations

import dataclasses
import socket
from functools import partial

import pytest

from examples.fastapi_backend import __main__ as command
from examples.fastapi_backend.app import create_app
from examples.fastapi_backend.demo import CONVERSATION, NUMBER, NUMBER_ID, SETTINGS
from examples.fastapi_backend.service import make_client
from examples.fastapi_backend.tests.test_settings import ENVIRON
from vapi_async.sandbox import Sandbox


def test_without_options_it_tells_the_story_offline(capsys: pytest.CaptureFixture[str]) -> None:
    command.main([])
    told = capsys.readouterr().out
    assert told.startswith("Offline: nothing is sent, nobody is called.")
    assert "assistant: Booked for Ada Lovelace: check-up on Monday, January 05 at 10:00 AM." in told
    assert told.endswith("In the diary:\n  Monday, January 05 at 10:00: check-up for Ada Lovelace\n")


@pytest.mark.parametrize("option", ["--live", "--serve"])
def test_what_is_missing_is_named(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAPI_API_KEY", raising=False)
    with pytest.raises(SystemExit, match="VAPI_API_KEY is not set"):
        command.main([option])


class Served:
    """A server that only notes that it served."""

    def __init__(self) -> None:
        self.times = 0

    async def serve(self) -> None:
        self.times += 1


@pytest.fixture
def environ(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DATABASE", ":memory:")
    monkeypatch.delenv("CUSTOMER_NUMBER", raising=False)
    monkeypatch.setattr(command.logs, "configure", lambda level, secrets: None)


@pytest.mark.usefixtures("environ")
def test_it_is_served_with_the_settings_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    server, made = Served(), []
    monkeypatch.setattr(command, "make_server", lambda app, port, lifespan: made.append((app, port)) or server)
    command.main(["--serve", "--port", "8123"])
    [(app, port)] = made
    app.state.store.close()
    assert (app.state.settings.public_url, port, server.times) == ("https://voice.example.com", 8123, 1)


@pytest.mark.usefixtures("environ")
def test_nobody_is_called_without_a_number() -> None:
    with pytest.raises(SystemExit, match="CUSTOMER_NUMBER"):
        command.main(["--live"])


async def test_a_real_call_is_announced_and_then_made(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    settings = dataclasses.replace(SETTINGS, public_url=f"http://127.0.0.1:{port}")
    async with Sandbox() as sandbox:
        sandbox.add("/phone-number", {"id": NUMBER_ID, "provider": "vapi", "number": "+14155550100"})
        sandbox.script(CONVERSATION)
        app = create_app(settings, connect=lambda s: sandbox.client(partial(make_client, s)), now=sandbox.clock.now)
        server = command.make_server(app, port, "off")
        monkeypatch.setattr(server, "serve", partial(server.serve, [listening]))
        await command.live(app, server, settings, NUMBER)
    told = capsys.readouterr().out
    assert told.startswith(f"This creates an assistant in your account and lets it call {NUMBER} once")
    assert f"http://127.0.0.1:{port}/vapi" in told
    assert "The call has ended: customer-ended-call." in told
    assert told.endswith("Deleted the assistant.\n")
    assert sandbox.objects("/assistant") == []
