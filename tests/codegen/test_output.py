"""Files and exit codes: what is written where, what counts as stale, and that a refusal changes nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codegen import output
from codegen.cli import main
from tests.codegen.mini import document, obj, one_of, operation, ref, refs
from tests.codegen.regolden import GOLDEN, PACKAGE

CALL = document({"Call": obj("id", id="string")}, {"/call/{id}": {"get": operation(returns=ref("Call"))}})

Run = Callable[..., int]


def snapshot(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command on a document, into ``out`` below the test's folder."""
    (tmp_path / "overlay.yaml").write_text("{}")

    def run(command: str, source: Any = CALL, *more: str, package: str = "made") -> int:
        spec = tmp_path / "spec.json"
        spec.write_bytes(source if isinstance(source, bytes) else json.dumps(source).encode())
        folders = ["--out", str(tmp_path / "out"), "--overlay", str(tmp_path / "overlay.yaml")]
        return main([command, "--spec", str(spec), "--package", package, *folders, *more])

    return run


@pytest.fixture
def made(run: Run, tmp_path: Path) -> Path:
    assert run("generate") == 0
    return tmp_path / "out" / "made"


def test_generate_says_what_went_in_and_came_out(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("generate") == 0
    printed = capsys.readouterr().out
    assert "#/paths/~1call~1{id}/get: path parameter id was not declared, added as a string" in printed
    assert "operations 1 -> methods 1\nschemas 1 -> models 1\n" in printed


def test_repairs_of_our_own_document_are_counted(
    run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codegen.cli._is_own", lambda options: True)
    assert run("generate") == 0
    assert capsys.readouterr().out.startswith(
        "kinds of repairs of the document: 1 (--verbose names them)\noperations 1"
    )
    assert run("generate", CALL, "--verbose") == 0
    assert "path parameter id was not declared" in capsys.readouterr().out


def test_a_package_has_its_parts_and_nothing_else(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == ["__init__.py", "api", "contract.json", "models"]
    assert [path.name for path in made.parent.iterdir()] == ["made"]


def test_a_dotted_package_lies_in_folders(run: Run, tmp_path: Path) -> None:
    assert run("generate", package="some.sdk.core") == 0
    assert (tmp_path / "out/some/sdk/core/models/call.py").exists()
    assert 'nested(_MODELS, "Call")' in (tmp_path / "out/some/sdk/core/api/calls.py").read_text()
    assert '"some.sdk.core.models"' in (tmp_path / "out/some/sdk/core/api/calls.py").read_text()


@pytest.mark.parametrize("package", ["a-b", "../x", "a..b", "", "a.class", "a b", "/etc"])
def test_what_cannot_be_imported_is_no_package(run: Run, tmp_path: Path, package: str) -> None:
    assert run("generate", package=package) == 2
    assert not (tmp_path / "out").exists()


def test_generating_again_leaves_no_file_behind(run: Run, made: Path) -> None:
    (made / "models/old.py").write_text("")
    (made / "by_hand.py").write_text("x = 1\n")
    assert run("generate", document({"Other": obj(x="string")})) == 0
    assert sorted(path.name for path in (made / "models").iterdir()) == ["__init__.py", "other.py", "unknown.py"]
    assert (made / "by_hand.py").read_text() == "x = 1\n"


def test_check_is_content_with_what_generate_wrote(run: Run, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (made / "models/__pycache__").mkdir()
    (made / "models/__pycache__/call.cpython-311.pyc").write_bytes(b"")
    (made / "by_hand.py").write_text("")
    before = snapshot(made)
    assert run("check") == 0
    assert capsys.readouterr().err == ""
    assert snapshot(made) == before


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda made: (made / "models/call.py").write_text("# mine\n"), "differs: models/call.py"),
        (lambda made: (made / "contract.json").write_text("{}"), "differs: contract.json"),
        (lambda made: (made / "__init__.py").write_text(""), "differs: __init__.py"),
        (lambda made: (made / "models/mine.py").write_text(""), "not generated: models/mine.py"),
        (lambda made: (made / "api/mine.txt").write_text(""), "not generated: api/mine.txt"),
        (lambda made: (made / "api/calls.py").unlink(), "missing: api/calls.py"),
        (lambda made: (made / "contract.json").unlink(), "missing: contract.json"),
    ],
)
def test_check_fails(run: Run, made: Path, capsys: pytest.CaptureFixture[str], change: Any, line: str) -> None:
    change(made)
    before = snapshot(made)
    assert run("check") == 1
    assert capsys.readouterr().err.splitlines()[0] == line
    assert snapshot(made) == before
    assert run("generate") == 0
    assert run("check") == 0


def test_check_sees_a_contract_that_moved_on(run: Run, made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    moved = document({"Call": obj("id", id="string", more="number")}, CALL["paths"])
    assert run("check", moved) == 1
    lines = capsys.readouterr().err.splitlines()
    assert lines[:-1] == ["differs: api/__init__.py", "differs: contract.json", "differs: models/call.py"]
    assert "3 files are not what `generate` makes of" in lines[-1]


def test_check_of_nothing_names_all_that_is_missing(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check") == 1
    assert "missing: api/calls.py" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


UNTAGGABLE = document({"A": obj(x="string"), "B": obj(x="string"), "C": obj(u=one_of(*refs("A", "B")))})
DEEP: bytes = (
    b'{"openapi": "3.0.0", "paths": {}, "components": {"schemas": {"A": '
    + b'{"items":' * 30_000
    + b"{}"
    + b"}" * 30_000
    + b"}}}"
)


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (b"", "the document is no JSON"),
        (b'{"openapi": "3.0.0", "paths": {', "the document is no JSON"),
        (b"\xff\xfe\x00", "the document is no JSON"),
        (b'{"openapi": "3.0.0", "x-a": NaN}', "NaN is no number in JSON"),
        (b'{"openapi": "3.0.0", "x-a": 1e999}', "1e999 is no number in JSON"),
        (b"[]", "#: here an object is expected"),
        ({"swagger": "2.0", "paths": {}}, "#/openapi: this is no OpenAPI 3.x document"),
        ({"openapi": "3.0.0", "paths": []}, "#/paths: here an object is expected"),
        ({"openapi": "3.0.0", "paths": {"/a": []}}, "#/paths/~1a: here an object is expected"),
        ({"openapi": "3.0.0", "paths": {"/a": {"get": 1}}}, "#/paths/~1a/get: here an object is expected"),
        ({"openapi": "3.0.0", "components": {"schemas": []}}, "#/components/schemas: here an object is expected"),
        (document({"": {}}), "#/components/schemas: a schema has no name"),
        (document(paths={"/a": {"get": {"responses": []}}}), "#/paths/~1a/get/responses: here an object is expected"),
        (document(paths={"/a": {"get": {"parameters": {}}}}), "#/paths/~1a/get/parameters: here a list is expected"),
        (document(paths={"/a": {"get": {"parameters": [{"name": "x"}]}}}), "a parameter needs a name, and a place"),
        (
            document(paths={"/a": {"get": {"requestBody": 5}}}),
            "#/paths/~1a/get/requestBody: here an object is expected",
        ),
        (document({"A": {"$ref": "#/nowhere"}, "B": obj(a=ref("A"))}), "leads to no schema of the document"),
        (UNTAGGABLE, "nothing tells its variants apart (A, B)"),
        pytest.param(DEEP, "nested too deeply", id="deep"),  # of itself, more than a variable of the environment holds
    ],
)
def test_a_refusal_is_one_sentence_and_changes_nothing(
    run: Run, made: Path, capsys: pytest.CaptureFixture[str], source: Any, message: str
) -> None:
    before = snapshot(made.parent)
    capsys.readouterr()
    assert run("generate", source, "--strict") == 2
    error = capsys.readouterr().err
    assert error.startswith("generate: ")
    assert message in error
    assert len(error.splitlines()) == 1
    assert "Traceback" not in error
    assert snapshot(made.parent) == before
    assert run("check", source, "--strict") == 2


def test_a_document_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["generate", "--spec", str(tmp_path / "gone.json"), "--out", str(tmp_path)]) == 2
    assert "gone.json" in capsys.readouterr().err


def test_a_failing_formatter_leaves_the_old_files(run: Run, made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(made.parent)
    monkeypatch.setattr(output, "_LINE_LENGTH", "broken")
    assert run("generate", document({"Other": obj(x="string")})) == 2
    assert snapshot(made.parent) == before
    assert sorted(path.name for path in made.parent.iterdir()) == ["made"]


def test_what_a_refusal_says_is_fit_for_a_terminal(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    hostile = "/\x1b[2J\u202e" + "x" * 10_000
    assert run("generate", document(paths={hostile: {"GET": {}}})) == 2
    error = capsys.readouterr().err
    assert error.strip().isprintable()
    assert len(error) < 1_000


@pytest.mark.parametrize("path", ["../escape.py", "/etc/escape.py", "models/../../escape.py", "api/../../x/y.py"])
def test_no_file_is_written_outside_of_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(output.FormatFailed, match="outside of the output folder"):
        output.write({path: "x = 1\n"}, tmp_path / "out" / "made")
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == []


@pytest.mark.parametrize("place", [GOLDEN, GOLDEN.parent, Path("/")])
def test_where_and_under_which_hash_seed_it_runs_changes_nothing(tmp_path: Path, place: Path) -> None:
    command = ["-m", "codegen", "generate", "--spec", str(GOLDEN / "mini.json"), "--overlay", str(GOLDEN / "mini.yaml")]
    environment = {**os.environ, "PYTHONPATH": str(GOLDEN.parents[2]), "PYTHONHASHSEED": str(len(str(place)))}
    done = subprocess.run(
        [sys.executable, *command, "--package", PACKAGE, "--out", str(tmp_path)],
        capture_output=True, cwd=place, env=environment, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr.decode()
    golden = {name: text for name, text in snapshot(GOLDEN / PACKAGE).items() if "__pycache__" not in name}
    assert snapshot(tmp_path / PACKAGE) == golden
