"""`calls export`: formats, and going on after what broke it off."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vapi_async import AsyncVapi
from vapi_async.cli.export import Export
from vapi_async.cli.main import main
from vapi_async.sandbox import Sandbox

COLUMNS = ("id", "cost", "customer.number")


def stored(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{number:08}-0000-4000-8000-000000000000",
            "type": "outboundPhoneCall",
            "createdAt": f"2026-01-01T00:{number // 60:02}:{number % 60:02}.000Z",
            "cost": number / 100,
            "customer": {"number": f"+1415555{number:04}"},
        }
        for number in range(count)
    ]


def entries(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


class Broken(Exception):
    pass


async def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "calls.jsonl"
    async with Sandbox() as sandbox:
        for call in stored(450):
            sandbox.add("/call", call)
        answers = 0

        def break_off(response: Any) -> None:
            nonlocal answers
            answers += 1
            if answers == 3:
                raise Broken

        with pytest.raises(Exception, match="Broken"):
            await Export(file, COLUMNS).run(sandbox.client(on_response=break_off), {})
        assert "calls.jsonl" not in entries(tmp_path)
        before = len(sandbox.requests)
        assert await Export(file, COLUMNS).run(sandbox.client(), {}) == 450
        assert len(sandbox.requests) - before < 5
    ids = [json.loads(line)["id"] for line in file.read_text().splitlines()]
    assert sorted(ids) == [call["id"] for call in stored(450)]
    assert entries(tmp_path) == ["calls.jsonl"]


async def _export(file: Path, client: AsyncVapi) -> None:
    await Export(file, COLUMNS).run(client, {})


@pytest.mark.parametrize("suffix", [".csv", ".jsonl", ".parquet"])
async def test_formats(suffix: str, tmp_path: Path) -> None:
    import pandas as pd

    file = tmp_path / f"calls{suffix}"
    async with Sandbox() as sandbox:
        for call in stored(3):
            sandbox.add("/call", call)
        await _export(file, sandbox.client())
    readers = {
        ".csv": lambda: pd.read_csv(file, dtype={"customer.number": str}),
        ".jsonl": lambda: pd.json_normalize(pd.read_json(file, lines=True).to_dict("records")),
        ".parquet": lambda: pd.read_parquet(file),
    }
    frame = readers[suffix]()
    assert sorted(frame["cost"]) == [0.0, 0.01, 0.02]
    assert set(frame["customer.number"]) == {"+14155550000", "+14155550001", "+14155550002"}


def test_an_export_with_other_filters_does_not_go_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "calls.jsonl"
    Export(file, COLUMNS)._begin()
    note = tmp_path / "calls.jsonl.position"
    token = {"version": 1, "list": "0" * 16, "since": {}, "at": None}
    note.write_text(json.dumps({"position": token, "size": 0, "calls": 0}))
    assert main(["calls", "export", str(file), "--sandbox"]) == 2
    assert "filters" in capsys.readouterr().err
    assert main(["calls", "export", str(file), "--sandbox", "--overwrite"]) == 0


def test_another_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["calls", "export", str(tmp_path / "calls.xls"), "--sandbox"]) == 2
    assert ".csv, .jsonl or .parquet" in capsys.readouterr().err
