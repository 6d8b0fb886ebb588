"""What editors show of methods: written down for twenty of them, so that a change of the generator shows in words."""

from __future__ import annotations

import inspect
from operator import attrgetter
from pathlib import Path

import pytest

from vapi_async import AsyncVapi

WRITTEN = Path(__file__).with_name("method_docs.txt").read_text(encoding="utf-8")
EXPECTED = dict(section.strip().split("\n\n", 1) for section in WRITTEN.split("## ")[1:])


def test_there_are_twenty() -> None:
    assert len(EXPECTED) == 20


@pytest.mark.parametrize("method", EXPECTED)
def test_what_is_shown_of_a_method(method: str) -> None:
    assert inspect.getdoc(attrgetter(method)(AsyncVapi("t"))).strip() == EXPECTED[method]  # type: ignore[union-attr]
