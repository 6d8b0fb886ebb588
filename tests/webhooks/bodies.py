"""Deliveries to test with."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

_numbers = count(1)


def body(kind: str, **fields: Any) -> bytes:
    """Return the body of a delivery about a call of its own, with a timestamp of its own."""
    number = next(_numbers)
    message = {"type": kind, "timestamp": 1_770_000_000_000 + number, "call": {"id": f"call-{number}"}, **fields}
    return json.dumps({"message": message}).encode()


def tool_calls(*calls: tuple[str, str, Any], **fields: Any) -> bytes:
    """Return the body of a delivery that asks for tools: each call is an id, a name and arguments."""
    listed = [
        {"id": id_, "type": "function", "function": {"name": name, "arguments": json.dumps(arguments)}}
        for id_, name, arguments in calls
    ]
    return body("tool-calls", toolCallList=listed, toolWithToolCallList=[], **fields)
