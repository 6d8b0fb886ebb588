"""The client's lists against the sandbox: whatever the order and the page, nothing is lost and nothing comes twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.operations.surface import Method, methods
from tests.sandbox.walking import Walker
from vapi_async import after, before, between, since
from vapi_async._lists import list_answer as answer
from vapi_async._operations.operation import ListOperation
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.contract import load_contract

OWN = load_contract()
LISTS = [method for method in methods() if isinstance(method.operation, ListOperation)]
WALKED = [method for method in LISTS if method.operation.walk != "single"]
ORDERS = pytest.mark.parametrize("order", ["asc", "desc"])
START = datetime(2026, 3, 1, tzinfo=UTC)
COUNT = 60
PAGE = 9
AT_ONCE = 4


def moment(number: int) -> str:
    """When the object of this number was made: some of them at one instant."""
    when = START + timedelta(milliseconds=number // AT_ONCE)
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the client take pages of 9 for what a server may cut at, which makes walks of few objects long ones."""
    monkeypatch.setattr(answer, "SMALLEST_PAGE", PAGE)


class Listed:
    """A list of a sandbox, filled.

    Args:
        sb: the sandbox.
        method: the method that lists.
    """

    def __init__(self, sb: Sandbox, method: Method) -> None:
        self.sb = sb
        self.method = method
        self.ids: list[str] = []

    async def fill(self, count: int = COUNT) -> None:
        """Make what the list is below, and store objects in it."""
        operation = OWN.operations[f"GET {self.method.operation.path}"]
        path = await Walker(self.sb.http_client(), OWN)._path(operation)
        found = OWN.match("GET", path)
        assert found is not None
        given = {**found[1], **({"purpose": "assistant"} if "purpose" in self.method.parameters else {})}
        self.arguments = {{"resourceName": "resource_name"}.get(name, name): value for name, value in given.items()}
        self.path = path
        self.ids = [each["id"] for each in self.sb.objects(path)]
        for _ in range(count):
            self.add()

    def add(self) -> None:
        dates = {"createdAt": moment(len(self.ids)), "updatedAt": moment(0)}
        self.ids.append(self.sb.add(self.path, {**dates, "purpose": "assistant"})["id"])

    def walk(self, vapi: Any, **more: Any) -> Any:
        return self.method.bound(vapi)(**self.arguments, **more)


@ORDERS
@pytest.mark.parametrize("method", LISTS, ids=lambda method: method.resource)
async def test_every_list_is_walked_whole(method: Method, order: Any) -> None:
    cap = 1000 if method.operation.walk == "single" else PAGE
    async with Sandbox(order=order, max_page=cap) as sb, sb.client() as vapi:
        listed = Listed(sb, method)
        await listed.fill()
        found = [each["id"] async for each in listed.walk(vapi)]
        assert sorted(found) == sorted(listed.ids)


@ORDERS
@pytest.mark.parametrize("method", WALKED, ids=lambda method: method.resource)
async def test_what_comes_meanwhile_costs_nothing(method: Method, order: Any) -> None:
    async with Sandbox(order=order, max_page=PAGE) as sb, sb.client() as vapi:
        listed = Listed(sb, method)
        await listed.fill()
        known, found = set(listed.ids), []
        async for each in listed.walk(vapi, limit=PAGE):
            found.append(each["id"])
            if len(found) % 7 == 0 and len(found) < COUNT:
                listed.add()
        assert len(found) == len(set(found))
        assert known <= set(found)


@pytest.mark.parametrize("limit", [5, 9, 50])
async def test_the_size_of_a_page_changes_nothing(limit: int) -> None:
    async with Sandbox(max_page=20) as sb, sb.client() as vapi:
        for method in WALKED:
            listed = Listed(sb, method)
            await listed.fill(30)
            async with listed.walk(vapi, limit=limit).lookahead(1) as items:
                assert sorted([each["id"] async for each in items]) == sorted(listed.ids)


async def test_pages_and_their_metadata() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        for _ in range(25):
            sb.add("/chat", {})
        pages = [page async for page in vapi.chats.list(limit=10).pages()]
        assert sum(len(page) for page in pages) == 25
        assert len(pages) >= 3
        assert pages[0].metadata is not None
        assert pages[0].metadata.total_items == 25


async def test_windows_pick_what_they_say() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        times = [START + timedelta(hours=hour) for hour in range(6)]
        for hour, created in enumerate(times):
            updated = (created + timedelta(days=1)).isoformat()
            sb.add("/call", {"createdAt": created.isoformat(), "updatedAt": updated, "name": str(hour)})

        async def names(**filters: Any) -> list[str]:
            return sorted([each["name"] async for each in vapi.calls.list(**filters)])

        assert await names(created=between(times[1], times[3])) == ["1", "2"]
        assert await names(created=since(times[4])) == ["4", "5"]
        assert await names(created=after(times[4])) == ["5"]
        assert await names(created=before(times[1])) == ["0"]
        assert await names(updated=after(times[4] + timedelta(days=1))) == ["5"]
        assert await names(created=since(times[2]), updated=before(times[4] + timedelta(days=1))) == ["2", "3"]


async def test_fields_pick_what_they_say() -> None:
    async with Sandbox(max_page=3) as sb, sb.client() as vapi:
        for number in range(20):
            sb.add("/call", {"assistantId": "ab"[number % 2], "phoneNumberId": "pqr"[number % 3], "name": str(number)})
        found = [int(each["name"]) async for each in vapi.calls.list(assistant_id="b", phone_number_id="r")]
        assert sorted(found) == [5, 11, 17]
        for number in range(6):
            sb.add("/chat", {"assistantId": "ab"[number % 2], "sessionId": "st"[number // 3]})
        assert len([each async for each in vapi.chats.list(assistant_id="a", session_id="s")]) == 2
        assert len([each async for each in vapi.chats.list(assistant_id_any="a,b")]) == 6


async def test_a_sort_order_is_followed() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        stored = [sb.add("/session", {})["id"] for _ in range(7)]
        assert [each["id"] async for each in vapi.sessions.list(limit=3, sort_order="ASC")] == stored
        assert [each["id"] async for each in vapi.sessions.list(limit=3, sort_order="DESC")] == stored[::-1]
