"""The backend's own tests, which are shipped with it for users to copy, run here as well."""

# ruff: noqa: F403 - the fixtures and tests of these modules are this module's
from __future__ import annotations

import ast
from pathlib import Path

import examples.fastapi_backend.tests as shipped
from examples.fastapi_backend.tests.conftest import *
from examples.fastapi_backend.tests.test_call import *
from examples.fastapi_backend.tests.test_command import *
from examples.fastapi_backend.tests.test_routes import *
from examples.fastapi_backend.tests.test_service import *
from examples.fastapi_backend.tests.test_settings import *
from examples.fastapi_backend.tests.test_webhooks import *
from tests.fresh import run


def test_every_shipped_test_is_here_once() -> None:
    names = [name for path in Path(shipped.__file__).parent.glob("test_*.py") for name in _tests(path)]
    assert len(names) > 40
    assert len(names) == len(set(names))
    assert set(names) <= globals().keys()


def _tests(path: Path) -> list[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        node.name
        for node in ast.parse(path.read_text()).body
        if isinstance(node, functions) and node.name.startswith("test_")
    ]


def test_it_serves_without_the_sandbox() -> None:
    loaded = run(
        "import sys, examples.fastapi_backend.__main__, examples.fastapi_backend.story\nresult = [*sys.modules]"
    )
    assert "examples.fastapi_backend.app" in loaded
    assert not [name for name in loaded if name.startswith("vapi_async.sandbox")]
