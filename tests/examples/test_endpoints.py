"""The examples of single endpoints: each runs as a user runs it, offline, and does what it says."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.playing import Player

ROOT = Path(__file__).parents[2]
CALLING = ("calls", "messages", "webhook_fastapi")
WITH_KEY = (*CALLING, "assistants", "phone_numbers", "pronunciation", "evals", "simulations", "errors", "pagination")


@pytest.fixture
def player(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Player:
    return Player(monkeypatch, capsys)


def test_calls(player: Player) -> None:
    said, sandbox = player.offline("endpoints.calls")
    assert list(said) == ["created", "waited", "ended", "got", "listed"]
    assert said["waited"][0].endswith("in-progress")
    assert said["listed"] == ["1 of this phone number: Endpoints example (ended)"]
    (call,) = sandbox.calls
    assert call["endedReason"] == "manually-canceled"  # by calls.end, not by the customer
    sandbox.assert_called("calls.create", customer={"number": "+15551234567"}, times=1)


def test_assistants(player: Player) -> None:
    said, sandbox = player.offline("endpoints.assistants")
    assert list(said) == ["created", "updated", "got", "listed", "deleted", "gone"]
    assert said["updated"][0].endswith("Night desk, temperature 0.2")
    assert said["got"][0].endswith("voicemail message: none")
    assert said["gone"] == ["404"]
    sandbox.assert_called("assistants.update", voicemailMessage=None, times=1)
    assert sandbox.objects("/assistant") == []


def test_phone_numbers(player: Player) -> None:
    said, sandbox = player.offline("endpoints.phone_numbers")
    assert [line.split()[1] for line in said["listed"]] == ["vapi", "twilio"]
    assert said["updated"][0].endswith("Example")
    assert said["restored"][0].endswith("Main line")
    sandbox.assert_called("phone_numbers.update", provider="vapi", times=2)
    assert {number["name"] for number in sandbox.objects("/phone-number")} == {"Main line", "Support"}


def test_messages(player: Player) -> None:
    said, sandbox = player.offline("endpoints.messages")
    text = "Your table for four is reserved for tonight at eight. Goodbye."
    assert said["voice"][0].endswith("ended: assistant-said-end-call-phrase")
    assert said["spoken"] == [repr(text)]
    assert said["ended"][0].endswith("Voice message: assistant-said-end-call-phrase")
    assert [line.split("  ")[1] for line in said["chat"]] == [
        "'Is there parking?' -> 'Yes, behind the house.'",
        "'And for bicycles?' -> 'In front of it.'",
    ]
    assert said["done"][0].endswith("2 chats")
    assert said["written"] == ["4 messages"]
    sandbox.assert_called("calls.create", assistant={"firstMessage": text, "voicemailMessage": text}, times=1)
    sms = {"type": "twilio.sms", "customer": {"number": "+15551234567"}, "useLLMGeneratedMessageForOutbound": False}
    sandbox.assert_called("chats.create", input=text, transport=sms, times=1)
    assert [sandbox.objects(path) for path in ("/assistant", "/chat", "/session")] == [[], [], []]


def test_evals(player: Player) -> None:
    said, sandbox = player.offline("endpoints.evals")
    assert said["eval"][0].endswith("Opening hours, 4 messages")
    assert said["result"] == ["1: pass"]
    assert said["runs"] == ["ended"]
    sandbox.assert_called("evals.run", type="eval", times=1)
    assert [sandbox.objects(path) for path in ("/assistant", "/eval", "/eval/run")] == [[], [], []]


def test_simulations(player: Player) -> None:
    said, sandbox = player.offline("endpoints.simulations")
    assert said["suite"][0].endswith("Reception: Booking in a hurry")
    assert said["run"][0].endswith("ended")
    assert said["item"][0].endswith("passed")
    sandbox.assert_called("simulations.run", transport={"provider": "vapi.webchat"}, times=1)
    for kind in ("simulations", "simulation_suites", "simulation_scenarios", "simulation_personalities", "assistants"):
        sandbox.assert_called(f"{kind}.create", times=1)
        sandbox.assert_called(f"{kind}.delete", times=1)


def test_pronunciation(player: Player) -> None:
    said, sandbox = player.offline("endpoints.pronunciation")
    assert list(said) == ["created", "listed", "speaks", "deleted"]
    (made,) = sandbox.assert_called("provider_resources.create", name="Our words")
    assert [rule["type"] for rule in made.body["rules"]] == ["alias", "phoneme"]
    (assistant,) = sandbox.assert_called("assistants.create")
    assert assistant.body["voice"]["pronunciationDictionaryLocators"][0]["pronunciationDictionaryId"]
    assert sandbox.objects("/provider/11labs/pronunciation-dictionary") == []


def test_suites_of_the_older_contract(player: Player) -> None:
    said, sandbox = player.offline("endpoints.suites_2025")
    assert list(said) == ["suite", "test", "tests", "run", "deleted"]
    assert said["tests"] == ["1 in the suite"]
    sandbox.assert_called("POST /test-suite", targetPlan={"assistantId": "22222222-3333-4444-8555-666666666666"})
    assert sandbox.objects("/test-suite") == []
    assert "vapi_2025" not in sys.modules


def test_voices_of_the_older_contract(player: Player) -> None:
    said, sandbox = player.offline("endpoints.voices_2024")
    assert said["found"] == ["ada-1  Ada: Calm, British"]
    assert said["speaks"] == ["Reception with ada-1"]
    (cloned,) = sandbox.assert_called("POST /11labs/voice/clone", name="Ada")
    (upload,) = cloned.body["files"]
    assert upload.filename == "silence.wav"
    assert upload.data.startswith(b"RIFF")


def test_errors(player: Player) -> None:
    lines = player.run("endpoints.errors")[2:]
    assert [line[:18].strip() for line in lines] == [
        "no such assistant",
        "bad field",
        "bad key",
        "bad argument",
        "retry",
        "retry",
        "listed at last",
    ]
    assert "404  Couldn't find assistant" in lines[0]
    assert "400  name must be shorter" in lines[1]
    assert "401  Invalid Key" in lines[2]
    assert "firstMessage" in lines[3]
    assert "first_message" in lines[3]


def test_pagination(player: Player) -> None:
    lines = player.run("endpoints.pagination")[2:]
    assert [line[14:] for line in lines] == [
        "50 calls, more: True",
        "49 calls",
        "150 calls",
        "10 calls of ten minutes",
        "100 calls",
        "60 calls, then 40",
    ]


def test_webhooks_in_flask(player: Player) -> None:
    lines = player.run("endpoints.webhook_flask")[2:]
    assert [line.split("-> ")[1] for line in lines[:5]] == ["401 UNAUTHORIZED"] * 4 + ["200 OK"]
    assert lines[5:] == ["handled  a call that ended: customer-ended-call"]


def test_webhooks_in_fastapi(player: Player) -> None:
    said, sandbox = player.offline("endpoints.webhook_fastapi")
    assert said["unsigned"] == said["forged"] == ["-> 401 Unauthorized"]
    assert said["handled"] == [
        *(f"the call is {status}" for status in ("queued", "ringing", "in-progress", "ended")),
        "it ended: assistant-said-end-call-phrase",
    ]
    assert all(delivery.ok for delivery in sandbox.deliveries)
    assert all("x-signature" in delivery.headers for delivery in sandbox.deliveries)


@pytest.mark.parametrize("name", WITH_KEY)
def test_live_says_what_is_missing_and_what_it_would_do(
    name: str, player: Player, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in [variable for variable in os.environ if variable.startswith("VAPI_")]:
        monkeypatch.delenv(variable)
    with pytest.raises(SystemExit) as left:
        player.run(f"endpoints.{name}", "--live")
    first, *plan = str(left.value).splitlines()
    needed = "VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO" if name in CALLING else "VAPI_API_KEY"
    assert first.startswith(f"--live needs {needed}")
    assert plan[0].startswith("This ")
    assert ("costs" in " ".join(plan)) or ("cost money" in " ".join(plan))


def test_live_in_flask_needs_the_secret(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VAPI_WEBHOOK_SECRET", raising=False)
    with pytest.raises(SystemExit, match="--live needs VAPI_WEBHOOK_SECRET"):
        player.run("endpoints.webhook_flask", "--live")


@pytest.mark.parametrize("name", ["endpoints.calls", "endpoints.webhook_flask", "integration_guide"])
def test_an_unknown_option_shows_the_usage(name: str, player: Player) -> None:
    with pytest.raises(SystemExit, match=rf"python -m examples\.{name} --live"):
        player.run(name, "--dial")


def test_live_runs_against_an_api_elsewhere(player: Player, monkeypatch: pytest.MonkeyPatch) -> None:
    command = [sys.executable, "-m", "vapi_async.sandbox", "--port", "0", "--token", "right"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as served:
        try:
            assert served.stdout is not None
            monkeypatch.setenv("VAPI_BASE_URL", served.stdout.readline().split()[4])
            monkeypatch.setenv("VAPI_API_KEY", "right")
            plan, empty, *lines = player.run("endpoints.assistants", "--live")
            monkeypatch.setenv("VAPI_API_KEY", "wrong")
            with pytest.raises(SystemExit, match="401 Unauthorized"):
                player.run("endpoints.assistants", "--live")
        finally:
            served.kill()
    assert plan.startswith("This creates an assistant")
    assert empty == ""
    assert lines[-1] == "gone     404"
