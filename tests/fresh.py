"""Code run in an interpreter of its own: what imports do cannot be seen in one where everything is imported already."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]


def run(code: str) -> Any:
    """Run code in a fresh interpreter with warnings as errors.

    Args:
        code: Statements; they leave what is to be returned, JSON values only, in a variable `result`.

    Returns:
        The value of `result`.
    """
    script = f"import json, sys\n{code}\nprint(json.dumps(result))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


#: Statement for `run`: the modules that are loaded, as a set called `loaded`.
LOADED = "loaded = {name for name in sys.modules}"
