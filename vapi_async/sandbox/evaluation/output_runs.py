"""`POST /structured-output/run`: structured outputs over calls that are stored, or a preview of one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse, Refusal, not_found

if TYPE_CHECKING:
    from vapi_async.sandbox.calls.structured_outputs import StructuredOutputs
    from vapi_async.sandbox.rest.state import SandboxState

Json = dict[str, Any]

_KEY = "POST /structured-output/run"
_SECONDS = 5.0


class OutputRuns:
    """The runs of structured outputs of one sandbox.

    Args:
        state: its state.
        outputs: what they come to.
    """

    def __init__(self, state: SandboxState, outputs: StructuredOutputs) -> None:
        self._state = state
        self._outputs = outputs

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operation."""
        return {_KEY: self._run} if _KEY in self._state.contract.operations else {}

    def _run(self, request: HttpRequest) -> HttpResponse:
        outputs = self._asked(request.body)
        calls = [self._call(each) for each in request.body["callIds"]]
        if request.body.get("previewEnabled"):
            return HttpResponse(200, self._preview(outputs, calls[0]))
        # Vapi does it in the background: whoever asks for the calls at once finds them as they were.
        self._state.clock.after(_SECONDS, partial(self._store, outputs, request.body["callIds"]))
        message = f"Structured outputs of {len(calls)} calls are run."
        return HttpResponse(200, {"workflowId": self._state.new_id(), "message": message})

    def _asked(self, body: Json) -> dict[str, Json]:
        if body.get("structuredOutput"):
            return {self._state.new_id(): body["structuredOutput"]}
        id = body["structuredOutputId"]  # noqa: A001
        stored = self._state.store.get("/structured-output", id)
        if stored is None:
            raise not_found("structured output", id)
        return {id: stored}

    def _call(self, id: str) -> Json:  # noqa: A002
        stored = self._state.store.get("/call", id)
        if stored is None:
            raise Refusal(400, f"Couldn't find call {id}.")
        return stored

    def _preview(self, outputs: dict[str, Json], call: Json) -> Json:
        found = self._outputs.evaluate(outputs, call)
        skipped = found.get("skippedStructuredOutputs")
        return {**found["structuredOutputs"], **({"skipped": skipped} if skipped else {})}

    async def _store(self, outputs: dict[str, Json], ids: list[str]) -> None:
        for id in ids:  # noqa: A001
            call = self._state.store.get("/call", id)
            if call is not None:
                self._add(call, self._outputs.evaluate(outputs, call))

    def _add(self, call: Json, found: Json) -> None:
        artifact = call.get("artifact") or {}
        both = {
            key: {**(artifact.get(key) or {}), **value} if isinstance(value, dict) else value
            for key, value in found.items()
        }
        self._state.store.patch("/call", call["id"], {"artifact": {**artifact, **both}})
