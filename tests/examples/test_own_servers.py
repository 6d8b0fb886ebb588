"""The example of an own voice, transcriber and knowledge base, under uvicorn."""

from __future__ import annotations

import json

import httpx
import httpx_ws
import pytest

from examples import own_servers
from tests.webhooks.bodies import body
from tests.webhooks.serving import asgi_server

SECRET = {"X-Vapi-Secret": "s"}
START = {"type": "start", "encoding": "linear16", "container": "raw", "sampleRate": 16000, "channels": 2}


def test_all_three_are_served() -> None:
    with asgi_server(own_servers.make_app("s")) as (_, port), httpx.Client(headers=SECRET, timeout=60) as client:
        url = f"http://127.0.0.1:{port}/vapi"
        audio = client.post(url, content=body("voice-request", text="Good morning", sampleRate=8000))
        assert (audio.headers["content-type"], len(audio.content)) == ("application/octet-stream", 2 * 1600 * 2)
        asked = [{"role": "user", "content": "How do I return it?"}]
        found = client.post(url, content=body("knowledge-base-request", messagesOpenAIFormatted=asked)).json()
        assert found == {"documents": [{"content": own_servers.HANDBOOK["return"], "similarity": 1.0}]}
        with httpx_ws.connect_ws(url, client) as session:
            session.send_text(json.dumps(START))
            session.send_bytes(b"\0\0\0\0" * 4)
            session.send_bytes(b"\1\0\0\0" * 4)
            assert json.loads(session.receive_text(timeout=60))["transcription"] == "4 samples of sound"


async def test_it_runs_by_itself(capsys: pytest.CaptureFixture[str]) -> None:
    await own_servers.main()
    assert "voice-request           200  6400 bytes" in capsys.readouterr().out
