"""Addresses of background sounds."""

from __future__ import annotations

import pytest

from tests.sandbox.asking import ask
from vapi_async.sandbox import Sandbox


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://sound.example/rain.mp3", None),
        ("https://sound.example/rain", None),
        ("https://sound.example/rain.png", "not-audio"),
        ("ftp://sound.example/rain.mp3", "invalid-url"),
        ("rain.mp3", "invalid-url"),
        ("https://[::1", "invalid-url"),
        ("http://localhost/rain.mp3", "blocked-address"),
        ("http://192.168.0.1/rain.mp3", "blocked-address"),
    ],
)
async def test_what_an_address_looks_like(url: str, reason: str | None) -> None:
    found = await ask(Sandbox(), "POST", "/assistant/background-sound/validate", {"url": url})
    assert (found["valid"], found.get("reason")) == (reason is None, reason)
