"""What stands in one place of both documents, compared: the facts beside its type, and its type as a shape."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from attrs import evolve

from ..canonical import CLOSED, DANGLING
from ..document import Json, referred
from .changes import Change
from .limits import changed_limits, limits
from .places import Place
from .shapes import ANYTHING, Shape, kind_of, short
from .surface import Surface

_FLAGS = {
    "nullable": ("becomes nullable", "no longer nullable"),
    "deprecated": ("deprecated", "no longer deprecated"),
    "readOnly": ("becomes read-only", "no longer read-only"),
    "writeOnly": ("becomes write-only", "no longer write-only"),
}
#: What a type is called among the alternatives of a place.
_KINDS = {"array": "list", "integer": "number", "object": "map"}
_STEPS = {"array": ("items", "[]"), "object": ("additionalProperties", "{}")}
_LONGEST = 60


class SchemaComparison:
    """Compares what stands in the same place of two documents.

    Args:
        old: The document that callers know.
        new: The document that replaces it.
        models: The new name of each model of the old document.
    """

    def __init__(self, old: Surface, new: Surface, models: Mapping[str, str]) -> None:
        self._old = old
        self._new = new
        self._models = models

    def before(self, node: Json) -> Shape:
        """A shape of the old document, in the names of the new one."""
        return self._old.shapes.of(node).renamed(self._models)

    def after(self, node: Json) -> Shape:
        """A shape of the new document."""
        return self._new.shapes.of(node)

    def compare(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """The changes between two schemas, down to the models in them."""
        yield from flags(place, old, new)
        yield from _default(place, old, new)
        yield from self._limits(place, old, new)
        # Down through lists and maps while both have them: what changes is then told of the innermost place.
        while old.get("type") == new.get("type") and (step := _STEPS.get(old.get("type", ""))):
            key, spelled = step
            old, new, place = old[key], new[key], place.inside(spelled)
            yield from flags(place, old, new)
            yield from _default(place, old, new)
            yield from self._limits(place, old, new)
        if DANGLING in old or DANGLING in new:
            return
        # The same shared union or enum in many places: its changes carry its names, by which `merged` makes them one.
        origin = self._origin(old, new)
        for change in _types(place, self.before(old), self.after(new)):
            yield evolve(change, origin=(*origin, change.place.removeprefix(place.label))) if origin else change

    def _limits(self, place: Place, old: Json, new: Json) -> Iterator[Change]:
        """Changes of the limits of what both take."""
        both = self.before(old).kinds & self.after(new).kinds
        before, after = limits(old), limits(new)
        for kind in sorted(before.keys() | after.keys()):
            if not kind or _KINDS.get(kind.rstrip("[]"), kind.rstrip("[]")) in both:
                yield from changed_limits(place, before.get(kind, {}), after.get(kind, {}))
        yield from closed(place, old, new)

    def _origin(self, old: Json, new: Json) -> tuple[str, ...]:
        """The names of what stands in many places, so that a change of it is one change."""
        names = referred(old.get("$ref", "")), referred(new.get("$ref", ""))
        shared = all(names) and names[0] not in self._old.models and names[1] not in self._new.models
        return names if shared else ()


def flags(place: Place, old: Json, new: Json, names: tuple[str, ...] = tuple(_FLAGS)) -> Iterator[Change]:
    """What is true of one of two nodes and not of the other."""
    for name in names:
        before, after = bool(old.get(name)), bool(new.get(name))
        if before != after:
            rule = _FLAGS[name][0 if after else 1]
            yield place.change(rule, rule, before, after)


def closed(place: Place, old: Json, new: Json) -> Iterator[Change]:
    """Whether an object takes fields beyond those that it declares."""
    if bool(old.get(CLOSED)) != bool(new.get(CLOSED)):
        rule = "only these fields" if new.get(CLOSED) else "further fields"
        yield place.change(rule, rule, bool(old.get(CLOSED)), bool(new.get(CLOSED)))


def _default(place: Place, old: Json, new: Json) -> Iterator[Change]:
    texts = [json.dumps(node["default"], sort_keys=True) if "default" in node else "none" for node in (old, new)]
    if texts[0] != texts[1]:
        detail = f"default {_cut(texts[0])} -> {_cut(texts[1])}"
        yield place.change("default", detail, old.get("default"), new.get("default"))


def _types(place: Place, old: Shape, new: Shape) -> Iterator[Change]:
    # Where anything went and still goes, alternatives beside it say nothing.
    if old == new or ANYTHING in old.free & new.free:
        return
    rule = _as_a_whole(old, new)
    if rule:
        yield place.change(rule, f"{old} -> {new}", str(old), str(new))
        return
    yield from _variants(evolve(place, subject="variant"), old, new)
    yield from _values(evolve(place, subject="value"), old, new)
    yield from _openness(place, old, new)
    yield from _integers(place, old, new)
    for step, left, right in (("[]", old.items, new.items), ("{}", old.mapped, new.mapped)):
        if left and right:
            yield from _types(place.inside(step), left, right)


def _as_a_whole(old: Shape, new: Shape) -> str:
    """The rule for a type of which nothing stayed, "" where something did."""
    if ANYTHING in old.free:
        return "narrower type"
    if ANYTHING in new.free:
        return "wider type"
    return "" if old.kinds & new.kinds else "another type"


def _variants(place: Place, old: Shape, new: Shape) -> Iterator[Change]:
    gone, fresh = sorted(old.kinds - new.kinds), sorted(new.kinds - old.kinds)
    if gone:
        yield place.change("variants removed", short(gone, ", "), before=gone)
    if fresh:
        yield place.change("variants added", short(fresh, ", "), after=fresh)


def _values(place: Place, old: Shape, new: Shape) -> Iterator[Change]:
    """Values of types that both have as enums; elsewhere the type says it all."""
    gone, fresh = _missing(old, new), _missing(new, old)
    if gone:
        yield place.change("values removed", short(gone, ", "), before=gone)
    fresh += sorted(value for value in new.values - old.values if kind_of(value) in old.free & new.free and old.values)
    if fresh:
        yield place.change("values added", short(fresh, ", "), after=fresh)


def _missing(has: Shape, lacks: Shape) -> list[str]:
    limited = {kind_of(value) for value in lacks.values} - lacks.free
    return sorted(value for value in has.values - lacks.values if kind_of(value) in limited)


def _openness(place: Place, old: Shape, new: Shape) -> Iterator[Change]:
    """An enum where any value of the type went, or the other way round."""
    for kind in sorted(old.free & _limited(new)):
        only = sorted(value for value in new.values if kind_of(value) == kind)
        yield place.change("only these values", f"any {kind} -> {short(only, ', ')}", after=only)
    for kind in sorted(new.free & _limited(old)):
        was = sorted(value for value in old.values if kind_of(value) == kind)
        yield place.change("any value", f"{short(was, ', ')} -> any {kind}", before=was)


def _limited(shape: Shape) -> frozenset[str]:
    return frozenset(map(kind_of, shape.values)) - shape.free


def _integers(place: Place, old: Shape, new: Shape) -> Iterator[Change]:
    before, after = (shape.free & {"integer", "number"} for shape in (old, new))
    if before == {"integer"} and "number" in after:
        yield place.change("wider type", "integer -> number", "integer", "number")
    if after == {"integer"} and "number" in before:
        yield place.change("narrower type", "number -> integer", "number", "integer")


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."
