"""Values written as a table, JSON, JSON Lines or CSV.

Tables are for eyes: they have the fields that matter most, and no secrets. JSON has everything, as the API sent it.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Any

from vapi_async._modeling.display_order import FIRST, columns_of, pick
from vapi_async._modeling.representation import SECRET_FIELDS
from vapi_async._modeling.unset import UNSET

if TYPE_CHECKING:
    from .settings import Format

#: Which of them go first where a table would be wider than the terminal.
_SPARED = ("endedAt", "startedAt", "provider", "type", "cost", "endedReason", "name", "createdAt")
_GAP, _IN_A_PIPE = 3, 200  # columns of text: between two fields, and where nobody says how wide a line is
_LOOKED_AT = 100  # items that decide on the columns
_NUMBER = re.compile(r"[+-]?[\d.]+")
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f]+")


def plain(value: Any) -> Any:
    """Return a value of the API as JSON values."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def write_value(value: Any, form: Format) -> None:
    """Write one value to the standard output."""
    value = plain(value)
    if value is None or value is UNSET:
        return
    if form in ("json", "jsonl"):
        sys.stdout.write(_json(value, form) + "\n")
    elif isinstance(value, list):
        _write_whole(value, form, columns_of(value))
    elif form == "csv":
        _write_whole([value], form, columns_of([value]))
    else:
        _table(["field", "value"], [{"field": key, "value": _hidden(key, member)} for key, member in value.items()])


async def write_items(items: AsyncIterator[Any], form: Format, columns: Sequence[str] | None = None) -> int:
    """Write items to the standard output, as they come where the form allows that; return their number.

    Args:
        items: JSON values.
        form: of the output.
        columns: of a table or CSV; those that fit by default.
    """
    if form == "table":
        everything = [item async for item in items]
        _write_whole(everything, form, columns or columns_of(everything))
        return len(everything)
    return await _Writer(form, columns).write(items)


class _Writer:
    """Writes items one after the other.

    Args:
        form: "json", "jsonl" or "csv".
        columns: of CSV; those that fit the first items by default.
    """

    def __init__(self, form: Format, columns: Sequence[str] | None) -> None:
        self._form = form
        self._columns = columns
        self._count = 0

    async def write(self, items: AsyncIterator[Any]) -> int:
        first: list[Any] = []
        async for item in items:
            first.append(item)
            if self._form == "jsonl" or len(first) == _LOOKED_AT:
                self._flush(first)
        self._flush(first)
        if self._form == "json":
            sys.stdout.write("\n]\n" if self._count else "[]\n")
        return self._count

    def _flush(self, items: list[Any]) -> None:
        if self._form == "csv":
            begins, self._columns = self._columns is None or not self._count, self._columns or columns_of(items)
            write_csv(sys.stdout, items, self._columns, header=begins and bool(items))
        for item in items if self._form != "csv" else ():
            before = "" if self._form == "jsonl" else (",\n" if self._count else "[\n")
            sys.stdout.write(before + _json(item, "jsonl") + ("\n" if self._form == "jsonl" else ""))
            self._count += 1
        self._count += len(items) if self._form == "csv" else 0
        items.clear()
        sys.stdout.flush()


def write_csv(file: Any, items: Iterable[Any], columns: Sequence[str], *, header: bool) -> None:
    """Write items as CSV that no spreadsheet takes for formulas."""
    writer = csv.writer(file, lineterminator="\n")
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(pick(item, column)) for column in columns] for item in items)


def _write_whole(items: list[Any], form: Format, columns: Sequence[str]) -> None:
    if form == "csv":
        write_csv(sys.stdout, items, columns, header=True)
    else:
        _table(columns, [{column: _hidden(column, pick(item, column)) for column in columns} for item in items])


def _table(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else _IN_A_PIPE)
    shown = [{column: _shown(column, row[column]) for column in columns} for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    fitting = _fitting(columns, shown, console.width)
    for column in fitting:
        table.add_column(column, no_wrap=column == "id", overflow="fold")
    for row in shown:
        table.add_row(*[Text(row[column]) for column in fitting])
    console.print(table)


def _shown(column: str, value: Any) -> str:
    if column.endswith("At") and isinstance(value, str):
        with suppress(ValueError):
            return datetime.fromisoformat(value).astimezone().strftime("%Y-%m-%d %H:%M:%S")
    return _UNPRINTABLE.sub(" ", _text(value))


def _fitting(columns: Sequence[str], rows: Sequence[Mapping[str, str]], width: int) -> list[str]:
    """Return the columns of a table, without those that a terminal has no room for and that nobody asked for."""
    widths = {column: max(len(column), *(len(row[column]) for row in rows), 0) + _GAP for column in columns}
    for column in _SPARED if set(columns) <= set(FIRST) else ():
        if sum(widths.values()) > width:
            widths.pop(column, None)
    return list(widths)


def _hidden(column: str, value: Any) -> Any:
    return "***" if column.rpartition(".")[2] in SECRET_FIELDS and value is not None else value


def _cell(value: Any) -> str:
    text = _text(value)
    formula = text.startswith(("=", "+", "-", "@", "\t", "\r")) and not _NUMBER.fullmatch(text)
    return f"'{text}" if formula else text


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else _json(value, "jsonl")


def _json(value: Any, form: Format) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2 if form == "json" else None, default=str)
