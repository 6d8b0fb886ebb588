"""Server-sent events: from bytes, in pieces of any size, to events. Nothing here does any I/O.

It follows the event stream format of the HTML standard: lines end with CRLF, CR or LF and with nothing else, a blank
line ends an event, a line that begins with a colon is a comment, and an event without data is none. Bytes that are not
UTF-8 become replacement characters. Lines are found among the bytes, so a character may be split between pieces.

httpx-sse would not serve: it reads an `httpx.Response` by its text lines, whereas here a body is read so that its end
and its faults are known (see `body`); those text lines end also with U+2028 and the like, which JSON has unescaped
within strings; and it neither bounds a line nor tells whether the last event was cut off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

LARGEST = 4 * 1024 * 1024
"""Bytes of the data of one event; the events of a chat have some hundreds."""

_LINE_END = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"
_LONGEST_RETRY = 12  # digits


class TooLarge(ValueError):
    """An event, or a line, is larger than the decoder takes."""


@frozen
class ServerSentEvent:
    """One event.

    Attributes:
        data: its data, lines joined by newlines.
        name: what the stream calls it, "message" if it has no name of its own.
        id: the last id that the stream gave, with this event or before; "" if it gave none.
    """

    data: str
    name: str = "message"
    id: str = ""


class EventDecoder:
    """Makes events of the pieces of one stream.

    Args:
        largest: how many bytes a line, or the data of an event, may have.

    Attributes:
        retry: the milliseconds to wait before connecting again, None if the stream did not say.
    """

    def __init__(self, largest: int = LARGEST) -> None:
        self._largest = largest
        self._line = bytearray()  # the beginning of a line that goes on in the next piece
        self._first = True
        self._after_cr = False
        self._data = bytearray()  # as bytes, since a string for each line takes many times its length
        self._name = ""
        self._id = ""
        self.retry: int | None = None

    @property
    def unfinished(self) -> bool:
        """Whether part of an event came, but not its end."""
        line = self._without_bom(bytes(self._line))
        return bool(self._data) or (bool(line) and not line.startswith(b":"))

    def feed(self, piece: bytes) -> Iterator[ServerSentEvent]:
        """Yield the events that the next piece of the stream completes. To be exhausted before the next call.

        Raises:
            TooLarge: an event, or a line, is; the stream cannot be read any further.
        """
        if self._after_cr and piece:
            piece = piece.removeprefix(b"\n")
            self._after_cr = False
        if not piece:
            return
        self._after_cr = piece.endswith(b"\r")
        *lines, rest = _LINE_END.split(piece)
        for line in lines:
            self._line += line
            whole = bytes(self._line)
            self._line.clear()
            event = self._take(whole)
            if event is not None:
                yield event
        self._line += rest
        self._check(len(self._line))

    def _take(self, line: bytes) -> ServerSentEvent | None:
        """Take note of one line; return the event that it ends."""
        line = self._without_bom(line)
        self._first = False
        self._check(len(line))
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        self._set(field, value.removeprefix(b" "))
        return None

    def _set(self, field: bytes, value: bytes) -> None:
        if field == b"data":
            self._data += value + b"\n"
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        elif field == b"id" and b"\0" not in value:
            self._id = value.decode("utf-8", "replace")
        elif field == b"retry" and value.isdigit() and len(value) <= _LONGEST_RETRY:
            self.retry = int(value)

    def _dispatch(self) -> ServerSentEvent | None:
        data, name = self._data[:-1].decode("utf-8", "replace") if self._data else None, self._name
        self._data, self._name = bytearray(), ""
        return None if data is None else ServerSentEvent(data, name or "message", self._id)

    def _check(self, length: int) -> None:
        if len(self._data) + length > self._largest:
            raise TooLarge(f"an event of the stream has more than {self._largest} bytes")

    def _without_bom(self, line: bytes) -> bytes:
        return line.removeprefix(_BOM) if self._first else line
