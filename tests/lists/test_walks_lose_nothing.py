"""Whatever a server does within its contract: what was there throughout comes once, and nothing comes twice."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from tests.effort import examples
from tests.lists.store import ALL, BARE, Operation, Row, Store, at, fits, printed
from vapi_async._lists import Pager, list_answer as answer
from vapi_async._lists.protocols import Strategy
from vapi_async._lists.query_plan import QueryPlan
from vapi_async._lists.resume_token import resume_from, resume_token
from vapi_async._lists.strategy import choose_strategy
from vapi_async.errors import PaginationError

FLOOR, GREATEST, DEFAULT = 4, 40, 6
LIMITS = st.one_of(st.none(), st.integers(1, GREATEST))


@pytest.fixture(autouse=True, scope="module")
def small_world() -> Any:
    """All sizes a twenty-fifth of the real ones, so that examples stay small."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answer, "SMALLEST_PAGE", FLOOR)
        yield


@dataclass
class World:
    """A server, and what happens to its items while they are walked."""

    seed: int
    count: int
    span: int
    """The milliseconds that the items are spread over: few make crowds."""
    exact: bool
    """Whether all was created on the dot of a millisecond."""
    order: int
    cap: int
    hasty: bool
    inserts: int
    deletes: int

    def store(self, shape: str) -> Store:
        self.random = Random(self.seed)
        self.born = 0
        store = Store(order=self.order, shape=shape, cap=self.cap, default=DEFAULT, hasty=self.hasty)
        for _ in range(self.count):
            self.insert(store)
        store.random = self.random
        store.changes = [self.live] * 30
        self.stayed = {row.id: row for row in store.rows}
        self.crowd = 0
        self.measure(store)
        return store

    def insert(self, store: Store) -> None:
        self.born += 1
        moment = self.random.randint(0, self.span) + (0 if self.exact else self.random.random())
        store.rows.append(Row(f"r{self.born}", at(moment)))

    def live(self, store: Store) -> None:
        for _ in range(self.random.randint(0, self.inserts)):
            self.insert(store)
        for _ in range(min(self.random.randint(0, self.deletes), len(store.rows))):
            self.stayed.pop(store.rows.pop(self.random.randrange(len(store.rows))).id, None)
        self.measure(store)

    def measure(self, store: Store) -> None:
        """Remember the most items of one printed moment."""
        self.crowd = max([self.crowd, *Counter(printed(row.stored) for row in store.rows).values()])


def worlds(changes: tuple[int, ...] = (0, 1, 5)) -> st.SearchStrategy[World]:
    return st.builds(
        World,
        seed=st.integers(0, 10**6),
        count=st.integers(0, 60),
        span=st.sampled_from([0, 1, 3, 10, 100]),
        exact=st.booleans(),
        order=st.sampled_from([-1, 1]),
        cap=st.sampled_from([FLOOR, DEFAULT, GREATEST]),
        hasty=st.booleans(),
        inserts=st.sampled_from(changes),
        deletes=st.sampled_from(changes),
    )


def plan(limit: int | None, filters: tuple[str, ...] = BARE, **arguments: Any) -> QueryPlan:
    operation = Operation(filters=filters, limits=(0, GREATEST, DEFAULT), walk=arguments.pop("walk", "created"))
    return QueryPlan(operation, {"limit": limit, **arguments.pop("query", {})}, **arguments)


def walked(walk: Strategy, store: Store) -> tuple[list[str], str]:
    """What came, and the error that ended it ("": none)."""
    came: list[str] = []
    try:
        while not walk.over:
            came += [item["id"] for item in walk.take(answer.read_answer(store.answer(walk.query())))]
            assert len(store.requests) < 1000
    except PaginationError as error:
        return came, str(error)
    return came, ""


def assert_nothing_lost(world: World, came: list[str], wanted: Any = lambda row: True) -> None:
    assert [name for name, times in Counter(came).items() if times > 1] == []
    assert {name for name, row in world.stayed.items() if wanted(row)} - set(came) == set()


def assert_had_to_stop(world: World, store: Store, error: str, bounds: Any = None) -> None:
    """An error is right where one moment holds more than the server gives, or, for all anyone can tell, may do so."""
    assert "were created at" in error
    there = [printed(row.stored) for row in store.rows if fits(row, bounds or {})]
    looks_cut = len(set(there)) == 1 and (len(there) in {FLOOR, DEFAULT} or (world.inserts and len(there) > FLOOR))
    assert world.crowd >= min(world.cap, GREATEST) or looks_cut or (world.deletes and world.crowd >= FLOOR)


@settings(max_examples=examples(120, 1000), deadline=None, derandomize=True)
@given(worlds(), LIMITS)
def test_bare_arrays_by_created_at(world: World, limit: int | None) -> None:
    store = world.store("bare")
    came, error = walked(choose_strategy(plan(limit)), store)
    if error:
        assert_had_to_stop(world, store, error)
    else:
        assert_nothing_lost(world, came)


@settings(max_examples=examples(120, 1000), deadline=None, derandomize=True)
@given(worlds(), LIMITS, st.sampled_from(["itemsPerPage", "totalPages", "hasNextPage", ""]))
def test_paged_lists_by_created_at(world: World, limit: int | None, last: str) -> None:
    store = world.store("paged")
    store.metadata = ("itemsPerPage", "totalItems", "currentPage", last) if last else ()
    came, error = walked(choose_strategy(plan(limit, ALL)), store)
    if error:
        assert_had_to_stop(world, store, error)
    else:
        assert_nothing_lost(world, came)


@settings(max_examples=examples(120, 1000), deadline=None, derandomize=True)
@given(worlds(), LIMITS, st.data())
def test_bounds_of_the_user_stay_in_force(world: World, limit: int | None, data: Any) -> None:
    store = world.store("bare")
    store.rows += [Row("first", at(-1000)), Row("last", at(1000))]
    start = data.draw(st.integers(0, 5))
    bounds = {
        data.draw(st.sampled_from(["createdAtGe", "createdAtGt"])): at(start),
        data.draw(st.sampled_from(["createdAtLe", "createdAtLt"])): at(data.draw(st.integers(start + 1, start + 100))),
        "updatedAtGe": at(-1),
    }
    came, error = walked(choose_strategy(plan(limit, query=bounds)), store)
    if error:
        assert_had_to_stop(world, store, error, bounds)
    else:
        assert_nothing_lost(world, came, lambda row: fits(row, bounds))
    assert not set(came) & {row.id for row in store.rows if not fits(row, bounds)}
    assert all(query["updatedAtGe"] == at(-1) for query in store.requests)


@settings(max_examples=examples(120, 1000), deadline=None, derandomize=True)
@given(worlds(), LIMITS, st.integers(0, 20), st.sampled_from(["bare", "paged"]))
def test_a_walk_by_created_at_goes_on_after_an_interruption(
    world: World, limit: int | None, steps: int, shape: str
) -> None:
    store = world.store(shape)
    arguments: dict[str, Any] = {"filters": ALL if shape == "paged" else BARE}
    came, rest, error = interrupted(store, steps, limit, arguments)
    if error:
        assert_had_to_stop(world, store, error)
        return
    assert set(came) | set(rest) >= world.stayed.keys()
    assert len(set(came) & set(rest)) <= min(GREATEST, world.cap)
    assert len(rest) == len(set(rest))


@settings(max_examples=examples(80, 600), deadline=None, derandomize=True)
@given(worlds(changes=(0,)), LIMITS, st.integers(0, 20))
def test_a_walk_by_page_numbers_goes_on_after_an_interruption(world: World, limit: int | None, steps: int) -> None:
    world.hasty = False  # page numbers mean nothing where equal items change places
    came, rest, error = interrupted(world.store("paged"), steps, limit, {"walk": "page", "filters": ALL})
    assert not error
    assert set(came) | set(rest) == world.stayed.keys()
    assert len(came) + len(rest) == len(world.stayed)


def interrupted(
    store: Store, steps: int, limit: int | None, arguments: dict[str, Any]
) -> tuple[list[str], list[str], str]:
    """Walk so many steps, and the rest with a walk made of the position, as another process would."""
    walk, came = choose_strategy(plan(limit, **arguments)), []
    try:
        for _ in range(steps):
            if not walk.over:
                came += [item["id"] for item in walk.take(answer.read_answer(store.answer(walk.query())))]
    except PaginationError as error:
        return came, [], str(error)
    stands = json.loads(json.dumps(resume_token(plan(limit, **arguments), None if walk.over else walk.state())))
    assert len(json.dumps(stands)) < 1500
    again, _ = resume_from(plan(limit, **arguments), stands)
    return (came, *walked(again, store)) if again is not None else (came, [], "")


@settings(max_examples=examples(80, 600), deadline=None, derandomize=True)
@given(worlds(), LIMITS, st.integers(1, GREATEST), st.sampled_from(["bare", "paged"]))
def test_portions_lose_nothing_and_come_to_an_end(world: World, limit: int | None, size: int, shape: str) -> None:
    world.hasty = False  # where equal items change places, what was given of a page is not known again
    store = world.store(shape)
    came, error = asyncio.run(portions(store, size, plan(limit, ALL if shape == "paged" else BARE)))
    if error:
        assert_had_to_stop(world, store, error)
    else:
        assert world.stayed.keys() <= set(came)


async def portions(store: Store, size: int, of: QueryPlan) -> tuple[list[str], str]:
    """What came of a list taken in runs of so many items, and the error that ended it."""
    came: list[str] = []
    stands = None
    try:
        while stands is None or stands["at"] is not None:
            query = {"limit": of.limit}
            pager = Pager(store.fetch, Operation.item, of.operation, query, max_items=size, resume=stands)
            came += [item["id"] async for item in pager]
            stands = json.loads(json.dumps(pager.position))
            assert len(json.dumps(stands)) < 1500
            assert len(store.requests) < 1000
    except PaginationError as error:
        return came, str(error)
    return came, ""


@settings(max_examples=examples(120, 1000), deadline=None, derandomize=True)
@given(worlds(), LIMITS)
def test_page_numbers(world: World, limit: int | None) -> None:
    """Insertions harm nothing; deletions, and items that change places, are noticed. (Together they may not be.)"""
    world.deletes = 0 if world.inserts else world.deletes
    world.hasty = world.hasty and not world.inserts
    store = world.store("paged")
    came, error = walked(choose_strategy(plan(limit, ALL, walk="page")), store)
    if error:
        assert world.deletes or world.hasty, error
    else:
        assert_nothing_lost(world, came)


@settings(max_examples=examples(60, 400), deadline=None, derandomize=True)
@given(worlds(changes=(0,)), LIMITS)
def test_limit_alone(world: World, limit: int | None) -> None:
    world.cap = GREATEST
    came, error = walked(choose_strategy(plan(limit, ("limit",), walk="single")), world.store("bare"))
    if error:
        assert "no way to ask for the rest" in error
        assert world.count >= GREATEST
    else:
        assert_nothing_lost(world, came)
