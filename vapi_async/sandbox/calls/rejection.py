"""Rejection plans: conditions on what was said, all of which keep a tool from being called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from .templates import fill_variables

if TYPE_CHECKING:
    from .call_resources import Json
    from .running_call import RunningCall

_ROLES = {"user": "user", "assistant": "bot"}


def is_rejected(call: RunningCall, tool: Json) -> bool:
    """Return whether the `rejectionPlan` of a tool keeps it from being called now."""
    conditions = (tool.get("rejectionPlan") or {}).get("conditions") or ()
    return bool(conditions) and all(_holds(call, each) for each in conditions)


def _holds(call: RunningCall, condition: Json) -> bool:
    match condition.get("type"):
        case "group":
            decide = any if condition.get("operator") == "OR" else all
            return decide(_holds(call, each) for each in condition.get("conditions") or ())
        case "liquid":
            variables: dict[str, Any] = {**call.variables, "messages": call.conversation.openai()}
            text = fill_variables(condition.get("liquid") or "", variables, call.state.clock.now())
            return text.strip() == "true"
        case _:
            found = re.search(condition.get("regex") or "", _target(call, condition.get("target") or {}))
            return bool(found) != bool(condition.get("negate"))


def _target(call: RunningCall, target: Json) -> str:
    """Return the message that a regex looks at: the last of the user's unless another is named."""
    role = _ROLES.get(target.get("role", "user"), target.get("role"))
    said = [message["message"] for message in call.conversation.messages if message["role"] == role]
    position = int(target.get("position", -1))
    return str(said[position]) if -len(said) <= position < len(said) else ""
