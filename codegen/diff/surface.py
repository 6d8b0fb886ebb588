"""One document as its callers meet it: methods, schemas, and where each schema is sent or received."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator

from .. import facts
from ..document import Json, anonymous, main_media, operations, referred
from ..ledger import Ledger
from ..load import load
from ..naming import OperationName
from ..overlay import Overlay
from ..prepare import prepare
from ..report import Report
from .changes import REQUEST, RESPONSE, UNUSED, Use
from .shapes import Shape, Shapes

Key = tuple[str, str]

WEBHOOKS = "webhooks"
#: What is about no resource more than about another.
ANYWHERE = "everything"
NOWHERE = "schemas of no operation"
_BARE = {"type": "object", "additionalProperties": {}}
#: Roots of what goes over the wire beside the operations, with its direction as our callers see it. What begins with
#: the root's name belongs to it, unless a longer root fits.
_MESSAGES = {
    "ServerMessage": RESPONSE,
    "ServerMessageResponse": REQUEST,
    "ClientMessage": RESPONSE,
    "ClientInboundMessage": REQUEST,
}


class Surface:
    """What callers of one document meet.

    Args:
        source: The document's bytes, published or facts only.
        overlay: Names of operations.
        ledger: The names of types that were given before.

    Attributes:
        names: The method that each operation is, by HTTP method and path.
        operations: The operations in canonical form.
        models: The schemas of objects in canonical form, by name.
        document: The document itself, corrected and repaired.
        ledger: The names of types, with those of this document.
        public_names: What each public name of a type leads to: another name, or itself.
        shapes: What reads its schemas.
        uses: Where callers meet each model.
        referrers: The places that lead to each model.
        sizes: What can be counted.
    """

    def __init__(self, source: bytes, overlay: Overlay, ledger: Ledger | None = None) -> None:
        ledger = ledger or Ledger()
        document = facts.extract(load(source, lenient=True), hashlib.sha256(source).hexdigest())
        ready = prepare(document, overlay, Report(), ledger, strict=False)
        form = ready.form
        self.document: Json = ready.corrected
        self.ledger: Ledger = ledger.grown(form.names)
        self.public_names: dict[str, str] = {
            name: referred(form.aliases.get(name, {}).get("$ref", "")) or name for name in form.names
        }
        schemas: dict[str, Json] = form.document["components"]["schemas"]
        self.names: dict[Key, OperationName] = ready.names
        self.operations: dict[Key, Json] = {(verb, path): node for verb, path, node in operations(form.document)}
        self.models: dict[str, Json] = {name: schemas[name] for name, kind in form.kinds.items() if kind == "model"}
        self.shapes: Shapes = Shapes(schemas, form.kinds)
        self._inside = {name: self._fields(name) for name in self.models}
        self.uses: dict[str, frozenset[Use]] = self._uses()
        self.referrers: dict[str, set[str]] = self._referrers()
        self.sizes: dict[str, int] = {
            "operations": len(self.operations),
            "schemas": len(document["components"]["schemas"]),
            "unions": form.distinct_unions,
            "enums": form.distinct_enums,
        }

    def resource(self, key: Key) -> str:
        """The resource of an operation, with its namespace."""
        name = self.names[key]
        return ".".join(filter(None, (name.namespace, name.resource)))

    def fields(self, name: str) -> dict[str, Shape]:
        """The shapes of a model's fields, by wire name."""
        return self._inside[name]

    def _fields(self, name: str) -> dict[str, Shape]:
        node = self.models[name]
        fields = {wire: self.shapes.of(child) for wire, child in node["properties"].items()}
        if "additionalProperties" in node:
            fields["*"] = self.shapes.of(node["additionalProperties"])
        return fields

    def method(self, key: Key) -> str:
        """The method of an operation, such as ``calls.list``."""
        return str(self.names[key])

    def body(self, key: Key) -> Json | None:
        """The schema of what an operation takes."""
        return main_media(self.operations[key].get("requestBody", {}))

    def answers(self, key: Key) -> dict[str, Json]:
        """The schemas of what an operation answers: any success as ``2xx``, the others by status."""
        found = {s: schema for s, r in sorted(self.operations[key]["responses"].items()) if (schema := main_media(r))}
        good = sorted((schema for s, schema in found.items() if s[0] == "2"), key=lambda schema: schema == _BARE)
        rest = {status: schema for status, schema in found.items() if status[0] != "2"}
        return {"2xx": good[0], **rest} if good else rest

    def answer(self, key: Key, status: str) -> Json:
        """The answer that `answers` has the schema of."""
        found = self.operations[key]["responses"]
        good = [answer for s, answer in sorted(found.items()) if s[0] == "2" and main_media(answer) is not None]
        return found[status] if status in found else good[0]

    def _parts(self, key: Key) -> Iterator[tuple[str, str, Json]]:
        """What an operation sends and gets: direction, place and schema."""
        for parameter in self.operations[key]["parameters"]:
            yield REQUEST, parameter["name"], parameter["schema"]
        if (body := self.body(key)) is not None:
            yield REQUEST, "body", body
        for status, schema in self.answers(key).items():
            yield RESPONSE, f"answer {status}", schema

    def _uses(self) -> dict[str, frozenset[Use]]:
        roots: dict[Use, set[str]] = defaultdict(set)
        for key in self.operations:
            for direction, _, schema in self._parts(key):
                roots[Use(self.resource(key), direction)] |= self.shapes.of(schema).all_models
        uses: dict[str, set[Use]] = defaultdict(set)
        self._spread(roots, uses)
        # Only now: messages are what operations have not led to.
        self._spread(self._message_roots(uses.keys()), uses)
        for name in self.models.keys() - uses.keys():
            uses[name].add(Use(NOWHERE, UNUSED))
        return {name: frozenset(found) for name, found in uses.items()}

    def _message_roots(self, known: Iterable[str]) -> dict[Use, set[str]]:
        """Models that no operation leads to, but whose names say that they are messages."""
        roots: dict[Use, set[str]] = defaultdict(set)
        for name in self.models.keys() - set(known):
            fitting = [root for root in _MESSAGES if name.startswith(root)]
            if fitting:
                roots[Use(WEBHOOKS, _MESSAGES[max(fitting, key=len)])].add(name)
        return roots

    def _spread(self, roots: dict[Use, set[str]], uses: dict[str, set[Use]]) -> None:
        for use, pending in roots.items():
            reached: set[str] = set()
            while pending:
                name = pending.pop()
                reached.add(name)
                uses[name].add(use)
                inner = (shape.all_models for shape in self._inside[name].values())
                pending.update(found for models in inner for found in models if found not in reached)

    def _referrers(self) -> dict[str, set[str]]:
        places: dict[str, set[str]] = defaultdict(set)
        for name, fields in self._inside.items():
            for wire, shape in fields.items():
                for model in shape.all_models:
                    places[model].add(f"{name}.{wire}")
        for key in self.operations:
            for _, place, schema in self._parts(key):
                for model in self.shapes.of(schema).all_models:
                    places[model].add(f"{key[0]} {anonymous(key[1])} {place}")
        return places
