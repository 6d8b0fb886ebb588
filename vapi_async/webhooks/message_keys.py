"""Deduplication keys: deliveries that come twice are recognised by their content, since Vapi gives a delivery no id.

The key of a message is its type, the id of what it is about (call, chat or session) and a digest of its other fields.
Fields that come with every message (call, assistant, customer …) are left out: their presigned links differ from one
delivery to the next. The timestamp is in, since the same can happen twice in a call. Without a timestamp, or without an
id of what it is about, a message is never taken for a duplicate, with these exceptions:

- end-of-call-report and assistant-request, of which a call has one each, need no timestamp;
- tool-calls whose calls all have ids need neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import blake2b
from typing import Any, Final

from .message_types import ASSISTANT_REQUEST, TOOL_CALLS
from .tools.invocations import tool_call_items

_SUBJECTS: Final = ("call", "chat", "session")
_CONTEXT_FIELDS: Final = frozenset(
    ("type", "call", "chat", "artifact", "assistant", "assistantVersion", "customer", "phoneNumber")
)
_encode: Final = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
_ONCE_PER_SUBJECT: Final = frozenset(("end-of-call-report", ASSISTANT_REQUEST))


def deduplication_key(type_: str, message: Mapping[str, Any]) -> str | None:
    """Return the key that two deliveries of one message have in common; None if duplicates cannot be recognised.

    Args:
        type_: the type of the message.
        message: the message, as JSON values.
    """
    subject = _subject_id(message)
    if type_ == TOOL_CALLS:
        calls = tool_call_items(message)
        if _all_have_ids(calls):
            return _digest(type_, subject or "", calls)
    if subject is None:
        return None
    if type_ in _ONCE_PER_SUBJECT:
        return f"{type_}:{subject}"
    if message.get("timestamp") is None:
        return None
    return _digest(type_, subject, {key: value for key, value in message.items() if key not in _CONTEXT_FIELDS})


def _subject_id(message: Mapping[str, Any]) -> str | None:
    for name in _SUBJECTS:
        found = message.get(name)
        identifier = found.get("id") if isinstance(found, dict) else None
        if isinstance(identifier, str):
            return identifier
    return None


def _all_have_ids(calls: Any) -> bool:
    return isinstance(calls, list) and bool(calls) and all(map(_has_id, calls))


def _has_id(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    call = item.get("toolCall")  # within toolWithToolCallList
    return isinstance(item.get("id"), str) or (isinstance(call, dict) and isinstance(call.get("id"), str))


def _digest(type_: str, subject: str, content: Any) -> str | None:
    try:
        text = _encode(content)
    except RecursionError:  # nested deeper than the interpreter follows: handled each time, rather than refused
        return None
    return f"{type_}:{subject}:{blake2b(text.encode(), digest_size=16).hexdigest()}"
