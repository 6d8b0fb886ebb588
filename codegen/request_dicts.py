"""What requests contain, as dicts: a `TypedDict` in the API's spelling for each model, for type checkers alone.

Every argument that takes a model takes a dict in its place. With these, an editor completes the keys of a dict that is
written in place, and a checker finds the misspelt one. Nothing imports their module at run time.
"""

from __future__ import annotations

import keyword

from attrs import evolve, frozen

from . import type_hints
from .records import (
    ANY,
    AnyOf,
    Contract,
    Field,
    ListOf,
    MapOf,
    Method,
    ModelRecord,
    Named,
    Primitive,
    Type,
    UnionRecord,
)

#: The module of the dicts, in the package of the models.
MODULE = "dicts"


@frozen
class DictText:
    """A dict, in pieces: keys that are no identifiers stand in a base, which is made by a call."""

    name: str
    base: tuple[tuple[str, str], ...]
    keys: tuple[tuple[str, str], ...]

    @property
    def annotations(self) -> tuple[str, ...]:
        """What its keys may be."""
        return tuple(annotation for _, annotation in (*self.base, *self.keys))


@frozen
class UnionText:
    """A union of dicts, or what stands for the dict of a model without fields."""

    name: str
    alias: str

    @property
    def annotations(self) -> tuple[str, ...]:
        """What it stands for."""
        return (self.alias,)


def contained(contract: Contract) -> frozenset[str]:
    """The names of the models and unions that requests contain, however deep."""
    parts: dict[str, list[Type]] = {model.name: [field.type for field in model.fields] for model in contract.models}
    parts |= {union.name: [*union.members] for union in contract.unions}
    found: set[str] = set()
    todo = [kind for resource in contract.resources for method in resource.methods for kind in _sent(method)]
    while todo:
        new = {named.name for named in type_hints.named(todo.pop()) if named.kind != "enum"} - found
        found |= new
        todo += [kind for name in new for kind in parts[name]]
    return frozenset(found)


def _sent(method: Method) -> list[Type]:
    body = [method.body_type] if method.body_type is not None else []
    return [*body, *(field.type for field in (*method.body_fields, *method.query_fields))]


def holds_models(model: ModelRecord) -> bool:
    """Whether a field of a model holds others, so that its constructor may be given dicts."""
    return any(named.kind != "enum" for field in model.fields for named in type_hints.named(field.type))


def texts(contract: Contract, names: frozenset[str]) -> list[DictText | UnionText]:
    """All that the module says of the models and unions of these names, by name."""
    return _Texts(contract, names).all()


class _Texts:
    def __init__(self, contract: Contract, names: frozenset[str]) -> None:
        self.models = [model for model in contract.models if model.name in names]
        self.unions = {union.name: union for union in contract.unions if union.name in names}

    def all(self) -> list[DictText | UnionText]:
        found = [*map(self._dict, self.models), *map(self._union, self.unions.values())]
        return sorted(found, key=lambda text: text.name)

    def _dict(self, model: ModelRecord) -> DictText | UnionText:
        name = type_hints.dict_name(model.name)
        if not model.fields:
            return UnionText(name, type_hints.write(MapOf(model.extra or ANY)))
        if model.extra is not None:
            return UnionText(name, type_hints.write(MapOf(ANY)))
        keys = [(field.wire, self._value(field)) for field in model.fields]
        base, own = [key for key in keys if not _plain(key[0])], [key for key in keys if _plain(key[0])]
        return DictText(name, tuple(base), tuple(own))

    def _union(self, union: UnionRecord) -> UnionText:
        members = (self._as_dict(m) if isinstance(m, Named) else m for m in union.members)
        return UnionText(type_hints.dict_name(union.name), type_hints.write(AnyOf(tuple(members))))

    def _value(self, field: Field) -> str:
        """The annotation of a key; what is optional may be null, as in the model."""
        text = type_hints.keyword(evolve(field, type=self._spelled_out(field.type))).removesuffix(" | Unset")
        return f"Required[{text}]" if field.required else text

    def _spelled_out(self, kind: Type) -> Type:
        """A type as a key of a dict has it, written out: no alias, and any model as `Model`.

        An alias that contains itself takes mypy minutes; to know each class by name takes pyright all of their modules.
        """
        match kind:
            case Named(kind="union" | "model"):
                return AnyOf((Primitive("Model"), self._as_dict(kind)))
            case ListOf(item):
                return ListOf(self._spelled_out(item))
            case MapOf(value):
                return MapOf(self._spelled_out(value))
            case AnyOf(members):
                return AnyOf(tuple(map(self._spelled_out, members)))
            case _:
                return kind

    def _as_dict(self, kind: Type) -> Type:
        """A type as what is written as dicts alone."""
        match kind:
            case Named(name, "union"):
                return AnyOf(tuple(map(self._as_dict, self.unions[name].members)))
            case Named(name, "model"):
                return Primitive(type_hints.dict_name(name))
            case _:
                return self._spelled_out(kind)


def _plain(key: str) -> bool:
    """Whether a key can be written as a class body has it; one with two underscores would be mangled there."""
    return key.isidentifier() and key.isascii() and not keyword.iskeyword(key) and not key.startswith("__")
