"""``python -m codegen pull``: a published document becomes the contract, or nothing happens.

Read (`source`), parse, check, extract the facts (`facts`), compare with the contract that is there,
lay out (`json_layout`), replace. Nothing is written before the last step, and that one is a rename: whoever reads
the contract meanwhile sees the old one or the new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from . import atomic, facts, json_layout
from .document import anonymous
from .source import PullRefused, read
from .yaml_text import as_json

__all__ = ["LARGEST_LOSS", "PUBLISHED_URL", "PullRefused", "PullReport", "pull"]

PUBLISHED_URL = "https://api.vapi.ai/api-json"
LARGEST_LOSS = 0.2
"""Share of the current operations, and of the schemas, that may be gone; beyond it the source is more likely broken
than the API smaller."""
NAMED = 5


@dataclass(frozen=True, slots=True)
class PullReport:
    """What a pull read and wrote; its ``str`` is what the command prints."""

    source: str
    output: Path
    sha256: str
    operations: int
    schemas: int
    added: tuple[str, ...]
    gone: tuple[str, ...]
    size: int
    changed: bool

    def __str__(self) -> str:
        state = "written" if self.changed else "unchanged"
        lines = [
            f"{self.source} (sha256 {self.sha256[:12]}): {self.operations} operations, {self.schemas} schemas",
            f"{self.output}: {state}, {self.size:,} bytes",
        ]
        for label, names in (("new", self.added), ("gone", self.gone)):
            if names:
                lines.append(f"  {label}: {_enumerate(names)}")
        return "\n".join(lines)


def pull(source: str = PUBLISHED_URL, output: Path = Path("openapi.json"), force: bool = False) -> PullReport:
    """Write the contract of a published document.

    Args:
        source: a path or an https URL (http for this machine only).
        output: the contract; replaced atomically, and only if it changes.
        force: accept that operations are gone, or that the current contract cannot be read.

    Raises:
        PullRefused: nothing was written, and why.
    """
    raw = read(source)
    contract, text = _contract(source, raw)
    current = _current(output, force)
    if not force:
        _refuse_loss(source, output, "operations", facts.operations(current), facts.operations(contract))
        _refuse_loss(source, output, "schemas", facts.schemas(current), facts.schemas(contract))
    before, names = facts.operations(current), facts.operations(contract)
    return PullReport(
        source=source,
        output=output,
        sha256=contract[facts.SOURCE_KEY],
        operations=len(names),
        schemas=len(facts.schemas(contract)),
        added=_missing(names, before) if before else (),
        gone=_missing(before, names),
        size=len(text),
        changed=_replace(output, text.encode("ascii")),
    )


def _contract(source: str, raw: bytes) -> tuple[dict[str, Any], str]:
    try:
        document = _parse(source, raw)
        _check(source, document)
        contract = facts.extract(document, hashlib.sha256(raw).hexdigest())
        return contract, json_layout.dumps(contract)
    except RecursionError as error:
        raise PullRefused(f"{source} is nested deeper than an OpenAPI document can be.") from error
    except ValueError as error:
        raise PullRefused(f"{source} is not JSON: {error}.") from error


def _parse(source: str, raw: bytes) -> Any:
    """Return the parsed document; a ``ValueError`` where it is not JSON."""
    try:
        return json.loads(as_json(raw), parse_constant=_refuse_constant)
    except ValueError as error:
        if _is_cut_off(raw, error):
            raise PullRefused(f"{source} is truncated: its JSON ends after {len(raw):,} bytes, too early.") from error
        raise


def _is_cut_off(raw: bytes, error: ValueError) -> bool:
    text = raw.removeprefix(b"\xef\xbb\xbf").strip()
    if not text.startswith((b"{", b"[")):
        return False
    if not text.endswith((b"}", b"]")):
        return True
    if not isinstance(error, json.JSONDecodeError):
        return False
    return error.pos >= len(error.doc.rstrip()) or error.msg.startswith("Unterminated string")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON value")


def _check(source: str, document: Any) -> None:
    version = (document.get("openapi") or document.get("swagger")) if isinstance(document, dict) else None
    if version is None:
        raise PullRefused(f"{source} is JSON but not an OpenAPI document.")
    if "openapi" not in document or not re.fullmatch(r"3(\.\d+)+", str(version)):
        raise PullRefused(f"{source} is in OpenAPI version {str(version)[:20]!a}; only 3.x can be read.")
    if not facts.operations(document):
        raise PullRefused(f"{source} has no paths with operations.")


def _refuse_loss(source: str, output: Path, what: str, before: Sequence[str], after: Sequence[str]) -> None:
    gone = _missing(before, after)
    if len(gone) > LARGEST_LOSS * len(before):
        raise PullRefused(
            f"{source} lacks {len(gone)} of the {len(before)} {what} in {output} ({_enumerate(gone)}); "
            f"use --force if the API dropped them."
        )


def _current(output: Path, force: bool) -> dict[str, Any]:
    """Return the contract that is there, an empty one if there is none."""
    try:
        document = json.loads(output.read_bytes())
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        if force:
            return {}
        raise PullRefused(
            f"{output} is there but cannot be compared with ({error}); use --force to replace it."
        ) from error
    return document if isinstance(document, dict) else {}


def _missing(names: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    """Return the names that the others lack; a path parameter that only changed its name is the same path."""
    known = {anonymous(other) for other in others}
    return tuple(name for name in names if anonymous(name) not in known)


def _enumerate(names: Sequence[str]) -> str:
    """Return some of the names in one line, without anything that a terminal would obey."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(ascii(name)[1:-1] for name in names[:NAMED]) + more


def _replace(output: Path, content: bytes) -> bool:
    """Replace a file's content in one step and return whether it changed."""
    try:
        return atomic.replace(output, content)
    except OSError as error:
        raise PullRefused(f"{output} cannot be written: {error.strerror}.") from error
