"""Runs of simulations: they start and end on the clock, each item with the result that was scripted."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, not_found

if TYPE_CHECKING:
    from collections.abc import Callable

    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

    from .outcomes import Outcomes

Json = dict[str, Any]

_RUN = "/eval/simulation/run"
_SUITE = "/eval/simulation/suite"
_RECORD = ("id", "orgId", "createdAt", "updatedAt")
_QUEUED, _SIMULATED = 1.0, 30.0


class SimulationRuns:
    """The simulation runs of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        outcomes: what their items come to.
        free_slots: how many further calls could be under way.
        limit: how many calls can be under way at once.
    """

    def __init__(
        self, state: SandboxState, crud: CrudHandlers, outcomes: Outcomes, free_slots: Callable[[], int], limit: int
    ) -> None:
        self._state = state
        self._crud = crud
        self._outcomes = outcomes
        self._free_slots = free_slots
        self._limit = limit

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations of runs that are more than stored objects, by operation."""
        handlers: dict[str, Handler] = {
            f"POST {_RUN}": self._create,
            "GET /eval/simulation/concurrency": self._concurrency,
            f"POST {_SUITE}/{{id}}/duplicate": self._duplicate,
        }
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def _create(self, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        id = json.loads(answer.body)["id"]  # noqa: A001
        self._begin(id)
        return answer

    def resume(self) -> None:
        """Go on with the stored runs that have not ended."""
        for run in list(self._state.store.all(_RUN)):
            if run.get("status") != "ended":
                self._begin(run["id"])

    def _begin(self, id: str) -> None:  # noqa: A002
        self._state.clock.after(0, partial(self._state.clock.follow, self._simulate(id), lambda: self._is_over(id)))

    def _is_over(self, id: str) -> bool:  # noqa: A002
        run = self._state.store.get(_RUN, id)
        return run is None or run.get("status") == "ended"

    async def _simulate(self, id: str) -> Steps:  # noqa: A002
        """Queued, running, ended: each item passes or fails, those that were cancelled stay so."""
        yield _QUEUED
        self._set_items(id, "queued", lambda _: {"status": "running", "startedAt": self._state.timestamp()})
        self._state.store.patch(_RUN, id, {"status": "running", "startedAt": self._state.timestamp()})
        self._count(id)
        yield _SIMULATED
        self._set_items(id, "running", self._outcome)
        ended = {"status": "ended", "endedAt": self._state.timestamp(), "endedReason": "completed"}
        self._state.store.patch(_RUN, id, ended)
        self._count(id)

    def _outcome(self, item: Json) -> Json:
        passed = self._outcomes.next() is not False
        results = {"results": {"evaluations": self._evaluations(item, passed=passed), "passed": passed}}
        now = self._state.timestamp()
        if passed:
            return {"status": "passed", "completedAt": now, **results}
        return {"status": "failed", "failedAt": now, "failureReason": "as scripted", **results}

    def _evaluations(self, item: Json, *, passed: bool) -> list[Json]:
        """Return what became of each evaluation of an item's scenario: what was expected, or nothing like it."""
        simulation = self._state.store.get("/eval/simulation", item["simulationId"]) or {}
        scenario = self._state.store.get("/eval/simulation/scenario", simulation.get("scenarioId") or "") or {}
        return [self._evaluation(each, passed=passed) for each in scenario.get("evaluations") or ()]

    def _evaluation(self, plan: Json, *, passed: bool) -> Json:
        id = plan.get("structuredOutputId") or ""  # noqa: A001
        output = self._state.store.get("/structured-output", id) or plan.get("structuredOutput") or {}
        return {
            "structuredOutputId": id,
            "name": output.get("name", ""),
            "comparator": plan["comparator"],
            "expectedValue": plan["value"],
            "extractedValue": _extracted(plan, passed=passed),
            "required": plan.get("required", True),
            "passed": passed,
        }

    def _set_items(self, id: str, status: str, changes: Callable[[Json], Json]) -> None:  # noqa: A002
        home = f"{_RUN}/{id}/item"
        for item in list(self._state.store.all(home)):
            if item["status"] == status:
                self._state.store.patch(home, item["id"], changes(item))

    def _count(self, id: str) -> None:  # noqa: A002
        items = list(self._state.store.all(f"{_RUN}/{id}/item"))
        states = [item["status"] for item in items]
        counts = {state: states.count(state) for state in ("passed", "failed", "running", "queued", "canceled")}
        self._state.store.patch(_RUN, id, {"itemCounts": {"total": len(items), **counts}})

    def _duplicate(self, request: HttpRequest) -> HttpResponse:
        suite = self._state.store.get(_SUITE, request.params["id"])
        if suite is None:
            raise not_found("suite", request.params["id"])
        kept = {key: value for key, value in suite.items() if key not in _RECORD}
        return HttpResponse(201, self._state.store.add(_SUITE, {**kept, "name": f"{suite['name']} (copy)"[:80]}))

    def _concurrency(self, request: HttpRequest) -> HttpResponse:
        runs = [run["id"] for run in self._state.store.all(_RUN)]
        states = [item["status"] for id in runs for item in self._state.store.all(f"{_RUN}/{id}/item")]  # noqa: A001
        active = states.count("running")
        figures = {
            "orgId": self._state.org_id,
            "concurrencyLimit": self._limit,
            "activeSimulations": min(active, self._limit),
            # Each simulation takes two calls: who is tested, and who tests.
            "availableToStart": max(0, self._free_slots() // 2 - active),
            "createdAt": None,
            "updatedAt": None,
            "isDefault": True,
        }
        return HttpResponse(200, figures)


def _extracted(plan: Json, *, passed: bool) -> Any:
    """Return a value that an evaluation lets pass, or one that it does not."""
    comparator, value = plan["comparator"], plan["value"]
    step = 1 if comparator in (">", "<=") else -1
    other = not value if isinstance(value, bool) else f"not {value}" if isinstance(value, str) else value + step
    return value if passed == (comparator in ("=", ">=", "<=")) else other
