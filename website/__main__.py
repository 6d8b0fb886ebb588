"""`python -m website`: put the pages together and build the site; with `--assemble`, only the first."""

from __future__ import annotations

import subprocess
import sys

from website.assemble import ROOT, assemble
from website.search import prefer_guides

_FINE = "No issues found"


def main(arguments: list[str]) -> int:
    """Return 0 if the site was built without a warning."""
    assemble()
    if arguments == ["--assemble"]:
        return 0
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    sys.stderr.write(done.stderr)
    if not done.returncode:
        prefer_guides(ROOT / "site" / "search.json")
    # --strict looks at links only; what mkdocstrings complains of is written there, and no more.
    return done.returncode or int(done.stderr.strip() != _FINE)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
