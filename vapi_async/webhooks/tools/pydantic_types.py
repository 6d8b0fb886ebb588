"""pydantic, where it is used: its models, its own types such as `HttpUrl`, and what `Field` says.

It is never imported from here: whoever has made a model has done so already.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Annotated, Any

from .parameters import ConversionError, ParameterType

_FORMATS = frozenset(("date-time", "time", "date", "duration", "email", "hostname", "ipv4", "ipv6", "uuid"))
_PLAIN_TYPES = frozenset(("string", "number", "integer", "boolean"))
# Their words are the user's own, and may hold the value.
_OWN_CHECKS = frozenset(("value_error", "assertion_error"))


def is_model(made: Any) -> bool:
    """Return whether a class is a pydantic model."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and isinstance(made, type) and issubclass(made, pydantic.BaseModel)


def is_root_model(made: Any) -> bool:
    """Return whether a class is a pydantic model of a single value."""
    return is_model(made) and bool(getattr(made, "__pydantic_root_model__", False))


def model_fields(model: Any) -> Iterator[tuple[str, str, bool, Any]]:
    """Yield of each field: the name that it is given by, that of the attribute, whether it has a default, its type."""
    for name, info in model.model_fields.items():
        aliases = (alias for alias in (info.validation_alias, info.alias) if isinstance(alias, str))
        yield next(aliases, name), name, not info.is_required(), Annotated[info.annotation, info]


def validate(model: Any, value: Any) -> Any:
    """Return an instance of a model."""
    return model.model_validate(value)


def problems(error: Exception) -> list[tuple[str, str]]:
    """Return what a pydantic error is about, path and predicate; nothing for other errors."""
    errors = getattr(error, "errors", None)
    if not callable(errors):
        return []
    found: Any = errors(include_url=False)
    return [(".".join(map(str, one.get("loc", ()))), _predicate(one)) for one in found]


def _predicate(problem: Mapping[str, Any]) -> str:
    message = str(problem.get("msg", ""))
    if problem.get("type") in _OWN_CHECKS or not message.startswith("Input "):
        return "is not valid"
    return message.removeprefix("Input ")


def own_type(annotation: Any) -> ParameterType | None:
    """Return what a type of pydantic's own takes, such as `EmailStr`; None if it is none, or no scalar."""
    pydantic = sys.modules.get("pydantic")
    if pydantic is None or not hasattr(annotation, "__get_pydantic_core_schema__"):
        return None
    adapter = pydantic.TypeAdapter(annotation)
    told = adapter.json_schema()
    if told.get("type") not in _PLAIN_TYPES:
        return None
    schema = {"type": told["type"]} | ({"format": told["format"]} if told.get("format") in _FORMATS else {})
    return ParameterType(schema, f"a valid {annotation.__name__}", _converter(adapter))


def _converter(adapter: Any) -> Callable[[Any], Any]:
    def convert(value: Any) -> Any:
        try:
            return adapter.validate_python(value)
        except ValueError as error:
            raise ConversionError(problems(error) or [("", "is not valid")]) from None

    return convert


def with_validators(annotation: Any, metadata: Iterable[Any], type_: ParameterType) -> ParameterType:
    """Return the type with the validators that stand in its metadata, such as `AfterValidator`, run as well."""
    found = tuple(one for one in metadata if type(one).__module__ == "pydantic.functional_validators")
    if not found:
        return type_
    from attrs import evolve

    convert, check = type_.converter, _converter(sys.modules["pydantic"].TypeAdapter(Annotated[annotation, *found]))
    return evolve(type_, converter=lambda value: check(convert(value)))


def default_of(metadata: Iterable[Any]) -> Callable[[], Any] | None:
    """Return what makes the default that a `Field` states; None if it states none."""
    for item in metadata:
        if is_field(item) and not item.is_required():
            return lambda item=item: item.get_default(call_default_factory=True)  # type: ignore[misc]
    return None


def is_field(value: Any) -> bool:
    """Return whether a value is what `Field(...)` makes."""
    fields = sys.modules.get("pydantic.fields")
    return fields is not None and isinstance(value, fields.FieldInfo)
