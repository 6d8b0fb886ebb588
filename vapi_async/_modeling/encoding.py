"""From models to JSON: `encode` gives plain dicts and lists, `to_json` the bytes of a request body.

Models need not say how they are encoded: a model hands out one level of itself (`_shallow`), whatever stands in it is
looked at here. One that was never read is the JSON object that it came as. `encode` keeps its own stack, so what
decoded can be encoded however deep it is. `to_json` leaves the walk to the JSON encoder, which asks for one level at a
time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from .on_demand import OnDemand, as_json
from .unset import UNSET

# Values that are JSON as they stand. By class, not isinstance: subclasses take the slow path and come out unchanged.
_PLAIN = frozenset({str, int, float, bool, type(None)})

_DEEPEST = 100_000


def encode(value: Any) -> Any:
    """Return `value` as plain JSON values, sharing no list or dict with it.

    Models become dicts under the API's names, datetimes RFC 3339 strings, tuples and sets lists; fields and mapping
    entries that are UNSET are left out. What has no JSON form at all is returned as it is.

    Raises:
        ValueError: a datetime has no offset, or the value contains itself.
        TypeError: UNSET stands where it cannot be left out.
    """
    root = [value]
    todo: list[tuple[Any, Any, int]] = [(root, 0, 0)]
    while todo:
        holder, key, depth = todo.pop()
        value = holder[key] = _level(holder[key])
        container = value.__class__
        if container is dict:
            members = value.items()
        elif container is list:
            members = enumerate(value)
        else:
            continue
        if depth > _DEEPEST:
            raise ValueError("the value contains itself")
        todo.extend([(value, k, depth + 1) for k, member in members if member.__class__ not in _PLAIN])
    return root[0]


def to_json(value: Any) -> bytes:
    """Return `value` (models, mappings, lists, scalars) as compact UTF-8 JSON.

    Raises:
        ValueError: a datetime has no offset, a number is not finite, or the value contains itself.
        TypeError: UNSET stands where it cannot be left out, or something has no JSON form.
    """
    try:
        return _dumps(value)
    except _UnsetFoundError:
        return _dumps(encode(value))
    except RecursionError:
        encode(value)  # says so if the value contains itself, which the JSON encoder is not asked to look for
        raise


def timestamp(moment: datetime) -> str:
    """Return `moment` in RFC 3339: UTC as `Z`, any other offset kept, to the millisecond where that is exact.

    Raises:
        ValueError: `moment` has no offset.
    """
    micro = moment.microsecond
    digits, fraction = (6, micro) if micro % 1000 else (3, micro // 1000)
    if moment.tzinfo is not UTC:
        if moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no time zone: give it one, such as tzinfo=datetime.timezone.utc")
        text = moment.isoformat("T", "microseconds" if digits == 6 else "milliseconds")
        return text[:-6] + "Z" if text.endswith("+00:00") else text
    # What decoding makes; several times as fast as isoformat or an f-string.
    day_and_time = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    return "%04d-%02d-%02dT%02d:%02d:%02d.%0*dZ" % (*day_and_time, digits, fraction)  # noqa: UP031


class _UnsetFoundError(TypeError):
    """UNSET outside of a model: JSON encoders cannot leave an entry out, `encode` can."""


def _dumps(value: Any) -> bytes:
    def dumps(ascii_only: bool) -> bytes:
        text = json.dumps(
            value,
            default=_level_for_json,
            ensure_ascii=ascii_only,
            separators=(",", ":"),
            allow_nan=False,
            check_circular=False,
        )
        return text.encode()

    try:
        return dumps(False)
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can escape it, UTF-8 has no bytes for it
        return dumps(True)


def _level_for_json(value: Any) -> Any:
    if value.__class__ is datetime:
        return timestamp(value)
    if isinstance(value, OnDemand):
        return as_json(value)
    level = _level(value)
    if level is value:
        raise TypeError(f"{type(value).__name__} has no JSON form")
    return level


def _level(value: Any) -> Any:
    """Return `value` with its own level in JSON form; what it contains is untouched."""
    if hasattr(value.__class__, "_shallow"):
        value = value._shallow()
    if isinstance(value, Mapping):
        return {key: member for key, member in value.items() if member is not UNSET}
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, datetime):
        return timestamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if value is UNSET:
        raise _UnsetFoundError("UNSET stands in a list, where it cannot be left out")
    return value
