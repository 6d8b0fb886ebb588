"""Literals and enums: one of several values, each of which is announced as a text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import partial
from typing import Any

from attrs import evolve

from .parameters import ParameterType


def literal_type(values: Sequence[Any]) -> ParameterType:
    """Return what a `Literal` of these values takes."""
    choice = _choice([(choice_text(value), value) for value in values if value is not None])
    return evolve(choice, nullable=None in values)


def enum_type(members: type[Enum]) -> ParameterType:
    """Return what an enum takes."""
    by_value = [(choice_text(member), member) for member in members]
    # The values are announced; the names are taken too, since docstrings, which the model reads, tend to use them.
    return evolve(_choice(by_value), converter=partial(_choose, {**members.__members__, **dict(by_value)}))


def _choice(options: Sequence[tuple[str, Any]]) -> ParameterType:
    by_text = dict(options)
    words = ", ".join(f'"{text}"' for text in by_text)
    schema = {"type": "string", "enum": list(by_text)}
    return ParameterType(schema, f"one of {words}", partial(_choose, by_text), is_text="" in by_text)


def choice_text(value: Any) -> str:
    """Return how a choice is written: a text as it is, a number or truth value as in JSON, else the name."""
    plain = value.value if isinstance(value, Enum) else value
    if isinstance(plain, str):
        return plain
    if isinstance(plain, (bool, int, float)):
        return json.dumps(plain)
    if isinstance(value, Enum):
        return value.name
    raise TypeError(f"{value!r} has no JSON form")


def _choose(by_text: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():  # JSON does not tell 1.0 from 1
        value = int(value)
    text = json.dumps(value) if isinstance(value, (bool, int, float)) else value
    if text not in by_text:
        raise ValueError("none of the choices")
    return by_text[text]
