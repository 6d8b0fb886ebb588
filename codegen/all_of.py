"""Parts of ``allOf`` → one object with the fields of all."""

from __future__ import annotations

from collections.abc import Callable

from .document import Json, referred


class Merged:
    """The fields of all parts as one object.

    Args:
        source: The components by name.
        parts: Repaired schemas.
        dangling: Is called with each reference that leads nowhere.

    Attributes:
        schema: The object.
        bases: The names of the components among the parts.
        either: Whether there was a union among them, the fields of whose variants are optional therefore.
    """

    def __init__(self, source: dict[str, Json], parts: list[Json], dangling: Callable[[str], None]) -> None:
        self.schema: Json = {"type": "object", "properties": {}, "required": []}
        self.bases: list[str] = []
        self.either: bool = False
        self._source = source
        self._dangling = dangling
        for part in parts:
            self._add(part, optional=False)

    def _add(self, part: Json, *, optional: bool) -> None:
        if "$ref" in part:
            self._add_component(part["$ref"], optional=optional)
            return
        for inner in part.get("allOf", ()):
            self._add(inner, optional=optional)
        for inner in part.get("oneOf") or part.get("anyOf") or ():
            self.either = True
            self._add(inner, optional=True)
        self._add_fields(part, optional=optional)

    def _add_component(self, ref: str, *, optional: bool) -> None:
        name = referred(ref)
        if name not in self._source:
            self._dangling(ref)
        # A base that is met again, or that leads back to itself, adds nothing.
        elif name not in self.bases:
            self.bases.append(name)
            self._add(self._source[name], optional=optional)

    def _add_fields(self, part: Json, *, optional: bool) -> None:
        """A later field replaces an earlier one of its name, unless it is a mere variant's: then it may be either."""
        fields = self.schema["properties"]
        for key, child in part.get("properties", {}).items():
            fields[key] = _either(fields[key], child) if optional and key in fields else child
        if not optional:
            self.schema["required"] += part.get("required", ())
        if isinstance(part.get("additionalProperties"), dict):
            self.schema["additionalProperties"] = part["additionalProperties"]


def _either(known: Json, child: Json) -> Json:
    members = known["oneOf"] if known.keys() == {"oneOf"} else [known]
    return known if child in members else {"oneOf": [*members, child]}
