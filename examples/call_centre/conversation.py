"""A conversation, as it is printed: what was said, and the tools that were used."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vapi_async.models import Call


def show(call: Call) -> None:
    """Print the conversation of a call that is over, and how it ended."""
    for message in call.messages or ():
        match message.role:
            case "bot" | "user":
                print(f"{message.role:<5} {message.message}")
            case "tool_calls":
                for used in message.tool_calls:
                    print(f"tool  {used['function']['name']} {used['function']['arguments']}")
    print(f"\nended: {call.ended_reason}")
