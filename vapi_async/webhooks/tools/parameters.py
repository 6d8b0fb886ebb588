"""`Parameter` and `ParameterType`: what a tool takes, as a JSON schema and as the way from JSON to a Python value.

A refusal says which part of a value it is about and what that has to be, so that the assistant can ask for it; it never
repeats the value, which may be somebody's secret.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import evolve, frozen

Converter: TypeAlias = Callable[[Any], Any]
"""Makes a Python value of a JSON value, or raises ValueError."""

_SPELLINGS_OF_NULL = ("", "null")  # language models write these where they mean that there is no value


class ConversionError(ValueError):
    """What is wrong with a value: all of it, so that the assistant need not ask twice.

    Args:
        problems: path of the part that is wrong, "" for the value itself, and a predicate such as "must be a number".
    """

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        super().__init__(problems)
        self.problems = problems

    def within(self, name: str) -> list[tuple[str, str]]:
        """Return the same, seen from the object or list in which `name` is the value."""
        return [(f"{name}.{path}" if path else name, text) for path, text in self.problems]


@frozen
class ParameterType:
    """A type of values: its JSON schema, and how a JSON value becomes one.

    Attributes:
        schema: the JSON schema.
        expected: what a value has to be, in words that follow "must be".
        converter: makes the value.
        nullable: whether None stands in for a value that is not given.
        is_text: whether any text is a value, so that an empty one is.
        is_anything: whether every JSON value is a value, null too.
    """

    schema: dict[str, Any]
    expected: str
    converter: Converter
    nullable: bool = False
    is_text: bool = False
    is_anything: bool = False

    def is_null(self, value: Any) -> bool:
        """Return whether a value says that there is none, in one of the ways in which models write that."""
        if self.is_anything:
            return False
        return value is None or (value in _SPELLINGS_OF_NULL if isinstance(value, str) and not self.is_text else False)

    def convert(self, value: Any) -> Any:
        """Return the Python value for a JSON value.

        Raises:
            ConversionError: it is no such value.
        """
        if self.nullable and (self.is_null(value) or value == "null"):
            return None
        try:
            return self.converter(value)
        except ConversionError:  # of a part of the value: it names that part, and knows better
            raise
        except (ValueError, TypeError, ArithmeticError):
            raise ConversionError([("", f"must be {self.expected}")]) from None


def described(type_: ParameterType, text: str | None) -> ParameterType:
    """Return the type with a description in its schema, unless it has one already."""
    return type_ if text is None else evolve(type_, schema={"description": text} | type_.schema)


def json_value(value: Any) -> Any:
    """Return what a JSON text says, since models often send one in place of a nested object or list."""
    return json.loads(value) if isinstance(value, str) else value


@frozen
class Parameter:
    """A named value: a parameter of a function, or a field of a class.

    Attributes:
        name: the name in Python and in JSON.
        type: what it takes.
        has_default: whether it may be left out.
        default_factory: makes the default where the function or class does not have it itself.
    """

    name: str
    type: ParameterType
    has_default: bool
    default_factory: Callable[[], Any] | None = None

    @property
    def required(self) -> bool:
        """Whether there is neither a default nor None to stand in for it."""
        return not self.has_default and not self.type.nullable

    def given_in(self, data: Mapping[str, Any]) -> bool:
        """Return whether `data` has a value for it; null is none, unless it may be null."""
        if self.name not in data:
            return self.type.nullable and not self.has_default
        if self.type.nullable:
            return True
        # What has to be given keeps its own words for an empty text: it is wrong, not missing.
        value = data[self.name]
        if self.has_default:
            return not self.type.is_null(value) and (value != "null" or self.type.is_anything)
        return value is not None or self.type.is_anything


def object_schema(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """Return the JSON schema of an object with these members."""
    members = {one.name: one.type.schema for one in parameters}
    schema: dict[str, Any] = {"type": "object", "properties": members}
    required = [one.name for one in parameters if one.required]
    return {**schema, "required": required} if required else schema


def convert_object(parameters: Sequence[Parameter], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object's members; those that are left to their defaults are absent.

    Raises:
        ConversionError: some are missing or not what they have to be.
    """
    missing = [one for one in parameters if one.required and not one.given_in(data)]
    problems = [(one.name, f"is missing: it must be {one.type.expected}") for one in missing]
    given = [one for one in parameters if one.given_in(data)]
    values = convert_each([(one.name, one.type, data.get(one.name)) for one in given], problems)
    left_out = [one for one in parameters if one.default_factory is not None and one.name not in values]
    return values | {one.name: one.default_factory() for one in left_out if one.default_factory is not None}


def convert_each(
    entries: Iterable[tuple[str, ParameterType, Any]], problems: Iterable[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return the values by name, of triples of name, type and JSON value.

    Raises:
        ConversionError: all that is wrong with them, after the `problems` found before.
    """
    values: dict[str, Any] = {}
    found = list(problems)
    for name, type_, value in entries:
        try:
            values[name] = type_.convert(value)
        except ConversionError as error:
            found += error.within(name)
    if found:
        raise ConversionError(found)
    return values
