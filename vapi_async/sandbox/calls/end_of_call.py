"""The end of a call: what is then filled in, and the end-of-call-report."""

from __future__ import annotations

from datetime import timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from .costs import bill
from .server_messages import spoken

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.contract import Contract

    from .call_resources import Json
    from .recordings import Recordings
    from .running_call import Line
    from .server_messages import ServerMessages

_LIFETIME = timedelta(hours=1)
#: What earlier contracts have in the place of an `endedReason`.
_EARLIER = {
    "call-deleted": "manually-canceled",
    "scheduled-call-deleted": "manually-canceled",
    "call.in-progress.error-vapifault-worker-died": "unknown-error",
    "assistant-ended-call-after-message-spoken": "assistant-ended-call",
    "call.start.error-subscription-concurrency-limit-reached": "unknown-error",
}


async def end(line: Line, reason: str, messages: ServerMessages, recordings: Recordings) -> None:
    """End a call: nothing if it is over.

    Args:
        line: The call.
        reason: Its `endedReason`.
        messages: What tells the server.
        recordings: What gives the artifact its links.
    """
    if line.ended:
        return
    line.hang_up()
    reason = _of_contract(line.state.contract, reason)
    now = line.state.clock.now()
    seconds = (now - line.started).total_seconds() if line.started else 0.0
    line.update(status="ended", endedReason=reason, endedAt=line.state.timestamp())
    if line.started is not None:
        line.update(**_outcome(line, seconds, recordings))
    await messages.tell(line, "status-update", status="ended", endedReason=reason)
    await messages.tell(line, "end-of-call-report", **_report(line, reason, seconds))


def check_reason(contract: Contract, reason: str) -> None:
    """Look whether a contract has an `endedReason`, by this name or that of earlier ones.

    Raises:
        ValueError: it has not; names those that are nearest.
    """
    known = _known_reasons(contract)
    if not known or _of_contract(contract, reason) in known:
        return
    near = get_close_matches(str(reason), known, n=3)
    hint = f"; did you mean {' or '.join(map(repr, near))}?" if near else ": see `Call.endedReason` of the contract"
    raise ValueError(f"script: the contract has no ended_reason {reason!r}{hint}")


def _known_reasons(contract: Contract) -> list[str]:
    field = contract.schemas.get("Call", {}).get("properties", {}).get("endedReason", {})
    return list(field.get("enum", ()))


def _of_contract(contract: Contract, reason: str) -> str:
    known = _known_reasons(contract)
    return reason if not known or reason in known else _EARLIER.get(reason, reason)


def _outcome(line: Line, seconds: float, recordings: Recordings) -> Json:
    """The fields of a call that are there only when it is over."""
    said = line.conversation
    provider = (line.call.get("transport") or {}).get("provider", "twilio")
    return {
        "messages": list(said.messages),
        "transcript": said.transcript(),
        "analysis": dict(line.script.analysis or _analysis(line)),
        "artifact": _artifact(line, recordings),
        **bill(seconds, said.characters("user"), said.characters("bot"), provider, line.agent.settings),
    }


def _analysis(line: Line) -> Json:
    turns = sum(message["role"] in ("user", "bot") for message in line.conversation.messages)
    return {"summary": f"A conversation of {turns} turns.", "successEvaluation": "true"}


def _artifact(line: Line, recordings: Recordings) -> Json:
    artifact: Json = {**spoken(line), **recordings.links(line.id), "assistantActivations": line.activations}
    if line.agent.variables:
        artifact["variableValues"] = line.agent.variables
    destination = line.call.get("destination")
    if destination is not None:
        mode = (destination.get("transferPlan") or {}).get("mode", "blind-transfer")
        artifact["transfers"] = [{"destination": destination, "mode": mode, "status": "connected"}]
    return artifact | recordings.presigned(line.id, line.state.clock.now() + _LIFETIME)


def _report(line: Line, reason: str, seconds: float) -> Json:
    """The fields of the report; the durations are sent, though the contract does not know them."""
    call = line.call
    report: dict[str, Any] = {"endedReason": reason, "artifact": spoken(line), "analysis": {}}
    report |= {
        "durationMs": round(seconds * 1000),
        "durationSeconds": round(seconds, 3),
        "durationMinutes": round(seconds / 60, 4),
    }
    keys = ("artifact", "analysis", "cost", "costs", "costBreakdown", "startedAt", "endedAt", "destination")
    return report | {key: call[key] for key in keys if key in call}
