"""`python -m website`: put the pages together and build the site; with `--assemble`, only the first."""

from __future__ import annotations

import shutil
import subprocess
import sys

from website.assemble import BUILT, ROOT, assemble
from website.navigation import settings
from website.parameters import shorten
from website.search import prefer_guides

_FINE = "No issues found"
_SITE = ROOT / "site"


def main(arguments: list[str]) -> int:
    """Return 0 if the site was built without a warning."""
    assemble()
    written = BUILT.with_name("mkdocs.yml")
    written.write_text(settings(ROOT / "mkdocs.yml", BUILT), encoding="utf-8")
    if arguments == ["--assemble"]:
        return 0
    command = [sys.executable, "-m", "zensical", "build", "--config-file", str(written), "--clean", "--strict"]
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False)
    sys.stderr.write(done.stderr)
    if not done.returncode:
        _finish()
    # --strict looks at links only; what mkdocstrings complains of is written there, and no more.
    return done.returncode or int(done.stderr.strip() != _FINE)


def _finish() -> None:
    """Move the site to its place; the builder writes no other folder than one beside its settings."""
    shutil.rmtree(_SITE, ignore_errors=True)
    shutil.move(BUILT.with_name("site"), _SITE)
    shorten(_SITE / "reference")
    prefer_guides(_SITE / "search.json")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
