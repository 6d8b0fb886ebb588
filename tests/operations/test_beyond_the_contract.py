"""What the contract lacks, typed all the same: `request(returns=)`, `paginate`, and resources of one's own."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from vapi_async import AsyncVapi, Resource, since
from vapi_async.models import Assistant, Call


def client(*answers: Any, kind: type[AsyncVapi] = AsyncVapi) -> tuple[Any, list[httpx.Request]]:
    """A client that gets these answers one after the other, and the requests that it sends."""
    sent: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=answers[min(len(sent), len(answers)) - 1])

    return kind("t", http_client=httpx.AsyncClient(transport=httpx.MockTransport(respond))), sent


CALL = {"id": "c", "orgId": "o", "createdAt": "2026-01-01T00:00:00.000Z"}


@pytest.mark.parametrize(
    ("returns", "answer", "expected"),
    [
        (Call, CALL, Call.from_dict(CALL)),
        (list[Call], [CALL], [Call.from_dict(CALL)]),
        (dict[str, Call], {"a": CALL}, {"a": Call.from_dict(CALL)}),
        (list[list[Call]], [[CALL]], [[Call.from_dict(CALL)]]),
        (lambda value: value["id"], CALL, "c"),
        (None, CALL, CALL),
        (Call, "no object", "no object"),
    ],
    ids=["model", "list", "map", "list of lists", "function", "JSON", "another answer"],
)
async def test_an_answer_is_made_into_what_is_asked_for(returns: Any, answer: Any, expected: Any) -> None:
    vapi, _ = client(answer)
    assert await vapi.request("GET", "/call/c/copy", returns=returns) == expected


@pytest.mark.parametrize("returns", ["Call", int, list[int], dict[int, Call], 7])
async def test_what_nothing_can_be_made_into_is_refused(returns: Any) -> None:
    vapi, sent = client({})
    with pytest.raises(TypeError, match=r"returns must be a model, list\[Model\]"):
        await vapi.request("GET", "/x", returns=returns)
    assert sent == []


def page(number: int, total: int) -> Any:
    results = [{"id": f"a{number}"}]
    return {"results": results, "metadata": {"currentPage": number, "totalPages": total, "hasNextPage": number < total}}


async def test_a_list_is_walked_by_page_numbers() -> None:
    vapi, sent = client(page(1, 2), page(2, 2))
    items = [item async for item in vapi.paginate("/robot", Assistant, query={"kind": "x"}, headers={"x-a": "b"})]
    assert [type(item) for item in items] == [Assistant, Assistant]
    assert [item.id for item in items] == ["a1", "a2"]
    assert [request.url.params.get("page") for request in sent][1] == "2"
    asked = {(request.url.path, request.url.params["kind"], request.headers["x-a"]) for request in sent}
    assert asked == {("/robot", "x", "b")}


async def test_a_list_is_walked_by_windows() -> None:
    moments = ["2026-01-03T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-01T00:00:00.000Z"]
    calls = [{"id": moment[8:10], "createdAt": moment} for moment in moments]
    vapi, sent = client(calls[:2], calls[1:], [])
    window = since(datetime(2026, 1, 1, tzinfo=UTC))
    pager = vapi.paginate("/call/archive", Call, walk="created", query={"limit": 2}, created=window)
    assert [call.id async for call in pager] == ["03", "02", "01"]
    assert all("createdAtGe" in request.url.params for request in sent)


async def test_a_single_page_and_its_position() -> None:
    vapi, sent = client([{"id": "a"}, {"id": "b"}])
    first = await vapi.paginate("/thing", walk="single", max_items=1)
    assert list(first) == [{"id": "a"}]
    assert repr(vapi.paginate("/thing")) == "<Pager of GET /thing>"
    assert sent[0].url.path == "/thing"


@pytest.mark.parametrize("path", ["thing", "//evil.example/x", "/thing?a=b", "/a#b", "https://evil.example/x", "/a\\b"])
def test_a_list_has_a_path(path: str) -> None:
    vapi, _ = client({})
    with pytest.raises(ValueError, match="is no path"):
        vapi.paginate(path)


def test_a_walk_that_there_is_not_is_refused() -> None:
    vapi, _ = client({})
    with pytest.raises(ValueError, match="walk must be one of created, page, single, not 'all'"):
        vapi.paginate("/thing", walk="all")


# --- resources of one's own


class Robots(Resource):
    """A resource that only a derived client has."""

    def __init__(self, client: Any, color: str) -> None:
        super().__init__(client)
        self.color = color

    async def get(self, id: str) -> Assistant:  # noqa: A002 - as generated ones have it
        return await self._client.request("GET", f"/robot/{id}", returns=Assistant)


class Derived(AsyncVapi):
    """A client with a resource that is made when it is made."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.robots = Robots(self, "red")


async def test_a_copy_has_the_own_resources_with_its_own_options() -> None:
    vapi, sent = client({"id": "r"}, kind=Derived)
    copy = vapi.with_options(extra_headers={"x-a": "b"})
    assert copy.robots is not vapi.robots
    assert (copy.robots.color, copy.robots._client) == ("red", copy)
    await copy.robots.get("r")
    await vapi.robots.get("r")
    assert [request.headers.get("x-a") for request in sent] == ["b", None]
