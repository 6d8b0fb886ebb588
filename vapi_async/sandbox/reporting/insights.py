"""Insights: queries over the stored calls, run on demand.

The contract says of an answer only which insight it is of. What it found stands in `result` here: a row for each group
and date, with the result of each query and formula under its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, Refusal, not_found
from vapi_async.sandbox.rest.store import instant

from .figures import WEEK, figure, grouped
from .filters import passes
from .formulas import computed

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

_HOME = "/reporting/insight"
_AGO = re.compile(r"-(\d+)(m|h|d|w|M|y)")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "M": timedelta(days=30),
    "y": timedelta(days=365),
}
#: What has happened in a call, by the name of the event.
_EVENTS: Mapping[str, Callable[[Json], Any]] = {
    "call.queued": bool,
    "call.started": lambda call: call.get("startedAt"),
    "call.inProgress": lambda call: call.get("startedAt"),
    "call.ended": lambda call: call.get("endedAt"),
    "call.transferInitiated": lambda call: (call.get("artifact") or {}).get("transfers"),
    "call.transferCompleted": lambda call: (call.get("artifact") or {}).get("transfers"),
}


class Insights:
    """The insights of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that run insights, by operation."""
        handlers: dict[str, Handler] = {f"POST {_HOME}/{{id}}/run": self._run, f"POST {_HOME}/preview": self._preview}
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def rows(self, insight: Json, span: Json | None = None, assistant: str | None = None) -> list[Json]:
        """Return what an insight finds.

        Args:
            insight: the insight, stored or not.
            span: its time range, in place of its own.
            assistant: whose calls alone count.

        Raises:
            ValueError: a formula of it cannot be computed.
        """
        span = {**(insight.get("timeRange") or {}), **(span or {})}
        end = self._instant(span.get("end")) or self._state.clock.now()
        start = self._instant(span.get("start")) or end - WEEK
        calls = [
            call
            for call in self._state.store.all("/call")
            if start <= instant(call["createdAt"]) <= end and assistant in (None, call.get("assistantId"))
        ]
        keys = {insight["groupBy"]: insight["groupBy"]} if insight.get("groupBy") else {}
        groups = grouped(calls, keys, span.get("step"))
        if not keys and not span.get("step"):
            groups = {(): calls}
        return [dict(labels) | _results(insight, members) for labels, members in groups.items()]

    def _run(self, request: HttpRequest) -> HttpResponse:
        insight = self._state.store.get(_HOME, request.params["id"])
        if insight is None:
            raise not_found("insight", request.params["id"])
        body = request.body or {}
        return self._answer(insight, insight["id"], body.get("timeRangeOverride"), body.get("assistantId"))

    def _preview(self, request: HttpRequest) -> HttpResponse:
        return self._answer(request.body, self._state.new_id())

    def _answer(
        self, insight: Json, insight_id: str, span: Json | None = None, assistant: str | None = None
    ) -> HttpResponse:
        now = self._state.timestamp()
        try:
            result = self.rows(insight, span, assistant)
        except ValueError as error:
            raise Refusal(400, [str(error)]) from error
        record = {"id": self._state.new_id(), "orgId": self._state.org_id, "createdAt": now, "updatedAt": now}
        return HttpResponse(200, {**record, "insightId": insight_id, "result": result})

    def _instant(self, text: str | None) -> datetime | None:
        """Return the instant of a bound: an ISO date, "now", or so long ago as "-7d"."""
        if not text:
            return None
        now = self._state.clock.now()
        if text == "now":
            return now
        if ago := _AGO.fullmatch(text):
            return now - int(ago[1]) * _UNITS[ago[2]]
        return instant(text)


def _results(insight: Json, calls: list[Json]) -> Json:
    """Return the results of an insight's queries and formulas over some calls, by their names."""
    queries = insight["queries"]
    names = [query.get("name") or f"Query {number}" for number, query in enumerate(queries, 1)]
    results: Json = {name: _result(query, calls) for name, query in zip(names, queries, strict=True)}
    found = dict(results)
    for number, formula in enumerate(_formulas(insight), 1):
        found[formula.get("name") or f"Formula {number}"] = computed(formula["formula"], results)
    return found


def _formulas(insight: Json) -> Iterable[Json]:
    one = insight.get("formula")
    given = [one] if one else insight.get("formulas") or ()
    return [each for each in given if isinstance(each, dict) and each.get("formula")]


def _has_happened(event: str, call: Json) -> Any:
    happened = _EVENTS.get(event)
    return happened is not None and happened(call)


def _result(query: Json, calls: list[Json]) -> float:
    if query["table"] == "events":
        happened = sum(bool(_has_happened(query["on"], call)) for call in calls)
        return happened if query["operation"] == "count" else round(100 * happened / len(calls), 2) if calls else 0
    rows = [call for call in calls if all(passes(call, each) for each in query.get("filters") or ())]
    return figure(query["operation"], query["column"], rows)
