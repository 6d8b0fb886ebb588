"""Classes of fields: dataclasses, attrs classes, TypedDicts, NamedTuples and pydantic models, as JSON objects."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NotRequired, Required, get_args, get_origin, get_type_hints

import attrs
from attrs import frozen

from . import pydantic_types
from .docstring import argument_texts
from .parameters import (
    ConversionError,
    Parameter,
    ParameterType,
    convert_object,
    described,
    json_value,
    object_schema,
)

TypeOf = Callable[[Any], ParameterType]
"""Returns what a parameter with an annotation takes."""


@frozen
class ClassField:
    """A field of a class.

    Attributes:
        argument: what the class calls it when it is made.
        attribute: what it is annotated as.
        has_default: whether it may be left out.
        annotation: of a field that knows it itself.
    """

    argument: str
    attribute: str
    has_default: bool
    annotation: Any = None


def class_fields(made: type) -> list[ClassField] | None:
    """Return the fields of a class; None if it is no class of fields."""
    optional = getattr(made, "__optional_keys__", None)  # only a TypedDict has them
    if optional is not None and issubclass(made, dict):
        return [ClassField(name, name, name in optional) for name in get_type_hints(made)]
    if is_named_tuple(made):
        names: Sequence[str] = made._fields  # type: ignore[attr-defined]
        return [ClassField(name, name, name in made._field_defaults) for name in names]  # type: ignore[attr-defined]
    if pydantic_types.is_model(made):
        return [ClassField(*one) for one in pydantic_types.model_fields(made)]
    if dataclasses.is_dataclass(made):
        return [ClassField(one.name, one.name, _has_default(one)) for one in dataclasses.fields(made) if one.init]
    if attrs.has(made):
        fields = (one for one in attrs.fields(made) if one.init)
        return [ClassField(one.alias or one.name, one.name, one.default is not attrs.NOTHING) for one in fields]
    return None


def is_named_tuple(made: type) -> bool:
    """Return whether a class is a NamedTuple."""
    return issubclass(made, tuple) and hasattr(made, "_field_defaults")


def _has_default(field: dataclasses.Field[Any]) -> bool:
    absent = dataclasses.MISSING
    return field.default is not absent or field.default_factory is not absent


def fields_type(made: type, fields: Sequence[ClassField], type_of: TypeOf) -> ParameterType:
    """Return what takes an object of a class.

    Args:
        made: the class.
        fields: its fields.
        type_of: returns what a field takes.
    """
    parameters = list(_parameters(made, fields, type_of))
    return ParameterType(object_schema(parameters), "an object", partial(_construct, made, parameters))


def _parameters(made: type, fields: Sequence[ClassField], type_of: TypeOf) -> Iterator[Parameter]:
    hints = get_type_hints(made, include_extras=True)
    texts = argument_texts(made)
    for one in fields:
        hint = hints.get(one.attribute, Any) if one.annotation is None else one.annotation
        # Under `from __future__ import annotations` a TypedDict does not see these marks itself, so they are read here.
        stated = get_origin(hint) in (Required, NotRequired)
        optional = get_origin(hint) is NotRequired if stated else one.has_default
        type_ = type_of(get_args(hint)[0] if stated else hint)
        yield Parameter(one.argument, described(type_, texts.get(one.attribute)), optional)


def _construct(made: type, parameters: Sequence[Parameter], value: Any) -> Any:
    members = json_value(value)
    if isinstance(members, list) and is_named_tuple(made) and len(members) <= len(parameters):
        members = {one.name: member for one, member in zip(parameters, members, strict=False)}
    if not isinstance(members, Mapping):
        raise ValueError("not an object")
    values = convert_object(parameters, members)
    try:
        return pydantic_types.validate(made, values) if pydantic_types.is_model(made) else made(**values)
    except (ValueError, TypeError, ArithmeticError) as error:  # of its own checks, whose words may hold the value
        raise ConversionError(pydantic_types.problems(error) or [("", "is not valid")]) from None
