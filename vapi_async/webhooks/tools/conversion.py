"""From JSON arguments to Python values: strict about what is meant, kind about how a language model spells it.

`"5"` and `5.0` are 5 where a whole number is wanted, `"true"` is true, a number is a text where one is wanted. What
would need a guess is refused: 5.5 is no whole number, true is no 1, "soon" is no date. A refusal says which argument it
is about and what it has to be, so that the assistant can ask for it; it never repeats the value.

Arguments that the function has no parameter for are left out: language models invent some.
"""

from __future__ import annotations

import logging
import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from attrs import frozen

from .spoken_text import ToolError, single_line

if TYPE_CHECKING:
    from .tool_signature import Signature

Reader: TypeAlias = Callable[[Any], Any]
"""Makes a Python value of a JSON value, or raises ValueError."""

_NUMBER = re.compile(r"\s*[+-]?\d{1,400}(\.\d{1,400})?([eE][+-]?\d{1,4})?\s*")
_TRUTH = {"true": True, "false": False}
_MOST = 3  # more than a few problems at once are nothing to say aloud
_log = logging.getLogger("vapi_async.webhooks")


class ArgumentsError(ToolError):
    """The arguments do not fit the tool; the text says which, and what they have to be."""


class Problems(ValueError):
    """What is wrong with a value.

    Args:
        found: path of the part that is wrong, "" for the value itself, and a predicate such as "must be a number".
    """

    def __init__(self, found: list[tuple[str, str]]) -> None:
        super().__init__(found)
        self.found = found

    def within(self, name: str) -> list[tuple[str, str]]:
        """Return the same, seen from the object or list in which `name` is the value."""
        return [(f"{name}.{path}" if path else name, text) for path, text in self.found]


@frozen
class Kind:
    """A type of values: how it is called in a JSON schema, and how a JSON value becomes one.

    Attributes:
        schema: the JSON schema.
        expected: what a value has to be, in words that follow "must be".
        reader: makes the value.
        nullable: whether null is a value too.
    """

    schema: dict[str, Any]
    expected: str
    reader: Reader
    nullable: bool = False

    def read(self, value: Any) -> Any:
        """Return the Python value for a JSON value.

        Raises:
            Problems: it is none of this kind.
        """
        if value is None and self.nullable:
            return None
        try:
            return self.reader(value)
        except Problems:
            raise
        except (ValueError, TypeError, ArithmeticError):
            raise Problems([("", f"must be {self.expected}")]) from None


@frozen
class Field:
    """A named value: a parameter of a function, or a field of a class.

    Attributes:
        name: the name in Python and in JSON.
        kind: what it is.
        has_default: whether it may be left out.
    """

    name: str
    kind: Kind
    has_default: bool

    @property
    def required(self) -> bool:
        """Whether there is neither a default nor None to stand in for it."""
        return not self.has_default and not self.kind.nullable

    def given_in(self, data: Mapping[str, Any]) -> bool:
        """Return whether `data` has a value for it; null is none, unless it may be null."""
        if self.kind.nullable:
            return self.name in data or not self.has_default
        return data.get(self.name) is not None


def convert(signature: Signature, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the keyword arguments to call a function with.

    Args:
        signature: of the function.
        arguments: JSON values by name.

    Raises:
        ArgumentsError: some are missing or not what they have to be.
    """
    unknown = arguments.keys() - {field.name for field in signature.fields}
    if unknown:
        _log.debug("%d arguments that the tool %s does not have are left out", len(unknown), signature.name)
    try:
        return read_fields(signature.fields, arguments)
    except Problems as problems:
        lines = [f'The argument "{path}" {text}.' for path, text in problems.found[:_MOST]]
        raise ArgumentsError(single_line(" ".join(lines))) from None


def read_fields(fields: Iterable[Field], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object's fields; those that are left to their defaults are absent.

    Raises:
        Problems: some are missing or not what they have to be.
    """
    fields = tuple(fields)
    missing = [field for field in fields if field.required and not field.given_in(data)]
    found = [(field.name, f"is missing: it must be {field.kind.expected}") for field in missing]
    entries = [(field.name, field.kind, data.get(field.name)) for field in fields if field.given_in(data)]
    return read_each(entries, found)


def read_each(entries: Iterable[tuple[str, Kind, Any]], found: Iterable[tuple[str, str]] = ()) -> dict[str, Any]:
    """Return the values by name, of triples of name, kind and JSON value.

    Raises:
        Problems: all that is wrong with them, after what was `found` before.
    """
    values: dict[str, Any] = {}
    wrong = list(found)
    for name, kind, value in entries:
        try:
            values[name] = kind.read(value)
        except Problems as problems:
            wrong += problems.within(name)
    if wrong:
        raise Problems(wrong)
    return values


def read_text(value: Any) -> str:
    """Return a text as it is, a number as its digits."""
    if isinstance(value, str):
        return value
    return str(_finite(value))


def read_integer(value: Any) -> int:
    """Return a whole number, also one that is written as 5.0 or "5"."""
    number = read_number(value)
    if isinstance(number, float) and not number.is_integer():
        raise ValueError("has a fraction")
    return int(number)


def read_float(value: Any) -> float:
    """Return a finite number, also one that is written as a text."""
    return float(_finite(float(read_number(value))))


def read_decimal(value: Any) -> Decimal:
    """Return a finite number, to the digit as it is written."""
    return Decimal(str(value).strip()) if _is_numeral(value) else Decimal(str(_finite(value)))


def read_number(value: Any) -> int | float:
    """Return a finite number, whole if it is written without a fraction."""
    if not _is_numeral(value):
        return _finite(value)
    try:
        return int(value)
    except ValueError:
        return _finite(float(value))


def _is_numeral(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    if not _NUMBER.fullmatch(value):
        raise ValueError("not a number")
    return True


def _finite(value: Any) -> int | float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("not a number")
    return value


def read_boolean(value: Any) -> bool:
    """Return true or false, also as a text in any case."""
    if isinstance(value, str):
        value = _TRUTH.get(value.strip().lower())
    if not isinstance(value, bool):
        raise ValueError("neither true nor false")
    return value


def read_date(value: Any) -> date:
    """Return a date; of a text with a time, its date."""
    return read_datetime(value).date()


def read_datetime(value: Any) -> datetime:
    """Return a date and time, aware if it has an offset."""
    return datetime.fromisoformat(_text(value))


def read_time(value: Any) -> time:
    """Return a time of day."""
    return time.fromisoformat(_text(value))


def read_uuid(value: Any) -> UUID:
    """Return a UUID."""
    return UUID(_text(value))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value.strip()
