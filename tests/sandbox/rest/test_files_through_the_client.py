"""The client's downloads and uploads against the sandbox's storage."""

from __future__ import annotations

import gzip
import wave
from pathlib import Path
from typing import Any

import pytest

from tests.http.conftest import Runner, run  # noqa: F401
from tests.sandbox.world import BODY
from vapi_async import ClientError, NotFoundError
from vapi_async.sandbox import Sandbox

RECORDINGS = ("mono_recording", "stereo_recording", "customer_recording", "assistant_recording")


def test_everything_of_a_call_is_saved(run: Runner, tmp_path: Path) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            phone = sb.add("/phone-number", {"provider": "vapi", "number": "+14155550199"})
            body = {key: value for key, value in BODY.items() if key != "phoneNumber"}
            call = await vapi.calls.wait(await vapi.calls.create({**body, "phoneNumberId": phone["id"]}))
            for name in RECORDINGS:
                saved = await getattr(vapi.calls, name)(call.id).to(tmp_path / f"{name}.wav")
                assert saved.media_type == "audio/wav"
                with wave.open(str(saved.path)) as file:
                    assert file.getnframes() > 0
                    assert file.getnchannels() == (2 if name == "stereo_recording" else 1)
            logs = await vapi.calls.call_logs(call.id).to(tmp_path)
            assert "Hi." in gzip.decompress(logs.path.read_bytes()).decode()
            assert (await vapi.calls.pcap(call.id))[:4] == b"\xd4\xc3\xb2\xa1"
            with pytest.raises(NotFoundError):
                await vapi.calls.video_recording(call.id).to(tmp_path / "video.mp4")
            assert not (tmp_path / "video.mp4").exists()

    run(main)


def test_a_recording_comes_in_pieces(run: Runner) -> None:  # noqa: F811
    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            call = await vapi.calls.wait(await vapi.calls.create(BODY))
            whole = await vapi.calls.mono_recording(call.id)
            async with vapi.calls.mono_recording(call.id) as pieces:
                assert b"".join([piece async for piece in pieces]) == whole

    run(main)


async def test_links_of_the_artifact_open_until_they_expire() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        call = await vapi.calls.wait(await vapi.calls.create(BODY))
        link = call.artifact.link("mono_recording") if hasattr(call.artifact, "link") else None
        assert link is not None
        http = sb.http_client()
        assert (await http.get(link)).content == await vapi.calls.mono_recording(call.id)
        assert (await http.get(link, headers={"range": "bytes=0-3"})).content == b"RIFF"
        await sb.clock.advance(2 * 3600)
        assert (await http.get(link)).status_code == 403
        assert await vapi.calls.mono_recording(call.id)


async def test_a_call_that_is_gone_has_no_files() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        call = await vapi.calls.wait(await vapi.calls.create(BODY))
        await vapi.calls.delete(call.id)
        with pytest.raises(NotFoundError):
            await vapi.calls.mono_recording(call.id)


@pytest.mark.parametrize("content", [b"", b"hello\r\n--x--", bytes(range(256)) * 1000])
def test_what_is_uploaded_is_read_back(run: Runner, tmp_path: Path, content: bytes) -> None:  # noqa: F811
    path = tmp_path / "price list.txt"
    path.write_bytes(content)

    async def main() -> None:
        async with Sandbox() as sb, sb.client() as vapi:
            made: Any = await vapi.files.create(file=path, purpose="assistant")
            assert (made.name, made.bytes_, made.status) == ("price list.txt", len(content), "done")
            assert (await sb.http_client().get(made.url)).content == content
            assert [each.id for each in await vapi.files.list(purpose="assistant")] == [made.id]
            sb.assert_called("files.create", file=content, purpose="assistant")
            await vapi.files.delete(made.id)
            with pytest.raises(ClientError):
                await vapi.files.get(made.id)
            assert (await sb.http_client().get(made.url)).status_code == 404

    run(main)
