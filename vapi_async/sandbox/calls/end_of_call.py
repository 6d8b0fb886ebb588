"""The end of a call: what is then filled in, and the end-of-call-report."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from vapi_async._did_you_mean import did_you_mean

from .costs import bill
from .server_messages import spoken, transcript_of

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.contract import ApiContract

    from .call_resources import Json
    from .recordings import Recordings
    from .running_call import RunningCall
    from .server_messages import ServerMessages
    from .structured_outputs import StructuredOutputs

_LIFETIME = timedelta(hours=1)
#: What earlier contracts have in the place of an `endedReason`.
_EARLIER = {
    "call-deleted": "manually-canceled",
    "scheduled-call-deleted": "manually-canceled",
    "call.in-progress.error-vapifault-worker-died": "unknown-error",
    "assistant-ended-call-after-message-spoken": "assistant-ended-call",
    "call.start.error-subscription-concurrency-limit-reached": "unknown-error",
}


async def end(
    call: RunningCall, reason: str, messages: ServerMessages, recordings: Recordings, outputs: StructuredOutputs
) -> None:
    """End a call; without effect if it is over.

    Args:
        call: The call.
        reason: Its `endedReason`.
        messages: What tells the server.
        recordings: What gives the artifact its links.
        outputs: What its structured outputs come to.
    """
    if call.ended:
        return
    # First of all: what is told below may lead back here, and must find the call over.
    call.hang_up()
    reason = _of_contract(call.state.contract, reason)
    now = call.state.clock.now()
    seconds = (now - call.started).total_seconds() if call.started else 0.0
    call.update(status="ended", endedReason=reason, endedAt=call.state.timestamp())
    # A call that nobody answered has no transcript, no artifact and no cost.
    if call.started is not None:
        outcome = _outcome(call, seconds, recordings)
        plan = call.assistant.settings.get("artifactPlan") or {}
        outcome["artifact"] |= outputs.of_call(call.stored | outcome, plan, call.script.outputs or {})
        call.update(**outcome)
    await messages.send(call, "status-update", status="ended", endedReason=reason)
    await messages.send(call, "end-of-call-report", **_report(call, reason, seconds))
    if call.started is not None and (uploads := recordings.uploads(call.stored)):
        await messages.send(call, "call.artifact.upload", artifacts=uploads)


def check_reason(contract: ApiContract, reason: str) -> None:
    """Look whether a contract has an `endedReason`, by this name or that of earlier ones.

    Raises:
        ValueError: it has not; names those that are nearest.
    """
    known = _known_reasons(contract)
    if not known or _of_contract(contract, reason) in known:
        return
    hint = did_you_mean(str(reason), known, count=3, cutoff=0.6) or "see `Call.endedReason` of the contract"
    raise ValueError(f"script: the contract has no ended_reason {reason!r}: {hint}")


def _known_reasons(contract: ApiContract) -> list[str]:
    field = contract.schemas.get("Call", {}).get("properties", {}).get("endedReason", {})
    return list(field.get("enum", ()))


def _of_contract(contract: ApiContract, reason: str) -> str:
    known = _known_reasons(contract)
    return reason if not known or reason in known else _EARLIER.get(reason, reason)


def _outcome(call: RunningCall, seconds: float, recordings: Recordings) -> Json:
    """The fields of a call that are there only when it is over."""
    said = call.conversation
    provider = (call.stored.get("transport") or {}).get("provider", "twilio")
    return {
        "messages": list(said.messages),
        **transcript_of(call),
        "analysis": dict(call.script.analysis or _analysis(call)),
        "artifact": _artifact(call, recordings),
        **bill(seconds, said.characters("user"), said.characters("bot"), provider, call.assistant.settings),
    }


def _analysis(call: RunningCall) -> Json:
    made = {"summary": call.summary, "successEvaluation": "true"}
    plan = call.assistant.settings.get("analysisPlan") or {}
    return {key: value for key, value in made.items() if (plan.get(f"{key}Plan") or {}).get("enabled", True)}


def _artifact(call: RunningCall, recordings: Recordings) -> Json:
    artifact: Json = {**spoken(call), **recordings.links(call.stored), "assistantActivations": call.activations}
    if variables := {**call.assistant.variables, **call.extracted}:
        artifact["variableValues"] = variables
    if call.transfers:
        artifact["transfers"] = call.transfers
    return artifact | recordings.presigned(call.stored, call.state.clock.now() + _LIFETIME)


def _report(call: RunningCall, reason: str, seconds: float) -> Json:
    """The fields of the report; the durations are sent, though the contract does not know them."""
    stored = call.stored
    report: dict[str, Any] = {"endedReason": reason, "artifact": spoken(call), "analysis": {}}
    report |= {
        "durationMs": round(seconds * 1000),
        "durationSeconds": round(seconds, 3),
        "durationMinutes": round(seconds / 60, 4),
    }
    keys = ("artifact", "analysis", "cost", "costs", "costBreakdown", "startedAt", "endedAt", "destination")
    return report | {key: stored[key] for key in keys if key in stored}
