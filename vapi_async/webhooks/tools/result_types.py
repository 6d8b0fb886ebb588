"""Whether what a tool returns has a JSON form, as far as its annotation shows."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine, Generator, Iterator, Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import PurePath
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin
from uuid import UUID

from .field_classes import class_fields

_PLAIN = (str, int, float, Decimal, date, time, timedelta, UUID, PurePath, Enum, NoneType, Exception)
_CONTAINERS = (Mapping, Sequence, Set)
_AWAITED = (Awaitable, Coroutine)
_NEVER: tuple[Any, ...] = (Iterator, Generator, Callable, bytes, bytearray, memoryview)


def check_result(annotation: Any) -> None:
    """Raise if no value of this type could be told to an assistant; where that cannot be known, return.

    Raises:
        TypeError: a type within the annotation has no JSON form.
    """
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is Literal:
        return
    if origin is Annotated:
        check_result(args[0])
    elif origin in _AWAITED:
        check_result(args[-1])
    else:
        made = annotation if origin is None else origin
        if isinstance(made, type) and not _may_have_json_form(made):
            raise TypeError(f"{made.__name__} has no JSON form: return a text, numbers, lists, a dataclass or a model")
        for arg in args:
            check_result(arg)


def _may_have_json_form(made: type) -> bool:
    if issubclass(made, _NEVER):
        return False
    if made is object or issubclass(made, (*_PLAIN, *_CONTAINERS)):
        return True
    if getattr(made, "_is_protocol", False) or getattr(made, "__abstractmethods__", None):
        return True  # nothing is said of the class that will come
    if any(hasattr(made, name) for name in ("_shallow", "model_dump", "fields", "__get_pydantic_core_schema__")):
        return True
    return made.__name__ in ("URL", "UnionType") or made.__module__ == "typing" or class_fields(made) is not None
