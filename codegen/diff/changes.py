"""What can change between two documents, and whom it breaks.

A change is judged by where the callers of the old document meet it: in what they send (requests: parameters, bodies),
in what they get (answers, webhooks), or in both, where the worse of the two counts. Breaking: code that was right
may fail. Warning: it goes on working, but somebody should look. Everything else is for information.

==========================================  ==========  ==========
change                                      requests    answers
==========================================  ==========  ==========
required field or parameter added           breaking    --
optional field or parameter added           --          --
field, parameter, body or answer removed    breaking    breaking
field or parameter renamed                  breaking    breaking
becomes required                            breaking    --
becomes optional                            --          warning
becomes nullable                            --          warning
no longer nullable                          breaking    --
type: another one                           breaking    breaking
type: more than before, all of it           --          warning
type: part of what was before               breaking    --
variant or enum value added                 --          --
variant or enum value removed               breaking    --
any value instead of an enum                --          --
an enum instead of any value                breaking    --
limit (length, size, pattern …) tighter     breaking    --
limit looser                                --          --
pattern another one                         warning     --
no fields but the declared ones             breaking    --
further fields                              --          --
encoding (JSON, form) another one           breaking    breaking
way in which a list is sent another one     breaking    --
default added, removed, changed             warning     --
deprecated                                  warning     warning
becomes read-only                           breaking    --
becomes write-only                          --          breaking
no longer read-only, write-only, deprecated --          --
==========================================  ==========  ==========

Of methods and classes: one added breaks nobody, one removed or renamed is breaking, since a caller's line fails. So is
a name of a type gone, since an import fails; where it stays beside a better one, that is for information. A path
parameter renamed and an operation that moved to another path under its old name are warnings. Another server, or
another way to authorize where the old one is gone, is breaking. A required field with a default is breaking as well:
code that makes the object without it fails. Where a document refers to a schema that it lacks, nothing is known, so
that whatever stands there in the other one is no change. What neither an operation nor a message leads to breaks
nobody: there a removal or a new name is a warning, and everything else for information.

What decoding tolerates is not breaking: new enum values, variants and fields decode in every version of the client.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from enum import IntEnum
from typing import Any

from attrs import evolve, frozen

REQUEST = "request"
RESPONSE = "response"
UNUSED = "unused"


class Level(IntEnum):
    """How much a change matters to callers."""

    INFO = 0
    WARNING = 1
    BREAKING = 2


_NO, _LOOK, _BREAKS = Level.INFO, Level.WARNING, Level.BREAKING

#: Rule → action for people, level in requests, level in answers.
RULES: dict[str, tuple[str, Level, Level]] = {
    "added": ("added", _NO, _NO),
    "added, required": ("added", _BREAKS, _NO),
    "removed": ("removed", _BREAKS, _BREAKS),
    "renamed": ("renamed", _BREAKS, _BREAKS),
    "path parameter renamed": ("renamed", _LOOK, _LOOK),
    "becomes required": ("changed", _BREAKS, _NO),
    "becomes optional": ("changed", _NO, _LOOK),
    "becomes nullable": ("changed", _NO, _LOOK),
    "no longer nullable": ("changed", _BREAKS, _NO),
    "another type": ("changed", _BREAKS, _BREAKS),
    "wider type": ("changed", _NO, _LOOK),
    "narrower type": ("changed", _BREAKS, _NO),
    "variants added": ("added", _NO, _NO),
    "variants removed": ("removed", _BREAKS, _NO),
    "values added": ("added", _NO, _NO),
    "values removed": ("removed", _BREAKS, _NO),
    "any value": ("changed", _NO, _NO),
    "only these values": ("changed", _BREAKS, _NO),
    "tighter": ("changed", _BREAKS, _NO),
    "looser": ("changed", _NO, _NO),
    "another pattern": ("changed", _LOOK, _NO),
    "only these fields": ("changed", _BREAKS, _NO),
    "further fields": ("changed", _NO, _NO),
    "another encoding": ("changed", _BREAKS, _BREAKS),
    "sent otherwise": ("changed", _BREAKS, _NO),
    "another server": ("changed", _BREAKS, _BREAKS),
    "more servers": ("added", _NO, _NO),
    "another authorization": ("changed", _BREAKS, _BREAKS),
    "more ways to authorize": ("added", _NO, _NO),
    "default": ("changed", _LOOK, _NO),
    "deprecated": ("deprecated", _LOOK, _LOOK),
    "no longer deprecated": ("changed", _NO, _NO),
    "becomes read-only": ("changed", _BREAKS, _NO),
    "becomes write-only": ("changed", _NO, _BREAKS),
    "no longer read-only": ("changed", _NO, _NO),
    "no longer write-only": ("changed", _NO, _NO),
    "moved": ("changed", _LOOK, _LOOK),
    "not any more": ("removed", _NO, _NO),
    "name gone": ("removed", _BREAKS, _BREAKS),
    "name kept": ("renamed", _NO, _NO),
}


@frozen(order=True)
class Use:
    """One way in which callers meet something: the resource, and whether they send it, get it or never see it."""

    resource: str
    direction: str


@frozen
class Change:
    """One difference between two documents.

    Args:
        subject: One of `SUBJECTS`.
        rule: What happened; a key of `RULES`.
        place: Where, such as ``calls.list`` or ``Call.status``.
        detail: What happened, as a clause for people; may be empty.
        uses: Where callers meet it.
        before: The old value, as JSON; None where there was none.
        after: The new value.
        origin: Equal for changes that are one, seen in several places.
        others: The further places where it is seen.
    """

    subject: str
    rule: str
    place: str
    detail: str
    uses: frozenset[Use]
    before: Any = None
    after: Any = None
    origin: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @property
    def places(self) -> tuple[str, ...]:
        """All of its places."""
        return (self.place, *self.others)

    @property
    def action(self) -> str:
        """Added, removed, renamed, changed or deprecated."""
        return RULES[self.rule][0]

    @property
    def level(self) -> Level:
        """How much it matters, at worst."""
        _, request, response = RULES[self.rule]
        is_import = self.subject in ("model", "name")
        unused = Level.WARNING if min(request, response) is Level.BREAKING and is_import else Level.INFO
        levels = {REQUEST: request, RESPONSE: response, UNUSED: unused}
        return max(levels[use.direction] for use in self.uses)

    @property
    def resources(self) -> tuple[str, ...]:
        """The resources that it touches, sorted."""
        return tuple(sorted({use.resource for use in self.uses}))

    @property
    def directions(self) -> tuple[str, ...]:
        """Request, response or both; unused where nobody meets it."""
        return tuple(sorted({use.direction for use in self.uses}))

    @property
    def amount(self) -> int:
        """How many things it is about: an enum can lose several values at once."""
        side = self.before or self.after
        return len(side) if self.subject in ("variant", "value") and isinstance(side, list) else 1


@frozen
class Diff:
    """All differences between two documents.

    Args:
        changes: Sorted by place.
        sizes: What was counted in both documents: name → (old, new).
    """

    changes: tuple[Change, ...]
    sizes: dict[str, tuple[int, int]]

    @property
    def breaking(self) -> tuple[Change, ...]:
        """The changes that break callers."""
        return tuple(change for change in self.changes if change.level is Level.BREAKING)

    def levels(self) -> dict[Level, int]:
        """How many changes there are of each level, the worst first."""
        counts = Counter(change.level for change in self.changes)
        return {level: counts[level] for level in sorted(Level, reverse=True)}

    def counts(self) -> dict[str, dict[str, int]]:
        """How many things of each subject were added, removed and so on: ``{"field": {"added": 12}}``."""
        counts: dict[str, dict[str, int]] = {}
        for change in self.changes:
            actions = counts.setdefault(change.subject, {})
            actions[change.action] = actions.get(change.action, 0) + change.amount
        return {subject: counts[subject] for subject in SUBJECTS if subject in counts}


SUBJECTS = (
    *("server", "authorization", "method", "parameter", "body", "answer", "field", "variant", "value", "model", "name"),
)


def merged(changes: Iterable[Change]) -> list[Change]:
    """Changes sorted by place, those of one origin made one."""
    found: dict[tuple[Any, ...], list[Change]] = {}
    for change in changes:
        same = (change.origin, change.subject, change.rule, change.detail) if change.origin else (id(change),)
        found.setdefault(same, []).append(change)
    return sorted(map(_one, found.values()), key=_order)


def _order(change: Change) -> tuple[str, int, str, str]:
    return change.place, SUBJECTS.index(change.subject), change.rule, change.detail


def _one(same: list[Change]) -> Change:
    first, *rest = sorted(same, key=lambda change: (len(change.place), change.place))
    if not rest:
        return first
    uses = frozenset(use for change in same for use in change.uses)
    return evolve(first, uses=uses, others=tuple(change.place for change in rest))
