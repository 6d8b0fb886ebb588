"""A `Diff` for people, as text or Markdown, and for programs, as JSON.

For people, changes stand below the resource that they touch, those of schemas that several resources share in a
section of their own; what happened in the same way to a field of many schemas is one line. Whatever comes from a
document is made harmless for where it is shown: no control characters on a terminal, no markup in Markdown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from attrs import frozen

from ..report import printable
from .changes import Change, Diff, Level
from .shapes import short
from .surface import NOWHERE, WEBHOOKS

FORMATS = ("text", "markdown", "json")
SHARED = "shared by several resources"
_LAST = (WEBHOOKS, SHARED, NOWHERE)
_NAMED_PLACES = 3
_SIGNS = {"added": "+", "removed": "-", "deprecated": "~", "renamed": "~", "changed": "~"}
_LEVELS = {Level.BREAKING: "breaking", Level.WARNING: "to look at", Level.INFO: "for information"}
_COLOURS = {Level.BREAKING: "\033[31m", Level.WARNING: "\033[33m"}
_ADDED, _PLAIN, _BOLD = "\033[32m", "\033[0m", "\033[1m"

_CONSTANT = re.compile(r'(?:required, )?(?:string \| )?"(?:[^"\\]|\\.)*"')

Sections: TypeAlias = dict[str, list["Line"]]


@frozen
class Line:
    """Changes that are told in one line: what happened, in these places."""

    change: Change
    places: tuple[str, ...]
    details: frozenset[str]

    @property
    def what(self) -> str:
        """What was added, removed and so on."""
        amount = f"{self.change.amount} " if self.change.amount > 1 else ""
        plural = "s" if amount else ""
        return f"{amount}{self.change.subject}{plural} {self.change.action}"

    @property
    def where(self) -> str:
        """The first places, and how many more there are."""
        named = ", ".join(self.places[:_NAMED_PLACES])
        more = len(self.places) - _NAMED_PLACES
        return f"{named} and {more} more" if more > 0 else named

    @property
    def detail(self) -> str:
        """What exactly happened."""
        return self.change.detail if len(self.details) == 1 else "a constant each"


def render(diff: Diff, old: str, new: str, kind: str, *, colour: bool = False) -> str:
    """A diff as text.

    Args:
        diff: The differences.
        old: What the old document is called.
        new: What the new document is called.
        kind: One of `FORMATS`.
        colour: Whether the text is for a terminal that shows colours.
    """
    if kind == "json":
        return as_json(diff, old, new)
    return as_markdown(diff, old, new) if kind == "markdown" else as_text(diff, old, new, colour=colour)


def as_json(diff: Diff, old: str, new: str) -> str:
    """Everything that is known of every change."""
    report = {
        "old": old,
        "new": new,
        "breaking": bool(diff.breaking),
        "sizes": {name: {"old": before, "new": after} for name, (before, after) in diff.sizes.items()},
        "levels": {level.name.lower(): count for level, count in diff.levels().items()},
        "counts": diff.counts(),
        "changes": [
            {
                "level": change.level.name.lower(),
                "breaking": change.level is Level.BREAKING,
                "subject": change.subject,
                "action": change.action,
                "rule": change.rule,
                "place": change.place,
                "places": change.places,
                "detail": change.detail,
                "resources": change.resources,
                "directions": change.directions,
                "before": change.before,
                "after": change.after,
            }
            for change in diff.changes
        ],
    }
    return json.dumps(report, indent=1)


def as_text(diff: Diff, old: str, new: str, *, colour: bool = False) -> str:
    """For a terminal: the counts, then a line a change, marked ``!`` where it breaks callers and ``?`` to look at."""

    def paint(text: str, code: str) -> str:
        return f"{code}{text}{_PLAIN}" if colour and code else text

    lines = [f"{printable(old)} -> {printable(new)}", *_summary(diff)]
    for title, section in sections(diff).items():
        lines += ["", paint(printable(title), _BOLD)]
        for line in section:
            level = line.change.level
            mark = {Level.BREAKING: "!", Level.WARNING: "?"}.get(level, _SIGNS[line.change.action])
            code = _COLOURS.get(level, _ADDED if mark == "+" else "")
            lines.append(paint(f"  {mark} {printable(_sentence(line, title))}", code))
    return "\n".join(lines)


def as_markdown(diff: Diff, old: str, new: str) -> str:
    """For a pull request: the same as a list, what breaks callers in bold."""
    lines = [f"## {code(old)} → {code(new)}", "", *(f"- {line}" for line in _summary(diff))]
    for title, section in sections(diff).items():
        lines += ["", f"### {code(title) if title.isidentifier() else printable(title)}", ""]
        for line in section:
            flag = {Level.BREAKING: "**breaking:** ", Level.WARNING: "*look:* "}.get(line.change.level, "")
            detail = f": {code(line.detail)}" if line.detail else ""
            lines.append(f"- {flag}{line.what} {code(line.where)}{detail}{_touches(line, title)}")
    return "\n".join(lines)


def sections(diff: Diff) -> Sections:
    """The lines by resource, then those that several resources share; in each, what breaks callers comes first."""
    found: Sections = {}
    for line in _lines(diff):
        resources = line.change.resources
        found.setdefault(resources[0] if len(resources) == 1 else SHARED, []).append(line)
    for section in found.values():
        section.sort(key=lambda line: (-line.change.level, line.change.subject != "method", line.places))
    order = {title: rank for rank, title in enumerate(_LAST)}
    return {title: found[title] for title in sorted(found, key=lambda title: (order.get(title, -1), title))}


def _lines(diff: Diff) -> Iterator[Line]:
    """The changes, those of a field that several schemas have in the same way made one."""
    same: dict[object, list[Change]] = {}
    for change in diff.changes:
        leaf = change.place.partition(".")[2] if change.subject in ("field", "value", "variant") else change.place
        detail = "" if change.action == "added" and _CONSTANT.fullmatch(change.detail) else change.detail
        key = (change.level, change.subject, change.rule, leaf, detail, change.resources)
        same.setdefault(key, []).append(change)
    for changes in same.values():
        places = sorted({place for change in changes for place in change.places})
        yield Line(changes[0], tuple(places), frozenset(change.detail for change in changes))


def _summary(diff: Diff) -> list[str]:
    sizes = [f"{name} {old} -> {new}" for name, (old, new) in diff.sizes.items()]
    if not diff.changes:
        return [", ".join(sizes), "no changes that callers meet"]
    levels = [f"{count} {_LEVELS[level]}" for level, count in diff.levels().items()]
    counts = [
        f"{_plural(subject)}: " + ", ".join(f"{count} {action}" for action, count in sorted(actions.items()))
        for subject, actions in diff.counts().items()
    ]
    return [", ".join(sizes), ", ".join(levels), *counts]


def _plural(subject: str) -> str:
    return "bodies" if subject == "body" else f"{subject}s"


def _sentence(line: Line, title: str) -> str:
    detail = f": {line.detail}" if line.detail else ""
    return f"{line.what} {line.where}{detail}{_touches(line, title)}"


def _touches(line: Line, title: str) -> str:
    return f" ({short(list(line.change.resources), ', ')})" if title == SHARED else ""


def code(text: str) -> str:
    """Text as code in Markdown, where nothing in it means anything."""
    return "`" + printable(text).replace("`", "'") + "`"
