"""`Conversation`: what was said in a call, in the forms the API gives it.

The contract has three: `messages` with times (roles user, bot, system, tool_calls, tool_call_result), the same as
`messagesOpenAIFormatted`, and a `transcript`.
"""

from __future__ import annotations

import json
from bisect import insort
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.clock import milliseconds

if TYPE_CHECKING:
    from datetime import datetime

Message = dict[str, Any]


class Conversation:
    """The messages of a call.

    Args:
        started: When the conversation began; `secondsFromStart` counts from there.
    """

    def __init__(self, started: datetime) -> None:
        self.started = started
        self.messages: list[Message] = []
        # By identity: what the model is not shown any more, and what was there when the assistant took over.
        self._hidden: set[int] = set()
        self._earlier: set[int] = set()

    def system(self, text: str, at: datetime) -> None:
        """Add what the model is told."""
        self._add("system", at, message=text)

    def said(self, role: str, text: str, at: datetime, seconds: float, **more: Any) -> None:
        """Add what "user" or "assistant" says from an instant on for some seconds."""
        end = milliseconds(at) + round(seconds * 1000)
        api_role = "bot" if role == "assistant" else "user"
        self._add(api_role, at, message=text, endTime=end, duration=round(seconds * 1000), **more)

    def tool_calls(self, calls: Sequence[Mapping[str, Any]], at: datetime) -> None:
        """Add that the assistant calls tools: `ToolCall`s of the contract."""
        self._add("tool_calls", at, message="", toolCalls=list(calls))

    def tool_result(
        self, call: Mapping[str, Any], result: str, at: datetime, metadata: Mapping[str, Any] | None = None
    ) -> None:
        """Add what a tool call brought."""
        more = {"metadata": metadata} if metadata else {}
        name = call["function"]["name"]
        self._add("tool_call_result", at, toolCallId=call["id"], name=name, result=result, **more)

    def openai(self) -> list[Message]:
        """Return what the model is shown of the conversation, in OpenAI's form."""
        return [_openai(message) for message in self._shown()]

    def hand_over(self, plan: Mapping[str, Any]) -> None:
        """Let the next assistant's model be shown only what a `contextEngineeringPlan` leaves of the conversation."""
        shown = self._shown()
        kept = {id(message) for message in self._left(shown, plan)}
        self._hidden |= {id(message) for message in shown} - kept
        self._earlier = {id(message) for message in self.messages}

    def _shown(self) -> list[Message]:
        return [message for message in self.messages if id(message) not in self._hidden]

    def _left(self, shown: list[Message], plan: Mapping[str, Any]) -> list[Message]:
        spoken = [message for message in shown if message["role"] in ("user", "bot")]
        match plan.get("type"):
            case "none":
                return []
            case "lastNMessages":
                number = int(plan["maxMessages"])
                return shown[-number:] if number else []
            case "userAndAssistantMessages":
                return spoken
            case "previousAssistantMessages":
                return [message for message in spoken if id(message) not in self._earlier]
            case _:
                return shown

    def transcript(self, assistant: str = "AI", user: str = "User") -> str:
        """Return what was said, one line for each turn, by who said it."""
        names = {"bot": assistant, "user": user}
        lines = (f"{names[m['role']]}: {m['message']}\n" for m in self.messages if m["role"] in names)
        return "".join(lines)

    def characters(self, role: str) -> int:
        """Return how much a role ("bot", "user") said."""
        return sum(len(message["message"]) for message in self.messages if message["role"] == role)

    def _add(self, role: str, at: datetime, **more: Any) -> None:
        start = round((at - self.started).total_seconds(), 3)
        message = {"role": role, "time": milliseconds(at), "secondsFromStart": start, **more}
        # Whoever speaks longest is noted last, but comes where they began.
        insort(self.messages, message, key=itemgetter("time"))


def _openai(message: Message) -> Message:
    match message["role"]:
        case "tool_calls":
            return {"role": "assistant", "content": None, "tool_calls": message["toolCalls"]}
        case "tool_call_result":
            return {"role": "tool", "content": message["result"], "tool_call_id": message["toolCallId"]}
        case role:
            return {"role": {"bot": "assistant"}.get(role, role), "content": message["message"]}


def result_text(value: Any) -> str:
    """Return a tool's result as the model reads it: texts as they are, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
