"""Texts with variables: Liquid, as the API has it, with a `date` that knows zones and "now".

What is not known stays as it stands, so that a test sees the variable that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from vapi_async._optional import load

if TYPE_CHECKING:
    from collections.abc import Callable

_MARKS = ("{{", "{%")
_SECRET = re.compile(r"token|secret|password|api_?key|authorization|credential", re.IGNORECASE)
_REDACTED = "[REDACTED]"
_NOW = "now_instant"


def fill_variables(text: str, variables: Mapping[str, Any], now: datetime | None = None) -> str:
    """Return a text as its template renders with these variables; one that is no template stays as it is.

    Args:
        text: the template.
        variables: by name; what looks like a credential renders as "[REDACTED]".
        now: what the date "now" is.
    """
    if not any(mark in text for mark in _MARKS):
        return text
    library = load("liquid", "sandbox")
    try:
        rendered: str = _environment().from_string(text).render(**_redacted(variables), **{_NOW: now})
    except library.exceptions.LiquidError:
        return text
    return rendered


@cache
def _environment() -> Any:
    library = load("liquid", "sandbox")
    load("liquid.filter", "sandbox")
    environment = library.Environment(undefined=_undefined(library))
    environment.add_filter("date", _date_filter(library))
    return environment


def _undefined(library: Any) -> Any:
    class Left(library.Undefined):  # type: ignore[misc]
        """A variable that is not known: what is written for it is what stood there."""

        def __str__(self) -> str:
            source, at = self.token.source, self.token.start_index
            return str(source[source.rfind("{{", 0, at + 1) : source.find("}}", at) + 2])

        def __liquid__(self) -> Any:
            return None

    return Left


def _date_filter(library: Any) -> Callable[..., Any]:
    def date(value: Any, form: Any, zone: Any = "UTC", *, context: Any) -> Any:
        when = _instant(value, context.resolve(_NOW))
        if when is None:
            return value
        try:
            moved = when.astimezone(ZoneInfo(str(zone)))
        except (ZoneInfoNotFoundError, ValueError):
            moved = when
        return moved.strftime(str(form))

    filter_with_context: Callable[..., Any] = library.filter.with_context(date)
    return filter_with_context


def _instant(value: Any, now: datetime) -> datetime | None:
    if isinstance(value, datetime):
        return value
    if value in ("now", "today"):
        return now
    try:
        when = datetime.fromisoformat(str(value))
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=now.tzinfo)


def _redacted(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {
            key: _REDACTED if _SECRET.search(str(key)) and isinstance(member, str) else _redacted(member)
            for key, member in value.items()
        }
    return [_redacted(each) for each in value] if isinstance(value, list) else value
