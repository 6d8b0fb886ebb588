"""``python -m codegen diff``: what it prints in each format, what it refuses, and its exit codes."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen.cli import main
from codegen.pull import pull
from tests.codegen.mini import array, const, document, enum, obj, operation, parameter, ref

Json = Any
Run = Callable[..., int]
ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))


def things(thing: Json, **more: Json) -> Json:
    answer = {"get": operation(returns=array(ref("Thing")))}
    paths = {"/dog": answer, "/cat": answer, "/owl": {"post": operation(body=ref("Owl"))}}
    return document({"Thing": thing, "Owl": obj(name="string"), **more}, paths)


OLD = things(obj(kind=enum("a", "b"), gone="string", note="string"))
NEW = things({**obj(kind=enum("a", "b", "c"), note={"type": "string", "nullable": True}, fresh="number")})
NEW["components"]["schemas"]["Owl"] = obj("wing", name="string", wing="number")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Compare two documents."""

    def run(old: Json, new: Json, *more: str) -> int:
        paths = [tmp_path / "old.json", tmp_path / "new.json"]
        for path, source in zip(paths, (old, new), strict=True):
            path.write_bytes(source if isinstance(source, bytes) else json.dumps(source).encode())
        return main(["diff", *map(str, paths), *more])

    return run


def test_text_has_the_counts_on_top_and_what_breaks_first(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(OLD, NEW) == 1
    assert capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines() == [
        "old.json -> new.json",
        "operations 3 -> 3, schemas 2 -> 2, unions 0 -> 0, enums 1 -> 1",
        "2 breaking, 1 to look at, 2 for information",
        "fields: 2 added, 1 changed, 1 removed",
        "values: 1 added",
        "",
        "owls",
        "  ! field added Owl.wing: required, number",
        "",
        "shared by several resources",
        "  ! field removed Thing.gone: was string (cats, dogs)",
        "  ? field changed Thing.note: becomes nullable (cats, dogs)",
        "  + field added Thing.fresh: number (cats, dogs)",
        '  + value added Thing.kind: "c" (cats, dogs)',
    ]


def test_markdown_is_a_list_by_resource(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(OLD, NEW, "--format", "markdown") == 1
    lines = capsys.readouterr().out.splitlines()
    assert "- 2 breaking, 1 to look at, 2 for information" in lines
    assert "### `owls`" in lines
    assert "- **breaking:** field added `Owl.wing`: `required, number`" in lines
    assert "- *look:* field changed `Thing.note`: `becomes nullable` (cats, dogs)" in lines
    assert '- value added `Thing.kind`: `"c"` (cats, dogs)' in lines


def test_json_has_everything(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(OLD, NEW, "--format", "json") == 1
    report = json.loads(capsys.readouterr().out)
    assert report["breaking"] is True
    assert report["levels"] == {"breaking": 2, "warning": 1, "info": 2}
    assert report["counts"]["field"] == {"added": 2, "changed": 1, "removed": 1}
    assert report["sizes"]["operations"] == {"old": 3, "new": 3}
    (change,) = [change for change in report["changes"] if change["place"] == "Thing.kind"]
    assert change == {
        "level": "info",
        "breaking": False,
        "subject": "value",
        "action": "added",
        "rule": "values added",
        "place": "Thing.kind",
        "places": ["Thing.kind"],
        "detail": '"c"',
        "resources": ["cats", "dogs"],
        "directions": ["response"],
        "before": None,
        "after": ['"c"'],
    }


def test_the_exit_code_says_whether_callers_break(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(OLD, OLD) == 0
    assert "no changes that callers meet" in capsys.readouterr().out
    assert run(things(obj(a="string")), things(obj(a="string", b="string"))) == 0
    assert run(things(obj(a="string", b="string")), things(obj(a="string"))) == 1


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b'{"openapi": "2.0"}', b'{"openapi": "3.0.0", "paths": []}'])
def test_what_is_no_document_is_refused_by_name(
    broken: bytes, run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(OLD, broken) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith(f"diff: {tmp_path / 'new.json'}: ")


def test_a_file_that_is_not_there_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", str(tmp_path / "no.json"), str(tmp_path / "no.json")]) == 2
    assert "no.json cannot be read" in capsys.readouterr().err


class Terminal:
    """Standard output that says whether it is a terminal, and keeps what is written."""

    def __init__(self, *, is_one: bool) -> None:
        self.is_one = is_one
        self.text = ""

    def isatty(self) -> bool:
        return self.is_one

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


@pytest.mark.parametrize(
    ("terminal", "environment", "coloured"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": ""}, True),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colours_are_for_terminals_that_want_them(
    *, terminal: bool, environment: dict[str, str], coloured: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    screen = Terminal(is_one=terminal)
    monkeypatch.setattr(sys, "stdout", screen)
    run(OLD, NEW)
    assert ("\033[31m  ! field removed Thing.gone" in screen.text) is coloured
    assert ("\033" in screen.text) is coloured


def test_the_same_change_of_many_schemas_is_one_line(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    names = [f"Kind{letter}" for letter in "ABCDE"]

    def kinds(**more: Json) -> Json:
        schemas = {name: obj(name="string", **{key: value(name) for key, value in more.items()}) for name in names}
        return document(schemas, {f"/{name.lower()}": {"get": operation(returns=ref(name))} for name in names[:1]})

    assert run(kinds(), kinds(version=lambda _: {"type": "string"}, tag=const)) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  + field added KindB.tag, KindC.tag, KindD.tag and 1 more: a constant each" in lines
    assert "  + field added KindB.version, KindC.version, KindD.version and 1 more: string" in lines
    assert '  + field added KindA.tag: string | "KindA"' in lines


HOSTILE = "x\033[2J`\n# h\u202e<b>**|"


@pytest.mark.parametrize("kind", ["text", "markdown"])
def test_what_a_document_calls_things_does_nothing_to_who_reads_it(
    kind: str, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    old = document(
        {"Thing": obj(**{HOSTILE: "string"}, mode=enum("a", "b"))}, {"/dog": {"get": operation(returns=ref("Thing"))}}
    )
    new = document(
        {"Thing": obj(mode=enum("a", "b", HOSTILE))},
        {"/dog": {"get": operation(parameter(HOSTILE), returns=ref("Thing"))}},
    )
    assert run(old, new, "--format", kind) == 1
    printed = capsys.readouterr().out
    assert "\033" not in printed
    assert "\u202e" not in printed
    for line in printed.splitlines():
        assert not line.startswith("# h")
        if kind == "markdown" and "h\\u202e" in line:
            plain = "".join(line.split("`")[::2])
            assert "<" not in plain, "all of it is code"


@pytest.mark.skipif(len(PUBLISHED) < 2, reason="the published documents are not at hand")
def test_a_published_document_and_its_facts_are_the_same(tmp_path: Path) -> None:
    facts = tmp_path / "facts.json"
    pull(str(PUBLISHED[0]), facts)
    assert main(["diff", str(PUBLISHED[0]), str(facts)]) == 0


@pytest.mark.skipif(len(PUBLISHED) < 2, reason="the published documents are not at hand")
def test_the_newest_published_documents(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["diff", *map(str, PUBLISHED[-2:]), "--format", "json"]) == 1
    report = json.loads(capsys.readouterr().out)
    assert report["counts"]["method"] == {"added": 58}
    breaking = {change["place"]: change for change in report["changes"] if change["breaking"]}
    assert "files.list(purpose)" not in breaking, "the API does not ask for it"
    assert breaking["GroqModel.model"]["before"] == ['"meta-llama/llama-4-maverick-17b-128e-instruct"']
    assert breaking["Artifact.transfers[]"]["detail"] == "string -> TransferArtifact"
