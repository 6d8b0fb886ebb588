"""A loaded document, repaired, its operations named, in canonical form: as far as `generate` and `diff` go together."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from keyword import iskeyword

from attrs import frozen

from . import naming
from .canonical import Canonical, canonical
from .correct import Applied, correct
from .document import Json, operations, pointer
from .errors import BuildError
from .naming import OperationName, name_operation
from .overlay import Overlay
from .repair import drop_dangling, repair
from .report import Report
from .responses import is_list, main_schema


@frozen
class Prepared:
    """A document before it is parsed: repaired, its operations named, and its canonical form."""

    corrected: Json
    corrections: Applied
    names: dict[tuple[str, str], OperationName]
    form: Canonical


def prepare(document: Json, overlay: Overlay, report: Report, *, strict: bool) -> Prepared:
    """Correct and repair a document that was read, name its operations and bring it into canonical form.

    Args:
        document: What `load` made; it is changed in place.
        overlay: Our corrections and names.
        report: Gets a line for each repair.
        strict: Whether a reference that leads nowhere is an error; else it is read as anything.

    Raises:
        BuildError: An operation has no name of its own.
    """
    applied = correct(document, overlay.corrections(document))
    _add_bodies(document, overlay, report)
    repair(document, report)
    names = _names(document, overlay)
    form = canonical(document, names, report, overlay.owners, strict=strict)
    # Only now: the canonical form has told of each of them, with the place that holds it.
    drop_dangling(document)
    return Prepared(document, applied, names, form)


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
        lists = is_list(document, main_schema(operation))
        names[method, path] = name_operation(method, path, lists=lists, overlay=overlay)
    _refuse_clashes(names, overlay)
    return names


def _refuse_clashes(names: dict[tuple[str, str], OperationName], overlay: Overlay) -> None:
    counts = Counter(map(str, names.values()))
    problems = []
    for (method, path), name in names.items():
        place = f"{pointer('paths', path, method)}: {name}"
        if counts[str(name)] > 1:
            problems.append(f"{place} is the name of another operation too; add an overlay row")
        if not name.namespace and name.resource in naming.RESERVED_RESOURCES:
            problems.append(f"{place} shadows a hand-written name of the client; add an overlay row")
        if name.method in overlay.inherited(f"{name.namespace}.{name.resource}".lstrip(".")):
            problems.append(f"{place} shadows a hand-written method; add an overlay row")
        if not all(part.isidentifier() and not iskeyword(part) for part in (name.resource, name.method)):
            problems.append(f"{place} is no identifier; add an overlay row")
    if problems:
        raise BuildError("\n".join(problems))
