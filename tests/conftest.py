"""The machine decides nothing here: not how busy it is, and not what its environment says."""

from __future__ import annotations

import gc
import logging
import os

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.tools.fault_matrix"]

CALM = [HealthCheck.too_slow]
settings.register_profile("unhurried", deadline=None, suppress_health_check=CALM)
# What `make test-all` runs: more examples wherever a test does not say how many.
settings.register_profile("thorough", deadline=None, suppress_health_check=CALM, max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "unhurried"))


def pytest_collection_finish() -> None:
    """Leave what was collected out of the garbage collector's rounds, which took half a second each time otherwise.

    All of it stays to the end anyway; many tests ask for a round, to see that nothing was left behind.
    """
    gc.collect()
    gc.freeze()


#: What httpx, ssl, the shell's tools and we read; httpx takes the names in both cases.
_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_LEAKING = (
    *_PROXIES,
    *map(str.upper, _PROXIES),
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SSLKEYLOGFILE",
    "NO_COLOR",
    "FORCE_COLOR",
    "PYTEST_ADDOPTS",
    "PYTHONDONTWRITEBYTECODE",  # with which each subprocess compiles all that it imports
)


@pytest.fixture(autouse=True, scope="session")
def _no_environment() -> None:
    """Take away what would leak in, for fixtures of every scope and for subprocesses too."""
    for name in [name for name in os.environ if name in _LEAKING or name.startswith(("VAPI_", "OTEL_"))]:
        del os.environ[name]


@pytest.fixture
def logging_as_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests set up, such as the documentation's advice to keep this logger at WARNING, does not count."""
    logger = logging.getLogger("httpx")
    for name, value in {"disabled": False, "propagate": True, "level": logging.NOTSET}.items():
        monkeypatch.setattr(logger, name, value)
    monkeypatch.setattr(logging.root.manager, "disable", 0)
    for each in (logger, logging.root):
        monkeypatch.setattr(each, "_cache", {})
