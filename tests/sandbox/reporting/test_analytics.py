"""Figures over the calls there are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import TOKEN
from vapi_async.sandbox import Sandbox

DAY = "2026-01-0{}T{}:00:00.000Z"


def call(day: int, seconds: int, **more: Any) -> dict[str, Any]:
    at = DAY.format(day, "10")
    return {"createdAt": at, "startedAt": at, "endedAt": at.replace("00:00.000", f"00:{seconds:02}.000"), **more}


async def figures(*calls: dict[str, Any], **query: Any) -> Any:
    sandbox = Sandbox()
    for each in calls:
        sandbox.add("/call", each)
    await sandbox.clock.advance(6 * 86_400)
    body = {"queries": [{"table": "call", "name": "Calls", **query}, {"table": "call", "name": "Other",
            "operations": [{"operation": "count", "column": "id"}]}]}  # fmt: skip
    answer = await sandbox.http_client().post("/analytics", json=body, headers=TOKEN)
    assert answer.status_code == 200, answer.text
    first, second = answer.json()
    assert (first["name"], second["name"]) == ("Calls", "Other")
    assert second["result"] == [{"countId": len(calls)}]
    return first


@pytest.mark.parametrize(
    ("operation", "column", "expected"),
    [("count", "id", 3), ("sum", "cost", 0.6), ("avg", "duration", 20), ("max", "cost", 0.3), ("min", "duration", 10),
     ("sum", "minutesUsed", 1), ("max", "concurrency", 2)],
)  # fmt: skip
async def test_operations(operation: str, column: str, expected: float) -> None:
    calls = [call(2, 10, cost=0.1), call(2, 20, cost=0.2), call(3, 30, cost=0.3)]
    found = await figures(*calls, operations=[{"operation": operation, "column": column, "alias": "n"}])
    assert found["result"] == [{"n": pytest.approx(expected)}]


async def test_groups_and_steps() -> None:
    calls = [call(2, 1, type="webCall"), call(2, 1, type="webCall"), call(3, 1, type="inboundPhoneCall")]
    operations = [{"operation": "count", "column": "id"}]
    grouped = await figures(*calls, operations=operations, groupBy=["type"])
    assert grouped["result"] == [{"type": "webCall", "countId": 2}, {"type": "inboundPhoneCall", "countId": 1}]
    span = {"start": DAY.format(1, "00"), "end": DAY.format(3, "00"), "step": "day"}
    stepped = await figures(*calls, operations=operations, timeRange=span)
    assert stepped["result"] == [{"date": "2026-01-02", "countId": 2}]
    assert stepped["timeRange"] == {**span, "timezone": "UTC"}


async def test_nothing_is_zero() -> None:
    found = await figures(operations=[{"operation": "avg", "column": "cost"}])
    assert found["result"] == [{"avgCost": 0}]
