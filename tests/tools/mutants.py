"""`python -m tests.tools.mutants PATH ...`: change one thing at a time, and see if tests notice.

Each change (a mutant) is tried with those of the named tests that run the line it is in, the quickest first; it
survives if all pass. Nothing is written: a fork of one process has the mutant in its memory (`mutation_trial`), so what
a test starts as a process of its own is not changed. What no test can notice is listed in `equivalent_mutants.txt`,
with reasons; a survivor that is not is printed.

Args:
    PATH: files to change, and files or folders of tests; the latter are those under `tests`.
    --only TEXT: try the mutants whose names contain this.
    --longest SECONDS: leave out tests that take longer; 5 by default.
    --workers N: how many at the same time; 2 by default.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.tools.code_changes import mutants
from tests.tools.mutation_trial import Trial, try_all

ROOT = Path(__file__).parents[2]
EQUIVALENT = Path(__file__).with_name("equivalent_mutants.txt")


def equivalents(file: str) -> dict[str, str]:
    """Return the mutants of a file that change nothing, with the reason of each.

    In the list a file's path begins a line, a mutant's name is indented by four, and the reason below it by eight.
    """
    found: dict[str, str] = {}
    section = name = ""
    for line in EQUIVALENT.read_text(encoding="utf-8").splitlines():
        text = line.strip()
        match len(line) - len(line.lstrip()):
            case 0:
                section = text
            case 4 if section == file:
                name, found[text] = text, ""
            case 8 if section == file:
                found[name] += f"{text} "
    return found


def _arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m tests.tools.mutants", description=__doc__)
    parser.add_argument("paths", nargs="+")
    parser.add_argument("--only", default="")
    parser.add_argument("--longest", type=float, default=5.0)
    parser.add_argument("--workers", type=int, default=2)
    return parser.parse_args(arguments)


def main(arguments: list[str]) -> int:
    """Try every mutant of the files; return 1 if less than 95 of 100 are noticed."""
    named = _arguments(arguments)
    tests = [path for path in named.paths if path.startswith("tests")]
    trials = []
    for file in named.paths:
        if file not in tests:
            known = equivalents(file)
            made = list(mutants((ROOT / file).read_text(encoding="utf-8")))
            for name in known.keys() - {mutant.name for mutant in made}:
                print(f"no longer there: {file} {name}")
            tried = [mutant for mutant in made if mutant.name not in known and named.only in mutant.name]
            trials.append(Trial(file, tried, len(known)))
    try_all(trials, tests, named.longest, named.workers)
    print("| file | mutants | noticed | equivalent | survived |\n|---|---|---|---|---|")
    for trial in trials:
        print(trial.row())
    return int(any(trial.survived > 0.05 * len(trial.mutants) for trial in trials))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
