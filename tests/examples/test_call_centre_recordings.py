"""The recordings of a day: all of them, each once, whole."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from examples.call_centre import recordings
from vapi_async.sandbox import Sandbox

DAY = date(2026, 1, 1)


def call(sandbox: Sandbox, created: str, **fields: object) -> str:
    added = sandbox.add("/call", {"status": "ended", "artifact": {}, "createdAt": created, **fields})
    return str(added["id"])


def files_in(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


async def saved(sandbox: Sandbox, folder: Path, tz: str = "UTC") -> dict[str, int]:
    async with sandbox.client(retry=0) as vapi:
        return await recordings.save_recordings(vapi, folder, DAY, tz)


async def test_the_calls_of_the_day_are_saved_whole(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        call(sandbox, "2025-12-31T23:59:59.999Z")
        mine = [call(sandbox, "2026-01-01T00:00:00.000Z"), call(sandbox, "2026-01-01T23:59:59.999Z")]
        call(sandbox, "2026-01-02T00:00:00.000Z")
        counts = await saved(sandbox, tmp_path / "new" / "folder")
        whole = await sandbox.client().calls.stereo_recording(mine[0])
    assert counts == {"saved": 2, "there already": 0, "not recorded": 0, "failed": 0}
    assert files_in(tmp_path / "new" / "folder") == {f"{each}.wav": whole for each in mine}


async def test_whose_day_it_is_counts(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        madrid = call(sandbox, "2025-12-31T23:30:00.000Z")
        call(sandbox, "2026-01-01T23:30:00.000Z")
        await saved(sandbox, tmp_path, "Europe/Madrid")
    assert list(files_in(tmp_path)) == [f"{madrid}.wav"]


async def test_what_is_there_is_not_downloaded_again(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        old = call(sandbox, "2026-01-01T10:00:00.000Z")
        (tmp_path / f"{old}.wav").write_bytes(b"mine")
        new = call(sandbox, "2026-01-01T11:00:00.000Z")
        counts = await saved(sandbox, tmp_path)
        sandbox.assert_called("GET /call/{id}/stereo-recording", times=1, id=new)
    assert (counts["saved"], counts["there already"]) == (1, 1)
    assert (tmp_path / f"{old}.wav").read_bytes() == b"mine"


async def test_what_failed_is_made_up_for_the_next_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async with Sandbox() as sandbox:
        for hour in (10, 11, 12):
            call(sandbox, f"2026-01-01T{hour}:00:00.000Z")
        sandbox.fail("GET /call/{id}/stereo-recording", status=500)
        first = await saved(sandbox, tmp_path)
        assert "failed  " in capsys.readouterr().out
        assert (first["saved"], first["failed"]) == (2, 1)
        second = await saved(sandbox, tmp_path)
    assert (second["saved"], second["there already"], second["failed"]) == (1, 2, 0)
    assert len(files_in(tmp_path)) == 3  # and no half of a file


async def test_calls_without_a_recording_and_calls_that_go_on_are_left_out(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        sandbox.add("/call", {"status": "ended", "createdAt": "2026-01-01T10:00:00.000Z"})
        call(sandbox, "2026-01-01T11:00:00.000Z", status="in-progress")
        counts = await saved(sandbox, tmp_path)
    assert counts == {"saved": 0, "there already": 0, "not recorded": 1, "failed": 0}
    assert files_in(tmp_path) == {}


async def test_a_folder_that_cannot_be_written_is_not_kept_quiet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recordings, "path_of", lambda folder, call: folder / "gone" / "call.wav")
    async with Sandbox() as sandbox:
        call(sandbox, "2026-01-01T10:00:00.000Z")
        with pytest.raises(OSError, match="gone"):
            await saved(sandbox, tmp_path)
