"""Files of other formats than WAV: silent, or empty, but what they say they are."""

from __future__ import annotations

import struct

_FRAMES = 20

#: 128 kbit/s at 44.1 kHz, mono, without a checksum: 417 bytes for each frame of 26 ms, whose side information is zero.
_MP3_FRAME = b"\xff\xfb\x90\xc0" + bytes(413)


def _box(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(content), kind) + content


#: The contents by media type.
MEDIA = {
    "audio/mpeg": _MP3_FRAME * _FRAMES,
    "video/mp4": _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41") + _box(b"mdat", b""),
}
