"""The nightly regeneration: what runs generated code can write nothing, and what can write runs nothing of it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from codegen.update import PRODUCTS

ROOT = Path(__file__).resolve().parents[2]
WORKFLOW: Any = yaml.safe_load((ROOT / ".github" / "workflows" / "regenerate.yml").read_text(encoding="utf-8"))
JOBS: dict[str, Any] = WORKFLOW["jobs"]


def commands(job: str) -> str:
    return "\n".join(step.get("run", "") for step in JOBS[job]["steps"])


def test_it_runs_every_night() -> None:
    assert re.fullmatch(r"\d+ \d+ \* \* \*", WORKFLOW[True]["schedule"][0]["cron"])  # YAML reads the key `on` as true


def test_permissions_are_spelled_out() -> None:
    assert WORKFLOW["permissions"] == {}
    assert {name: job["permissions"] for name, job in JOBS.items()} == {
        "update": {"contents": "read"},
        "propose": {"contents": "write", "pull-requests": "write"},
    }


def test_the_job_that_runs_generated_code_has_no_token_that_writes_and_no_cache() -> None:
    assert "make update" in commands("update")
    (checkout,) = [step for step in JOBS["update"]["steps"] if "checkout" in step.get("uses", "")]
    assert checkout["with"]["persist-credentials"] is False
    assert "cache" not in str(JOBS["update"]["steps"])
    assert "github.token" not in str(JOBS["update"])


def test_the_job_that_writes_runs_nothing_of_what_it_is_given() -> None:
    programs = {line.split()[0] for line in commands("propose").splitlines() if line.strip()}
    assert not programs & {"make", "python", "python3", "pip", "bash", "sh", ".", "source"}
    assert JOBS["propose"]["needs"] == "update"
    assert "setup-python" not in str(JOBS["propose"])


def test_nothing_but_the_products_of_an_update_is_taken_over() -> None:
    assert sorted(WORKFLOW["env"]["PRODUCTS"].split()) == sorted(PRODUCTS)
    assert "git add --all -- $PRODUCTS" in commands("propose")


def test_the_diff_is_the_text_of_the_pull_request() -> None:
    assert 'make update TEXT="$RUNNER_TEMP/diff.md"' in commands("update")
    assert '"$UPDATE/diff.md" > "$RUNNER_TEMP/body.md"' in commands("propose")
    assert '--body-file "$RUNNER_TEMP/body.md"' in commands("propose")
