"""Lists as users call them: what goes over the wire, what comes back, and what is refused before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from tests.fresh import run
from tests.http.stub import Stub
from vapi_async import after, between, on, since
from vapi_async.models import Call, Chat

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 1, 13, tzinfo=UTC)
CALL = {"id": "a", "orgId": "o", "createdAt": "2026-03-01T12:00:00.000Z", "updatedAt": "2026-03-01T12:00:00.000Z"}


def query(request: httpx.Request) -> dict[str, str]:
    return dict(request.url.params)


async def test_items_are_models() -> None:
    async with Stub([CALL]).client() as vapi:
        page = await vapi.calls.list()
        assert [type(call) for call in page] == [Call]
        assert [type(call) async for call in vapi.calls.list()] == [Call]
        assert [[type(call) for call in page] async for page in vapi.calls.list().pages()] == [[Call]]
        async with vapi.calls.list().lookahead(1) as calls:
            assert [type(call) async for call in calls] == [Call]


async def test_either_shape_and_metadata() -> None:
    metadata = {"itemsPerPage": 100, "totalItems": 1, "currentPage": 1}
    async with Stub({"results": [CALL], "metadata": metadata}).client() as vapi:
        calls = await vapi.calls.list()
        assert calls.metadata is not None
        assert (calls[0].id, calls.metadata.total_items, calls.metadata["totalItems"]) == ("a", 1, 1)
    async with Stub([{**CALL, "messages": []}]).client() as vapi:
        chats = await vapi.chats.list()
        assert (type(chats[0]), chats.metadata) == (Chat, None)


async def test_windows_on_the_wire() -> None:
    stub = Stub([])
    async with stub.client() as vapi:
        await vapi.calls.list(limit=5, created=between(NOON, ONE), updated=after(NOON), assistant_id="x")
        assert query(stub.last) == {
            "limit": "5",
            "assistantId": "x",
            "createdAtGe": "2026-03-01T12:00:00.000Z",
            "createdAtLt": "2026-03-01T13:00:00.000Z",
            "updatedAtGt": "2026-03-01T12:00:00.000Z",
        }
        await vapi.calls.list(created=on(date(2026, 3, 29), tz="Europe/Madrid"))
        assert query(stub.last) == {
            "createdAtGe": "2026-03-28T23:00:00.000Z",
            "createdAtLt": "2026-03-29T22:00:00.000Z",
        }


async def test_every_request_carries_the_filters() -> None:
    stub = Stub([{**CALL, "id": "b", "createdAt": "2026-03-01T12:00:01.000Z"}, CALL], [CALL])
    async with stub.client() as vapi:
        calls = vapi.calls.list(limit=2, phone_number_id="p", updated=since(NOON), extra_query={"x": "y"})
        assert [call.id async for call in calls] == ["b", "a"]
    assert query(stub.requests[1]) == query(stub.requests[0]) | {"createdAtLt": "2026-03-01T12:00:00.001Z"}
    assert query(stub.requests[0])["x"] == "y"


async def test_extra_query_does_not_get_in_the_way_of_a_walk() -> None:
    stub = Stub([{**CALL, "id": "b", "createdAt": "2026-03-01T12:00:01.000Z"}, CALL], [CALL])
    async with stub.client() as vapi:
        calls = vapi.calls.list(extra_query={"limit": 2, "createdAtLe": ONE})
        assert [call.id async for call in calls] == ["b", "a"]
    assert query(stub.requests[0]) == {"limit": "2", "createdAtLe": "2026-03-01T13:00:00.000Z"}
    assert query(stub.requests[1]) == {"limit": "2", "createdAtLt": "2026-03-01T12:00:00.001Z"}


async def test_the_query_of_the_client_does_not_get_in_the_way_of_a_walk() -> None:
    stub = Stub([{**CALL, "id": "b", "createdAt": "2026-03-01T12:00:01.000Z"}, CALL], [CALL])
    async with stub.client() as vapi:
        client = vapi.with_options(extra_query={"limit": 2, "createdAtLe": ONE, "x": "y"})
        assert [call.id async for call in client.calls.list()] == ["b", "a"]
        with pytest.raises(ValueError, match="another list"):
            client.calls.list(resume=vapi.calls.list(limit=2, created_at_le=ONE).position)
    assert query(stub.requests[0]) == {"limit": "2", "createdAtLe": "2026-03-01T13:00:00.000Z", "x": "y"}
    assert query(stub.requests[1]) == {"limit": "2", "createdAtLt": "2026-03-01T12:00:00.001Z", "x": "y"}


async def test_any_parameters_take_a_list() -> None:
    stub = Stub({"results": []})
    async with stub.client() as vapi:
        await vapi.sessions.list(assistant_id_any=["a", "b"])
    assert query(stub.last) == {"assistantIdAny": "a,b"}


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda vapi: vapi.calls.list(limit=1001), ValueError, "limit"),
        (lambda vapi: vapi.calls.list(created_at_ge=datetime(2026, 3, 1)), ValueError, "created_at_ge"),  # noqa: DTZ001
        (lambda vapi: vapi.calls.list(created=since(NOON), created_at_gt=NOON), ValueError, "created_at_gt"),
        (lambda vapi: vapi.calls.list(created=NOON), TypeError, "created"),
        (lambda vapi: vapi.files.list(purpose="x", created=since(days=1)), TypeError, "created"),
        (lambda vapi: vapi.v2.knowledge_bases.list(created=since(days=1)), TypeError, "created"),
        (lambda vapi: vapi.v2.campaign_contacts.list("c", limit=0), ValueError, "limit .* from 1"),
        (lambda vapi: vapi.v2.campaign_contacts.list(".."), ValueError, "id"),
        (lambda vapi: vapi.calls.list(offset=5), TypeError, "offset"),
    ],
)
async def test_what_is_refused_before_anything_is_sent(call: Any, error: type[Exception], message: str) -> None:
    stub = Stub([])
    async with stub.client() as vapi:
        with pytest.raises(error, match=message):
            call(vapi)
    assert stub.requests == []


async def test_a_position_is_of_one_path_and_one_query() -> None:
    async with Stub([]).client() as vapi:
        position = vapi.v2.campaign_contacts.list("a").position
        vapi.v2.campaign_contacts.list("a", resume=position)
        with pytest.raises(ValueError, match="another list"):
            vapi.v2.campaign_contacts.list("b", resume=position)
        with pytest.raises(ValueError, match="other filters"):
            vapi.v2.campaign_contacts.list("a", resume=position, extra_query={"x": "y"})


async def test_map_through_the_client() -> None:
    stub = Stub(CALL, 404, CALL)
    async with stub.client(retry=0) as vapi, vapi.map(vapi.calls.get, ["a", "b", "c"], concurrency=1) as results:
        outcomes = {name: outcome async for name, outcome in results}
    assert [type(outcome).__name__ for outcome in outcomes.values()] == ["Call", "NotFoundError", "Call"]


def test_lists_load_nothing_heavy() -> None:
    heavy = {
        "anyio",
        "asyncio",
        "httpx",
        "zoneinfo",
        "hashlib",
        "inspect",
        "dataclasses",
        "logging",
        "vapi_async.models",
    }
    code = f"""
import vapi_async, vapi_async._lists.concurrent_map, vapi_async._lists
from datetime import date
vapi_async.AsyncVapi(token="t").calls.list(created=vapi_async.since(days=1), limit=5)
result = sorted({heavy!r} & set(sys.modules))
"""
    assert run(code) == []
