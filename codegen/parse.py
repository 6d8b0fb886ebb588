"""The one place that meets openapi-python-client, our parser; its internals change between patch releases.

It checks that the canonical document is OpenAPI and resolves references, nesting and parameters; its findings are
turned into `Type` records here. It is fed shapes only: every name of the document is replaced by one of ours on the way
in (``Schema12``, ``p3``) and put back on the way out, so that nothing a document says can clash with, or get into, what
the parser makes of names. It is fed in two parts, schemas and then operations over empty schemas, because it copies an
operation together with everything that it refers to, many times over. Any error it reports stops the build.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from attrs import frozen
from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser.errors import GeneratorError
from openapi_python_client.parser.openapi import Endpoint, GeneratorData
from openapi_python_client.parser.properties import (
    AnyProperty,
    EnumProperty,
    LiteralEnumProperty,
    ModelProperty,
)
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.date import DateProperty
from openapi_python_client.parser.properties.datetime import DateTimeProperty
from openapi_python_client.parser.properties.file import FileProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.none import NoneProperty
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.parser.properties.union import UnionProperty
from openapi_python_client.parser.properties.uuid import UuidProperty

from .canonical import Canonical
from .document import SCHEMAS, Json, main_media, operations, referred
from .errors import Refused
from .identifiers import class_name
from .records import ANY, AnyOf, ListOf, MapOf, Named, Primitive, Type

_JSON = "application/json"
_PRIMITIVES: dict[type, str] = {
    StringProperty: "str",
    UuidProperty: "str",
    DateProperty: "str",
    DateTimeProperty: "datetime",
    FloatProperty: "float",
    IntProperty: "int",
    BooleanProperty: "bool",
    FileProperty: "file",
    AnyProperty: "Any",
    NoneProperty: "None",
}


class ParseFailed(Refused):
    """The parser could not read something; the message names every such place."""


@frozen
class ParsedOperation:
    """The types of one operation's parts: parameters by their position, responses by status."""

    parameters: tuple[Type, ...]
    body: Type | None
    responses: dict[str, Type]


@frozen
class Parsed:
    """What the parser found: fields and extras of models, members of unions, parts of operations, types of aliases."""

    models: dict[str, dict[str, Type]]
    extras: dict[str, Type]
    unions: dict[str, tuple[Type, ...]]
    operations: dict[tuple[str, str], ParsedOperation]
    aliases: dict[str, Type]


def parse(canonical: Canonical) -> Parsed:
    """Read a canonical document.

    Raises:
        ParseFailed: The parser reported an error, or lost a schema, a field or an operation.
    """
    return _Adapter(canonical).read()


class _Adapter:
    def __init__(self, canonical: Canonical) -> None:
        self.document = canonical.document
        self.kinds = canonical.kinds
        self.schemas: dict[str, Json] = canonical.document["components"]["schemas"]
        self.aliases = canonical.aliases
        self.alias = {name: f"Schema{index}" for index, name in enumerate(self.schemas)}
        self.original = {alias: name for name, alias in self.alias.items()}

    def read(self) -> Parsed:
        kept = {name: self._feed(schema) for name, schema in self.schemas.items() if self.kinds[name] == "model"}
        stubs = {name: _stub() for name in self.schemas if self.kinds[name] != "model"}
        for name in self._of_kind("union"):
            # A union is fed as a model with one field a member: a bare oneOf would be dissolved into its users.
            members = self.schemas[name]["oneOf"]
            fields = {f"p{index}": self._shape(member) for index, member in enumerate(members)}
            stubs[name] = {"type": "object", "properties": fields}
        # Enums are stubs, too: what refers to one keeps its name, where the parser would put a class of its own.
        data = self._run({**kept, **stubs}, {}, _held(map(self._shape, self.aliases.values())))
        found = {self.original[str(model.class_info.name)]: model for model in data.models if self._is_ours(model)}
        lost = [name for name in self.schemas if name not in found]
        if lost:
            raise ParseFailed(f"lost {len(lost)} schemas: {', '.join(lost[:20])}")
        models = {name: self._fields(name, found[name]) for name in self._of_kind("model")}
        unions = {name: self._members(name, found[name]) for name in self._of_kind("union")}
        extras = {name: self._extra(found[name]) for name in models if "additionalProperties" in self.schemas[name]}
        return Parsed(models, extras, unions, self._operations(), self._aliases(data))

    def _aliases(self, data: GeneratorData) -> dict[str, Type]:
        made = {str(model.class_info.name): model for model in data.models}
        holders = (made[holder] for holder in _held(self.aliases))
        return {name: self._type(_properties(holder)[0]) for name, holder in zip(self.aliases, holders, strict=True)}

    def _of_kind(self, kind: str) -> list[str]:
        return [name for name in self.schemas if self.kinds[name] == kind]

    def _is_ours(self, model: ModelProperty) -> bool:
        return str(model.class_info.name) in self.original

    def _feed(self, schema: Json) -> Json:
        wires = list(schema.get("properties", {}))
        fed: Json = {
            "type": "object",
            "properties": {f"p{index}": self._shape(schema["properties"][wire]) for index, wire in enumerate(wires)},
            "required": [f"p{wires.index(wire)}" for wire in schema.get("required", [])],
        }
        if "additionalProperties" in schema:
            fed["additionalProperties"] = self._shape(schema["additionalProperties"])
        return fed

    def _shape(self, schema: Json) -> Json:
        """A schema without anything that the parser need not know."""
        if "$ref" in schema:
            return {"$ref": SCHEMAS + self.alias[referred(schema["$ref"])]}
        if "oneOf" in schema:
            return {"oneOf": [self._shape(member) for member in schema["oneOf"]]}
        shape = {key: schema[key] for key in ("type", "format") if isinstance(schema.get(key), str)}
        if "items" in schema:
            shape["items"] = self._shape(schema["items"])
        if "additionalProperties" in schema:
            shape["additionalProperties"] = self._shape(schema["additionalProperties"])
        return shape

    def _run(self, schemas: Json, paths: Json, holders: Json = None) -> GeneratorData:
        fed = {self.alias[name]: {"title": self.alias[name], **schema} for name, schema in schemas.items()}
        fed |= {name: {"title": name, **schema} for name, schema in (holders or {}).items()}
        document = {
            "openapi": "3.0.3",
            "info": {"title": "contract", "version": "1"},
            "paths": paths,
            "components": {"schemas": fed},
        }
        data = GeneratorData.from_dict(document, config=_config())
        if isinstance(data, GeneratorError):
            raise ParseFailed(f"{data.header}: {data.detail}")
        errors = [*data.errors, *(e for tag in data.endpoint_collections_by_tag.values() for e in tag.parse_errors)]
        if errors:
            raise ParseFailed("; ".join(f"{error.header}: {self._readable(error.detail)}" for error in errors[:20]))
        return data

    def _readable(self, detail: str | None) -> str:
        text = str(detail)
        # Longest first: Schema1 is the beginning of Schema12.
        for alias, name in sorted(self.original.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(alias, name)
        return text

    def _fields(self, name: str, model: ModelProperty) -> dict[str, Type]:
        found = {str(prop.name.get_untrusted_value()): prop for prop in _properties(model)}
        wires = list(self.schemas[name].get("properties", {}))
        if len(found) != len(wires):
            raise ParseFailed(f"{name}: {len(wires)} fields went in, {len(found)} came out")
        return {wire: self._type(found[f"p{index}"]) for index, wire in enumerate(wires)}

    def _members(self, name: str, model: ModelProperty) -> tuple[Type, ...]:
        found = {str(prop.name.get_untrusted_value()): prop for prop in _properties(model)}
        return tuple(self._type(found[f"p{index}"]) for index in range(len(self.schemas[name]["oneOf"])))

    def _extra(self, model: ModelProperty) -> Type:
        return self._type(model.additional_properties) if model.additional_properties else ANY

    def _type(self, prop: Any) -> Type:
        if isinstance(prop, ModelProperty):
            if not self._is_ours(prop):
                return MapOf(self._extra(prop))
            name = self.original[str(prop.class_info.name)]
            kind = self.kinds[name]
            return Named(class_name(name) if kind == "model" else name, kind)
        if isinstance(prop, ListProperty):
            return ListOf(self._type(prop.inner_property))
        if isinstance(prop, UnionProperty):
            return AnyOf(tuple(self._type(inner) for inner in prop.inner_properties))
        if isinstance(prop, EnumProperty | LiteralEnumProperty):
            raise ParseFailed(f"{prop.name}: an enum reached the parser")
        return Primitive(_PRIMITIVES[type(prop)])

    def _operations(self) -> dict[tuple[str, str], ParsedOperation]:
        keys = [(method, path) for method, path, _ in operations(self.document)]
        paths: Json = {}
        for index, (method, path) in enumerate(keys):
            paths[f"/op{index}"] = {method: self._feed_operation(self.document["paths"][path][method], index)}
        data = self._run({name: _stub() for name in self.schemas}, paths)
        endpoints = {
            str(endpoint.path.get_untrusted_value()): endpoint
            for tag in data.endpoint_collections_by_tag.values()
            for endpoint in tag.endpoints
        }
        if len(endpoints) != len(keys):
            raise ParseFailed(f"{len(keys)} operations went in, {len(endpoints)} came out")
        return {
            key: self._operation(self.document["paths"][key[1]][key[0]], endpoints[f"/op{index}"])
            for index, key in enumerate(keys)
        }

    def _feed_operation(self, operation: Json, index: int) -> Json:
        # Places and requiredness are facts of ours; in optional query parameters that are lists all types are allowed.
        parameters = [
            {"name": f"q{position}", "in": "query", "schema": _wrap(self._shape(parameter["schema"]))}
            for position, parameter in enumerate(operation["parameters"])
        ]
        fed: Json = {"operationId": f"op{index}", "tags": ["all"], "parameters": parameters, "responses": {}}
        if (body := main_media(operation.get("requestBody", {}))) is not None:
            fed["requestBody"] = {"content": {_JSON: {"schema": _wrap(self._shape(body))}}}
        for status, response in operation.get("responses", {}).items():
            fed["responses"][status] = {"description": ""}
            if (schema := main_media(response)) is not None:
                fed["responses"][status]["content"] = {_JSON: {"schema": _wrap(self._shape(schema))}}
        return fed

    def _operation(self, operation: Json, endpoint: Endpoint) -> ParsedOperation:
        parameters = {str(prop.name.get_untrusted_value()): prop for prop in endpoint.query_parameters}
        types = tuple(self._unwrapped(parameters[f"q{i}"]) for i in range(len(operation["parameters"])))
        body = self._unwrapped(endpoint.bodies[0].prop) if endpoint.bodies else None
        responses = {
            response.status_code.pattern: self._unwrapped(response.prop)
            for response in endpoint.responses
            if main_media(operation["responses"][response.status_code.pattern]) is not None
        }
        return ParsedOperation(types, body, responses)

    def _unwrapped(self, prop: Any) -> Type:
        wrapped = self._type(prop)
        assert isinstance(wrapped, ListOf)
        return wrapped.item


def _wrap(shape: Json) -> Json:
    """In a list every type is allowed everywhere."""
    return {"type": "array", "items": shape}


def _held(shapes: Iterable[Json]) -> Json:
    """What is no schema of its own, each as the only field of an object, under names that no schema is fed by."""
    return {f"Holder{index}": {"type": "object", "properties": {"p0": s}} for index, s in enumerate(shapes)}


def _stub() -> Json:
    return {"type": "object", "properties": {"p": {}}}


def _properties(model: ModelProperty) -> list[Any]:
    return [*(model.required_properties or []), *(model.optional_properties or [])]


def _config() -> Config:
    return Config.from_sources(
        ConfigFile(literal_enums=True),
        MetaType.NONE,
        document_source=Path("openapi.json"),
        file_encoding="utf-8",
        overwrite=True,
        output_path=None,
    )
