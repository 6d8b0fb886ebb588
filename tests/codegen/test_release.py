"""What a change of the API makes of the version and the changelog."""

from __future__ import annotations

from datetime import date

import pytest

from codegen.diff.changes import REQUEST, Change, Diff, Use
from codegen.release import ReleaseError, current_version, entry, next_version, with_entry, with_version

USES = frozenset({Use("calls", REQUEST)})
BREAKS = Change("field", "removed", "Call.gone", "was string", USES, others=("Chat.gone",))
ADDS = Change("method", "added", "boards.list", "GET /board", USES)
LOOSENS = Change("field", "looser", "Call.name", "maxLength 40 -> none", USES)


def made(*changes: Change) -> Diff:
    return Diff(changes, {})


MODULE = '"""Doc."""\n\n__version__ = "1.2.3"\n'


def test_the_version_is_read_and_written_where_it_stands() -> None:
    assert current_version(MODULE) == (1, 2, 3)
    assert with_version(MODULE, (2, 0, 0)) == MODULE.replace("1.2.3", "2.0.0")
    with pytest.raises(ReleaseError):
        current_version("__version__ = version()")


@pytest.mark.parametrize(
    ("released", "changes", "expected"),
    [
        ("0.3.1", [BREAKS, ADDS], (0, 4, 0)),
        ("0.3.1", [ADDS], (0, 3, 2)),
        ("0.3.1", [LOOSENS], (0, 3, 2)),
        ("1.3.1", [BREAKS], (2, 0, 0)),
        ("1.3.1", [ADDS, LOOSENS], (1, 4, 0)),
        ("1.3.1", [LOOSENS], (1, 3, 2)),
    ],
)
def test_the_worst_change_decides_the_next_version(
    released: str, changes: list[Change], expected: tuple[int, int, int]
) -> None:
    changelog = f"# Changelog\n\n## {released} (2026-01-01)\n\n- a\n\n## 0.0.1\n\n- b\n"
    major, minor, patch = map(int, released.split("."))
    assert next_version((major, minor, patch), changelog, made(*changes)) == expected


def test_a_version_in_the_making_is_raised_only_where_it_has_to_be() -> None:
    changelog = "## {} (unreleased)\n\n- a\n\n## 0.3.1 (2026-01-01)\n\n- b\n"
    assert next_version((0, 3, 2), changelog.format("0.3.2"), made(ADDS)) == (0, 3, 2)
    assert next_version((0, 3, 2), changelog.format("0.3.2"), made(BREAKS)) == (0, 4, 0)
    assert next_version((0, 4, 0), changelog.format("0.4.0"), made(BREAKS)) == (0, 4, 0)
    assert next_version((0, 1, 0), "## 0.1.0 (unreleased)\n\n- the first\n", made(BREAKS)) == (0, 1, 0)


HEAD = "# Changelog\n\nWords.\n\n"


def test_lines_go_to_the_end_of_the_entry_in_the_making() -> None:
    old = f"{HEAD}## 0.3.2 (unreleased)\n\n- a\n\n## 0.3.1 (2026-01-01)\n\n- b\n"
    new = f"{HEAD}## 0.4.0 (unreleased)\n\n- a\n- new\n- newer\n\n## 0.3.1 (2026-01-01)\n\n- b\n"
    assert with_entry(old, (0, 4, 0), ["- new", "- newer"]) == new
    assert with_entry(f"{HEAD}## 0.1.0 (unreleased)\n\n- a\n", (0, 1, 0), ["- b"]) == (
        f"{HEAD}## 0.1.0 (unreleased)\n\n- a\n- b\n"
    )


def test_after_a_release_an_entry_is_begun() -> None:
    old = f"{HEAD}## 0.3.1 (2026-01-01)\n\n- b\n"
    assert (
        with_entry(old, (0, 3, 2), ["- a"]) == f"{HEAD}## 0.3.2 (unreleased)\n\n- a\n\n## 0.3.1 (2026-01-01)\n\n- b\n"
    )
    assert with_entry("# Changelog\n", (0, 1, 0), ["- a"]) == "# Changelog\n\n## 0.1.0 (unreleased)\n\n- a\n"


def test_an_entry_has_the_counts_what_breaks_and_the_new_methods() -> None:
    assert entry(made(BREAKS, ADDS, LOOSENS), date(2026, 8, 25)) == [
        "- **API** as of 2026-08-25: methods 1 added; fields 1 changed, 1 removed.",
        "- **API, breaking**: field removed `Call.gone` and in 1 other place: `was string`",
        "- **API**: new method `boards.list`, `GET /board`",
    ]


def test_a_long_entry_is_cut() -> None:
    many = [Change("field", "removed", f"Call.f{number}", "was string", USES) for number in range(100)]
    lines = entry(made(*many), date(2026, 8, 25))
    assert len(lines) == 42
    assert lines[-1] == "- ... and 60 more like these"


def test_what_a_document_calls_things_does_nothing_to_the_changelog() -> None:
    bad = Change("field", "removed", "Call.`x`\n## 9.9.9\x1b[2J", "was <b>", USES)
    lines = entry(made(bad), date(2026, 8, 25))
    assert lines[1] == "- **API, breaking**: field removed `Call.'x'\\n## 9.9.9\\x1b[2J`: `was <b>`"


def test_a_better_name_is_listed() -> None:
    better = Change("name", "name kept", "ListCallSortOrder", "", USES, "ListCallSortOrder", "SortOrder")
    lines = entry(made(better), date(2026, 8, 25))
    assert "- **API**: `ListCallSortOrder` is `SortOrder` now; the old name stays" in lines
