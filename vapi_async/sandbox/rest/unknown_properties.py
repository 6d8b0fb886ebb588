"""Properties that a schema does not have: the API refuses them at any depth.

Its words are "property tools should not exist", deeper ones "assistant.property tools should not exist".

Of a union the variant counts that its tag names, else the one that knows most of the value. Schemas that say nothing
of their members, such as `metadata`, take all. Beside unknown properties stand values that are new: names of models
and voices, which providers add weekly, are taken and noted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from attrs import define, field

from .contract import OPEN_NAMES

if TYPE_CHECKING:
    from .contract import ApiContract

Json = Any

_LEGACY = frozenset(
    {
        "hipaaEnabled", "silenceTimeoutSeconds", "backgroundDenoisingEnabled", "endCallFunctionEnabled",
        "recordingEnabled", "serverUrl", "serverUrlSecret",
    }
)  # fmt: skip
#: What the API takes though the contract lacks it, by schema.
_TAKEN: Mapping[str, frozenset[str]] = {
    "CreateAssistantDTO": _LEGACY,
    "UpdateAssistantDTO": _LEGACY,
    "AssistantOverrides": _LEGACY,
    "CreateCallDTO": frozenset({"phoneCallProviderBypassEnabled"}),
    "Server": frozenset({"secret"}),
    "OpenAIResponsesRequest": frozenset({"model"}),
}
#: What tools of all types take: samples of the guides and recorded ones have it.
_OF_TOOLS = frozenset({"async", "function", "metadata", "server"})
#: Schemas of schemas: JSON Schema has more keywords than the contract lists.
_FREE = frozenset({"JsonSchema"})
_REF = "#/components/schemas/"


@define
class Surplus:
    """What a value has beyond its schema.

    Attributes:
        unknown: a sentence for each unknown property, in the API's words.
        new: values that the contract does not list, as "model.model 'x'".
    """

    unknown: list[str] = field(factory=list)
    new: list[str] = field(factory=list)


def surplus(contract: ApiContract, schema: Json, value: Json) -> Surplus:
    """Return what a value has beyond a schema; the value is valid otherwise."""
    found = Surplus()
    _walk(contract, schema, value, (), found)
    return found


def known_properties(contract: ApiContract, schema: Json) -> frozenset[str] | None:
    """Return the names of the properties of an object by its schema; None if it may have any."""
    names: set[str] = set()
    for variant in _variants(contract, schema):
        properties = contract.resolve(variant).get("properties")
        if not properties or "additionalProperties" in contract.resolve(variant):
            return None
        names |= properties.keys() | _taken(_name(contract, variant))
    return frozenset(names)


def _walk(contract: ApiContract, schema: Json, value: Json, path: tuple[str, ...], found: Surplus) -> None:
    if isinstance(value, list):
        items = _items(contract, schema)
        for number, item in enumerate(value):
            _walk(contract, items, item, (*path, str(number)), found)
    elif isinstance(value, dict):
        variant = _meant(contract, schema, value)
        if variant is not None:
            _walk_object(contract, variant, value, path, found)
    elif path and path[-1] in OPEN_NAMES and isinstance(value, str) and not _is_listed(contract, schema, value):
        found.new.append(f"{'.'.join(path)} {value!r}")


def _walk_object(
    contract: ApiContract, schema: Json, value: Mapping[str, Json], path: tuple[str, ...], found: Surplus
) -> None:
    name = _name(contract, schema)
    schema = contract.resolve(schema)
    properties = schema.get("properties")
    more = schema.get("additionalProperties")
    if name in _FREE or (not properties and not isinstance(more, dict)):
        return
    for key, member in value.items():
        if key in (properties or {}):
            _walk(contract, properties[key], member, (*path, key), found)
        elif isinstance(more, dict):
            _walk(contract, more, member, (*path, key), found)
        elif not more and key not in _taken(name):
            found.unknown.append(".".join((*path, f"property {key} should not exist")))


def _taken(name: str) -> frozenset[str]:
    """Return what objects of a schema may have beside its properties."""
    taken = _TAKEN.get(name, frozenset())
    return taken | _OF_TOOLS if name.endswith("ToolDTO") else taken


def _meant(contract: ApiContract, schema: Json, value: Mapping[str, Json]) -> Json:
    """Return the variant of a schema that an object is of; None if none says anything of objects."""
    objects = [each for each in _variants(contract, schema) if _is_object(contract.resolve(each))]
    tagged = [each for each in objects if _fits(contract, contract.resolve(each), value)] or objects
    return min(tagged, key=lambda each: len(_unknown_keys(contract, each, value)), default=None)


def _unknown_keys(contract: ApiContract, schema: Json, value: Mapping[str, Json]) -> list[str]:
    found = Surplus()
    _walk_object(contract, schema, value, (), found)
    return found.unknown


def _variants(contract: ApiContract, schema: Json) -> Iterator[Json]:
    resolved = contract.resolve(schema)
    variants = resolved.get("oneOf") or resolved.get("anyOf")
    if variants is None:
        yield schema
        return
    for each in variants:
        yield from _variants(contract, each)


def _items(contract: ApiContract, schema: Json) -> Json:
    """Return the schema of a list's items, of whichever variant is a list."""
    lists = [found for each in _variants(contract, schema) if "items" in (found := contract.resolve(each))]
    return {"oneOf": [each["items"] for each in lists]}


def _is_object(schema: Json) -> bool:
    return schema.get("type", "object") == "object" and "enum" not in schema


def _fits(contract: ApiContract, schema: Json, value: Mapping[str, Json]) -> bool:
    """Whether an object has what a variant requires, and none of the values that only others have."""
    properties: Mapping[str, Json] = schema.get("properties", {})
    tags = ((name, contract.resolve(properties[name]).get("enum", ())) for name in properties if name in value)
    named = all(value[name] in options for name, options in tags if len(options) == 1 and name not in OPEN_NAMES)
    return named and all(name in value for name in schema.get("required", ()))


def _is_listed(contract: ApiContract, schema: Json, value: str) -> bool:
    strings = [contract.resolve(each) for each in _variants(contract, schema)]
    enums = [each["enum"] for each in strings if "enum" in each]
    return not enums or any(value in options for options in enums)


def _name(contract: ApiContract, schema: Json) -> str:
    """Return the name of the schema that a reference leads to, "" if it has none."""
    while "$ref" in schema or len(schema.get("allOf", ())) == 1:
        if "$ref" in schema:
            return str(schema["$ref"]).removeprefix(_REF)
        schema = schema["allOf"][0]
    return ""
