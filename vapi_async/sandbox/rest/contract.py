"""`ApiContract`: the operation table of a contract.json, its schemas, and validators made of them.

A contract is read once in a process, and its validators are made when an operation is first used, for all sandboxes:
nothing here changes after that. OpenAPI 3.0 spells two things its own way: `nullable` becomes a null beside the type,
and `oneOf` becomes `anyOf`, since the contract's own variants overlap (an enum of strings beside any string).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from vapi_async._optional import load as load_extra

from .validation_messages import validation_messages

if TYPE_CHECKING:
    from .http_values import QueryParams

Json = Any

OWN = Path(__file__).parents[2] / "contract.json"
#: Properties whose values are open though the contract lists some: providers add models and voices weekly.
OPEN_NAMES = frozenset({"model", "voiceId"})
_ANY_OUTPUT = "[OutputID]"
_REF = "#/components/schemas/"
_BARE: tuple[Json, ...] = ({}, {"type": "object"})
_FOR_READERS = frozenset({"title", "description", "default", "example", "deprecated", "discriminator"})
_BOOLEANS = {"true": True, "false": False}


@frozen
class ContractOperation:
    """One operation of the contract.

    Attributes:
        method: in capitals.
        path: with its parameters in braces.
        parameters: name -> parameter object, of the query.
        path_parameters: name -> schema, of the path.
        body: the schema of the body, None if there is none.
        media_type: of the body.
        body_required: whether a body must be there.
        status: of the answer when all goes well.
        response: the schema of that answer, None if the contract has none.
        responses: status -> schema of that answer's JSON, where there is one.
    """

    method: str
    path: str
    parameters: dict[str, Json] = field(repr=False)
    path_parameters: dict[str, Json] = field(repr=False)
    body: Json = field(repr=False)
    media_type: str
    body_required: bool
    status: int
    response: Json = field(repr=False)
    responses: dict[int, Json] = field(repr=False)

    @property
    def key(self) -> str:
        """What the operation is called: "POST /call"."""
        return f"{self.method} {self.path}"


class ApiContract:
    """One contract document.

    Args:
        document: an OpenAPI 3.0 document.

    Attributes:
        schemas: name -> schema.
        operations: "POST /call" -> the operation.
        paths: all paths.
    """

    def __init__(self, document: Json) -> None:
        self.schemas: dict[str, Json] = document.get("components", {}).get("schemas", {})
        self.operations: dict[str, ContractOperation] = {
            operation.key: operation for operation in _operations(document["paths"])
        }
        self.paths: frozenset[str] = frozenset(operation.path for operation in self.operations.values())
        self._validators: dict[tuple[str, str], Any] = {}
        self._routes: dict[str, Any] = {}
        for operation in self.operations.values():
            _add_route(self._routes, operation)

    def match(self, method: str, path: str) -> tuple[ContractOperation, dict[str, str]] | None:
        """Return the operation that a request is for, with the path's parameters; fixed segments count first."""
        found = _find_route(self._routes, path.strip("/").split("/"), method)
        if found is None:
            return None
        operation, values = found
        return operation, dict(zip(operation.path_parameters, values, strict=True))

    def resolve(self, schema: Json) -> Json:
        """Return the schema that a `$ref` is for, or the schema itself; also through an `allOf` of one."""
        while True:
            if "$ref" in schema:
                schema = self.schemas[schema["$ref"].removeprefix(_REF)]
            # OpenAPI 3.0 allows nothing beside a $ref, so documents wrap one in an allOf to put a default beside it.
            elif len(schema.get("allOf", ())) == 1 and "properties" not in schema:
                schema = schema["allOf"][0]
            else:
                return schema

    def validate_request(self, operation: ContractOperation, body: Json, variant: str = "") -> list[str]:
        """Return what is wrong with a body, in the API's words; nothing if it is valid.

        Args:
            operation: what it is for.
            body: the JSON value.
            variant: which of the body's variants it must be, by the value of their tag; "" for any.
        """
        if operation.body is None:
            return []
        return self._validation_messages((operation.key, f"body {variant}"), self.body_of(operation, variant), body)

    def body_of(self, operation: ContractOperation, variant: str = "") -> Json:
        """Return the schema of a body, of a union the variant with this value in its tag."""
        schema = self.resolve(operation.body)
        if not variant or "oneOf" not in schema:
            return operation.body
        tag = self.tag_of(operation)
        named = (each for each in schema["oneOf"] if variant in self._values(each, tag))
        return next(named, operation.body)

    def tag_of(self, operation: ContractOperation) -> str:
        """Return the property that tells the variants of a body apart, "" if nothing does."""
        discriminator = self.resolve(operation.body or {}).get("discriminator") or {}
        return str(discriminator.get("propertyName", ""))

    def _values(self, schema: Json, name: str) -> Json:
        return self.resolve(self.resolve(schema).get("properties", {}).get(name, {})).get("enum", ())

    def validate_query(self, operation: ContractOperation, query: QueryParams) -> list[str]:
        """Return what is wrong with a query, in the API's words; nothing if it is valid."""
        if not operation.parameters or (not len(query) and not self._needs_query(operation)):
            return []
        value = {
            name: _typed(self.resolve(parameter["schema"]), query.get_all(name))
            for name, parameter in operation.parameters.items()
            if name in query
        }
        return self._validation_messages((operation.key, "query"), _query_schema(operation), value)

    def validate_path(self, operation: ContractOperation, params: Mapping[str, str]) -> list[str]:
        """Return what is wrong with the parameters of a path, in the API's words; nothing if they are valid.

        Only enums count: for an id that is none, the API says that there is no such thing.
        """
        schemas = {name: self.resolve(schema) for name, schema in operation.path_parameters.items()}
        enums = {name: {"enum": schema["enum"]} for name, schema in schemas.items() if "enum" in schema}
        return self._validation_messages((operation.key, "path"), {"properties": enums}, dict(params)) if enums else []

    def validate_response(self, operation: ContractOperation, status: int, body: Json) -> list[str]:
        """Return how the JSON of an answer breaks the contract; nothing if it does not."""
        schema = operation.responses.get(status)
        return [] if schema is None else self._validation_messages((operation.key, str(status)), schema, body)

    def conformance(self, name: str, value: Json) -> list[str]:
        """Return how a value breaks the schema of a name; nothing if it does not, or there is no such schema."""
        if name not in self.schemas:
            return []
        return self._validation_messages(("schema", name), {"$ref": _REF + name}, value)

    def _needs_query(self, operation: ContractOperation) -> bool:
        return any(parameter.get("required") for parameter in operation.parameters.values())

    def _validation_messages(self, key: tuple[str, str], schema: Json, value: Json) -> list[str]:
        validator = self._validator(key, schema)
        return [] if validator.is_valid(value) else validation_messages(validator.iter_errors(value))

    def _validator(self, key: tuple[str, str], schema: Json) -> Any:
        validator = self._validators.get(key)
        if validator is None:
            library = load_extra("jsonschema_rs", "sandbox")
            validator = library.Draft202012Validator(
                json_schema(schema), registry=self._registry, validate_formats=True
            )
            self._validators[key] = validator
        return validator

    @cached_property
    def _registry(self) -> Any:
        schemas = {name: json_schema(schema) for name, schema in self.schemas.items()}
        resources = [("contract:", {"components": {"schemas": schemas}})]
        return load_extra("jsonschema_rs", "sandbox").Registry(resources)


def load_contract(path: str | Path | None = None) -> ApiContract:
    """Return the contract in a file, the one of this package by default; read once in a process.

    Args:
        path: a contract.json, or the folder of the package that it belongs to.

    Raises:
        ValueError: there is no contract.
    """
    file = OWN if path is None else Path(path)
    if file.is_dir():
        file = file / "contract.json"
    try:
        # Part of the cache's key: a contract that was generated again is read again.
        stat = file.stat()
    except OSError as error:
        raise ValueError(f"contract: cannot read {file}: give the contract.json of a generated package") from error
    return _read(str(file.resolve()), stat.st_mtime_ns, stat.st_size)


def json_schema(node: Json) -> Json:
    """Return a schema of OpenAPI 3.0 as JSON Schema 2020-12, without what only readers need."""
    if isinstance(node, list):
        return [json_schema(item) for item in node]
    if not isinstance(node, dict):
        return node
    if isinstance(node.get("$ref"), str):
        return {"$ref": "contract:" + node["$ref"]}
    schema = {key: _json_schema_member(key, value) for key, value in node.items() if key not in _FOR_READERS}
    if any(_ANY_OUTPUT in str(value) for value in schema.get("enum", ())):
        schema = {"type": "string", "pattern": _pattern(schema["enum"])}
    if isinstance(schema.get("oneOf"), list):
        schema["anyOf"] = schema.pop("oneOf")
    return {"anyOf": [schema, {"type": "null"}]} if schema.pop("nullable", False) is True else schema


def _pattern(values: list[str]) -> str:
    """Return what matches the values of an enum, of which one stands for the id of any structured output."""
    escaped = (re.escape(value).replace(re.escape(_ANY_OUTPUT), r"\[[^\]]+\]") for value in values)
    return f"^({'|'.join(escaped)})$"


def _json_schema_member(key: str, value: Json) -> Json:
    if key == "properties":
        return {name: json_schema(_opened(name, each)) for name, each in value.items()}
    return value if key == "enum" else json_schema(value)


def _opened(name: str, schema: Json) -> Json:
    """Return the schema of a property, without the list of its values where new ones are taken."""
    if name in OPEN_NAMES and isinstance(schema, dict) and schema.get("type") == "string":
        return {key: value for key, value in schema.items() if key != "enum"}
    return schema


@lru_cache(maxsize=16)
def _read(path: str, changed: int, size: int) -> ApiContract:
    try:
        document = json.loads(Path(path).read_bytes())
    except ValueError as error:
        raise ValueError(f"contract: {path} is no contract: {error}") from error
    if not isinstance(document, dict) or "paths" not in document:
        raise ValueError(f"contract: {path} is no contract: it has no paths")
    return ApiContract(document)


def _operations(paths: Mapping[str, Json]) -> Iterator[ContractOperation]:
    for path, item in paths.items():
        for method, operation in item.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield _operation(method.upper(), path, operation)


def _operation(method: str, path: str, node: Json) -> ContractOperation:
    parameters = {p["name"]: p for p in node.get("parameters", ()) if p["in"] == "query"}
    in_path = {p["name"]: p.get("schema", {}) for p in node.get("parameters", ()) if p["in"] == "path"}
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    request = node.get("requestBody", {})
    bodies: dict[str, Json] = request.get("content", {})
    media_type = next(iter(bodies), "")
    responses = {int(status): answer for status, answer in node["responses"].items() if status.isdigit()}
    schemas = {status: schema for status, answer in responses.items() if (schema := _schema(answer)) is not None}
    status = _status(responses, schemas)
    return ContractOperation(
        method=method,
        path=path,
        parameters=parameters,
        path_parameters={name: in_path.get(name, {}) for name in names},
        body=bodies[media_type].get("schema") if bodies else None,
        media_type=media_type,
        body_required=request.get("required", False),
        status=status,
        response=schemas.get(status),
        responses=schemas,
    )


def _schema(answer: Json) -> Json:
    content = answer.get("content", {})
    return next((each["schema"] for each in content.values() if "schema" in each), None)


def _status(responses: Mapping[int, Json], schemas: Mapping[int, Json]) -> int:
    """Return the 2xx that says most of its answer: of some operations one has a schema, and the other hardly any."""
    good = sorted(status for status in responses if 200 <= status < 300)
    # An empty schema, or a bare object, says nothing that an answer could be made of.
    telling = [status for status in good if schemas.get(status, {}) not in _BARE]
    return next(iter(telling or [status for status in good if status in schemas] or good), 200)


def _add_route(tree: dict[str, Any], operation: ContractOperation) -> None:
    for part in operation.path.strip("/").split("/"):
        tree = tree.setdefault("{}" if part.startswith("{") else part, {})
    tree.setdefault("/", {})[operation.method] = operation


def _find_route(tree: dict[str, Any], parts: list[str], method: str) -> tuple[ContractOperation, list[str]] | None:
    if not parts:
        operation = tree.get("/", {}).get(method)
        return None if operation is None else (operation, [])
    # A fixed segment counts first; where it leads nowhere further on, the parameter in its place is tried.
    if parts[0] in tree and parts[0] != "{}" and (found := _find_route(tree[parts[0]], parts[1:], method)):
        return found
    if parts[0] and "{}" in tree and (found := _find_route(tree["{}"], parts[1:], method)):
        return found[0], [parts[0], *found[1]]
    return None


def _query_schema(operation: ContractOperation) -> Json:
    required = [name for name, parameter in operation.parameters.items() if parameter.get("required")]
    properties = {name: parameter["schema"] for name, parameter in operation.parameters.items()}
    return {"type": "object", "properties": properties, "required": required}


def _typed(schema: Json, values: list[str]) -> Json:
    """Return the value of a query parameter as its schema types it; text that is no such value stays text."""
    json_type = schema.get("type")
    if json_type == "array":
        return values
    if json_type in ("number", "integer"):
        return _number(values[-1])
    if json_type == "boolean":
        return _BOOLEANS.get(values[-1], values[-1])
    if json_type == "object" or "properties" in schema:
        return _object(values[-1])
    return values[-1]


def _number(text: str) -> float | int | str:
    try:
        number = float(text)
    except ValueError:
        return text
    # JSON has neither: the text stays, so that the validator says that it is no number.
    if number != number or number in (float("inf"), float("-inf")):
        return text
    return int(number) if number.is_integer() else number


def _object(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text
