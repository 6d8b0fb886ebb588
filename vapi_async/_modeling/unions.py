"""Unions of models: which class an object becomes is looked up, never tried out.

A generated union module holds one `VARIANTS`, which is one of three classes. `Tagged` reads a field that all variants
have and looks its value up. `Cases` asks an ordered list of conditions. `Scored` compares required keys, for contracts
that give nothing better. An object that is none of the variants becomes the package's `Unknown`, which keeps it whole;
what is no object stays raw, or goes to the decoder for lists.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from importlib import import_module
from operator import or_
from typing import Any

from .class_loading import Decoder, Factory, load_factory
from .json_copy import json_copy

_JSON_TYPES: dict[type, str] = {
    str: "string",
    int: "number",
    float: "number",
    bool: "boolean",
    list: "array",
    dict: "object",
    type(None): "null",
}


def json_type(value: Any) -> str:
    """Return the JSON type of a JSON value: string, number, boolean, array, object or null."""
    return _JSON_TYPES.get(value.__class__, "")


class Variants:
    """Base of the three ways to tell the variants of a union apart.

    Attributes:
        package: the models package.
        names: the names of the classes.
    """

    def __init__(self, package: str, names: Iterable[str], array: Decoder | None) -> None:
        self.package = package
        self.names: tuple[str, ...] = tuple(dict.fromkeys(names))
        self._array = array
        self._factories: dict[str, Factory] = {}

    def name_of(self, data: Mapping[str, Any]) -> str | None:
        """Return the name of the class for the JSON object `data`; None if it is none of the variants."""
        raise NotImplementedError

    def decode(self, value: Any) -> Any:
        """Return the variant for a JSON object, `Unknown` if there is none; for a list what `array` makes of it."""
        if isinstance(value, dict):
            return self._factory(self.name_of(value) or "Unknown")(value)
        if self._array is not None and isinstance(value, list):
            return self._array(value)
        return json_copy(value)

    def alias(self) -> Any:
        """Return the union of all variants and `Unknown`, as a type for run time."""
        package = import_module(self.package)
        return reduce(or_, (getattr(package, name) for name in (*self.names, "Unknown")))

    def _factory(self, name: str) -> Factory:
        factory = self._factories.get(name)
        if factory is None:
            factory = self._factories[name] = load_factory(self.package, name)
        return factory


class Tagged(Variants):
    """A union whose variants are told apart by the value of one field.

    Args:
        package: the models package.
        tag: the JSON name of the field.
        names: value of the field -> name of the class.
        shared: value of the field -> the cases of several classes that have it.
        array: decoder for a list in the place of an object.
    """

    def __init__(
        self,
        package: str,
        tag: str,
        names: Mapping[str, str],
        *,
        shared: Mapping[str, Sequence[Case]] | None = None,
        array: Decoder | None = None,
    ) -> None:
        self.shared: Mapping[str, Sequence[Case]] = shared or {}
        cases = (case.name for group in self.shared.values() for case in group)
        super().__init__(package, (*names.values(), *cases), array)
        self.tag = tag
        self.by_tag = names
        self._direct: dict[Any, Factory] = {}  # value of the tag -> factory, of the variants met so far

    def name_of(self, data: Mapping[str, Any]) -> str | None:
        value = data.get(self.tag)
        if not isinstance(value, str):
            return None
        return self.by_tag.get(value) or _first_fit(self.shared.get(value, ()), data)

    def decode(self, value: Any) -> Any:
        # Lists of objects spend their time here, so the usual case asks nothing before it has failed.
        if value.__class__ is dict:
            try:
                return self._direct[value[self.tag]](value)
            except (LookupError, TypeError):
                pass
        return self._decode_new(value)

    def _decode_new(self, value: Any) -> Any:
        """Decode what `_direct` cannot: no object, no tag or an unknown one, or the first of its variant."""
        made = super().decode(value)
        name = self.name_of(value) if isinstance(value, dict) else None
        if name is not None and value[self.tag] in self.by_tag:
            self._direct[value[self.tag]] = self._factory(name)
        return made


class Case:
    """The conditions for one variant; all of them must hold, and without any it always fits.

    Args:
        name: the name of the class.
        has: keys of which at least one is present.
        equals: key -> the values it may have.
        kinds: key -> the JSON type of its value.
        starts: key -> what its value, a string, starts with.
    """

    __slots__ = ("_equals", "_has", "_kinds", "_starts", "name")

    def __init__(
        self,
        name: str,
        *,
        has: Sequence[str] = (),
        equals: Mapping[str, Sequence[Any]] | None = None,
        kinds: Mapping[str, str] | None = None,
        starts: Mapping[str, str] | None = None,
    ) -> None:
        self.name: str = name
        self._has = has
        self._equals = equals or {}
        self._kinds = kinds or {}
        self._starts = starts or {}

    def fits(self, data: Mapping[str, Any]) -> bool:
        """Return whether the JSON object `data` meets the conditions."""
        if self._has and not any(key in data for key in self._has):
            return False
        if any(key not in data or data[key] not in allowed for key, allowed in self._equals.items()):
            return False
        if any(key not in data or json_type(data[key]) != wanted for key, wanted in self._kinds.items()):
            return False
        texts = ((data.get(key), start) for key, start in self._starts.items())
        return all(isinstance(text, str) and text.startswith(start) for text, start in texts)


class Cases(Variants):
    """A union whose variants are told apart by conditions: the first case that fits gives the class.

    Args:
        package: the models package.
        cases: in the order in which they are asked.
        array: decoder for a list in the place of an object.
    """

    def __init__(self, package: str, cases: Sequence[Case], *, array: Decoder | None = None) -> None:
        super().__init__(package, (case.name for case in cases), array)
        self._cases = cases

    def name_of(self, data: Mapping[str, Any]) -> str | None:
        return _first_fit(self._cases, data)


def _first_fit(cases: Iterable[Case], data: Mapping[str, Any]) -> str | None:
    return next((case.name for case in cases if case.fits(data)), None)


class Scored(Variants):
    """A union whose variants are told apart by the share of their required keys that are present.

    The best share wins; none at all, or two that are equally good, is `Unknown`.

    Args:
        package: the models package.
        required: name of the class -> its required keys.
        array: decoder for a list in the place of an object.
    """

    def __init__(self, package: str, required: Mapping[str, Sequence[str]], *, array: Decoder | None = None) -> None:
        super().__init__(package, required, array)
        self._required = required

    def name_of(self, data: Mapping[str, Any]) -> str | None:
        shares = {name: sum(key in data for key in keys) / len(keys) for name, keys in self._required.items() if keys}
        best = max(shares.values(), default=0)
        winners = [name for name, share in shares.items() if share == best]
        return winners[0] if best and len(winners) == 1 else None
