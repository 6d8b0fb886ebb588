"""`Place`: something of both documents that is compared."""

from __future__ import annotations

from typing import Any

from attrs import evolve, frozen

from ..document import Json
from .changes import Change, Use


@frozen
class Place:
    """Something that is compared: what it is called, what it is, and where callers meet it."""

    label: str
    subject: str
    uses: frozenset[Use]

    def inside(self, step: str) -> Place:
        """A place within this one."""
        return evolve(self, label=f"{self.label}{step}")

    def change(self, rule: str, detail: str = "", before: Json = None, after: Json = None, **more: Any) -> Change:
        """A change here."""
        return Change(self.subject, rule, self.label, detail, self.uses, before, after, **more)
