"""The custom LLM endpoint: who may ask, what it answers, and that the answer is a stream that can be cut anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import anyio
import pytest
from hypothesis import given, strategies as st

from examples.call_centre.custom_llm import custom_llm
from vapi_async._extensions.chats.sse import EventDecoder

ASKED = {
    "model": "mine",
    "stream": True,
    "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "¿Qué plan tengo? 🙂"}],
    "metadata": {"plan": "gold"},
    "call": {"id": "call-1"},
    "customer": {"number": "+15551234567", "name": "Zoë"},
}
ANSWER = "Hi Zoë, you have the gold plan."


async def post(
    pieces: Iterable[bytes], headers: dict[str, str] | None = None
) -> tuple[int, dict[str, str], list[bytes]]:
    """Send a request body in these pieces; return status, header fields, and the pieces of the answer."""
    fields = {"authorization": "Bearer right", "content-type": "application/json", **(headers or {})}
    raw = [(name.encode(), value.encode()) for name, value in fields.items()]
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "scheme": "https",
        "path": "/chat/completions", "raw_path": b"/chat/completions", "query_string": b"", "root_path": "",
        "headers": raw, "client": ("127.0.0.1", 1), "server": ("llm.example", 443),
    }  # fmt: skip
    waiting = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting.append({"type": "http.request", "body": b"", "more_body": False})
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if waiting:
            return waiting.pop(0)
        await anyio.sleep_forever()
        raise AssertionError

    async def send(message: Any) -> None:
        sent.append(dict(message))

    with anyio.fail_after(60):
        await custom_llm("right")(scope, receive, send)
    start, *rest = sent
    answer = [message["body"] for message in rest if message["body"]]
    return start["status"], {name.decode(): value.decode() for name, value in start["headers"]}, answer


def read(pieces: Iterable[bytes]) -> tuple[str, list[dict[str, Any]]]:
    """Read a stream as OpenAI's clients do: up to [DONE]; returns the text and the chunks."""
    decoder = EventDecoder()
    data = [event.data for piece in pieces for event in decoder.feed(piece)]
    assert data[-1] == "[DONE]"
    chunks = [json.loads(text) for text in data[:-1]]
    return "".join(chunk["choices"][0]["delta"].get("content", "") for chunk in chunks), chunks


def cut(data: bytes, places: Iterable[int]) -> list[bytes]:
    """Cut bytes at these places."""
    bounds = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in pairwise(bounds)]


def body(**changes: Any) -> bytes:
    return json.dumps({**ASKED, **changes}, ensure_ascii=False).encode()


async def test_the_answer_is_a_stream_of_chunks() -> None:
    status, headers, pieces = await post([body()])
    assert (status, headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    text, chunks = read(pieces)
    assert text.strip() == ANSWER
    assert len(pieces) >= len(ANSWER.split(" "))  # sent one by one, as each is there
    assert {(chunk["id"], chunk["object"], chunk["model"]) for chunk in chunks} == {
        (chunks[0]["id"], "chat.completion.chunk", "mine")
    }
    assert chunks[0]["choices"][0]["delta"] == {"role": "assistant", "content": ""}
    assert [chunk["choices"][0]["finish_reason"] for chunk in chunks] == [None] * (len(chunks) - 1) + ["stop"]


PLACES = st.lists(st.integers(0, 5000), max_size=30)


@given(PLACES, PLACES)
def test_request_and_answer_may_be_cut_anywhere(asked: list[int], answered: list[int]) -> None:
    status, _, pieces = anyio.run(post, cut(body(), asked))
    assert status == 200
    whole = b"".join(pieces)
    text, _ = read(cut(whole, answered))
    assert text.strip() == ANSWER


async def test_byte_by_byte() -> None:
    _, _, pieces = await post([bytes([byte]) for byte in body()])
    text, _ = read([bytes([byte]) for byte in b"".join(pieces)])
    assert text.strip() == ANSWER


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"metadata": None}, "You said: ¿Qué plan tengo? 🙂"),
        ({"metadata": {}, "customer": None, "call": None}, "You said: ¿Qué plan tengo? 🙂"),
        ({"customer": {"number": "+15551234567"}}, "Hi there, you have the gold plan."),
        ({"messages": []}, "You said: "),
    ],
)
async def test_what_comes_with_the_call_decides(changes: dict[str, Any], answer: str) -> None:
    _, _, pieces = await post([body(**changes)])
    assert read(pieces)[0].strip() == answer.strip()


@pytest.mark.parametrize("given", ["", "Bearer wrong", "right", "bearer", "Bearer rïght"])
async def test_who_has_not_the_token_gets_nothing(given: str) -> None:
    status, _, pieces = await post([body()], {"authorization": given})
    assert status == 401
    assert "right" not in b"".join(pieces).decode()


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"{}", b'{"messages": "hello"}', b"\xff"])
async def test_what_is_no_request_is_refused(sent: bytes) -> None:
    status, _, pieces = await post([sent])
    assert status == 400
    assert json.loads(b"".join(pieces))["error"]["message"]
