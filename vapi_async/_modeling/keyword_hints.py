"""What to write instead of a keyword that a constructor does not have, or a method; found only once it was written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import wraps
from typing import Any, TypeVar, cast

from vapi_async._did_you_mean import close_matches, folded

from .contract_document import contract_document, package_of
from .outdated_names import outdated_names

F = TypeVar("F", bound=Callable[..., Any])

_REF = "#/components/schemas/"
_FEW = 2


def hinted(instead: Mapping[str, str]) -> Callable[[F], F]:
    """Return a decorator for a method: for a keyword that it lacks it says what was meant.

    Args:
        instead: keywords of other libraries, each with what to write here.
    """

    def mark(function: F) -> F:
        @wraps(function)
        def call(*args: Any, **given: Any) -> Any:
            try:
                return function(*args, **given)
            except BaseException as error:
                mistake = _mistake(function, args, given, instead) if isinstance(error, TypeError) else None
                args, given = (), {}  # a token may be among them, and a traceback with locals shows what a frame holds
                if mistake is None:
                    raise
                raise mistake from None

        return cast("F", call)

    return mark


def _mistake(
    function: Callable[..., Any], args: tuple[Any, ...], given: Mapping[str, Any], instead: Mapping[str, str]
) -> TypeError | None:
    """Return the error for a keyword that a method does not have, None if it has them all."""
    from inspect import signature  # slow to import, and only mistakes need it

    for name in unknown_keywords(function, given):
        known = [each for each in signature(function).parameters if each != "self"]
        owner = f"{type(args[0]).__name__}.{function.__name__}".removesuffix(".__init__")
        return TypeError(f"{owner} has no parameter {name!r}: {advice(name, known, instead)}")
    return None


def no_such_field(model: object, schema: str, names: Mapping[str, str], name: str) -> TypeError:
    """Return the error for a keyword that a model's constructor does not have.

    Args:
        model: the model.
        schema: its schema in the contract.
        names: its fields, each with its name in the JSON.
        name: the keyword.
    """
    nested = inside(package_of(model), schema, names, name)
    text = advice(name, names, outdated_names(names, "additional_properties"), nested)
    return TypeError(f"{type(model).__name__} has no field {name!r}: {text}")


def unknown_keywords(function: Callable[..., Any], given: Collection[str]) -> list[str]:
    """Return the keywords that a function does not take; none if it takes any."""
    from inspect import Parameter, signature

    parameters = signature(function).parameters
    if any(each.kind is Parameter.VAR_KEYWORD for each in parameters.values()):
        return []
    return [name for name in given if name not in parameters]


def advice(name: str, known: Collection[str], instead: Mapping[str, str], nested: Collection[str] = ()) -> str:
    """Return what to write instead of a keyword.

    Args:
        name: the keyword.
        known: those that there are.
        instead: keywords of other libraries, or of older times, each with what to write here.
        nested: what to write where the keyword is that of something inside.
    """
    other = instead.get(name) or next((hint for key, hint in instead.items() if folded(key) == folded(name)), None)
    if other:
        return f"use {other}"
    close = close_matches(name, known)
    if close and folded(close[0]) == folded(name):
        return f"it is spelled {close[0]!r} here"
    if nested:
        return f"it is inside: {' or '.join(nested)}"
    return f"did you mean {close[0]!r}?" if close else f"it has {', '.join(known)}"


def inside(package: str, schema: str, names: Mapping[str, str], key: str) -> list[str]:
    """Return how to write a key of an object that is inside of another one; nothing where many have such a key.

    Args:
        package: the package whose contract has the schema.
        schema: the name of the outer schema.
        names: the outer one's fields, each with its name in the JSON.
        key: the key, in either spelling.
    """
    if not schema or not package:
        return []
    schemas = contract_document(package)["components"]["schemas"]
    properties = schemas.get(schema, {}).get("properties", {})
    found = {
        name: wire
        for name, outer in names.items()
        for wire in _keys(properties.get(outer, {}), schemas, set())
        if folded(wire) == folded(key)
    }
    return [f'{name}={{"{wire}": ...}}' for name, wire in found.items()] if len(found) <= _FEW else []


def _keys(schema: Mapping[str, Any], schemas: Mapping[str, Any], seen: set[str]) -> Iterator[str]:
    """The keys of the objects that a schema is, itself or as one of several."""
    name = schema.get("$ref", "").removeprefix(_REF)
    if name in seen:
        return
    seen |= {name} - {""}
    target = schemas.get(name, {}) if name else schema
    yield from target.get("properties", ())
    for part in (*target.get("oneOf", ()), *target.get("anyOf", ()), *target.get("allOf", ())):
        yield from _keys(part, schemas, seen)
