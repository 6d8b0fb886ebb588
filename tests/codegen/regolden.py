"""Rewrite the golden output after a wanted change of the generator: ``python -m tests.codegen.regolden``."""

from __future__ import annotations

from pathlib import Path

from codegen.generate import Job, generate
from codegen.records import Contract

GOLDEN = Path(__file__).with_name("golden")
PACKAGE = "mini_api"


def regenerate(out: Path) -> Contract:
    """Generate the golden document's package below a folder."""
    return generate(Job(GOLDEN / "mini.json", PACKAGE, out / PACKAGE, GOLDEN / "mini.yaml"))


if __name__ == "__main__":
    regenerate(GOLDEN)
