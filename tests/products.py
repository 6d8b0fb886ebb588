"""What takes seconds to make and is the same for every test: made once in a run, by whichever worker needs it first."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest
from filelock import FileLock

from codegen.generate import Job, generate

ROOT = Path(__file__).resolve().parents[1]
CONTRACTS = ROOT / "examples" / "contracts"


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that all workers of a run share; whoever changes something in it takes a copy.

    Args:
        factory: The fixture `tmp_path_factory`.
        name: The folder's name.
        make: Fills the folder that it is given.
    """
    own = factory.getbasetemp()
    shared = own.parent if "PYTEST_XDIST_WORKER" in os.environ else own
    folder, unfinished = shared / name, shared / f"{name}.part"
    with FileLock(shared / f"{name}.lock"):
        if not folder.exists():
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(folder)
    return folder


def older_package(factory: pytest.TempPathFactory, contract: str) -> Path:
    """Return a folder to import from, with the package of an older contract: "2024-12-10" is `vapi_2024`."""
    name = f"vapi_{contract[:4]}"
    job = CONTRACTS / f"{contract}.json"
    return once(factory, f"{name}-generated", lambda folder: generate(Job(job, name, folder / name, strict=False)))


@contextmanager
def importable(folder: Path, name: str) -> Iterator[ModuleType]:
    """Let a generated package be imported from a folder, and forget it afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(folder))
        try:
            yield import_module(name)
        finally:
            for module in [module for module in sys.modules if module.partition(".")[0] == name]:
                del sys.modules[module]


def distributions(factory: pytest.TempPathFactory) -> Path:
    """Return a folder with our sdist and wheel (the wheel from the sdist, as an index would have it)."""

    def build(folder: Path) -> None:
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
        subprocess.run(command, check=True, capture_output=True)

    return once(factory, "distributions", build)
