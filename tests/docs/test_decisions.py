"""The table of what is sent again, in docs/errors.md, against `retry.decide`."""

from __future__ import annotations

import re

import pytest

from tests.docs.blocks import ROOT
from vapi_async._http.retry import LOST, UNSENT, Outcome, RetryPolicy, Safety, decide, may_have_happened, reads_only

PAGE = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
OUTCOMES: dict[str, list[Outcome]] = {
    "no connection": [UNSENT],
    "no connection became free": [UNSENT],
    "timeout while sending or waiting for the answer": [LOST],
    "connection lost": [LOST],
    "3xx": list(range(300, 400)),
    "any other 4xx": [status for status in range(400, 500) if status not in (408, 429)],
    "any other 5xx": [status for status in range(500, 600) if status not in (500, 502, 503, 504)],
    **{str(status): [status] for status in (408, 429, 500, 502, 503, 504)},
}
REQUESTS: list[list[tuple[str, Safety | None, bool]]] = [
    [("GET", None, False), ("POST", "repeatable", False)],
    [("PUT", None, False), ("PATCH", None, False), ("DELETE", None, False)],
    [("POST", None, False), ("PATCH", "unsafe", False), ("DELETE", "unsafe", False)],
    [("POST", None, True), ("PATCH", "unsafe", True)],
]


def _rows() -> list[list[str]]:
    table = PAGE.partition("<!-- decisions -->")[2].strip().partition("\n\n")[0]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]


def test_the_table_has_a_row_for_every_outcome() -> None:
    assert {row[0] for row in _rows()} == set(OUTCOMES)
    statuses = [status for row in _rows() for status in OUTCOMES[row[0]] if isinstance(status, int)]
    assert sorted(statuses) == list(range(300, 600))


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0])
def test_a_row_says_what_is_decided(row: list[str]) -> None:
    assert len(row) == 1 + len(REQUESTS)
    for cell, requests in zip(row[1:], REQUESTS, strict=True):
        for outcome in OUTCOMES[row[0]]:
            for method, safety, always in requests:
                assert _said(method, safety, outcome, always=always) == cell, (method, safety, outcome)


def _said(method: str, safety: Safety | None, outcome: Outcome, *, always: bool) -> str:
    policy = RetryPolicy(retry_unsafe=always)
    waits = [decide(method, outcome, attempt, {}, 0.0, policy=policy, safety=safety) for attempt in (1, 2, 3)]
    assert waits[2] is None, "2 retries are the default"
    if waits[0] is not None:
        assert waits[1] is not None
        return "again"
    unknown = may_have_happened(outcome) and not reads_only(method, safety)
    return "raised, unknown" if unknown else "raised"


def test_the_figures_in_the_text_are_the_defaults() -> None:
    policy = RetryPolicy()
    text = " ".join(PAGE.split())
    assert f"`max_retries` times, {policy.max_retries} by default" in text
    assert f"more than `max_retry_after`, {policy.max_retry_after:g} seconds" in text
    first, largest = policy.backoff
    assert f"which is {first:g} seconds at first and doubles with each attempt, up to {largest:g}" in text


def test_every_error_is_named() -> None:
    import vapi_async

    names = [name for name in vapi_async.__all__ if isinstance(getattr(vapi_async, name), type)]
    errors = {name for name in names if issubclass(getattr(vapi_async, name), vapi_async.VapiError)}
    missing = errors - set(re.findall(r"\w+", PAGE)) - {"RequestError"}
    assert not missing
