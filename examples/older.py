"""Packages generated from older contracts: for operations that the API's current contract no longer has.

The contracts are in examples/contracts, so this needs a checkout of the repository. In a project of your own, generate
the package once, and keep it:

    python -m codegen generate --spec examples/contracts/2024-12-10.json --package vapi_2024 --out .
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, invalidate_caches
from pathlib import Path
from subprocess import run
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]


@contextmanager
def generated(contract: str) -> Iterator[ModuleType]:
    """Generate the package of a contract into a temporary folder, and import it for as long as the block takes.

    Args:
        contract: The date in its file's name: "2024-12-10" makes the package `vapi_2024`.
    """
    if not (ROOT / "codegen").is_dir():
        sys.exit("This example generates a package, which needs a checkout of the repository.")
    name = f"vapi_{contract[:4]}"
    spec = Path("examples", "contracts", f"{contract}.json")
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "codegen", "generate", "--spec", str(spec), "--package", name, "--out", folder]
        done = run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"codegen failed:\n{done.stderr}")
        sys.path.insert(0, folder)
        invalidate_caches()
        try:
            yield import_module(name)
        finally:
            sys.path.remove(folder)
            for module in [module for module in sys.modules if module.partition(".")[0] == name]:
                del sys.modules[module]
