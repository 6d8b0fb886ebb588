"""The names of the package; in fresh interpreters, since laziness hides bugs."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

import vapi_async


def fresh(code: str) -> Any:
    """Run code in a new interpreter, and return the JSON that it prints."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def loaded(code: str) -> list[str]:
    return [str(name) for name in fresh(f"{code}\nimport sys, json; print(json.dumps(sorted(sys.modules)))")]


def test_every_name_can_be_had_each_way() -> None:
    code = """
import importlib, json, vapi_async
names = vapi_async.__all__
assert not set(names) - set(dir(vapi_async))
missing = [name for name in names if getattr(vapi_async, name, None) is None]
star = {}
exec("from vapi_async import *", star)
print(json.dumps([missing, sorted(set(names) - set(star)), len(names)]))
"""
    missing, unstarred, count = fresh(code)
    assert missing == unstarred == []
    assert count > 50


@pytest.mark.parametrize("name", ["AsyncVapi", "NotFoundError", "since", "Page", "UNSET", "models"])
def test_one_import_at_a_time(name: str) -> None:
    assert fresh(f"from vapi_async import {name}; print(repr({name} is not None).lower())") is True


def test_a_name_is_looked_up_once() -> None:
    assert fresh("import vapi_async, json; vapi_async.UNSET; print(json.dumps('UNSET' in vars(vapi_async)))") is True


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'vapi_async' has no attribute 'Nonsense'"):
        _ = vapi_async.Nonsense  # type: ignore[attr-defined]


def test_a_foreign_package_needs_no_resources_of_this_one() -> None:
    modules = loaded("from vapi_async.client import Client\nfrom vapi_async.errors import VapiError\nClient('t')")
    assert "vapi_async.api" not in modules
