"""What values are held to, compared: lengths, bounds, patterns, formats. A tighter one refuses what went before."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from ..canonical import LIMITS, LIMITS_OF_VARIANTS
from ..document import Json
from .changes import Change
from .places import Place

_LOWER = ("minLength", "minItems", "minProperties")
_UPPER = ("maxLength", "maxItems", "maxProperties")
#: Formats that values are held to; others are notes, or types of their own.
_FORMATS = frozenset(
    {"byte", "date", "duration", "email", "hostname", "int32", "ipv4", "ipv6", "time", "uri", "uri-reference", "uuid"}
)
_LONGEST = 60


def limits(node: Json) -> dict[str, Json]:
    """What the values of a place are held to, by their type; "" for whatever goes there."""
    found = {kind: _held(variant) for kind, variant in (node.get(LIMITS_OF_VARIANTS) or {}).items()}
    return {**found, str(node.get("type", "")): own} if (own := _held(node)) else found


def _held(node: Json) -> Json:
    held = {key: node[key] for key in LIMITS if key in node}
    return {**held, "format": node["format"]} if node.get("format") in _FORMATS else held


def changed_limits(place: Place, old: Json, new: Json) -> Iterator[Change]:
    """The changes between two sets of limits."""
    for key in (*_LOWER, *_UPPER):
        before, after = old.get(key), new.get(key)
        if before != after:
            yield _change(place, _direction(before, after, up=key in _LOWER), key, before, after)
    for key, sign in (("minimum", 1), ("maximum", -1)):
        yield from _bound(place, key, _effective(old, key, sign), _effective(new, key, sign), sign)
    yield from _pattern(place, old.get("pattern"), new.get("pattern"))
    for key in ("multipleOf", "uniqueItems", "format"):
        before, after = old.get(key) or None, new.get(key) or None
        if before != after:
            yield _change(place, "looser" if _includes(key, before, after) else "tighter", key, before, after)


def _change(place: Place, rule: str, what: str, before: Any, after: Any) -> Change:
    return place.change(rule, f"{what} {_said(before)} -> {_said(after)}", before, after)


def _direction(before: Any, after: Any, *, up: bool) -> str:
    if before is None or after is None:
        return "tighter" if before is None else "looser"
    return "tighter" if (after > before) == up else "looser"


def _effective(held: Json, key: str, sign: int) -> tuple[float, bool] | None:
    """The bound that counts, times the sign, and whether it is out itself: a number in 3.1, a mark beside it in 3.0."""
    exclusive = held.get(f"exclusive{key.capitalize()}")
    found = [(held[key] * sign, exclusive is True)] if key in held else []
    if isinstance(exclusive, int | float) and not isinstance(exclusive, bool):
        found.append((exclusive * sign, True))
    return max(found, default=None)


def _bound(
    place: Place, key: str, before: tuple[float, bool] | None, after: tuple[float, bool] | None, sign: int
) -> Iterator[Change]:
    if before != after:
        said = [None if bound is None else bound[0] * sign for bound in (before, after)]
        words = [" exclusive" if bound and bound[1] else "" for bound in (before, after)]
        detail = f"{key} {_said(said[0])}{words[0]} -> {_said(said[1])}{words[1]}"
        yield place.change(_direction(before, after, up=True), detail, *said)


def _pattern(place: Place, before: Any, after: Any) -> Iterator[Change]:
    if before != after:
        rule = "tighter" if before is None else "looser" if after is None else "another pattern"
        yield _change(place, rule, "pattern", before, after)


def _includes(key: str, before: Any, after: Any) -> bool:
    """Whether all that went before still goes."""
    if after is None:
        return True
    return key == "multipleOf" and before is not None and (before / after).is_integer()


def _said(value: Json) -> str:
    text = "none" if value is None else json.dumps(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
