"""Content codings, undone piece by piece as a body comes: those that `accept-encoding` asks for (see `Client`)."""

from __future__ import annotations

import zlib

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
    """Decompresses one body.

    Args:
        bits: the format, as zlib counts it.
    """

    __slots__ = ("_bits", "_head", "_member")

    def __init__(self, bits: int) -> None:
        self._bits = bits
        self._head: bytes | None = b""  # what came before there was any output; None afterwards
        self._member = zlib.decompressobj(bits)

    @property
    def complete(self) -> bool:
        """Whether what came is all: the whole body, or nothing, as in an answer to HEAD."""
        return self._member.eof or self._head == b""

    def feed(self, piece: bytes) -> bytes:
        """Return what a piece of the body decompresses to.

        Raises:
            CodingError: it is none.
        """
        plain = b""
        while piece:
            if self._member.eof:  # a body may be several members in a row (RFC 1952, section 2.2)
                self._member = zlib.decompressobj(self._bits)
            plain += self._decompressed(piece)
            piece = self._member.unused_data
        return plain

    def _decompressed(self, piece: bytes) -> bytes:
        if self._head is not None:
            self._head += piece
        try:
            plain = self._member.decompress(piece)
        except zlib.error as error:
            if self._bits != _ZLIB or self._head is None:
                raise CodingError(str(error)) from error
            return self._bare(self._head)
        if plain:
            self._head = None
        return plain

    def _bare(self, head: bytes) -> bytes:
        # Some servers take "deflate" for the bare format, without zlib's frame around it (RFC 9110, section 8.4.1.2).
        self._bits = _BARE
        self._member = zlib.decompressobj(_BARE)
        self._head = b""
        return self._decompressed(head)
