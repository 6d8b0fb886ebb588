"""A page as a table, for notebooks and for rich: the fields that matter most, and no secrets."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

from vapi_async._modeling.display_order import columns_of, pick

_LONGEST = 60


def as_html(items: Iterable[Any], caption: str) -> str:
    """Return a table in HTML.

    Args:
        items: models, or JSON values.
        caption: what stands below it.
    """
    columns, rows = _table(items)
    head = "".join(f"<th>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table><p>{escape(caption)}</p>"


def as_rich(items: Iterable[Any], caption: str) -> Any:
    """Return a table of rich, which is there if it asks; the arguments are those of `as_html`."""
    from rich.table import Table
    from rich.text import Text

    columns, rows = _table(items)
    table = Table(*columns, caption=Text(caption))
    for row in rows:
        table.add_row(*map(Text, row))
    return table


def _table(items: Iterable[Any]) -> tuple[list[str], list[list[str]]]:
    values = [item.to_dict() if hasattr(item, "to_dict") else item for item in items]
    columns = columns_of(values)
    return columns, [[_cell(pick(value, column)) for column in columns] for value in values]


def _cell(value: Any) -> str:
    text = "" if value is None else "".join(each if each.isprintable() else " " for each in str(value))
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
