"""Types as sets of alternatives: what may stand in a place, whatever it was written with.

An enum that moves from a field into a schema of its own, a union written in another order, one member without a union
around it: all of them are one shape, so that comparing shapes finds what changed and nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from ..canonical import OPEN
from ..document import Json, referred

ANYTHING = "anything"
_FORMATS = {"date-time": "date-time", "binary": "file"}
_LONGEST = 60
_NONE: frozenset[str] = frozenset()


@frozen
class Shape:
    """The alternatives of a place.

    Args:
        free: Primitive types of which any value goes, such as string.
        values: Single values, as JSON text.
        models: Names of schemas of objects.
        items: The shape of a list's items, if a list goes.
        mapped: The shape of the values of an object with free keys, if one goes.
    """

    free: frozenset[str] = _NONE
    values: frozenset[str] = _NONE
    models: frozenset[str] = _NONE
    items: Shape | None = None
    mapped: Shape | None = None

    @property
    def kinds(self) -> frozenset[str]:
        """The names of the alternatives, whatever they hold; an integer is a number."""
        containers = {name for name, inner in (("list", self.items), ("map", self.mapped)) if inner}
        free = {"number" if kind == "integer" else kind for kind in self.free}
        return self.models.union(free, containers, map(kind_of, self.values))

    @property
    def all_models(self) -> frozenset[str]:
        """The models in it, however deep."""
        inner = (shape.all_models for shape in (self.items, self.mapped) if shape)
        return self.models.union(*inner)

    def renamed(self, names: Mapping[str, str]) -> Shape:
        """The same with other names of models, where there are any."""
        return evolve(
            self,
            models=frozenset(names.get(name, name) for name in self.models),
            items=self.items and self.items.renamed(names),
            mapped=self.mapped and self.mapped.renamed(names),
        )

    def coarse(self) -> str:
        """What of it stays the same when models are renamed and values come or go."""
        parts = self.free | {kind_of(value) for value in self.values}
        if self.models:
            parts |= {"object"}
        text = sorted(parts)
        text += [f"list of {self.items.coarse()}"] if self.items else []
        text += [f"map of {self.mapped.coarse()}"] if self.mapped else []
        return " | ".join(text)

    def __str__(self) -> str:
        names = [*sorted(self.models), *sorted(self.free)]
        names += [f"list of {_in_brackets(self.items)}"] if self.items else []
        names += [f"map of {_in_brackets(self.mapped)}"] if self.mapped else []
        return short([*names, *sorted(self.values)], " | ")


class Shapes:
    """The shapes of one canonical document.

    Args:
        schemas: Its components.
        kinds: Which of them are models, unions and enums.
    """

    def __init__(self, schemas: Mapping[str, Json], kinds: Mapping[str, str]) -> None:
        self._schemas = schemas
        self._kinds = kinds
        self._named: dict[str, Shape] = {}

    def of(self, node: Json) -> Shape:
        """The shape of a schema in canonical form."""
        shape = self._of(node)
        return evolve(shape, free=shape.free | {"string"}) if node.get(OPEN) else shape

    def _of(self, node: Json) -> Shape:
        name = referred(node.get("$ref", ""))
        if name:
            return Shape(models=frozenset({name})) if self._kinds[name] == "model" else self._lifted(name)
        if "oneOf" in node:
            return _either([self.of(member) for member in node["oneOf"]])
        if "enum" in node:
            return Shape(values=frozenset(map(json.dumps, node["enum"])))
        if node.get("type") == "array":
            return Shape(items=self.of(node["items"]))
        if node.get("type") == "object":
            return Shape(mapped=self.of(node.get("additionalProperties", {})))
        kind = _FORMATS.get(str(node.get("format")), str(node.get("type", ANYTHING)))
        return Shape(free=frozenset({kind}))

    def _lifted(self, name: str) -> Shape:
        if name not in self._named:
            self._named[name] = self.of(self._schemas[name])
        return self._named[name]


def kind_of(value: str) -> str:
    """The type of a single value, from its JSON text."""
    if value in ("true", "false"):
        return "boolean"
    return "string" if value.startswith('"') else "number"


def short(names: list[str], separator: str) -> str:
    """Names in a line, the last ones counted instead when there are too many."""
    line: list[str] = []
    for index, name in enumerate(names):
        if line and len(separator.join([*line, name])) > _LONGEST:
            return f"{separator.join(line)} and {len(names) - index} more"
        line.append(name)
    return separator.join(line)


def _in_brackets(inner: Shape) -> str:
    text = str(inner)
    return f"({text})" if " | " in text else text


def _either(shapes: list[Shape]) -> Shape:
    return Shape(
        free=_NONE.union(*(shape.free for shape in shapes)),
        values=_NONE.union(*(shape.values for shape in shapes)),
        models=_NONE.union(*(shape.models for shape in shapes)),
        items=_inner(shape.items for shape in shapes),
        mapped=_inner(shape.mapped for shape in shapes),
    )


def _inner(found: Iterator[Shape | None]) -> Shape | None:
    shapes = [shape for shape in found if shape]
    return _either(shapes) if shapes else None
