"""Three sessions at a terminal, with a sandbox on a port."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("pty", exc_type=ImportError)

from tests.cli.terminal import Terminal
from tests.sandbox.serving.test_served import served

pytestmark = pytest.mark.posix


@pytest.fixture(scope="module")
def environment() -> Iterator[dict[str, str]]:
    with served() as (_, address):
        yield {"VAPI_BASE_URL": address, "VAPI_API_KEY": "sandbox"}


def run(*arguments: str, environment: dict[str, str], folder: Path) -> str:
    with Terminal(*arguments, environment=environment, folder=folder) as terminal:
        code, seen = terminal.end()
    assert code == 0, seen
    return seen


def test_an_assistant_is_made_looked_at_changed_and_deleted(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "assistant.json").write_text('{"name": "Night desk", "firstMessage": "Hello"}')
    made = json.loads(run("assistants", "create", "@assistant.json", environment=environment, folder=tmp_path))
    table = run("assistants", "list", environment=environment, folder=tmp_path)
    assert re.search(r"id\s+name\s+createdAt", table)
    assert made["id"] in table
    update = ("assistants", "update", made["id"], "--first-message", "Good evening", "--max-duration-seconds", "300")
    run(*update, environment=environment, folder=tmp_path)
    shown = json.loads(run("assistants", "get", made["id"], environment=environment, folder=tmp_path))
    assert (shown["firstMessage"], shown["maxDurationSeconds"]) == ("Good evening", 300)
    run("assistants", "delete", made["id"], environment=environment, folder=tmp_path)
    with Terminal("assistants", "get", made["id"], environment=environment) as terminal:
        code, seen = terminal.end()
    assert code == 4
    assert len(seen.splitlines()) == 1
    assert seen.startswith("vapi-async: ")


def test_a_call_is_placed_once_it_is_said_so_and_followed(environment: dict[str, str], tmp_path: Path) -> None:
    assistant = json.loads(run("assistants", "create", "--name", "A", environment=environment, folder=tmp_path))["id"]
    body = '{"provider": "vapi"}'
    number = json.loads(run("phone-numbers", "create", body, environment=environment, folder=tmp_path))["id"]
    place = ("calls", "place", "--to", "+14155550123", "--assistant", assistant, "--from", number)
    with Terminal(*place, environment=environment) as terminal:
        terminal.expect("[y/N]")
        terminal.type("n\n")
        code, seen = terminal.end()
    assert (code, "nothing was dialled" in seen) == (1, True)
    assert run("calls", "list", "--format", "jsonl", environment=environment, folder=tmp_path) == ""
    with Terminal("calls", "tail", "--since", "1h", "--interval", "0.1", environment=environment) as tail:
        with Terminal(*place, environment=environment) as terminal:
            terminal.expect(f"This dials +14155550123 from {number}, with assistant {assistant}. Go on? [y/N]")
            terminal.type("y\n")
            code, seen = terminal.end()
        assert code == 0
        call = re.findall(r'"id": "([^"]+)"', seen)[0]
        tail.expect(call)
        tail.expect("customer-ended-call")
        tail.interrupt()
        code, seen = tail.end()
    assert code == 130
    assert re.search(rf"ended +{call}  \+14155550123  customer-ended-call  0:\d\d  \$0\.\d{{4}}", seen)


def test_calls_are_exported_and_what_is_broken_off_goes_on(tmp_path: Path) -> None:
    with Terminal("calls", "list", "--sandbox") as terminal:
        code, table = terminal.end()
    assert code == 0, table
    assert len(re.findall(r"\+1415555010[123]", table)) == 3
    with Terminal("calls", "export", "calls.csv", "--sandbox", folder=tmp_path) as terminal:
        code, seen = terminal.end()
    assert (code, "3 calls in calls.csv" in seen) == (0, True), seen
    header, *rows = (tmp_path / "calls.csv").read_text().splitlines()
    assert header.startswith("id,createdAt,type,status,endedReason,customer.number,")
    assert len(rows) == 3
    assert [path.name for path in tmp_path.iterdir()] == ["calls.csv"]
    with Terminal("calls", "export", "calls.csv", "--sandbox", folder=tmp_path) as terminal:
        code, seen = terminal.end()
    assert (code, seen.count("\n")) == (2, 1)
    assert "calls.csv is there already: --overwrite replaces it" in seen
