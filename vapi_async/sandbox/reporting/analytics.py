"""`POST /analytics`: each query answered under its name, with its operations over the stored calls and chats."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse
from vapi_async.sandbox.rest.store import instant

from .figures import WEEK, figure, grouped, iso

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

_KEY = "POST /analytics"


class Analytics:
    """The figures of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operation."""
        return {_KEY: self._answer} if _KEY in self._state.contract.operations else {}

    def _answer(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse(200, [self._result(query) for query in request.body["queries"]])

    def _result(self, query: Json) -> Json:
        asked = query.get("timeRange") or {}
        end = instant(asked["end"]) if asked.get("end") else self._state.clock.now()
        start = instant(asked["start"]) if asked.get("start") else end - WEEK
        span = {"start": iso(start), "end": iso(end), "timezone": asked.get("timezone", "UTC")}
        if asked.get("step"):
            span["step"] = asked["step"]
        rows = [row for row in self._rows(query["table"]) if start <= instant(row["createdAt"]) <= end]
        return {"name": query["name"], "timeRange": span, "result": _groups(query, asked.get("step"), rows)}

    def _rows(self, table: str) -> Iterable[Json]:
        # What runs at one time is of calls as well: the table `subscription` has nothing else here.
        return self._state.store.all("/chat" if table == "chat" else "/call")


def _groups(query: Json, step: str | None, rows: list[Json]) -> list[Json]:
    keys = {key: key for key in query.get("groupBy") or ()}
    keys |= {each["key"]: f"artifact.variableValues.{each['key']}" for each in query.get("groupByVariableValue") or ()}
    groups = grouped(rows, keys, step)
    if not groups and not keys and not step:
        groups[()] = []
    return [dict(labels) | _figures(query["operations"], members) for labels, members in groups.items()]


def _figures(operations: list[Json], rows: list[Json]) -> Json:
    return {
        each.get("alias") or each["operation"] + each["column"][:1].upper() + each["column"][1:]: figure(
            each["operation"], each["column"], rows
        )
        for each in operations
    }
