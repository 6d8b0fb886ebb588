from __future__ import annotations

from tests.http.conftest import Runner, run

__all__ = ["Runner", "run"]
