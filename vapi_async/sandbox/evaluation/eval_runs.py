"""Runs of evals: a conversation that is written down, in which what the assistant says is judged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Steps
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

    from .outcomes import Outcome, Outcomes

Json = dict[str, Any]

_HOME = "/eval/run"
_SECONDS = 30.0


class EvalRuns:
    """The eval runs of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        outcomes: what they come to.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, outcomes: Outcomes) -> None:
        self._state = state
        self._crud = crud
        self._outcomes = outcomes

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operation that begins a run, by operation."""
        key = f"POST {_HOME}"
        return {key: self._create} if key in self._state.contract.operations else {}

    def _create(self, request: HttpRequest) -> HttpResponse:
        request.body |= {"status": "running", "startedAt": self._state.timestamp()}
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        id = json.loads(answer.body)["id"]  # noqa: A001
        self._begin(id)
        return answer

    def resume(self) -> None:
        """Go on with the stored runs that have not ended."""
        for run in list(self._state.store.all(_HOME)):
            if run.get("status") != "ended":
                self._begin(run["id"])

    def _begin(self, id: str) -> None:  # noqa: A002
        self._state.clock.after(0, partial(self._state.clock.follow, self._run(id), lambda: self._is_gone(id)))

    def _is_gone(self, id: str) -> bool:  # noqa: A002
        return self._state.store.get(_HOME, id) is None

    async def _run(self, id: str) -> Steps:  # noqa: A002
        yield _SECONDS
        run = self._state.store.get(_HOME, id) or {}
        stored = self._state.store.get("/eval", run.get("evalId") or "") or run.get("eval") or {}
        now = self._state.timestamp()
        passed, messages = _judged(stored.get("messages") or (), self._outcomes.next())
        result = {"messages": messages, "startedAt": run.get("startedAt", now), "endedAt": now}
        result["status"] = "pass" if passed else "fail"
        ended = {"status": "ended", "endedReason": "mockConversation.done", "endedAt": now, "results": [result]}
        self._state.store.patch(_HOME, id, ended)


def _judged(messages: Iterable[Json], outcome: Outcome) -> tuple[bool, list[Json]]:
    """Return whether an eval passes, and its conversation with what each judge says.

    Args:
        messages: those of the eval.
        outcome: whether it passes; or what the assistant says, in order, which its judges judge.
    """
    texts = None if isinstance(outcome, bool) else iter(outcome)
    found: list[Json] = []
    for message in messages:
        plan = message.get("judgePlan")
        if plan is None or message["role"] != "assistant":
            found.append(message)
            continue
        said = str(plan.get("content") or "") if texts is None else next(texts, "")
        failure = _failure(plan, said) if texts is not None else None if outcome else "as scripted"
        verdict = {"status": "pass"} if failure is None else {"status": "fail", "failureReason": failure}
        found.append({"role": "assistant", "content": said, "judge": verdict})
    passed = all(each.get("judge", {}).get("status", "pass") == "pass" for each in found)
    return passed and outcome is not False, found


def _failure(plan: Json, said: str) -> str | None:
    """Return why a judge is not content with what the assistant said; one that is a model always is."""
    wanted = str(plan.get("content") or "")
    match plan["type"]:
        case "exact" if said.casefold() != wanted.casefold():
            return f"Expected exactly: {wanted!r}, got: {said!r}"
        case "regex" if not _matches(wanted, said):
            return f"Expected a match of: {wanted!r}, got: {said!r}"
        case _:
            return None


def _matches(regex: str, said: str) -> bool:
    try:
        return re.search(regex, said) is not None
    except re.error:
        return False
