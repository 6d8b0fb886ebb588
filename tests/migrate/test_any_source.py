"""No source crashes the report: any text, any bytes, and code made of what the rules look at."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from tests.effort import examples
from vapi_async.migrate import Finding, scan, scan_file

NAMES = """vapi Vapi AsyncVapi client self calls create list get dict items None ... await async for in if else def
    class import from as with try except is lambda yield return x request_options= name= OMIT iter_pages 'a_b'"""
SYMBOLS = [*".,:=()[]{}*'\"\n", "**", ":\n ", "\n\t"]
WORDS = st.sampled_from(re.findall(r"\S+", NAMES) + SYMBOLS)
EXPRESSIONS = st.recursive(
    st.sampled_from(
        ["client", "self.client", "Vapi()", "AsyncVapi(token='t')", "x", "...", "None", "'vapi.Vapi'", "vapi"]
    ),
    lambda inner: st.one_of(
        st.builds("({}.{})".format, inner, st.sampled_from(["calls", "logs", "get", "list", "dict", "items"])),
        st.builds("({}({}, name={}))".format, inner, inner, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("({}[{}])".format, inner, inner),
        st.builds("({} is {})".format, inner, inner),
        st.builds("[x for x in {}]".format, inner),
        st.builds("{{'first_message': {}, **{}}}".format, inner, inner),
        st.builds("(x := {})".format, inner),
    ),
    max_leaves=12,
)
STATEMENTS = st.one_of(
    st.builds("{} = {}".format, st.sampled_from(["x", "client", "self.client", "x, client", "x[0]"]), EXPRESSIONS),
    st.builds("for x in {}: {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("with {} as client: {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("def f(client: {}) -> {}: return {}".format, EXPRESSIONS, EXPRESSIONS, EXPRESSIONS),
    st.builds("x: {} = {}".format, EXPRESSIONS, EXPRESSIONS),
    st.builds("try: {}\nexcept {}: ...".format, EXPRESSIONS, EXPRESSIONS),
    st.sampled_from(["import vapi", "from vapi import *", "from vapi import Vapi, Call as C", "import vapi.core as x"]),
)


def check(findings: list[Finding], lines: int) -> None:
    assert all(1 <= finding.line <= lines + 1 and finding.column >= 1 for finding in findings)
    assert findings == sorted(findings)


@settings(max_examples=examples(60, 1000), deadline=None)
@given(st.text())
def test_any_text(source: str) -> None:
    check(scan(source), len(source) + 1)


@settings(max_examples=examples(60, 1000), deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_words(source: str) -> None:
    check(scan(source), len(source) + 1)


@settings(max_examples=examples(60, 1000), deadline=None)
@given(st.lists(STATEMENTS, max_size=8))
def test_any_code(statements: list[str]) -> None:
    source = "\n".join(["from vapi import Vapi, AsyncVapi", *statements])
    findings = scan(source)
    check(findings, source.count("\n") + 1)
    assert findings


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "any.py"


@settings(max_examples=examples(40, 500), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary() | st.text().map(str.encode) | st.binary().map(lambda data: b"# coding: latin-1\n" + data))
def test_any_bytes(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    check(scan_file(path), len(content) + 1)
