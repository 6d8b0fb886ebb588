"""Runs of simulations and evals begin, go on and end."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.walking import TOKEN, UNKNOWN
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.rest.comparators import compares

TARGET = {"type": "assistant", "assistantId": UNKNOWN}
RUN = "/eval/simulation/run"


async def ask(sandbox: Sandbox, method: str, path: str, body: Any = None) -> Any:
    answer = await sandbox.http_client().request(method, path, headers=TOKEN, json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def simulate(sandbox: Sandbox, *entries: Any, **more: Any) -> Any:
    simulations = list(entries) or [{"type": "simulation", "simulationId": UNKNOWN}]
    return await ask(sandbox, "POST", RUN, {"simulations": simulations, "target": TARGET, **more})


async def test_a_run_ends_by_itself_as_scripted() -> None:
    sandbox = Sandbox()
    sandbox.script_runs(True, False)
    run = await simulate(sandbox, iterations=2)
    assert (run["status"], run["itemCounts"]["queued"]) == ("queued", 2)
    await sandbox.clock.advance(2)
    assert (await ask(sandbox, "GET", f"{RUN}/{run['id']}"))["status"] == "running"
    figures = await ask(sandbox, "GET", "/eval/simulation/concurrency")
    assert (figures["activeSimulations"], figures["concurrencyLimit"], figures["availableToStart"]) == (2, 10, 3)
    await sandbox.clock.advance(60)
    ended = await ask(sandbox, "GET", f"{RUN}/{run['id']}")
    counts = {"total": 2, "passed": 1, "failed": 1, "running": 0, "queued": 0, "canceled": 0}
    assert (ended["status"], ended["itemCounts"]) == ("ended", counts)
    items = await ask(sandbox, "GET", f"{RUN}/{run['id']}/item")
    assert {item["iterationNumber"]: item["status"] for item in items} == {1: "passed", 2: "failed"}


async def test_a_suite_is_its_simulations() -> None:
    sandbox = Sandbox()
    ids = [UNKNOWN, UNKNOWN.replace("1", "2")]
    suite = sandbox.add("/eval/simulation/suite", {"name": "S", "simulationIds": ids})
    run = await simulate(sandbox, {"type": "simulationSuite", "simulationSuiteId": suite["id"]}, iterations=3)
    items = await ask(sandbox, "GET", f"{RUN}/{run['id']}/item")
    found = sorted((item["simulationId"], item["iterationNumber"]) for item in items)
    assert found == [(each, number) for each in ids for number in (1, 2, 3)]


async def test_a_run_that_is_cancelled_stays_so() -> None:
    sandbox = Sandbox()
    run = await simulate(sandbox)
    await ask(sandbox, "PATCH", f"{RUN}/{run['id']}")
    await sandbox.clock.advance(3600)
    found = await ask(sandbox, "GET", f"{RUN}/{run['id']}")
    assert (found["status"], found["endedReason"]) == ("ended", "canceled")


async def test_an_eval_run_ends_with_its_result() -> None:
    sandbox = Sandbox()
    sandbox.script_runs(False)
    body = {"type": "eval", "evalId": UNKNOWN, "target": TARGET}
    await ask(sandbox, "POST", "/eval/run", body)
    (run,) = sandbox.objects("/eval/run")
    assert run["status"] == "running"
    await sandbox.clock.advance(60)
    (ended,) = sandbox.objects("/eval/run")
    assert (ended["status"], [each["status"] for each in ended["results"]]) == ("ended", ["fail"])


@pytest.mark.parametrize("passed", [True, False])
async def test_an_item_says_what_became_of_each_evaluation(passed: bool) -> None:
    sandbox = Sandbox()
    wanted: list[dict[str, Any]] = [
        {"comparator": comparator, "value": 3, "structuredOutput": {"name": "N", "schema": {"type": "number"}}}
        for comparator in ("=", "!=", ">", "<", ">=", "<=")
    ]
    wanted.append({"comparator": "=", "value": True, "structuredOutputId": UNKNOWN, "required": False})
    wanted.append({"comparator": "!=", "value": "a", "structuredOutputId": UNKNOWN})
    scenario = sandbox.add("/eval/simulation/scenario", {"name": "S", "evaluations": wanted})
    simulation = sandbox.add("/eval/simulation", {"name": "S", "scenarioId": scenario["id"]})
    sandbox.script_runs(passed)
    run = await simulate(sandbox, {"type": "simulation", "simulationId": simulation["id"]})
    await sandbox.clock.advance(60)
    (item,) = await ask(sandbox, "GET", f"{RUN}/{run['id']}/item")
    assert item["results"]["passed"] is passed
    found = item["results"]["evaluations"]
    assert len(found) == len(wanted)
    for each in found:
        assert each["passed"] is passed
        assert compares(each["extractedValue"], each["comparator"], each["expectedValue"]) is passed, each
