"""Every list operation of the contract, walked over real HTTP while its items come and go."""

from __future__ import annotations

import asyncio
from contextlib import nullcontext
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.lists.server import serve
from tests.lists.store import Store
from tests.lists.test_walks_lose_nothing import (
    DEFAULT,
    FLOOR,
    GREATEST,
    World,
    assert_had_to_stop,
    assert_nothing_lost,
    worlds,
)
from tests.operations.surface import Method, methods
from vapi_async import AsyncVapi
from vapi_async._lists import list_answer as answer
from vapi_async._operations.operation import ListOperation
from vapi_async.errors import PaginationError

LISTS = [method for method in methods() if isinstance(method.operation, ListOperation)]


@pytest.fixture(autouse=True, scope="module")
def small_world() -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "SMALLEST_PAGE", FLOOR)
        for method in LISTS:
            patch.setattr(method.operation, "limits", (method.operation.limits[0], GREATEST, DEFAULT))
        yield


async def came(method: Method, store: Store, limit: int | None, *, ahead: bool) -> tuple[list[str], str]:
    """The ids that came, and the error that ended the walk ("": none)."""
    given = {name: "x" for name in method.parameters if name in {"id", "provider", "resource_name", "purpose"}}
    if "{id}" not in method.operation.path:
        given.pop("id", None)
    if limit is not None and "limit" in method.parameters:
        given["limit"] = limit
    found: list[str] = []
    async with serve(store) as url, AsyncVapi(token="t", base_url=url, retry=0) as vapi:
        pager = method.bound(vapi)(**given)
        try:
            async with pager.lookahead(1) if ahead else nullcontext(pager) as items:
                async for item in items:
                    found.append(item["id"])  # noqa: PERF401 - what came before the error counts
        except PaginationError as error:
            return found, str(error)
    return found, ""


def fitting(world: World, walk: str) -> World:
    """Leave out what a walk of this kind cannot be proof against."""
    if walk == "page":
        world.deletes, world.hasty = 0, False
    if walk == "single":
        world.inserts = world.deletes = 0
        world.cap = GREATEST
    return world


@pytest.mark.parametrize("method", LISTS, ids=lambda method: method.resource)
@settings(max_examples=8, deadline=None, derandomize=True)
@given(worlds(), st.one_of(st.none(), st.integers(1, GREATEST)), st.sampled_from(["bare", "paged"]), st.booleans())
def test_nothing_lost_and_nothing_twice(
    method: Method, world: World, limit: int | None, shape: str, ahead: bool
) -> None:
    walk = method.operation.walk
    store = fitting(world, walk).store("paged" if walk == "page" else "bare" if walk == "single" else shape)
    if "limit" not in method.operation.filters:
        store.default = store.cap = 1000
    found, error = asyncio.run(came(method, store, limit, ahead=ahead))
    if not error:
        assert_nothing_lost(world, found)
    elif walk == "single":
        assert world.count >= GREATEST
    else:
        assert_had_to_stop(world, store, error)
    assert len(found) == len(set(found))


def test_these_are_all_lists() -> None:
    assert {method.resource for method in LISTS} > {"assistants", "calls", "chats", "sessions", "v2.campaigns"}
    assert {method.operation.walk for method in LISTS} == {"created", "page", "single"}
