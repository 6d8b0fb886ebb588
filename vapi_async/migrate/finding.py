"""`Finding`: one thing to change, or to look at."""

from __future__ import annotations

from typing import Any

from attrs import asdict, frozen


@frozen(order=True)
class Finding:
    """One place in the code.

    Attributes:
        path: the file.
        line: from 1.
        column: from 1, in characters.
        kind: what it is about, in one word, such as `import`.
        what: what stands there.
        instead: what to write.
        sure: False where the code has to be looked at, since it may mean something else.
    """

    path: str
    line: int
    column: int
    kind: str
    what: str
    instead: str
    sure: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)
