"""Finding generated classes by their names, each imported with the first value that needs it.

A models package is not imported as a whole: that is what keeps `import vapi_async` quick. So decoders hold names, and
only the modules of what a payload contains are ever loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any, Protocol, TypeAlias

Decoder: TypeAlias = Callable[[Any], Any]
"""Makes a field's value of any JSON value. It never raises: what it cannot use it returns unchanged."""

Factory: TypeAlias = Callable[[Mapping[str, Any]], Any]
"""The `from_dict` of a class: makes an object of a JSON object."""


class UnionVariants(Protocol):
    """The `VARIANTS` of a generated union module; the classes of `unions` are such."""

    def name_of(self, data: Mapping[str, Any]) -> str | None:
        """Return the name of the class for the JSON object `data`; None if it is none of the variants."""

    def decode(self, value: Any) -> Any:
        """Return what `value` becomes."""


def load_factory(package: str, name: str) -> Factory:
    """Return `from_dict` of the class `name` of the models package `package`, imported now if need be."""
    factory: Factory = getattr(import_module(package), name).from_dict
    return factory


def load_variants(package: str, name: str) -> UnionVariants:
    """Return the `VARIANTS` of the union `name` of the models package `package`, imported now if need be."""
    module = import_module(package)._MODULES[name]
    variants: UnionVariants = import_module(f"{package}.{module}").VARIANTS
    return variants
