"""The canonical form: every union and enum that occurs many times gets one name and is written once.

The published document repeats itself: the same ``oneOf`` of thirty tools stands in a dozen places. Equal ones (same
members, whatever their order, titles and defaults) are lifted into named components here, as are objects declared
inline. A name is made of owner and field, ``Assistant`` + ``serverMessages`` + ``Item``; of all the places where a
thing occurs the one below a preferred owner of the overlay wins, then the shortest such name, then the alphabetically
first, so that names depend neither on the order of the document nor on its prose.

What is left is a plain OpenAPI document in which every schema is a reference, a primitive, a list, a map, or a union of
primitives.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator, Set
from copy import deepcopy
from itertools import count
from typing import Any

from attrs import define, field

from .all_of import Merged
from .correct import ADDED
from .document import SCHEMAS, Json, operations, reference, referred
from .errors import Refused
from .identifiers import MAX_LENGTH, class_name, pascal
from .naming import OperationName
from .report import Report, printable

_LIFT = "$lift"
#: What is said about a place rather than about its shape; it stays beside a reference.
_NOTES = (
    "nullable",
    "default",
    "deprecated",
    "readOnly",
    "writeOnly",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "pattern",
    ADDED,
)


#: How many times over a document may be read for the references in it: what exceeds that was made to.
_GROWTH = 20
_LONGEST = MAX_LENGTH - 20  # room for what tells names apart
_SLACK = 10_000


class CanonicalError(Refused):
    """A document that has no canonical form; the message holds the pointer to the place."""


@define
class Lifted:
    """A union, enum or inline object on its way to a name."""

    kind: str
    schema: Json
    order: str
    candidates: Counter[str] = field(factory=Counter)
    name: str = ""


@define
class Canonical:
    """The canonical document and what its components are."""

    document: Json
    kinds: dict[str, str]
    unions: int
    distinct_unions: int
    enums: int
    distinct_enums: int


def canonical(
    document: Json,
    names: dict[tuple[str, str], OperationName],
    report: Report,
    owners: tuple[str, ...] = (),
    *,
    strict: bool = True,
) -> Canonical:
    """Bring a repaired document into canonical form.

    Args:
        document: The repaired document; it stays as it is.
        names: The name of each operation by (method, path), for what is declared inside of operations.
        report: Gets a line for each thing that had to be read loosely.
        owners: Models whose name goes before others' in the name of what they share.
        strict: Whether a reference that leads nowhere is an error; else it is read as anything, with a report line.

    Raises:
        CanonicalError: A reference leads nowhere, and `strict` is set; or references multiply beyond all measure.
    """
    lifter = _Lifter(document, report, owners, strict=strict)
    schemas = {name: lifter.component(name) for name in lifter.models()}
    for name in lifter.source.keys() - schemas.keys():
        lifter.named(name)
    paths: Json = {}
    for method, path, operation in operations(document):
        paths.setdefault(path, {})[method] = lifter.operation(operation, names[method, path])
    lifter.assign_names(taken={class_name(name) for name in schemas})
    for lifted in lifter.lifted.values():
        schemas[lifted.name] = lifted.schema
    kinds = dict.fromkeys(schemas, "model") | {lifted.name: lifted.kind for lifted in lifter.lifted.values()}
    result = {**document, "paths": paths, "components": {"schemas": schemas}}
    return Canonical(
        lifter.substitute(result), kinds, lifter.unions, len(lifter.union_keys), lifter.enums, len(lifter.enum_keys)
    )


class _Lifter:
    def __init__(self, document: Json, report: Report, owners: tuple[str, ...], *, strict: bool) -> None:
        self.source: dict[str, Json] = document.get("components", {}).get("schemas", {})
        self.report = report
        self.owners = owners
        self.strict = strict
        self.lifted: dict[str, Lifted] = {}
        self.unions = self.enums = 0
        self.union_keys: set[str] = set()
        self.enum_keys: set[str] = set()
        self._resolving: list[str] = []
        self._titles = {class_name(name) for name, schema in self.source.items() if not _is_model(schema)}
        self._budget = _SLACK + _GROWTH * _size(document)

    def models(self) -> list[str]:
        """The names of the components that are objects of their own, in published order."""
        return [name for name, schema in self.source.items() if _is_model(schema)]

    def component(self, name: str) -> Json:
        return self._object(self.source[name], class_name(name))

    def operation(self, operation: Json, name: OperationName) -> Json:
        result = deepcopy(operation)
        for parameter in result.get("parameters", []):
            parameter["schema"] = self.visit(parameter["schema"], name.owner + pascal(parameter["name"]))
        for part in result.get("requestBody", {}).get("content", {}).values():
            part["schema"] = self.visit(part["schema"], f"{name.owner}Request")
        for status, response in result.get("responses", {}).items():
            owner = name.thing if name.method == "get" and status.startswith("2") else f"{name.owner}Response"
            for part in response.get("content", {}).values():
                part["schema"] = self.visit(part["schema"], owner)
        return result

    def visit(self, schema: Json, owner: str) -> Json:
        """The canonical form of a schema; `owner` is the name it would get if it were lifted."""
        # Components are read anew wherever they are referred to: a few that hold each other can grow without end.
        self._budget -= 1
        if self._budget < 0:
            raise CanonicalError(f"{printable(owner)}: references multiply each other beyond all measure")
        shape = self._shape(schema, owner)
        notes = {key: schema[key] for key in _NOTES if key in schema and key not in shape}
        return {**shape, **notes}

    def _shape(self, schema: Json, owner: str) -> Json:
        if "$ref" in schema:
            return self._reference(schema["$ref"], owner)
        if schema.get("allOf"):
            return self._all_of(schema, owner)
        members = schema.get("oneOf") or schema.get("anyOf")
        if members:
            return self._union(members, schema, owner)
        if schema.get("enum"):
            return self._enum(schema, owner)
        if schema.get("properties"):
            return self._lift("model", self._object(schema, owner), owner)
        if schema.get("type") == "object":
            extra = schema.get("additionalProperties")
            value = self.visit(extra, f"{owner}Value") if isinstance(extra, dict) and extra else {}
            return {"type": "object", "additionalProperties": value}
        if schema.get("type") == "array":
            return {"type": "array", "items": self.visit(schema["items"], f"{owner}Item")}
        return {key: schema[key] for key in ("type", "format") if key in schema}

    def _reference(self, ref: str, owner: str) -> Json:
        name = referred(ref)
        if name in self.source:
            return self.named(name)
        self._dangling(ref, owner)
        return {}

    def named(self, name: str) -> Json:
        """The canonical form of a component: a reference to a model, or what stands in the place of any other."""
        target = self.source[name]
        if _is_model(target):
            return {"$ref": reference(name)}
        # A union or enum that is on its way already: without an object between, it has no end.
        if name in self._resolving:
            self.report.add(SCHEMAS + name, "refers to itself without an object between, read as anything")
            return {}
        self._resolving.append(name)
        try:
            return self.visit(target, class_name(name))
        finally:
            self._resolving.pop()

    def _dangling(self, ref: str, owner: str) -> None:
        line = f"reference {ref[:200]!r} leads to no schema of the document"
        if self.strict:
            raise CanonicalError(f"{printable(owner)}: {line}")
        self.report.add(owner, f"{line}, read as anything")

    def _all_of(self, schema: Json, owner: str) -> Json:
        parts = [part for part in schema["allOf"] if part]
        if schema.get("properties"):
            parts.append({key: schema[key] for key in ("properties", "required") if key in schema})
        if len(parts) == 1:
            return self.visit(parts[0], owner)
        merged = self._merge(parts, owner)
        if len(merged.bases) == 1 and all("$ref" in part or part.keys() == {"additionalProperties"} for part in parts):
            owner = f"{class_name(merged.bases[0])}Map"
        return self._shape(merged.schema, owner)

    def _merge(self, parts: list[Json], owner: str) -> Merged:
        merged = Merged(self.source, parts, lambda ref: self._dangling(ref, owner))
        if merged.either:
            self.report.add(owner, "union within allOf, the fields of its variants read as optional")
        return merged

    def _object(self, schema: Json, owner: str) -> Json:
        if schema.get("allOf"):
            inline = {key: schema[key] for key in ("properties", "required", "additionalProperties") if key in schema}
            schema = self._merge([*schema["allOf"], inline], owner).schema
        fields = schema.get("properties") or {}
        result: Json = {
            **{key: schema[key] for key in (ADDED,) if key in schema},
            "type": "object",
            "properties": {key: self.visit(child, owner + pascal(key)) for key, child in fields.items()},
            "required": [key for key in schema.get("required") or [] if key in fields],
        }
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            result["additionalProperties"] = self.visit(extra, f"{owner}Value")
        return result

    def _union(self, members: list[Json], schema: Json, owner: str) -> Json:
        flat = list(self._flat(members, owner, set(self._resolving)))
        self.unions += 1
        visited: dict[str, Json] = {}
        nullable = False
        for member in flat:
            shape = self._shape(member, f"{owner}{_variant(member, flat)}")
            nullable = nullable or bool(member.get("nullable") or shape.get("nullable"))
            shape = {key: value for key, value in shape.items() if key not in _NOTES}
            visited[_key(shape)] = shape
        union = self._of_members(list(visited.values()), schema, owner)
        return {**union, "nullable": True} if nullable else union

    def _of_members(self, members: list[Json], schema: Json, owner: str) -> Json:
        identity = _key(sorted(map(_key, members)))
        self.union_keys.add(identity)
        if len(members) < 2:
            return members[0] if members else {}
        if all(self._is_stringlike(member) for member in members):
            return self._open_enum(members, owner)
        if not any(self._holds_model(member) for member in members):
            return {"oneOf": members}
        union: Json = {"oneOf": members}
        if schema.get("discriminator"):
            union["discriminator"] = schema["discriminator"]
        return self._lift("union", union, owner, key=identity)

    def _flat(self, members: list[Json], owner: str, seen: set[str]) -> Iterator[Json]:
        """The members of a union and of the unions within it, whether they stand there or are referred to."""
        for member in members:
            if "$ref" in member and referred(member["$ref"]) not in self.source:
                self._dangling(member["$ref"], owner)  # `Unknown` stands for it
                continue
            union, through = self._target(member)
            inner = [] if _is_model(union) else union.get("oneOf") or union.get("anyOf") or []
            if not inner:
                yield member
            elif seen.isdisjoint(through):
                seen.update(through)
                for found in self._flat(inner, owner, seen):
                    yield {**found, "nullable": True} if union.get("nullable") else found

    def _target(self, member: Json) -> tuple[Json, list[str]]:
        """What a member leads to by references and by allOf around a single schema, and the names on the way."""
        through: list[str] = []
        while True:
            name = referred(member.get("$ref", ""))
            if len(member.get("allOf", ())) == 1 and not member.get("properties"):
                step = member["allOf"][0]
            elif name in self.source and name not in [*self._resolving, *through] and not _is_model(self.source[name]):
                through.append(name)
                step = self.source[name]
            else:
                return member, through
            member = {**step, "nullable": True} if member.get("nullable") else step

    def _is_stringlike(self, member: Json) -> bool:
        lifted = self.lifted.get(member.get(_LIFT, ""))
        return bool((lifted.schema if lifted else member).get("type") == "string")

    def _holds_model(self, member: Json) -> bool:
        lifted = self.lifted.get(member.get(_LIFT, ""))
        if lifted:
            return lifted.kind != "enum"
        items = member.get("items") or member.get("additionalProperties")
        return "$ref" in member or (isinstance(items, dict) and self._holds_model(items))

    def _open_enum(self, members: list[Json], owner: str) -> Json:
        """Strings beside an enum of strings: enums are open anyway, so both are the enum."""
        values: list[Json] = []
        is_open = False
        for member in members:
            lifted = self.lifted.get(member.get(_LIFT, ""))
            own = (lifted.schema if lifted else member).get("enum", [])
            values += own
            # Several enums of one value each are all there is; any string beside them says that there may be others.
            is_open = is_open or not own
            # The enum lent its members to the one made here; where nothing else uses it, it is gone.
            if lifted and lifted.candidates[owner]:
                lifted.candidates -= Counter([owner])
        self.lifted = {key: lifted for key, lifted in self.lifted.items() if lifted.candidates}
        return self._enum({"type": "string", "enum": values}, owner, is_open=is_open) if values else {"type": "string"}

    def _enum(self, schema: Json, owner: str, *, is_open: bool = False) -> Json:
        shape = {
            "type": schema.get("type", "string"),
            "enum": list({_key(value): value for value in schema["enum"]}.values()),
        }
        key = _key([shape["type"], sorted(map(_key, shape["enum"]))])
        self.enums += 1
        self.enum_keys.add(key)
        # A single value is a constant, unless others may come.
        return self._lift("enum", shape, owner, key=key) if is_open or len(shape["enum"]) > 1 else shape

    def _lift(self, kind: str, schema: Json, owner: str, key: str = "") -> Json:
        identity = hashlib.sha256((kind + (key or _key(schema))).encode()).hexdigest()
        # The first one met is kept; `order` is made of its content, so that what is met first decides no name.
        lifted = self.lifted.setdefault(identity, Lifted(kind, schema, key or _key(schema)))
        lifted.candidates[owner] += 1
        return {_LIFT: identity}

    def assign_names(self, taken: Set[str]) -> None:
        """Give every lifted thing its shortest free name."""
        for lifted in sorted(self.lifted.values(), key=self._naming_order):
            wanted = [class_name(name[:_LONGEST]) for name in sorted(lifted.candidates, key=self._rank)]
            suffixed = [f"{name}{_SUFFIX[lifted.kind]}" for name in wanted]
            lifted.name = next(_candidates([*wanted, *suffixed], taken))
            taken |= {lifted.name}

    def _naming_order(self, lifted: Lifted) -> tuple[Any, ...]:
        """Of two that want one name the union has it, since it stands in the place; its members come after."""
        return min(map(self._rank, lifted.candidates)), lifted.kind != "union", lifted.kind, lifted.order

    def _rank(self, name: str) -> tuple[bool, bool, int, str]:
        """The best name first: one that the document itself has, one below a preferred owner, the shortest."""
        return name not in self._titles, not name.startswith(self.owners), len(name), name

    def substitute(self, node: Json) -> Json:
        """Put references where lifted things stood."""
        if isinstance(node, dict):
            if isinstance(node.get(_LIFT), str) and node[_LIFT] in self.lifted:
                rest = {key: value for key, value in node.items() if key != _LIFT}
                return {"$ref": reference(self.lifted[node[_LIFT]].name), **rest}
            return {key: self.substitute(value) for key, value in node.items()}
        return [self.substitute(value) for value in node] if isinstance(node, list) else node


_SUFFIX = {"enum": "Value", "union": "Variant", "model": "Object"}


def _candidates(names: list[str], taken: Set[str]) -> Iterator[str]:
    yield from (name for name in names if name not in taken)
    yield from (name for index in count(2) if (name := f"{names[-1]}{index}") not in taken)


def _is_model(schema: Json) -> bool:
    if "$ref" in schema or schema.get("oneOf") or schema.get("anyOf") or schema.get("enum"):
        return False
    if schema.get("properties"):
        return True
    if schema.get("allOf"):
        # Around a single schema it only adds notes to that one.
        return len(schema["allOf"]) > 1
    return schema.get("type") == "object" and not schema.get("additionalProperties")


def _variant(member: Json, members: list[Json]) -> str:
    """What tells an inline member of a union apart in its name: its constant, a field that only it has, its type."""
    if member.get("enum") and member.get("type", "string") != "string":
        return pascal(member["type"])
    fields: dict[str, Json] = member.get("properties") or {}
    for child in fields.values():
        if len(child.get("enum") or []) == 1:
            return pascal(str(child["enum"][0]))
    others = {name for other in members if other is not member for name in other.get("properties") or {}}
    return next((pascal(name) for name in fields if name not in others), "")


def _size(node: Json) -> int:
    """How many objects and lists there are in a document."""
    total, pending = 0, [node]
    while pending:
        total += 1
        node = pending.pop()
        inner = node.values() if isinstance(node, dict) else node
        pending += [value for value in inner if isinstance(value, dict | list)]
    return total


_key: Callable[[Json], str] = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode
