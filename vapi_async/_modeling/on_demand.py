"""Reading on demand: a model holds the JSON object as it came until a field of it is read or set.

Why: people read a few fields of most objects of a page. So making a model of a JSON object only keeps the object; the
first field that is read or set turns it, and only it, into fields, while what these contain stays unread. A typed page
costs what parsing it costs, and what was never read is compared, copied and sent as the JSON stands.

How: in three states.

- Unread: `_raw` is the JSON object, and `__dict__` is empty.
- Touched: `_raw` is None. `__dict__` has the fields, by attribute; what it lacks is UNSET. What has to be made into
  something else first (a model, a time, a copy of a list) is in `_pending`, by its name in the JSON.
- Read: `_pending` is None as well, and nothing of the JSON object is left.

On the class, in the place of each field, stands a `Field`. Python asks it only for what the `__dict__` of the object
lacks, as it does with `functools.cached_property`. So the class of an object never changes, and a field that was read
is an attribute like any other. Slots would take 8 bytes for each field of each unread object, which is more than many
objects have to say.

Threads that come at the same time get the same objects: an object is touched under a lock, and of two that decode a
field the first one counts. The JSON object is not changed, and no list or dict of it gets into a field: it may be
somebody else's.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Mapping, Set as AbstractSet
from threading import RLock
from typing import TYPE_CHECKING, Any, ClassVar, Final

from .unset import UNSET

if TYPE_CHECKING:
    from .class_loading import Decoder

_LOCK = RLock()  # the garbage collector and signal handlers may read a model at any time
_acquire: Final = _LOCK.acquire
_release: Final = _LOCK.release
_SCALARS = frozenset({str, int, float, bool, type(None)})


class OnDemand:
    """What holds the state of a model, by the rules above, and the tables of its class."""

    __slots__ = ("__dict__", "__weakref__", "_pending", "_raw")

    _raw: Mapping[str, Any] | None
    _pending: dict[str, Any] | None

    #: The name of the schema in the contract.
    _schema: ClassVar[str] = ""
    #: Attribute -> name in the API's JSON.
    _wire: ClassVar[Mapping[str, str]] = {}
    #: Attribute -> what makes its value, where that is not the JSON value.
    _decoders: ClassVar[Mapping[str, Decoder]] = {}
    #: The attributes that the constructor needs, and what others are that are not given.
    _required: ClassVar[AbstractSet[str]] = frozenset()
    _defaults: ClassVar[Mapping[str, Any]] = {}
    #: Attribute -> what stands for it on the class.
    _fields: ClassVar[Mapping[str, Field]] = {}
    #: Name in the API's JSON -> attribute.
    _attributes: ClassVar[Mapping[str, str]] = {}
    #: The names in the API's JSON.
    _known: ClassVar[frozenset[str]] = frozenset()
    #: The same, of those whose values are usually JSON scalars as they stand.
    _plain: ClassVar[Mapping[str, str]] = {}
    #: What these are where the API sent nothing: UNSET. Reading that is then as quick as reading a value.
    _absent: ClassVar[dict[str, Any]] = {}


class Field:
    """Stands for a field on its class.

    Args:
        name: the attribute.
        wire: the name in the API's JSON.
        decode: makes the value of a JSON value.
    """

    __slots__ = ("decode", "name", "wire")
    default: Any = UNSET

    def __init__(self, name: str, wire: str, decode: Decoder) -> None:
        self.name = name
        self.wire = wire
        self.decode = decode

    def __get__(self, model: OnDemand | None, owner: type[OnDemand]) -> Any:
        if model is None:
            return self
        raw = model._raw
        if raw is not None:
            _touch(model, raw, owner)
        fields = _get_dict(model)
        pending = model._pending
        if pending is not None and (self.wire in pending or not self.wire):
            self.read(model, fields, pending)
        return fields.get(self.name, self.default)

    def read(self, model: OnDemand, fields: dict[str, Any], pending: dict[str, Any]) -> None:
        """Decode the field if it is pending."""
        value = pending.get(self.wire, UNSET)
        if value is not UNSET:
            fields.setdefault(self.name, self.decode(value))  # of several threads the first one counts
            self.forget(model, pending)

    def write(self, model: OnDemand, value: Any) -> None:
        """Set the field; what is pending of it goes."""
        fields_of(model)[self.name] = value
        if model._pending:
            self.forget(model, model._pending)

    def forget(self, model: OnDemand, pending: dict[str, Any]) -> None:
        """Drop what is pending of the field."""
        pending.pop(self.wire, None)
        if not pending:
            _set_pending(model, None)


class ExtraField(Field):
    """Stands for the additional properties: whatever is pending under a name that the contract lacks.

    Args:
        decode: makes the dict for them of a JSON object.
        known: the names that the contract has.
    """

    __slots__ = ("known",)
    default = None

    def __init__(self, decode: Decoder, known: Container[str]) -> None:
        super().__init__("_extra", "", decode)
        self.known = known

    def read(self, model: OnDemand, fields: dict[str, Any], pending: dict[str, Any]) -> None:
        found = {key: value for key, value in pending.copy().items() if key not in self.known}
        if found:
            fields.setdefault(self.name, self.decode(found))
            self.forget(model, pending)

    def forget(self, model: OnDemand, pending: dict[str, Any]) -> None:
        for key in pending.copy():
            if key not in self.known:
                pending.pop(key, None)
        if not pending:
            _set_pending(model, None)


_get_dict: Final = vars(OnDemand)["__dict__"].__get__
_set_dict: Final = vars(OnDemand)["__dict__"].__set__
_set_pending: Final = vars(OnDemand)["_pending"].__set__
#: Gives a new object the JSON object that it is to be read from.
set_raw: Final = vars(OnDemand)["_raw"].__set__


def set_fields(model: OnDemand, fields: dict[str, Any], pending: dict[str, Any] | None = None) -> None:
    """Give a new object its fields."""
    _set_dict(model, fields)
    _set_pending(model, pending or None)
    set_raw(model, None)


def fields_of(model: OnDemand) -> dict[str, Any]:
    """Return the fields of an object, by attribute; some may be pending."""
    raw = model._raw
    if raw is not None:
        _touch(model, raw, type(model))
    fields: dict[str, Any] = _get_dict(model)
    return fields


def all_fields(model: OnDemand) -> dict[str, Any]:
    """Return the fields of an object, by attribute, none of them pending."""
    fields = fields_of(model)
    pending = model._pending or {}
    for key in [*pending]:
        model._fields[model._attributes.get(key, "_extra")].read(model, fields, pending)
    return fields


def snapshot(model: OnDemand) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Return what is not read yet, by its name in the JSON, and a copy of the fields, by attribute.

    What another thread reads meanwhile may be in both, never in neither.
    """
    raw = model._raw
    if raw is not None:
        return raw, {}
    pending = model._pending
    return {} if pending is None else pending.copy(), _get_dict(model).copy()


def unknown_keys(model: OnDemand) -> Collection[str]:
    """Return the names of the additional properties; reads nothing."""
    unread = model._raw
    if unread is None:
        extra: Collection[str] | None = _get_dict(model).get("_extra")
        if extra is not None:
            return extra
        unread = model._pending or {}
    known = model._known
    return () if known.issuperset(unread) else [key for key in unread if key not in known]


def as_json(model: OnDemand) -> Mapping[str, Any]:
    """Return what is set, by its name in the JSON and not to be changed: what was never read is JSON as it stands."""
    raw = model._raw
    if raw is not None:
        return raw
    pending = model._pending
    unread = None if pending is None else pending.copy()  # before the fields, as `snapshot` has it
    fields = _get_dict(model).copy()
    extra = fields.pop("_extra", None)
    wire = model._wire
    try:
        out = {wire[name]: value for name, value in fields.items() if value is not UNSET}
    except KeyError:  # a subclass by hand has more in it
        out = {wire[name]: value for name, value in fields.items() if name in wire and value is not UNSET}
    if unread is not None:
        out = {**unread, **out}
    if extra:
        out |= {key: value for key, value in extra.items() if key not in out and value is not UNSET}
    return out


def _touch(model: OnDemand, raw: Mapping[str, Any], owner: type[OnDemand]) -> None:
    plain, scalars = owner._plain, _SCALARS
    fields = owner._absent.copy()
    pending: dict[str, Any] = {}
    for key, value in raw.items():
        if key in plain and type(value) in scalars:
            fields[plain[key]] = value
        elif value is not UNSET:
            pending[key] = value
            if key in plain:
                del fields[plain[key]]
    _acquire()  # half the price of a `with`, and this is where reading spends its time
    try:
        if model._raw is not None:  # else another thread was first
            _set_dict(model, fields)
            _set_pending(model, pending or None)
            set_raw(model, None)
    finally:
        _release()
