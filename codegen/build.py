"""Everything that is known, put together into one `Contract` of records."""

from __future__ import annotations

import hashlib
from collections import Counter
from copy import deepcopy
from keyword import iskeyword
from typing import Any

from attrs import evolve, frozen

from codegen import identifiers, naming, skeleton
from codegen.canonical import Canonical, canonical
from codegen.identifiers import class_name, snake
from codegen.naming import OperationName, name_operation
from codegen.overlay import Overlay
from codegen.parse import Parsed, ParsedOperation, main_media, parse
from codegen.records import (
    ANY,
    AnyOf,
    Constant,
    Contract,
    Dropped,
    EnumAlias,
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
    UnionRecord,
    Walk,
)
from codegen.repair import Report, drop_dangling, operations, pointer, printable, referred, repair
from codegen.tags import Tags

Json = Any
_REF = "#/components/schemas/"
_FACTS = (
    "default",
    "deprecated",
    "maximum",
    "maxItems",
    "maxLength",
    "minimum",
    "minItems",
    "minLength",
    "pattern",
    "readOnly",
    "writeOnly",
)
_CREATED = frozenset({"createdAtGt", "createdAtLt", "createdAtGe", "createdAtLe"})
_UPDATED = frozenset({"updatedAtGt", "updatedAtLt", "updatedAtGe", "updatedAtLe"})


class BuildError(Exception):
    """The document cannot become a client without losing something; one line a place."""


@frozen
class Prepared:
    """A document before it is parsed: repaired, its operations named, and its canonical form."""

    corrected: Json
    names: dict[tuple[str, str], OperationName]
    form: Canonical


@frozen
class Built:
    """The records, and the corrected contract that they were made from."""

    contract: Contract
    corrected: Json


def build(source: bytes, overlay: Overlay, *, strict: bool) -> Built:
    """From the bytes of a contract to records.

    Args:
        source: A facts-only contract, or a published document.
        overlay: Our corrections and names.
        strict: Whether an overlay row that matches nothing and a union that nothing tells apart are errors, as they
            are for our own contract; else they are report lines.

    Raises:
        BuildError: Something would be lost or misnamed; the message points at every such place.
    """
    document = skeleton.load(source)
    report = Report()
    ready = prepare(deepcopy(document), overlay, report, strict=strict)
    builder = _Builder(ready.form, parse(ready.form), ready.names, overlay, report, strict=strict)
    contract = builder.contract(source, document)
    stale = overlay.unused()
    if stale and strict:
        raise BuildError("\n".join(stale))
    return Built(evolve(contract, report=(*report.lines, *stale)), ready.corrected)


def prepare(document: Json, overlay: Overlay, report: Report, *, strict: bool) -> Prepared:
    """Repair a document that was read, name its operations and bring it into canonical form.

    Args:
        document: What `skeleton.load` made; it is repaired in place.
        overlay: Our corrections and names.
        report: Gets a line for each repair.
        strict: As for `build`.

    Raises:
        BuildError: An operation has no name of its own.
    """
    _add_bodies(document, overlay, report)
    repair(document, report)
    names = _names(document, overlay)
    form = canonical(document, names, report, overlay.owners, strict=strict)
    drop_dangling(document)
    return Prepared(document, names, form)


def _add_bodies(document: Json, overlay: Overlay, report: Report) -> None:
    """Give operations the body that the API takes but the document lacks, as the overlay has it."""
    for method, path, operation in operations(document):
        body = overlay.operation(method, path).get("request")
        if body is not None and "requestBody" in operation:
            report.add(pointer("paths", path, method), "has a body by now, that of the overlay is left out")
        elif body is not None:
            content = {"application/json": {"schema": deepcopy(body)}}
            operation["requestBody"] = {"required": True, "content": content}


def _names(document: Json, overlay: Overlay) -> dict[tuple[str, str], OperationName]:
    names = {}
    for method, path, operation in operations(document):
        lists = _lists(document, _main_schema(operation))
        names[method, path] = name_operation(method, path, lists=lists, overlay=overlay)
    _refuse_clashes(names)
    return names


def _refuse_clashes(names: dict[tuple[str, str], OperationName]) -> None:
    counts = Counter(map(str, names.values()))
    problems = []
    for (method, path), name in names.items():
        place = f"{pointer('paths', path, method)}: {name}"
        if counts[str(name)] > 1:
            problems.append(f"{place} is the name of another operation too; add an overlay row")
        if not name.namespace and name.resource in naming.RESERVED_RESOURCES:
            problems.append(f"{place} shadows a hand-written name of the client; add an overlay row")
        if name.method in naming.RESERVED_METHODS.get(name.resource, ()):
            problems.append(f"{place} shadows a hand-written method; add an overlay row")
        if not all(part.isidentifier() and not iskeyword(part) for part in (name.resource, name.method)):
            problems.append(f"{place} is no identifier; add an overlay row")
    if problems:
        raise BuildError("\n".join(problems))


def _refuse_taken(resource: str, methods: list[Method]) -> None:
    counts = Counter(name for method in methods for name in (method.name, method.stream) if name)
    taken = [name for name, count in counts.items() if count > 1]
    if taken:
        raise BuildError(f"{resource}.{taken[0]} is the name of another method too; change the overlay's `stream`")


def _success(operation: Json) -> list[tuple[str, Json]]:
    """The 2xx responses with a schema; those that say more than "an object" first."""
    found = [(s, main_media(r)) for s, r in sorted(operation.get("responses", {}).items()) if s.startswith("2")]
    return sorted(((s, schema) for s, schema in found if schema), key=lambda pair: _is_bare_object(pair[1]))


def _is_bare_object(schema: Json) -> bool:
    return all((key, value) == ("type", "object") for key, value in schema.items() if value)


def _is_file_only(operation: Json, headers: tuple[Field, ...]) -> bool:
    """Whether a success is answered with something, and never with JSON; a download takes no headers."""
    answers = [answer.get("content", {}) for status, answer in operation["responses"].items() if status.startswith("2")]
    return any(answers) and not headers and not any("json" in media for content in answers for media in content)


def _main_schema(operation: Json) -> Json | None:
    return next((schema for _, schema in _success(operation)), None)


def _lists(document: Json, schema: Json | None) -> bool:
    if not schema:
        return False
    if "$ref" in schema:
        target = document["components"]["schemas"].get(referred(schema["$ref"]), {})
        results = target.get("properties", {}).get("results", {})
        return bool(results.get("type") == "array")
    members = schema.get("oneOf") or schema.get("anyOf") or []
    return schema.get("type") == "array" or any(_lists(document, member) for member in members)


class _Builder:
    def __init__(
        self,
        form: Canonical,
        parsed: Parsed,
        names: dict[tuple[str, str], OperationName],
        overlay: Overlay,
        report: Report,
        *,
        strict: bool,
    ) -> None:
        self.form = form
        self.schemas: dict[str, Json] = form.document["components"]["schemas"]
        self.parsed = parsed
        self.names = names
        self.overlay = overlay
        self.report = report
        self.strict = strict
        self.tags = Tags(form, overlay)
        self.enums = {
            name: EnumAlias(name, tuple(self.schemas[name]["enum"]))
            for name, kind in form.kinds.items()
            if kind == "enum"
        }

    def contract(self, source: bytes, document: Json) -> Contract:
        unions = self._unions()
        models = self._models(unions)
        resources = self._resources(models)
        tags = sorted({field.name for model in models.values() for field in model.fields if field.tag} - {"data"})
        counts = {
            "operations": len(self.names),
            "methods": sum(len(resource.methods) for resource in resources),
            "schemas": len(document.get("components", {}).get("schemas", {})),
            "models": sum(
                1 for model in models.values() if model.schema in document.get("components", {}).get("schemas", {})
            ),
            "unions": self.form.unions,
            "distinct unions": self.form.distinct_unions,
            "enums": self.form.enums,
            "distinct enums": self.form.distinct_enums,
        }
        return Contract(
            hashlib.sha256(source).hexdigest(),
            tuple(models.values()),
            unions,
            resources,
            tuple(tags),
            counts,
            (),
            self._dropped(resources),
        )

    def _dropped(self, resources: tuple[Resource, ...]) -> tuple[Dropped, ...]:
        """The overlay's rows about resources that this document lacks."""
        names = {f"{resource.namespace}.{resource.name}".lstrip(".") for resource in resources}
        back = sorted(names & self.overlay.dropped.keys())
        if back and self.strict:
            raise BuildError("\n".join(f"overlay.yaml: dropped/{name} is a resource of this document" for name in back))
        rows = {name: row for name, row in self.overlay.dropped.items() if name not in names}
        return tuple(_dropped_row(name, row) for name, row in sorted(rows.items()))

    def _unions(self) -> tuple[UnionRecord, ...]:
        result, modules = [], self._modules()
        for name, members in self.parsed.unions.items():
            dispatch, line = self.tags.dispatch(name, members, strict=self.strict)
            if line:
                self.report.lines.append(line)
            result.append(UnionRecord(name, modules[name], members, dispatch))
        return tuple(result)

    def _modules(self) -> dict[str, str]:
        """Module names of models and unions: distinct, and never one that the package itself needs."""
        names = [name for name, kind in self.form.kinds.items() if kind != "enum"]
        names.sort()
        modules = identifiers.unique([snake(name) for name in names], identifiers.RESERVED_MODULES)
        return dict(zip(names, modules, strict=True))

    def _models(self, unions: tuple[UnionRecord, ...]) -> dict[str, ModelRecord]:
        modules, tagged = self._modules(), _tag_values(unions)
        models, enum_owner = {}, self._enum_owners()
        classes = Counter(class_name(name) for name in self.parsed.models)
        clashes = sorted(name for name in self.parsed.models if classes[class_name(name)] > 1)
        if clashes:
            places = "\n".join(
                printable(f"{_REF}{name}: is class {class_name(name)}, like another") for name in clashes
            )
            raise BuildError(places)
        for schema in self.parsed.models:
            name = class_name(schema)
            own = tuple(self.enums[enum] for enum, owner in enum_owner.items() if owner == schema)
            fields, extra = self._fields(schema, tagged), self.parsed.extras.get(schema)
            self.overlay.use("extends", schema)
            mixin = self.overlay.extends.get(schema, "")
            models[name] = ModelRecord(schema, name, modules[schema], fields, extra, own, mixin)
        rest = [self.enums[name] for name in self.enums if name not in enum_owner]
        if rest:
            models["parameters"] = ModelRecord("", "", "parameters", (), None, tuple(rest))
        return models

    def _enum_owners(self) -> dict[str, str]:
        """The model whose module an enum is written in: the one that its name begins with and that uses it."""
        users: dict[str, list[str]] = {}
        for schema, fields in self.parsed.models.items():
            for kind in fields.values():
                for enum in _enums_in(kind):
                    users.setdefault(enum, []).append(schema)
        return {
            enum: max(found, key=lambda schema: (len(_common(enum, class_name(schema))), -len(schema), schema))
            for enum, found in users.items()
        }

    def _fields(self, schema: str, tagged: dict[tuple[str, str], tuple[Any, ...]]) -> tuple[Field, ...]:
        node, types = self.schemas[schema], self.parsed.models[schema]
        reserved = identifiers.RESERVED_FIELDS | naming.RESERVED_ATTRIBUTES.get(schema, frozenset())
        names = identifiers.unique([snake(wire) for wire in types], reserved)
        required = set(node.get("required", ()))
        fields = []
        for (wire, found), name in zip(types.items(), names, strict=True):
            place = node["properties"][wire]
            kind, tag = self._narrowed(found, place, tagged.get((class_name(schema), wire)))
            facts = {key: place[key] for key in _FACTS if key in place}
            fields.append(Field(wire, name, kind, wire in required, bool(place.get("nullable")), facts, tag))
        return tuple(fields)

    def _narrowed(self, found: Type, place: Json, values: tuple[Any, ...] | None) -> tuple[Type, bool]:
        """A constant is a closed literal; so are the values of a tag."""
        constants = place.get("enum")
        if constants and not isinstance(found, ListOf):
            return Constant(tuple(constants)), values is not None
        if values is None:
            return found, False
        own = self.enums[found.name].values if isinstance(found, Named) and found.kind == "enum" else ()
        return Constant(values if not own or set(values) == set(own) else tuple(own)), True

    def _resources(self, models: dict[str, ModelRecord]) -> tuple[Resource, ...]:
        methods: dict[tuple[str, str], list[Method]] = {}
        taken = identifiers.RESERVED_CLASSES | {class_name(name) for name in self.form.kinds}
        for (verb, path), name in self.names.items():
            operation = self.form.document["paths"][path][verb]
            method = self._method(verb, path, operation, name, models)
            methods.setdefault((name.namespace, name.resource), []).append(method)
        resources = []
        for (namespace, resource), found in sorted(methods.items()):
            key = f"{namespace}.{resource}".lstrip(".")
            self.overlay.use("extends", key)
            class_ = identifiers.pascal(resource)
            if class_ in taken:
                class_ += "Resource"
            _refuse_taken(key, found)
            ordered = tuple(sorted(found, key=_method_order))
            resources.append(Resource(namespace, resource, class_, ordered, self.overlay.extends.get(key, "")))
        return tuple(resources)

    def _method(
        self, verb: str, path: str, operation: Json, name: OperationName, models: dict[str, ModelRecord]
    ) -> Method:
        parsed = self.parsed.operations[verb, path]
        row = self.overlay.operation(verb, path)
        returns = self._returns(operation, parsed)
        pages = parsed.body is None and self._pages(verb, path, name, returns)
        parameters = self._parameters(
            verb, path, operation, parsed, identifiers.LIST_PARAMETERS if pages else frozenset()
        )
        media = operation.get("requestBody", {}).get("content", {})
        body = "json" if any("json" in kind for kind in media) else "multipart" if parsed.body else None
        if media and body is None:
            self._loss(f"{pointer('paths', path, verb)}/requestBody: {', '.join(media)} cannot be sent, left out")
        model = models[kind.name] if (kind := _model(parsed.body)) else None
        taken = frozenset({f.name for f in parameters}) | identifiers.RESERVED_PARAMETERS
        empty = row.get("body") == "empty"
        body_fields = () if empty or model is None else self._keywords(model.fields, taken)
        body_fields = tuple(_as_json(f) if f.wire in row.get("json", ()) else f for f in body_fields)
        by_place = {
            place: tuple(f for f in parameters if f.facts["in"] == place) for place in ("path", "query", "header")
        }
        errors = {s: r for s, r in operation.get("responses", {}).items() if s[0] in "345"}
        return Method(
            name=name.method,
            http_method=verb.upper(),
            path=path,
            path_fields=by_place["path"],
            query_fields=by_place["query"],
            header_fields=by_place["header"],
            body=body,
            body_required=body is not None and bool(operation["requestBody"].get("required")),
            body_type=None if empty else parsed.body,
            body_fields=body_fields,
            files=tuple(f.wire for f in body_fields if _is_file(f.type)),
            csv=tuple(f.wire for f in by_place["query"] if f.wire.endswith("Any")),
            returns=returns,
            errors=tuple(errors),
            error_models={s: kind.name for s in errors if s.isdecimal() and (kind := _model(parsed.responses.get(s)))},
            walk=self._walk(by_place["query"], returns, row) if pages else None,
            narrows=self._narrows(row, body_fields),
            defaults={
                wire: value for wire, value in row.get("defaults", {}).items() if wire in {f.wire for f in body_fields}
            },
            kind=row.get("kind", "download" if verb == "get" and _is_file_only(operation, by_place["header"]) else ""),
            safe=row.get("safe", ""),
            reconcile=row.get("reconcile", ""),
            stream=row.get("stream", ""),
            deprecated=bool(operation.get("deprecated")),
        )

    def _keywords(self, fields: tuple[Field, ...], taken: frozenset[str]) -> tuple[Field, ...]:
        """A body's fields as keywords beside the operation's own parameters."""
        names = identifiers.unique([field.name for field in fields], taken)
        return tuple(
            evolve(field, name=name, type=self._as_argument(field.type))
            for field, name in zip(fields, names, strict=True)
        )

    def _as_argument(self, kind: Type) -> Type:
        """A union with a list among its variants takes that list's items as mappings as well."""
        members = self.parsed.unions.get(kind.name, ()) if isinstance(kind, Named) else ()
        arrays = [member for member in members if isinstance(member, ListOf)]
        return AnyOf((kind, *arrays)) if arrays else kind

    def _loss(self, line: str) -> None:
        if self.strict:
            raise BuildError(printable(line))
        self.report.lines.append(printable(line))

    def _narrows(self, row: Json, body_fields: tuple[Field, ...]) -> Narrows | None:
        """The overlay's row on it, where the body still has the keyword and the classes are still there."""
        narrows = row.get("narrows")
        classes = {class_name(name) for name in self.form.kinds}
        if not narrows or narrows["keyword"] not in {f.wire for f in body_fields}:
            return None
        return Narrows(**narrows) if {narrows["given"], narrows["absent"]} <= classes else None

    def _parameters(
        self, verb: str, path: str, operation: Json, parsed: ParsedOperation, reserved: frozenset[str]
    ) -> tuple[Field, ...]:
        nodes = operation["parameters"]
        wanted = [snake(node["name"]) for node in nodes]
        row = self.overlay.parameter(verb, path)
        optional = self.overlay.operation(verb, path).get("optional", ())
        for index, node in enumerate(nodes):
            if node["name"] == row.get("name") and wanted[index] in wanted[:index]:
                wanted[index] = row["second"]
        names = identifiers.unique(wanted, identifiers.RESERVED_PARAMETERS | reserved)
        fields = []
        for node, kind, name in zip(nodes, parsed.parameters, names, strict=True):
            facts = {key: node["schema"][key] for key in _FACTS if key in node["schema"]} | {"in": node["in"]}
            facts |= {"deprecated": True} if node.get("deprecated") else {}
            constants = node["schema"].get("enum")
            narrowed = Constant(tuple(constants)) if constants else _counted(node["name"], kind)
            required = bool(node.get("required")) and node["name"] not in optional
            fields.append(Field(node["name"], name, narrowed, required, facts=facts))
        return tuple(fields)

    def _returns(self, operation: Json, parsed: ParsedOperation) -> Type | None:
        return next((parsed.responses[status] for status, _ in _success(operation)), None)

    def _pages(self, verb: str, path: str, name: OperationName, returns: Type | None) -> bool:
        on_item = path.endswith("}")
        return name.method == "list" or (verb == "get" and not on_item and self._item(returns) is not None)

    def _item(self, returns: Type | None) -> Type | None:
        """What a list's answer is a list of, in either shape; None when it is no list."""
        if isinstance(returns, ListOf):
            return returns.item
        if not isinstance(returns, Named):
            return None
        if returns.kind == "union":
            return next(filter(None, map(self._item, self.parsed.unions[returns.name])), None)
        results = self._fields_of(returns.name).get("results")
        return results.item if isinstance(results, ListOf) else None

    def _fields_of(self, name: str) -> dict[str, Type]:
        return next((fields for schema, fields in self.parsed.models.items() if class_name(schema) == name), {})

    def _walk(self, query: tuple[Field, ...], returns: Type | None, row: Json) -> Walk:
        wires = {f.wire: f for f in query}
        paged = "page" in wires
        by_created = wires.keys() >= _CREATED and (not paged or self._sorts_by_created(wires))
        limit = wires["limit"].facts if "limit" in wires else {}
        usual = int(row.get("page_size", limit.get("default", 100)))
        limits = (int(limit.get("minimum", 0)), int(limit.get("maximum", 1000)), usual)
        kind = row.get("walk") or ("created" if by_created else "page" if paged else "single")
        windows = {"created": _CREATED, "updated": _UPDATED}
        found = tuple(name for name, bounds in windows.items() if bounds <= wires.keys())
        return Walk(kind, self._item(returns) or ANY, limits, found)

    def _sorts_by_created(self, wires: dict[str, Field]) -> bool:
        kind = wires["sortBy"].type if "sortBy" in wires else None
        values = self.enums[kind.name].values if isinstance(kind, Named) else getattr(kind, "values", ("createdAt",))
        return "sortOrder" in wires and "createdAt" in values


def _dropped_row(name: str, row: Json) -> Dropped:
    namespace, _, resource = name.rpartition(".")
    return Dropped(namespace, resource, str(row["until"]), str(row.get("contract", "")), row.get("instead", ""))


def _tag_values(unions: tuple[UnionRecord, ...]) -> dict[tuple[str, str], tuple[Any, ...]]:
    """The values of each model's tag field, over all unions that it is a variant of."""
    found: dict[tuple[str, str], dict[Any, None]] = {}
    for union in unions:
        for value, model in union.dispatch.values.items():
            found.setdefault((model, union.dispatch.tag), {})[value] = None
    return {key: tuple(values) for key, values in found.items()}


def _enums_in(kind: Type) -> list[str]:
    if isinstance(kind, Named):
        return [kind.name] if kind.kind == "enum" else []
    if isinstance(kind, ListOf | MapOf):
        return _enums_in(kind.item if isinstance(kind, ListOf) else kind.value)
    return [name for member in getattr(kind, "members", ()) for name in _enums_in(member)]


def _common(left: str, right: str) -> str:
    return right if left.startswith(right) else ""


def _as_json(field: Field) -> Field:
    """A field that holds JSON as text takes the object itself as well."""
    return evolve(field, type=AnyOf((field.type, MapOf(ANY))))


def _model(kind: Type | None) -> Named | None:
    return kind if isinstance(kind, Named) and kind.kind == "model" else None


def _is_file(kind: Type) -> bool:
    return kind == Primitive("file") or (isinstance(kind, ListOf) and _is_file(kind.item))


def _counted(wire: str, kind: Type) -> Type:
    """Counts are whole numbers, though the document calls them numbers."""
    return Primitive("int") if wire in {"limit", "page"} and kind == Primitive("float") else kind


_ORDER = ("list", "create", "get", "update", "replace", "delete")


def _method_order(method: Method) -> tuple[int, str]:
    return _ORDER.index(method.name) if method.name in _ORDER else len(_ORDER), method.name
