"""`Model`: what every generated class is.

A model is an attrs class. Its fields hold decoded values, or whatever the API sent where that does not fit the
contract; keys that the contract lacks are in `additional_properties`. So `to_dict` gives back what `from_dict` got.
When an object is turned into fields, and where it keeps them, is told in `on_demand`.

A subclass declares its fields and says in two tables what they are: `_wire` (attribute -> name in the API's JSON) and
`_decoders` (attribute -> what makes its value); `_schema` is its name in the contract, where that is not its own. What
else the code here works from is made of these once per class.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, Self, TypeVar

from attrs import NOTHING, define, field, fields as attrs_fields

from vapi_async._lazy import exported_by

from .attribute_error import MissingAttributeError
from .json_copy import json_copy
from .on_demand import (
    ExtraField,
    Field,
    OnDemand,
    all_fields,
    as_json,
    fields_of,
    set_fields,
    set_raw,
    snapshot,
    unknown_keys,
)
from .unknown_keys import hint, key_of
from .unset import UNSET

if TYPE_CHECKING:
    from inspect import Signature

M = TypeVar("M", bound="Model")

_new: Final = object.__new__
_STATE = frozenset({"_pending", "_raw"})


class _ConstructorSignature:
    """What `inspect.signature` shows of a generated class: its fields."""

    def __get__(self, model: Model | None, owner: type[Model]) -> Signature:
        if owner.__init__ is not Model.__init__:
            raise AttributeError("__signature__")
        from inspect import Parameter, Signature  # slow to import, and only help needs it

        parameters = [
            Parameter(
                each.alias or each.name,
                Parameter.KEYWORD_ONLY,
                default=Parameter.empty if each.default is NOTHING else each.default,
                annotation=each.type,
            )
            for each in attrs_fields(owner)
        ]
        return Signature(parameters)


@exported_by("vapi_async")
@define(kw_only=True, eq=False, repr=False, slots=False)
class Model(OnDemand):  # noqa: PLW1641 - models change, so they have no hash
    """Base of all models."""

    _extra: dict[str, Any] | None = field(default=None, alias="additional_properties")

    _closed: ClassVar[bool] = True  # whether it takes no attributes beside its fields

    __iter__: ClassVar[None] = None  # else `__getitem__` would make a model iterable by index

    def __init_subclass__(cls) -> None:
        cls._closed = "_wire" in vars(cls)
        if "__init__" in vars(cls):  # of a subclass by hand
            from .keyword_hints import hinted_fields

            type.__setattr__(cls, "__init__", hinted_fields(cls.__init__))  # to a checker it stays what it is

    @classmethod
    def __attrs_init_subclass__(cls) -> None:
        if not cls._closed:
            return
        if cls is not Model:
            cls._schema = vars(cls).get("_schema", cls.__name__)
            del cls.__init__  # the one of `Model` sets what is given, however many fields there are
        defaults = {each.name: each.default for each in attrs_fields(cls) if each.name in cls._wire}
        cls._required = {name for name, value in defaults.items() if value is NOTHING}
        cls._defaults = {name: UNSET if name in cls._required else value for name, value in defaults.items()}
        cls._attributes = {wire: name for name, wire in cls._wire.items()}
        cls._known = frozenset(cls._attributes)
        cls._plain = {wire: name for name, wire in cls._wire.items() if name not in cls._decoders}
        cls._absent = dict.fromkeys(cls._plain.values(), UNSET)
        decoders = {name: cls._decoders.get(name, json_copy) for name in [*cls._wire, "_extra"]}
        extra = ExtraField(decoders.pop("_extra"), cls._known)
        cls._fields = {name: Field(name, cls._wire[name], decode) for name, decode in decoders.items()}
        cls._fields = {**cls._fields, "_extra": extra}
        for name, each in cls._fields.items():
            setattr(cls, name, each)

    if not TYPE_CHECKING:  # a checker has it from the fields
        __signature__ = _ConstructorSignature()

        def __init__(self, *, additional_properties: dict[str, Any] | None = None, **given: Any) -> None:
            if not self._required <= given.keys() <= self._wire.keys():
                from .keyword_hints import wrong_fields

                mistake = wrong_fields(self, given.keys())
                given = {}  # a secret may be among them, and a traceback with locals shows what a frame holds
                raise mistake
            fields = {**self._defaults, **given}
            if additional_properties is not None:
                fields["_extra"] = additional_properties
            set_fields(self, fields)

    @property
    def additional_properties(self) -> dict[str, Any]:
        """What the API sent, or is to be sent, beyond the typed fields, by its name in the JSON.

        A typed field that is set wins over an entry of the same name.
        """
        extra = self._extra
        return fields_of(self).setdefault("_extra", {}) if extra is None else extra

    @additional_properties.setter
    def additional_properties(self, value: dict[str, Any]) -> None:
        self._extra = value

    @classmethod
    def from_dict(cls: type[M], data: Mapping[str, Any]) -> M:
        """Return a model of `data`, a JSON object in the API's spelling. Never raises on what the API may send.

        The model does not change `data`, and reads it when one of its fields is first read or set: until then, what
        is changed in `data` is changed in the model too.

        Raises:
            TypeError: `data` is no mapping.
        """
        self = _new(cls)
        set_raw(self, data if data.__class__ is dict else _as_dict(cls, data))
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
        if value is UNSET:
            value = (self._extra or {}).get(key, UNSET)
        return default if value is UNSET else value

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, UNSET)
        if value is UNSET:
            raise KeyError(self._no_key(key))
        return value

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, UNSET) is not UNSET

    def __eq__(self, other: object) -> bool:
        if other.__class__ is not self.__class__:
            return NotImplemented
        if TYPE_CHECKING:
            assert isinstance(other, Model)
        mine, theirs = self._raw, other._raw
        if mine is not None and mine == theirs:
            return True
        # Other JSON may be of the same fields all the same, such as another spelling of a time.
        return self._compared() == other._compared()

    def __repr__(self) -> str:
        from .representation import model_repr

        return model_repr(self)

    def __rich_repr__(self) -> Iterator[Any]:
        from .representation import rich_parts

        return rich_parts(self)

    def __copy__(self) -> Self:
        all_fields(self)  # a copy has the very lists and models of the original in its fields, whoever reads them first
        copy = _new(type(self))
        copy.__setstate__(self.__getstate__())
        return copy

    def __getstate__(self) -> dict[str, Any]:
        unread, fields = snapshot(self)
        if self._raw is not None:
            return {"unread": unread}
        extra = fields.pop("_extra", None)
        members = {wire: fields.pop(name) for name, wire in self._wire.items() if name in fields}
        return {"pending": unread, "members": members, "extra": extra, "own": fields}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Take over what was copied or pickled, maybe by another version: what is no field now is an extra."""
        if "unread" in state:
            set_raw(self, state["unread"])
            return
        members, attributes = state["members"], self._attributes
        fields = {attributes[wire]: value for wire, value in members.items() if wire in attributes}
        beside = {wire: value for wire, value in members.items() if wire not in attributes}
        extra = beside | (state.get("extra") or {})
        fields |= {"_extra": extra} if extra else {}
        set_fields(self, fields | state.get("own", {}), dict(state.get("pending", {})))

    if not TYPE_CHECKING:  # a checker would take it as leave to read and set any attribute

        def __setattr__(self, name: str, value: Any) -> None:
            known = self._fields.get(name)
            if known is not None:
                known.write(self, value)
            elif self._closed and not hasattr(getattr(type(self), name, None), "__set__"):
                raise MissingAttributeError(_no_attribute, name=name, obj=self)
            else:
                fields_of(self)  # so that what a subclass has beside them stays
                super().__setattr__(name, value)

        def __delattr__(self, name: str) -> None:
            known = self._fields.get(name)
            if known is not None:
                known.write(self, known.default)
            else:
                super().__delattr__(name)

        __dict__ = property(all_fields)  # so that `vars` reads, too

        def __getattr__(self, name: str) -> Any:
            if name in _STATE:  # made by nobody's rules, such as attrs' for a subclass
                return None
            if name[0] != "_":
                keys = unknown_keys(self)
                key = key_of(keys, name) if keys else None
                if key is not None:
                    return self._extra[key]
            raise MissingAttributeError(_no_attribute, name=name, obj=self)

    def _shallow(self) -> Mapping[str, Any]:
        return as_json(self)

    def _level(self) -> dict[str, Any]:
        """Return what is set, under its JSON names: fields in their order, then additional properties, all read."""
        members, extra = self._compared()
        out = {wire: members[name] for name, wire in self._wire.items() if name in members}
        return out | {key: value for key, value in (extra or {}).items() if key not in out and value is not UNSET}

    def _compared(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """Return what is compared. Who was asked for additional properties has a dict for them, others none."""
        fields = all_fields(self).copy()
        members = {name: fields[name] for name in self._wire if fields.get(name, UNSET) is not UNSET}
        return members, fields.get("_extra") or None

    def _no_key(self, key: str) -> str:
        if key in self._attributes:
            return f"{key!r} is not set"
        if key in self._wire:
            return f"{key!r}: keys are the API's names, here {self._wire[key]!r}"
        return f"{key!r} is neither a field of {type(self).__name__} nor among the additional properties"


Model.__attrs_init_subclass__()  # attrs calls it for subclasses only


def _as_dict(cls: type[Model], data: Any) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise TypeError(f"data: {cls.__name__}.from_dict takes a mapping as the API has it, not {type(data).__name__}")
    return dict(data)


def _no_attribute(model: Model, name: str) -> str:
    instead = "" if name.startswith("_") else hint(name, model._wire, model._extra or {})
    return f"{type(model).__name__!r} has no field {name!r}, and the API sent none{instead and f': {instead}'}"
