"""The options of a sandbox on a port."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.sandbox.serving.test_served import served
from tests.sandbox.walking import CALL, TOKEN
from vapi_async.sandbox.__main__ import main


def test_a_file_says_how_calls_go_and_another_keeps_them(tmp_path: Path) -> None:
    script, kept = tmp_path / "script.json", tmp_path / "kept.db"
    call = {"turns": [], "queued": 0, "ringing": 0, "answered": "busy"}
    script.write_text(json.dumps({"calls": [call], "chats": ["Scripted."]}))
    options = ("--script", str(script), "--persist", str(kept), "--concurrency", "1")
    with served(*options) as (_, address), httpx.Client(base_url=address, headers=TOKEN, timeout=60) as http:
        made = http.post("/call", json=CALL).json()
        assert made["subscriptionLimits"]["concurrencyLimit"] == 1
        while (read := http.get(f"/call/{made['id']}").json())["status"] != "ended":
            pass
        assert read["endedReason"] == "customer-busy"
        chat = http.post("/chat", json={"input": "Hi", "assistant": {"name": "A"}}).json()
        assert chat["output"][0]["content"] == "Scripted."
        assert "customer-busy" in http.get("/").text
    with served("--persist", str(kept)) as (_, address), httpx.Client(base_url=address, headers=TOKEN) as http:
        assert http.get(f"/call/{made['id']}").json()["endedReason"] == "customer-busy"
        assert http.get(f"/chat/{chat['id']}").json()["output"] == chat["output"]


def test_others_may_know_it_by_another_name() -> None:
    with served("--url", "http://sandbox:8787/", "--public-token", "p") as (process, address):
        assert address == "http://sandbox:8787"
        assert process.stdout is not None
        assert 'allow_hosts=("sandbox",)' in "".join(process.stdout.readline() for _ in range(3))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (["--script", "/nowhere.json"], "cannot read /nowhere.json"),
        (["--persist", "/nowhere/x.db"], "persist: cannot use"),
        (["--allow", "me.example"], "url must be an http or https URL"),
    ],
)
def test_what_cannot_be_used_is_said(options: list[str], problem: str, capsys: Any) -> None:
    assert main(options) == 2
    assert problem in capsys.readouterr().err


@pytest.mark.parametrize("call", [{"turns": [], "unknown": 1}, {"answered": "maybe"}])
def test_a_script_that_cannot_be_used_is_said(call: Any, tmp_path: Path, capsys: Any) -> None:
    file = tmp_path / "script.json"
    file.write_text(json.dumps({"calls": [call]}))
    assert main(["--script", str(file)]) == 2
    assert "script" in capsys.readouterr().err
