"""What the assistant hears of a tool: single lines of text.

Line breaks within a result keep the API from reading it, so whatever a tool gives or raises ends up on one line.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Mapping, Sequence, Set
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Address
from pathlib import PurePath
from typing import Any
from uuid import UUID

from vapi_async._lazy import exported_by
from vapi_async._modeling.unset import UNSET

_TEXTS = (Decimal, UUID, PurePath, IPv4Address, IPv6Address)
_BREAKS = re.compile("[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]+")
SUCCESS = "Success."


@exported_by("vapi_async.webhooks")
class ToolError(Exception):
    """To be raised in a tool: its text is what the assistant is told, as it is."""


def single_line(text: str) -> str:
    """Return `text` with every run of line breaks and tabs made a space."""
    return _BREAKS.sub(" ", text)


def spoken_text(value: Any) -> str:
    """Return what a tool returned as one line: a text as it is, None as "Success.", anything else as compact JSON.

    Raises:
        ValueError: a number is not finite, or the value contains itself.
        TypeError: the value, or something in it, has no JSON form.
    """
    if value is None:
        return SUCCESS
    if value.__class__ is not str:
        text = _dumps(value)
        value = json.loads(text) if text.startswith('"') else text
    return single_line(value)


def to_jsonable(value: Any) -> Any:
    """Return `value` as plain JSON values: models, dataclasses and mappings as objects, moments in ISO 8601.

    Raises:
        ValueError: a number is not finite, or the value contains itself.
        TypeError: the value, or something in it, has no JSON form.
    """
    return json.loads(_dumps(value))


def _dumps(value: Any) -> str:
    return json.dumps(value, default=_encode_level, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _encode_level(value: Any) -> Any:
    """Return `value`, which is not JSON, with its own level in JSON form."""
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, _TEXTS) or type(value).__name__ == "URL":
        return str(value)
    if value is UNSET:
        return None
    if isinstance(value, Enum):
        return value.value
    return _members(value)


def _members(value: Any) -> Any:
    if hasattr(value, "_shallow"):
        return value._shallow()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (Sequence, Set)) and not isinstance(value, (bytes, bytearray, memoryview)):
        return list(value)
    names = _field_names(value)
    if names is not None:
        return {name: getattr(value, name) for name in names}
    if isinstance(value, type):
        raise TypeError(f"the class {value.__name__} has no JSON form")
    model_dump: Any = getattr(value, "model_dump", None)
    if model_dump is not None:  # a pydantic model
        return model_dump(mode="json")
    return _pydantic_scalar(value)


def _pydantic_scalar(value: Any) -> Any:
    """Return the JSON form of a value of pydantic's own types, such as `HttpUrl`."""
    if not hasattr(value, "__get_pydantic_core_schema__"):
        raise TypeError(f"{type(value).__name__} has no JSON form")
    import sys

    return sys.modules["pydantic"].TypeAdapter(type(value)).dump_python(value, mode="json")


def _field_names(value: Any) -> list[str] | None:
    cls = type(value)
    if dataclasses.is_dataclass(cls):
        return [field.name for field in dataclasses.fields(cls)]
    attributes = getattr(cls, "__attrs_attrs__", None)
    return None if attributes is None else [attribute.name for attribute in attributes]
