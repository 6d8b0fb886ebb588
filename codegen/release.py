"""What a change of the API means for a release: the next version, and what the changelog says.

Until a version is out, everything new goes into its entry, whose heading ends in ``(unreleased)``; its number grows
when what came since the last release asks for more. Before 1.0 a breaking change raises the minor version and any other
the patch version; from 1.0 on they raise the major and the minor version, and what is neither breaks nor adds, the
patch version.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TypeAlias

from .diff.changes import Change, Diff
from .diff.formats import code
from .errors import Refused

Version: TypeAlias = tuple[int, int, int]
_HEADING = re.compile(r"^## (\d+)\.(\d+)\.(\d+)( \(unreleased\))?.*$", re.MULTILINE)
_VERSION = re.compile(r'^(__version__ = )"(\d+)\.(\d+)\.(\d+)"$', re.MULTILINE)
#: More than these are counted: whoever wants them all has the diff.
_MOST_LISTED = 40


class ReleaseError(Refused):
    """The changelog or the version's module does not look as it has to."""


def current_version(module: str) -> Version:
    """The version that the text of ``_version.py`` states."""
    found = _VERSION.search(module)
    if not found:
        raise ReleaseError('there is no line __version__ = "x.y.z" in the version\'s module')
    return _numbers(found.groups()[1:])


def with_version(module: str, version: Version) -> str:
    """The text of ``_version.py`` with another version."""
    return _VERSION.sub(rf'\g<1>"{spelled(version)}"', module, count=1)


def next_version(current: Version, changelog: str, diff: Diff) -> Version:
    """The version that has these changes: at least the one that is in the making."""
    out = [_numbers(found.groups()[:3]) for found in _HEADING.finditer(changelog) if not found[4]]
    return max(current, _raised(max(out), diff)) if out else current


def with_entry(changelog: str, version: Version, lines: list[str]) -> str:
    """The changelog with lines at the end of the entry that is in the making, which is begun if there is none."""
    first = _HEADING.search(changelog)
    heading, text = f"## {spelled(version)} (unreleased)", "\n".join(lines)
    if first is None:
        return f"{changelog.rstrip()}\n\n{heading}\n\n{text}\n"
    before = changelog[: first.start()]
    if not first[4]:
        return f"{before}{heading}\n\n{text}\n\n{changelog[first.start() :]}"
    following = _HEADING.search(changelog, first.end())
    end = following.start() if following else len(changelog)
    entry = f"{heading}{changelog[first.end() : end].rstrip()}\n{text}\n"
    return before + (f"{entry}\n{changelog[end:]}" if following else entry)


def entry(diff: Diff, today: date) -> list[str]:
    """What changed, for the changelog: the counts, what breaks callers, the new methods."""
    counts = "; ".join(
        f"{subject}s " + ", ".join(f"{count} {action}" for action, count in sorted(actions.items()))
        for subject, actions in diff.counts().items()
    )
    lines = [f"- **API** as of {today.isoformat()}: {counts}.".replace("bodys", "bodies")]
    lines += _cut([f"- **API, breaking**: {_told(change)}" for change in diff.breaking])
    kept = [change for change in diff.changes if change.rule == "name kept"]
    lines += _cut([f"- **API**: {code(each.before)} is {code(each.after)} now; the old name stays" for each in kept])
    methods = [change for change in diff.changes if change.subject == "method" and change.action == "added"]
    return lines + _cut([f"- **API**: new method {code(change.place)}, {code(change.detail)}" for change in methods])


def spelled(version: Version) -> str:
    """A version as text."""
    return ".".join(map(str, version))


def _numbers(groups: tuple[str, ...]) -> Version:
    major, minor, patch = map(int, groups)
    return major, minor, patch


def _raised(version: Version, diff: Diff) -> Version:
    major, minor, patch = version
    adds = any(change.action == "added" for change in diff.changes)
    if diff.breaking:
        return (major + 1, 0, 0) if major else (0, minor + 1, 0)
    return (major, minor + 1, 0) if major and adds else (major, minor, patch + 1)


def _told(change: Change) -> str:
    detail = f": {code(change.detail)}" if change.detail else ""
    count = len(change.others)
    others = f" and in {count} other place{'' if count == 1 else 's'}" if count else ""
    return f"{change.subject} {change.action} {code(change.place)}{others}{detail}"


def _cut(lines: list[str]) -> list[str]:
    more = len(lines) - _MOST_LISTED
    return [*lines[:_MOST_LISTED], f"- ... and {more} more like these"] if more > 0 else lines
