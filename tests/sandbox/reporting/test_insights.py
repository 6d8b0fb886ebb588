"""Insights compute over the calls there are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import answer, ask, refused
from tests.sandbox.walking import UNKNOWN
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.reporting.formulas import computed

Json = dict[str, Any]

PATH = "/reporting/insight"
COUNT = {"type": "vapiql-json", "table": "call", "column": "id", "operation": "count", "name": "All"}
COST = {"type": "vapiql-json", "table": "call", "column": "cost", "operation": "average", "name": "Cost"}


def where(column: str, operator: str, value: Any) -> Json:
    return {"filters": [{"column": column, "operator": operator, "value": value}]}


def filled() -> Sandbox:
    sandbox = Sandbox()
    for number, reason in enumerate(("customer-ended-call", "customer-ended-call", "voicemail"), 1):
        at = f"2026-01-01T00:0{number}:00.000Z"
        call = {"createdAt": at, "startedAt": at, "endedAt": at.replace(":00.000", ":30.000"), "cost": number}
        more = {"endedReason": reason, "customer": {"number": f"+1415555010{number}"}, "type": "outboundPhoneCall"}
        sandbox.add("/call", {**call, **more})
    return sandbox


async def preview(sandbox: Sandbox, **insight: Any) -> Any:
    await sandbox.clock.advance(3600)
    return (await ask(sandbox, "POST", f"{PATH}/preview", {"type": "bar", **insight}))["result"]


async def test_a_run_names_its_insight_and_computes() -> None:
    sandbox = filled()
    made = await ask(sandbox, "POST", PATH, {"type": "text", "queries": [COUNT]})
    await sandbox.clock.advance(3600)
    found = await ask(sandbox, "POST", f"{PATH}/{made['id']}/run", {})
    assert found["insightId"] == made["id"]
    assert found["result"] == [{"All": 3}]
    assert found["id"] != made["id"]
    over = {"timeRangeOverride": {"start": "2026-01-01T00:02:30.000Z", "end": "now"}}
    assert (await ask(sandbox, "POST", f"{PATH}/{made['id']}/run", over))["result"] == [{"All": 1}]
    assert (await answer(sandbox, "POST", f"{PATH}/{UNKNOWN}/run", {})).status_code == 404


async def test_groups_dates_and_several_queries() -> None:
    rows = await preview(filled(), queries=[COUNT, COST], groupBy="endedReason", timeRange={"step": "day"})
    assert rows == [
        {"date": "2026-01-01", "endedReason": "customer-ended-call", "All": 2, "Cost": 1.5},
        {"date": "2026-01-01", "endedReason": "voicemail", "All": 1, "Cost": 3},
    ]


@pytest.mark.parametrize(
    ("condition", "count"),
    [
        (where("endedReason", "=", "voicemail"), 1),
        (where("endedReason", "!=", "voicemail"), 2),
        (where("endedReason", "contains", "ended"), 2),
        (where("endedReason", "not_contains", "ended"), 1),
        (where("endedReason", "in", ["voicemail", "x"]), 1),
        (where("endedReason", "not_in", ["voicemail"]), 2),
        (where("customerNumber", "=", "+14155550102"), 1),
        (where("campaignId", "is_empty", []), 3),
        (where("campaignId", "is_not_empty", []), 0),
        (where("campaignId", "=", "c"), 0),
        (where("cost", ">", 1), 2),
        (where("duration", "<=", 30), 3),
        (where("startedAt", ">=", "2026-01-01T00:02:00Z"), 2),
    ],
)
async def test_filters(condition: Json, count: int) -> None:
    assert await preview(filled(), queries=[COUNT | condition]) == [{"All": count}]


async def test_a_structured_output_is_a_column() -> None:
    sandbox = Sandbox()
    for mood in (3, 5):
        artifact = {"structuredOutputs": {UNKNOWN: {"name": "Mood", "result": mood}}}
        sandbox.add("/call", {"artifact": artifact})
    column = f"artifact.structuredOutputs[{UNKNOWN}]"
    query = {"type": "vapiql-json", "table": "call", "column": column, "operation": "average", "name": "Mood"}
    assert await preview(sandbox, queries=[query]) == [{"Mood": 4}]


async def test_events() -> None:
    queries = [
        {"type": "vapiql-json", "table": "events", "on": on, "operation": operation, "name": f"{on} {operation}"}
        for on, operation in (("call.started", "count"), ("call.ended", "percentage"), ("call.transferFailed", "count"))
    ]
    (row,) = await preview(filled(), queries=queries)
    assert list(row.values()) == [3, 100, 0]


@pytest.mark.parametrize(("start", "count"), [("-30m", 0), ("-2h", 3), ("-7d", 3), ("2026-01-01T00:01:30Z", 2)])
async def test_the_beginning_of_a_window(start: str, count: int) -> None:
    assert await preview(filled(), queries=[COUNT], timeRange={"start": start, "end": "now"}) == [{"All": count}]


async def test_formulas_of_queries() -> None:
    long = COUNT | where("endedReason", "=", "voicemail") | {"name": "Mail"}
    formula = {"name": "Share", "formula": "{{['Mail']}} / {{['All']}} * 100"}
    (row,) = await preview(filled(), queries=[COUNT, long], formulas=[formula])
    assert row["Share"] == pytest.approx(33.3333)
    status, message = await refused(
        filled(), "POST", f"{PATH}/preview", {"type": "bar", "queries": [COUNT], "formulas": [{"formula": "{{X}}"}]}
    )
    assert (status, "'X'" in message) == (400, True)


@pytest.mark.parametrize(
    ("formula", "value"),
    [("{{a}} + {{ b }}", 5), ("-({{['a']}} - 4) * 2", 4), ('{{["b"]}} % 2', 1), ("1 / ({{a}} - 2)", None)],
)
def test_arithmetic(formula: str, value: float | None) -> None:
    assert computed(formula, {"a": 2, "b": 3}) == value


@pytest.mark.parametrize("formula", ["__import__('os')", "{{c}}", "1 +", "2 ** 9", "'a'", ""])
def test_what_is_no_formula(formula: str) -> None:
    with pytest.raises(ValueError, match="formula"):
        computed(formula, {"a": 2})


async def test_the_board_of_every_organisation() -> None:
    sandbox = Sandbox()
    first, again = [await ask(sandbox, "GET", "/reporting/board/default/metrics-overview") for _ in range(2)]
    assert first == again
    assert (await ask(sandbox, "GET", f"/reporting/board/{first['id']}"))["systemKey"] == "metrics-overview"
