"""The steps of ``generate`` and ``check`` in order: read, build, render, then write or compare."""

from __future__ import annotations

from pathlib import Path

from attrs import evolve, frozen

from . import docstrings, json_layout, output
from .build import build
from .overlay import DEFAULT, Overlay
from .progress import telling
from .records import Contract
from .render import Package, render


@frozen
class Job:
    """What to generate from what, and where.

    Args:
        spec: The contract, or a published document.
        package: The import name of the package.
        folder: The package's own folder.
        overlay: Corrections and names.
        strict: Whether stale overlay rows and unions that nothing tells apart are errors.
    """

    spec: Path
    package: str
    folder: Path
    overlay: Path = DEFAULT
    strict: bool = True


def generate(job: Job) -> Contract:
    """Write a package's generated parts, and return what they were made from."""
    contract, files = _files(job)
    with telling("writing"):
        output.write(files, job.folder)
    return contract


def check(job: Job) -> list[str]:
    """What is stale or edited by hand, a line each."""
    _, files = _files(job)
    with telling("comparing"):
        return output.differences(files, job.folder)


def _files(job: Job) -> tuple[Contract, dict[str, str]]:
    with telling(f"reading {job.spec}"):
        built = build(job.spec.read_bytes(), Overlay(job.overlay), strict=job.strict)
    contract = built.contract
    if job.strict and job.overlay == DEFAULT:
        contract = evolve(contract, report=(*contract.report, *docstrings.unused(contract)))
    with telling("rendering"):
        files = render(contract, Package(job.package))
    files["contract.json"] = json_layout.dumps({"x-contract-sha256": contract.sha256, **built.corrected})
    return contract, files
