from __future__ import annotations

from tests.http.conftest import _environment

__all__ = ["_environment"]
