"""The eager decoder of version 0.1, for comparison: every object of a payload becomes fields at once.

Its classes are made of the tables of today's models: slots, and a `from_dict` written out for each class, as the
generator wrote them then.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cache
from importlib import import_module
from inspect import getclosurevars
from typing import TYPE_CHECKING, Any

from attrs import define

from vapi_async import models
from vapi_async._modeling.decoding import items, timestamp, values
from vapi_async._modeling.unset import UNSET

if TYPE_CHECKING:
    from vapi_async._modeling.class_loading import Decoder
    from vapi_async._modeling.unions import Variants


@cache
def eager(name: str) -> Any:
    """Return the class that stands for a model, by the model's name; `Unknown` was always read at once."""
    model = getattr(models, name)
    if not hasattr(model, "_wire"):
        return model
    decoders = {attribute: _eager(decode) for attribute, decode in model._decoders.items()}
    namespace: dict[str, Any] = {"define": define, "UNSET": UNSET, "new": object.__new__}
    namespace |= {f"decode_{attribute}": decode for attribute, decode in decoders.items()}
    exec(_source(name, model._wire, decoders), namespace)  # noqa: S102 - of our own tables
    return namespace[name]


def _source(name: str, wire: dict[str, str], decoders: dict[str, Decoder]) -> str:
    lines = ["@define(kw_only=True, eq=False, repr=False)", f"class {name}:", f"    _wire = {wire!r}"]
    lines += [f"    {attribute}: object = UNSET" for attribute in wire]
    lines += ["    _extra: object = None", "    @classmethod", "    def from_dict(cls, data):"]
    lines += ["        rest = dict(data)", "        take = rest.pop", "        self = new(cls)"]
    for attribute, key in wire.items():
        taken = f"take({key!r}, UNSET)"
        if attribute in decoders:
            taken = f"decode_{attribute}(take({key!r})) if {key!r} in rest else UNSET"
        lines.append(f"        self.{attribute} = {taken}")
    extra = "decode__extra(rest)" if "_extra" in decoders else "rest"
    return "\n".join([*lines, f"        self._extra = {extra} or None", "        return self"])


def _eager(decode: Decoder) -> Decoder:
    """Return a decoder that makes the classes of here."""
    kind, free = decode.__qualname__.partition(".")[0], getclosurevars(decode).nonlocals
    match kind:
        case "nested":
            return _nested(free["name"])
        case "union":
            return _union(free["name"])
        case "items" | "values":
            return {"items": items, "values": values}[kind](_eager(free["decoder"]))
        case _:
            assert decode is timestamp
            return decode


def _nested(name: str) -> Decoder:
    factory: Callable[[Any], Any] | None = None

    def decode(value: Any) -> Any:
        nonlocal factory
        if not isinstance(value, dict):
            return value
        try:
            if factory is None:
                factory = eager(name).from_dict
            return factory(value)
        except RecursionError:
            return value

    return decode


def _union(name: str) -> Decoder:
    direct: Decoder | None = None

    def decode(value: Any) -> Any:
        nonlocal direct
        if direct is None:
            if not isinstance(value, (dict, list)):
                return value
            direct = _variants(name).decode
        return direct(value)

    return decode


def _variants(name: str) -> Variants:
    module = import_module(f"{models.__name__}.{models._MODULES[name]}")
    made: Any = copy.copy(module.VARIANTS)
    made._factories, made._direct = {}, {}
    made._factory = lambda name: eager(name).from_dict
    made._array = made._array and _eager(made._array)
    return made  # type: ignore[no-any-return]
