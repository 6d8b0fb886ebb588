"""Recordings and logs: where they lie, and how the storage gives them out."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from starlette.applications import Starlette

from tests.sandbox.world import Server, World
from vapi_async.sandbox.calls.audio import RATE
from vapi_async.sandbox.calls.recordings import recording
from vapi_async.sandbox.rest.http_values import Refusal


@asynccontextmanager
async def storage(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = Starlette(routes=world.telephony.extra_routes())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        yield client


def vapi_number(world: World) -> str:
    return str(world.store.add("/phone-number", {"provider": "vapi", "number": "+14155550188"})["id"])


async def location(world: World, call_id: str, kind: str = "mono-recording") -> str:
    reply = await world.request(f"GET /call/{{id}}/{kind}", id=call_id)
    assert reply.status == 302
    return reply.headers["location"]


@pytest.mark.parametrize("kind", ["mono-recording", "stereo-recording", "customer-recording", "assistant-recording"])
async def test_a_recording_lies_behind_a_link(kind: str) -> None:
    world = World()
    call = await world.call()
    url = await location(world, call["id"], kind)
    assert url.startswith("https://storage.sandbox.vapi.ai/storage/")
    async with storage(world) as client:
        answer = await client.get(url)
    assert answer.headers["content-type"] == "audio/wav"
    assert answer.content == recording(kind)


async def test_the_presigned_urls_of_a_call_open() -> None:
    world = World()
    call = await world.call(phoneNumberId=vapi_number(world))
    urls = {key: url for key, url in call["artifact"].items() if key.startswith("presigned") and key.endswith("Url")}
    assert len(urls) == 6
    async with storage(world) as client:
        for url in urls.values():
            assert (await client.get(url)).status_code == 200
        assert (await client.get(call["artifact"]["recordingUrl"])).status_code == 403


async def test_a_link_does_not_open_for_long() -> None:
    world = World()
    url = await location(world, (await world.call())["id"])
    async with storage(world) as client:
        await world.clock.advance(15 * 60 + 2)
        assert (await client.get(url)).status_code == 403


async def test_a_link_opens_only_its_own_file() -> None:
    world = World()
    url = await location(world, (await world.call())["id"])
    async with storage(world) as client:
        assert (await client.get(url.replace("mono.wav", "stereo.wav"))).status_code == 403
        assert (await client.get(url.replace("mono.wav", "mono.ogg"))).status_code == 404
        assert (await client.get(url.replace("token=", "token=0"))).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "first", "last"), [("bytes=0-9", 0, 9), ("bytes=100-", 100, None), ("bytes=-7", -7, None)]
)
async def test_a_part_of_a_file(wanted: str, first: int, last: int | None) -> None:
    world = World()
    url = await location(world, (await world.call())["id"])
    whole = recording("mono-recording")
    async with storage(world) as client:
        answer = await client.get(url, headers={"range": wanted})
        expected = whole[first:] if last is None else whole[first : last + 1]
        assert (answer.status_code, answer.content) == (206, expected)
        start = first % len(whole)
        assert answer.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=9999999-", "bytes=5-2", "items=0-1", "bytes=x-y"])
async def test_a_part_that_is_not_there(wanted: str) -> None:
    world = World()
    url = await location(world, (await world.call())["id"])
    async with storage(world) as client:
        answer = await client.get(url, headers={"range": wanted})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(recording('mono-recording'))}"


async def test_a_part_of_another_version_is_the_whole() -> None:
    world = World()
    url = await location(world, (await world.call())["id"])
    async with storage(world) as client:
        tag = (await client.get(url)).headers["etag"]
        same = await client.get(url, headers={"range": "bytes=0-1", "if-range": tag})
        other = await client.get(url, headers={"range": "bytes=0-1", "if-range": '"other"'})
    assert (same.status_code, other.status_code) == (206, 200)


async def test_the_log_is_a_line_for_each_message() -> None:
    world = World()
    call = await world.call({"firstMessage": "Grüß Gott."})
    async with storage(world) as client:
        answer = await client.get(await location(world, call["id"], "call-logs"))
        again = await client.get(call["artifact"]["presignedLogUrl"])
    assert answer.headers["content-type"] == "application/gzip"
    text = gzip.decompress(answer.content).decode()
    assert text.endswith("}\n")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [line["body"]["message"] for line in lines] == ["Be brief.", "Grüß Gott.", "Hello"]
    assert lines == [{"time": message["time"], "body": message} for message in call["messages"]]
    assert "Grüß Gott." in text
    assert (again.content, answer.content[4:8]) == (answer.content, bytes(4)), "the time of writing is not in it"


async def test_the_packet_capture_is_one() -> None:
    world = World()
    async with storage(world) as client:
        call = await world.call(phoneNumberId=vapi_number(world))
        answer = await client.get(await location(world, call["id"], "pcap"))
    assert answer.content[:4] == b"\xd4\xc3\xb2\xa1"


@pytest.mark.parametrize("kind", ["mono-recording", "video-recording", "call-logs"])
async def test_a_call_that_goes_on_has_no_files(kind: str) -> None:
    world = World()
    call_id = await world.dial()
    await world.clock.advance(5)
    with pytest.raises(Refusal) as caught:
        await world.request(f"GET /call/{{id}}/{kind}", id=call_id)
    assert caught.value.status == 404


@pytest.mark.parametrize(("call", "kind"), [("unknown", "mono-recording"), (None, "video-recording")])
async def test_files_there_are_not(call: str | None, kind: str) -> None:
    world = World()
    call_id = call or (await world.call())["id"]
    with pytest.raises(Refusal) as caught:
        await world.request(f"GET /call/{{id}}/{kind}", id=call_id)
    assert caught.value.status == 404


def test_half_a_second_is_recorded() -> None:
    assert len(recording("mono-recording")) == 44 + RATE


async def test_traffic_is_captured_only_where_vapi_carries_it() -> None:
    world = World()
    call = await world.call()
    assert "pcapUrl" not in call["artifact"]
    with pytest.raises(Refusal) as caught:
        await location(world, call["id"], "pcap")
    assert caught.value.status == 404


async def test_a_recording_may_be_mp3() -> None:
    world = World()
    call = await world.call({"artifactPlan": {"recordingFormat": "mp3"}})
    assert call["artifact"]["recordingUrl"].endswith("/mono.mp3")
    async with storage(world) as client:
        answer = await client.get(await location(world, call["id"]))
        assert (await client.get(call["artifact"]["presignedMonoUrl"])).content == answer.content
    assert answer.headers["content-type"] == "audio/mpeg"
    assert answer.content[:2] == b"\xff\xfb"


@pytest.mark.parametrize("enabled", [True, False])
async def test_a_call_in_the_browser_may_have_a_video(enabled: bool) -> None:
    world = World()
    body = {"assistant": {"name": "A", "artifactPlan": {"videoRecordingEnabled": enabled}}}
    made = (await world.request("POST /call/web", body)).body
    call = await world.telephony.run(made["id"])
    assert ("videoRecordingUrl" in call["artifact"]) == enabled
    if not enabled:
        return
    async with storage(world) as client:
        answer = await client.get(await location(world, call["id"], "video-recording"))
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content[4:8] == b"ftyp"


@pytest.mark.parametrize("own", [True, False])
async def test_what_goes_to_storage_of_ones_own_is_told(own: bool) -> None:
    server = Server()
    world = World(server)
    plan = {"recordingUseCustomStorageEnabled": own, "loggingEnabled": False, "loggingUseCustomStorageEnabled": own}
    await world.call({"artifactPlan": plan, "serverMessages": ["call.artifact.upload"]})
    uploaded = [message["artifacts"] for message in server.of("call.artifact.upload")]
    kinds = ["recording-mono", "recording-stereo", "recording-assistant", "recording-customer"]
    assert uploaded == ([[{"type": kind, "success": True} for kind in kinds]] if own else [])


async def test_the_monitors_of_an_assistant_watch_its_calls() -> None:
    call = await World().call({"monitorPlan": {"monitorIds": ["m1"]}})
    assert call["monitor"]["monitors"] == [{"monitorId": "m1", "filterPassed": True}]
