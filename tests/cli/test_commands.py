"""Every operation is a command: its help, its parameters, what it sends and what it shows."""

from __future__ import annotations

import csv
import inspect
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import pytest
from click.shell_completion import ShellComplete

from tests import fresh
from tests.http.fault_server import Connection, FaultServer, Request
from vapi_async import AsyncVapi
from vapi_async.cli.main import main
from vapi_async.cli.parameters import arguments, parameters
from vapi_async.cli.root import make_root
from vapi_async.cli.values import Json, Moment, window
from vapi_async.runtime import Operation


def all_commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None, (path, name)
        if isinstance(command, click.Group):
            yield from all_commands(command, (*path, name))
        else:
            yield (*path, name), command


COMMANDS = dict(all_commands(make_root()))


def operations() -> set[tuple[str, ...]]:
    """The operations of the contract, as the modules of the resources have them."""
    found = set()

    def look(owner: Any, path: tuple[str, ...]) -> None:
        for name in dir(type(owner)):
            if isinstance(getattr(type(owner), name), cached_property):
                look(getattr(owner, name), (*path, name.replace("_", "-")))
        module = inspect.getmodule(type(owner))
        for name, value in vars(module).items():
            if path and isinstance(value, Operation):
                found.add((*path, name.strip("_").lower().replace("_", "-")))

    look(AsyncVapi("t"), ())
    return found


def test_every_operation_of_the_contract_is_a_command() -> None:
    wanted = operations()
    assert len(wanted) > 100
    assert wanted - set(COMMANDS) == set()


@pytest.mark.parametrize("path", [path for path in COMMANDS if path[0] not in ("sandbox", "migrate", "codegen")])
def test_every_command_has_help(path: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*path, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: vapi-async {' '.join(path)} ")
    assert "`" not in text
    assert "await " not in text


def test_help_groups_by_resource_and_loads_little(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    assert text.index("Resources:") < text.index("  assistants ") < text.index("Programs:") < text.index("  sandbox ")
    code = """
from vapi_async.cli.main import main
import contextlib, io
with contextlib.redirect_stdout(io.StringIO()):
    main(["--help"])
result = [name for name in ("httpx", "httpcore", "anyio", "rich.table", "asyncio", "vapi_async.models.call",
    "vapi_async.sandbox", "jsonschema_rs", "vapi_async.api.calls") if name in sys.modules]
"""
    assert fresh.run(code) == []


def test_what_is_misspelt_is_said_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    for typed, meant in ((["asistants"], "assistants"), (["calls", "lst"], "list")):
        assert main(typed) == 2
        assert f"did you mean {meant!r}?" in capsys.readouterr().err


def test_parameters_are_those_of_the_method() -> None:
    vapi = AsyncVapi("t")
    found = {parameter.name: parameter for parameter in parameters(vapi.calls.list)}
    assert isinstance(found["since"].type, Moment)
    assert found["limit"].type is click.INT
    assert isinstance(found["created_at_gt"], click.Option)
    assert found["created_at_gt"].hidden
    assert "max_items" not in found
    assert isinstance({each.name: each for each in parameters(vapi.calls.create)}["assistant"].type, Json)
    (many, *_) = parameters(vapi.calls.delete_many)
    assert many.nargs == -1


def test_values_that_are_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"ä": 1}', encoding="utf-8")
    assert Json().convert(f"@{file}", None, None) == {"ä": 1}
    monkeypatch.setattr("sys.stdin", io.StringIO("[1]"))
    assert Json().convert("@-", None, None) == [1]
    assert Json(or_text=True).convert("plain", None, None) == "plain"
    with pytest.raises(click.BadParameter, match="no JSON"):
        Json(or_text=True).convert('{"a": }', None, None)
    for wrong in ("{", "@/nowhere"):
        with pytest.raises(click.BadParameter, match=r"no JSON|cannot be read"):
            Json().convert(wrong, None, None)
    assert Moment().convert("7d", None, None) == timedelta(days=7)
    assert Moment().convert("2026-01-31T09:00+01:00", None, None) == datetime(2026, 1, 31, 8, tzinfo=UTC)
    assert Moment().convert("2026-01-31", None, None).utcoffset() is not None
    with pytest.raises(click.BadParameter, match="7d or 12h"):
        Moment().convert("soon", None, None)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("Hello", "Hello"), ('[{"role": "user", "content": "Hi"}]', [{"role": "user", "content": "Hi"}])],
)
def test_what_may_be_text_or_json(typed: str, expected: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    code, (request,) = call(201, {"id": "c"}, "chats", "create", "--input", typed, monkeypatch=monkeypatch)
    assert (code, json.loads(request.body)) == (0, {"input": expected})


@pytest.mark.parametrize("typed", [[], ["calls"], ["assistants", "create"], ["calls", "get"]], ids=" ".join)
def test_without_arguments_there_is_help(typed: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(typed) == 2
    assert capsys.readouterr().err.startswith("Usage: vapi-async")


def test_windows() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)
    assert window(None, None) is None
    assert window(start, None).bounds == {"Ge": start}
    assert window(None, end).bounds == {"Lt": end}
    assert window(start, end).bounds == {"Ge": start, "Lt": end}
    assert window(timedelta(days=7), None).relative
    assert window(timedelta(days=7), timedelta(days=1)).bounds.keys() == {"Ge", "Lt"}
    assert arguments({"since": start, "until": None, "id": None, "ids": ()}).keys() == {"created"}


class Api(FaultServer):
    """Answers every request with one body; keeps the requests."""

    def __init__(self, status: int, body: Any) -> None:
        data = json.dumps(body).encode()

        def answer(connection: Connection) -> bool:
            return connection.close() if connection.read() is None else connection.answer(status, data)

        super().__init__(lambda number: answer)


def call(status: int, body: Any, *typed: str, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[Request]]:
    monkeypatch.setenv("VAPI_API_KEY", "key")
    with Api(status, body) as server:
        monkeypatch.setenv("VAPI_BASE_URL", server.url)
        return main(list(typed)), list(server.received)


def test_what_is_sent(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("assistants", "create", "--name", "A", "--model", '{"provider": "openai", "model": "gpt-4o"}')
    code, (request,) = call(201, {"id": "a"}, *typed, "--max-duration-seconds", "60", monkeypatch=monkeypatch)
    assert code == 0
    assert json.loads(request.body) == {
        "name": "A",
        "model": {"provider": "openai", "model": "gpt-4o"},
        "maxDurationSeconds": 60,
    }
    assert json.loads(capsys.readouterr().out) == {"id": "a"}


@pytest.mark.parametrize(("status", "code"), [(400, 1), (401, 3), (403, 3), (404, 4), (500, 5), (503, 5)], ids=str)
def test_exit_codes(
    status: int, code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"message": ["first", "second\nline"]}
    assert call(status, body, "assistants", "create", "{}", monkeypatch=monkeypatch)[0] == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert str(status) in captured.err


def test_without_a_key(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "list"]) == 3
    assert "VAPI_API_KEY" in capsys.readouterr().err


def test_forms_of_a_list(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    body = [{"id": "1", "customer": {"number": "+1555", "name": "=1+1"}}, {"id": "2", "name": "é"}]

    def shown(form: str, *more: str) -> str:
        assert call(200, body, "calls", "list", "--format", form, *more, monkeypatch=monkeypatch)[0] == 0
        return capsys.readouterr().out

    assert [json.loads(line) for line in shown("jsonl").splitlines()] == body
    assert json.loads(shown("json")) == body
    chosen = ("--columns", "id,customer.number,customer.name")
    rows = [["id", "customer.number", "customer.name"], ["1", "+1555", "'=1+1"], ["2", "", ""]]
    assert list(csv.reader(io.StringIO(shown("csv", *chosen)))) == rows
    assert shown("csv").splitlines()[0] == "id,name,customer.number"
    assert "customer.number" in shown("table")


def test_a_list_without_items(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for form, expected in (("json", "[]\n"), ("jsonl", ""), ("csv", "")):
        assert call(200, [], "calls", "list", "--format", form, monkeypatch=monkeypatch)[0] == 0
        assert capsys.readouterr().out == expected


def test_secrets_are_not_in_tables_and_control_characters_nowhere(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    body = {"id": "c", "apiKey": "sk-secret", "name": "a\x1b[31mb"}
    for form in ("table", "json"):
        assert call(200, body, "credentials", "get", "c", "--format", form, monkeypatch=monkeypatch)[0] == 0
        text = capsys.readouterr().out
        assert "\x1b" not in text
        assert ("sk-secret" in text) is (form == "json")


def test_what_dials_asks_before_it_does(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    for typed in (("calls", "create", "{}"), ("campaigns", "create", "{}"), ("v2", "campaigns", "create", "{}")):
        code, requests = call(201, {}, *typed, monkeypatch=monkeypatch)
        assert (code, requests) == (2, [])
        assert "--yes" in capsys.readouterr().err
        assert call(201, {}, *typed, "--yes", monkeypatch=monkeypatch)[0] in (0, 2)
        capsys.readouterr()


def test_placing_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    place = ["calls", "place", "--to", "+1", "--from", "n"]
    for more, said in (
        ([], "--assistant or --squad"),
        (["--assistant", "a", "--set", "x", "--yes"], "NAME=VALUE"),
        (["--assistant", "a", "--to", "+2", "--wait"], "--wait is for one call"),
    ):
        assert main([*place, *more]) == 2
        assert said in capsys.readouterr().err


def test_a_placed_call_may_be_waited_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["assistants", "list", "--sandbox"]) == 0
    assistant = json.loads(capsys.readouterr().out)["id"]
    assert main(["phone-numbers", "list", "--sandbox"]) == 0
    number = json.loads(capsys.readouterr().out)["id"]
    place = ["calls", "place", "--to", "+14155550123", "--assistant", assistant, "--from", number]
    assert main([*place, "--set", "name=Ada", "--wait", "--yes", "--sandbox"]) == 0
    call_ = json.loads(capsys.readouterr().out)
    assert call_["status"] == "ended"
    assert call_["assistantOverrides"] == {"variableValues": {"name": "Ada"}}


def test_tail_in_a_sandbox_shows_a_call_from_its_beginning_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "tail", "--sandbox"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 1
    assert all("+14155550199" in line for line in lines)
    assert [line.split()[1] for line in lines][-1] == "ended"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_is_printed(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    if shell == "bash":
        pytest.importorskip("pty", exc_type=ImportError)  # it asks bash for its version
    assert main(["completion", shell]) == 0
    assert "_VAPI_ASYNC_COMPLETE" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("typed", "incomplete", "expected"),
    [
        ([], "ass", {"assistants"}),
        (["calls"], "pl", {"place"}),
        (["calls", "list"], "--upd", {"--updated-since", "--updated-until"}),
        (["chats", "list", "--sort-order"], "", {"ASC", "DESC"}),
        (["calls", "list", "--format"], "js", {"json", "jsonl"}),
    ],
)
def test_completion_knows(typed: list[str], incomplete: str, expected: set[str]) -> None:
    complete = ShellComplete(make_root(), {}, "vapi-async", "_VAPI_ASYNC_COMPLETE")
    assert {item.value for item in complete.get_completions(typed, incomplete)} == expected


def test_programs_get_their_arguments(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (tmp_path / "a.py").write_text("import vapi\n")
    assert main(["migrate", "--json", str(tmp_path)]) == 1
    assert json.loads(capfdbinary.readouterr().out)["files"] == 1
    with pytest.raises(SystemExit):
        main(["sandbox", "--help"])
    assert b"--port" in capfdbinary.readouterr().out


def test_without_the_extra(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "click", None)
    assert main(["--help"]) == 2
    assert capsys.readouterr().err.count("pip install 'vapi-async[cli]'") == 1
