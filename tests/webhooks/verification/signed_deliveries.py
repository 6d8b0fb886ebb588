"""A delivery, and its signatures as OpenSSL made them (`openssl dgst -hmac`)."""

from __future__ import annotations

from typing import Any

from vapi_async.responses import Headers
from vapi_async.webhooks import (
    Delivery,
)

NOW = 1767225600.0  # 2026-01-01T00:00:00Z
KEY = "whistle-blue-42"
BODY = b'{"message":{"type":"hang","note":"{timestamp} \xff\xfe {body}"}}'  # no UTF-8, and placeholders that are none

#: Of `1767225600.` and BODY, keyed with KEY.
SHA256 = "262d178350fce386c1daf6c56ab242b461c8891eec0b83e8a914a562e33298f1"
SHA256_BASE64 = "Ji0Xg1D844bB2vbFarJCtGHIiR7sC4PoqRSlYuMymPE="
SHA512 = (
    "3d8c5c41b0198332b28e0ff23ceaf7ddbe8e219e4e419e1790d59b615b94d435"
    "51c9f4fbece482985d328d4944ea492e58476420786f225b23ca8ddf12df117d"
)
SHA1 = "8a9e5aacd651b1aeb1934b4f951e5ba9426e8937"
#: Of the same, keyed with `old-key`.
OLD = "d42b5b7d44abd000f024e79415909107706d5272da760de6e2d3097ec0f4d400"
#: Of BODY alone, keyed with KEY.
BODY_ALONE = "7535d2e20bd76757d4b186904871af7c97fdf4d579af6e98ec6c88a4d0a534b3"
#: Of the text of a timestamp, a dot and BODY, keyed with KEY.
MILLISECONDS = "2506e4de8eed5df5731e8b3d925f335c9b2d6bf9d70f7e883d07959293166358"
ISO = "2e626ab7f1dc3af07858d038871e15a5570d5ee9b3082de9e23d8726a80392ac"
ISO_OFFSET = "502266744042d12bf391a35b362021a293e2be8f16e1c42b1b3767f4094b36df"
#: Of `POST https://hooks.example.com/vapi?x=1 msg_2a 1767225600`, a line break and BODY, keyed with KEY.
EVERYTHING = "686073be4eb66c695589e2366883c2ca0b0c394b7d9a895a3dc818df6e450297"
#: Of `msg_2a.1767225600.` and BODY, keyed with the bytes that BASE64_KEY stands for (they start with a zero).
BASE64_KEY = "AAH7//4wMTIzNDU2Nzg5"
SVIX = "Fs6VobEg+12PO925KbPABRnBtSh5OG/cb5OUojRx/Dw="
#: Of `1767225600.` and BODY, keyed with the same bytes.
BINARY_KEY = "e7bc2fffefdcd9fd98b4ae8bb6555dfec2ca88d64c32ecd0233b86312239b49a"

URL = "https://hooks.example.com/vapi?x=1"


def delivery(
    *headers: tuple[str | bytes, str | bytes], body: bytes = BODY, now: float = NOW, url: str = "", method: str = "POST"
) -> Delivery:
    raw = [(_raw(name), _raw(value)) for name, value in headers]
    return Delivery(body, Headers(raw), method=method, url=url, now=now)


def _raw(value: str | bytes) -> bytes:
    return value.encode() if isinstance(value, str) else value


def signed(signature: str, timestamp: str = "1767225600", **more: Any) -> Delivery:
    return delivery(("X-Signature", signature), ("x-timestamp", timestamp), **more)


# --- signatures
