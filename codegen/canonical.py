"""The canonical form: every union and enum that occurs many times gets one name and is written once.

The published document repeats itself: the same ``oneOf`` of thirty tools stands in a dozen places. Equal ones (same
members, whatever their order, titles and defaults) are lifted into named components here, as are objects declared
inline. A name is made of owner and field, ``Assistant`` + ``serverMessages`` + ``Item``; `type_names` says which.

What is left is a plain OpenAPI document in which every schema is a reference, a primitive, a list, a map, or a union of
primitives.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy

from attrs import define

from . import sites
from .all_of import Merged
from .correct import ADDED
from .document import SCHEMAS, Json, operations, reference, referred
from .errors import Refused
from .identifiers import pascal
from .ledger import Ledger, Names
from .naming import OperationName
from .report import Report, printable
from .sites import Site
from .type_names import LIFT, Lifted, TypeNames

#: Any other value of the type goes as well as those of the enum.
OPEN = "x-open"
#: What a reference that leads nowhere is read as: anything, since nobody knows.
DANGLING = "x-dangling"
#: No fields but those that are declared.
CLOSED = "x-closed"
#: The limits of the variants of a union, which do not tell types apart, by the type of the variant.
LIMITS_OF_VARIANTS = "x-limits"
#: What values of a type are held to.
LIMITS = (
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    *("minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties"),
)
#: What is said about a place rather than about its shape; it stays beside a reference.
_NOTES = ("nullable", "default", "deprecated", "readOnly", "writeOnly", *LIMITS, ADDED, LIMITS_OF_VARIANTS)
#: What tells no type from another.
_OF_PLACE = frozenset({*_NOTES, OPEN, CLOSED})

#: How many times over a document may be read for the references in it: what exceeds that was made to.
_GROWTH = 20
_SLACK = 10_000


class CanonicalError(Refused):
    """A document that has no canonical form; the message holds the pointer to the place."""


@define
class Canonical:
    """The canonical document, what its components are, and which names lead to them.

    `names` are all public names with their places, `aliases` those that stand for another type, or for one that needs
    no name.
    """

    document: Json
    kinds: dict[str, str]
    names: Names
    aliases: dict[str, Json]
    unions: int
    distinct_unions: int
    enums: int
    distinct_enums: int


def canonical(
    document: Json,
    names: dict[tuple[str, str], OperationName],
    report: Report,
    owners: tuple[str, ...] = (),
    ledger: Ledger | None = None,
    *,
    strict: bool = True,
) -> Canonical:
    """Bring a repaired document into canonical form.

    Args:
        document: The repaired document; it stays as it is.
        names: The name of each operation by (method, path), for what is declared inside of operations.
        report: Gets a line for each thing that had to be read loosely.
        owners: Models whose name goes before others' in the name of what they share.
        ledger: The names that were given before.
        strict: Whether a reference that leads nowhere is an error; else it is read as anything, with a report line.

    Raises:
        CanonicalError: A reference leads nowhere, and `strict` is set; or references multiply beyond all measure.
    """
    ledger = ledger or Ledger()
    lifter = _Lifter(document, report, ledger, strict=strict)
    schemas = {name: lifter.component(name) for name in lifter.models()}
    others = {name: lifter.named(name) for name in lifter.source if name not in schemas}
    paths: Json = {}
    for method, path, operation in operations(document):
        paths.setdefault(path, {})[method] = lifter.operation(operation, names[method, path])
    naming = TypeNames(lifter.lifted, others, schemas.keys(), lifter.plain, ledger, owners)
    naming.assign()
    kinds = dict.fromkeys(schemas, "model") | {lifted.name: lifted.kind for lifted in lifter.lifted.values()}
    schemas |= {lifted.name: lifted.schema for lifted in lifter.lifted.values()}
    return Canonical(
        lifter.substitute({**document, "paths": paths, "components": {"schemas": schemas}}),
        kinds,
        naming.given,
        lifter.substitute(naming.aliases),
        *(lifter.unions, len(lifter.union_keys), lifter.enums, len(lifter.enum_keys)),
    )


class _Lifter:
    def __init__(self, document: Json, report: Report, ledger: Ledger, *, strict: bool) -> None:
        self.source: dict[str, Json] = document.get("components", {}).get("schemas", {})
        self.report = report
        self.strict = strict
        self.lifted: dict[str, Lifted] = {}
        #: What stands in places of the ledger that hold no lifted type any more.
        self.plain: dict[str, Json] = {}
        self._watched = frozenset(place for places in ledger.names.values() for place in places)
        self.unions = self.enums = 0
        self.union_keys: set[str] = set()
        self.enum_keys: set[str] = set()
        self._resolving: list[str] = []
        self._budget = _SLACK + _GROWTH * _size(document)

    def models(self) -> list[str]:
        """The names of the components that are objects of their own, in published order."""
        return [name for name, schema in self.source.items() if _is_model(schema)]

    def component(self, name: str) -> Json:
        return self._object(self.source[name], sites.component(name))

    def operation(self, operation: Json, name: OperationName) -> Json:
        result = deepcopy(operation)
        for parameter in result.get("parameters", []):
            site = sites.parameter(name, parameter["name"], parameter["in"])
            parameter["schema"] = self.visit(parameter["schema"], site)
        for part in result.get("requestBody", {}).get("content", {}).values():
            part["schema"] = self.visit(part["schema"], sites.request(name))
        for status, response in result.get("responses", {}).items():
            for part in response.get("content", {}).values():
                part["schema"] = self.visit(part["schema"], sites.answer(name, status))
        return result

    def visit(self, schema: Json, site: Site) -> Json:
        """The canonical form of the schema in a place."""
        # Components are read anew wherever they are referred to: a few that hold each other can grow without end.
        self._budget -= 1
        if self._budget < 0:
            raise CanonicalError(f"{printable(site.path)}: references multiply each other beyond all measure")
        shape = self._shape(schema, site)
        if site.path in self._watched and LIFT not in shape:
            self.plain[site.path] = shape
        notes = {key: schema[key] for key in _NOTES if key in schema and key not in shape}
        return {**shape, **notes}

    def _shape(self, schema: Json, site: Site) -> Json:
        if "$ref" in schema:
            return self._reference(schema["$ref"], site)
        if schema.get("allOf"):
            return self._all_of(schema, site)
        members = schema.get("oneOf") or schema.get("anyOf")
        if members:
            return self._union(members, schema, site)
        if schema.get("enum"):
            return self._enum(schema, site)
        if schema.get("properties"):
            return self._inline(schema, site)
        if schema.get("type") == "object":
            extra = schema.get("additionalProperties")
            value = self.visit(extra, site.values()) if isinstance(extra, dict) and extra else {}
            made = {"type": "object", "additionalProperties": value}
            return {**made, CLOSED: True} if extra is False else made
        if schema.get("type") == "array":
            return {"type": "array", "items": self.visit(schema["items"], site.items())}
        return {key: schema[key] for key in ("type", "format") if key in schema}

    def _reference(self, ref: str, site: Site) -> Json:
        name = referred(ref)
        if name in self.source:
            return self.named(name)
        self._dangling(ref, site)
        return {DANGLING: True}

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
            return self.visit(target, sites.component(name))
        finally:
            self._resolving.pop()

    def _dangling(self, ref: str, site: Site) -> None:
        line = f"reference {ref[:200]!r} leads to no schema of the document"
        if self.strict:
            raise CanonicalError(f"{printable(site.name)}: {line}")
        self.report.add(site.name, f"{line}, read as anything")

    def _all_of(self, schema: Json, site: Site) -> Json:
        parts = [part for part in schema["allOf"] if part]
        free = schema.get("additionalProperties")
        if schema.get("properties") or (isinstance(free, dict) and free):
            parts.append(_beside_all_of(schema))
        if len(parts) == 1:
            return self.visit(parts[0], site)
        merged = self._merge(parts, site)
        if len(merged.bases) == 1 and all("$ref" in part or part.keys() == {"additionalProperties"} for part in parts):
            base = sites.component(merged.bases[0])
            site = Site(f"{base.path} map", f"{base.name}Map")
        return self._shape(merged.schema, site)

    def _merge(self, parts: list[Json], site: Site) -> Merged:
        merged = Merged(self.source, parts, lambda ref: self._dangling(ref, site))
        if merged.either:
            self.report.add(site.name, "union within allOf, the fields of its variants read as optional")
        return merged

    def _object(self, schema: Json, site: Site) -> Json:
        if schema.get("allOf"):
            schema = self._merge([*schema["allOf"], _beside_all_of(schema)], site).schema
        fields = schema.get("properties") or {}
        result: Json = {
            **{key: schema[key] for key in (ADDED,) if key in schema},
            "type": "object",
            "properties": {key: self.visit(child, site.field(key)) for key, child in fields.items()},
            "required": [key for key in schema.get("required") or [] if key in fields],
        }
        extra = schema.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            result["additionalProperties"] = self.visit(extra, site.values())
        return {**result, CLOSED: True} if extra is False else result

    def _union(self, members: list[Json], schema: Json, site: Site) -> Json:
        flat = list(self._flat(members, site, set(self._resolving)))
        self.unions += 1
        visited: dict[str, Json] = {}
        nullable = False
        for member in flat:
            shape = self._shape(member, site.variant(_variant(member, flat)))
            nullable = nullable or bool(member.get("nullable") or shape.get("nullable"))
            shape = {key: value for key, value in shape.items() if key not in _OF_PLACE}
            visited[_key(shape)] = shape
        union = self._of_members(list(visited.values()), schema, site)
        limits = _limits_of_variants(flat)
        notes = {"nullable": True} if nullable else {}
        return {**union, **notes, **({LIMITS_OF_VARIANTS: limits} if limits else {})}

    def _of_members(self, members: list[Json], schema: Json, site: Site) -> Json:
        identity = _key(sorted(map(_key, members)))
        self.union_keys.add(identity)
        if len(members) < 2:
            return members[0] if members else {}
        if all(self._is_stringlike(member) for member in members):
            return self._open_enum(members, site)
        if not any(self._holds_model(member) for member in members):
            return {"oneOf": members}
        union: Json = {"oneOf": members}
        if schema.get("discriminator"):
            union["discriminator"] = schema["discriminator"]
        return self._lift("union", union, site, key=identity)

    def _flat(self, members: list[Json], site: Site, seen: set[str]) -> Iterator[Json]:
        """The members of a union and of the unions within it, whether they stand there or are referred to."""
        for member in members:
            if "$ref" in member and referred(member["$ref"]) not in self.source:
                self._dangling(member["$ref"], site)  # `Unknown` stands for it
                continue
            union, through = self._target(member)
            inner = union.get("oneOf") or union.get("anyOf") or []
            if not inner:
                yield member
            elif seen.isdisjoint(through):
                seen.update(through)
                for found in self._flat(inner, site, seen):
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
        lifted = self.lifted.get(member.get(LIFT, ""))
        return bool((lifted.schema if lifted else member).get("type") == "string")

    def _holds_model(self, member: Json) -> bool:
        lifted = self.lifted.get(member.get(LIFT, ""))
        if lifted:
            return lifted.kind != "enum"
        items = member.get("items") or member.get("additionalProperties")
        return "$ref" in member or (isinstance(items, dict) and self._holds_model(items))

    def _open_enum(self, members: list[Json], site: Site) -> Json:
        """Strings beside an enum of strings: enums are open anyway, so both are the enum."""
        values: list[Json] = []
        is_open = False
        for member in members:
            lifted = self.lifted.get(member.get(LIFT, ""))
            own = (lifted.schema if lifted else member).get("enum", [])
            values += own
            # Several enums of one value each are all there is; any string beside them says that there may be others.
            is_open = is_open or not own
            # The enum lent its members to the one made here; where nothing else uses it, it is gone.
            if lifted and lifted.sites[site.variant("")]:
                lifted.sites -= Counter([site.variant("")])
        self.lifted = {key: lifted for key, lifted in self.lifted.items() if lifted.sites}
        if not values:
            return {"type": "string"}
        enum = self._enum({"type": "string", "enum": values}, site, is_open=is_open)
        return {**enum, OPEN: True} if is_open else enum

    def _enum(self, schema: Json, site: Site, *, is_open: bool = False) -> Json:
        shape = {
            "type": schema.get("type", "string"),
            "enum": list({_key(value): value for value in schema["enum"]}.values()),
        }
        key = _key([shape["type"], sorted(map(_key, shape["enum"]))])
        self.enums += 1
        self.enum_keys.add(key)
        # A single value is a constant, unless others may come.
        return self._lift("enum", shape, site, key=key) if is_open or len(shape["enum"]) > 1 else shape

    def _inline(self, schema: Json, site: Site) -> Json:
        made = self._object(schema, site)
        # Whether it takes further fields tells no type from another: nothing that is generated depends on it.
        return self._lift("model", made, site, key=_key({key: made[key] for key in made if key != CLOSED}))

    def _lift(self, kind: str, schema: Json, site: Site, key: str) -> Json:
        identity = hashlib.sha256((kind + key).encode()).hexdigest()
        # The first one met is kept; `order` is made of its content, so that what is met first decides no name.
        lifted = self.lifted.setdefault(identity, Lifted(kind, schema, key))
        lifted.sites[site] += 1
        return {LIFT: identity}

    def substitute(self, node: Json) -> Json:
        """Put references where lifted things stood."""
        if isinstance(node, dict):
            if isinstance(node.get(LIFT), str) and node[LIFT] in self.lifted:
                rest = {key: value for key, value in node.items() if key != LIFT}
                return {"$ref": reference(self.lifted[node[LIFT]].name), **rest}
            return {key: self.substitute(value) for key, value in node.items()}
        return [self.substitute(value) for value in node] if isinstance(node, list) else node


def _beside_all_of(schema: Json) -> Json:
    """What a schema says of an object itself, as one more part of its ``allOf``."""
    return {key: schema[key] for key in ("properties", "required", "additionalProperties") if key in schema}


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


def _limits_of_variants(members: list[Json]) -> Json:
    """What the variants of primitive types and the items of lists are held to; of two of one type, the last one."""
    found: Json = {}
    for member in members:
        kind, inner = str(member.get("type")), member
        while isinstance(inner, dict):
            if limits := {key: inner[key] for key in (*LIMITS, "format") if key in inner}:
                found[kind] = limits
            kind, inner = f"{kind}[]", inner.get("items")
    return found


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
