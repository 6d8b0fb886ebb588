"""What the next runs come to, as a test says it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

Outcome = bool | Sequence[str]


class Outcomes:
    """The outcomes that were scripted; without any, all goes well."""

    def __init__(self) -> None:
        self._scripted: deque[Outcome] = deque()

    def script(self, *outcomes: Outcome) -> None:
        """Say what the next runs come to.

        Raises:
            ValueError: an outcome is neither a bool nor a list of texts.
        """
        for outcome in outcomes:
            texts = isinstance(outcome, list | tuple) and all(isinstance(each, str) for each in outcome)
            if not (isinstance(outcome, bool) or texts):
                raise ValueError(
                    f"script_runs: an outcome is True, False or, for an eval, a list of what the assistant says; "
                    f"got {outcome!r}"
                )
        self._scripted.extend(outcomes)

    def next(self) -> Outcome:
        """Return what the next run comes to."""
        return self._scripted.popleft() if self._scripted else True
