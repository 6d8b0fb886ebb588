"""Content codings, undone in steps as a body comes: those that `accept-encoding` asks for (see `Client`).

A few bytes can stand for a thousand times as many. So one step takes in and gives out only so much; between two of them
the event loop runs, and whoever reads may have had enough.
"""

from __future__ import annotations

import zlib

INPUT = 16 * 1024
"""How many bytes a step takes in at most."""
OUTPUT = 256 * 1024
"""How many bytes a step gives out at most."""

_GZIP = zlib.MAX_WBITS | 16
_ZLIB = zlib.MAX_WBITS
_BARE = -zlib.MAX_WBITS
_WINDOW_BITS = {"gzip": _GZIP, "x-gzip": _GZIP, "deflate": _ZLIB}


class CodingError(Exception):
    """A body is not in the coding that its header names."""


def inflater(coding: str) -> Inflater | None:
    """Return what undoes a content coding, in lower case; None for one that was not asked for."""
    bits = _WINDOW_BITS.get(coding)
    return None if bits is None else Inflater(bits)


class Inflater:
    """Decompresses one body: `put` each piece of it, then `step` as long as something is `pending`.

    Args:
        bits: the format, as zlib counts it.
    """

    __slots__ = ("_at", "_begun", "_bits", "_full", "_head", "_member", "_piece", "_rest")

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._member = zlib.decompressobj(bits)
        self._begun = False
        self._head: bytes | None = b"" if bits == _ZLIB else None  # what came before the format was known
        self._piece = memoryview(b"")
        self._at = 0  # how much of the piece was taken
        self._rest = b""  # what was taken of it, and not used yet
        self._full = False  # whether zlib may have more to give without taking anything

    @property
    def pending(self) -> bool:
        """Whether there is more to be had of the pieces that came."""
        return bool(self._rest) or self._full or self._at < len(self._piece)

    @property
    def complete(self) -> bool:
        """Whether what came is all: the whole body, or nothing, as in an answer to HEAD."""
        return not self.pending and (self._member.eof or not self._begun)

    def put(self, piece: bytes) -> None:
        """Take the next piece of the body; nothing may be pending."""
        self._begun = True
        if self._head is not None:
            piece = self._head + piece
            if len(piece) < 2:
                self._head = piece
                return
            self._head = None
            self._find_format(piece)
        self._piece, self._at = memoryview(piece), 0

    def step(self) -> bytes:
        """Return the next of what is pending, decompressed; that may be nothing.

        Raises:
            CodingError: it is not in that coding.
        """
        plain = bytearray()
        data = self._rest or self._take()
        while len(plain) < OUTPUT and (data or self._full):
            data = self._inflate(data, plain)
        self._rest = data
        return bytes(plain)

    def _find_format(self, head: bytes) -> None:
        # Some servers take "deflate" for the bare format, without zlib's frame around it (RFC 9110, section 8.4.1.2).
        # The frame begins with the method, 8, and is a multiple of 31 (RFC 1950, section 2.2).
        if head[0] & 0x0F != 8 or int.from_bytes(head[:2]) % 31:
            self._bits = _BARE
            self._member = zlib.decompressobj(_BARE)

    def _take(self) -> bytes:
        # Of a large piece zlib would copy all that it did not use, each time.
        start, self._at = self._at, min(self._at + INPUT, len(self._piece))
        return bytes(self._piece[start : self._at])

    def _inflate(self, data: bytes, plain: bytearray) -> bytes:
        """Add what `data` becomes to `plain`, and return what of it is left."""
        if self._member.eof:  # a body may be several members in a row (RFC 1952, section 2.2), with zeros after each
            data = data.lstrip(b"\0")
            if not data:
                return b""
            self._member = zlib.decompressobj(self._bits)
        room = OUTPUT - len(plain)
        try:
            out = self._member.decompress(data, room)
        except zlib.error as error:
            raise CodingError(str(error)) from error
        plain += out
        self._full = len(out) == room and not self._member.eof
        return self._member.unconsumed_tail or self._member.unused_data
