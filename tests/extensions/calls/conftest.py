from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.extensions.calls.peer import LiveServer
from tests.http.conftest import Runner, _environment, run

__all__ = ["Runner", "_environment", "run"]


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer() as server:
        yield server
