"""Findings as text for people, and as JSON for tools."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .finding import Finding


def as_text(findings: Sequence[Finding], files: int) -> str:
    """Return one line per finding, and a summary."""
    lines = [_line(finding) for finding in findings]
    if lines:
        lines.append("")
    return "\n".join([*lines, *_summary(findings, files)])


def as_json(findings: Sequence[Finding], files: int) -> str:
    """Return `{"files": ..., "findings": [...]}`."""
    return json.dumps({"files": files, "findings": [finding.to_dict() for finding in findings]}, indent=1)


def _line(finding: Finding) -> str:
    check = "" if finding.sure else "check: "
    return f"{finding.path}:{finding.line}:{finding.column}: {finding.kind}: {check}{finding.what} -> {finding.instead}"


def _summary(findings: Sequence[Finding], files: int) -> list[str]:
    if not findings:
        return [f"Nothing to change in {_count(files, 'file')}."]
    sure = sum(finding.sure for finding in findings)
    touched = len({finding.path for finding in findings})
    kinds = Counter(finding.kind for finding in findings)
    lines = [
        f"{sure} to change and {len(findings) - sure} to check, in {touched} of {_count(files, 'file')}: "
        + ", ".join(f"{kind} {count}" for kind, count in kinds.most_common()),
        "What is reached without an import or an annotation is not seen: run a type checker and the tests afterwards.",
    ]
    if kinds["await"]:
        lines.append("Functions that now await are `async def`, and so are their callers, up to asyncio.run(main()).")
    return lines


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
