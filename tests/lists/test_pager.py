"""What `list()` returns: awaited, iterated, by pages, with a total, interrupted and resumed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.lists.store import ALL, BARE, Operation, Store, at, ids, printed, rows
from vapi_async._lists import Pager, windows as filters
from vapi_async._lists.protocols import Strategy
from vapi_async._lists.query_plan import QueryPlan
from vapi_async._lists.strategy import choose_strategy
from vapi_async._lists.windows import Window, since
from vapi_async._modeling.unset import UNSET
from vapi_async.errors import PaginationError


def pager(store: Store, query: Any = None, *, operation: Operation | None = None, **arguments: Any) -> Pager[Any]:
    operation = operation or Operation(filters=BARE if store.shape == "bare" else ALL)
    return Pager(store.fetch, lambda item: item, operation, query or {}, **arguments)


async def test_awaited_it_is_one_page() -> None:
    store = Store(rows(1, 2, 3), shape="paged")
    page = await pager(store, {"limit": 2})
    assert isinstance(page, Sequence)
    assert (ids(page), len(page), page[0]["id"], ids(page[1:])) == (["c", "b"], 2, "c", ["b"])
    assert page.has_next
    assert repr(page) == "<Page: 2 dict, has_next=True>"
    assert page.metadata == {
        "itemsPerPage": 2,
        "totalItems": 3,
        "currentPage": 1,
        "totalPages": 2,
        "hasNextPage": True,
    }
    assert len(store.requests) == 1


async def test_metadata_is_a_model_where_there_is_one() -> None:
    store = Store(rows(1), shape="paged")
    page: Any = await pager(store, operation=Operation(models="vapi_async.models"))
    assert (type(page.metadata).__name__, page.metadata.total_items) == ("PaginationMeta", 1)


@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_next_page_by_page(shape: str) -> None:
    page = first = await pager(Store(rows(1, 2, 3, 4, 5), shape=shape), {"limit": 2})
    came = ids(page)
    while page.has_next:
        page = await page.next()
        came += ids(page)
    assert came == ["e", "d", "c", "b", "a"]
    with pytest.raises(PaginationError, match="last page"):
        await page.next()
    assert await first.next() is await first.next()


async def test_a_walk_is_made_once_for_each_use(monkeypatch: pytest.MonkeyPatch) -> None:
    def counted(plan: QueryPlan) -> Strategy:
        made.append(choose_strategy(plan))
        return made[-1]

    made: list[Strategy] = []
    monkeypatch.setattr("vapi_async._lists.pager.choose_strategy", counted)
    walk = pager(Store(rows(1, 2, 3)), {"limit": 2})
    assert len(made) == 1  # its state is the position before anything is sent
    for uses in (1, 2, 3):
        assert [item["id"] async for item in walk] == ["c", "b", "a"]
        assert len(made) == uses


async def test_next_after_an_interruption_is_the_same_page() -> None:
    store = Store(rows(1, 2, 3))
    page = await pager(store, {"limit": 2})
    store.changes = [lambda store: 1 / 0]
    with pytest.raises(ZeroDivisionError):
        await page.next()
    assert ids(await page.next()) == ["a"]


async def test_a_page_that_promised_more_may_be_followed_by_an_empty_one() -> None:
    page = await pager(Store(rows(1, 2)), {"limit": 2})
    assert page.has_next
    last = await page.next()
    assert (list(last), last.has_next, repr(last)) == ([], False, "<Page: 0 items, has_next=False>")


@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_every_page(shape: str) -> None:
    pages = [page async for page in pager(Store(rows(1, 2, 3, 4, 5), shape=shape), {"limit": 2}).pages()]
    assert [name for page in pages for name in ids(page)] == ["e", "d", "c", "b", "a"]
    assert all(pages)


async def test_an_empty_list() -> None:
    store = Store()
    assert [item async for item in pager(store)] == []
    assert [list(page) async for page in pager(store).pages()] == [[]]
    page = await pager(store)
    assert (list(page), page.has_next) == ([], False)


@pytest.mark.parametrize("answer", [[], {"results": []}, {"results": [], "metadata": None, "page": 1}])
async def test_answers_without_items(answer: Any) -> None:
    async def fetch(query: Any) -> Any:
        return answer

    assert list(await Pager(fetch, lambda item: item, Operation(), {})) == []


@pytest.mark.parametrize("answer", [None, {"items": []}, "text", 5, {"results": {}}, {"results": None}])
async def test_answers_that_are_no_list(answer: Any) -> None:
    """In the middle of a walk too: taken for the end they would lose the rest."""

    async def fetch(query: Any) -> Any:
        return answers.pop(0)

    for answers in ([answer], [[row.json() for row in rows(2, 1)], answer]):
        with pytest.raises(PaginationError, match=r"neither a list nor results: [a-z0-9{]"):
            [item async for item in Pager(fetch, lambda item: item, Operation(), {"limit": 2})]
        assert answers == []


@pytest.mark.parametrize("declared", ["created", "page", "single"])
@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_either_shape_from_any_operation(declared: str, shape: str) -> None:
    store = Store(rows(1, 2, 3), shape=shape)
    operation = Operation(walk=declared, filters=ALL if declared == "page" else BARE)
    assert [item["id"] async for item in pager(store, operation=operation)] == ["c", "b", "a"]


@pytest.mark.parametrize("total", [0, 1, 2, 3, 5, 6, 100])
async def test_max_items_is_the_total(total: int) -> None:
    store = Store(rows(1, 2, 3, 4, 5))
    assert len([item async for item in pager(store, {"limit": 2}, max_items=total)]) == min(total, 5)
    assert len(store.requests) <= total
    pages = [page async for page in pager(store, {"limit": 2}, max_items=total).pages()]
    assert sum(map(len, pages)) == min(total, 5)
    page = await pager(store, {"limit": 2}, max_items=total)
    assert (len(page), page.has_next) == (min(total, 2), total > 2)


async def test_limit_0_is_for_await() -> None:
    store = Store(rows(1, 2), shape="paged")
    page: Any = await pager(store, {"limit": 0})
    assert (list(page), page.has_next, page.metadata["totalItems"]) == ([], False, 2)
    for walk in (aiter, Pager.pages, Pager.lookahead):
        with pytest.raises(ValueError, match="limit=0"):
            walk(pager(store, {"limit": 0}))


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"query": {"limit": -1}}, ValueError, "limit must be a whole number from 0 to 1000"),
        ({"query": {"limit": 1001}}, ValueError, "limit must be"),
        ({"query": {"limit": 2.5}}, ValueError, "limit must be"),
        ({"query": {"limit": float("nan")}}, ValueError, "limit must be"),
        ({"query": {"limit": True}}, TypeError, "limit must be a number"),
        ({"query": {"limit": "5"}}, TypeError, "limit must be a number"),
        ({"query": {"page": 0}}, ValueError, "page must be"),
        ({"query": {"page": "2"}}, TypeError, "page must be"),
        ({"query": {"createdAtGe": datetime(2026, 3, 1)}}, ValueError, "created_at_ge is naive"),  # noqa: DTZ001
        ({"query": {"updatedAtLt": "soon"}}, ValueError, "updated_at_lt is not a timestamp"),
        ({"query": {"createdAtGe": 5}}, TypeError, "created_at_ge must be a datetime"),
        ({"query": {"createdAtGe": at(5), "createdAtGt": at(4)}}, ValueError, "created_at_ge and created_at_gt set"),
        ({"query": {"createdAtGe": at(5), "createdAtLt": at(4)}}, ValueError, "created_at_ge and .*inverted"),
        ({"query": {"createdAtGe": at(5), "createdAtLt": at(5)}}, ValueError, "created_at_lt.* empty"),
        ({"query": {"createdAtGt": at(5), "createdAtLe": at(5)}}, ValueError, "empty"),
        ({"created": filters.before(at(5)), "query": {"createdAtLe": at(9)}}, ValueError, "created_at_le and created"),
        ({"created": filters.since(at(5)), "query": {"createdAtGe": at(9)}}, ValueError, "created and created_at_ge"),
        ({"created": filters.since(at(5)), "query": {"createdAtLt": at(5)}}, ValueError, "created.* empty"),
        ({"created": filters.after(at(5)), "query": {"createdAtLt": at(1)}}, ValueError, "created.* inverted"),
        ({"created": at(5)}, TypeError, "created takes since"),
        ({"updated": filters.after(at(5))}, ValueError, "updated: this list has no updated_at_gt filter"),
        ({"max_items": -1}, ValueError, "max_items"),
        ({"max_items": 1.5}, TypeError, "max_items"),
        ({"max_items": True}, TypeError, "max_items"),
        ({"resume": "position"}, TypeError, "resume"),
        ({"resume": {}}, ValueError, "resume"),
    ],
)
def test_errors_before_anything_is_sent(arguments: Any, error: type[Exception], message: str) -> None:
    store = Store(rows(1))
    with pytest.raises(error, match=message):
        pager(store, **arguments)
    assert store.requests == []


def test_a_window_needs_its_filters() -> None:
    with pytest.raises(ValueError, match="created: this list has no created_at_ge filter"):
        pager(Store(), operation=Operation(filters=("limit",), walk="single"), created=since(days=1))


def test_the_least_limit_is_the_contracts() -> None:
    with pytest.raises(ValueError, match="from 1 to 1000"):
        pager(Store(), {"limit": 0}, operation=Operation(limits=(1, 1000, 50)))


@pytest.mark.parametrize("window", [None, UNSET])
async def test_no_window(window: Any) -> None:
    store = Store(rows(1))
    await pager(store, {"limit": None}, created=window, updated=window)
    assert store.requests == [{}]


async def test_windows_and_raw_bounds_go_together() -> None:
    store = Store(rows(1, 2, 3, 4))
    query = {"createdAtLe": at(3), "updatedAtGe": printed(at(-5))}
    assert [item["id"] async for item in pager(store, query, created=since(at(2)))] == ["c", "b"]
    assert store.requests == [{"createdAtGe": at(2), "createdAtLe": at(3), "updatedAtGe": at(-5)}]


async def test_position_moves_with_whole_pages() -> None:
    store = Store(rows(1, 2, 3, 4, 5))
    walk = pager(store, {"limit": 2})
    came, positions = [], [walk.position]
    async for item in walk:
        came.append(item["id"])
        positions.append(walk.position)
    positions.append(walk.position)
    for count, position in enumerate(positions):
        assert json.loads(json.dumps(position)) == position
        rest = [item["id"] async for item in pager(store, {"limit": 2}, resume=position)]
        before = came[: min(count, 5)]
        assert {*before, *rest} == {*came}
        assert len(before) + len(rest) - 5 <= 2
    assert rest == []


@pytest.mark.parametrize("count", [2, 3])
async def test_the_position_at_the_end(count: int) -> None:
    """Also where only an answer without news showed that it was the end."""
    store = Store(rows(*range(count)))
    walk = pager(store, {"limit": 2})
    assert len([item async for item in walk]) == count
    assert walk.position["at"] is None
    sent = len(store.requests)
    assert [item async for item in pager(store, {"limit": 2}, resume=walk.position)] == []
    assert len(store.requests) == sent


async def test_position_of_pages() -> None:
    store = Store(rows(1, 2, 3, 4, 5))
    walk = pager(store, {"limit": 2})
    page = await walk
    page = await page.next()
    rest = [item["id"] async for item in pager(store, {"limit": 2}, resume=walk.position)]
    assert rest[: len(page)] == ids(page)
    assert len([page async for page in walk.pages()]) == 4
    assert [item async for item in pager(store, {"limit": 2}, resume=walk.position)] == []


async def test_position_after_a_total_was_reached() -> None:
    store = Store(rows(1, 2, 3, 4, 5))
    walk = pager(store, {"limit": 3}, max_items=2)
    came = [item["id"] async for item in walk]
    rest = [item["id"] async for item in pager(store, {"limit": 3}, resume=walk.position)]
    assert (came, rest) == (["e", "d"], ["c", "b", "a"])


async def in_portions(store: Store, size: int, query: Any, **arguments: Any) -> list[list[str]]:
    """The walk in runs of so many items, each of which begins where the one before stood."""
    runs: list[list[str]] = []
    stands = None
    while stands is None or stands["at"] is not None:
        walk = pager(store, query, max_items=size, resume=stands, **arguments)
        runs.append([item["id"] async for item in walk])
        stands = json.loads(json.dumps(walk.position))
        assert len(json.dumps(stands)) < 1500
        assert len(runs) < 200
    return runs


@pytest.mark.parametrize("moments", [range(90), [5] * 90])
@pytest.mark.parametrize("size", [1, 7, 30, 100, 130])
@pytest.mark.parametrize("walk", ["created", "page", "single"])
async def test_a_total_below_the_page_gets_to_the_end(moments: Any, size: int, walk: Any) -> None:
    paged = walk == "page"
    store = Store(rows(*moments), shape="paged" if paged else "bare")
    filters = {"created": BARE, "page": ALL, "single": ("limit",)}[walk]
    runs = await in_portions(store, size, {"limit": 40}, operation=Operation(walk=walk, filters=filters))
    came = [name for run in runs for name in run]
    assert set(came) == {row.id for row in store.rows}
    assert all(len(run) <= size for run in runs)
    if walk == "page":
        assert len(came) == 90


async def test_what_was_given_of_a_page_is_only_skipped_if_it_is_still_there() -> None:
    store = Store(rows(1, 2, 3, 4, 5), shape="paged")
    operation = Operation(walk="single", filters=("limit",))
    walk = pager(store, operation=operation, max_items=2)
    assert [item["id"] async for item in walk] == ["e", "d"]
    store.rows.pop()
    rest = [item["id"] async for item in pager(store, operation=operation, resume=walk.position)]
    assert rest == ["d", "c", "b", "a"]


async def test_a_failed_request_leaves_the_position() -> None:
    store = Store(rows(1, 2, 3, 4, 5), changes=[lambda store: None, lambda store: 1 / 0])
    walk = pager(store, {"limit": 2})
    came = []
    with pytest.raises(ZeroDivisionError):  # noqa: PT012
        async for item in walk:
            came.append(item["id"])  # noqa: PERF401
    rest = [item["id"] async for item in pager(store, {"limit": 2}, resume=walk.position)]
    assert came + rest == ["e", "d", "c", "b", "a"]


@pytest.mark.parametrize(
    "other",
    [
        {"query": {"assistantId": "x"}},
        {"created": since(at(1))},
        {"query": {"updatedAtGe": at(1)}},
        {"operation": Operation(path="/chat")},
        {"scope": "/campaign/1/contacts"},
    ],
)
def test_a_position_is_of_its_list_only(other: Any) -> None:
    position = pager(Store()).position
    with pytest.raises(ValueError, match="another list"):
        pager(Store(), resume=position, **other)
    pager(Store(), {"limit": 5}, resume=position, max_items=3)


@pytest.mark.parametrize(
    "spoilt",
    [
        {"version": 2},
        {"since": None},
        {"since": {"created": "x"}},
        {"at": {}},
        {"at": 5},
        {"at": {"order": 7, "edge": None, "step": 1, "seen": {}, "limit": None}},
        {"at": {"order": 1, "edge": None, "step": 1, "seen": {}, "limit": None}},
        {"at": {"order": 1, "edge": "2026-03-01", "step": 1, "seen": {}, "limit": None}},
        {"at": {"order": None, "edge": None, "step": "x", "seen": {}, "limit": None}},
        {"at": {"order": None, "edge": None, "step": 1, "seen": [], "limit": None}},
        {"at": {"order": None, "edge": None, "step": 1, "seen": {}, "limit": None, "offset": 5}},
    ],
)
def test_a_spoilt_position(spoilt: Any) -> None:
    with pytest.raises(ValueError, match="resume"):
        pager(Store(), resume={**pager(Store()).position, **spoilt})


async def test_a_window_counted_from_now_stays_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same program, run again tomorrow, goes on with the walk of today."""
    store = Store(rows(1, 2, 3, 4, 5))
    monkeypatch.setattr(filters, "_now", lambda: datetime(2026, 3, 2, tzinfo=UTC))
    walk = pager(store, {"limit": 2}, created=since(days=1))
    await walk
    monkeypatch.setattr(filters, "_now", lambda: datetime(2026, 3, 3, tzinfo=UTC))
    assert len([item async for item in pager(store, {"limit": 2}, created=since(days=1), resume=walk.position)]) == 5
    with pytest.raises(ValueError, match="other filters"):
        pager(store, {"limit": 2}, created=since(days=2), resume=walk.position)


async def test_it_may_be_iterated_again() -> None:
    walk = pager(Store(rows(1, 2, 3)), {"limit": 2})
    for _ in range(2):
        assert [item["id"] async for item in walk] == ["c", "b", "a"]


async def test_items_are_decoded_one_by_one() -> None:
    decoded: list[Any] = []
    store = Store(rows(1, 2, 3))
    walk = aiter(Pager(store.fetch, lambda item: decoded.append(item) or item, Operation(), {}))
    await anext(walk)
    assert len(decoded) == 1


def test_repr() -> None:
    assert repr(pager(Store())) == "<Pager of GET /call>"
    assert repr(Window({"Ge": at(0)}, "x")) == "<x: Ge 2026-03-01T00:00:00+00:00>"
