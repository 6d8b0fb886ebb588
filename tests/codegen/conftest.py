"""`make`: generate a mini document and import what comes out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.codegen.mini import Generated, build, document

Make = Callable[..., Generated]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    """Generate the schemas and paths of a mini document into a package, importable for the length of the test."""
    monkeypatch.syspath_prepend(str(tmp_path))
    made: list[str] = []

    def make(schemas: Any = None, paths: Any = None, *, components: Any = None, **options: Any) -> Generated:
        generated = build(document(schemas, paths, **(components or {})), tmp_path, **options)
        made.append(generated.name)
        return generated

    yield make
    for module in [module for module in sys.modules if module.split(".")[0] in made]:
        del sys.modules[module]
