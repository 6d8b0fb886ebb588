"""What is typed for a parameter, and what is made of it."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from vapi_async import Window

    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # which takes no type arguments before click 8.5

_SPAN = re.compile(r"(\d+(?:\.\d+)?)([smhdw])")
_BEGINNINGS = ("@", "{", "[", '"')
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Json(ParamType):
    """JSON, or `@FILE` with JSON in it, `@-` for the standard input.

    Args:
        or_text: whether what does not begin as JSON does stands for itself.
    """

    name = "json"

    def __init__(self, *, or_text: bool = False) -> None:
        self._or_text = or_text

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str):
            return value
        text = self._content(value, param, ctx)
        try:
            return json.loads(text)
        except ValueError as error:
            if self._or_text and not value.startswith(_BEGINNINGS):
                return value
            self.fail(f"this is no JSON ({error}): give JSON, or @FILE with JSON in it", param, ctx)

    def _content(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if not value.startswith("@"):
            return value
        if value == "@-":
            return sys.stdin.read()
        try:
            return Path(value[1:]).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self.fail(f"{value[1:]} cannot be read: {error}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        if not incomplete.startswith("@"):
            return []
        folder, _, _ = incomplete[1:].rpartition("/")
        found = sorted(Path(folder or ".").glob("*"))
        names = [f"@{folder}/{path.name}" if folder else f"@{path.name}" for path in found]
        return [CompletionItem(name) for name in names if name.startswith(incomplete)]


class OneOf(ParamType):
    """A text, most probably one of these.

    Args:
        values: the values that the contract knows.
    """

    name = "text"

    def __init__(self, values: Sequence[str]) -> None:
        self.values = values

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        return "|".join(self.values) if sum(map(len, self.values)) < 40 else None

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        return [CompletionItem(value) for value in self.values if value.startswith(incomplete)]


class Moment(ParamType):
    """A date, a time, or a span that is counted back from now: `7d`, `12h`, `2026-01-31`, `2026-01-31T09:00+01:00`.

    Without an offset it is this machine's time. A span stays one, a `timedelta`.

    Args:
        spans: whether a span will do.
    """

    name = "time"

    def __init__(self, *, spans: bool = True) -> None:
        self._spans = spans

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime | timedelta:
        if isinstance(value, datetime | timedelta):
            return value
        if self._spans and (found := _SPAN.fullmatch(value)):
            return timedelta(**{_UNITS[found[2]]: float(found[1])})
        try:
            return datetime.fromisoformat(value).astimezone()
        except (ValueError, OverflowError, OSError):  # Windows has no local time before 1970
            span = "a span such as 7d or 12h, " if self._spans else ""
            self.fail(f"{value!r} is no time: give {span}2026-01-31 or 2026-01-31T09:00+01:00", param, ctx)


def window(start: datetime | timedelta | None, end: datetime | timedelta | None) -> Window | None:
    """Return the window between two moments, either of which may be a span before now, or missing."""
    from vapi_async import before, between, since

    if start is None and end is None:
        return None
    if end is None:
        # A span stays a span, so that a walk may be resumed by the same words.
        return since(seconds=start.total_seconds()) if isinstance(start, timedelta) else since(start)
    if start is None:
        return before(_moment(end))
    return between(_moment(start), _moment(end))


def _moment(value: datetime | timedelta) -> datetime:
    return datetime.now().astimezone() - value if isinstance(value, timedelta) else value
