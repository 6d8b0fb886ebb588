"""Lists: the forms of the contract, and what a query picks, measured against a plain model."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.contract import load_contract
from vapi_async.sandbox.rest.http_values import QueryParams
from vapi_async.sandbox.rest.listing import CollectionListing
from vapi_async.sandbox.rest.store import Store

OWN = load_contract()
START = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 12)


def _text(second: int) -> str:
    return (START + timedelta(seconds=second)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _listing(key: str) -> CollectionListing:
    found = CollectionListing.of(OWN, OWN.operations[key])
    assert found is not None
    return found


def _filled(path: str, moments: list[tuple[int, int, str]]) -> Store:
    store = Store(lambda: "", lambda: _text(0), "org")
    for number, (created, updated, name) in enumerate(moments):
        dates = {"createdAt": _text(created), "updatedAt": _text(updated)}
        store.add(path, {"id": str(number), "assistantId": name, **dates})
    return store


ITEMS = st.lists(st.tuples(MOMENTS, MOMENTS, st.sampled_from("ab")), max_size=12)
BOUNDS = st.dictionaries(
    st.sampled_from([f"{name}At{bound}" for name in ("created", "updated") for bound in ("Gt", "Lt", "Ge", "Le")]),
    MOMENTS,
    max_size=3,
)


def _within(item: dict[str, Any], name: str, second: int) -> bool:
    found, bound = item[name[:-2]], _text(second)
    return {"Gt": found > bound, "Lt": found < bound, "Ge": found >= bound, "Le": found <= bound}[name[-2:]]


def _query(**parameters: Any) -> QueryParams:
    return QueryParams("&".join(f"{name}={value}" for name, value in parameters.items()))


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(
    items=ITEMS,
    bounds=BOUNDS,
    limit=st.integers(0, 5),
    name=st.sampled_from([None, "a"]),
    order=st.sampled_from(["asc", "desc"]),
)
def test_an_array_is_what_the_model_says(
    items: list[tuple[int, int, str]], bounds: dict[str, int], limit: int, name: str | None, order: str
) -> None:
    store = _filled("/call", items)
    picked = [item for item in store.all("/call") if all(_within(item, *bound) for bound in bounds.items())]
    picked = [item for item in picked if name in (None, item["assistantId"])]
    picked.sort(key=lambda item: (item["createdAt"], int(item["id"])), reverse=order == "desc")
    query = _query(limit=limit, **{k: _text(v) for k, v in bounds.items()}, **({"assistantId": name} if name else {}))
    answer = json.loads(_listing("GET /call").render(store.collection("/call"), query, order, 1000))
    assert answer == picked[:limit]


@settings(max_examples=60, deadline=None, derandomize=True, database=None)
@given(items=ITEMS, limit=st.integers(1, 5), page=st.integers(1, 4), order=st.sampled_from([None, "ASC", "DESC"]))
def test_a_page_is_what_the_model_says(
    items: list[tuple[int, int, str]], limit: int, page: int, order: str | None
) -> None:
    store = _filled("/chat", items)
    expected = sorted(store.all("/chat"), key=lambda item: (item["createdAt"], int(item["id"])), reverse=order != "ASC")
    query = _query(limit=limit, page=page, **({"sortOrder": order} if order else {}))
    answer = json.loads(_listing("GET /chat").render(store.collection("/chat"), query, "asc", 1000))
    pages = -(-len(items) // limit)
    assert answer == {
        "results": expected[(page - 1) * limit : page * limit],
        "metadata": {
            "itemsPerPage": limit,
            "totalItems": len(items),
            "currentPage": page,
            "totalPages": pages,
            "hasNextPage": page < pages,
        },
    }


def _picked(key: str, objects: list[dict[str, Any]], **parameters: Any) -> list[str]:
    store = Store(lambda: "", lambda: _text(0), "org")
    for number, value in enumerate(objects):
        store.add("/x", {"id": str(number), **value})
    answer = json.loads(_listing(key).render(store.collection("/x"), _query(**parameters), "asc", 1000))
    return [item["id"] for item in (answer["results"] if isinstance(answer, dict) else answer)]


def test_any_of_several_values() -> None:
    objects = [{"assistantId": "a"}, {"assistantId": "b"}, {"assistantId": "c"}, {}]
    assert _picked("GET /chat", objects, assistantIdAny="a,%20c", sortOrder="ASC") == ["0", "2"]
    assert _picked("GET /squad", objects, idAny="1,3") == ["1", "3"]


def test_fields_of_the_customer() -> None:
    objects = [{"customer": {"number": "+1", "name": "A"}}, {"customer": {"number": "+2"}}, {"name": "A"}]
    assert _picked("GET /session", objects, number="%2B2") == ["1"]
    assert _picked("GET /session", objects, name="A", sortOrder="ASC") == ["0", "2"]
    assert _picked("GET /session", objects, customerNumberAny="%2B1,%2B3") == ["0"]


def test_fields_of_a_nested_object() -> None:
    objects = [{"target": {"type": "squad"}}, {"target": {"type": "assistant"}}]
    assert _picked("GET /eval/simulation/run", objects, targetType="squad") == ["0"]


def test_flags_pick_nothing() -> None:
    assert _picked("GET /v2/campaign", [{}, {}], includeCounters="true", sortOrder="ASC") == ["0", "1"]


def test_search_looks_into_texts() -> None:
    objects = [{"number": "+1415", "name": "Front desk"}, {"name": "Support"}]
    assert _picked("GET /v2/phone-number", objects, search="desk") == ["0"]
    assert _picked("GET /v2/phone-number", objects, search="SUPP") == ["1"]


def test_order_by_cost_and_by_duration() -> None:
    times = {"startedAt": _text(0)}
    objects = [
        {"cost": 2.0, **times, "endedAt": _text(1)},
        {"cost": 3.0, **times, "endedAt": _text(9)},
        {"cost": 1.0, **times, "endedAt": _text(5)},
    ]
    assert _picked("GET /chat", objects, sortBy="cost", sortOrder="ASC") == ["2", "0", "1"]
    assert _picked("GET /chat", objects, sortBy="duration") == ["1", "2", "0"]


@pytest.mark.parametrize(
    ("key", "paged", "limited", "limit"),
    [
        ("GET /call", False, True, 100),
        ("GET /file", False, False, 100),
        ("GET /session", True, True, 100),
        ("GET /v2/campaign/{id}/contacts", True, True, 50),
        ("GET /eval/simulation", False, True, 100),
        ("GET /v2/knowledge-base/{id}/file", False, False, 100),
    ],
)
def test_the_forms_of_the_contract(key: str, paged: bool, limited: bool, limit: int) -> None:
    found = _listing(key)
    assert (found.paged, found.limited, found.limit) == (paged, limited, limit)


def test_an_object_with_results_of_its_own_is_no_list() -> None:
    assert CollectionListing.of(OWN, OWN.operations["GET /eval/simulation/run/{id}/item/{itemId}"]) is None


@pytest.mark.parametrize("order", ["asc", "desc"])
async def test_the_client_walks_all_calls_in_either_order(order: Any) -> None:
    async with Sandbox(order=order, max_page=7) as sb, sb.client() as vapi:
        stored = [sb.add("/call", {"status": "ended"})["id"] for _ in range(40)]
        if order == "desc":
            assert [call.id async for call in vapi.calls.list(limit=7)] == stored[::-1]
        else:
            assert [call["id"] for call in sb.calls] == stored
            assert [call.id for call in await vapi.calls.list(limit=5)] == stored[:5]


async def test_pages_are_walked() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        stored = [sb.add("/session", {})["id"] for _ in range(25)]
        assert [session.id async for session in vapi.sessions.list(limit=10)] == stored[::-1]


async def test_both_versions_of_a_list_show_the_same_numbers() -> None:
    async with Sandbox() as sb, sb.client() as vapi:
        made = await vapi.phone_numbers.create({"provider": "vapi", "name": "Desk"})
        assert [number.id async for number in vapi.phone_numbers.list()] == [made.id]
        assert [number.id async for number in vapi.v2.phone_numbers.list(search="desk")] == [made.id]
