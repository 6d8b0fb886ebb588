"""`ToolSignature`: what a function says of the tool that it is, and how arguments become those that it is called with.

The description is the first paragraph of the docstring; those of the parameters come from `Annotated[X, "text"]`,
`Field(description="text")` or the section `Args:`. Parameters with a default, or that may be None, need not be given.
`**arguments` get what no other parameter takes, as it came.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from attrs import evolve, frozen

from vapi_async.webhooks.handlers import logger

from . import pydantic_types
from .annotations import parameter_type
from .choices import choice_text
from .constraints import flattened
from .docstring import argument_texts, summary
from .invocations import ToolContext
from .parameters import ConversionError, Parameter, ParameterType, convert_object, described, object_schema
from .result_types import check_result
from .spoken_text import ToolError, single_line, to_jsonable

_MOST_PROBLEMS = 3  # more at once are nothing to say aloud
_NAMED = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


class ArgumentsError(ToolError):
    """The arguments do not fit the tool; the text says which, and what they have to be."""


@frozen
class ToolSignature:
    """What a function takes.

    Attributes:
        name: of the function.
        description: the first paragraph of its docstring; empty without.
        parameters: those that the assistant fills in.
        contexts: the names of the parameters that get the context.
        takes_any: whether arguments that none of the parameters is for are passed on.
    """

    name: str
    description: str
    parameters: tuple[Parameter, ...]
    contexts: tuple[str, ...]
    takes_any: bool = False

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of the parameters."""
        return object_schema(self.parameters)

    def bind(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Return the keyword arguments to call the function with, without those that get the context.

        Arguments that it has no parameter for are left out, unless it takes any: language models invent some.

        Args:
            arguments: JSON values by name.

        Raises:
            ArgumentsError: some are missing or not what they have to be.
        """
        unknown = arguments.keys() - {one.name for one in self.parameters}
        others: dict[str, Any] = {}
        if self.takes_any:
            others = {name: arguments[name] for name in arguments if name in unknown and name not in self.contexts}
        elif unknown:
            logger.debug("%d arguments that the tool %s does not have are left out", len(unknown), self.name)
        try:
            return convert_object(self.parameters, arguments) | others
        except ConversionError as error:
            sentences = [f'The argument "{path}" {text}.' for path, text in error.problems[:_MOST_PROBLEMS]]
            raise ArgumentsError(single_line(" ".join(sentences))) from None


def tool_signature(function: Callable[..., Any]) -> ToolSignature:
    """Return what a function takes.

    Args:
        function: also a bound method, a partial (what it binds is no parameter any more) or an object with `__call__`.

    Raises:
        TypeError: it is a generator, a parameter has no name to be called by, or an annotation has no JSON form.
    """
    source = _underlying_function(function)
    name = getattr(source, "__name__", type(function).__name__)
    _check_returns(source, name)
    texts = argument_texts(source)
    parameters: list[Parameter] = []
    contexts: list[str] = []
    takes_any = False
    for parameter in _parameters(function):
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            takes_any = True
            continue
        if parameter.kind not in _NAMED:
            raise TypeError(f"the parameter {parameter.name} of {name} cannot be given by name")
        try:
            annotation = _evaluate(parameter, source)
            if _is_context(annotation):
                contexts.append(parameter.name)
            else:
                parameters.append(_parameter(parameter, annotation, texts.get(parameter.name)))
        except (TypeError, NameError) as error:
            raise TypeError(f"the parameter {parameter.name} of {name}: {error}{_hint(error)}") from error
    return ToolSignature(name, summary(source), tuple(parameters), tuple(contexts), takes_any)


def _check_returns(source: Any, name: str) -> None:
    if inspect.isgeneratorfunction(source) or inspect.isasyncgenfunction(source):
        raise TypeError(f"{name} is a generator, and a tool gives its result at once: collect it, and return that")
    annotation = getattr(source, "__annotations__", {}).get("return")
    if annotation is None:
        return
    try:
        annotation = _evaluated(annotation, source)
    except (NameError, TypeError, AttributeError, SyntaxError):  # it is for type checkers alone
        return
    try:
        check_result(annotation)
    except TypeError as error:
        raise TypeError(f"the result of {name}: {error}") from None


def _hint(error: Exception) -> str:
    if not isinstance(error, NameError):
        return ""
    return " in its module at run time (what is defined within a function or under TYPE_CHECKING cannot be found)"


def _underlying_function(function: Any) -> Any:
    """Return the function whose code, docstring and module are meant."""
    while isinstance(function, partial):
        function = function.func
    if not inspect.isroutine(function) and not isinstance(function, type):
        function = type(function).__call__
    return inspect.unwrap(function)


def _parameters(function: Any) -> Iterator[inspect.Parameter]:
    # inspect.signature() leaves what a partial binds by name in place, as a default that could be overridden.
    bound: set[str] = set()
    inner = function
    while isinstance(inner, partial):
        bound |= inner.keywords.keys()
        inner = inner.func
    return (one for one in inspect.signature(function).parameters.values() if one.name not in bound)


def _evaluate(parameter: inspect.Parameter, source: Any) -> Any:
    return Any if parameter.annotation is inspect.Parameter.empty else _evaluated(parameter.annotation, source)


def _evaluated(annotation: Any, source: Any) -> Any:
    # Modules import ToolContext for type checkers alone, when nothing but annotations needs it.
    names: dict[str, Any] = {"ToolContext": ToolContext, **getattr(source, "__globals__", {})}
    # One annotation at a time, so that an error can name its parameter.
    holder = SimpleNamespace(__annotations__={"it": annotation})
    return get_type_hints(holder, globalns=names, include_extras=True)["it"]


def _is_context(annotation: Any) -> bool:
    return annotation is ToolContext or (get_origin(annotation) is not None and ToolContext in get_args(annotation))


def _parameter(parameter: inspect.Parameter, annotation: Any, text: str | None) -> Parameter:
    default = parameter.default
    if pydantic_types.is_field(default):  # `x: int = Field(9, ge=1)`: the function itself would be given the field
        annotation, default = Annotated[annotation, default], inspect.Parameter.empty
    type_ = described(parameter_type(annotation), text)
    if default is not inspect.Parameter.empty:
        return Parameter(parameter.name, _with_default(type_, default), has_default=True)
    metadata = flattened(get_args(annotation)[1:] if get_origin(annotation) is Annotated else ())
    factory = pydantic_types.default_of(metadata)
    if factory is None:
        return Parameter(parameter.name, type_, has_default=False)
    return Parameter(parameter.name, _with_default(type_, factory()), has_default=True, default_factory=factory)


def _with_default(type_: ParameterType, value: Any) -> ParameterType:
    return evolve(type_, schema=type_.schema | _default(value, type_.schema))


def _default(value: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema's entry for a default, empty if it has no JSON form that would fit the schema."""
    if value is None:
        return {}
    if "enum" in schema:
        return {"default": choice_text(value)}
    try:
        return {"default": to_jsonable(value)}
    except (TypeError, ValueError):
        return {}
