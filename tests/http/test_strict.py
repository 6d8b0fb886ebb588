"""Strict clients: what does not match the contract is an error that keeps it."""

from __future__ import annotations

import httpx
import pytest

from tests.http.stub import Stub
from vapi_async import DecodeError
from vapi_async.models import Call

GOOD = {"id": "c", "orgId": "o", "createdAt": "2026-01-02T03:04:05Z", "updatedAt": "2026-01-02T03:04:05Z"}
BAD = {**GOOD, "id": "d", "cost": "much", "newField": 1}


async def test_what_matches_passes() -> None:
    async with Stub(GOOD, [GOOD]).client(strict=True) as vapi:
        assert (await vapi.calls.get("c")).id == "c"
        assert [call.id async for call in vapi.calls.list()] == ["c"]


async def test_what_does_not_match_is_an_error_with_the_paths() -> None:
    stub = Stub(httpx.Response(201, json=BAD))
    async with stub.client(strict=True) as vapi:
        with pytest.raises(DecodeError, match=r"does not match the contract: .*cost") as caught:
            await vapi.calls.create(assistant_id="a")
    error = caught.value
    assert set(error.paths) == {"cost", "newField"}
    assert isinstance(error.parsed, Call)
    assert error.parsed["cost"] == "much"
    assert error.may_have_been_processed
    assert error.raw == stub_content(BAD)
    assert len(stub.requests) == 1


def stub_content(value: object) -> bytes:
    return httpx.Response(200, json=value).content


async def test_items_of_lists_are_checked() -> None:
    async with Stub([GOOD, BAD]).client() as vapi:
        strict = vapi.with_options(strict=True)
        with pytest.raises(DecodeError, match="GET /call: an item") as caught:
            await strict.calls.list()
        assert caught.value.parsed["cost"] == "much"
        assert len(await vapi.calls.list()) == 2
        assert len(await strict.with_options(strict=False).calls.list()) == 2
