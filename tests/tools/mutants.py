"""`python -m tests.tools.mutants FILE TEST ...`: change one thing at a time, and see if tests notice.

Each change (a mutant) is tried in a copy of the project; with the tests named last it survives if they pass all the
same. What is known to be equivalent, so that no test can notice, stands in `equivalent_mutants.txt` with a reason.

Args:
    FILE: the file to change, as a path in the project.
    TEST: files or folders of tests that should notice.
"""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from queue import Queue
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")
WORKERS = 2
_COPIED = ("vapi_async", "codegen", "tests", "examples", "docs", "pyproject.toml", "openapi.json", "README.md")

_SWAPS: dict[type[ast.AST], Callable[[], ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.And: ast.Or, ast.Or: ast.And,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip


class Mutant(NamedTuple):
    """A file with one thing changed.

    Attributes:
        name: what was changed: `line: was -> is`.
        source: the whole file.
    """

    name: str
    source: str


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, from its top to its end."""
    count = sum(1 for _ in _places(ast.parse(source)))
    for number in range(count):
        tree = ast.parse(source)
        node, change = next(place for index, place in enumerate(_places(tree)) if index == number)
        line = node.lineno
        before = _shown(node)
        change()
        yield Mutant(f"{line}: {before} -> {_shown(node)}", ast.unparse(ast.fix_missing_locations(tree)))


def _shown(node: ast.AST) -> str:
    return " ".join(ast.unparse(node).split())[:120]


def _places(tree: ast.AST) -> Iterator[tuple[Any, Callable[[], None]]]:
    """Yield the nodes that can be changed, each with what changes it in place."""
    annotations = {id(inner) for node in ast.walk(tree) for inner in _untried(node)}
    for node in ast.walk(tree):
        if id(node) not in annotations:
            for change in _changes(node):
                yield node, change


def _untried(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what says nothing at run time: annotations, docstrings, what only type checkers see, texts of errors."""
    for name in ("annotation", "returns"):
        if (found := getattr(node, name, None)) is not None:
            yield from ast.walk(found)
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield from ast.walk(node)
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
        yield from ast.walk(node)


def _changes(node: ast.AST) -> Iterator[Callable[[], None]]:
    for new in _replacements(node):
        yield partial(_become, node, new)
    match node:
        case ast.Compare(ops=[op]) if type(op) in _SWAPS:
            yield partial(setattr, node, "ops", [_SWAPS[type(op)]()])
        case ast.BoolOp(op=op) | ast.BinOp(op=op) if type(op) in _SWAPS:
            yield partial(setattr, node, "op", _SWAPS[type(op)]())
        case ast.If() | ast.IfExp():
            yield partial(setattr, node, "test", ast.Constant(value=True))
            yield partial(setattr, node, "test", ast.Constant(value=False))
        case ast.While():
            yield partial(setattr, node, "test", ast.Constant(value=False))
        case ast.Return(value=ast.expr() as value) if ast.unparse(value) != "None":
            yield partial(setattr, node, "value", ast.Constant(value=None))


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.UnaryOp(op=ast.Not()):
            yield ast.Call(ast.Name("bool"), [node.operand], [])
        case ast.Constant(value=bool()):
            yield ast.Constant(value=not node.value)
        case ast.Constant(value=int() | float() as number):
            yield ast.Constant(value=number + 1)
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.AugAssign():
            yield ast.Pass()


def _become(node: ast.AST, new: ast.AST) -> None:
    place = {name: value for name, value in vars(node).items() if name.endswith(("lineno", "col_offset"))}
    vars(node).clear()
    node.__class__ = new.__class__  # type: ignore[assignment]
    vars(node).update(vars(new) | place)


class Copy:
    """A copy of the project, to run tests of mutants in."""

    def __init__(self, folder: Path, file: Path, tests: list[str]) -> None:
        self._folder = folder
        self._file = folder / file
        self._tests = tests
        for name in _COPIED:
            source = ROOT / name
            copy: Callable[..., Any] = shutil.copytree if source.is_dir() else shutil.copy2
            copy(source, folder / name)

    def passes(self, source: str, limit: float) -> bool:
        """Return whether the tests pass with this in place of the file, within a time."""
        self._file.write_text(source, encoding="utf-8")
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-m", "not slow", *self._tests]
        try:
            done = subprocess.run(command, cwd=self._folder, capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return False
        return done.returncode == 0


def survivors(file: Path, tests: list[str]) -> tuple[list[str], int]:
    """Return the mutants of a file that its tests do not notice, and how many there were.

    Raises:
        SystemExit: the tests do not pass as it is.
    """
    source = (ROOT / file).read_text(encoding="utf-8")
    known = equivalent(file)
    tried = [mutant for mutant in mutants(source) if mutant.name not in known]
    with tempfile.TemporaryDirectory() as folder:
        copies: Queue[Copy] = Queue()
        for number in range(WORKERS):
            copies.put(Copy(Path(folder) / str(number), file, tests))
        first = copies.get()
        began = time.monotonic()
        if not first.passes(source, 600):
            raise SystemExit(f"the tests of {file} fail without any change")
        limit = 5 * (time.monotonic() - began) + 30
        copies.put(first)

        def survives(mutant: Mutant) -> bool:
            copy = copies.get()
            try:
                return copy.passes(mutant.source, limit)
            finally:
                copies.put(copy)

        with ThreadPoolExecutor(WORKERS) as pool:
            outcomes = list(pool.map(survives, tried))
    return [mutant.name for mutant, survived in zip(tried, outcomes, strict=True) if survived], len(tried)


def equivalent(file: Path) -> set[str]:
    """Return the mutants of a file that change nothing."""
    lines = EQUIVALENT.read_text(encoding="utf-8").splitlines() if EQUIVALENT.exists() else []
    rows = [line.split(" | ") for line in lines if line and not line.startswith("#")]
    return {row[1] for row in rows if row[0] == file.as_posix()}


def main(arguments: list[str]) -> int:
    """Try every mutant of a file; return 1 if less than 95 of 100 are noticed."""
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    file, *tests = arguments
    alive, count = survivors(Path(file), tests)
    for name in alive:
        print(f"survived  {file}:{name}")
    print(f"{file}: {count - len(alive)} of {count} mutants were noticed")
    return int(len(alive) > 0.05 * count)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
