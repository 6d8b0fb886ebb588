"""Schemas whose names make one class: ``foo-bar`` beside ``FooBar``. In a document of somebody else one is renamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from .document import Json, reference
from .identifiers import class_name
from .report import Report


def tell_apart(document: Json, report: Report) -> None:
    """Rename schemas in place so that each makes a class of its own; the name that is a class's already stays."""
    schemas: dict[str, Json] = document["components"]["schemas"]
    taken: dict[str, str] = {}
    renamed: dict[str, str] = {}
    for name in sorted(schemas, key=lambda name: (class_name(name) != name, name)):
        class_ = class_name(name)
        if class_ in taken:
            renamed[name] = class_ = next(f"{class_}{n}" for n in count(2) if f"{class_}{n}" not in {*taken, *schemas})
            report.add(f"#/components/schemas/{name}", f"is class {class_name(name)}, like another; called {class_}")
        taken[class_] = name
    if renamed:
        document["components"]["schemas"] = {renamed.get(name, name): schema for name, schema in schemas.items()}
        _rename(document, {reference(name): reference(now) for name, now in renamed.items()})


def _rename(document: Json, references: dict[str, str]) -> None:
    for holder, key in _texts(document):
        holder[key] = references.get(holder[key], holder[key])


def _texts(document: Json) -> Iterator[tuple[Json, str]]:
    """The texts that can be references: those of `$ref`, and in the mappings of discriminators."""
    pending = [document]
    while pending:
        node = pending.pop()
        inner = node.values() if isinstance(node, dict) else node
        pending += [value for value in inner if isinstance(value, dict | list)]
        if isinstance(node, dict):
            yield from ((node, key) for key, value in node.items() if isinstance(value, str) and value.startswith("#/"))
