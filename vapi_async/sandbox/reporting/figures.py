"""Figures over stored calls and chats: what a column is of one of them, and what an operation makes of many."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from vapi_async.sandbox.rest.store import instant

Json = dict[str, Any]

#: What a window spans where nobody says it.
WEEK = timedelta(days=7)
_PATHS: Mapping[str, str] = {
    "customerNumber": "customer.number",
    "forwardedPhoneNumber": "destination.number",
    **{
        f"average{part}Latency": f"artifact.performanceMetrics.{part.lower()}LatencyAverage"
        for part in ("Model", "Voice", "Transcriber", "Turn", "Endpointing")
    },
}
_OUTPUT = "artifact.structuredOutputs["


def _average(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0


_FOLDS: Mapping[str, Callable[[list[float]], float]] = {
    "count": len,
    "sum": sum,
    "avg": _average,
    "average": _average,
    "min": lambda values: min(values, default=0),
    "max": lambda values: max(values, default=0),
    "history": sum,
}


def _midnight(at: datetime) -> datetime:
    return at.replace(hour=0, minute=0, second=0, microsecond=0)


#: The name of a step -> the beginning of the one that an instant is in.
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


def figure(operation: str, column: str, rows: list[Json]) -> float:
    """Return what an operation makes of a column of calls or chats."""
    if column == "concurrency":
        return _most_at_once(rows)
    values = [found for row in rows if (found := value(row, column)) is not None]
    if operation == "count":
        return len(values)
    return round(_FOLDS[operation]([float(each) for each in values if _is_number(each)]), 6)


def value(row: Json, column: str) -> Any:
    """Return what a column is of a call or chat, None if it has none."""
    if column in ("duration", "minutesUsed"):
        if not row.get("startedAt") or not row.get("endedAt"):
            return None
        seconds = (instant(row["endedAt"]) - instant(row["startedAt"])).total_seconds()
        return seconds if column == "duration" else seconds / 60
    if column.startswith(_OUTPUT):
        outputs = _at(row, "artifact.structuredOutputs") or {}
        return (outputs.get(column.removeprefix(_OUTPUT).removesuffix("]")) or {}).get("result")
    return _at(row, _PATHS.get(column, column))


def grouped(rows: Iterable[Json], keys: Mapping[str, str], step: str | None) -> dict[tuple[Any, ...], list[Json]]:
    """Return rows by their labels: pairs of a name and a value, the date first.

    Args:
        rows: calls or chats.
        keys: name -> column.
        step: of the date, such as "day"; None for no date.
    """
    groups: dict[tuple[Any, ...], list[Json]] = {}
    for row in rows:
        labels = [(name, value(row, column)) for name, column in keys.items()]
        if step:
            labels.insert(0, ("date", _date(step, instant(row["createdAt"]))))
        groups.setdefault(tuple((name, _label(each)) for name, each in labels), []).append(row)
    return groups


def iso(when: datetime) -> str:
    """Return an instant as the API writes it."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _date(step: str, at: datetime) -> str:
    begins = _STEPS[step](at)
    return iso(begins) if step in ("second", "minute", "hour") else begins.date().isoformat()


def _label(found: Any) -> Any:
    return json.dumps(found) if isinstance(found, dict | list) else found


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
