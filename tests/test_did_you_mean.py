"""A wrong name is compared with the known ones by its letters and digits."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import vapi_async
from vapi_async._did_you_mean import close_matches, did_you_mean, folded

NAMES = ("assistant_id", "phone_number_id", "customer", "customers")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("assistantId", ["assistant_id"]),
        ("ASSISTANT-ID", ["assistant_id"]),
        ("assistent_id", ["assistant_id"]),
        ("phone_number", ["phone_number_id"]),
        ("costumer", ["customer"]),
        ("voice", []),
        ("", []),
        ("--", []),
    ],
)
def test_the_closest(name: str, expected: list[str]) -> None:
    assert close_matches(name, NAMES) == expected


def test_several_and_how_like() -> None:
    assert close_matches("customer", NAMES, count=2) == ["customer", "customers"]
    assert close_matches("costumer", NAMES, cutoff=0.95) == []


def test_in_words() -> None:
    assert did_you_mean("costumer", NAMES) == "did you mean 'customer'?"
    assert did_you_mean("customer", NAMES, count=2) == "did you mean 'customer' or 'customers'?"
    assert did_you_mean("voice", NAMES) == ""


def test_of_two_alike_the_last_one_counts() -> None:
    assert close_matches("AB", ["a_b", "a-b"]) == ["a-b"]


@pytest.mark.parametrize(("name", "expected"), [("status-update", "statusupdate"), ("É_1 x", "é1x"), ("{}", "")])
def test_folded(name: str, expected: str) -> None:
    assert folded(name) == expected


def test_nobody_else_compares_names() -> None:
    package = Path(vapi_async.__file__).parent
    users = {
        str(path.relative_to(package))
        for path in package.rglob("*.py")
        if path.parts[-2] not in ("models", "api")
        for node in ast.walk(ast.parse(path.read_bytes()))
        if isinstance(node, ast.ImportFrom) and node.module == "difflib"
    }
    assert users == {"_did_you_mean.py"}
