"""The fault cases by wire and event loop, counted at the end of a run: which of them held."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

# The names of the cases, and which of their parts say what they went over.
_CASES = (
    re.compile(r"/test_wires\.py::\w+\[(?P<transport>\w+)-(?P<loop>\w+)-(?P<way>plain|tls|proxy)\b"),
    re.compile(r"/test_faults\.py::test_faults_with_all_settings\[(?P<loop>\w+)-"),
    re.compile(r"/test_faults\.py::test_a_post_is_\w+\[(?P<uvloop>\w+)-.*?-(?P<transport>(?:httpx-)?[a-z]+)\]"),
    re.compile(r"/test_http2\.py::\w+\[(?P<loop>asyncio|trio)\b"),
)


def place(name: str) -> str:
    """Return over what the test of a name went; nothing if it is no case."""
    for pattern in _CASES:
        if found := pattern.search(name):
            parts = found.groupdict()
            loop = parts.get("loop") or ("uvloop" if parts["uvloop"] == "True" else "asyncio")
            transport = parts.get("transport") or ("http/2" if "http2" in name else "httpx, 7 settings")
            return f"{transport:20} {loop:8} {parts.get('way') or ''}"
    return ""


def table(held: list[str], failed: list[str]) -> list[str]:
    """Return a line for each transport, event loop and way: how many of its cases held.

    Args:
        held: names of tests that passed, as pytest has them.
        failed: names of those that did not.
    """
    passed, missed = (Counter(filter(None, map(place, names))) for names in (held, failed))
    return [f"{name:38} {passed[name]:4} of {passed[name] + missed[name]}" for name in sorted(passed | missed)]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table, if there were such cases."""
    stats = terminalreporter.stats
    names = [[report.nodeid for report in stats.get(outcome, ())] for outcome in ("passed", "failed")]
    if lines := table(*names):
        terminalreporter.section("faults that held, by transport, event loop and way")
        for line in lines:
            terminalreporter.write_line(line)
