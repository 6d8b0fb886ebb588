"""Scripts in a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vapi_async.sandbox import Sandbox, assistant, hang, tool, transfer, user
from vapi_async.sandbox.script_file import read_script


def written(tmp_path: Path, content: Any) -> Path:
    file = tmp_path / "script.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return file


def test_every_turn_has_a_form_in_json(tmp_path: Path) -> None:
    turns = [
        "Hi",
        ["assistant", "Yes?"],
        ["user", "No.", 2],
        {"user": "Stop", "interrupts": True},
        {"assistant": "Sorry.", "seconds": 1},
        {"tool": "f", "arguments": {"a": 1}, "returns": {"b": 2}, "extracts": {"c": 3}},
        {"tool": "g", "fails": "closed"},
        {"tool": "h"},
        {"transfer": {"type": "number", "number": "+1415"}},
        {"hang": 3},
    ]
    script = read_script(written(tmp_path, {"calls": [{"turns": turns, "times": None}, {"answered": "busy"}]}))
    assert script.calls[0]["turns"] == [
        "Hi",
        ("assistant", "Yes?"),
        ("user", "No.", 2.0),
        user("Stop", interrupts=True),
        assistant("Sorry.", 1),
        tool("f", a=1).returns({"b": 2}).extracts(c=3),
        tool("g").fails("closed"),
        tool("h"),
        transfer("+1415"),
        hang(3.0),
    ]
    assert script.calls[0]["times"] is None
    assert script.calls[1] == {"answered": "busy"}
    Sandbox().script(**script.calls[0])


def test_chats_and_runs(tmp_path: Path) -> None:
    script = read_script(written(tmp_path, {"chats": ["A", [{"tool": "f"}, "{result}"]], "runs": [True, False]}))
    assert script.chats == ["A", [tool("f"), "{result}"]]
    assert script.runs == [True, False]
    assert script.calls == []


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ("{", "cannot read"),
        ([], "is no script"),
        ({"calls": {}}, "is no script"),
        ({"turns": []}, "has turns"),
        ({"calls": [{"turns": [{"say": "x"}]}]}, "is no turn"),
        ({"calls": [{"turns": [["user"]]}]}, "is no script"),
        ({"calls": [5]}, "is no script"),
    ],
)
def test_what_is_no_script(tmp_path: Path, content: Any, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        read_script(written(tmp_path, content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        read_script(tmp_path / "none.json")
