"""`create_body` and `update_body`: what an operation takes of an object that was fetched.

The API refuses a body with properties that it sets itself, such as `id` or `createdAt`, so what `get` answers cannot be
sent as it is. Which properties a body may have stands in the contract: the operation is found by what it answers, and
the object is measured against its request, nested ones included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from vapi_async._lazy import exported_by

from .contract_document import contract_document, package_of
from .model import Model

if TYPE_CHECKING:
    from .unknown_variant import UnknownVariant

Schema: TypeAlias = Mapping[str, Any]

_REF = "#/components/schemas/"


@exported_by("vapi_async")
class RequestBody(dict[str, Any]):
    """A body in the API's spelling, ready to be given as `request`.

    Attributes:
        dropped: where something was left out, such as `model.tools[0].id`; nulls, which say nothing, are not counted.
    """

    dropped: tuple[str, ...] = ()


@exported_by("vapi_async")
def create_body(obj: Model | UnknownVariant) -> RequestBody:
    """Return what the resource's `create` takes of a fetched object: a copy of it can be made with that.

    Args:
        obj: what `get`, `list` or a server message gave.

    Raises:
        TypeError: the contract has no operation that creates such an object, or does not know what it is.
    """
    return _body(obj, "post")


@exported_by("vapi_async")
def update_body(obj: Model | UnknownVariant) -> RequestBody:
    """Return what the resource's `update` takes of a fetched object: an object can be put back as it was with that.

    Args:
        obj: what `get`, `list` or a server message gave. What is null there is null in the body, which clears it.

    Raises:
        TypeError: the contract has no operation that updates such an object, or does not know what it is.
    """
    return _body(obj, "patch")


def _body(obj: Model | UnknownVariant, method: str) -> RequestBody:
    if isinstance(obj, Model) and (package := package_of(obj)):
        contract = _Requests(contract_document(package))
        schema = contract.request(obj._schema, method)
        if schema is not None:
            return contract.trimmed(obj, schema, nulls=method == "patch")
    does = {"post": "creates", "patch": "updates"}[method]
    raise TypeError(f"no operation of the contract {does} a {type(obj).__name__}; give what `get` answered")


class _Requests:
    """The operations of a contract, and what their bodies may hold."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._paths: Mapping[str, Any] = document.get("paths", {})
        self._schemas: Mapping[str, Schema] = document.get("components", {}).get("schemas", {})
        self._dropped: list[str] = []

    def request(self, name: str, method: str) -> Schema | None:
        """Return the body of the operation that makes, or changes, what another one answers with this schema."""
        for path, item in self._paths.items():
            below = f"{path}/{{id}}"
            item_path, own = (below, self._paths.get(below, {})) if method == "post" else (path, item)
            if method in item and item_path.endswith("/{id}") and self._answers(own.get("get", {}), name):
                return _content(item[method].get("requestBody", {}))
        return None

    def trimmed(self, obj: Model, schema: Schema, *, nulls: bool) -> RequestBody:
        """Return the object without what the body may not hold."""
        values = obj.to_dict()
        variant = self._variant(values, list(self._leaves(schema)), obj._schema)
        body = RequestBody(self._object(values, variant, ""))
        # What an object is stays what it is: updates refuse its type.
        if nulls and body.pop("type", None) is not None:
            self._dropped.append("type")
        if nulls:
            cleared = variant.get("properties", {}).keys() & {key for key, value in values.items() if value is None}
            body |= dict.fromkeys(sorted(cleared))
        body.dropped = tuple(self._dropped)
        return body

    def _answers(self, operation: Mapping[str, Any], name: str) -> bool:
        answers = [_content(answer) for status, answer in operation.get("responses", {}).items() if status[0] == "2"]
        return any(name in self._names(answer) for answer in answers if answer)

    def _names(self, schema: Schema) -> Iterator[str]:
        """The names of the objects that a schema refers to, itself or as one of several."""
        name = schema.get("$ref", "").removeprefix(_REF)
        target = self._schemas.get(name, {}) if name else schema
        if name and "properties" in target:
            yield name
            return
        for part in (*target.get("oneOf", ()), *target.get("anyOf", ()), *target.get("allOf", ())):
            yield from self._names(part)

    def _leaves(self, schema: Schema) -> Iterator[Schema]:
        """The alternatives of a schema, without those that only answers have."""
        if schema.get("readOnly"):
            return
        parts = schema.get("oneOf") or schema.get("anyOf") or ()
        if "$ref" in schema:
            yield from self._leaves(self._schemas.get(schema["$ref"].removeprefix(_REF), {}))
        elif parts:
            for part in parts:
                target = self._titled(part)
                yield from self._leaves({"title": part["title"], **target} if target else part)
        elif len(schema.get("allOf", ())) == 1 and "properties" not in schema:
            yield from self._leaves(schema["allOf"][0])
        else:
            yield schema

    def _titled(self, part: Schema) -> Schema | None:
        """The object that a variant with a title refers to: the title says which stored object it is of."""
        target = self._schemas.get(part.get("$ref", "").removeprefix(_REF), {})
        return target if "title" in part and "properties" in target else None

    def _variant(self, values: Mapping[str, Any], leaves: list[Schema], name: str = "") -> Schema:
        """Return the alternative that an object is of: by its title, its constants, then by the keys that it has."""
        titled = [leaf for leaf in leaves if name and leaf.get("title") == name]
        objects = titled or [leaf for leaf in leaves if "properties" in leaf and not _contradicts(values, leaf)]
        return max(objects, key=lambda leaf: len(values.keys() & leaf["properties"].keys()), default={})

    def _value(self, value: Any, schema: Schema, path: str) -> Any:
        leaves = list(self._leaves(schema))
        if isinstance(value, dict):
            return self._object(value, self._variant(value, leaves), path)
        if isinstance(value, list):
            items: Schema = next((leaf["items"] for leaf in leaves if "items" in leaf), {})
            return [self._value(item, items, f"{path}[{index}]") for index, item in enumerate(value)]
        return value

    def _object(self, values: Mapping[str, Any], variant: Schema, path: str) -> dict[str, Any]:
        properties = variant.get("properties")
        others = variant.get("additionalProperties", not properties)
        kept: dict[str, Any] = {}
        for key, value in values.items():
            place = f"{path}.{key}" if path else key
            if properties and key in properties and value is not None:
                kept[key] = self._value(value, properties[key], place)
            elif not (properties and key in properties) and others:
                kept[key] = self._value(value, others if isinstance(others, Mapping) else {}, place)
            elif value is not None:
                self._dropped.append(place)
        return kept


def _content(part: Mapping[str, Any]) -> Schema | None:
    content: Mapping[str, Any] = part.get("content", {})
    return next((media["schema"] for kind, media in content.items() if "json" in kind), None)


def _contradicts(values: Mapping[str, Any], leaf: Schema) -> bool:
    """Whether a constant of the alternative has another value in the object."""
    constants = {key: field["enum"] for key, field in leaf["properties"].items() if len(field.get("enum") or ()) == 1}
    return any(key in values and values[key] not in allowed for key, allowed in constants.items())
