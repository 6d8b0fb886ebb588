"""The text of errors: what happened, to which method and path, what the API said, the request id and the attempts."""

from __future__ import annotations

import re
from typing import Any

_LONGEST = 300
_READ = 10_000
_INVISIBLE = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


def of_status(status: int, said: str) -> str:
    """Return what happened, for an answer with a status other than 2xx."""
    from http import HTTPStatus

    try:
        phrase = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        phrase = str(status)
    return f"{phrase}: {said}" if said else phrase


def ending(attempts: int, request_id: str | None, *notes: str) -> str:
    """Return the facts in brackets that end the text of an error."""
    facts = [f"request {request_id}"] if request_id else []
    facts.append("1 attempt" if attempts == 1 else f"{attempts} attempts" if attempts else "not sent")
    facts.extend(note for note in notes if note)
    return f" [{', '.join(facts)}]"


def decoded(content: bytes) -> Any:
    """Return the body of an error: decoded JSON, else text, None if it is empty."""
    from vapi_async._modeling.json_codec import loads

    try:
        return loads(content)
    except ValueError:
        return content.decode("utf-8", "replace")


def message_in(body: Any) -> str:
    """Return what the API says in the body of an error, in one line; "" if it says nothing.

    The usual shapes are `{message: str | [str]}` and `{error: str | {message, code}}`. Of HTML, which comes from
    proxies, the first line that is to be seen counts.
    """
    try:
        return _cut(_line_of(body))
    except RecursionError:
        return ""


def _line_of(body: Any) -> str:
    if isinstance(body, dict):
        messages = (_text_of(body.get(key)) for key in ("message", "error", "detail", "errors"))
        return next((message for message in messages if message), "") or _json(body)
    if isinstance(body, str):
        return _first_line(body[:_READ])
    return "" if body is None else _json(body)


def _text_of(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "; ".join(_text_of(member) or _json(member) for member in value)
    if isinstance(value, dict):
        return _text_of(value.get("message")) or _text_of(value.get("code")) or (_json(value) if value else "")
    return ""


def _first_line(text: str) -> str:
    visible = _INVISIBLE.sub("\n", text) if text.lstrip().startswith("<") else text
    return next((line.strip() for line in visible.splitlines() if line.strip()), "")


def _json(value: Any) -> str:
    import json

    return json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    line = "".join(character if character.isprintable() else "\ufffd" for character in line[: _LONGEST + 1])
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
