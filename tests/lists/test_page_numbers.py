"""Walking by page numbers, by cursor, and lists that cannot be walked."""

from __future__ import annotations

from typing import Any

import pytest

from tests.lists.store import ALL, BARE, Operation, Row, Store, at, ids, printed, rows
from vapi_async._lists import Pager
from vapi_async.errors import PaginationError

NUMBERED = Operation(walk="page", filters=ALL, path="/v2/campaign/{id}/contacts")


def pager(fetch: Any, query: Any, operation: Operation = NUMBERED, **arguments: Any) -> Pager[Any]:
    return Pager(fetch, operation.item, operation, query, **arguments)


async def walked(fetch: Any, query: Any, operation: Operation = NUMBERED) -> list[str]:
    return [item["id"] async for item in pager(fetch, query, operation)]


@pytest.mark.parametrize("last", ["hasNextPage", "totalPages", "itemsPerPage"])
async def test_the_metadata_tells_the_end(last: str) -> None:
    store = Store(rows(1, 2, 3, 4), shape="paged", metadata=("totalItems", "itemsPerPage", "currentPage", last))
    assert await walked(store.fetch, {"limit": 2}) == ["d", "c", "b", "a"]
    assert store.requests == [{"limit": 2}, {"limit": 2, "page": 2}]


async def test_an_empty_page_is_the_end() -> None:
    store = Store(rows(1, 2, 3, 4))
    assert await walked(store.fetch, {"limit": 2}) == ["d", "c", "b", "a"]
    assert [query.get("page") for query in store.requests] == [None, 2, 3]


async def test_a_short_page_is_the_end_where_nothing_else_tells() -> None:
    store = Store(rows(1, 2, 3))
    assert await walked(store.fetch, {"limit": 2}) == ["c", "b", "a"]
    assert len(store.requests) == 2


async def test_it_begins_at_the_page_that_was_asked_for() -> None:
    store = Store(rows(1, 2, 3, 4, 5), shape="paged")
    assert await walked(store.fetch, {"limit": 2, "page": 2}) == ["c", "b", "a"]
    store = Store(rows(1, 2, 3, 4, 5), shape="paged")
    assert await walked(store.fetch, {"limit": 2, "page": 2}, Operation(walk="created", filters=ALL)) == ["c", "b", "a"]
    assert [query["page"] for query in store.requests] == [2, 3]


async def test_insertions_shift_items_but_none_comes_twice() -> None:
    def insert(store: Store) -> None:
        store.rows.append(Row(f"new{len(store.rows)}", at(100 + len(store.rows))))

    store = Store(rows(1, 2, 3, 4, 5), shape="paged", changes=[insert, insert, insert])
    assert await walked(store.fetch, {"limit": 2}) == ["e", "d", "c", "b", "a"]


async def test_insertions_where_no_total_is_told() -> None:
    store = Store(rows(1, 2, 3, 4, 5), changes=[lambda store: store.rows.append(Row("new", at(9)))])
    assert await walked(store.fetch, {"limit": 2}) == ["e", "d", "c", "b", "a"]


async def test_a_burst_of_insertions_fills_whole_pages_with_what_was_seen() -> None:
    def burst(store: Store) -> None:
        store.rows += [Row(f"new{number}", at(100 + number)) for number in range(7)]

    store = Store(rows(1, 2, 3, 4, 5), shape="paged", changes=[burst])
    assert [name for name in await walked(store.fetch, {"limit": 2}) if "new" not in name] == ["e", "d", "c", "b", "a"]


async def test_a_total_that_shrinks_is_an_error() -> None:
    store = Store(rows(1, 2, 3, 4, 5), shape="paged", changes=[lambda store: store.rows.pop()])
    with pytest.raises(PaginationError, match="total shrank from 5 to 4"):
        await walked(store.fetch, {"limit": 2})


@pytest.mark.parametrize("shape", ["bare", "paged"])
async def test_a_page_that_repeats_forever_is_an_error(shape: str) -> None:
    store = Store(rows(1, 2, 3), shape=shape)

    async def fetch(query: Any) -> Any:
        return store.answer({"limit": 2})

    with pytest.raises(PaginationError, match="page 2 repeats"):
        await walked(fetch, {"limit": 2})


async def test_resuming_needs_the_same_limit() -> None:
    store = Store(rows(1, 2, 3, 4, 5), shape="paged")
    walk = pager(store.fetch, {"limit": 2})
    page = await walk
    await page.next()
    assert await walked(store.fetch, {"limit": 2}) == ["e", "d", "c", "b", "a"]
    rest = [item["id"] async for item in pager(store.fetch, {"limit": 2}, resume=walk.position)]
    assert rest == ["c", "b", "a"]
    with pytest.raises(ValueError, match="limit was 2"):
        pager(store.fetch, {"limit": 3}, resume=walk.position)


async def test_a_resumed_walk_notices_that_the_total_shrank() -> None:
    store = Store(rows(1, 2, 3, 4, 5), shape="paged")
    walk = pager(store.fetch, {"limit": 2})
    await (await walk).next()
    store.rows.pop()
    with pytest.raises(PaginationError, match="shrank"):
        [item async for item in pager(store.fetch, {"limit": 2}, resume=walk.position)]


class CursorServer:
    """Hands out a cursor as long as there is more."""

    def __init__(self, *pages: list[str], **facts: Any) -> None:
        self.pages = pages
        self.facts = facts
        self.requests: list[Any] = []

    async def __call__(self, query: Any) -> Any:
        self.requests.append(query)
        number = int(query.get("cursor", "c0")[1:])
        more = number + 1 < len(self.pages)
        metadata = {"hasNextPage": more, "nextCursor": f"c{number + 1}" if more else None, **self.facts}
        return {
            "results": [{"id": name, "createdAt": printed(at(number))} for name in self.pages[number]],
            "metadata": metadata,
        }


CURSOR = Operation(walk="created", filters=(*BARE, "cursor"))


async def test_a_cursor_is_followed() -> None:
    server = CursorServer(["a", "b"], [], ["c"])
    assert await walked(server, {"limit": 2, "assistantId": "x"}, CURSOR) == ["a", "b", "c"]
    assert server.requests[1] == {"limit": 2, "assistantId": "x", "cursor": "c1"}
    assert len(server.requests) == 3


async def test_an_empty_page_between_is_not_the_end() -> None:
    pages = pager(CursorServer(["a", "b"], [], ["c"]), {}, CURSOR).pages()
    assert [ids(page) async for page in pages] == [["a", "b"], ["c"]]


async def test_a_walk_by_cursor_is_resumed() -> None:
    server = CursorServer(["a", "b"], ["c"], ["d"])
    walk = pager(server, {}, CURSOR)
    page = await (await walk).next()
    assert ids(page) == ["c"]
    assert [item["id"] async for item in pager(server, {}, CURSOR, resume=walk.position)] == ["c", "d"]


async def test_a_cursor_of_the_users_own() -> None:
    assert await walked(CursorServer(["a"], ["b"], ["c"]), {"cursor": "c1"}, CURSOR) == ["b", "c"]


async def test_a_cursor_that_stands_still_is_an_error() -> None:
    with pytest.raises(PaginationError, match="cursor does not move on"):
        await walked(CursorServer(["a"], ["b"], ["c"], hasNextPage=True, nextCursor="c1"), {}, CURSOR)


@pytest.mark.parametrize(("names", "cursors"), [("aaaa", "1234"), ("abab", "1212")])
async def test_cursors_that_lead_round_in_a_circle_are_an_error(names: str, cursors: str) -> None:
    answers = [
        {"results": [{"id": name}], "metadata": {"nextCursor": cursor}}
        for name, cursor in zip(names, cursors, strict=True)
    ]

    async def fetch(query: Any) -> Any:
        return answers.pop(0)

    with pytest.raises(PaginationError, match="cursor does not move on"):
        await walked(fetch, {}, CURSOR)


async def test_a_cursor_that_is_missing_is_an_error() -> None:
    server = CursorServer(["a"], ["b"], hasNextPage=True)
    with pytest.raises(PaginationError, match="no cursor to ask for it"):
        await walked(server, {}, CURSOR)


async def test_without_cursors_from_the_server_the_walk_is_what_it_would_be() -> None:
    store = Store(rows(1, 2, 3, 4))
    walk = pager(store.fetch, {"limit": 2}, CURSOR)
    assert [item["id"] async for item in walk] == ["d", "c", "b", "a"]
    page = await (await walk).next()
    rest = [item["id"] async for item in pager(store.fetch, {"limit": 2}, CURSOR, resume=walk.position)]
    assert rest[: len(page)] == ids(page)


SINGLE = Operation(walk="single", filters=("limit",))


async def test_a_list_with_nothing_but_a_limit_grows_its_page() -> None:
    store = Store(rows(*range(300)))
    assert len(set(await walked(store.fetch, {"limit": 7}, SINGLE))) == 300
    assert [query["limit"] for query in store.requests] == [7, 70, 700]


async def test_a_list_with_nothing_but_a_limit_and_too_many_items() -> None:
    walk = pager(Store(rows(*range(1500))).fetch, {}, SINGLE)
    came = []
    with pytest.raises(PaginationError, match="may have more than 1000 items"):  # noqa: PT012
        async for item in walk:
            came.append(item["id"])  # noqa: PERF401
    assert len(set(came)) == 1000


async def test_a_list_without_limit_is_one_page() -> None:
    store = Store(rows(*range(300)), default=1000)
    assert len(await walked(store.fetch, {"purpose": "x"}, Operation(walk="single", filters=("purpose",)))) == 300
    assert store.requests == [{"purpose": "x"}]


async def test_a_list_without_a_way_on_that_says_there_is_more() -> None:
    store = Store(rows(1, 2, 3), shape="paged", cap=2)
    with pytest.raises(PaginationError, match="no way to ask"):
        await walked(store.fetch, {}, Operation(walk="single", filters=()))
