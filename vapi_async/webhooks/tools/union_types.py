"""Unions: which member a JSON value is meant for, and the one type that they are announced as.

A schema of the contract has one type, so members of different types are announced as a text, which can hold anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .parameters import ConversionError, ParameterType

_PYTHON_TYPES: tuple[tuple[type, tuple[str, ...]], ...] = (
    (bool, ("boolean",)),
    (int, ("integer", "number")),
    (float, ("number", "integer")),
    (str, ("string",)),
    (list, ("array",)),
    (Mapping, ("object",)),
)


def union_type(members: Sequence[ParameterType]) -> ParameterType:
    """Return what takes a value of any of these types: the first that it fits as it stands, else by conversion.

    Args:
        members: the types, two or more.
    """
    expected = " or ".join(dict.fromkeys(one.expected for one in members))

    def convert(value: Any) -> Any:
        ranked = sorted(members, key=lambda one: _rank(one, value))
        errors: list[ConversionError] = []
        for one in ranked:
            try:
                return one.convert(value)
            except ConversionError as error:
                errors.append(error)
        exact = [one for one in members if _is_exact(one, value)]
        # Where only one member could have been meant, what is wrong within it says more.
        problems = errors[0].problems if len(exact) == 1 and exact[0] is ranked[0] else [("", f"must be {expected}")]
        raise ConversionError(problems)

    return ParameterType(
        _schema(members, expected),
        expected,
        convert,
        is_text=any(one.is_text for one in members),
        is_anything=any(one.is_anything for one in members),
    )


def _rank(member: ParameterType, value: Any) -> tuple[bool, int, bool]:
    """Return a key by which the member that a value is most likely meant for comes first."""
    schema = member.schema
    known = len(value.keys() & schema.get("properties", {}).keys()) if isinstance(value, Mapping) else 0
    wrong_number = isinstance(value, int) and not isinstance(value, bool) and schema["type"] == "number"
    # Any text is a text, so a date or a choice is looked for before it.
    return (not _is_exact(member, value), -known, member.is_text or wrong_number)


def _is_exact(member: ParameterType, value: Any) -> bool:
    return member.schema["type"] in next((types for kind, types in _PYTHON_TYPES if isinstance(value, kind)), ())


def _schema(members: Sequence[ParameterType], expected: str) -> dict[str, Any]:
    types = {one.schema["type"] for one in members}
    if types == {"object"}:
        return _merged(one.schema for one in members)
    if types == {"array"}:
        return {"type": "array", "items": _schema([_items(one) for one in members], "any value")}
    if types <= {"integer", "number"}:
        return {"type": "number"}
    return {"type": types.pop() if len(types) == 1 else "string", "title": expected}


def _items(member: ParameterType) -> ParameterType:
    return ParameterType(member.schema["items"], "any value", member.converter)


def _merged(schemas: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the schema of an object that has the members of all: what only some require is left to the model."""
    properties: dict[str, Any] = {}
    required: list[set[str]] = []
    for schema in schemas:
        for name, member in schema.get("properties", {}).items():
            properties[name] = _joined(properties[name], member) if name in properties else member
        required.append(set(schema.get("required", ())))
    merged: dict[str, Any] = {"type": "object", "properties": properties}
    common = [name for name in properties if all(name in one for one in required)]
    return {**merged, "required": common} if common else merged


def _joined(one: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a member that two objects have: of two tags, both are choices."""
    if one == other:
        return one
    if "enum" in one and "enum" in other:
        return {**one, "enum": list(dict.fromkeys([*one["enum"], *other["enum"]]))}
    return {"type": one["type"] if one["type"] == other["type"] else "string"}
