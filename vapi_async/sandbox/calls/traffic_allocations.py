"""Traffic allocations: which versions of an assistant take its calls, and how many of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, Refusal, not_found

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json

_HOME = "/traffic-allocations"
_ALL = 100


class TrafficAllocations:
    """The traffic allocations of one sandbox.

    Args:
        state: its state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that are more than stored objects, by operation."""
        handlers: dict[str, Handler] = {f"POST {_HOME}": self._create, f"GET {_HOME}/latest": self._latest_of}
        return {key: handler for key, handler in handlers.items() if key in self._state.contract.operations}

    def allotted(self, call: Json) -> Json:
        """Return a call with the version of its assistant that takes it; as it is where that is the latest."""
        id = call.get("assistantId")  # noqa: A001
        version = self._draw(id) if id and not call.get("assistantVersion") else None
        return call if version is None else {**call, "assistantVersion": version}

    def _draw(self, assistant_id: str) -> str | None:
        targets = (self._latest(assistant_id) or {}).get("targets") or ()
        at = self._state.chance() * _ALL if targets else 0.0
        for target in targets:
            at -= target["percentage"]
            if at < 0:
                return str(target["assistantVersion"])
        return None

    def _create(self, request: HttpRequest) -> HttpResponse:
        body = request.body
        id = body["assistantId"]  # noqa: A001
        if self._state.store.get("/assistant", id) is None:
            raise not_found("assistant", id)
        targets = body.get("targets") or []
        self._check(id, targets, body.get("allocationIntent"))
        self._refuse_stale(id, body.get("expectedCurrentAllocationId"))
        made = {
            "assistantId": id,
            "allocationIntent": "explicit" if targets else "follow-latest",
            "description": body.get("description"),
            "actorType": "api-key",
            "targets": [{**target, "position": position} for position, target in enumerate(targets)],
        }
        return HttpResponse(201, self._state.store.add(_HOME, made))

    def _check(self, id: str, targets: list[Json], intent: str | None) -> None:  # noqa: A002
        if bool(targets) != (intent == "explicit") and (intent or targets):
            raise Refusal(400, ["targets are given with allocationIntent explicit, and only with it"])
        if targets and sum(each["percentage"] for each in targets) != _ALL:
            raise Refusal(400, [f"the percentages of targets must sum to {_ALL}"])
        for each in targets:
            if self._state.store.version("/assistant", id, each["assistantVersion"]) is None:
                raise Refusal(400, f"Couldn't find assistant version {each['assistantVersion']} of {id}.")

    def _refuse_stale(self, id: str, expected: str | None) -> None:  # noqa: A002
        current = (self._latest(id) or {}).get("id")
        if expected is not None and expected != current:
            message = "The allocation has changed since."
            conflict = {"error": "stale_allocation", "message": message}
            raise Refusal(409, message, body=conflict | ({"currentAllocationId": current} if current else {}))

    def _latest_of(self, request: HttpRequest) -> HttpResponse:
        found = self._latest(request.query["assistantId"])
        return HttpResponse(200, {} if found is None else {"allocation": found})

    def _latest(self, assistant_id: str) -> Json | None:
        found = [each for each in self._state.store.all(_HOME) if each.get("assistantId") == assistant_id]
        return found[-1] if found else None
