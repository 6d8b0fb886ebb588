"""From a type annotation to a `ParameterType`: its JSON schema, and how a JSON value becomes a value of it.

Schemas stay within what the contract allows (schema `JsonSchema`): one type each, texts alone in an `enum`. So null is
not announced, choices are texts whatever their values are, and what may be anything is announced as a text.
"""

from __future__ import annotations

from collections import deque
from collections.abc import (
    Callable,
    Collection,
    Iterable,
    Mapping,
    MutableMapping,
    MutableSequence,
    MutableSet,
    Sequence,
    Set,
)
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, LiteralString, TypeVar, Union, get_args, get_origin
from uuid import UUID

from attrs import evolve

from . import pydantic_types, scalars
from .choices import enum_type, literal_type
from .constraints import constrained, description, flattened
from .field_classes import class_fields, fields_type
from .parameters import ParameterType, convert_each, described, json_value
from .union_types import union_type

_ANYTHING = (Any, object)
_TEXT = ParameterType({"type": "string"}, "a text", scalars.to_text, is_text=True)
_ANY_VALUE = ParameterType({"type": "string"}, "any value", lambda value: value, is_anything=True)
_SCALARS: dict[Any, ParameterType] = {
    str: _TEXT,
    LiteralString: _TEXT,
    int: ParameterType({"type": "integer"}, "a whole number", scalars.to_integer),
    float: ParameterType({"type": "number"}, "a number", scalars.to_float),
    bool: ParameterType({"type": "boolean"}, "true or false", scalars.to_boolean),
    bytes: ParameterType({"type": "string"}, "a text in Base64", scalars.to_bytes, is_text=True),
    Decimal: ParameterType({"type": "number"}, "a number", scalars.to_decimal),
    date: ParameterType({"type": "string", "format": "date"}, "a date such as 2026-12-31", scalars.to_date),
    datetime: ParameterType(
        {"type": "string", "format": "date-time"},
        "a date and time such as 2026-12-31T18:30:00",
        scalars.to_datetime,
    ),
    time: ParameterType({"type": "string", "format": "time"}, "a time such as 18:30", scalars.to_time),
    timedelta: ParameterType(
        {"type": "string", "format": "duration"}, "a duration such as PT1H30M", scalars.to_duration
    ),
    UUID: ParameterType({"type": "string", "format": "uuid"}, "a UUID", scalars.to_uuid),
    IPv4Address: ParameterType({"type": "string", "format": "ipv4"}, "an IPv4 address", IPv4Address),
    IPv6Address: ParameterType({"type": "string", "format": "ipv6"}, "an IPv6 address", IPv6Address),
}
_LISTS: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    deque: deque,
    Sequence: list,
    MutableSequence: list,
    Collection: list,
    Iterable: list,
    Set: set,
    MutableSet: set,
}
_MAPPINGS = (dict, Mapping, MutableMapping)


def parameter_type(annotation: Any, enclosing: tuple[Any, ...] = ()) -> ParameterType:
    """Return what a parameter with this annotation takes.

    Args:
        annotation: the type, no longer as a string.
        enclosing: the classes whose fields are being looked at.

    Raises:
        TypeError: there is no JSON form for it.
        NameError: an annotation within it names what its module does not have at run time.
    """
    annotation = _without_aliases(annotation)
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _annotated(args[0], tuple(flattened(args[1:])), enclosing)
    if origin in (Union, UnionType):
        return _union(args, enclosing)
    if origin is Literal:
        return literal_type(args)
    if annotation in _ANYTHING:
        return _ANY_VALUE
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    return _container(annotation, origin or annotation, args, enclosing) or _class(annotation, enclosing)


def _without_aliases(annotation: Any) -> Any:
    """Return what a NewType, a type alias or a type variable stands for."""
    while True:
        target = getattr(annotation, "__supertype__", None)
        if target is None and type(annotation).__name__ == "TypeAliasType":
            target = annotation.__value__
        if isinstance(annotation, TypeVar):
            target = annotation.__bound__ or Union[annotation.__constraints__ or (Any,)]  # noqa: UP007 - of a tuple
        if target is None:
            return annotation
        annotation = target


def _annotated(annotation: Any, metadata: tuple[Any, ...], enclosing: tuple[Any, ...]) -> ParameterType:
    type_ = parameter_type(annotation, enclosing)
    type_ = pydantic_types.with_validators(annotation, metadata, constrained(type_, metadata))
    return described(type_, description(metadata))


def _union(args: Sequence[Any], enclosing: tuple[Any, ...]) -> ParameterType:
    members = [parameter_type(arg, enclosing) for arg in args if arg is not NoneType]
    joined = members[0] if len(members) == 1 else union_type(members)
    return evolve(joined, nullable=NoneType in args or any(one.nullable for one in members))


def _container(annotation: Any, kind: Any, args: Sequence[Any], enclosing: tuple[Any, ...]) -> ParameterType | None:
    if kind is tuple and args and (len(args) != 2 or args[1] is not Ellipsis):
        return _fixed_tuple([parameter_type(arg, enclosing) for arg in args])
    if kind in _LISTS:
        return _list(kind, args[0] if args else Any, enclosing)
    if kind in _MAPPINGS:
        return _mapping(annotation, args, enclosing)
    return None


def _list(container: Any, item: Any, enclosing: tuple[Any, ...]) -> ParameterType:
    make = _LISTS[container]
    items = parameter_type(item, enclosing)
    schema: dict[str, Any] = {"type": "array", "items": items.schema}
    if make in (set, frozenset) and items.schema["type"] in ("array", "object"):
        raise TypeError(f"a set of {item} cannot be made: use a list")

    def convert(value: Any) -> Any:
        entries = ((str(index), items, member) for index, member in enumerate(_json_list(value)))
        return make(convert_each(entries).values())

    return ParameterType(schema, "a list", convert)


def _fixed_tuple(members: Sequence[ParameterType]) -> ParameterType:
    alike = all(one.schema == members[0].schema for one in members)
    items = members[0].schema if alike else union_type(members).schema
    length = len(members)

    def convert(value: Any) -> Any:
        given = _json_list(value)
        if len(given) != length:
            raise ValueError("of another length")
        entries = zip(members, given, strict=True)
        return tuple(convert_each((str(index), *entry) for index, entry in enumerate(entries)).values())

    schema = {"type": "array", "items": items, "minItems": length, "maxItems": length}
    return ParameterType(schema, f"a list of {length}", convert)


def _json_list(value: Any) -> list[Any]:
    found = json_value(value)
    if not isinstance(found, list):
        raise ValueError("not a list")
    return found


def _mapping(annotation: Any, args: Sequence[Any], enclosing: tuple[Any, ...]) -> ParameterType:
    keys = parameter_type(args[0] if args else str, enclosing)
    if keys.schema["type"] in ("array", "object"):
        raise TypeError(f"{annotation}: the keys of JSON objects are texts, so only dict[str, X] can be told")
    values = parameter_type(args[1], enclosing) if args else _ANY_VALUE

    def convert(value: Any) -> Any:
        members = json_value(value)
        if not isinstance(members, Mapping):
            raise ValueError("not an object")
        made = convert_each((key, values, member) for key, member in members.items())
        return {keys.convert(key): member for key, member in made.items()}

    return ParameterType({"type": "object"}, "an object", convert)


def _class(annotation: Any, enclosing: tuple[Any, ...]) -> ParameterType:
    if not isinstance(annotation, type):
        raise TypeError(f"{annotation!r} has no JSON form")
    if issubclass(annotation, Enum):
        return enum_type(annotation)
    if issubclass(annotation, PurePath):
        return ParameterType({"type": "string"}, "a path", partial(_from_text, annotation))
    if annotation in enclosing:
        return _recursive(annotation)
    if pydantic_types.is_root_model(annotation):
        root = parameter_type(annotation.model_fields["root"].annotation, (*enclosing, annotation))  # type: ignore[attr-defined]
        return evolve(root, converter=lambda value: pydantic_types.validate(annotation, root.convert(value)))
    fields = class_fields(annotation)
    if fields is not None:
        return fields_type(annotation, fields, partial(parameter_type, enclosing=(*enclosing, annotation)))
    own = pydantic_types.own_type(annotation)
    if own is None and annotation.__name__ == "URL":  # httpx's and yarl's, which are made of a text
        own = ParameterType({"type": "string"}, "a URL", partial(_from_text, annotation))
    if own is None:
        raise TypeError(f"{annotation.__name__} has no JSON form")
    return own


def _recursive(annotation: Any) -> ParameterType:
    """Return what a class takes within itself: it is announced as any object, and checked as what it is."""
    return ParameterType({"type": "object"}, "an object", lambda value: parameter_type(annotation).convert(value))


def _from_text(made: Callable[[str], Any], value: Any) -> Any:
    if not isinstance(value, str) or not value:
        raise ValueError("not a text")
    return made(value)
