"""Walking by windows of createdAt, case by case."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.lists.store import ALL, BARE, EPOCH, Operation, Store, at, ids, rows
from vapi_async._lists import Pager
from vapi_async._lists.windows import between
from vapi_async.errors import PaginationError


def pager(store: Store, *, operation: Operation | None = None, query: Any = None, **arguments: Any) -> Pager[Any]:
    operation = operation or Operation(filters=BARE if store.shape == "bare" else ALL)
    return Pager(store.fetch, operation.item, operation, query or {}, **arguments)


async def walked(store: Store, **arguments: Any) -> list[str]:
    return [item["id"] async for item in pager(store, **arguments)]


@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_a_short_page_is_the_last(shape: str) -> None:
    store = Store(rows(1, 2, 3), shape=shape)
    assert await walked(store) == ["c", "b", "a"]
    assert store.requests == [{}]


async def test_windows_overlap_by_one_printed_step() -> None:
    store = Store(rows(1, 2, 3, 4))
    assert await walked(store, query={"limit": 3}) == ["d", "c", "b", "a"]
    assert store.requests == [{"limit": 3}, {"limit": 3, "createdAtLt": at(3)}]


async def test_the_order_is_read_off_the_answer() -> None:
    store = Store(rows(1, 2, 3, 4), order=1)
    assert await walked(store, query={"limit": 3}) == ["a", "b", "c", "d"]
    assert store.requests[1] == {"limit": 3, "createdAtGe": at(3)}


@pytest.mark.parametrize("order", [1, -1])
async def test_what_the_server_knows_beyond_milliseconds_is_not_lost(order: int) -> None:
    store = Store(rows(5.1, 5.3, 5.5, 5.7, 5.9, 6.2), order=order)
    assert sorted(await walked(store, query={"limit": 2})) == ["a", "b", "c", "d", "e", "f"]


@pytest.mark.parametrize(
    "text", ["2026-03-01T00:00:0{}Z", "2026-03-01T00:00:0{}+00:00", "2026-03-01T01:00:0{}.000000+01:00"]
)
async def test_the_step_is_what_the_server_prints(text: str) -> None:
    async def fetch(query: Any) -> Any:
        asked.append(query)
        return [{"id": "c", "createdAt": text.format(3)}, {"id": "b", "createdAt": text.format(2)}][len(asked) - 1 :]

    asked: list[Any] = []
    operation = Operation(limits=(0, 2, 2))
    assert ids([item async for item in Pager(fetch, operation.item, operation, {})]) == ["c", "b"]
    step = timedelta(microseconds=1) if "." in text else timedelta(seconds=1)
    assert asked[1] == {"createdAtLt": EPOCH + timedelta(seconds=2) + step}


async def test_the_step_stays_fine_on_pages_of_whole_seconds() -> None:
    """What was printed with a fraction before may be within the second of an edge that has none."""
    items = [("a", "01.5"), ("b", "01.2"), ("c", "01"), ("d", "01"), ("e", "00.5")]
    calls = [{"id": name, "createdAt": f"2026-03-01T00:00:{text}Z"} for name, text in items]

    async def fetch(query: Any) -> Any:
        before = query.get("createdAtLt", at(9000))
        fitting = [call for call in calls if datetime.fromisoformat(call["createdAt"]) < before]
        if before < at(9000) and calls[1]["id"] == "b":
            fitting.remove(calls.pop(1))
        return fitting[: query["limit"]]

    operation = Operation()
    assert ids([item async for item in Pager(fetch, operation.item, operation, {"limit": 2})]) == list("abcde")


async def test_a_moment_fuller_than_the_page_widens_it() -> None:
    store = Store(rows(9, 8, *[5] * 120, 4))
    assert len(set(await walked(store, query={"limit": 10}))) == 123
    assert [query["limit"] for query in store.requests] == [10, 10, 100, 1000, 10]


async def test_the_smallest_pages_grow_no_more_than_they_must() -> None:
    store = Store(rows(*range(30)))
    assert len(set(await walked(store, query={"limit": 1}))) == 30
    assert [query["limit"] for query in store.requests] == [1, 10, *[2] * 21]


async def test_a_moment_of_exactly_one_page() -> None:
    store = Store(rows(*[5] * 30))
    assert len(await walked(store, query={"limit": 30})) == 30


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_a_moment_too_full_for_any_page_is_named(order: int, shape: str) -> None:
    store = Store(rows(1, *[5] * 1500, 9), order=order, shape=shape)
    came = []
    with pytest.raises(PaginationError, match=r"created at 2026-03-01T00:00:00\.005000Z"):  # noqa: PT012
        async for item in pager(store):
            came.append(item["id"])  # noqa: PERF401
    assert len(came) == len(set(came)) == 1001


async def test_the_position_within_a_full_moment_is_small() -> None:
    store = Store(rows(9, *[5] * 500, 1))
    walk = pager(store)
    came = [item["id"] async for item in walk if len(json.dumps(walk.position)) < 1500]
    assert len(came) == 502


async def test_a_moment_too_full_does_no_harm_if_no_more_is_wanted() -> None:
    store = Store(rows(*[5] * 1500))
    assert len(await walked(store, max_items=1000)) == 1000


@pytest.mark.parametrize("count", [150, 999])
async def test_a_list_of_one_moment(count: int) -> None:
    assert len(set(await walked(Store(rows(*[5] * count))))) == count


@pytest.mark.parametrize("cap", [100, 250])
async def test_a_server_that_gives_less_than_asked_for(cap: int) -> None:
    store = Store(rows(*range(1000)), cap=cap)
    assert len(set(await walked(store, query={"limit": 1000}))) == 1000


@pytest.mark.parametrize(
    ("moments", "cap"),
    [([5] * 300, 100), ([*[5] * 300, 9], 100), ([1, *[5] * 300], 100), ([*[5] * 300, 9], 250), ([1, *[5] * 300], 250)],
)
@pytest.mark.parametrize("limit", [50, 1000])
@pytest.mark.parametrize("order", [1, -1])
async def test_a_server_that_cuts_a_moment_is_found_out(moments: list[int], cap: int, limit: int, order: int) -> None:
    with pytest.raises(PaginationError, match=r"00\.005000Z"):
        await walked(Store(rows(*moments), cap=cap, order=order), query={"limit": limit})


async def test_a_server_that_says_there_is_more_of_a_moment_is_believed() -> None:
    with pytest.raises(PaginationError, match=r"00\.005000Z"):
        await walked(Store(rows(*[5] * 50), cap=20, shape="paged"))


async def test_insertions_while_the_order_is_unknown() -> None:
    """Newer items push the only one seen out of the page; it must not come again when the walk reaches it."""
    store = Store(rows(5), changes=[lambda store: store.rows.extend(rows(*range(30))[10:])])
    came = await walked(store, query={"limit": 1})
    assert sorted(came) == sorted(row.id for row in store.rows)


async def test_deletion_of_the_edge() -> None:
    store = Store(rows(1, 2, 3, 4, 5), changes=[lambda store: store.rows.pop(3)])
    assert await walked(store, query={"limit": 2}) == ["e", "d", "c", "b", "a"]


async def test_bounds_of_the_user_are_narrowed_never_widened() -> None:
    store = Store(rows(1, 2, 3, 4, 5, 6))
    window = between(at(2), at(6))
    assert await walked(store, query={"limit": 2, "assistantId": "x"}, created=window) == ["e", "d", "c", "b"]
    assert all(query["createdAtGe"] == at(2) and query["assistantId"] == "x" for query in store.requests)
    assert [query["createdAtLt"] for query in store.requests] == [at(6), at(5), at(4), at(3)]


async def test_a_strict_bound_of_the_user_at_the_edge_stays() -> None:
    store = Store(rows(4.2, 4.5, 4.8), order=-1)
    assert await walked(store, query={"limit": 1, "createdAtLt": at(4.7)}) == ["b", "a"]
    assert {query["createdAtLt"] for query in store.requests} == {at(4.7)}


async def test_unordered_items_are_refused_once_more_is_needed() -> None:
    async def fetch(query: Any) -> Any:
        return [row.json() for row in rows(3, 1, 2)]

    operation = Operation(filters=ALL)
    assert len([item async for item in Pager(fetch, operation.item, operation, {})]) == 3
    walk = Pager(fetch, operation.item, operation, {"limit": 3})
    with pytest.raises(PaginationError, match="not ordered by createdAt; page=1 walks"):
        [item async for item in walk]


async def test_a_server_that_turns_round_is_refused() -> None:
    answers = [rows(9, 8), rows(7, 8)]

    async def fetch(query: Any) -> Any:
        return [row.json() for row in answers.pop(0)]

    operation = Operation(limits=(0, 2, 2))
    with pytest.raises(PaginationError, match="not ordered"):
        [item async for item in Pager(fetch, operation.item, operation, {})]


async def test_a_server_that_ignores_the_window_is_refused() -> None:
    store = Store(rows(1, 2, 3, 4))

    async def fetch(query: Any) -> Any:
        return store.answer({"limit": query["limit"]})

    operation = Operation()
    with pytest.raises(PaginationError, match="does not keep to the window"):
        [item async for item in Pager(fetch, operation.item, operation, {"limit": 2})]


async def test_a_server_that_does_not_page_at_all_gives_everything_at_once() -> None:
    everything = [row.json() for row in rows(*range(150, 0, -1))]

    async def fetch(query: Any) -> Any:
        return everything

    operation = Operation()
    assert [item async for item in Pager(fetch, operation.item, operation, {})] == everything


async def test_items_without_created_at_end_a_walk_that_needs_it() -> None:
    items = [{"id": "a", "createdAt": "2026-03-01T00:00:00Z"}, {"id": "b"}, {"id": "c", "createdAt": "yesterday"}]

    async def fetch(query: Any) -> Any:
        return items[: query.get("limit", 100)]

    operation = Operation()
    assert [item async for item in Pager(fetch, operation.item, operation, {})] == items
    with pytest.raises(PaginationError, match="item b has no createdAt"):
        [item async for item in Pager(fetch, operation.item, operation, {"limit": 2})]


async def test_items_without_id_are_told_apart_by_what_is_in_them() -> None:
    store = Store(rows(1, 2, 3, 4))

    async def fetch(query: Any) -> Any:
        return [{**item, "id": None, "name": item["id"]} for item in store.answer(query)]

    operation = Operation()
    came = [item["name"] async for item in Pager(fetch, operation.item, operation, {"limit": 2})]
    assert came == ["d", "c", "b", "a"]


async def test_an_item_twice_in_one_page_comes_once() -> None:
    async def fetch(query: Any) -> Any:
        return [row.json() for row in (*rows(1), *rows(1))]

    operation = Operation()
    assert ids([item async for item in Pager(fetch, operation.item, operation, {})]) == ["a"]


async def test_what_the_metadata_says_is_believed() -> None:
    store = Store(rows(1, 2, 3, 4), shape="paged")
    assert await walked(store, query={"limit": 4}) == ["d", "c", "b", "a"]
    assert len(store.requests) == 1  # the page is full, but the last
    store = Store(rows(*range(60)), shape="paged", cap=20)
    assert len(set(await walked(store))) == 60  # the page is short, but not the last


async def test_a_server_that_says_how_little_it_gives_is_believed() -> None:
    store = Store(rows(*range(60)), shape="paged", cap=20, metadata=("itemsPerPage",))
    assert len(set(await walked(store))) == 60


async def test_sorted_otherwise_a_paged_list_is_walked_by_page_numbers() -> None:
    store = Store(rows(1, 2, 3), shape="paged")
    await walked(store, query={"limit": 2, "sortBy": "cost"})
    assert store.requests == [{"limit": 2, "sortBy": "cost"}, {"limit": 2, "sortBy": "cost", "page": 2}]
    store = Store(rows(1, 2, 3), shape="paged")
    await walked(store, query={"limit": 2, "sortBy": "createdAt"})
    assert "createdAtLt" in store.requests[1]


async def test_a_small_total_asks_for_small_pages() -> None:
    store = Store(rows(*range(300)))
    assert len(await walked(store, max_items=5)) == 5
    assert store.requests == [{"limit": 5}]
