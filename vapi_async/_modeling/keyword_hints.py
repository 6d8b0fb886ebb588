"""What to write instead of a keyword that a constructor does not have, or a method; found only once it was written."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from vapi_async._did_you_mean import close_matches, folded

from .contract_document import contract_document, package_of
from .outdated_names import outdated_names

if TYPE_CHECKING:
    from .on_demand import OnDemand

F = TypeVar("F", bound=Callable[..., Any])

_REF = "#/components/schemas/"
_FEW = 2


def hinted(instead: Mapping[str, str]) -> Callable[[F], F]:
    """Return a decorator for a method: for a keyword that it lacks it says what was meant.

    Args:
        instead: keywords of other libraries, each with what to write here.
    """

    def explain(function: Callable[..., Any], owner: object, name: str) -> TypeError:
        from inspect import signature  # slow to import, and only mistakes need it

        known = [each for each in signature(function).parameters if each != "self"]
        called = f"{type(owner).__name__}.{function.__name__}".removesuffix(".__init__")
        return TypeError(f"{called} has no parameter {name!r}: {advice(name, known, instead)}")

    return lambda function: _explained(function, explain)


def hinted_fields(init: F) -> F:
    """Return a model's constructor that is written by hand: for a field that there is not it says what was meant."""
    return _explained(init, lambda _, model, name: no_such_field(model, name))


def _explained(function: F, explain: Callable[[Callable[..., Any], Any, str], TypeError]) -> F:
    @wraps(function)
    def call(owner: object, /, *args: Any, **given: Any) -> Any:
        try:
            return function(owner, *args, **given)
        except BaseException as error:
            unknown = unknown_keywords(function, given) if isinstance(error, TypeError) else []
            args, given = (), {}  # a token may be among them, and a traceback with locals shows what a frame holds
            if not unknown:
                raise
            raise explain(function, owner, unknown[0]) from None

    return cast("F", call)


def wrong_fields(model: OnDemand, given: Collection[str]) -> TypeError:
    """Return the error for keywords with which no such model can be made.

    Args:
        model: the model.
        given: the names of the fields that were given.
    """
    for name in given:
        if name not in model._wire:
            return no_such_field(model, name)
    missing = [repr(name) for name in model._wire if name in model._required and name not in given]
    listed = " and ".join(filter(None, [", ".join(missing[:-1]), missing[-1]]))
    arguments = "argument" if len(missing) == 1 else "arguments"
    return TypeError(
        f"{type(model).__name__}.__init__() missing {len(missing)} required keyword-only {arguments}: {listed}"
    )


def no_such_field(model: OnDemand, name: str) -> TypeError:
    """Return the error for a keyword that a model's constructor does not have.

    Args:
        model: the model.
        name: the keyword.
    """
    names = model._wire
    nested = inside(package_of(model), model._schema, names, name)
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
