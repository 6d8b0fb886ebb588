"""The integration guide, from the client to what the caller heard."""

from __future__ import annotations

import pytest

from tests.examples.playing import Player


def test_the_guide(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    said, sandbox = Player(monkeypatch, capsys).offline("integration_guide")
    assert said["webhook"] == [
        *(f"the call is {status}" for status in ("queued", "ringing", "in-progress", "ended")),
        "it ended: customer-ended-call; it was about: A table for two on Monday at eight.",
    ]
    assert said["bot"] == [
        "Hello! For when would you like a table?",
        "Let me look.",
        "I am sorry, that did not work.",
        "We are closed on Sundays. Would Monday do?",
        "Let me look.",
        "I have found something.",
        "A table for 2 is free at eight. See you then!",
    ]
    assert len(said["calls"]) == 1
    (call,) = sandbox.calls
    assert said[""] == [f"{call['id']}  ended: customer-ended-call"]
    assert sandbox.objects("/assistant") == []

    (created,) = sandbox.assert_called("assistants.create")
    (tool,) = created.body["model"]["tools"]
    assert [message["type"] for message in tool["messages"]] == ["request-start", "request-complete", "request-failed"]
    server = {"url": "https://my.app", "headers": {"X-Vapi-Secret": "a-secret"}}
    assert tool["server"] == server
    sandbox.assert_called("calls.create", assistantId=call["assistantId"], assistantOverrides={"server": server})
    replies = [delivery.reply["results"][0] for delivery in sandbox.deliveries.of("tool-calls")]
    assert [reply.get("error", reply.get("result")) for reply in replies] == [
        "We are closed on Sundays.",
        "A table for 2 is free at eight.",
    ]
    assert all(delivery.ok for delivery in sandbox.deliveries)
