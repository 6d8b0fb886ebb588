"""After a POST /call of unknown outcome: finding the call, if it was made."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import AsyncVapi, DecodeError, RequestError
from vapi_async.models import Call

CLOCK = FakeClock()
OURS = datetime.fromtimestamp(CLOCK.wall(), UTC)
DATED = {"date": format_datetime(OURS, usegmt=True)}


def call(name: str, seconds: float, **fields: Any) -> dict[str, Any]:
    """A call as the API lists it, created so many seconds after the request began, by the API's clock."""
    created = (OURS + timedelta(seconds=seconds)).isoformat()
    base = {"assistantId": "a", "phoneNumberId": "p", "customer": {"number": "+1", "name": "Ann"}}
    return {"id": name, "createdAt": created, **base, **fields}


@asynccontextmanager
async def connected(api: Api) -> AsyncIterator[AsyncVapi]:
    transport = httpx.MockTransport(api)
    async with (
        httpx.AsyncClient(transport=transport) as http,
        AsyncVapi("t", http_client=http, clock=FakeClock()) as vapi,
    ):
        yield vapi


class Api:
    """Fails to answer POST /call, and lists calls; its clock is `ahead` seconds ahead of ours."""

    def __init__(self, calls: list[Any], failure: Any = None, ahead: float = 0, tells_time: bool = True) -> None:
        self.calls = calls
        self.failure = failure or httpx.ReadTimeout("")
        self.date = {"date": format_datetime(OURS + timedelta(seconds=ahead), usegmt=True)} if tells_time else {}
        self.queries: list[dict[str, list[str]]] = []
        self.posts = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            self.posts += 1
            if isinstance(self.failure, Exception):
                raise self.failure
            return httpx.Response(self.failure, json={}, headers=self.date)
        query = parse_qs(request.url.query.decode())
        self.queries.append(query)
        since = datetime.fromisoformat(query.get("createdAtGe", ["2000-01-01T00:00:00Z"])[0])
        found = [item for item in self.calls if datetime.fromisoformat(item["createdAt"]) >= since]
        return httpx.Response(200, json=found, headers=self.date)


WANTED: dict[str, Any] = {"assistant_id": "a", "phone_number_id": "p", "customer": {"number": "+1"}}


async def failing(api: Api, **arguments: Any) -> tuple[RequestError, Any]:
    """Place a call that fails; return the error, and what reconciling finds."""
    async with connected(api) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.calls.create(**(arguments or WANTED))
        return caught.value, await caught.value.reconcile()


async def test_a_call_that_was_made_is_found() -> None:
    api = Api([call("mine", 1)])
    error, found = await failing(api)
    assert isinstance(found, Call)
    assert found.id == "mine"
    assert error.may_have_been_processed
    assert error.began == OURS
    assert api.posts == 1
    assert api.queries[-1]["assistantId"] == ["a"]
    assert api.queries[-1]["phoneNumberId"] == ["p"]


@pytest.mark.parametrize(
    "other",
    [
        call("earlier", -60),
        call("other", 1, assistantId="b"),
        call("other", 1, phoneNumberId="q"),
        call("other", 1, customer={"number": "+2"}),
        call("other", 1, customer=None),
    ],
    ids=["earlier", "assistant", "number", "customer", "no customer"],
)
async def test_other_calls_are_not_taken_for_it(other: Any) -> None:
    _, found = await failing(Api([other]))
    assert found is None
    _, found = await failing(Api([other, call("mine", 2)]))
    assert found.id == "mine"


async def test_of_several_the_earliest_is_taken() -> None:
    _, found = await failing(Api([call("third", 5), call("first", 1), call("second", 2)]))
    assert found.id == "first"


@pytest.mark.parametrize("ahead", [-7200, -3, 0, 3, 7200])
@pytest.mark.parametrize("failure", [500, None], ids=["answered", "not answered"])
async def test_what_counts_is_the_clock_of_the_api(ahead: int, failure: Any) -> None:
    before, mine = call("before", ahead - 10), call("mine", ahead)
    _, found = await failing(Api([before, mine], failure, ahead))
    assert found.id == "mine"
    _, found = await failing(Api([before], failure, ahead))
    assert found is None


async def test_an_answer_with_a_date_saves_a_request() -> None:
    api = Api([], 500)
    await failing(api)
    assert len(api.queries) == 1
    api = Api([], None)
    await failing(api)
    assert len(api.queries) == 2


async def test_without_the_api_telling_its_time_there_is_slack() -> None:
    _, found = await failing(Api([call("mine", -20)], tells_time=False))
    assert found.id == "mine"


async def test_squads_and_sip_and_saved_customers() -> None:
    mine = call("mine", 1, squadId="s", customerId="k", customer={"sipUri": "sip:x@y"})
    for arguments in ({"squad_id": "s", "customer": {"sipUri": "sip:x@y"}}, {"squad_id": "s", "customer_id": "k"}):
        _, found = await failing(Api([call("other", 1), mine]), **arguments)
        assert found.id == "mine"


async def test_what_surely_did_not_happen_is_not_looked_for() -> None:
    api = Api([call("mine", 1)], 400)
    error, found = await failing(api)
    assert found is None
    assert not error.may_have_been_processed
    assert api.queries == []


async def test_batches_and_other_requests_cannot_be_looked_for() -> None:
    api = Api([])
    async with connected(api) as vapi:
        with pytest.raises(RequestError) as batch:
            await vapi.calls.create(assistant_id="a", customers=[{"number": "+1"}])
        with pytest.raises(TypeError, match="many customers"):
            await batch.value.reconcile()
        with pytest.raises(RequestError) as other:
            await vapi.chats.create({"input": "x"})
        with pytest.raises(TypeError, match="creates a call"):
            await other.value.reconcile()


async def test_an_error_from_another_process_is_given_a_client() -> None:
    api = Api([call("mine", 1)])
    error, _ = await failing(api)
    twin = pickle.loads(pickle.dumps(error))
    with pytest.raises(TypeError, match=r"reconcile\(client\)"):
        await twin.reconcile()
    async with connected(api) as vapi:
        assert (await twin.reconcile(vapi)).id == "mine"


async def test_a_free_request_is_found_too() -> None:
    api = Api([call("mine", 1)])
    async with connected(api) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.request("POST", "/call", json={"assistantId": "a"})
        assert (await caught.value.reconcile())["id"] == "mine"


async def test_a_list_with_metadata_is_read_too() -> None:
    stub = Stub(502, httpx.Response(200, json={"results": [call("mine", 1)], "metadata": {}}, headers=DATED))
    async with stub.client(clock=FakeClock()) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.calls.create(**WANTED)
        assert (await caught.value.reconcile()).id == "mine"


@pytest.mark.parametrize("answer", [{"error": "x"}, {}, 1, "x", None], ids=str)
async def test_an_answer_that_is_no_list_does_not_mean_that_there_is_no_call(answer: Any) -> None:
    content = b"" if answer is None else json.dumps(answer).encode()
    async with Stub(502, httpx.Response(200, content=content, headers=DATED)).client(clock=FakeClock()) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.calls.create(**WANTED)
        with pytest.raises(DecodeError, match="neither a list nor results") as looking:
            await caught.value.reconcile()
    assert looking.value.raw == content
    assert looking.value.response is not None


async def test_a_copy_of_the_error_can_look_too() -> None:
    api = Api([call("mine", 1)])
    async with connected(api) as vapi:
        with pytest.raises(RequestError) as caught:
            await vapi.calls.create(**WANTED)
        assert (await copy.copy(caught.value).reconcile()).id == "mine"
