"""`POST /analytics`: each query answered under its name, with its operations over the stored calls and chats."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from .rest.http_values import HttpRequest, HttpResponse
from .rest.store import instant

if TYPE_CHECKING:
    from .rest.state import SandboxState

Json = dict[str, Any]

_WEEK = timedelta(days=7)
_FOLDS: Mapping[str, Callable[[list[float]], float]] = {
    "count": len,
    "sum": sum,
    "avg": lambda values: sum(values) / len(values) if values else 0,
    "min": lambda values: min(values, default=0),
    "max": lambda values: max(values, default=0),
    "history": sum,
}


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


_STEPS: Mapping[str, Callable[[datetime], datetime]] = {
    "second": lambda at: at.replace(microsecond=0),
    "minute": lambda at: at.replace(second=0, microsecond=0),
    "hour": lambda at: at.replace(minute=0, second=0, microsecond=0),
    "day": _midnight,
    "week": lambda at: _midnight(at) - timedelta(days=at.weekday()),
    "month": lambda at: _midnight(at).replace(day=1),
    "quarter": lambda at: _midnight(at).replace(day=1, month=(at.month - 1) // 3 * 3 + 1),
    "year": lambda at: _midnight(at).replace(day=1, month=1),
    "decade": lambda at: _midnight(at).replace(day=1, month=1, year=at.year // 10 * 10),
}


class Analytics:
    """The figures of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def answer(self, request: HttpRequest) -> HttpResponse:
        """Answer the operation."""
        return HttpResponse(200, [self._result(query) for query in request.body["queries"]])

    def _result(self, query: Json) -> Json:
        now = self._state.clock.now()
        asked = query.get("timeRange") or {}
        end = instant(asked["end"]) if asked.get("end") else now
        start = instant(asked["start"]) if asked.get("start") else end - _WEEK
        span = {"start": _iso(start), "end": _iso(end), "timezone": asked.get("timezone", "UTC")}
        if asked.get("step"):
            span["step"] = asked["step"]
        rows = [row for row in self._rows(query["table"]) if start <= instant(row["createdAt"]) <= end]
        return {"name": query["name"], "timeRange": span, "result": _groups(query, asked.get("step"), rows)}

    def _rows(self, table: str) -> Iterable[Json]:
        # What runs at one time is of calls as well: the table `subscription` has nothing else here.
        return self._state.store.all("/chat" if table == "chat" else "/call")


def _groups(query: Json, step: str | None, rows: list[Json]) -> list[Json]:
    keys = query.get("groupBy") or []
    names = query.get("groupByVariableValue") or []
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for row in rows:
        labels = [(key, _at(row, key)) for key in keys]
        labels += [(each["key"], _at(row, f"artifact.variableValues.{each['key']}")) for each in names]
        if step:
            labels.append(("date", _iso(_STEPS.get(step, _STEPS["decade"])(instant(row["createdAt"])))))
        groups.setdefault(tuple(labels), []).append(row)
    if not groups and not keys and not names and not step:
        groups[()] = []
    return [dict(labels) | _figures(query["operations"], members) for labels, members in groups.items()]


def _figures(operations: list[Json], rows: list[Json]) -> Json:
    return {
        each.get("alias") or each["operation"] + each["column"][:1].upper() + each["column"][1:]: _figure(each, rows)
        for each in operations
    }


def _figure(operation: Json, rows: list[Json]) -> float:
    column = operation["column"]
    if column == "concurrency":
        return _most_at_once(rows)
    values = [value for row in rows if (value := _value(row, column)) is not None]
    if operation["operation"] == "count":
        return len(values)
    return round(_FOLDS[operation["operation"]]([float(value) for value in values if _is_number(value)]), 6)


def _value(row: Json, column: str) -> Any:
    if column in ("duration", "minutesUsed"):
        if not row.get("startedAt") or not row.get("endedAt"):
            return None
        seconds = (instant(row["endedAt"]) - instant(row["startedAt"])).total_seconds()
        return seconds if column == "duration" else seconds / 60
    return _at(row, column)


def _most_at_once(rows: list[Json]) -> int:
    """Return how many calls were under way at one time, at most."""
    changes = [(instant(row["startedAt"]), 1) for row in rows if row.get("startedAt")]
    changes += [(instant(row["endedAt"]), -1) for row in rows if row.get("startedAt") and row.get("endedAt")]
    most = running = 0
    # Who ends at the instant at which another starts has made room for it: -1 sorts before 1.
    for _, change in sorted(changes):
        running += change
        most = max(most, running)
    return most


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _at(row: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(row, dict):
            return None
        row = row.get(name)
    return row


def _iso(when: datetime) -> str:
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
