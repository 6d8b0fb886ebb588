"""A contract and the package, each place of one held against the same place of the other.

A place is written `Schema.field`, `Schema.list[]`, `Schema.map{}`, `GET /path?parameter` or `POST /path body`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property

from ..document import SCHEMAS, Json, anonymous, operations, referred
from .annotations import schema, tag
from .package import Fields, Operation, Package, is_copy, letters


class Comparison:
    """What one side has and the other lacks, as places, by what it is.

    Args:
        contract: Our corrected contract.
        package: The package, as it was read.
    """

    def __init__(self, contract: Json, package: Package) -> None:
        self._schemas: dict[str, Json] = contract["components"]["schemas"]
        self._package = package
        self._operations = {(method, anonymous(path)): each for method, path, each in operations(contract)}
        self._inline: set[str] = set()
        self._pairs: set[tuple[int, str]] = set()
        counted = ("operations", "query parameters", "fields", "enum values")
        self.compared: dict[str, int] = dict.fromkeys(counted, 0)
        kinds = ("operations", "query parameters", "request fields", "other fields", "enum values", "union members")
        self.here: dict[str, list[str]] = {kind: [] for kind in kinds}
        self.there: dict[str, list[str]] = {kind: [] for kind in kinds}
        for name, same in sorted(self._ours.items()):
            self._compare_schema(name, same)
        self._compare_operations()
        self.here["schemas"] = self._new_schemas()

    @cached_property
    def _ours(self) -> dict[str, str]:
        """The contract's name of each class or alias of the package that it has."""
        by_letters = {letters(name): name for name in self._schemas}
        return {name: by_letters[key] for key, name in self._package.named.items() if key in by_letters}

    @cached_property
    def _sent(self) -> frozenset[str]:
        """The contract's schemas that requests are made of."""
        pending = [name for each in self._operations.values() for name in _referred(each.get("requestBody"))]
        found: set[str] = set()
        while pending:
            name = pending.pop()
            if name not in found:
                found.add(name)
                pending += _referred(self._schemas[name])
        return frozenset(found)

    def _new_schemas(self) -> list[str]:
        """The classes that the contract has no schema for; that of a place without a name of its own is none."""
        classes = (name for name in self._package.named.values() if name in self._package.classes)
        return sorted(name for name in classes if name not in self._ours and name not in self._inline)

    def _compare_schema(self, name: str, same: str) -> None:
        if name in self._package.classes:
            self._members(self._schemas[same], self._package.classes[name], same)
        else:
            self._pair(self._schemas[same], schema(self._package.aliases[name]), same)

    # operations

    def _compare_operations(self) -> None:
        known = set()
        for theirs in self._package.operations:
            key = theirs.method.lower(), anonymous(theirs.path)
            known.add(key)
            self.compared["operations"] += 1
            if key in self._operations:
                self._compare_operation(self._operations[key], theirs)
            else:
                self.here["operations"].append(theirs.key)
        self.there["operations"] = [f"{method.upper()} {path}" for method, path in self._operations.keys() - known]
        self.there["operations"].sort()

    def _compare_operation(self, ours: Json, theirs: Operation) -> None:
        declared = {each["name"]: each["schema"] for each in ours.get("parameters", []) if each["in"] == "query"}
        self.compared["query parameters"] += len(theirs.parameters)
        for name, hint in theirs.parameters.items():
            if name in declared:
                self._pair(declared[name], _repeated(schema(hint)), f"{theirs.key}?{name}")
            else:
                self.here["query parameters"].append(f"{theirs.key}?{name}")
        self.there["query parameters"] += [f"{theirs.key}?{name}" for name in declared if name not in theirs.parameters]
        self._body(_first_media(ours.get("requestBody", {})), theirs)
        answers = (_first_media(answer) for status, answer in ours["responses"].items() if status.startswith("2"))
        if theirs.answer is not None and (answer := next(filter(None, answers), None)):
            self._pair(answer, schema(theirs.answer), f"{theirs.key} answer")

    def _body(self, ours: Json, theirs: Operation) -> None:
        place = f"{theirs.key} body"
        if theirs.whole_body is not None:
            self._pair(ours, schema(theirs.whole_body), place)
        elif theirs.body:
            self._members(ours, theirs.body, referred(ours.get("$ref", "")) or place)

    # schemas

    def _members(self, ours: Json, theirs: Fields, place: str) -> None:
        properties = self._properties(ours)
        kind = "request fields" if place in self._sent or place.endswith(" body") else "other fields"
        self.compared["fields"] += len(theirs)
        for name, hint in theirs.items():
            if name in properties:
                self._pair(properties[name], schema(hint), f"{place}.{name}")
            else:
                _note(self.here[kind], f"{place}.{name}")
        # A tag is missing from a class that is the copy of a schema within a union.
        rest = [name for name, each in properties.items() if name not in theirs and len(each.get("enum", ())) != 1]
        for name in rest:
            _note(self.there[kind], f"{place}.{name}")

    def _properties(self, ours: Json) -> dict[str, Json]:
        node = self._schemas[referred(ours["$ref"])] if "$ref" in ours else ours
        merged: dict[str, Json] = dict(node.get("properties", {}))
        for part in node.get("allOf", ()):
            merged |= self._properties(part)
        return merged

    def _pair(self, ours: Json, theirs: Json, place: str) -> None:
        """Compare the schema of a place; classes with a name of their own are compared where they stand."""
        pair = id(ours), json.dumps(theirs, sort_keys=True)
        if pair in self._pairs:
            return
        self._pairs.add(pair)
        ours_variants, their_variants = list(self._our_variants(ours)), list(self._their_variants(theirs))
        if any(ours_variants) and any(their_variants):
            self._enums(ours_variants, their_variants, place)
            for variant in their_variants:
                self._variant(ours_variants, variant, place)

    def _enums(self, ours: list[Json], theirs: list[Json], place: str) -> None:
        known, told = _values(ours), _values(theirs)
        self.compared["enum values"] += len(told)
        if known and told:
            self.here["enum values"] += [f"{place} {value!r}" for value in told if value not in known]
            self.there["enum values"] += [f"{place} {value!r}" for value in known if value not in told]

    def _variant(self, ours: list[Json], theirs: Json, place: str) -> None:
        if "class" in theirs:
            self._class(ours, theirs["class"], place)
        elif theirs.get("type") == "array":
            for variant in [each for each in ours if each.get("type") == "array"][:1]:
                self._pair(variant.get("items", {}), theirs["items"], f"{place}[]")
        elif "additionalProperties" in theirs:
            for variant in [each for each in ours if isinstance(each.get("additionalProperties"), dict)]:
                self._pair(variant["additionalProperties"], theirs["additionalProperties"], f"{place}{{}}")

    def _class(self, ours: list[Json], name: str, place: str) -> None:
        same, fields = self._ours.get(name), self._package.classes[name]
        if same is not None and any(variant.get("name") == same for variant in ours):
            return
        nameless = [each for each in ours if "name" not in each and self._properties(each).keys() & fields.keys()]
        if is_copy(name):
            self._copy(ours, name, place)
        elif same is None and nameless:
            self._inline.add(name)
            self._members(nameless[0], fields, place)
        elif len(ours) > 1:
            self.here["union members"].append(f"{place} {same or name}")

    def _copy(self, ours: list[Json], name: str, place: str) -> None:
        """A union's own copy of a schema: which one it is, its tag says."""
        fields = self._package.classes[name]
        key, value = tag(fields)
        matching = [variant for variant in ours if value in self._tag_values(variant, key)]
        if not matching:
            self.here["union members"].append(f"{place} {name} ({key}={value})")
        elif len(matching) == 1:
            owner = matching[0].get("name", place)
            rest = {field: hint for field, hint in fields.items() if field != key}
            self._members(self._schemas.get(owner, matching[0]), rest, owner)

    def _tag_values(self, ours: Json, key: str) -> list[Json]:
        properties = self._properties({"$ref": SCHEMAS + ours["name"]} if "name" in ours else ours)
        return _values(self._our_variants(properties.get(key, {})))

    # what stands behind a schema

    def _our_variants(self, ours: Json, name: str = "") -> Iterator[Json]:
        """The alternatives of a place, each with the name of its schema where it has one."""
        if "$ref" in ours:
            name = referred(ours["$ref"])
            yield from self._our_variants(self._schemas[name], name)
            return
        parts = [*ours.get("oneOf", ()), *ours.get("anyOf", ())]
        if not parts and len(ours.get("allOf", ())) == 1 and not ours.get("properties"):
            parts = ours["allOf"]
        for part in parts:
            yield from self._our_variants(part)
        if not parts:
            yield {**ours, "name": name} if name else ours
        elif "enum" in ours:
            yield {"type": "string", "enum": ours["enum"]}

    def _their_variants(self, theirs: Json) -> Iterator[Json]:
        name = referred(theirs.get("$ref", ""))
        if name in self._package.aliases:
            yield from self._their_variants(schema(self._package.aliases[name]))
        elif name:
            yield {"class": name}
        elif "oneOf" in theirs:
            for variant in theirs["oneOf"]:
                yield from self._their_variants(variant)
        else:
            yield theirs


def _note(names: list[str], name: str) -> None:
    if name not in names:  # the copies of a schema within unions have its fields again
        names.append(name)


def _values(variants: Iterator[Json] | list[Json]) -> list[Json]:
    return list(dict.fromkeys(value for variant in variants for value in variant.get("enum", ())))


def _referred(node: Json) -> Iterator[str]:
    """The names of the schemas that a part of a document refers to."""
    if isinstance(node, dict) and isinstance(node.get("$ref"), str):
        yield referred(node["$ref"])
    children = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for child in children:
        yield from _referred(child)


def _first_media(part: Json) -> Json:
    """The schema of a body or an answer; {} where there is none."""
    return next((media["schema"] for media in part.get("content", {}).values()), {})


def _repeated(theirs: Json) -> Json:
    """A parameter that may be repeated is taken alone, too, which says nothing of the API."""
    lists = [variant for variant in theirs.get("oneOf", ()) if variant.get("type") == "array"]
    return lists[0] if lists else theirs
