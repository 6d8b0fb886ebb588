"""Values to text: how arguments stand in a path and in a query.

Datetimes are RFC 3339 with Z, booleans `true` and `false`, whole numbers without a point, mappings and models JSON. A
list becomes one pair per item, or, where the contract wants that, a single value joined by commas. UNSET and None are
left out of a query.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime
from math import isfinite
from typing import Any
from urllib.parse import quote
from uuid import UUID

from vapi_async._modeling.encoding import timestamp, to_json
from vapi_async._modeling.unset import UNSET


def path_segment(name: str, value: Any) -> str:
    """Return a path argument, percent-encoded whole, so that it stays one segment.

    Raises:
        ValueError: it is no str (or UUID), empty, or a dot segment, which would lead to another path.
    """
    if isinstance(value, UUID):
        return str(value)
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a str, not {value!r}")
    if value in ("", ".", ".."):
        raise ValueError(f"{name} is {value!r}, which cannot be part of a path")
    return quote(value, safe="")


def query_string(query: Mapping[str, Any], csv: Collection[str] = ()) -> str:
    """Return the query of a URL, without its question mark; "" if there is nothing to say.

    Args:
        query: values by wire name.
        csv: the names whose lists are joined by commas.

    Raises:
        ValueError: a value has no place in a query; names the parameter.
        TypeError: a value is of a type that has no place in a query; names the parameter.
    """
    pairs: list[str] = []
    for name, value in query.items():
        if value is UNSET or value is None:
            continue
        key = quote(name, safe="")
        if not isinstance(value, list | tuple | set | frozenset):
            pairs.append(f"{key}={quote(query_value(name, value), safe=_SAFE)}")
        elif name in csv:
            pairs.append(f"{key}={','.join(quote(text, safe=_SAFE) for text in _csv(name, value))}")
        else:
            pairs.extend(f"{key}={quote(text, safe=_SAFE)}" for text in _texts(name, value))
    return "&".join(pairs)


def query_value(name: str, value: Any) -> str:
    """Return one value as text.

    Raises:
        ValueError: it is a datetime without time zone, or a number that is not finite.
        TypeError: it has no form as text.
    """
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return _number(name, value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            raise ValueError(f"{name}: {value!r} has no time zone; give it one, such as tzinfo=datetime.timezone.utc")
        return timestamp(value.astimezone(UTC))
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Mapping) or hasattr(value, "to_dict"):
        return to_json(value).decode()
    expected = "a datetime with a time zone" if isinstance(value, date) else "text, a number, or a list of them"
    raise TypeError(f"{name}: {type(value).__name__} cannot stand in a query; {expected} can")


_SAFE = ":"  # readable timestamps; a colon means nothing in a query


def _number(name: str, value: float) -> str:
    if not isfinite(value):
        raise ValueError(f"{name} is {value!r}, which is no number that JSON or a query knows")
    return str(int(value)) if value == int(value) else repr(value)


def _texts(name: str, values: Collection[Any]) -> list[str]:
    return [query_value(name, value) for value in values if value is not None and value is not UNSET]


def _csv(name: str, values: Collection[Any]) -> list[str]:
    texts = _texts(name, values)
    if not texts and not values:
        raise ValueError(f"{name} is an empty list, which would be no filter at all: leave it out, or give a value")
    for text in texts:
        if "," in text:
            raise ValueError(f"{name}: {text!r} has a comma in it, which would separate two values")
    return texts
