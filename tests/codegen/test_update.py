"""``make update``: everything of it or nothing, in a small working tree with steps of its own."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from codegen import update as update_module
from codegen.cli import main
from codegen.pull import PullRefused
from codegen.update import STEPS, Step, UpdateFailed, install, update
from tests.codegen.mini import document, obj, operation, ref

Json = Any
Update = Callable[..., list[str]]
TODAY = date(2026, 8, 25)

#: Stands for `generate`: what it leaves tells which contract and version it saw.
GENERATE = """
from pathlib import Path
root = Path.cwd()
(root / "vapi_async/api/things.py").write_text("api of " + root.joinpath("vapi_async/_version.py").read_text())
(root / "vapi_async/models/thing.py").unlink()
(root / "vapi_async/contract.json").write_bytes(root.joinpath("openapi.json").read_bytes())
"""


def code(name: str, text: str) -> Step:
    return Step(name, ("-c", text))


DONE = (code("generate", GENERATE), code("check", "import codegen_of_the_copy"))


def api(*paths: str, **fields: str) -> Json:
    answer = {"get": operation(returns=ref("Thing"))}
    return document({"Thing": obj(**fields)}, dict.fromkeys(paths, answer))


def snapshot(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in sorted(root.rglob("*")) if path.is_file()}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A working tree with all that an update touches, and some things that it does not."""
    root = tmp_path / "tree"
    files = {
        "openapi.json": json.dumps(api("/thing", "/other", name="string", gone="string")),
        "CHANGELOG.md": "# Changelog\n\n## 0.3.1 (2026-01-01)\n\n- b\n",
        "vapi_async/_version.py": '__version__ = "0.3.1"\n',
        "vapi_async/contract.json": "old",
        "codegen/names.lock": "old",
        "vapi_async/api/things.py": "old",
        "vapi_async/models/thing.py": "old",
        "vapi_async/client.py": "by hand",
        "codegen_of_the_copy.py": "",
        ".git/HEAD": "ref",
        ".venv/bin/python": "",
    }
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def run(tree: Path, tmp_path: Path) -> Update:
    """Update the tree from a document; return what was said."""

    def run(new: Json, steps: tuple[Step, ...] = DONE, **options: Any) -> list[str]:
        published = tmp_path / "published.json"
        published.write_text(json.dumps(new))
        said: list[str] = []
        update(str(published), tree, TODAY, steps=steps, say=said.append, **options)
        return said

    return run


def test_a_change_brings_contract_client_version_and_changelog(run: Update, tree: Path, tmp_path: Path) -> None:
    before = snapshot(tree)
    said = run(api("/thing", "/other", "/third", name="string"), text=tmp_path / "diff.md")
    after = snapshot(tree)
    changed = {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    assert changed == {
        "CHANGELOG.md",
        "openapi.json",
        "vapi_async/_version.py",
        "vapi_async/contract.json",
        "vapi_async/api/things.py",
        "vapi_async/models/thing.py",
    }
    assert after["vapi_async/_version.py"] == b'__version__ = "0.4.0"\n'
    assert after["vapi_async/api/things.py"] == b'api of __version__ = "0.4.0"\n'
    assert after["vapi_async/contract.json"] == after["openapi.json"]
    assert after["CHANGELOG.md"].decode() == (
        "# Changelog\n\n## 0.4.0 (unreleased)\n\n"
        "- **API** as of 2026-08-25: methods 1 added; fields 1 removed.\n"
        "- **API, breaking**: field removed `Thing.gone`: `was string`\n"
        "- **API**: new method `thirds.list`, `GET /third`\n\n"
        "## 0.3.1 (2026-01-01)\n\n- b\n"
    )
    assert "- **breaking:** field removed `Thing.gone`: `was string`" in (tmp_path / "diff.md").read_text()
    assert [line.split(":")[0] for line in said[-3:]] == ["generate", "check", "update"]
    assert said[-1] == "update: done, version 0.4.0"


def test_what_callers_cannot_tell_apart_changes_nothing(run: Update, tree: Path, tmp_path: Path) -> None:
    before = snapshot(tree)
    same = api("/other", "/thing", gone="string", name="string")
    same["components"]["schemas"]["Thing"]["description"] = "Prose."
    failing = (code("generate", "raise SystemExit(1)"),)
    assert run(same, failing, text=tmp_path / "diff.md")[-1] == "update: nothing to do"
    assert snapshot(tree) == before
    assert not (tmp_path / "diff.md").exists()


@pytest.mark.parametrize("failing", range(3))
def test_a_step_that_fails_leaves_everything_as_it_was(failing: int, run: Update, tree: Path, tmp_path: Path) -> None:
    before = snapshot(tree)
    steps = [*DONE, code("tests", "")]
    steps[failing] = code("sick", "print('what was wrong')\nraise SystemExit(3)")
    with pytest.raises(UpdateFailed, match=r"(?s)sick failed with exit code 3, nothing was changed:.*what was wrong"):
        run(api("/thing", "/other", "/third", name="string"), tuple(steps), text=tmp_path / "diff.md")
    assert snapshot(tree) == before
    assert not (tmp_path / "diff.md").exists()


def test_a_document_that_pull_refuses_leaves_everything_as_it_was(run: Update, tree: Path) -> None:
    before = snapshot(tree)
    with pytest.raises(PullRefused, match=r"lacks 1 of the 2 operations in openapi\.json"):
        run(api("/thing", name="string", gone="string"))
    assert snapshot(tree) == before
    assert run(api("/thing", name="string", gone="string"), force=True)[-1] == "update: done, version 0.4.0"


def test_steps_see_the_copy_and_nothing_that_it_does_not_need(run: Update, tree: Path) -> None:
    text = "import os, sys; from pathlib import Path; root = Path.cwd(); assert not (root / '.git').exists()"
    text += "; assert not (root / '.venv').exists(); assert os.environ['PYTHONPATH'] == str(root)"
    text += f"; assert root != Path({str(tree)!r})"
    run(api("/thing", "/other", name="string"), (*DONE, code("look", text)))


def test_a_move_that_fails_undoes_those_before_it(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(tree)
    copy = tmp_path / "copy"
    for name in before:
        path = copy / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("new")
    (copy / "vapi_async/models/more.py").write_text("new")
    rename = Path.rename

    def failing(path: Path, target: Path) -> Path:
        if path.name == ".CHANGELOG.md.new":
            raise OSError("no space left")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", failing)
    with pytest.raises(OSError, match="no space"):
        install(copy, tree)
    assert snapshot(tree) == before
    monkeypatch.undo()
    install(copy, tree)
    assert {name for name, text in snapshot(tree).items() if text == b"new"} == {
        *(name for name in before if name.startswith(("vapi_async/", "codegen/", "openapi", "CHANGELOG"))),
        "vapi_async/models/more.py",
    } - {"vapi_async/client.py"}


def test_the_steps_are_those_of_a_merge() -> None:
    assert [step.arguments[1] for step in STEPS] == ["codegen", "codegen", "ruff", "mypy", "pyright", "pytest"]


def test_the_command_updates_the_working_directory(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Any] = []
    monkeypatch.setattr("codegen.cli.update", lambda *args, **options: seen.append((args, options)))
    assert main(["update", "a.json", "--force", "--text", "diff.md"]) == 0
    ((source, root, today), options) = seen[0]
    assert (source, root, options) == ("a.json", Path(), {"force": True, "text": Path("diff.md")})
    assert today >= TODAY.replace(year=2025)
    monkeypatch.undo()
    monkeypatch.chdir(tree)
    monkeypatch.setattr(update_module, "STEPS", DONE)
    assert main(["update", str(tmp_path / "no.json")]) == 2
    assert "no.json cannot be read" in capsys.readouterr().err


def test_progress_is_told_on_a_terminal_only(
    run: Update, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = code("generate", ""), code("check", "")
    run(api("/thing", "/other", name="string"), steps)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    run(api("/thing", "/other", other="string"), steps)
    told = capsys.readouterr().err
    assert [step for step in ("pull ...", "diff ...", "generate 0 s ...", "check 0 s ...") if step in told] == [
        "pull ...",
        "diff ...",
        "generate 0 s ...",
        "check 0 s ...",
    ]
    assert told.endswith("\r\033[K")
