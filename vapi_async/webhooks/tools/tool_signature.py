"""`Signature`: what the schema of a tool takes from its function.

The description is the first paragraph of the docstring; those of the parameters come from `Annotated[X, "text"]` or
the section `Args:`. Parameters with a default, or that may be None, need not be given.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Any, get_args, get_origin, get_type_hints

from attrs import evolve, frozen

from .conversion import Field
from .docstring import described_in, summary_of
from .invocations import ToolContext
from .parameter_types import choice_text, described, kind_of, object_schema
from .spoken_text import plain

_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


@frozen
class Signature:
    """What a function takes.

    Attributes:
        name: of the function.
        description: the first paragraph of its docstring; empty without.
        fields: its parameters, without those that get the context.
        contexts: the names of the parameters that get the context.
    """

    name: str
    description: str
    fields: tuple[Field, ...]
    contexts: tuple[str, ...]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the parameters."""
        return object_schema(self.fields)


def tool_schema(function: Callable[..., Any]) -> dict[str, Any]:
    """Return the JSON schema of a function's parameters.

    Raises:
        TypeError: see `signature_of`.
    """
    return signature_of(function).schema


def signature_of(function: Callable[..., Any]) -> Signature:
    """Return what a function takes.

    Args:
        function: also a bound method, a partial (what it binds is no parameter any more) or an object with `__call__`.

    Raises:
        TypeError: a parameter has no name to be called by, or its annotation no JSON form.
    """
    source = _source(function)
    name = getattr(source, "__name__", type(function).__name__)
    texts = described_in(source)
    fields: list[Field] = []
    contexts: list[str] = []
    for parameter in _parameters(function):
        if parameter.kind not in _NAMED:
            raise TypeError(f"the parameter {parameter.name} of {name} cannot be given by name")
        try:
            annotation = _annotation(parameter, source)
            if _is_context(annotation):
                contexts.append(parameter.name)
            else:
                fields.append(_field(parameter, annotation, texts.get(parameter.name)))
        except (TypeError, NameError) as error:
            raise TypeError(f"the parameter {parameter.name} of {name}: {error}{_hint(error)}") from error
    return Signature(name, summary_of(source), tuple(fields), tuple(contexts))


def _hint(error: Exception) -> str:
    if not isinstance(error, NameError):
        return ""
    return " in its module at run time (what is defined within a function or under TYPE_CHECKING cannot be found)"


def _source(function: Any) -> Any:
    """Return the function whose code, docstring and module are meant."""
    while isinstance(function, partial):
        function = function.func
    if not inspect.isroutine(function) and not isinstance(function, type):
        function = type(function).__call__
    return inspect.unwrap(function)


def _parameters(function: Any) -> Iterator[inspect.Parameter]:
    bound: set[str] = set()
    inner = function
    while isinstance(inner, partial):
        bound |= inner.keywords.keys()
        inner = inner.func
    return (one for one in inspect.signature(function).parameters.values() if one.name not in bound)


def _annotation(parameter: inspect.Parameter, source: Any) -> Any:
    if parameter.annotation is inspect.Parameter.empty:
        return Any
    # Modules import ToolContext for type checkers alone, when nothing but annotations needs it.
    names: dict[str, Any] = {"ToolContext": ToolContext, **getattr(source, "__globals__", {})}
    holder = SimpleNamespace(__annotations__={"it": parameter.annotation})
    return get_type_hints(holder, globalns=names, include_extras=True)["it"]


def _is_context(annotation: Any) -> bool:
    return annotation is ToolContext or (get_origin(annotation) is not None and ToolContext in get_args(annotation))


def _field(parameter: inspect.Parameter, annotation: Any, text: str | None) -> Field:
    kind = described(kind_of(annotation), text)
    if parameter.default is inspect.Parameter.empty:
        return Field(parameter.name, kind, has_default=False)
    schema = kind.schema | _default(parameter.default, kind.schema)
    return Field(parameter.name, evolve(kind, schema=schema), has_default=True)


def _default(value: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema's entry for a default, empty if it has no JSON form that would fit the schema."""
    if value is None:
        return {}
    if "enum" in schema:
        return {"default": choice_text(value)}
    try:
        return {"default": plain(value)}
    except (TypeError, ValueError):
        return {}
