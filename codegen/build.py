"""Everything that is known of a document, put together into one `Contract` of records."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from copy import deepcopy

from attrs import evolve, frozen

from .document import Json
from .errors import BuildError
from .identifiers import module_names
from .ledger import Ledger
from .load import load
from .models import enum_aliases, model_records
from .operations import Operations
from .overlay import Overlay
from .pagination import Pagination
from .parse import parse
from .prepare import Prepared, prepare
from .records import Alias, Contract, Dropped, ModelRecord, Named, Resource
from .report import Report
from .unions import union_records


@frozen
class Built:
    """The records, the corrected contract that they were made from, and the ledger with all of its names."""

    contract: Contract
    corrected: Json
    ledger: Ledger


def build(source: bytes, overlay: Overlay, ledger: Ledger | None = None, *, strict: bool) -> Built:
    """From the bytes of a contract to records.

    Args:
        source: A facts-only contract, or a published document.
        overlay: Our corrections and names.
        ledger: The names of types that were given before.
        strict: Whether an overlay row that matches nothing and a union that nothing tells apart are errors, as they
            are for our own contract; else they are report lines.

    Raises:
        BuildError: Something would be lost or misnamed; the message points at every such place.
    """
    document = load(source)
    report = Report()
    # Preparing repairs in place; what is counted in the end is the document as it came.
    ledger = ledger or Ledger()
    ready = prepare(deepcopy(document), overlay, report, ledger, strict=strict)
    contract = _contract(source, document, ready, overlay, report, strict=strict)
    # Last of all: until here every step may still use a row.
    stale = [*(ready.corrections.stale if strict else ()), *overlay.unused()]
    if stale and strict:
        raise BuildError("\n".join(stale))
    return Built(evolve(contract, report=(*report.lines, *stale)), ready.corrected, ledger.grown(ready.form.names))


def _contract(
    source: bytes, document: Json, ready: Prepared, overlay: Overlay, report: Report, *, strict: bool
) -> Contract:
    form, parsed = ready.form, parse(ready.form)
    plain = [name for name, kind in parsed.aliases.items() if not isinstance(kind, Named)]
    modules = module_names([*(name for name, kind in form.kinds.items() if kind != "enum"), *plain])
    unions = union_records(form, parsed, overlay, report, modules, strict=strict)
    models = model_records(form, parsed, overlay, unions, modules)
    pagination = Pagination(parsed, enum_aliases(form))
    operations = Operations(form, parsed, ready.names, models, pagination, overlay, report, strict=strict)
    resources = operations.resources()
    return Contract(
        sha256=hashlib.sha256(source).hexdigest(),
        models=tuple(models.values()),
        unions=unions,
        resources=resources,
        tags=_tags(models),
        counts=_counts(document, ready, models, resources),
        report=(),
        corrections=dict(ready.corrections.counts.most_common()),
        dropped=_dropped(resources, overlay, strict=strict),
        aliases=tuple(Alias(name, kind, modules.get(name, "")) for name, kind in sorted(parsed.aliases.items())),
    )


def _tags(models: Mapping[str, ModelRecord]) -> tuple[str, ...]:
    """The Python names of all fields that tell variants apart: `Unknown` has them, too, beside `data` of its own."""
    return tuple(sorted({field.name for model in models.values() for field in model.fields if field.tag} - {"data"}))


def _counts(
    document: Json, ready: Prepared, models: Mapping[str, ModelRecord], resources: tuple[Resource, ...]
) -> dict[str, int]:
    schemas, form = document.get("components", {}).get("schemas", {}), ready.form
    return {
        "operations": len(ready.names),
        "methods": sum(len(resource.methods) for resource in resources),
        "schemas": len(schemas),
        "models": sum(model.schema in schemas for model in models.values()),
        "unions": form.unions,
        "distinct unions": form.distinct_unions,
        "enums": form.enums,
        "distinct enums": form.distinct_enums,
    }


def _dropped(resources: tuple[Resource, ...], overlay: Overlay, *, strict: bool) -> tuple[Dropped, ...]:
    """The overlay's rows about resources that this document lacks."""
    names = {f"{resource.namespace}.{resource.name}".lstrip(".") for resource in resources}
    back = sorted(names & overlay.dropped.keys())
    if back and strict:
        raise BuildError("\n".join(f"overlay.yaml: dropped/{name} is a resource of this document" for name in back))
    rows = {name: row for name, row in overlay.dropped.items() if name not in names}
    return tuple(_dropped_row(name, row) for name, row in sorted(rows.items()))


def _dropped_row(name: str, row: Json) -> Dropped:
    namespace, _, resource = name.rpartition(".")
    return Dropped(namespace, resource, str(row["until"]), str(row.get("contract", "")), row.get("instead", ""))
