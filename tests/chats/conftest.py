from __future__ import annotations

from tests.client.conftest import _environment, run

__all__ = ["_environment", "run"]
