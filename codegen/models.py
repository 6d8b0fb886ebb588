"""Schemas of objects → records of models, with the enums that are written in their modules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from . import identifiers
from .canonical import Canonical
from .correct import ADDED
from .document import SCHEMAS, Json
from .errors import BuildError
from .identifiers import class_name, snake
from .overlay import Overlay
from .parse import Parsed
from .records import Constant, EnumAlias, Field, ListOf, MapOf, ModelRecord, Named, Type, UnionRecord
from .report import printable

#: What the contract says of a field beyond its type, for docstrings.
FACTS = (
    "default",
    "deprecated",
    "maximum",
    "maxItems",
    "maxLength",
    "minimum",
    "minItems",
    "minLength",
    "pattern",
    "readOnly",
    "writeOnly",
    ADDED,
)
#: The values of a model's field that tells variants of a union apart, by class name and wire name.
Tags = Mapping[tuple[str, str], tuple[Any, ...]]


def enum_aliases(form: Canonical) -> dict[str, EnumAlias]:
    """The enums of a document by name."""
    schemas = form.document["components"]["schemas"]
    return {name: EnumAlias(name, tuple(schemas[name]["enum"])) for name, kind in form.kinds.items() if kind == "enum"}


def model_records(
    form: Canonical, parsed: Parsed, overlay: Overlay, unions: tuple[UnionRecord, ...], modules: Mapping[str, str]
) -> dict[str, ModelRecord]:
    """The models of a document by class name; enums that only parameters use are below "parameters".

    Args:
        form: The canonical document.
        parsed: What the parser found in it.
        overlay: What hand-written classes models extend.
        unions: Its unions: the values of their tags are constants of their variants.
        modules: The module of each schema.

    Raises:
        BuildError: Two schemas would be one class.
    """
    _refuse_clashes(parsed)
    return _Models(form, parsed, overlay, _tag_values(unions), modules).records()


def _refuse_clashes(parsed: Parsed) -> None:
    classes = Counter(map(class_name, parsed.models))
    clashes = sorted(name for name in parsed.models if classes[class_name(name)] > 1)
    if clashes:
        raise BuildError(
            "\n".join(printable(f"{SCHEMAS}{name}: is class {class_name(name)}, like another") for name in clashes)
        )


class _Models:
    def __init__(
        self, form: Canonical, parsed: Parsed, overlay: Overlay, tags: Tags, modules: Mapping[str, str]
    ) -> None:
        self.schemas: dict[str, Json] = form.document["components"]["schemas"]
        self.parsed = parsed
        self.overlay = overlay
        self.tags = tags
        self.enums = enum_aliases(form)
        self.modules = modules

    def records(self) -> dict[str, ModelRecord]:
        owners = self._enum_owners()
        models = {class_name(schema): self._model(schema, owners) for schema in self.parsed.models}
        rest = tuple(alias for name, alias in self.enums.items() if name not in owners)
        if rest:
            models["parameters"] = ModelRecord("", "", "parameters", (), None, rest)
        return models

    def _model(self, schema: str, enum_owners: dict[str, str]) -> ModelRecord:
        own = tuple(self.enums[enum] for enum, owner in enum_owners.items() if owner == schema)
        self.overlay.use("extends", schema)
        return ModelRecord(
            schema=schema,
            name=class_name(schema),
            module=self.modules[schema],
            fields=self._fields(schema),
            extra=self.parsed.extras.get(schema),
            enums=own,
            mixin=self.overlay.extends.get(schema, ""),
            added=self.schemas[schema].get(ADDED),
        )

    def _enum_owners(self) -> dict[str, str]:
        """The model whose module an enum is written in: the one that its name begins with and that uses it."""
        users: dict[str, list[str]] = {}
        for schema, fields in self.parsed.models.items():
            for kind in fields.values():
                for enum in _enums_in(kind):
                    users.setdefault(enum, []).append(schema)
        return {
            enum: max(found, key=lambda schema: (_shared_prefix(enum, class_name(schema)), -len(schema), schema))
            for enum, found in users.items()
        }

    def _fields(self, schema: str) -> tuple[Field, ...]:
        node, types = self.schemas[schema], self.parsed.models[schema]
        reserved = identifiers.RESERVED_FIELDS | self.overlay.inherited(schema)
        names = identifiers.unique([snake(wire) for wire in types], reserved)
        required = set(node.get("required", ()))
        fields = []
        for (wire, found), name in zip(types.items(), names, strict=True):
            place = node["properties"][wire]
            kind, tag = self._narrowed(found, place, self.tags.get((class_name(schema), wire)))
            facts = {key: place[key] for key in FACTS if key in place}
            fields.append(Field(wire, name, kind, wire in required, bool(place.get("nullable")), facts, tag))
        return tuple(fields)

    def _narrowed(self, found: Type, place: Json, values: tuple[Any, ...] | None) -> tuple[Type, bool]:
        """A constant is a closed literal; so are the values of a tag."""
        constants = place.get("enum")
        if constants and not isinstance(found, ListOf):
            return Constant(tuple(constants)), values is not None
        if values is None:
            return found, False
        own = self.enums[found.name].values if isinstance(found, Named) and found.kind == "enum" else ()
        # The same values in the enum's own order, so that the order of the union's variants moves no line.
        return Constant(values if not own or set(values) == set(own) else tuple(own)), True


def _tag_values(unions: tuple[UnionRecord, ...]) -> Tags:
    """The values of each model's tag field, over all unions that it is a variant of."""
    found: dict[tuple[str, str], dict[Any, None]] = {}
    for union in unions:
        for value, model in union.dispatch.values.items():
            found.setdefault((model, union.dispatch.tag), {})[value] = None
        for value, cases in union.dispatch.shared.items():
            for case in cases:
                found.setdefault((case.model, union.dispatch.tag), {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _enums_in(kind: Type) -> list[str]:
    if isinstance(kind, Named):
        return [kind.name] if kind.kind == "enum" else []
    if isinstance(kind, ListOf | MapOf):
        return _enums_in(kind.item if isinstance(kind, ListOf) else kind.value)
    return [name for member in getattr(kind, "members", ()) for name in _enums_in(member)]


def _shared_prefix(enum: str, model: str) -> int:
    return len(model) if enum.startswith(model) else 0
