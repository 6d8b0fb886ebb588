"""From a type annotation to a `ParameterType`: its JSON schema, and how a JSON value becomes a value of it.

Schemas stay within what the contract allows (schema `JsonSchema`): one type each, texts alone in an `enum`. So null is
not announced, choices are texts whatever their values are, and what may be anything is announced as a text.
"""

from __future__ import annotations

import dataclasses
import json
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
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import partial
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import attrs

from . import scalars
from .docstring import argument_texts
from .parameters import (
    ConversionError,
    Parameter,
    ParameterType,
    convert_each,
    convert_object,
    object_schema,
)

_ANYTHING = (Any, object)
_SCALARS: dict[Any, ParameterType] = {
    str: ParameterType({"type": "string"}, "a text", scalars.to_text),
    int: ParameterType({"type": "integer"}, "a whole number", scalars.to_integer),
    float: ParameterType({"type": "number"}, "a number", scalars.to_float),
    bool: ParameterType({"type": "boolean"}, "true or false", scalars.to_boolean),
    Decimal: ParameterType({"type": "number"}, "a number", scalars.to_decimal),
    date: ParameterType({"type": "string", "format": "date"}, "a date such as 2026-12-31", scalars.to_date),
    datetime: ParameterType(
        {"type": "string", "format": "date-time"},
        "a date and time such as 2026-12-31T18:30:00",
        scalars.to_datetime,
    ),
    time: ParameterType({"type": "string", "format": "time"}, "a time such as 18:30", scalars.to_time),
    UUID: ParameterType({"type": "string", "format": "uuid"}, "a UUID", scalars.to_uuid),
}
_LISTS: dict[Any, Callable[[Iterable[Any]], Any]] = {
    list: list,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
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
        text = next((item for item in args[1:] if isinstance(item, str)), None)
        return described(parameter_type(args[0], enclosing), text)
    if origin in (Union, UnionType):
        return _optional(annotation, args, enclosing)
    if origin is Literal:
        return _literal(args)
    if annotation in _ANYTHING:
        return ParameterType({"type": "string"}, "any value", lambda value: value)
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    if (origin or annotation) in _LISTS:
        return _list(origin or annotation, _item_annotation(annotation, args), enclosing)
    if (origin or annotation) in _MAPPINGS:
        return _mapping(annotation, args, enclosing)
    return _class(annotation, enclosing)


def _without_aliases(annotation: Any) -> Any:
    """Return what a NewType or a type alias stands for."""
    while True:
        target = getattr(annotation, "__supertype__", None)
        if target is None and type(annotation).__name__ == "TypeAliasType":
            target = annotation.__value__
        if target is None:
            return annotation
        annotation = target


def described(type_: ParameterType, text: str | None) -> ParameterType:
    """Return the type with a description in its schema, unless it has one already."""
    return type_ if text is None else attrs.evolve(type_, schema={"description": text} | type_.schema)


def _optional(annotation: Any, args: Sequence[Any], enclosing: tuple[Any, ...]) -> ParameterType:
    others = [arg for arg in args if arg is not NoneType]
    if len(others) != 1 or len(others) == len(args):
        raise TypeError(f"{annotation} is several types: only a union of one type and None can be told apart")
    return attrs.evolve(parameter_type(others[0], enclosing), nullable=True)


def _literal(values: Sequence[Any]) -> ParameterType:
    choice = _choice([(choice_text(value), value) for value in values if value is not None])
    return attrs.evolve(choice, nullable=None in values)


def _enum(members: type[Enum]) -> ParameterType:
    by_value = [(choice_text(member), member) for member in members]
    # The values are announced; the names are taken too, since docstrings, which the model reads, tend to use them.
    return attrs.evolve(_choice(by_value), converter=partial(_choose, {**members.__members__, **dict(by_value)}))


def _choice(options: Sequence[tuple[str, Any]]) -> ParameterType:
    by_text = dict(options)
    words = ", ".join(f'"{text}"' for text in by_text)
    return ParameterType({"type": "string", "enum": list(by_text)}, f"one of {words}", partial(_choose, by_text))


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


def _item_annotation(annotation: Any, args: Sequence[Any]) -> Any:
    if get_origin(annotation) is tuple and (len(args) != 2 or args[1] is not Ellipsis):
        raise TypeError(f"{annotation}: of tuples only tuple[X, ...] can be told, all of one type")
    return args[0] if args else Any


def _list(container: Any, item: Any, enclosing: tuple[Any, ...]) -> ParameterType:
    make = _LISTS[container]
    items = parameter_type(item, enclosing)
    schema: dict[str, Any] = {"type": "array", "items": items.schema}
    if make in (set, frozenset) and items.schema["type"] in ("array", "object"):
        raise TypeError(f"a set of {item} cannot be made: use a list")

    def convert(value: Any) -> Any:
        value = _from_text(value)
        if not isinstance(value, list):
            raise ValueError("not a list")
        entries = ((str(index), items, member) for index, member in enumerate(value))
        return make(convert_each(entries).values())

    return ParameterType(schema, "a list", convert)


def _mapping(annotation: Any, args: Sequence[Any], enclosing: tuple[Any, ...]) -> ParameterType:
    if args and args[0] is not str:
        raise TypeError(f"{annotation}: the keys of JSON objects are texts, so only dict[str, X] can be told")
    values = parameter_type(args[1], enclosing) if args and args[1] not in _ANYTHING else None

    def convert(value: Any) -> Any:
        members = _object(value)
        if values is None:
            return dict(members)
        return convert_each((key, values, member) for key, member in members.items())

    return ParameterType({"type": "object"}, "an object", convert)


def _object(value: Any) -> Mapping[str, Any]:
    value = _from_text(value)
    if not isinstance(value, Mapping):
        raise ValueError("not an object")
    return value


def _from_text(value: Any) -> Any:
    """Return what a JSON text says, since models often send one in place of a nested object or list."""
    return json.loads(value) if isinstance(value, str) else value


def _class(annotation: Any, enclosing: tuple[Any, ...]) -> ParameterType:
    if not isinstance(annotation, type):
        raise TypeError(f"{annotation!r} has no JSON form")
    if issubclass(annotation, Enum):
        return _enum(annotation)
    if annotation in enclosing:
        raise TypeError(f"{annotation.__name__} contains itself, which a schema here cannot say")
    members = _class_members(annotation)
    if members is None:
        raise TypeError(f"{annotation.__name__} has no JSON form")
    fields = _class_parameters(annotation, members, (*enclosing, annotation))
    return ParameterType(object_schema(fields), "an object", partial(_construct, annotation, fields))


def _construct(made: Callable[..., Any], fields: Sequence[Parameter], value: Any) -> Any:
    values = convert_object(fields, _object(value))
    try:
        return made(**values)
    except (ValueError, TypeError, ArithmeticError):  # of its own checks, whose words may hold the value
        raise ConversionError([("", "is not valid")]) from None


def _class_members(made: type) -> list[tuple[str, str, bool]] | None:
    """Return the fields of a class: argument, attribute, whether it has a default; None if it is no class of fields."""
    optional = getattr(made, "__optional_keys__", None)  # only a TypedDict has them
    if optional is not None and issubclass(made, dict):
        return [(name, name, name in optional) for name in made.__annotations__]
    if dataclasses.is_dataclass(made):
        return [(one.name, one.name, _has_default(one)) for one in dataclasses.fields(made) if one.init]
    if attrs.has(made):
        absent = attrs.NOTHING
        return [(one.alias or one.name, one.name, one.default is not absent) for one in attrs.fields(made) if one.init]
    return None


def _has_default(field: dataclasses.Field[Any]) -> bool:
    absent = dataclasses.MISSING
    return field.default is not absent or field.default_factory is not absent


def _class_parameters(
    made: type, members: Iterable[tuple[str, str, bool]], enclosing: tuple[Any, ...]
) -> list[Parameter]:
    hints = get_type_hints(made, include_extras=True)
    texts = argument_texts(made)
    fields = []
    for name, attribute, has_default in members:
        hint = hints.get(attribute, Any)
        # Under `from __future__ import annotations` a TypedDict does not see these marks itself, so they are read here.
        stated = get_origin(hint) in (Required, NotRequired)
        optional = get_origin(hint) is NotRequired if stated else has_default
        type_ = parameter_type(get_args(hint)[0] if stated else hint, enclosing)
        fields.append(Parameter(name, described(type_, texts.get(attribute)), optional))
    return fields
