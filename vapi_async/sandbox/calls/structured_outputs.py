"""What structured outputs and scorecards come to in a call that is over.

No model reads the conversation: a value is what a script says under the output's name or id. That of a regex is looked
for in the transcript, and any other is the least that its schema allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.comparators import compares
from vapi_async.sandbox.rest.store import instant

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json

_HOME = "/structured-output"
_SPEAKERS = {"bot": "AI", "user": "User"}
_EMPTY: Mapping[str, Any] = {"string": "", "number": 0, "integer": 0, "boolean": False, "array": [], "null": None}


class StructuredOutputs:
    """The structured outputs and scorecards of one sandbox's calls.

    Args:
        state: Its state.

    Attributes:
        scripted: what outputs come to from now on, by name or id.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self.scripted: Json = {}

    def of_call(self, call: Json, plan: Json, scripted: Mapping[str, Any]) -> Json:
        """Return the members that the artifact of a call gets.

        Args:
            call: The stored call, over.
            plan: The `artifactPlan` of its assistant.
            scripted: What the call's script says that outputs come to.
        """
        cards = dict(self._planned("/observability/scorecard", call, plan, "scorecard"))
        outputs = dict(self._planned(_HOME, call, plan, "structuredOutput"))
        measured = {metric["structuredOutputId"] for card in cards.values() for metric in card.get("metrics") or ()}
        outputs |= {each["id"]: each for each in self._stored(_HOME, measured)}
        found = self.evaluate(outputs, call, scripted)
        if cards:
            results = found.get("structuredOutputs", {})
            found["scorecards"] = {key: _score(card, results) for key, card in cards.items()}
        return found

    def evaluate(self, outputs: Mapping[str, Json], call: Json, scripted: Mapping[str, Any] | None = None) -> Json:
        """Return what outputs, by id, come to in a call: members of an artifact."""
        if not outputs:
            return {}
        said = {**self.scripted, **(scripted or {})}
        unmet = {key: why for key, each in outputs.items() if (why := _unmet(each, call))}
        results = {
            key: {"name": each["name"], "result": _result(key, each, call, said)}
            for key, each in outputs.items()
            if key not in unmet
        }
        found: Json = {"structuredOutputs": results, "structuredOutputsLastUpdatedAt": self._state.timestamp()}
        if unmet:
            skipped = {key: {"name": outputs[key]["name"], "unmetCondition": why} for key, why in unmet.items()}
            found["skippedStructuredOutputs"] = skipped
        return found

    def _planned(self, home: str, call: Json, plan: Json, noun: str) -> Iterator[tuple[str, Json]]:
        """Yield what a call is to have: named in its plan, given there, or stored for its assistant."""
        for each in self._stored(home, plan.get(f"{noun}Ids") or ()):
            yield each["id"], each
        for each in plan.get(f"{noun}s") or ():
            yield self._state.new_id(), each
        for each in self._state.store.all(home):
            if call.get("assistantId") in (each.get("assistantIds") or ()):
                yield each["id"], each

    def _stored(self, home: str, ids: Any) -> Iterator[Json]:
        return filter(None, (self._state.store.get(home, each) for each in ids))


def _result(id: str, output: Json, call: Json, said: Mapping[str, Any]) -> Any:  # noqa: A002
    for name in (id, output["name"]):
        if name in said:
            return said[name]
    if output.get("type") == "regex" and output.get("regex"):
        return _match(output, call)
    return _least(output.get("schema") or {})


def _match(output: Json, call: Json) -> Any:
    """Return what a regex finds in the transcript, as the type of the output has it."""
    try:
        found = re.search(output["regex"], _transcript(call))
    except re.error:  # refused where an output is stored; one of an inline assistant may be anything
        found = None
    if (output.get("schema") or {}).get("type") == "boolean":
        return found is not None
    return "" if found is None else found[found.re.groups and 1]


def _transcript(call: Json) -> str:
    spoken = (message for message in call.get("messages") or () if message["role"] in _SPEAKERS)
    return "".join(f"{_SPEAKERS[message['role']]}: {message['message']}\n" for message in spoken)


def _least(schema: Any) -> Any:
    """Return the least value of a JSON Schema, whose members may be anything."""
    if not isinstance(schema, Mapping):
        return ""
    if schema.get("enum"):
        return schema["enum"][0]
    if "default" in schema:
        return schema["default"]
    properties = schema.get("properties")
    if isinstance(properties, Mapping) or schema.get("type") == "object":
        return {name: _least(each) for name, each in dict(properties or {}).items()}
    return schema.get("minimum") or _EMPTY.get(str(schema.get("type")), "")


def _unmet(output: Json, call: Json) -> Json | None:
    """Return the first condition of an output that a call does not meet."""
    return next((each for each in output.get("conditions") or () if not _holds(each, call)), None)


def _holds(condition: Json, call: Json) -> bool:
    match condition["type"]:
        case "minMessages":
            said = [message for message in call.get("messages") or () if message["role"] in _SPEAKERS]
            return bool(len(said) >= condition["count"])
        case "minCallDuration":
            return bool(_duration(call) >= condition["seconds"])
        case "endedReason":
            return bool((call.get("endedReason") in condition["values"]) == (condition["operator"] == "oneOf"))
        case _:
            return True


def _duration(call: Json) -> float:
    if not call.get("startedAt") or not call.get("endedAt"):
        return 0.0
    return (instant(call["endedAt"]) - instant(call["startedAt"])).total_seconds()


def _score(card: Json, results: Json) -> Json:
    """Return what a scorecard comes to: for each metric the most points of a condition that holds."""
    points = {
        metric["structuredOutputId"]: _points(metric, results.get(metric["structuredOutputId"], {}).get("result"))
        for metric in card["metrics"]
    }
    most = sum(max((each["points"] for each in metric["conditions"]), default=0) for metric in card["metrics"])
    score = sum(points.values())
    normalized = round(100 * score / most, 2) if most else 0
    return {"name": card.get("name", ""), "score": score, "scoreNormalized": normalized, "metricPoints": points}


def _points(metric: Json, result: Any) -> float:
    met = (each["points"] for each in metric["conditions"] if compares(result, each["comparator"], each["value"]))
    return max(met, default=0)
