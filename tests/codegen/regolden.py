"""Rewrite the golden output after a wanted change of the generator or the door: ``python -m tests.codegen.regolden``.

What was made for a door that a release has is never rewritten: it stands for the packages that others have of it.
"""

from __future__ import annotations

import inspect
import re
from enum import EnumType
from pathlib import Path

from codegen.generate import Job, generate
from codegen.records import Contract
from vapi_async import runtime

GOLDEN = Path(__file__).with_name("golden")
PACKAGE = "mini_api"
_CHANGELOG = Path(__file__).resolve().parents[2] / "CHANGELOG.md"


def regenerate(out: Path, package: str = PACKAGE) -> Contract:
    """Generate the golden document's package below a folder."""
    names = GOLDEN / f"{PACKAGE}.names.lock"
    return generate(Job(GOLDEN / "mini.json", package, out / package, GOLDEN / "mini.yaml", names=names))


def door() -> str:
    """What the door has: each name, with the parameters of what can be called."""
    lines = []
    for name in sorted(name for name in dir(runtime) if name[0].isalpha() and hasattr(runtime, name)):
        made = getattr(runtime, name)
        if getattr(made, "__module__", "") == "typing" or name in ("TYPE_CHECKING", "annotations", "lazy_exports"):
            continue
        lines.append(f"{name}({', '.join(_parameters(made))})" if callable(made) else name)
    return "\n".join(lines) + "\n"


def _parameters(made: object) -> list[str]:
    if isinstance(made, EnumType):  # whose signature is the business of each Python
        return []
    try:
        return [name for name in inspect.signature(made).parameters if name != "self"]  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return []


def frozen(version: str) -> tuple[Path, Path]:
    """The description of a door, and a package that was made for it."""
    return GOLDEN / f"door_{version}.txt", GOLDEN / f"made_for_{version.replace('.', '_')}"


def _is_out() -> bool:
    headings = re.findall(r"^## \d.*$", _CHANGELOG.read_text(encoding="utf-8"), re.MULTILINE)
    return any("(unreleased)" not in heading for heading in headings)


if __name__ == "__main__":
    regenerate(GOLDEN)
    description, package = frozen(runtime.DOOR)
    if not (_is_out() and description.exists()):
        description.write_text(door(), encoding="utf-8")
        regenerate(GOLDEN, package.name)
