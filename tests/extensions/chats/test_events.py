"""Bytes to events, by the rules of the HTML standard."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given, strategies as st

from vapi_async._extensions.chats.sse import EventDecoder, ServerSentEvent, TooLarge


def decode(*pieces: bytes, largest: int = 1000) -> list[ServerSentEvent]:
    decoder = EventDecoder(largest)
    return [event for piece in pieces for event in decoder.feed(piece)]


def data(*pieces: bytes) -> list[str]:
    return [event.data for event in decode(*pieces)]


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        (b"data: a\n\n", ["a"]),
        (b"data: a\r\n\r\n", ["a"]),
        (b"data: a\r\r", ["a"]),
        (b"data: a\r\ndata: b\r\n\r\n", ["a\nb"]),
        (b"data: a\rdata: b\r\n\ndata: c\n\r", ["a\nb", "c"]),
        (b"data: a\r\n\ndata: b\n\r\n", ["a", "b"]),
        (b"data:a\n\n", ["a"]),
        (b"data:  a \n\n", [" a "]),
        (b"data: a\ndata: b\ndata\n\n", ["a\nb\n"]),
        (b"data\n\ndata\ndata\n\ndata:", ["", "\n"]),
        (b": hello\n:\n\ndata: a\n: x\n\n", ["a"]),
        (b"event: x\nid: 1\n\n", []),
        (b"nonsense: a\nDATA: a\n data: a\n\n", []),
        (b"\n\n\n", []),
        (b"data: a", []),
        (b"data: a\n", []),
        (b"\xef\xbb\xbfdata: a\n\n", ["a"]),
        (b"data: a\n\n\xef\xbb\xbfdata: b\n\n", ["a"]),
        ("data: ü€😀\u2028\u2029\x85\x0b\x0c\x1c\n\n".encode(), ["ü€😀\u2028\u2029\x85\x0b\x0c\x1c"]),
        (b"data: \xff\xc3\n\n", ["\ufffd\ufffd"]),
        (b"data: a:b: c\n\n", ["a:b: c"]),
    ],
)
def test_the_data_of_events(stream: bytes, expected: list[str]) -> None:
    assert data(stream) == expected
    assert data(*(bytes([byte]) for byte in stream)) == expected


def test_names_and_ids() -> None:
    stream = b"event: one\nid: 7\ndata: a\n\ndata: b\n\nid: 8\0\nevent\ndata: c\n\nid\ndata: d\n\n"
    assert decode(stream) == [
        ServerSentEvent("a", "one", "7"),
        ServerSentEvent("b", "message", "7"),
        ServerSentEvent("c", "message", "7"),
        ServerSentEvent("d", "message", ""),
    ]


def test_the_name_of_an_event_without_data_is_not_the_next_ones() -> None:
    assert decode(b"event: one\n\ndata: a\n\n") == [ServerSentEvent("a")]


@pytest.mark.parametrize(
    ("stream", "retry"),
    [(b"retry: 250\n", 250), (b"retry: 1.5\n", None), (b"retry: -1\n", None), (b"retry:" + b"9" * 5000 + b"\n", None)],
)
def test_retry(stream: bytes, retry: int | None) -> None:
    decoder = EventDecoder(10_000)
    assert list(decoder.feed(stream)) == []
    assert decoder.retry == retry


@pytest.mark.parametrize(
    ("stream", "unfinished"),
    [
        (b"", False),
        (b"data: a\n\n", False),
        (b"data: a\n\n: comm", False),
        (b"event: x\n", False),
        (b"\xef\xbb\xbf", False),
        (b"data: a\n", True),
        (b"data: a\n: x\n", True),
        (b"da", True),
        (b"\xef\xbb\xbfd", True),
    ],
)
def test_an_unfinished_event_is_known(stream: bytes, unfinished: bool) -> None:
    decoder = EventDecoder()
    list(decoder.feed(stream))
    assert decoder.unfinished is unfinished


@pytest.mark.parametrize(
    "stream",
    [b"data: " + b"x" * 100, b"data: " + b"x" * 100 + b"\n\n", b": " + b"x" * 100, b"data: xxxxxxxx\n" * 10],
)
@pytest.mark.parametrize("size", [1, 7, 1000])
def test_no_line_and_no_event_is_larger_than_the_limit(stream: bytes, size: int) -> None:
    pieces = [stream[at : at + size] for at in range(0, len(stream), size)]
    with pytest.raises(TooLarge, match="more than 50 bytes"):
        decode(*pieces, largest=50)


def test_many_events_and_comments_may_be_larger_than_the_limit() -> None:
    assert len(decode(b"data: 0123456789\n: 0123456789\n\n" * 100, largest=50)) == 100


def test_the_events_before_one_that_is_too_large_are_not_lost() -> None:
    events = EventDecoder(50).feed(b"data: a\n\ndata: " + b"x" * 100)
    assert next(events).data == "a"
    with pytest.raises(TooLarge):
        next(events)


@given(st.data(), st.binary(max_size=200) | st.text("dat: \n\r\ufeff\u2028e", max_size=200).map(str.encode))
def test_how_the_bytes_are_split_changes_nothing(draw: st.DataObject, stream: bytes) -> None:
    cuts = sorted(draw.draw(st.lists(st.integers(0, len(stream)), max_size=8)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True)]
    whole, parts = EventDecoder(), EventDecoder()
    events = list(whole.feed(stream))
    assert [event for piece in pieces for event in parts.feed(piece)] == events
    assert parts.unfinished == whole.unfinished


@given(st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=5))
def test_what_was_written_is_read(lines: list[str]) -> None:
    stream = "".join(f"data: {line}\n" for line in lines) + "\n"
    assert data(stream.encode()) == (["\n".join(lines)] if lines else [])


def test_an_event_of_many_short_lines_takes_no_more_memory_than_its_length() -> None:
    decoder, lines = EventDecoder(200_000), b"data:ab\n" * 1000
    tracemalloc.start()
    for _ in range(66):
        list(decoder.feed(lines))
    held = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert decoder.unfinished
    assert held < 400_000
