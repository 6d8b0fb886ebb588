"""Tries mutants: a pytest process that has collected its tests runs them again and again, in forks of itself.

The first fork runs each test once and notes which lines of the files it runs. A mutant of a function is tried in a fork
that gives the functions of the module the mutant's code; one of the module's own code needs another process, in which
the module is imported from the mutant (`imported_mutant`).
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import pickle
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

import pytest

from tests.tools.code_changes import Mutant
from tests.tools.forks import outcomes
from tests.tools.imported_mutant import OPTIONS, VARIABLE, quieten_hypothesis

ROOT = Path(__file__).parents[2]
_Line = tuple[str, int]
_Key = tuple[str, int]  # of a function: its name, with those around it, and its line


class Trial:
    """The mutants of one file.

    Args:
        file: the path in the project.
        mutants: those that are to be tried.
        known: how many are known to change nothing.

    Attributes:
        survived: how many no test noticed.
    """

    def __init__(self, file: str, mutants: Sequence[Mutant], known: int) -> None:
        self.file = file
        self.path = str(ROOT / file)
        self.mutants = mutants
        self.known = known
        self.survived = 0
        self.module = file.removesuffix(".py").replace("/", ".").removesuffix(".__init__")

    def row(self) -> str:
        """Return the figures as a row of a table."""
        count = len(self.mutants)
        return f"| {self.file} | {count + self.known} | {count - self.survived} | {self.known} | {self.survived} |"


def try_all(trials: Sequence[Trial], tests: list[str], longest: float, workers: int) -> None:
    """Try the mutants of all files, and print which survive."""
    with tempfile.TemporaryDirectory() as folder:
        runner = _Runner(trials, longest, workers, Path(folder))
        code = pytest.main([*OPTIONS, *tests], plugins=[runner])
    if code:
        raise SystemExit(f"pytest came to a bad end: {code!r}")


class _Notes:
    """What is known of each test, by its id: the lines it runs, its seconds, and which tests fail without a mutant."""

    def __init__(self) -> None:
        self.lines: dict[str, set[_Line]] = {}
        self.seconds: dict[str, float] = {}
        self.failed: list[str] = []
        self.modules: list[str] = []


class _Runner:
    """The plugin of pytest that runs mutants in place of tests."""

    def __init__(self, trials: Sequence[Trial], longest: float, workers: int, folder: Path) -> None:
        self._trials = trials
        self._longest = longest
        self._workers = workers
        self._folder = folder
        self._items: list[pytest.Item] = []
        self._notes = _Notes()
        self._functions: dict[str, dict[_Key, list[FunctionType]]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        quieten_hypothesis()

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise pytest.UsageError("tests cannot be collected")
        self._prepare(session)
        for (trial, mutant), code in outcomes(self._jobs(session), self._workers):
            if code == 0:
                trial.survived += 1
                print(f"survived  {trial.file}:{mutant.lines.start}  {mutant.name}", flush=True)
        return True

    def _prepare(self, session: pytest.Session) -> None:
        """Learn which test runs what, and import what tests import as they run."""
        for trial in self._trials:
            importlib.import_module(trial.module)
        notes = self._folder / "notes"
        files = {trial.path for trial in self._trials}
        outcome = list(outcomes([(None, lambda: _take_notes(session, files, notes), 3600.0)], 1))
        if outcome != [(None, 0)]:
            raise pytest.UsageError(f"the tests end the process: {outcome}")
        self._notes = pickle.loads(notes.read_bytes())
        for name in self._notes.modules:
            with suppress(Exception):  # made by a test, and gone
                importlib.import_module(name)
        for name in self._notes.failed:
            print(f"left out, it fails without a mutant: {name}", flush=True)
        seconds = self._notes.seconds
        fit = [item for item in session.items if self._fits(item.nodeid)]
        self._items = sorted(fit, key=lambda item: seconds[item.nodeid])
        print(
            f"{len(fit)} of {len(session.items)} tests, {sum(seconds[item.nodeid] for item in fit):.0f} s", flush=True
        )
        self._functions = {trial.path: _functions(trial.path) for trial in self._trials}
        gc.freeze()  # what is frozen, `gc.get_objects` does not find

    def _fits(self, test: str) -> bool:
        return test not in self._notes.failed and self._notes.seconds[test] <= self._longest

    def _jobs(self, session: pytest.Session) -> Iterator[tuple[tuple[Trial, Mutant], Callable[[], int], float]]:
        for trial in self._trials:
            functions = self._functions[trial.path]
            for mutant in trial.mutants:
                tests = self._chosen(trial, mutant)
                limit = 24 + 10 * sum(self._notes.seconds[item.nodeid] for item in tests)
                code = compile(mutant.tree, trial.path, "exec", dont_inherit=True)
                if not tests:
                    work: Callable[[], int] = _pass
                elif mutant.in_function and _fit(code, functions):
                    work = _Patched(session, code, functions, tests)
                else:
                    work = _Imported(self._folder, trial, mutant, tests)
                yield (trial, mutant), work, limit

    def _chosen(self, trial: Trial, mutant: Mutant) -> list[pytest.Item]:
        """Return the tests that run what was changed; of what happens at import, those that run anything of the file."""
        lines = self._notes.lines
        if mutant.in_function:
            changed = {(trial.path, line) for line in mutant.lines}
            return [item for item in self._items if changed & lines[item.nodeid]]
        touching = [item for item in self._items if any(file == trial.path for file, _ in lines[item.nodeid])]
        return touching or self._items


def _pass() -> int:
    return 0


class _Patched:
    """Runs tests with other code in the functions of a module."""

    def __init__(
        self,
        session: pytest.Session,
        code: CodeType,
        functions: dict[_Key, list[FunctionType]],
        tests: Sequence[pytest.Item],
    ) -> None:
        self._session = session
        self._code = code
        self._functions = functions
        self._tests = tests

    def __call__(self) -> int:
        for code in _codes(self._code):
            for function in self._functions.get(_key(code), ()):
                function.__code__ = code
        for item, following in pairwise([*self._tests, None]):
            assert item is not None
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._session.testsfailed:
                return 1
        return 0


class _Imported:
    """Runs tests in a process that imports a module from its mutant."""

    def __init__(self, folder: Path, trial: Trial, mutant: Mutant, tests: Sequence[pytest.Item]) -> None:
        self._folder = folder
        self._trial = trial
        self._mutant = mutant
        self._tests = tests

    def __call__(self) -> int:
        names = [item.nodeid for item in self._tests]
        told = self._folder / str(os.getpid())
        told.write_bytes(pickle.dumps((self._trial.module, ast.unparse(self._mutant.tree), names)))
        files = sorted({name.partition("::")[0] for name in names})
        command = [sys.executable, "-m", "pytest", "-p", "tests.tools.imported_mutant", *OPTIONS, *files]
        os.execve(sys.executable, command, {**os.environ, VARIABLE: str(told)})


def _key(code: CodeType) -> _Key:
    return code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions(path: str) -> dict[_Key, list[FunctionType]]:
    """Return the functions of a file that exist in memory, wherever they are kept."""
    found: dict[_Key, list[FunctionType]] = {}
    for value in gc.get_objects():
        if isinstance(value, FunctionType) and value.__code__.co_filename == path:
            found.setdefault(_key(value.__code__), []).append(value)
    return found


def _fit(code: CodeType, functions: dict[_Key, list[FunctionType]]) -> bool:
    """Return whether all functions can take over their new code, which must name as much from outside as the old."""
    return all(
        len(new.co_freevars) == len(function.__code__.co_freevars)
        for new in _codes(code)
        for function in functions.get(_key(new), ())
    )


def _take_notes(session: pytest.Session, files: set[str], path: Path) -> int:
    notes, before = _Notes(), set(sys.modules)
    for item, following in pairwise([*session.items, None]):
        assert item is not None
        notes.lines[item.nodeid] = set()
        failed, began = session.testsfailed, time.perf_counter()
        _trace(files, notes.lines[item.nodeid])
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        _trace((), set())
        notes.seconds[item.nodeid] = time.perf_counter() - began
        if session.testsfailed > failed:
            notes.failed.append(item.nodeid)
    new = [name for name in sys.modules if name not in before]
    notes.modules = [name for name in new if name.partition(".")[0] not in ("tests", "__main__")]
    path.write_bytes(pickle.dumps(notes))
    return 0


def _trace(files: Iterable[str], lines: set[_Line]) -> None:
    """Note from now on which lines of the files run."""

    def note(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            lines.add((frame.f_code.co_filename, frame.f_lineno))
        return note

    def enter(frame: FrameType, _: str, __: Any) -> Any:
        return note if frame.f_code.co_filename in files else None

    sys.settrace(enter if files else None)
    threading.settrace(enter if files else None)  # type: ignore[arg-type]
