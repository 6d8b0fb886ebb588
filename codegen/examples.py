"""``python -m codegen examples``: what a published document shows, held against the contract that is made of it.

Whoever wrote an example, or a default, knew what the API takes. Where it does not fit the corrected contract, either
the contract is wrong, which a correction or a repair puts right, or the example is: those stand in
``known_examples.yaml``, so that what is new shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from functools import cached_property
from pathlib import Path

import yaml
from attrs import define, frozen
from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .document import Json, main_media, operations
from .load import load
from .overlay import Overlay
from .prepare import prepare
from .report import Report, printable

KNOWN = Path(__file__).with_name("known_examples.yaml")
_ROOT = "contract:"


@frozen
class Failure:
    """An example or default that the contract does not take.

    Args:
        place: Where it stands, in the words of corrections: `Schema.field`, `GET /path?parameter`.
        keyword: `default`, `example` or `examples`.
        reason: What is wrong with it.
        known: Why that is no fault of the contract; "" where nobody has looked yet.
    """

    place: str
    keyword: str
    reason: str
    known: str

    def __str__(self) -> str:
        return f"{printable(self.place)}, {self.keyword}: {printable(self.reason)}"


@define
class Checked:
    """What became of the examples and defaults of a document."""

    counts: Counter[str]
    failures: list[Failure]

    @property
    def new(self) -> list[Failure]:
        """Those that nobody has looked at yet."""
        return [failure for failure in self.failures if not failure.known]

    def lines(self, *, verbose: bool = False) -> list[str]:
        """What people are told: what is new, each by itself; what is known, counted by its reason.

        Args:
            verbose: Whether the known ones are named, too.
        """
        known = Counter(failure.known for failure in self.failures if failure.known)
        told = [str(failure) for failure in self.failures if verbose or not failure.known]
        told += [f"known ({count}): {why}" for why, count in known.most_common()]
        counts = ", ".join(f"{count} {keyword}" for keyword, count in self.counts.most_common()) or "none"
        return [
            *told,
            f"examples and defaults: {self.counts.total()} ({counts})",
            f"not what the contract takes: {len(self.failures)}, of them {known.total()} known, {len(self.new)} new",
        ]


def check_examples(source: bytes, overlay: Overlay, known: Path = KNOWN) -> Checked:
    """Hold every example and default of a document against the contract that is made of it.

    Args:
        source: A published document; a contract has no examples any more, its defaults are checked.
        overlay: Our corrections.
        known: The examples that are known to be wrong.

    Raises:
        Malformed: It is no OpenAPI 3.x.
    """
    document = load(source)
    contract = _Contract(prepare(deepcopy(document), overlay, Report(), strict=False).corrected)
    reasons, counts, failures = _known(known), Counter[str](), list[Failure]()
    for place, keyword, value in _shown(document):
        counts[keyword] += 1
        problem = contract.problem(place, value)
        if problem:
            failures.append(Failure(place, keyword, problem, reasons.get(place, "")))
    return Checked(counts, failures)


def _known(path: Path) -> dict[str, str]:
    rows: list[Json] = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    return {place: row["why"] for row in rows for place in row["at"]}


class _Contract:
    """Tells whether a value fits a place of a corrected contract."""

    def __init__(self, document: Json) -> None:
        self._schemas = {place: schema for place, _, schema in _places(document)}
        self._shared = document["components"]["schemas"]

    @cached_property
    def _registry(self) -> Registry[Json]:
        root = {"components": {"schemas": {name: _standard(schema) for name, schema in self._shared.items()}}}
        registry: Registry[Json] = Registry().with_resource(_ROOT, DRAFT202012.create_resource(root))
        return registry

    def problem(self, place: str, value: Json) -> str:
        """What is wrong with a value in a place; "" if nothing is."""
        if place not in self._schemas:
            return "the contract has no such place"
        validator = Draft202012Validator(_standard(self._schemas[place]), registry=self._registry)
        error = best_match(validator.iter_errors(value))
        return "" if error is None else f"{error.json_path.removeprefix('$')} {error.message}".strip()


def _shown(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Every example and default as (place, keyword, value)."""
    for place, holder, _ in _places(document):
        for keyword in ("default", "example"):
            if keyword in holder:
                yield place, keyword, holder[keyword]
        several = holder.get("examples", [])
        named = several.values() if isinstance(several, dict) else several if isinstance(several, list) else []
        for each in named:
            yield place, "examples", each["value"] if isinstance(each, dict) and "value" in each else each


def _places(document: Json) -> Iterator[tuple[str, Json, Json]]:
    """Every place that holds values as (place, what may have examples of it, its schema), those of operations last."""
    pending = [(name, schema, schema) for name, schema in document["components"]["schemas"].items()]
    pending += [
        each for method, path, operation in operations(document) for each in _of_operation(method, path, operation)
    ]
    while pending:
        place, holder, schema = pending.pop(0)
        if isinstance(schema, dict):
            yield place, holder, schema
            # A parameter or body has examples of its own beside those of its schema.
            pending += [(place, schema, schema)] if holder is not schema else _within(place, schema)


def _of_operation(method: str, path: str, operation: Json) -> Iterator[tuple[str, Json, Json]]:
    key = f"{method.upper()} {path}"
    for parameter in operation.get("parameters", []):
        yield f"{key}?{parameter['name']}", parameter, parameter["schema"]
    for name, part in {"body": operation.get("requestBody", {}), **operation["responses"]}.items():
        for kind, media in part.get("content", {}).items():
            main = media["schema"] is main_media(part)
            yield f"{key} {name}" if main else f"{key} {name} ({kind})", media, media["schema"]


def _within(place: str, schema: Json) -> Iterator[tuple[str, Json, Json]]:
    """The schemas one step down."""
    properties = schema.get("properties")
    steps = [(f".{name}", each) for name, each in properties.items()] if isinstance(properties, dict) else []
    steps += [(mark, schema[key]) for key, mark in (("items", "[]"), ("additionalProperties", "{}")) if key in schema]
    for key in ("oneOf", "anyOf", "allOf"):
        members = schema.get(key)
        steps += [(f"|{index}", each) for index, each in enumerate(members if isinstance(members, list) else [])]
    return ((f"{place}{step}", each, each) for step, each in steps)


def _standard(node: Json) -> Json:
    """A schema of OpenAPI 3.0 as JSON Schema 2020-12; variants may overlap."""
    if isinstance(node, list):
        return [_standard(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": _ROOT + str(node["$ref"])}
    plain = ("default", "enum", "example", "examples", "required")
    schema = {key: value if key in plain else _standard(value) for key, value in node.items() if key != "discriminator"}
    if isinstance(node.get("properties"), dict):
        schema["properties"] = {name: _standard(each) for name, each in node["properties"].items()}
    if "oneOf" in schema:
        schema["anyOf"] = schema.pop("oneOf")
    return {"anyOf": [schema, {"type": "null"}]} if schema.pop("nullable", False) is True else schema
