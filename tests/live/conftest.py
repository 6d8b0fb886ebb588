from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.client.conftest import Runner, _environment, run
from tests.live.peer import LiveServer

__all__ = ["Runner", "_environment", "run"]


@pytest.fixture
def server() -> Iterator[LiveServer]:
    with LiveServer() as server:
        yield server
