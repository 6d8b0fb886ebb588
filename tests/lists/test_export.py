"""The export example: whole, safe for spreadsheets, and complete after any interruption."""

from __future__ import annotations

import argparse
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest

from tests.lists.conftest import Runner
from vapi_async import AsyncVapi
from vapi_async._lists.windows import since

EXAMPLES = Path(__file__).parents[2] / "examples"
NOW = datetime(2026, 11, 28, 22, 12, tzinfo=UTC)
LONG_AGO = since(datetime(2020, 1, 1, tzinfo=UTC))


class Archive:
    """A list of calls that fails where a test says so; it knows limit and the bounds of createdAt."""

    def __init__(self, calls: list[dict[str, Any]]) -> None:
        self.calls = calls

    def client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.MockTransport(self.answer))

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = request.url.params
        fitting = [call for call in self.calls if fits(call, query)]
        return httpx.Response(200, json=fitting[: int(query.get("limit", 100))])


def fits(call: dict[str, Any], query: httpx.QueryParams) -> bool:
    created = datetime.fromisoformat(call["createdAt"])
    holds = {"Ge": created.__ge__, "Gt": created.__gt__, "Le": created.__le__, "Lt": created.__lt__}
    bounds = ((holds[end], query.get(f"createdAt{end}")) for end in holds)
    return all(test(datetime.fromisoformat(bound)) for test, bound in bounds if bound)


@pytest.fixture
def example() -> Iterator[Any]:
    """The example's module and that of its invented calls."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLES))
        import archive
        import export_calls

        yield export_calls, archive
        for name in ("archive", "export_calls"):
            patch.delitem(sys.modules, name)


async def export(example: Any, archive: Any, path: Path, answer: Any = None) -> list[tuple[int, int | None]]:
    """Export, with the stand-in answering or the function given; return what the progress bar was told."""
    told: list[tuple[int, int | None]] = []
    transport = httpx.MockTransport(answer or archive.answer)
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncVapi("t", http_client=http, retry=0) as vapi,
    ):
        await example.export(vapi, path, LONG_AGO, lambda *step: told.append(step))
    return told


async def test_json_lines_hold_everything(example: Any, tmp_path: Path) -> None:
    export_calls, archive = example
    calls = Archive(archive.invented_calls(350, days=3, now=NOW))
    told = await export(export_calls, calls, tmp_path / "calls.jsonl")
    lines = (tmp_path / "calls.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == calls.calls
    assert told[-1] == (350, None)
    assert names(tmp_path) == ["calls.jsonl"]


async def test_csv_is_safe_for_spreadsheets(example: Any, tmp_path: Path) -> None:
    export_calls, archive = example
    calls = Archive(archive.invented_calls(120, days=3, now=NOW))
    await export(export_calls, calls, tmp_path / "calls.csv")
    rows = rows_of(tmp_path / "calls.csv")
    assert [row["id"] for row in rows] == [call["id"] for call in calls.calls]
    assert not [text for row in rows for text in row.values() if text[:1] in {"=", "+", "-", "@"}]
    assert rows[0]["customer"] == "'" + calls.calls[0]["customer"]["number"]


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("value", "text"),
    [("=1", "'=1"), ("@a", "'@a"), ("-1", "'-1"), (-1, "'-1"), ("\t=1", "'\t=1"), ("a=1", "a=1"), (None, ""), (0, "0")],
)
def test_cells(example: Any, value: Any, text: str) -> None:
    assert example[0].cell(value) == text


@pytest.mark.parametrize("failing", range(6))
@pytest.mark.parametrize("name", ["calls.csv", "calls.jsonl"])
async def test_it_goes_on_after_a_failure(example: Any, tmp_path: Path, failing: int, name: str) -> None:
    export_calls, archive = example
    calls = Archive(archive.invented_calls(350, days=3, now=NOW))
    await export(export_calls, calls, tmp_path / f"whole-{name}")
    requests = 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += 1
        return httpx.Response(500) if requests == failing else calls.answer(request)

    for _ in range(2):
        try:
            await export(export_calls, calls, tmp_path / name, answer)
            break
        except export_calls.VapiError:
            pass
    assert (tmp_path / name).read_bytes() == (tmp_path / f"whole-{name}").read_bytes()


@pytest.mark.parametrize("at", [1, 100, 101, 250])
def test_it_goes_on_after_an_interruption(run: Runner, example: Any, tmp_path: Path, at: int) -> None:
    export_calls, archive = example
    calls = Archive(archive.invented_calls(350, days=3, now=NOW))
    path = tmp_path / "calls.jsonl"

    async def interrupted() -> None:
        with anyio.CancelScope() as scope:
            async with calls.client() as http, AsyncVapi("t", http_client=http) as vapi:
                await export_calls.export(vapi, path, LONG_AGO, lambda done, _: done == at and scope.cancel())
        assert scope.cancelled_caught

    async def rest() -> None:
        await export(export_calls, calls, path)

    run(interrupted)
    run(rest)
    assert [json.loads(line)["id"] for line in path.read_text().splitlines()] == [call["id"] for call in calls.calls]


async def test_the_total_is_known_where_the_api_tells(example: Any, tmp_path: Path) -> None:
    export_calls, archive = example
    calls = Archive(archive.invented_calls(30, days=3, now=NOW))

    def answer(request: httpx.Request) -> httpx.Response:
        results = calls.answer(request).json()
        metadata = {"itemsPerPage": 100, "totalItems": 30, "currentPage": 1, "hasNextPage": False}
        return httpx.Response(200, json={"results": results, "metadata": metadata})

    told = await export(export_calls, calls, tmp_path / "calls.csv", answer)
    assert told == [(done, 30) for done in range(1, 31)]


async def test_a_complete_file_is_not_touched(example: Any, tmp_path: Path) -> None:
    export_calls, archive = example
    path = tmp_path / "calls.csv"
    path.write_text("mine")
    with pytest.raises(FileExistsError):
        await export(export_calls, Archive(archive.invented_calls(1, days=1, now=NOW)), path)
    assert path.read_text() == "mine"


def script(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "error", str(EXAMPLES / "export_calls.py"), *arguments]
    environment = {"PYTHONPATH": str(EXAMPLES.parent), "PATH": ""}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_as_a_program(tmp_path: Path) -> None:
    pytest.importorskip("rich")
    done = script("calls.csv", folder=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert "1000 calls in calls.csv\n" in done.stdout, "all that were invented, at every hour of the day"
    assert "nothing is sent" in done.stdout
    again = script("calls.csv", folder=tmp_path)
    assert (again.returncode, again.stderr.strip()) == (1, "calls.csv is there already, and complete.")


@pytest.mark.parametrize("hour", [0, 15, 16, 23])
def test_at_every_hour_all_invented_calls_are_in_the_window(example: Any, hour: int) -> None:
    export_calls, archive = example
    now = NOW.replace(hour=hour)
    window = export_calls.window_of(argparse.Namespace(on=None, days=7), now)
    created = [datetime.fromisoformat(call["createdAt"]) for call in archive.invented_calls(1000, 7, now)]
    assert window.bounds["Ge"] <= min(created)
    assert max(created) <= now


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["calls.txt"], "must end in .csv or .jsonl"),
        (
            ["calls.csv", "--live"],
            "--live needs VAPI_API_KEY in the environment.\nThis reads the calls of your account",
        ),
        (["calls.csv", "--on", "2026-03-29", "--tz", "Europe/Atlantis"], "no time zone 'Europe/Atlantis'"),
        (["calls.csv", "--days", "0"], "since() needs a moment or a time span above zero"),
        (["calls.csv", "--days", "1e9"], "reaches back too far"),
    ],
)
def test_what_is_refused(tmp_path: Path, arguments: list[str], message: str) -> None:
    pytest.importorskip("rich")
    done = script(*arguments, folder=tmp_path)
    assert done.returncode
    assert message in done.stderr
    assert names(tmp_path) == []
