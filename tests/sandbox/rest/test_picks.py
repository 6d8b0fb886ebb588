"""What lists pick beyond equality, and the next page by a cursor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import ask
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox

RUN = "/eval/simulation/run"


async def names(sandbox: Sandbox, path: str, **query: Any) -> list[str]:
    found = await ask(sandbox, "GET", path, params=query)
    return sorted(each["name"] for each in (found if isinstance(found, list) else found["results"]))


@pytest.mark.parametrize(
    ("search", "found"), [("front", ["Front desk"]), ("4155550101", ["Back"]), ("twilio", []), ("active", [])]
)
async def test_a_search_looks_at_names_and_numbers(search: str, found: list[str]) -> None:
    sandbox = Sandbox()
    for name, number in (("Front desk", "+14155550100"), ("Back", "+14155550101")):
        more = {"provider": "twilio", "twilioAccountSid": "AC1", "status": "active"}
        sandbox.add("/phone-number", {"name": name, "number": number, **more})
    assert await names(sandbox, "/v2/phone-number", search=search) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"status": "ended"}, ["bad", "good"]),
        ({"filterStatus": "passed"}, ["good"]),
        ({"filterStatus": "failed"}, ["bad"]),
        ({"filterStatus": "running"}, ["new"]),
        ({"targetType": "squad"}, ["new"]),
        ({"targetId": UNKNOWN}, ["new"]),
        ({"targetId": UNKNOWN.replace("1", "2")}, ["bad", "good"]),
    ],
)
async def test_runs_by_how_they_went_and_whom_they_tested(query: Any, found: list[str]) -> None:
    sandbox = Sandbox()
    assistant = {"target": {"type": "assistant", "assistantId": UNKNOWN.replace("1", "2")}}
    squad = {"target": {"type": "squad", "squadId": UNKNOWN}}
    sandbox.add(RUN, {"name": "good", "status": "ended", "itemCounts": {"passed": 2, "failed": 0}, **assistant})
    sandbox.add(RUN, {"name": "bad", "status": "ended", "itemCounts": {"passed": 1, "failed": 1}, **assistant})
    sandbox.add(RUN, {"name": "new", "status": "queued", "itemCounts": {"queued": 1}, **squad})
    assert await names(sandbox, RUN, **query) == found


async def test_simulations_that_no_suite_has() -> None:
    sandbox = Sandbox()
    one = sandbox.add("/eval/simulation", {"name": "in a suite"})
    sandbox.add("/eval/simulation", {"name": "alone"})
    sandbox.add("/eval/simulation/suite", {"name": "S", "simulationIds": [one["id"]]})
    assert await names(sandbox, "/eval/simulation", standaloneOnly="true") == ["alone"]
    assert await names(sandbox, "/eval/simulation", standaloneOnly="false") == ["alone", "in a suite"]


async def test_pages_by_cursor() -> None:
    sandbox = Sandbox(cursors=True)
    for name in "abcde":
        sandbox.add("/structured-output", {"name": name})
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "sortOrder": "ASC"}
    while True:
        page = await ask(sandbox, "GET", "/structured-output", params=query)
        seen += [each["name"] for each in page["results"]]
        cursor = page["metadata"].get("nextCursor")
        assert (cursor is not None) is page["metadata"]["hasNextPage"]
        if cursor is None:
            break
        query["cursor"] = cursor
    assert seen == list("abcde")
    plain = await ask(Sandbox(), "GET", "/structured-output", params={"limit": 2})
    assert "nextCursor" not in plain["metadata"]


async def test_a_suite_is_duplicated() -> None:
    sandbox = Sandbox()
    suite = sandbox.add("/eval/simulation/suite", {"name": "S", "simulationIds": [UNKNOWN]})
    copy = await ask(sandbox, "POST", f"/eval/simulation/suite/{suite['id']}/duplicate")
    assert (copy["name"], copy["simulationIds"]) == ("S (copy)", [UNKNOWN])
    assert len(sandbox.objects("/eval/simulation/suite")) == 2
