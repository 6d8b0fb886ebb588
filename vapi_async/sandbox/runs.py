"""Runs of simulations and evals: they start and end on the clock, with the results that were scripted."""

from __future__ import annotations

import json
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any

from .rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from .clock import Steps
    from .rest.crud import CrudHandlers
    from .rest.state import SandboxState

Json = dict[str, Any]

_RUN = "/eval/simulation/run"
_EVAL_RUN = "/eval/run"
_QUEUED, _SIMULATED = 1.0, 30.0


class Runs:
    """The runs of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        free_slots: how many further calls could be under way.
        limit: how many calls can be under way at once.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, free_slots: Callable[[], int], limit: int) -> None:
        self._state = state
        self._crud = crud
        self._free_slots = free_slots
        self._limit = limit
        self._results: deque[bool] = deque()

    def script(self, *passed: bool) -> None:
        """Say whether the next items of simulation runs, and eval runs, pass."""
        self._results.extend(passed)

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that begin runs, by operation."""
        handlers: dict[str, Handler] = {
            f"POST {_RUN}": partial(self._create, self._simulate),
            f"POST {_EVAL_RUN}": partial(self._create, self._evaluate),
            "GET /eval/simulation/concurrency": self._concurrency,
        }
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def _create(self, steps: Callable[[str], Steps], request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        id, home = json.loads(answer.body)["id"], request.operation.partition(" ")[2]  # noqa: A001
        self._state.clock.after(0, partial(self._state.clock.follow, steps(id), lambda: self._is_over(home, id)))
        return answer

    def _is_over(self, home: str, id: str) -> bool:  # noqa: A002
        run = self._state.store.get(home, id)
        return run is None or (run.get("status") == "ended" and "endedAt" in run and home == _RUN)

    async def _simulate(self, id: str) -> Steps:  # noqa: A002
        """Queued, running, ended: each item passes or fails, those that were cancelled stay so."""
        yield _QUEUED
        self._set_items(id, "queued", lambda: {"status": "running", "startedAt": self._state.timestamp()})
        self._state.store.patch(_RUN, id, {"status": "running", "startedAt": self._state.timestamp()})
        self._count(id)
        yield _SIMULATED
        self._set_items(id, "running", self._outcome)
        ended = {"status": "ended", "endedAt": self._state.timestamp(), "endedReason": "completed"}
        self._state.store.patch(_RUN, id, ended)
        self._count(id)

    async def _evaluate(self, id: str) -> Steps:  # noqa: A002
        started = self._state.timestamp()
        yield _SIMULATED
        run = self._state.store.get(_EVAL_RUN, id) or {}
        stored = self._state.store.get("/eval", run.get("evalId") or "") or run.get("eval") or {}
        now = self._state.timestamp()
        status = "pass" if self._next() else "fail"
        result = {"status": status, "messages": stored.get("messages") or [], "startedAt": started, "endedAt": now}
        ended = {"status": "ended", "endedReason": "mockConversation.done", "startedAt": started, "endedAt": now}
        self._state.store.patch(_EVAL_RUN, id, {**ended, "results": [result]})

    def _next(self) -> bool:
        return self._results.popleft() if self._results else True

    def _outcome(self) -> Json:
        passed = self._next()
        results = {"results": {"evaluations": [], "passed": passed}}
        if passed:
            return {"status": "passed", "completedAt": self._state.timestamp(), **results}
        return {"status": "failed", "failedAt": self._state.timestamp(), "failureReason": "as scripted", **results}

    def _set_items(self, id: str, status: str, changes: Callable[[], Json]) -> None:  # noqa: A002
        home = f"{_RUN}/{id}/item"
        for item in list(self._state.store.all(home)):
            if item["status"] == status:
                self._state.store.patch(home, item["id"], changes())

    def _count(self, id: str) -> None:  # noqa: A002
        items = list(self._state.store.all(f"{_RUN}/{id}/item"))
        states = [item["status"] for item in items]
        counts = {state: states.count(state) for state in ("passed", "failed", "running", "queued", "canceled")}
        self._state.store.patch(_RUN, id, {"itemCounts": {"total": len(items), **counts}})

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
