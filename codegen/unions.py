"""Unions of models → records that say how their variants are told apart, so that nothing is tried out at run time.

In this order: a tag, that is a field whose constants differ from variant to variant, taken from the declared
discriminator completed by single-valued enums, else found by looking; a row of the overlay; a required key that only
one variant has; a tag again, some of whose values variants share that have such keys. What none of them can tell apart
stops the build of our own contract; for other documents it falls back to a score over required keys.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from .canonical import Canonical
from .document import SCHEMAS, Json, referred
from .errors import Refused
from .identifiers import class_name
from .overlay import Overlay
from .parse import Parsed
from .records import Case, Dispatch, Named, Type, UnionRecord
from .report import Report

#: Among several possible tags these are the ones that people know, in this order.
_USUAL = ("type", "provider", "role", "on")


class AmbiguousUnion(Refused):
    """A union whose variants nothing tells apart."""


def union_records(
    form: Canonical, parsed: Parsed, overlay: Overlay, report: Report, modules: Mapping[str, str], *, strict: bool
) -> tuple[UnionRecord, ...]:
    """The unions of a document.

    Args:
        form: The canonical document.
        parsed: What the parser found in it.
        overlay: How unions are told apart that do not say it themselves.
        report: Gets a line for each guess.
        modules: The module of each schema.
        strict: Whether a guess is an error.

    Raises:
        AmbiguousUnion: Nothing tells the models of a union apart, and `strict` is set.
    """
    discriminators, records = Discriminators(form, overlay), []
    for name, members in parsed.unions.items():
        dispatch, line = discriminators.dispatch(name, members, strict=strict)
        if line:
            report.lines.append(line)
        records.append(UnionRecord(name, modules[name], members, dispatch))
    return tuple(records)


class Discriminators:
    """Finds what tells the variants of unions apart.

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
            AmbiguousUnion: Nothing tells its models apart, and `strict` is set.
        """
        models = [member.name for member in members if isinstance(member, Named) and member.kind == "model"]
        if len(models) <= 1:
            return Dispatch(cases=tuple(map(Case, models))), ""
        found = self._declared(name, models) or self._inferred(models) or self._row(models)
        found = found or self._by_required(models) or self._inferred(models, shared=True)
        if found:
            return found, ""
        line = f"{SCHEMAS}{name}: nothing tells its variants apart"
        if strict:
            raise AmbiguousUnion(f"{line} ({', '.join(models)}); add a row under unions in the overlay")
        return Dispatch(required={model: self._required(model) for model in models}), f"{line}, scored by required keys"

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
        # The mapping goes first; constants of the variants complete it, as published mappings lack some.
        values: dict[Any, list[str]] = {}
        for value, target in (discriminator.get("mapping") or {}).items():
            model = class_name(referred(str(target)) or str(target))
            if model in models:
                values[value] = [model]
        for model in models:
            for value in self.constants(model, tag):
                values.setdefault(value, [model])
        # A variant that has no value for itself shares those of others.
        named = {model for found in values.values() for model in found}
        self._share(values, tag, [model for model in models if model not in named])
        if not values:  # OpenAPI: without a mapping the value is the schema's name
            values = {schema: [model] for schema in self._schemas if (model := class_name(schema)) in models}
        return self._tagged(tag, values, models)

    def _inferred(self, models: list[str], *, shared: bool = False) -> Dispatch | None:
        """A tag that all have; `shared` says whether variants may share some of its values."""
        common = set.intersection(*({*self._by_class[model].get("properties", {})} for model in models))
        tags = sorted(common, key=lambda wire: (_USUAL.index(wire) if wire in _USUAL else len(_USUAL), wire))
        found = (made for tag in tags if (made := self._by_constants(tag, models)))
        return next((made for made in found if shared or not made.shared), None)

    def _by_constants(self, tag: str, models: list[str]) -> Dispatch | None:
        values: dict[Any, list[str]] = {}
        self._share(values, tag, models)
        return self._tagged(tag, values, models)

    def _share(self, values: dict[Any, list[str]], tag: str, models: list[str]) -> None:
        for model in models:
            for value in self.constants(model, tag):
                values.setdefault(value, []).append(model)

    def _row(self, models: list[str]) -> Dispatch | None:
        row = self._overlay.union(frozenset(models))
        if row is None:
            return None
        rules = {model: rule for model, rule in row["cases"].items() if model in models}
        if "tag" not in row:
            return Dispatch(cases=tuple(_case(model, rule) for model, rule in rules.items()))
        values: dict[Any, list[str]] = {}
        for model, own in rules.items():
            for value in own:
                values.setdefault(value, []).append(model)
        return self._tagged(row["tag"], values, models)

    def _tagged(self, tag: str, values: Mapping[Any, list[str]], models: list[str]) -> Dispatch | None:
        """The dispatch by a tag; None where a variant has no value, or nothing tells those of one value apart."""
        groups = {value: self._by_required(found) for value, found in values.items() if len(found) > 1}
        if {model for found in values.values() for model in found} != set(models) or None in groups.values():
            return None
        shared = {value: group.cases for value, group in groups.items() if group}
        return Dispatch(tag, {value: found[0] for value, found in values.items() if value not in shared}, shared)

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
