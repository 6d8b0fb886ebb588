"""What structured outputs and scorecards come to after a call."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.asking import ask, call
from vapi_async.sandbox import Sandbox

BOOKED = {"name": "Booked", "type": "ai", "schema": {"type": "boolean"}}
MOOD = {"name": "Mood", "type": "ai", "schema": {"type": "number", "minimum": 1}}


async def output(sandbox: Sandbox, **more: Any) -> str:
    return str((await ask(sandbox, "POST", "/structured-output", BOOKED | more))["id"])


def planned(**plan: Any) -> dict[str, Any]:
    return {"assistant": {"name": "A", "artifactPlan": plan}}


async def test_outputs_of_the_plan_stand_in_the_artifact_and_in_the_report() -> None:
    sandbox = Sandbox()
    one, other = await output(sandbox), await output(sandbox, **MOOD)
    sandbox.script(outputs={"Booked": True, other: 4})
    sandbox.connect("https://me.example/vapi", _Deaf())
    assistant = {
        "name": "A",
        "artifactPlan": {"structuredOutputIds": [one, other]},
        "server": {"url": "https://me.example/vapi"},
    }
    ended = await call(sandbox, assistant=assistant)
    found = {one: {"name": "Booked", "result": True}, other: {"name": "Mood", "result": 4}}
    assert ended["artifact"]["structuredOutputs"] == found
    (report,) = sandbox.deliveries.of("end-of-call-report")
    assert report.message["artifact"]["structuredOutputs"] == found


async def test_without_a_plan_there_are_none() -> None:
    sandbox = Sandbox()
    await output(sandbox)
    assert not {"structuredOutputs", "scorecards"} & (await call(sandbox))["artifact"].keys()


async def test_outputs_given_in_the_plan_and_outputs_for_the_assistant() -> None:
    sandbox = Sandbox()
    inline = (await call(sandbox, **planned(structuredOutputs=[MOOD])))["artifact"]["structuredOutputs"]
    assert list(inline.values()) == [{"name": "Mood", "result": 1}]
    assistant = (await ask(sandbox, "POST", "/assistant", {"name": "A"}))["id"]
    made = await output(sandbox, assistantIds=[assistant])
    ended = await call(sandbox, assistantId=assistant)
    assert ended["artifact"]["structuredOutputs"] == {made: {"name": "Booked", "result": False}}


@pytest.mark.parametrize(
    ("schema", "result"),
    [({"type": "boolean"}, True), ({"type": "string"}, "4711"), ({"type": "array"}, "4711")],
)
async def test_a_regex_is_looked_for_in_the_transcript(schema: Any, result: Any) -> None:
    sandbox = Sandbox()
    sandbox.script(["My number is 4711."])
    made = await output(sandbox, type="regex", regex=r"User: .*?(\d+)", schema=schema)
    ended = await call(sandbox, **planned(structuredOutputIds=[made]))
    assert ended["artifact"]["structuredOutputs"][made]["result"] == result


@pytest.mark.parametrize(
    ("given", "result"),
    [
        ({"type": "regex", "regex": "("}, ""),
        ({"schema": {"type": "object", "properties": {
            "a": {"type": "integer"}, "b": {"type": "string", "enum": ["x", "y"]}}}}, {"a": 0, "b": "x"}),
        ({"schema": {"type": "array", "default": [1]}}, [1]),
    ],
)  # fmt: skip
async def test_whatever_an_inline_output_is_the_call_ends(given: Any, result: Any) -> None:
    output = {"name": "N", "type": "ai", "schema": {"type": "string"}} | given
    ended = await call(Sandbox(), **planned(structuredOutputs=[output]))
    assert [each["result"] for each in ended["artifact"]["structuredOutputs"].values()] == [result]


@pytest.mark.parametrize(
    ("condition", "skipped"),
    [
        ({"type": "minMessages", "count": 2}, False),
        ({"type": "minMessages", "count": 9}, True),
        ({"type": "minCallDuration", "seconds": 1}, False),
        ({"type": "minCallDuration", "seconds": 999}, True),
        ({"type": "endedReason", "operator": "oneOf", "values": ["customer-ended-call"]}, False),
        ({"type": "endedReason", "operator": "notOneOf", "values": ["customer-ended-call"]}, True),
    ],
)
async def test_an_unmet_condition_skips_an_output(condition: Any, skipped: bool) -> None:
    sandbox = Sandbox()
    made = await output(sandbox, conditions=[condition])
    plan = {"structuredOutputIds": [made]}
    artifact = (await call(sandbox, assistant={"firstMessage": "Hi.", "artifactPlan": plan}))["artifact"]
    assert (made in artifact["structuredOutputs"]) is not skipped
    expected = {made: {"name": "Booked", "unmetCondition": condition}} if skipped else None
    assert artifact.get("skippedStructuredOutputs") == expected


@pytest.mark.parametrize(("mood", "points", "score"), [(9, [60, 40], 100), (5, [60, 20], 80), (1, [60, 0], 60)])
async def test_a_scorecard_has_the_points_of_what_holds(mood: int, points: list[int], score: int) -> None:
    sandbox = Sandbox()
    one, other = await output(sandbox), await output(sandbox, **MOOD)
    card = {
        "name": "Quality",
        "metrics": [
            {"structuredOutputId": one, "conditions": [
                {"type": "comparator", "comparator": "=", "value": True, "points": 60}]},
            {"structuredOutputId": other, "conditions": [
                {"type": "comparator", "comparator": ">=", "value": 8, "points": 40},
                {"type": "comparator", "comparator": ">", "value": 3, "points": 20}]},
        ],
    }  # fmt: skip
    stored = (await ask(sandbox, "POST", "/observability/scorecard", card))["id"]
    sandbox.script_outputs({"Booked": True, "Mood": mood})
    ended = await call(sandbox, **planned(scorecardIds=[stored]))
    assert ended["artifact"]["scorecards"] == {
        stored: {
            "name": "Quality",
            "score": score,
            "scoreNormalized": score,
            "metricPoints": dict(zip((one, other), points, strict=True)),
        }
    }


class _Deaf:
    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})
