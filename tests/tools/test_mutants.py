from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.code_changes import mutants
from tests.tools.mutants import EQUIVALENT, ROOT, equivalents

SOURCE = """
def sends(tries: int, asked: bool = False) -> bool:
    if not asked:
        note(tries)
        self.tries = 1
    while tries:
        break
    return min(tries, 4) < 3 and asked
"""


def test_each_mutant_has_one_thing_changed() -> None:
    assert [mutant.name for mutant in mutants(SOURCE)] == [
        "sends: False -> True",
        "sends: if not asked -> if True",
        "sends: if not asked -> if False",
        "sends: not asked -> bool(asked)",
        "sends: note(tries) -> pass",
        "sends: self.tries = 1 -> pass",
        "sends: 1 -> 2",
        "sends: while tries -> while False",
        "sends: break -> continue",
        "sends: return min(tries, 4) < 3 and asked -> return None",
        "sends: min(tries, 4) < 3 and asked -> asked",
        "sends: min(tries, 4) < 3 and asked -> min(tries, 4) < 3",
        "sends: min(tries, 4) < 3 -> min(tries, 4) <= 3",
        "sends: min(tries, 4) -> max(tries, 4)",
        "sends: 4 -> 5",
        "sends: 3 -> 4",
    ]


def test_mutants_that_read_the_same_have_names_of_their_own() -> None:
    assert [mutant.name for mutant in mutants("a = b = (1, 1)\n")] == ["module: 1 -> 2", "module: 1 -> 2 (2)"]


def test_what_says_nothing_at_run_time_stays() -> None:
    source = 'def f(a: 1 < 2) -> 3:\n    """Four."""\n    raise ValueError(f"{5 + 6}")\n'
    assert list(mutants(source)) == []


def test_a_mutant_is_a_whole_module() -> None:
    namespaces = []
    for mutant in mutants(SOURCE):
        namespace: dict[str, object] = {}
        exec(compile(mutant.tree, "sends", "exec"), namespace)  # noqa: S102 - a few lines of our own
        namespaces.append(namespace)
    assert all("sends" in namespace for namespace in namespaces)


def test_a_mutant_knows_its_lines() -> None:
    lines = {mutant.name: (list(mutant.lines), mutant.in_function) for mutant in mutants(SOURCE)}
    assert lines["sends: False -> True"] == ([2], False)
    assert lines["sends: if not asked -> if True"] == ([3], True)
    assert lines["sends: 3 -> 4"] == ([8], True)


FILES = [
    line for line in EQUIVALENT.read_text(encoding="utf-8").splitlines() if line[:1] != " " and line.endswith(".py")
]


@pytest.mark.slow  # half a minute: it finds the mutants of each file
@pytest.mark.parametrize("file", FILES)
def test_what_is_listed_as_equivalent_is_there_and_has_a_reason(file: str) -> None:
    names = {mutant.name for mutant in mutants((ROOT / file).read_text(encoding="utf-8"))}
    assert equivalents(file).keys() <= names
    assert all(equivalents(file).values())


MODULE = """
LIMIT = 3

def clipped(number, rest=7):
    if number > LIMIT:
        return LIMIT
    return number

def unknown():
    return 1
"""
TESTS = """
from package.module import LIMIT, clipped

def test_it():
    assert (clipped(1), clipped(4), LIMIT) == (1, 3, 3)
"""
TABLE = """\
| file | mutants | noticed | equivalent | survived |
|---|---|---|---|---|
| package/module.py | 9 | 5 | 1 | 3 |
"""


@pytest.mark.slow
def test_survivors_are_found_without_touching_a_file(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/tools", tmp_path / "tests/tools", ignore=shutil.ignore_patterns("test_*"))
    (tmp_path / "package").mkdir()
    (tmp_path / "package/module.py").write_text(MODULE)
    (tmp_path / "tests/test_module.py").write_text(TESTS)
    known = "package/module.py\n    clipped: number > LIMIT -> number >= LIMIT\n        is LIMIT either way\n"
    (tmp_path / "tests/tools/equivalent_mutants.txt").write_text(known)
    command = [sys.executable, "-m", "tests.tools.mutants", "package/module.py", "tests/test_module.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
    assert done.stdout.endswith(TABLE)
    assert [line for line in done.stdout.splitlines() if line.startswith("survived")] == [
        "survived  package/module.py:4  clipped: 7 -> 8",
        "survived  package/module.py:10  unknown: return 1 -> return None",
        "survived  package/module.py:10  unknown: 1 -> 2",
    ]
    assert done.returncode == 1
    assert (tmp_path / "package/module.py").read_text() == MODULE
