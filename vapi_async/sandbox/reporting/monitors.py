"""Monitors, and the issues that they find: looked for whenever somebody asks for issues.

Vapi looks at its intervals. Here nothing ticks in between, so a clock that is run until it is idle comes to rest.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.comparators import compares
from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, not_found
from vapi_async.sandbox.rest.store import instant

from .figures import iso

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

    from .insights import Insights

Json = dict[str, Any]

_MONITOR, _ISSUE = "/monitoring/monitor", "/monitoring/issue"
_DAY_OF_MINUTES = 1440


class Monitors:
    """The monitors of one sandbox.

    Args:
        state: its state.
        crud: stores them, and the issues.
        insights: what their triggers measure.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, insights: Insights) -> None:
        self._state = state
        self._crud = crud
        self._insights = insights

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations of issues, by operation."""
        handlers: dict[str, Handler] = {
            f"GET {_ISSUE}": self._read,
            f"GET {_ISSUE}/{{id}}": self._read,
            f"PATCH {_ISSUE}/{{id}}": self._change,
            f"POST {_ISSUE}/{{id}}/analyze": self._analyze,
        }
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def _read(self, request: HttpRequest) -> HttpResponse:
        for monitor in list(self._state.store.all(_MONITOR)):
            for trigger in monitor.get("triggers") or ():
                self._look(monitor, trigger)
        return self._stored(request)

    def _change(self, request: HttpRequest) -> HttpResponse:
        status, now = request.body.get("status"), self._state.timestamp()
        answer = self._stored(request)
        if status in ("acknowledged", "resolved"):
            changed = self._state.store.patch(_ISSUE, request.params["id"], {f"{status}At": now})
            return HttpResponse(answer.status, changed)
        return answer

    def _analyze(self, request: HttpRequest) -> HttpResponse:
        issue = self._state.store.get(_ISSUE, request.params["id"])
        if issue is None:
            raise not_found("issue", request.params["id"])
        summary = f"{issue['callsCount']} of {issue['totalCalls']} calls since {issue['evaluationStartAt']}."
        return HttpResponse(201, {"summary": summary})

    def _stored(self, request: HttpRequest) -> HttpResponse:
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        return answer

    def _look(self, monitor: Json, trigger: Json) -> None:
        """Store an issue if a trigger's insight is over its threshold now, or see the open one again."""
        insight = self._state.store.get("/reporting/insight", trigger["insightId"])
        if insight is None:
            return
        now = self._state.clock.now()
        start = now - timedelta(minutes=(trigger.get("interval") or {}).get("every") or _DAY_OF_MINUTES)
        try:
            measured = sum(self._measured(monitor, insight, {"start": iso(start), "end": iso(now)}))
        except ValueError:  # a formula that cannot be computed: running the insight says so
            return
        threshold = trigger["threshold"]
        if not compares(measured, threshold["comparator"], threshold["value"]):
            return
        opened = self._open_issue(trigger)
        seen = {"lastSeenAt": self._state.timestamp(), "callsCount": round(measured)}
        if opened is not None:
            self._state.store.patch(_ISSUE, opened["id"], seen)
            return
        calls = [call for call in self._state.store.all("/call") if start <= instant(call["createdAt"]) <= now]
        alerts = [
            {"credentialId": each, "timestamp": seen["lastSeenAt"], "status": "success"}
            for each in (trigger.get("alert") or {}).get("credentialIds") or ()
        ]
        found = {"monitorId": monitor["id"], "triggerId": trigger["id"], "status": "created", "alerts": alerts}
        found |= {"totalCalls": len(calls), "evaluationStartAt": iso(start), **seen}
        self._state.store.add(_ISSUE, found)

    def _measured(self, monitor: Json, insight: Json, span: Json) -> Iterator[float]:
        """Yield what a monitor's insight comes to for each of its targets, or over all calls."""
        targets = monitor.get("targets")
        for assistant in [each["id"] for each in targets] if isinstance(targets, list) else [None]:
            for row in self._insights.rows({**insight, "groupBy": None}, {**span, "step": None}, assistant):
                yield float(next((each for each in row.values() if each is not None), 0))

    def _open_issue(self, trigger: Json) -> Json | None:
        issues = (each for each in self._state.store.all(_ISSUE) if each["triggerId"] == trigger["id"])
        return next((each for each in issues if each["status"] != "resolved"), None)
