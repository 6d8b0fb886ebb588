"""How much of the public interface has types that a checker need not guess: `python -m tests.tools.completeness`.

It looks at what users get, the wheel, unpacked into an environment that has what the wheel depends on. Names that
begin with an underscore are private, and so is what such a module has, unless something public is made of it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tempfile
import venv
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
PACKAGE = "vapi_async"


def main() -> int:
    """Say how complete the types are, and what is missing; return the code to end with."""
    with tempfile.TemporaryDirectory() as folder:
        report = _verified(_environment(Path(folder)))
    score: float = report["completenessScore"]
    print(f"{PACKAGE}: {score:.2%} of the public interface has types")
    if score < 1:
        print(*causes(report), sep="\n", file=sys.stderr)
    return int(score < 1)


def _environment(folder: Path) -> Path:
    """Make an environment with the wheel, and with what this one has; return its interpreter."""
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    venv.create(folder / "env")
    paths = {"base": str(folder / "env"), "platbase": str(folder / "env")}
    site = Path(sysconfig.get_path("purelib", "venv", paths))
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    (site / "others.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", paths), "python")


def _verified(python: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "pyright", "--verifytypes", PACKAGE, "--ignoreexternal", "--outputjson"]
    # With this option pyright does not look at --pythonpath, only at the Python that it finds first.
    environment = {**os.environ, "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    environment.pop("PYTHONPATH", None)  # the checkout would come before the wheel
    done = subprocess.run(command, cwd=python.parent, env=environment, capture_output=True, text=True, check=False)
    found: dict[str, Any] = json.loads(done.stdout)["typeCompleteness"]
    if not found["symbols"]:
        raise RuntimeError(f"pyright does not find {PACKAGE} in {python}")
    return found


def causes(report: dict[str, Any]) -> Iterator[str]:
    """Yield where a type is missing or only inferred: there, and not at all that mention it, something is to be done.

    A cause may be private: the type of an attribute of a private base is that of all public classes.
    """
    for symbol in report["symbols"]:
        said = [each["message"].replace("\n\xa0\xa0", ": ") for each in symbol["diagnostics"]]
        why = [message for message in said if "partially unknown" not in message and "No docstring" not in message]
        if why and (symbol["isTypeAmbiguous"] or not symbol["isTypeKnown"]):
            yield f"{symbol['name']}: {'; '.join(why)}"


if __name__ == "__main__":
    sys.exit(main())
