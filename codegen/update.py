"""``make update``: what changed in the published document is brought into this repository, or nothing is touched.

pull → diff → version and changelog → generate → check → tests, all of it in a copy of the working tree. What came out
of it moves back only after the last step has passed, and together: if a move fails, those before it are undone.
A document that callers cannot tell from the current one, since only its order or prose changed, changes nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import date
from pathlib import Path

from attrs import frozen

from .diff import diff_sources
from .diff.changes import Diff
from .diff.formats import as_markdown, as_text
from .errors import Refused
from .progress import Watch, clear, telling
from .pull import PullRefused, pull
from .release import current_version, entry, next_version, spelled, with_entry, with_version

CONTRACT = "openapi.json"
CHANGELOG = "CHANGELOG.md"
VERSION = "vapi_async/_version.py"
#: All that an update may change, and in this order.
PRODUCTS = (
    *("vapi_async/api", "vapi_async/models", "vapi_async/contract.json"),
    *("codegen/names.lock", CONTRACT, VERSION, CHANGELOG),
)
#: Of the working tree, what no step needs.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".hypothesis", ".*_cache", "__pycache__", "*.egg-info", "dist")
_TICK_SECONDS = 0.2
_LONGEST_OUTPUT = 4000


class UpdateFailed(Refused):
    """A step did not pass; nothing was changed."""


@frozen
class Step:
    """One step: arguments of the Python interpreter, run in the copy."""

    name: str
    arguments: tuple[str, ...]


STEPS = (
    Step("generate", ("-m", "codegen", "generate")),
    Step("check", ("-m", "codegen", "check")),
    Step("lint", ("-m", "ruff", "check")),
    Step("types, mypy", ("-m", "mypy")),
    Step("types, pyright", ("-m", "pyright", "--pythonpath", sys.executable)),
    Step("tests", ("-m", "pytest", "-q", "-m", "not slow", "-n", "2", "--dist", "loadfile")),
)


def update(
    source: str,
    root: Path,
    today: date,
    *,
    force: bool = False,
    text: Path | None = None,
    steps: Sequence[Step] = STEPS,
    say: Callable[[str], None] = print,
) -> Diff:
    """Bring a published document into a working tree.

    Args:
        source: Path or URL of the document.
        root: The working tree.
        today: The date for the changelog.
        force: As for `pull`: accept the loss of many operations.
        text: Where to write the diff as Markdown; not written when nothing changed.
        steps: What has to pass once the contract, the version and the changelog are new.
        say: Gets what there is to tell, a line or more at a time.

    Returns:
        What changed.

    Raises:
        UpdateFailed: A step did not pass. Its exception, like any other one here, leaves the tree as it was.
    """
    with _copied(root) as copy:
        found = _pull(source, root, copy, force=force, say=say)
        if not found.changes:
            say("update: nothing to do")
            return found
        version = _write_release(copy, found, today)
        for step in steps:
            say(_run(step, copy))
        install(copy, root)
        if text:
            text.write_text(as_markdown(found, "before", "after") + "\n", encoding="utf-8")
        say(f"update: done, version {version}")
    return found


@contextmanager
def _copied(root: Path) -> Iterator[Path]:
    """A copy of the working tree in which all steps run, tests included: whatever fails, the tree is as it was."""
    with tempfile.TemporaryDirectory(prefix="vapi-async-") as name:
        copy = Path(name) / "tree"
        shutil.copytree(root, copy, ignore=_LEFT_OUT, symlinks=True)
        yield copy


def _pull(source: str, root: Path, copy: Path, *, force: bool, say: Callable[[str], None]) -> Diff:
    place = str(copy / CONTRACT)
    try:
        with telling("pull"):
            report = pull(source, copy / CONTRACT, force)
    except PullRefused as error:
        raise PullRefused(str(error).replace(place, CONTRACT)) from error
    say(str(report).replace(place, CONTRACT))
    with telling("diff"):
        found = diff_sources(str(root / CONTRACT), place)
    say(as_text(found, "before", "after"))
    return found


def _write_release(copy: Path, found: Diff, today: date) -> str:
    """Write the version and the changelog; return the version."""
    module, changelog = copy / VERSION, copy / CHANGELOG
    old = changelog.read_text(encoding="utf-8")
    version = next_version(current_version(module.read_text(encoding="utf-8")), old, found)
    module.write_text(with_version(module.read_text(encoding="utf-8"), version), encoding="utf-8")
    changelog.write_text(with_entry(old, version, entry(found, today)), encoding="utf-8")
    return spelled(version)


def _run(step: Step, copy: Path) -> str:
    """Run a step in the copy, and return a line that tells how long it took."""
    # The copy goes before the tree, from which the package may be installed.
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    watch = Watch(step.name)
    with (
        tempfile.TemporaryFile() as output,
        subprocess.Popen(
            [sys.executable, *step.arguments], cwd=copy, env=environment, stdout=output, stderr=subprocess.STDOUT
        ) as process,
    ):
        status = _wait(process, watch)
        if status:
            output.seek(0)
            tail = output.read().decode("utf-8", "replace")[-_LONGEST_OUTPUT:]
            raise UpdateFailed(f"{step.name} failed with exit code {status}, nothing was changed:\n{tail}")
    return f"{step.name}: passed in {watch.seconds:.1f} s"


def _wait(process: subprocess.Popen[bytes], watch: Watch) -> int:
    try:
        while True:
            watch.tick()
            try:
                return process.wait(_TICK_SECONDS)
            except subprocess.TimeoutExpired:
                continue
    except BaseException:
        process.kill()
        raise
    finally:
        clear()


def install(copy: Path, root: Path) -> None:
    """Replace the products of the tree by those of the copy: all of them, or none when one cannot be."""
    with ExitStack() as moves:
        for product in PRODUCTS:
            moves.enter_context(_replaced(copy / product, root / product))


@contextmanager
def _replaced(new: Path, target: Path) -> Iterator[None]:
    """Put what is new in its place while the old one waits beside it, to come back if a later move fails."""
    waiting = target.with_name(f".{target.name}.old")
    arriving = target.with_name(f".{target.name}.new")
    for leftover in (waiting, arriving):
        _remove(leftover)
    if new.is_dir():
        shutil.copytree(new, arriving)
    else:
        shutil.copy2(new, arriving)
    try:
        if target.exists():
            target.rename(waiting)
        arriving.rename(target)
        yield
    except BaseException:
        _restore(waiting, arriving, target)
        raise
    _remove(waiting)


def _restore(waiting: Path, arriving: Path, target: Path) -> None:
    """Undo a replacement, however far it came."""
    if not arriving.exists():
        _remove(target)
    _remove(arriving)
    if waiting.exists():
        waiting.rename(target)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
