"""The board that every organisation has: it is there without being made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

_HOME = "/reporting/board"
_KEY = f"GET {_HOME}/default/metrics-overview"
_OVERVIEW = {"systemKey": "metrics-overview", "name": "Metrics Overview", "layout": {"columns": 6}, "items": []}


class Boards:
    """The boards of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operation."""
        return {_KEY: self._overview} if _KEY in self._state.contract.operations else {}

    def _overview(self, request: HttpRequest) -> HttpResponse:
        boards = (each for each in self._state.store.all(_HOME) if each.get("systemKey") == _OVERVIEW["systemKey"])
        return HttpResponse(200, next(boards, None) or self._state.store.add(_HOME, _OVERVIEW))
