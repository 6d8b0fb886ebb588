"""Operations → records of the methods that they become, and of the resources that hold these."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from . import document, identifiers
from .canonical import Canonical
from .correct import ADDED
from .document import Json, pointer
from .errors import BuildError
from .identifiers import class_name, snake
from .models import FACTS
from .naming import OperationName
from .overlay import Overlay
from .pagination import Pagination
from .parse import Parsed, ParsedOperation
from .records import (
    ANY,
    COUNTS,
    AnyOf,
    Constant,
    Field,
    ListOf,
    MapOf,
    Method,
    ModelRecord,
    Named,
    Narrows,
    Primitive,
    Resource,
    Type,
)
from .report import Report, printable
from .responses import is_file, successes

_PLACES = ("path", "query", "header")
#: What people look for first; the others follow by name.
_ORDER = ("list", "create", "get", "update", "replace", "delete")


@frozen
class _Body:
    """What an operation takes: how it is encoded, its type, and its fields as keywords."""

    encoding: str | None
    type: Type | None
    fields: tuple[Field, ...]
    required: bool


class Operations:
    """Makes records of operations.

    Args:
        form: The canonical document.
        parsed: What the parser found in it.
        names: What each operation is called, by HTTP method and path.
        models: The models of the document by class name.
        pagination: Finds the lists among operations.
        overlay: What corrects an operation.
        report: Gets a line for what cannot be sent.
        strict: Whether what cannot be sent is an error.
    """

    def __init__(
        self,
        form: Canonical,
        parsed: Parsed,
        names: Mapping[tuple[str, str], OperationName],
        models: Mapping[str, ModelRecord],
        pagination: Pagination,
        overlay: Overlay,
        report: Report,
        *,
        strict: bool,
    ) -> None:
        self._paths: Json = form.document["paths"]
        self._classes = frozenset(map(class_name, form.kinds))
        self._parsed = parsed
        self._names = names
        self._models = models
        self._pagination = pagination
        self._overlay = overlay
        self._report = report
        self._strict = strict

    def resources(self) -> tuple[Resource, ...]:
        """The resources, sorted by namespace and name.

        Raises:
            BuildError: A body cannot be sent, and `strict` is set.
        """
        methods: dict[tuple[str, str], list[Method]] = {}
        for (verb, path), name in self._names.items():
            method = self._method(verb, path, self._paths[path][verb], name)
            methods.setdefault((name.namespace, name.resource), []).append(method)
        return tuple(self._resource(*key, found) for key, found in sorted(methods.items(), key=lambda pair: pair[0]))

    def _resource(self, namespace: str, name: str, methods: list[Method]) -> Resource:
        key = f"{namespace}.{name}".lstrip(".")
        self._overlay.use("extends", key)
        class_ = identifiers.pascal(name)
        if class_ in identifiers.RESERVED_CLASSES | self._classes:
            class_ += "Resource"
        _refuse_taken(key, methods)
        ordered = tuple(sorted(methods, key=_method_order))
        return Resource(namespace, name, class_, ordered, self._overlay.extends.get(key, ""))

    def _method(self, verb: str, path: str, operation: Json, name: OperationName) -> Method:
        parsed = self._parsed.operations[verb, path]
        row = self._overlay.operation(verb, path)
        returns = next((parsed.responses[status] for status, _ in successes(operation)), None)
        pages = parsed.body is None and self._pagination.is_list(verb, path, name, returns)
        reserved = identifiers.LIST_PARAMETERS if pages else frozenset()
        parameters = self._parameters(verb, path, operation, reserved)
        by_place = {place: tuple(f for f in parameters if f.facts["in"] == place) for place in _PLACES}
        body = self._body(verb, path, operation, parameters)
        errors = {s: parsed.responses.get(s) for s in operation.get("responses", {}) if s[0] in "345"}
        is_download = verb == "get" and is_file(operation) and not by_place["header"]
        return Method(
            name=name.method,
            http_method=verb.upper(),
            path=path,
            path_fields=by_place["path"],
            query_fields=by_place["query"],
            header_fields=by_place["header"],
            body=body.encoding,
            body_required=body.required,
            body_type=body.type,
            body_fields=body.fields,
            files=tuple(f.wire for f in body.fields if _holds_file(f.type)),
            csv=tuple(f.wire for f in by_place["query"] if f.wire.endswith("Any")),
            returns=returns,
            errors=tuple(errors),
            error_models={s: kind.name for s, found in errors.items() if s.isdecimal() and (kind := _model(found))},
            walk=self._pagination.walk(by_place["query"], returns, row) if pages else None,
            narrows=self._narrows(row, body.fields),
            defaults=_defaults(row, body.fields),
            kind=row.get("kind", "download" if is_download else ""),
            safe=row.get("safe", ""),
            reconcile=row.get("reconcile", ""),
            stream=row.get("stream", ""),
            deprecated=bool(operation.get("deprecated")),
            added=operation.get(ADDED),
        )

    def _parameters(self, verb: str, path: str, operation: Json, reserved: frozenset[str]) -> tuple[Field, ...]:
        nodes, types = operation["parameters"], self._parsed.operations[verb, path].parameters
        wanted = self._wanted(verb, path, [node["name"] for node in nodes])
        names = identifiers.unique(wanted, identifiers.RESERVED_PARAMETERS | reserved)
        optional = self._overlay.operation(verb, path).get("optional", ())
        return tuple(
            _parameter(node, kind, name, optional) for node, kind, name in zip(nodes, types, names, strict=True)
        )

    def _wanted(self, verb: str, path: str, wires: list[str]) -> list[str]:
        """Names for parameters; a repeated one has its second name from the overlay."""
        row, wanted = self._overlay.parameter(verb, path), list(map(snake, wires))
        for index, wire in enumerate(wires):
            if wire == row.get("name") and wanted[index] in wanted[:index]:
                wanted[index] = row["second"]
        return wanted

    def _body(self, verb: str, path: str, operation: Json, parameters: tuple[Field, ...]) -> _Body:
        parsed, row = self._parsed.operations[verb, path], self._overlay.operation(verb, path)
        media = operation.get("requestBody", {}).get("content", {})
        encoding = document.encoding(operation.get("requestBody", {}))
        if media and encoding is None:
            self._lose(f"{pointer('paths', path, verb)}/requestBody: {', '.join(media)} cannot be sent, left out")
        required = encoding is not None and bool(operation["requestBody"].get("required"))
        if row.get("body") == "empty":
            return _Body(encoding, None, (), required)
        fields = self._keywords(parsed, frozenset(f.name for f in parameters))
        as_json = row.get("json", ())
        return _Body(encoding, parsed.body, tuple(_or_mapping(f) if f.wire in as_json else f for f in fields), required)

    def _keywords(self, parsed: ParsedOperation, parameters: frozenset[str]) -> tuple[Field, ...]:
        """The fields of a body that is a model as keywords beside the operation's own parameters."""
        kind = _model(parsed.body)
        fields = self._models[kind.name].fields if kind else ()
        names = identifiers.unique([f.name for f in fields], parameters | identifiers.RESERVED_PARAMETERS)
        return tuple(
            evolve(f, name=name, type=self._as_argument(f.type)) for f, name in zip(fields, names, strict=True)
        )

    def _as_argument(self, kind: Type) -> Type:
        """A union with a list among its variants takes that list's items as mappings as well."""
        members = self._parsed.unions.get(kind.name, ()) if isinstance(kind, Named) else ()
        arrays = [member for member in members if isinstance(member, ListOf)]
        return AnyOf((kind, *arrays)) if arrays else kind

    def _narrows(self, row: Json, body_fields: tuple[Field, ...]) -> Narrows | None:
        """The overlay's row on it, where the body still has the keyword and the classes are still there."""
        narrows = row.get("narrows")
        if not narrows or narrows["keyword"] not in {f.wire for f in body_fields}:
            return None
        return Narrows(**narrows) if {narrows["given"], narrows["absent"]} <= self._classes else None

    def _lose(self, line: str) -> None:
        if self._strict:
            raise BuildError(printable(line))
        self._report.lines.append(printable(line))


def _parameter(node: Json, kind: Type, name: str, optional: tuple[str, ...]) -> Field:
    facts = {key: node["schema"][key] for key in FACTS if key in node["schema"]} | {"in": node["in"]}
    facts |= {"deprecated": True} if node.get("deprecated") else {}
    facts |= {ADDED: node[ADDED]} if ADDED in node else {}
    constants = node["schema"].get("enum")
    narrowed = Constant(tuple(constants)) if constants else _counted(node["name"], kind)
    required = bool(node.get("required")) and node["name"] not in optional
    return Field(node["name"], name, narrowed, required, facts=facts)


def _counted(wire: str, kind: Type) -> Type:
    return Primitive("int") if wire in COUNTS and kind == Primitive("float") else kind


def _or_mapping(field: Field) -> Field:
    """A field that holds JSON as text takes the object itself as well."""
    return evolve(field, type=AnyOf((field.type, MapOf(ANY))))


def _defaults(row: Json, body_fields: tuple[Field, ...]) -> dict[str, Any]:
    wires = {f.wire for f in body_fields}
    return {wire: value for wire, value in row.get("defaults", {}).items() if wire in wires}


def _model(kind: Type | None) -> Named | None:
    return kind if isinstance(kind, Named) and kind.kind == "model" else None


def _holds_file(kind: Type) -> bool:
    return kind == Primitive("file") or (isinstance(kind, ListOf) and _holds_file(kind.item))


def _refuse_taken(resource: str, methods: list[Method]) -> None:
    counts = Counter(name for method in methods for name in (method.name, method.stream) if name)
    taken = [name for name, count in counts.items() if count > 1]
    if taken:
        raise BuildError(f"{resource}.{taken[0]} is the name of another method too; change the overlay's `stream`")


def _method_order(method: Method) -> tuple[int, str]:
    return _ORDER.index(method.name) if method.name in _ORDER else len(_ORDER), method.name
