"""Our own sentences: in the docstrings of what they are about, and reported where that is gone."""

from __future__ import annotations

from pathlib import Path

from codegen import docstrings
from codegen.build import build
from codegen.overlay import Overlay
from tests.codegen.conftest import Make
from tests.codegen.mini import obj

ROOT = Path(__file__).parents[2]


def test_a_row_for_something_that_is_gone_is_named() -> None:
    older = build((ROOT / "examples" / "contracts" / "2024-12-10.json").read_bytes(), Overlay(), strict=False)
    stale = docstrings.unused(older.contract)
    assert "sentences.yaml: resources/chats matches nothing" not in stale
    assert "sentences.yaml: resources/scorecards matches nothing" in stale
    assert "sentences.yaml: operations/calls.pcap matches nothing" in stale
    assert "sentences.yaml: fields/SchedulePlan.earliestAt matches nothing" in stale


def test_a_sentence_stands_in_the_docstrings_of_what_it_is_about() -> None:
    calls = (ROOT / "vapi_async" / "api" / "calls.py").read_text(encoding="utf-8")
    assert "is never\n        repeated unless it surely did not reach the API" in calls
    plan = (ROOT / "vapi_async" / "models" / "schedule_plan.py").read_text(encoding="utf-8")
    assert '"""Not before this moment."""' in plan


def test_bounds_are_written_as_people_write_numbers(make: Make) -> None:
    fields = {
        "large": {"type": "number", "minimum": 60, "maximum": 2592000},
        "part": {"type": "number", "maximum": 0.25},
        "whole": {"type": "integer", "minimum": 1000000.0},
    }
    text = make({"Thing": obj(**fields)}).text("models/thing.py")
    assert [line.strip() for line in text.splitlines() if line.startswith('    """') and "chema" not in line] == [
        '"""60 to 2592000."""',
        '"""At most 0.25."""',
        '"""At least 1000000."""',
    ]
