"""What is known better than the published document, put into it.

Each entry of `corrections/*.yaml`, or under `corrections` of an overlay, says why it is there and where its facts were
seen; the facts stand below it, by what they do to a document:

    schemas     name → schema                    a schema is added
    operations  METHOD path → operation          an operation is added
    parameters  METHOD path → parameters         parameters are added to an operation
    statuses    METHOD path → status → schema    error answers are added to an operation
    fields      schema → field → schema          fields are added to a schema
    types       place → {was, is}                a field is of another type
    optional    places                           a field or parameter need not be there
    nullable    places                           a field may be null
    values      place → values                   an enum has more of them
    variants    beside, add                      every union that holds `beside` holds `add` as well
    stored      at, beside or instead, name      answers hold the stored object there, not the one that creates it

A place is `Schema.field`, `Schema.field[]` or `METHOD path?parameter` (see `places`). With `needs`, an entry is for
documents that have that schema; under `shapes` stands what several of its facts hold. What is added carries the mark
`x-added`: where it was seen, and when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any, TypeAlias

from attrs import define, field

from . import places
from .document import Json, reference

#: The key under which a contract says where something was seen that the published document lacks.
ADDED = "x-added"
_JSON = "application/json"
_NOT_FACTS = frozenset({"why", "seen", "needs", "shapes"})


@define
class Applied:
    """What became of the corrections: how many facts came from where, and those that changed nothing."""

    counts: Counter[str] = field(factory=Counter)
    stale: list[str] = field(factory=list)


def correct(document: Json, entries: list[Json]) -> Applied:
    """Correct a loaded document in place.

    Args:
        document: What `load` made.
        entries: As they stand in YAML.

    Raises:
        ValueError: An entry lacks `why` or `seen`, or says something that is no correction.
    """
    applied, before = Applied(), frozenset(document["components"]["schemas"])
    for entry in entries:
        _refuse_unfounded(entry)
        if entry.get("needs") in {None, *before}:
            _apply_entry(document, entry, applied)
        else:
            applied.stale.append(f"corrections ({entry['why']}): needs {entry['needs']}, which there is not")
    return applied


def _refuse_unfounded(entry: Json) -> None:
    unknown = sorted(entry.keys() - _STEPS.keys() - _NOT_FACTS)
    if unknown:
        raise ValueError(f"corrections ({entry.get('why')}): {', '.join(unknown)} is no kind of correction")
    if not entry.get("why") or not (entry.get("seen") or {}).get("source") or not entry["seen"].get("date"):
        raise ValueError(f"corrections ({entry.get('why')}): an entry needs why, and seen with source and date")


def _apply_entry(document: Json, entry: Json, applied: Applied) -> None:
    seen = {key: str(value) for key, value in entry["seen"].items()}
    for kind in filter(entry.__contains__, _STEPS):
        for name, value in _rows(entry[kind]):
            # A row may be about several places: as long as it changes one of them it is needed.
            changed = _STEPS[kind](document, name, value, seen)
            applied.counts[seen["source"]] += changed
            if not changed:
                applied.stale.append(f"corrections ({entry['why']}): {kind}/{name} changes nothing")


def _rows(section: Json) -> Iterator[tuple[str, Json]]:
    if isinstance(section, dict):
        yield from section.items()
        return
    for row in section:
        yield (row, None) if isinstance(row, str) else (", ".join(map(str, row.values())), row)


def _add_schema(document: Json, name: str, schema: Json, seen: Json) -> int:
    schemas = document["components"]["schemas"]
    if name in schemas:
        return 0
    schemas[name] = {**deepcopy(schema), ADDED: seen}
    return 1


def _add_operation(document: Json, key: str, operation: Json, seen: Json) -> int:
    method, _, path = key.partition(" ")
    item = document["paths"].setdefault(path, {"parameters": []})
    if method.lower() in item:
        return 0
    bearer: Json = {"security": [{"bearer": []}]}
    item[method.lower()] = {"parameters": [], **bearer, **deepcopy(operation), ADDED: seen}
    return 1


def _add_parameters(document: Json, key: str, parameters: list[Json], seen: Json) -> int:
    operation = places.operation(document, key)
    if operation is None:
        return 0
    known = {each["name"] for each in operation.get("parameters", ())}
    new = [each for each in parameters if each["name"] not in known]
    operation.setdefault("parameters", []).extend({**deepcopy(each), ADDED: seen} for each in new)
    return len(new)


def _add_statuses(document: Json, key: str, statuses: Json, seen: Json) -> int:
    responses = (places.operation(document, key) or {"responses": statuses})["responses"]
    new = {str(status): schema for status, schema in statuses.items() if str(status) not in map(str, responses)}
    for status, schema in new.items():
        responses[status] = {"description": ""} | ({"content": {_JSON: {"schema": schema}}} if schema else {})
    return len(new)


def _add_fields(document: Json, name: str, fields: Json, seen: Json) -> int:
    added = 0
    for schema in places.matching(document, name):
        properties = schema.setdefault("properties", {})
        new = [wire for wire in fields if wire not in properties]
        properties |= {wire: {**deepcopy(fields[wire]), ADDED: seen} for wire in new}
        added += len(new)
    return added


def _set_type(document: Json, place: str, types: Json, seen: Json) -> int:
    changed = 0
    for holder, key in places.find(document, place):
        if types["was"].items() <= holder[key].items():
            holder[key] = deepcopy(types["is"])
            changed += 1
    return changed


def _relax(document: Json, place: str, _: None, seen: Json) -> int:
    if "?" in place:
        parameter = places.parameter(document, place) or {}
        return int(bool(parameter.pop("required", False)))
    name, wire = place.split(".")
    asking = [schema for schema in places.matching(document, name) if wire in (schema.get("required") or ())]
    for schema in asking:
        schema["required"] = [each for each in schema["required"] if each != wire]
    return len(asking)


def _allow_null(document: Json, place: str, _: None, seen: Json) -> int:
    found = [(holder, key) for holder, key in places.find(document, place) if not holder[key].get("nullable")]
    for holder, key in found:
        holder[key] = {**holder[key], "nullable": True}
    return len(found)


def _extend_enum(document: Json, place: str, values: list[str], seen: Json) -> int:
    added = 0
    for holder, key in places.find(document, place):
        enum = (places.holder_of_enum(holder[key]) or {"enum": values})["enum"]
        new = [value for value in values if value not in enum]
        enum += new
        added += len(new)
    return added


def _add_variants(document: Json, _: str, row: Json, seen: Json) -> int:
    added = 0
    for variants in places.unions(document):
        present = set(map(places.target, variants))
        new = [name for name in row["add"] if name not in present and present.issuperset(row["beside"])]
        variants += [{"$ref": reference(name)} for name in new]
        added += len(new)
    return added


def _hold_stored(document: Json, _: str, row: Json, seen: Json) -> int:
    found = [place for pattern in row["at"] for place in places.find(document, pattern)]
    changed = [(holder, key) for holder, key in found if _hold_stored_at(holder, key, row)]
    if changed and "name" in row:
        _name(document, row["name"], changed)
    return len(changed)


def _name(document: Json, name: str, changed: list[tuple[Json, str]]) -> None:
    """Give what places hold the name of a schema, where it is the same as in the first of them."""
    union, schemas = changed[0][0][changed[0][1]], document["components"]["schemas"]
    if name in schemas:
        raise ValueError(f"corrections: stored/{name} is the name of another schema")
    schemas[name] = union
    for holder, key in changed:
        if holder[key] == union:
            holder[key] = {"$ref": reference(name)}


def _hold_stored_at(holder: Json, key: str, row: Json) -> bool:
    node, stored = holder[key], row.get("beside") or row["instead"]
    variants = node.get("oneOf") or node.get("anyOf") or [node]
    present = list(map(places.target, variants))
    # The stored ones first: they are what comes, the others what was given in their place.
    new = [reference(stored[name]) for name in present if name in stored and stored[name] not in present]
    if not new:
        return False
    kept = [variant for variant in variants if "beside" in row or places.target(variant) not in stored]
    node = {name: value for name, value in node.items() if name not in ("$ref", "allOf", "anyOf", "oneOf")}
    # What requests share with answers says of the stored ones that they only come back.
    made = [{"allOf": [{"$ref": ref}], "readOnly": True} if row.get("shared") else {"$ref": ref} for ref in new]
    holder[key] = {**_with_mapping(node, stored, row), "oneOf": [*made, *kept]}
    return True


def _with_mapping(node: Json, stored: Json, row: Json) -> Json:
    """A discriminator that names the creating objects names the stored ones where these came instead."""
    discriminator = node.get("discriminator")
    if not discriminator or "beside" in row:
        return node
    instead = {reference(create): reference(name) for create, name in stored.items()}
    mapping = {value: instead.get(ref, ref) for value, ref in discriminator.get("mapping", {}).items()}
    return {**node, "discriminator": {**discriminator, "mapping": mapping}}


_Step: TypeAlias = Callable[[Json, str, Any, Json], int]
#: In this order: what is added is there when it is corrected, and when places come to hold it.
_STEPS: dict[str, _Step] = {
    "schemas": _add_schema,
    "operations": _add_operation,
    "parameters": _add_parameters,
    "statuses": _add_statuses,
    "fields": _add_fields,
    "types": _set_type,
    "optional": _relax,
    "nullable": _allow_null,
    "values": _extend_enum,
    "variants": _add_variants,
    "stored": _hold_stored,
}
