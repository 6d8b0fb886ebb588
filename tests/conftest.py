"""Hypothesis does not watch the clock here: how busy the machine is says nothing of the code."""

from __future__ import annotations

import logging

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


@pytest.fixture
def logging_as_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests set up, such as the documentation's advice to keep this logger at WARNING, does not count."""
    logger = logging.getLogger("httpx")
    for name, value in {"disabled": False, "propagate": True, "level": logging.NOTSET}.items():
        monkeypatch.setattr(logger, name, value)
    monkeypatch.setattr(logging.root.manager, "disable", 0)
    for each in (logger, logging.root):
        monkeypatch.setattr(each, "_cache", {})
