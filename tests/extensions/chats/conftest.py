from __future__ import annotations

from tests.http.conftest import _environment, run

__all__ = ["_environment", "run"]
