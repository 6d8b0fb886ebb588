"""Two documents compared: every operation with its counterpart, then every model, each once.

A reference to a model ends the walk there, as models have their own turn: what changes in one of them is one change,
however many operations lead to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from attrs import evolve, frozen

from ..document import Json, anonymous, encoding
from ..records import COUNTS
from .access import access
from .changes import REQUEST, RESPONSE, Change, Use
from .places import Place
from .renames import renamed_fields, renamed_models, renamed_operations
from .schemas import SchemaComparison, closed, flags
from .surface import ANYWHERE, Key, Surface


@frozen
class Member:
    """A field, parameter or body: its schema, and what its holder says of it."""

    schema: Json
    required: bool
    deprecated: bool = False
    style: str = ""


Members: TypeAlias = Mapping[str, Member]


class DocumentComparison:
    """All changes from one surface to another.

    Args:
        old: The document that callers know.
        new: The document that replaces it.
    """

    def __init__(self, old: Surface, new: Surface) -> None:
        self._old = old
        self._new = new
        self._same_models = renamed_models(old, new)
        self._same_operations = renamed_operations(old, new, self._same_models)
        self._schemas = SchemaComparison(old, new, self._same_models)

    def changes(self) -> Iterator[Change]:
        """The changes as they are met, in no order."""
        for key in self._old.operations.keys() - self._same_operations.keys():
            yield _method(self._old, key).change("removed", f"was {_request_line(key)}", before=_request_line(key))
        for key in self._new.operations.keys() - set(self._same_operations.values()):
            yield _method(self._new, key).change("added", _request_line(key), after=_request_line(key))
        for key, other in self._same_operations.items():
            yield from self._operation(key, other)
        for name in self._old.models.keys() - self._same_models.keys():
            if name not in self._new.public_names:
                yield Place(name, "model", self._old.uses[name]).change("removed", before=name)
        for model, same in self._same_models.items():
            yield from self._model(model, same)
        yield from self._type_names()
        yield from access(self._old, self._new, self._same_operations)

    def _type_names(self) -> Iterator[Change]:
        """The names of unions, enums and other types that are no models: an import of one that is gone fails."""
        classes = {*self._old.models, *self._new.models}
        for name in self._old.public_names.keys() - classes:
            place = Place(name, "name", frozenset({Use(ANYWHERE, REQUEST)}))
            before, after = self._old.public_names[name], self._new.public_names.get(name)
            if after is None:
                yield place.change("name gone", before=name)
            elif after != before == name:
                yield place.change("name kept", f"now {after}, {name} stays", name, after)

    def _operation(self, key: Key, other: Key) -> Iterator[Change]:
        method = _method(self._old, key)
        yield from self._names(method, key, other)
        yield from flags(method, self._old.operations[key], self._new.operations[other], ("deprecated",))
        name = self._new.method(other)
        yield from self._parameters(Place(name, "parameter", method.uses), key, other)
        sent = Place(f"{name} body", "body", method.uses)
        bodies = self._old.operations[key].get("requestBody", {}), self._new.operations[other].get("requestBody", {})
        yield from _encoding(sent, *bodies)
        yield from self._members(sent, "{}", _body(self._old, key), _body(self._new, other))
        yield from self._answers(Place(name, "answer", frozenset({Use(self._old.resource(key), RESPONSE)})), key, other)

    def _names(self, method: Place, key: Key, other: Key) -> Iterator[Change]:
        name, lines = self._new.method(other), (_request_line(key), _request_line(other))
        if method.label != name:
            yield method.change("renamed", f"now {name}, {lines[1]}", method.label, name)
        elif (key[0], anonymous(key[1])) != (other[0], anonymous(other[1])):
            yield method.change("moved", " -> ".join(lines), *lines)

    def _parameters(self, place: Place, key: Key, other: Key) -> Iterator[Change]:
        for where in ("query", "header"):
            found = _parameters(self._old, key, where), _parameters(self._new, other, where)
            yield from self._members(place, "({})", *found)
            yield from _styles(place, *found)
        before, after = _parameters(self._old, key, "path"), _parameters(self._new, other, "path")
        for (name, member), (now, new_member) in zip(before.items(), after.items(), strict=False):
            if name != now:
                yield place.inside(f"({name})").change("path parameter renamed", f"now {now}", name, now)
            # Ids are all of one kind: what becomes of it in many paths is one change.
            for change in self._member(place.inside(f"({now})"), member, new_member):
                yield evolve(change, origin=change.origin or ("path", now, change.detail))

    def _answers(self, place: Place, key: Key, other: Key) -> Iterator[Change]:
        before, after = self._old.answers(key), self._new.answers(other)
        for status in before.keys() | after.keys():
            here = place.inside(f" answer {status}")
            if status not in after:
                shape = str(self._schemas.before(before[status]))
                yield here.change("removed" if status == "2xx" else "not any more", f"was {shape}", before=shape)
            elif status not in before:
                yield here.change("added", shape := str(self._schemas.after(after[status])), after=shape)
            else:
                yield from _encoding(here, self._old.answer(key, status), self._new.answer(other, status))
                yield from self._schemas.compare(here, before[status], after[status])

    def _model(self, name: str, other: str) -> Iterator[Change]:
        if name != other:
            kept = name in self._new.public_names
            detail = f"now {other}, {name} stays" if kept else f"now {other}"
            rule = "name kept" if kept else "renamed"
            yield Place(name, "model", self._old.uses[name]).change(rule, detail, name, other)
        yield from closed(Place(other, "model", self._old.uses[name]), self._old.models[name], self._new.models[other])
        fields = Place(other, "field", self._old.uses[name])
        yield from self._members(fields, ".{}", _fields(self._old, name), _fields(self._new, other))

    def _members(self, place: Place, spelled: str, old: Members, new: Members) -> Iterator[Change]:
        """Compare what goes by its name; `spelled` says how a name is added to the place."""
        names = {name: name for name in old if name in new} | self._renamed(old, new)
        for name in old.keys() - names.keys():
            shape = str(self._schemas.before(old[name].schema))
            yield place.inside(spelled.format(name)).change("removed", f"was {shape}", before=shape)
        for name in new.keys() - set(names.values()):
            yield self._added(place.inside(spelled.format(name)), new[name])
        for name, other in names.items():
            if name != other:
                yield place.inside(spelled.format(name)).change("renamed", f"now {other}", name, other)
            yield from self._member(place.inside(spelled.format(other)), old[name], new[other])

    def _renamed(self, old: Members, new: Members) -> dict[str, str]:
        gone = {name: self._schemas.before(old[name].schema) for name in old.keys() - new.keys()}
        return renamed_fields(gone, {name: self._schemas.after(new[name].schema) for name in new.keys() - old.keys()})

    def _added(self, place: Place, member: Member) -> Change:
        shape = str(self._schemas.after(member.schema))
        # The client's lists ask for none of their parameters.
        given = place.subject == "parameter" and "default" in member.schema and ".list(" in place.label
        if member.required and not given:
            return place.change("added, required", f"required, {shape}", after=shape)
        return place.change("added", shape, after=shape)

    def _member(self, place: Place, old: Member, new: Member) -> Iterator[Change]:
        if old.required != new.required:
            rule = "becomes required" if new.required else "becomes optional"
            yield place.change(rule, rule, old.required, new.required)
        marks = {"deprecated": old.deprecated}, {"deprecated": new.deprecated}
        yield from flags(place, *marks)
        yield from self._schemas.compare(place, old.schema, new.schema)


def _method(surface: Surface, key: Key) -> Place:
    return Place(surface.method(key), "method", frozenset({Use(surface.resource(key), REQUEST)}))


def _body(surface: Surface, key: Key) -> Members:
    """The body as a member without a name, so that it comes, goes and changes as others do."""
    schema, holder = surface.body(key), surface.operations[key].get("requestBody", {})
    return {} if schema is None else {"": Member(schema, bool(holder.get("required")))}


def _parameters(surface: Surface, key: Key, where: str) -> dict[str, Member]:
    """Parameters by name; the second of one name gets a number."""
    found: dict[str, Member] = {}
    for node in surface.operations[key]["parameters"]:
        if node["in"] == where:
            name = f"{node['name']}#2" if node["name"] in found else node["name"]
            needed, deprecated = bool(node.get("required")), bool(node.get("deprecated"))
            found[name] = Member(_counted(node), needed, deprecated, _style(node))
    return found


def _counted(node: Json) -> Json:
    """Whether a document calls a count a number or an integer, code is the same."""
    schema: Json = node["schema"]
    return {**schema, "type": "integer"} if node["name"] in COUNTS and schema.get("type") == "number" else schema


def _style(node: Json) -> str:
    """How the values of a list or object are put into a parameter; "" where there is nothing to put."""
    if node["schema"].get("type") not in ("array", "object"):
        return ""
    style = node.get("style", "form" if node["in"] == "query" else "simple")
    return f"{style}, {'each' if node.get('explode', style == 'form') else 'together'}"


def _styles(place: Place, old: Members, new: Members) -> Iterator[Change]:
    for name in old.keys() & new.keys():
        before, after = old[name].style, new[name].style
        if before and after and before != after:
            yield place.inside(f"({name})").change("sent otherwise", f"{before} -> {after}", before, after)


def _encoding(place: Place, old: Json, new: Json) -> Iterator[Change]:
    before, after = (encoding(part) or next(iter(part.get("content", ())), "") for part in (old, new))
    if before and after and before != after:
        yield place.change("another encoding", f"{before} -> {after}", before, after)


def _fields(surface: Surface, name: str) -> Members:
    """The fields of a model; any further ones are a field called *."""
    model = surface.models[name]
    fields = {wire: Member(node, wire in model["required"]) for wire, node in model["properties"].items()}
    return fields | {"*": Member(model.get("additionalProperties", {}), required=False)}


def _request_line(key: Key) -> str:
    return f"{key[0].upper()} {key[1]}"
