"""Docstrings: our own sentences from sentences.yaml, and others made from facts of the contract.

No sentence of the published prose gets here.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

from .correct import ADDED
from .identifiers import singular
from .literals import docstring, literal
from .records import Contract, Field, Method, ModelRecord, Resource, UnionRecord
from .yaml_text import load_yaml

_WIDTH = 110
_VERBS = {
    "list": "List {things}: await the pager for one page, or iterate over it for every item.",
    "create": "Create {a_thing}.",
    "get": "Get one {thing}.",
    "update": "Update {a_thing}: what is not given stays, None clears a field, nested objects are replaced whole.",
    "replace": "Replace {a_thing} whole.",
    "delete": "Delete {a_thing}.",
    "run": "Run {a_thing}.",
    "generate": "Generate {a_thing}.",
    "preview": "Preview {a_thing} without storing it.",
    "retry": "Retry {a_thing}.",
    "cancel": "Cancel {a_thing}.",
}


@cache
def _own(section: str) -> dict[str, str]:
    data = load_yaml(Path(__file__).with_name("sentences.yaml"))
    return dict(data[section])


@cache
def _fields() -> dict[str, str]:
    """Sentences by wire name or Schema.name, rows for several schemas taken apart."""
    spread: dict[str, str] = {}
    for key, sentence in _own("fields").items():
        owners, _, wire = key.rpartition(".") if re.match(r"[A-Z*]", key) else ("", "", key)
        spread |= {f"{owner}.{wire}" if owner else wire: sentence for owner in owners.split("|")}
    return spread


@cache
def _patterns() -> list[tuple[str, str]]:
    """Sentences for all schemas whose names look alike, in the order of the file."""
    return [(key, sentence) for key, sentence in _fields().items() if "*" in key]


def _sentence(schema: str, wire: str) -> str:
    """Our own words for a field: those for its schema first, "" if there are none."""
    place = f"{schema}.{wire}"
    exact = _fields().get(place)
    if exact is None:
        alike = (sentence for pattern, sentence in _patterns() if fnmatchcase(place, pattern))
        exact = next(alike, _fields().get(wire, ""))
    return docstring(exact)


def unused(contract: Contract) -> list[str]:
    """Rows of sentences.yaml for what a contract does not have, a line each."""
    resources = {_key(record): record for record in contract.resources}
    methods = [method for record in contract.resources for method in record.methods]
    operations = {
        f"{key}.{name}"
        for key, record in resources.items()
        for method in record.methods
        for name in (method.name, method.stream)
    }
    fields = {field.wire for record in contract.models for field in record.fields}
    fields |= {f"{record.name}.{field.wire}" for record in contract.models for field in record.fields}
    have: dict[str, tuple[Iterable[str], Iterable[str]]] = {
        "resources": (_own("resources"), resources),
        "operations": (_own("operations"), operations),
        "filters": (_own("filters"), {field.wire for record in methods for field in record.query_fields}),
        "fields": (_fields(), fields),
    }
    return [
        f"sentences.yaml: {section}/{key} matches nothing"
        for section, (rows, known) in have.items()
        for key in rows
        if not (any(fnmatchcase(name, key) for name in known) if "*" in key else key in known)
    ]


def described(owner: str, place: Field) -> str:
    """What a field is, in our words if we have any, then what the contract says of it; "" where that is nothing."""
    return " ".join(filter(None, [_sentence(owner, place.wire), _facts(place)]))


def filtered(place: Field) -> str:
    """What a parameter of a list is; see `described`."""
    own = docstring(_own("filters").get(place.wire, "")) or _sentence("", place.wire)
    return " ".join(filter(None, [own, _facts(place)]))


def _facts(field: Field) -> str:
    """What the contract says of a field beyond its type, as one line; "" when it says nothing."""
    known = field.facts
    parts = []
    if known.get("deprecated"):
        parts.append("Deprecated.")
    if known.get("readOnly"):
        parts.append("Set by the API.")
    if "default" in known and len(literal(known["default"])) <= 60:
        parts.append(f"Default: {literal(known['default'])}.")
    for low, high, what in (
        ("minimum", "maximum", "{}"),
        ("minLength", "maxLength", "{} characters"),
        ("minItems", "maxItems", "{} items"),
    ):
        bounds = _bounds(known.get(low), known.get(high))
        if bounds:
            parts.append(f"{what.format(bounds).capitalize()}.")
    if "pattern" in known and len(known["pattern"]) <= 60:
        parts.append(f"Matches {literal(known['pattern'])}.")
    parts.append(_added(known.get(ADDED)))
    return docstring(" ".join(filter(None, parts)))


def _added(seen: dict[str, str] | None) -> str:
    """Where something was seen that the published document lacks."""
    return f"Not in the published document ({seen['source']}, {seen['date']})." if seen else ""


def _bounds(low: Any, high: Any) -> str:
    if low is not None and high is not None:
        return f"{_number(low)} to {_number(high)}"
    if high is not None:
        return f"at most {_number(high)}"
    return f"at least {_number(low)}" if low is not None else ""


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


def _key(record: Resource) -> str:
    return f"{record.namespace}.{record.name}".lstrip(".")


def model_title(record: ModelRecord) -> str:
    """The docstring of a model's module; none for a module that is there for one class, which has its own."""
    return "" if record.name else "Values that parameters of operations take."


def model(record: ModelRecord) -> str:
    """The docstring of a model: its name in the contract and what it cannot be made without."""
    needed = [field.name for field in record.fields if field.required]
    fields = "" if record.fields else ": no fields of its own"
    required = f"; required: {', '.join(f'`{name}`' for name in needed)}" if needed else ""
    facts = f"Schema `{record.schema}`{fields}{required}."
    return docstring(" ".join(filter(None, [facts, _added(record.added)])))


def union(record: UnionRecord) -> str:
    """What a union is of, and how its variants are told apart."""
    count = len(record.members)
    how = f", told apart by `{record.dispatch.tag}`" if record.dispatch.tag else ""
    return docstring(f"one of {count} variants{how}, or `Unknown`.")


def resource(record: Resource) -> str:
    """What a resource is about: the paths that its methods call."""
    own = _own("resources").get(_key(record))
    if own:
        return docstring(own)
    paths = sorted({"/" + "/".join(m.path.strip("/").split("/")[: _static(m.path)]) for m in record.methods}, key=len)
    return docstring(f"{_words(record.name).capitalize()}: the operations below `{paths[0]}`.")


def method(record: Resource, record_method: Method, arguments: Sequence[str] = ()) -> str:
    """What a method does, the operation behind it, what it takes, and what it raises."""
    *head, last = _words(record.name).split(" ")
    thing = " ".join([*head, singular(last)])
    article = "an" if thing[0] in "aeiou" else "a"
    verb = _VERBS.get(record_method.name, f"{_words(record_method.name).capitalize()} of {article} {{thing}}.")
    made = verb.format(thing=thing, things=_words(record.name), a_thing=f"{article} {thing}")
    own = _own("operations").get(f"{_key(record)}.{record_method.name}", made)
    lines = [*textwrap.wrap(own, _WIDTH, subsequent_indent="        "), ""]
    lines.append(f"        `{record_method.http_method} {record_method.path}`")
    if record_method.deprecated:
        lines += ["", "        Deprecated."]
    if record_method.added:
        lines += ["", f"        {_added(record_method.added)}"]
    if arguments:
        lines += ["", "        Args:", *arguments]
    raises = _raises(record_method)
    if raises:
        lines += ["", "        Raises:", *(f"            {line}" for line in raises)]
    return docstring("\n".join(lines)) + "\n        "


def _raises(record: Method) -> list[str]:
    wanted = [status for status in record.errors if status[0] in "45"]
    if not wanted:
        return []
    spelled = [f"{s} (`{record.error_models[s]}`)" if s in record.error_models else s for s in wanted]
    return [f"StatusError: The contract names {', '.join(spelled)}."]


def _static(path: str) -> int:
    segments = path.strip("/").split("/")
    return next((index for index, segment in enumerate(segments) if "{" in segment), len(segments)) or 1


def _words(name: str) -> str:
    return name.replace("_", " ")
