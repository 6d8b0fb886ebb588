"""What stands beside a type in `Annotated`: a description, bounds, a default.

It is recognised by its attributes, so it may be pydantic's `Field`, `annotated_types`, `msgspec.Meta` or `Doc`, none of
which has to be installed.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Iterator, Sized
from decimal import Decimal
from typing import Any

from attrs import evolve

from .parameters import ConversionError, ParameterType

Check = Callable[[Any], bool]


def _is_multiple(value: Any, step: Any) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    # In decimals: of floats 0.3 is no multiple of 0.1.
    return Decimal(str(value)) % Decimal(str(step)) == 0


_BOUNDS: dict[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "ge": ("minimum", operator.ge, "at least"),
    "gt": ("exclusiveMinimum", operator.gt, "more than"),
    "le": ("maximum", operator.le, "at most"),
    "lt": ("exclusiveMaximum", operator.lt, "less than"),
    "multiple_of": ("multipleOf", _is_multiple, "a multiple of"),
}
_LENGTHS: dict[str, tuple[str, Callable[[Any, Any], bool], str]] = {
    "min_length": ("min", operator.ge, "at least"),
    "max_length": ("max", operator.le, "at most"),
}
_UNITS = {"string": ("Length", "characters"), "array": ("Items", "entries"), "object": ("Properties", "entries")}


def flattened(metadata: Iterable[Any]) -> Iterator[Any]:
    """Yield what metadata consists of: a `Field` holds its bounds in a list of its own."""
    for item in metadata:
        yield item
        inner = getattr(item, "metadata", None)
        if isinstance(inner, (list, tuple)):
            yield from flattened(inner)


def description(metadata: Iterable[Any]) -> str | None:
    """Return what metadata says that a value is, None if nothing."""
    for item in metadata:
        text = item if isinstance(item, str) else getattr(item, "documentation", None)
        text = getattr(item, "description", None) if text is None else text
        if isinstance(text, str):
            return text
    return None


def constrained(type_: ParameterType, metadata: Iterable[Any]) -> ParameterType:
    """Return the type with the bounds that metadata sets, announced and enforced."""
    for item in metadata:
        for name, (keyword, holds, words) in _BOUNDS.items():
            bound = _attribute(item, name)
            if bound is not None:
                announced = {keyword: bound} if isinstance(bound, int | float) else {}
                check = _comparison(holds, bound)
                type_ = _checked(type_, announced, check, f"must be {words} {bound}")
        type_ = _with_lengths(type_, item)
        type_ = _with_pattern(type_, _attribute(item, "pattern"))
    return type_


def _attribute(item: Any, name: str) -> Any:
    # Functions and classes have attributes of any name; a value of such a kind is no bound.
    value = None if isinstance(item, (str, type)) or callable(item) else getattr(item, name, None)
    return None if callable(value) else value


def _with_lengths(type_: ParameterType, item: Any) -> ParameterType:
    ending, unit = _UNITS.get(type_.schema["type"], ("", "entries"))
    for name, (keyword, holds, words) in _LENGTHS.items():
        bound = _attribute(item, name)
        if isinstance(bound, int) and (name, bound) != ("min_length", 0):
            announced = {keyword + ending: bound} if ending else {}
            type_ = _checked(type_, announced, _length(holds, bound), f"must have {words} {bound} {unit}")
    return type_


def _with_pattern(type_: ParameterType, pattern: Any) -> ParameterType:
    text = pattern if isinstance(pattern, str) else getattr(pattern, "pattern", None)
    if not isinstance(text, str):
        return type_
    search = re.compile(pattern).search
    return _checked(type_, {"pattern": text}, lambda value: bool(search(str(value))), f"must match {text}")


def _checked(type_: ParameterType, announced: dict[str, Any], holds: Check, words: str) -> ParameterType:
    convert = type_.converter

    def converter(value: Any) -> Any:
        made = convert(value)
        if not holds(made):
            raise ConversionError([("", words)])
        return made

    return evolve(type_, schema={**type_.schema, **announced}, converter=converter)


def _comparison(holds: Callable[[Any, Any], bool], bound: Any) -> Check:
    return lambda value: holds(value, bound)


def _length(holds: Callable[[Any, Any], bool], bound: int) -> Check:
    return lambda value: not isinstance(value, Sized) or holds(len(value), bound)
