"""`Model`: what every generated class is.

A model is an attrs class with slots. Its fields hold decoded values, or whatever the API sent where that does not fit
the contract; keys that the contract lacks are in `additional_properties`. So `to_dict` gives back what `from_dict` got.

A subclass declares its fields, `_wire` (attribute -> name in the API's JSON) and `_schema` (its name in the contract),
and writes `from_dict` out. Everything else here works from `_wire`: the tables for it are made once per class.
Most objects have nothing beyond their fields, so the dict for it is made when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import wraps
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self

from attrs import define, field

from vapi_async._lazy import exported_by

from .unset import UNSET

new: Final = object.__new__


@exported_by("vapi_async")
@define(kw_only=True, eq=False, repr=False)
class Model:  # noqa: PLW1641 - models change, so they have no hash
    """Base of all models."""

    _extra: dict[str, Any] | None = field(default=None, alias="additional_properties")

    _schema: ClassVar[str] = ""
    _wire: ClassVar[Mapping[str, str]] = {}
    _attributes: ClassVar[Mapping[str, str]] = {}  # the reverse of _wire
    _values: ClassVar[attrgetter[Any]] = attrgetter("__class__", "_extra")

    __iter__: ClassVar[None] = None  # else `__getitem__` would make a model iterable by index

    def __init_subclass__(cls) -> None:
        cls._attributes = {wire: name for name, wire in cls._wire.items()}
        cls._values = attrgetter(*cls._wire, "__class__", "_extra")
        if "__init__" in vars(cls):
            cls.__init__ = _hinting(cls.__init__)  # type: ignore[method-assign]

    @property
    def additional_properties(self) -> dict[str, Any]:
        """What the API sent, or is to be sent, beyond the typed fields, by its name in the JSON.

        A typed field that is set wins over an entry of the same name.
        """
        if self._extra is None:
            self._extra = {}
        return self._extra

    @additional_properties.setter
    def additional_properties(self, value: dict[str, Any]) -> None:
        self._extra = value

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return a model of `data`, a JSON object in the API's spelling. Never raises on what the API may send."""
        self = new(cls)
        self._extra = dict(data)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the model as plain JSON values in the API's spelling, UNSET fields left out.

        Raises:
            ValueError: a datetime has no offset, or the model contains itself.
            TypeError: UNSET stands in a list.
        """
        from .encoding import encode

        out: dict[str, Any] = encode(self)
        return out

    def to_json(self, indent: int | None = None) -> str:
        """Return the model as JSON in the API's spelling; otherwise as `to_dict`.

        Args:
            indent: spaces for each level; everything on one line by default.
        """
        import json

        return json.dumps(self.to_dict(), ensure_ascii=False, indent=indent)

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value under the API's name `key`, or `default` if it is absent."""
        name = self._attributes.get(key)
        value = UNSET if name is None else getattr(self, name)
        if value is UNSET and self._extra:
            value = self._extra.get(key, UNSET)
        return default if value is UNSET else value

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, UNSET)
        if value is UNSET:
            raise KeyError(self._no_key(key))
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, UNSET) is not UNSET

    # Not the `__eq__` of attrs: an object that was never asked for its additional properties has None there, one that
    # was has an empty dict, and the two are equal.
    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        *fields, extra = self._values(self)
        *other_fields, other_extra = self._values(other)
        return bool(fields == other_fields and (extra or None) == (other_extra or None))

    def __repr__(self) -> str:
        from .representation import model_repr

        return model_repr(self)

    def __rich_repr__(self) -> Iterator[Any]:
        from .representation import rich_parts

        return rich_parts(self)

    if not TYPE_CHECKING:  # a checker would take it as leave to read any attribute

        def __getattr__(self, name: str) -> Any:
            if name in self._wire or name == "_extra":  # unpickled, and the pickle is older than the field
                return None if name == "_extra" else UNSET
            if name.startswith("_"):
                raise AttributeError(name, name=name, obj=self)
            from .unknown_keys import find

            value = find(self._extra or {}, name, UNSET)
            if value is UNSET:
                raise AttributeError(self._no_attribute(name), name=name, obj=self)
            return value

    def _shallow(self) -> dict[str, Any]:
        """Return the fields that are set under their JSON names; the values as they are."""
        fields = zip(self._attributes, self._values(self))  # noqa: B905 - the values go on beyond the fields
        out = {key: value for key, value in fields if value is not UNSET}
        if self._extra:
            for key, value in self._extra.items():
                if value is not UNSET:
                    out.setdefault(key, value)
        return out

    def _no_key(self, key: str) -> str:
        if key in self._attributes:
            return f"{key!r} is not set"
        if key in self._wire:
            return f"{key!r}: keys are the API's names, here {self._wire[key]!r}"
        return f"{key!r} is neither a field of {type(self).__name__} nor among the additional properties"

    def _no_attribute(self, name: str) -> str:
        from .unknown_keys import hint

        instead = hint(name, self._wire, self._extra or {})
        return f"{type(self).__name__!r} has no field {name!r}, and the API sent none{instead and f': {instead}'}"


def _hinting(init: Callable[..., None]) -> Callable[..., None]:
    """Return an `__init__` that says for a field that there is not what was meant."""

    @wraps(init, assigned=(), updated=())
    def initialized(self: Model, *args: Any, **given: Any) -> None:
        try:
            init(self, *args, **given)
        except TypeError:
            from .keyword_hints import no_such_field, unknown_keywords

            for name in unknown_keywords(init, given):
                raise no_such_field(self, self._schema, self._wire, name) from None
            raise

    return initialized
