"""`Parameter` and `ParameterType`: what a tool takes, as a JSON schema and as the way from JSON to a Python value.

A refusal says which part of a value it is about and what that has to be, so that the assistant can ask for it; it never
repeats the value, which may be somebody's secret.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from attrs import frozen

Converter: TypeAlias = Callable[[Any], Any]
"""Makes a Python value of a JSON value, or raises ValueError."""


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
        nullable: whether null is a value too.
    """

    schema: dict[str, Any]
    expected: str
    converter: Converter
    nullable: bool = False

    def convert(self, value: Any) -> Any:
        """Return the Python value for a JSON value.

        Raises:
            ConversionError: it is no such value.
        """
        if value is None and self.nullable:
            return None
        try:
            return self.converter(value)
        except ConversionError:  # of a part of the value: it names that part, and knows better
            raise
        except (ValueError, TypeError, ArithmeticError):
            raise ConversionError([("", f"must be {self.expected}")]) from None


@frozen
class Parameter:
    """A named value: a parameter of a function, or a field of a class.

    Attributes:
        name: the name in Python and in JSON.
        type: what it takes.
        has_default: whether it may be left out.
    """

    name: str
    type: ParameterType
    has_default: bool

    @property
    def required(self) -> bool:
        """Whether there is neither a default nor None to stand in for it."""
        return not self.has_default and not self.type.nullable

    def given_in(self, data: Mapping[str, Any]) -> bool:
        """Return whether `data` has a value for it; null is none, unless it may be null."""
        if self.type.nullable:
            return self.name in data or not self.has_default
        return data.get(self.name) is not None


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
    entries = [(one.name, one.type, data.get(one.name)) for one in parameters if one.given_in(data)]
    return convert_each(entries, problems)


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
