"""A plugin of pytest: one module of the project is imported from a mutant, and the tests that are named run."""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

import pytest

VARIABLE = "MUTANT_TRIAL"
"""Names the file with the module's name, its source, and the ids of the tests in their order."""
OPTIONS = ("-qq", "-x", "-p", "no:cacheprovider", "-m", "not slow", "--capture=sys", "--no-header")


def quieten_hypothesis() -> None:
    """Have the same examples each time, keep none, and do not look for smaller ones."""
    from hypothesis import Phase, settings

    phases = (Phase.explicit, Phase.generate)
    settings.register_profile("trial", settings.default, derandomize=True, database=None, phases=phases)
    settings.load_profile("trial")


class _Loader(SourceFileLoader):
    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(MetaPathFinder):
    def __init__(self, name: str, source: str) -> None:
        self._name = name
        self._source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        spec.loader = _Loader(fullname, spec.origin, self._source)
        return spec


class _Chosen:
    """Runs the tests of some ids, in their order."""

    def __init__(self, names: Sequence[str]) -> None:
        self._order = {name: number for number, name in enumerate(names)}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        quieten_hypothesis()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted(
            (item for item in items if item.nodeid in self._order), key=lambda item: self._order[item.nodeid]
        )


def pytest_configure(config: pytest.Config) -> None:
    """Have pytest run the tests that are named."""
    config.pluginmanager.register(_Chosen(_TESTS))


_TESTS: Sequence[str] = ()
if VARIABLE in os.environ:  # before anything imports the module
    _MODULE, _SOURCE, _TESTS = pickle.loads(Path(os.environ[VARIABLE]).read_bytes())
    sys.meta_path.insert(0, _Finder(_MODULE, _SOURCE))
