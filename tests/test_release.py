"""Publishing: what is built is tried before it goes out, and the job that may publish runs nothing of ours."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from vapi_async import __version__

ROOT = Path(__file__).resolve().parents[1]
WORKFLOW: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
BUILD, PUBLISH = WORKFLOW["jobs"]["build"], WORKFLOW["jobs"]["publish"]
COMMANDS = [step["run"] for step in BUILD["steps"] if "run" in step]


def check_of_the_tag(tag: str, folder: Path) -> bool:
    environment = {"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag}
    return subprocess.run(["bash", "-c", COMMANDS[0]], cwd=folder, env=environment, check=False).returncode == 0


def test_a_tag_releases() -> None:
    assert WORKFLOW[True] == {"push": {"tags": ["v*"]}}  # YAML reads the key `on` as true


@pytest.mark.posix
def test_the_tag_has_to_be_the_version_with_a_dated_entry(tmp_path: Path) -> None:
    (tmp_path / "vapi_async").mkdir()
    (tmp_path / "vapi_async" / "_version.py").write_text('__version__ = "1.2.3"\n', encoding="utf-8")
    changelog = tmp_path / "CHANGELOG.md"
    changelog.write_text("## 1.2.3 (unreleased)\n", encoding="utf-8")
    assert not check_of_the_tag("v1.2.3", tmp_path)
    changelog.write_text("## 1.2.3 (2026-12-01)\n", encoding="utf-8")
    assert check_of_the_tag("v1.2.3", tmp_path)
    assert not check_of_the_tag("v1.2.4", tmp_path)


def test_what_is_built_is_tested_and_tried_before_it_is_published() -> None:
    assert COMMANDS[1] == ".ci/run"
    assert "python -m build" in COMMANDS[2]
    assert "examples/quickstart.py" in COMMANDS[3]
    assert PUBLISH["needs"] == "build"


def test_only_the_job_that_publishes_may_and_it_runs_nothing_else() -> None:
    assert WORKFLOW["permissions"] == {}
    assert BUILD["permissions"] == {"contents": "read"}
    assert PUBLISH["permissions"] == {"id-token": "write"}
    assert PUBLISH["environment"] == "pypi"
    assert [step["uses"].split("@")[0] for step in PUBLISH["steps"]] == [
        "actions/download-artifact",
        "pypa/gh-action-pypi-publish",
    ]


def test_the_changelog_has_an_entry_for_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(__version__)} \((unreleased|\d{{4}}-\d\d-\d\d)\)$", text, re.MULTILINE)
