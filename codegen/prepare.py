"""A loaded document, repaired, its operations named, in canonical form: as far as `generate` and `diff` go together."""

from __future__ import annotations

from copy import deepcopy

from attrs import frozen

from . import clashes
from .canonical import Canonical, canonical
from .clashes import Named
from .correct import Applied, correct
from .document import Json, operations, pointer
from .ledger import Ledger
from .naming import OperationName, name_operation
from .overlay import Overlay
from .repair import drop_dangling, repair
from .report import Report
from .responses import is_list, main_schema
from .twins import tell_apart


@frozen
class Prepared:
    """A document before it is parsed: repaired, its operations named, and its canonical form."""

    corrected: Json
    corrections: Applied
    names: dict[tuple[str, str], OperationName]
    form: Canonical


def prepare(
    document: Json, overlay: Overlay, report: Report, ledger: Ledger | None = None, *, strict: bool
) -> Prepared:
    """Correct and repair a document that was read, name its operations and bring it into canonical form.

    Args:
        document: What `load` made; it is changed in place.
        overlay: Our corrections and names.
        report: Gets a line for each repair.
        ledger: The names of types that were given before.
        strict: Whether a reference that leads nowhere and an operation without a name of its own are errors; else the
            one is read as anything, and the other gets a longer name.

    Raises:
        BuildError: An operation has no name of its own.
    """
    applied = correct(document, overlay.corrections(document))
    _add_bodies(document, overlay, report)
    repair(document, report)
    if not strict:
        tell_apart(document, report)
    names = dict(_names(document, overlay, report, strict=strict))
    better = (ledger or Ledger()).with_better(overlay.names)
    form = canonical(document, names, report, overlay.owners, better, strict=strict)
    overlay.use_names(form.names)
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


def _names(document: Json, overlay: Overlay, report: Report, *, strict: bool) -> Named:
    names = {}
    for method, path, operation in operations(document):
        lists = is_list(document, main_schema(operation))
        names[method, path] = name_operation(method, path, lists=lists, overlay=overlay, strict=strict)
    if not strict:
        return clashes.resolve(names, overlay, report)
    clashes.refuse(names, overlay)
    return names
