"""How the variants of each union are told apart, worked out here once and never tried out at run time.

In this order: a tag, that is a field whose constants differ from variant to variant, taken from the declared
discriminator completed by single-valued enums, else found by looking; a row of the overlay; a required key that only
one variant has. What none of them can tell apart stops the build of our own contract; for other documents it falls
back to a score over required keys.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from codegen.canonical import Canonical
from codegen.identifiers import class_name
from codegen.overlay import Overlay
from codegen.records import Case, Dispatch, Named, Type
from codegen.repair import referred

from .errors import CodegenError

Json = Any
_REF = "#/components/schemas/"
#: Among several possible tags these are the ones that people know, in this order.
_USUAL = ("type", "provider", "role", "on")


class Untaggable(CodegenError):
    """A union whose variants nothing tells apart."""


class Tags:
    """Finds the dispatch of unions.

    Args:
        canonical: The canonical document.
        overlay: Its union rows are keyed by class names.
    """

    def __init__(self, canonical: Canonical, overlay: Overlay) -> None:
        self._schemas: dict[str, Json] = canonical.document["components"]["schemas"]
        self._by_class = {class_name(name): schema for name, schema in self._schemas.items()}
        self._overlay = overlay

    def dispatch(self, name: str, members: tuple[Type, ...], *, strict: bool) -> tuple[Dispatch, str]:
        """The dispatch of a union, and a report line when it is a guess ("" otherwise).

        Raises:
            Untaggable: Nothing tells its models apart, and `strict` is set.
        """
        models = [member.name for member in members if isinstance(member, Named) and member.kind == "model"]
        if len(models) <= 1:
            return Dispatch(cases=tuple(map(Case, models))), ""
        found = self._declared(name, models) or self._inferred(models) or self._row(models) or self._by_required(models)
        if found:
            return found, ""
        line = f"{_REF}{name}: nothing tells its variants apart ({', '.join(models)})"
        if strict:
            raise Untaggable(f"{line}; add a row under unions in the overlay")
        return Dispatch(required={model: self._required(model) for model in models}), f"{line}; scored by required keys"

    def constants(self, model: str, wire: str) -> tuple[Any, ...]:
        """The values that a model's field can have, if it is an enum; the field's own, without a doubt."""
        schema = self._by_class[model].get("properties", {}).get(wire, {})
        if "$ref" in schema:
            schema = self._schemas[referred(schema["$ref"])]
        return tuple(schema.get("enum") or ())

    def _declared(self, name: str, models: list[str]) -> Dispatch | None:
        discriminator = self._schemas[name].get("discriminator") or {}
        tag = discriminator.get("propertyName")
        if not tag:
            return None
        values: dict[Any, str] = {}
        for value, target in (discriminator.get("mapping") or {}).items():
            model = class_name(referred(str(target)) or str(target))
            if model in models:
                values[value] = model
        for model in models:
            for value in self.constants(model, tag):
                values.setdefault(value, model)
        if not values:  # OpenAPI: without a mapping the value is the schema's name
            values = {schema: model for schema in self._schemas if (model := class_name(schema)) in models}
        return Dispatch(tag, values) if set(values.values()) == set(models) else None

    def _inferred(self, models: list[str]) -> Dispatch | None:
        shared = set.intersection(*({*self._by_class[model].get("properties", {})} for model in models))
        for tag in sorted(shared, key=lambda wire: (_USUAL.index(wire) if wire in _USUAL else len(_USUAL), wire)):
            values = [(value, model) for model in models for value in self.constants(model, tag)]
            distinct = len(dict(values)) == len(values)
            if distinct and {model for _, model in values} == set(models):
                return Dispatch(tag, dict(values))
        return None

    def _row(self, models: list[str]) -> Dispatch | None:
        row = self._overlay.union(frozenset(models))
        if row is None:
            return None
        rules = {model: rule for model, rule in row["cases"].items() if model in models}
        if "tag" in row:
            return Dispatch(row["tag"], {value: model for model, values in rules.items() for value in values})
        return Dispatch(cases=tuple(_case(model, rule) for model, rule in rules.items()))

    def _by_required(self, models: list[str]) -> Dispatch | None:
        """Each variant but the last has a required key that no other variant has at all."""
        keys = Counter(key for model in models for key in self._by_class[model].get("properties", {}))
        own = {model: tuple(key for key in self._required(model) if keys[key] == 1) for model in models}
        without = [model for model in models if not own[model]]
        if len(without) > 1:
            return None
        cases = [Case(model, has=own[model]) for model in models if own[model]]
        return Dispatch(cases=(*cases, *map(Case, without)))

    def _required(self, model: str) -> tuple[str, ...]:
        return tuple(self._by_class[model].get("required", ()))


def _case(model: str, rule: Json) -> Case:
    return Case(
        model,
        has=tuple(rule.get("has", ())),
        equals={key: tuple(values) for key, values in rule.get("equals", {}).items()},
        kinds=dict(rule.get("kinds", {})),
        starts=dict(rule.get("starts", {})),
    )
