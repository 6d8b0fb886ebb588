"""The steps of ``generate`` and ``check`` in order: read, build, render, then write or compare."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from . import atomic, docstrings, json_layout, output, source
from .build import Built, build
from .ledger import FILE, Ledger, read
from .overlay import DEFAULT, OWN_LEDGER, Overlay
from .progress import telling
from .records import Contract
from .render import RUNTIME, Package, render


@frozen
class Job:
    """What to generate from what, and where.

    Args:
        spec: The contract, or a published document: path or URL, JSON or YAML.
        package: The import name of the package.
        folder: The package's own folder.
        overlay: Corrections and names.
        strict: Whether stale overlay rows and unions that nothing tells apart are errors.
        names: The ledger of names. Default: beside the overlay; without an own overlay, in the package's folder.
    """

    spec: Path | str
    package: str
    folder: Path
    overlay: Path = DEFAULT
    strict: bool = True
    names: Path | None = None

    @property
    def ledger(self) -> Path:
        """The file of the ledger; every package has one for itself."""
        if self.names:
            return self.names
        if self.package == RUNTIME and self.overlay == DEFAULT:
            return OWN_LEDGER
        beside = self.overlay.with_name(f"{self.package}.{FILE}")
        return self.folder / FILE if self.overlay == DEFAULT else beside


def generate(job: Job) -> Contract:
    """Write a package's generated parts and the ledger of its names, and return what they were made from."""
    built, files = _files(job)
    with telling("writing"):
        output.write(files, job.folder)
        atomic.replace(job.ledger, built.ledger.dumps().encode())
    return built.contract


def check(job: Job) -> list[str]:
    """What is stale or edited by hand, a line each."""
    built, files = _files(job)
    with telling("comparing"):
        lines = output.differences(files, job.folder)
    fresh = job.ledger.exists() and job.ledger.read_bytes() == built.ledger.dumps().encode()
    return lines if fresh else [*lines, f"differs: {job.ledger}"]


def _files(job: Job) -> tuple[Built, dict[str, str]]:
    overlay = Overlay(job.overlay)
    ledger = Ledger(read(job.ledger), read(OWN_LEDGER) if overlay.is_ours and job.ledger != OWN_LEDGER else {})
    with telling(f"reading {job.spec}"):
        built = build(source.read(str(job.spec)), overlay, ledger, strict=job.strict)
    if job.strict and job.overlay == DEFAULT:
        contract = built.contract
        built = evolve(built, contract=evolve(contract, report=(*contract.report, *docstrings.unused(contract))))
    with telling("rendering"):
        files = render(built.contract, Package(job.package))
    files["contract.json"] = json_layout.compact({"x-contract-sha256": built.contract.sha256, **built.corrected})
    return built, files
