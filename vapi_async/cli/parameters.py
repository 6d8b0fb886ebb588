"""From the signature of a method to the arguments and options of its command."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import click

from .values import Json, Moment, OneOf, ParamType, window

_SCALARS: dict[str, ParamType] = {
    "str": click.STRING,
    "int": click.INT,
    "float": click.FLOAT,
    "bool": click.BOOL,
    "datetime": Moment(),
    "FileInput": click.Path(exists=True, dir_okay=False, path_type=Path),
}
_BODY = "request"
#: Of a list: what options of their own stand for. The bounds that `--since` and its like stand for are not shown.
_WINDOWS = {"created": ("--since", "--until"), "updated": ("--updated-since", "--updated-until")}
START_OPTIONS = ("since", "updated_since")
_LEFT_OUT = ("max_items", "resume", "allow_hosts", "public_key", *_WINDOWS)
_BOUND = re.compile(r"(created|updated)_at_[gl][te]")


def parameters(method: Callable[..., Any]) -> list[click.Parameter]:
    """Return the arguments and options that stand for the parameters of a method."""
    found = inspect.signature(method).parameters.values()
    made = [_parameter(each) for each in found if each.name not in _LEFT_OUT and each.kind != each.VAR_KEYWORD]
    names = {each.name for each in found}
    windows = [option for name, pair in _WINDOWS.items() if name in names for option in _window_options(name, pair)]
    extra = [_extra(name) for name in ("extra_query", "extra_body") if "options" in names]
    return [*made, *windows, *extra]


def _parameter(parameter: inspect.Parameter) -> click.Parameter:
    kinds = _kinds(str(parameter.annotation))
    if parameter.name == _BODY:
        optional = parameter.default is not parameter.empty
        return click.Argument([_BODY], type=Json(), required=not optional, metavar="[BODY]" if optional else "BODY")
    if parameter.kind == parameter.KEYWORD_ONLY:
        return _option(parameter, kinds)
    if kinds[0].startswith("Iterable"):
        return click.Argument([parameter.name], nargs=-1, required=True)
    return click.Argument([parameter.name], type=_type(kinds), required=parameter.default is parameter.empty)


def _option(parameter: inspect.Parameter, kinds: list[str]) -> click.Option:
    several = kinds == ["Sequence[str]"]
    return click.Option(
        [f"--{parameter.name.replace('_', '-')}", parameter.name],
        type=click.STRING if several else _type(kinds),
        multiple=several,
        default=() if several else None,
        required=parameter.default is parameter.empty,
        hidden=_BOUND.fullmatch(parameter.name) is not None,
    )


def _window_options(name: str, options: tuple[str, str]) -> Iterator[click.Option]:
    start, end = options
    yield click.Option(
        [start], type=Moment(), help=f"Only what was {name} since then: 7d, 12h, 2026-01-31, 2026-01-31T09:00+01:00."
    )
    yield click.Option([end], type=Moment(), help=f"Only what was {name} before then.")


def _extra(name: str) -> click.Option:
    what = {"extra_query": "query parameters", "extra_body": "fields of the body"}[name]
    help_ = f"An object with {what} that the contract lacks."
    return click.Option([f"--{name.replace('_', '-')}", name], type=Json(), help=help_, hidden=True)


def arguments(given: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of the method: what was given, with windows made of their bounds."""
    for name, options in _WINDOWS.items():
        start, end = (given.pop(option.strip("-").replace("-", "_"), None) for option in options)
        if (made := window(start, end)) is not None:
            given[name] = made
    return {name: value for name, value in given.items() if value is not None and value != ()}


def _kinds(annotation: str) -> list[str]:
    """`str | None | Unset` → `["str"]`."""
    parts = _split(annotation)
    return [part for part in parts if part not in ("None", "Unset")] or ["Any"]


def _split(annotation: str) -> list[str]:
    parts, depth = [""], 0
    for character in annotation:
        depth += (character == "[") - (character == "]")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]


def _type(kinds: list[str]) -> ParamType:
    if kinds == ["Any"]:  # the id of a call, or the call
        return click.STRING
    if len(kinds) == 1:
        if kinds[0] in _SCALARS:
            return _SCALARS[kinds[0]]
        if values := _literals(kinds[0]):
            return OneOf(values)
    return Json(or_text=True)  # the aliases of unions do not tell at run time whether a text will do


def _literals(name: str) -> tuple[str, ...]:
    """Return the values of an enum of the contract, or of a `Literal[...]`; none for anything else."""
    if name.startswith("Literal["):
        return tuple(re.findall(r"'([^']*)'", name))
    from vapi_async import models

    alias = getattr(models, name, None) if name.isidentifier() else None
    return tuple(value for part in get_args(alias) for value in (part, *get_args(part)) if isinstance(value, str))
