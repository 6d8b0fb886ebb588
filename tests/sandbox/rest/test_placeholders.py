"""Answers that are examples of their schemas: the journal marks them, the docs name them, and there are few."""

from __future__ import annotations

import re
from pathlib import Path

from tests.sandbox.asking import ask
from tests.sandbox.rest.test_operations import ISSUES, OWN, PROTOCOL
from tests.sandbox.walking import UNKNOWN, Walker
from vapi_async.sandbox import Sandbox
from vapi_async.sandbox.serving.app import PLACEHOLDER

DOCS = Path(__file__).parents[3] / "docs" / "testing.md"
MOST = 2


async def test_the_docs_name_them_all_and_no_other() -> None:
    async with Sandbox() as sandbox:
        walker = Walker(sandbox.http_client(), OWN)
        for operation in OWN.operations.values():
            if operation.key not in PROTOCOL | ISSUES:
                assert (await walker.ask(operation)).is_success
        marked = {each.operation for each in sandbox.requests if PLACEHOLDER in each.notes}
    text = DOCS.read_text(encoding="utf-8").partition("## What it does not do")[2]
    named = set(re.findall(r"`((?:GET|POST|PATCH|PUT|DELETE) /[^`]+)`", text))
    assert marked == named
    assert len(marked) <= MOST


async def test_what_is_stored_is_none() -> None:
    sandbox = Sandbox()
    await ask(sandbox, "POST", "/assistant", {"name": "A"})
    await ask(sandbox, "POST", "/eval/simulation/scenario/generate", {"assistantId": UNKNOWN})
    assert [PLACEHOLDER in each.notes for each in sandbox.requests] == [False, True]
