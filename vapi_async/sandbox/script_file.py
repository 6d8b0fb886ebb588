"""Scripts in a file: what a sandbox on a port is told before it begins.

    {"calls": [{"turns": ["A table, please.", {"tool": "book", "arguments": {"guests": 4}, "returns": "done"},
                          {"assistant": "{result}"}], "times": null},
               {"answered": "busy"}],
     "chats": ["Hello.", [{"tool": "book"}, "It is {result}."]],
     "runs": [true, false]}

`calls` have the arguments of `Sandbox.script`; a turn is a text of the user, a list of role and text, or an object.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from attrs import field, frozen

from .script import HangStep, ToolCallStep, TransferStep, Turn, assistant, tool, user

Json = dict[str, Any]

_PARTS = ("calls", "chats", "runs")


@frozen
class ScriptFile:
    """What a file says.

    Attributes:
        calls: arguments of `Sandbox.script`, one mapping for each call.
        chats: arguments of `Sandbox.script_chat`.
        runs: arguments of `Sandbox.script_runs`.
    """

    calls: list[Json] = field(factory=list)
    chats: list[Any] = field(factory=list)
    runs: list[bool] = field(factory=list)


def read_script(path: str | Path) -> ScriptFile:
    """Return what a file says.

    Raises:
        ValueError: it cannot be read, or is no script.
    """
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(f"cannot read {path}: {error}") from error
    if not isinstance(content, dict) or not all(isinstance(content.get(part, []), list) for part in _PARTS):
        raise ValueError(f"{path} is no script: it must be an object of lists, named {', '.join(_PARTS)}")
    if unknown := content.keys() - set(_PARTS):
        raise ValueError(f"{path} has {', '.join(sorted(unknown))}: a script has {', '.join(_PARTS)}")
    try:
        calls = [_call(each) for each in content.get("calls", [])]
        return ScriptFile(calls, [_answer(each) for each in content.get("chats", [])], content.get("runs", []))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path} is no script: {error}") from error


def _call(given: Json) -> Json:
    made = dict(given)
    if "turns" in made:
        made["turns"] = [_turn(turn) for turn in made["turns"]]
    if "tool_calls" in made:
        made["tool_calls"] = [(name, arguments) for name, arguments in made["tool_calls"]]
    return made


def _answer(given: Any) -> Any:
    return [_turn(part) if isinstance(part, dict) else part for part in given] if isinstance(given, list) else given


def _turn(given: Any) -> Turn:
    match given:
        case str():
            return given
        case list():
            role, text, *seconds = given
            return (role, text, float(seconds[0])) if seconds else (role, text)
        case {"user": str(text)}:
            return user(text, given.get("seconds"), interrupts=given.get("interrupts", False))
        case {"assistant": str(text)}:
            return assistant(text, given.get("seconds"), interrupts=given.get("interrupts", False))
        case {"tool": str(name)}:
            return _tool(name, given)
        case {"transfer": destination}:
            return TransferStep(destination)
        case {"hang": seconds}:
            return HangStep(float(seconds))
        case _:
            raise ValueError(f"{given!r} is no turn: it has one of user, assistant, tool, transfer, hang")


def _tool(name: str, given: Json) -> ToolCallStep:
    step = tool(name, **given.get("arguments", {}))
    if "fails" in given:
        step = step.fails(given["fails"])
    elif "returns" in given:
        step = step.returns(given["returns"])
    return step.extracts(**given.get("extracts", {}))
