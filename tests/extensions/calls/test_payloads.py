"""Messages as they are really sent, where a folder of them lies beside the project: their calls can be steered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests import fresh
from vapi_async import AsyncVapi
from vapi_async._extensions.calls.allowed_hosts import CONTROL, LISTEN, Hosts
from vapi_async.models import ServerMessage

PAYLOADS = fresh.ROOT.parent / "shared" / "payloads"
FILES = sorted(path for path in PAYLOADS.glob("*/*.json") if "controlUrl" in path.read_text())

if not FILES:
    pytest.skip("no folder of payloads here", allow_module_level=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
async def test_their_urls_are_found_and_may_be_contacted(path: Path) -> None:
    payload = json.loads(path.read_text())  # noqa: ASYNC240
    async with AsyncVapi("key") as vapi:
        live = vapi.live(payload)
        Hosts().check(live._control_url, CONTROL)
        Hosts().check(live._listen_url, LISTEN)
        if "message" in payload:
            model = ServerMessage.from_dict(payload)
            assert vapi.live(model)._control_url == live._control_url
