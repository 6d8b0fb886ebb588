"""How many examples hypothesis tries: few in `make test`, more in `make test-all`, which sets the profile."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


def examples(quick: int, thorough: int) -> int:
    """Return how many examples a test with a number of its own tries in this run."""
    return thorough if THOROUGH else quick
