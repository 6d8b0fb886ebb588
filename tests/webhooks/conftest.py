from __future__ import annotations

from tests.client.conftest import Runner, run

__all__ = ["Runner", "run"]
