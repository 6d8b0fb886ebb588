"""CI tests what pyproject.toml promises, and runs no action that others can change under it."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
CI: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
PROJECT: Any = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: (.*)", path.read_text(encoding="utf-8"))
    assert used
    assert [line for line in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v\S+", line)] == []


def test_every_python_that_is_promised_is_tested() -> None:
    promised = re.findall(r"Python :: (3\.\d+)", "\n".join(PROJECT["classifiers"]))
    assert CI["jobs"]["test"]["strategy"]["matrix"]["python"] == promised
    lowest = CI["jobs"]["lowest"]["steps"][1]["with"]["python-version"]
    assert PROJECT["requires-python"] == f">={lowest}" == f">={promised[0]}"


def test_it_runs_without_a_push_too() -> None:
    assert re.fullmatch(r"\d+ \d+ \* \* \*", CI[True]["schedule"][0]["cron"])  # YAML reads the key `on` as true
    assert CI["jobs"]["nightly"]["steps"][-1]["run"] == "make test-all"


def test_what_works_without_extras() -> None:
    command = [sys.executable, "-W", "error", "-m", "tests.tools.bare"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
