"""What a type checker pays for a script of twenty lines, from nothing: this package against the official SDK.

Each is checked where it is installed, in an environment of its own below build/; mypy and pyright are those of the
development environment. Cold means no cache of mypy's; pyright has none. The better of two turns counts, since the
first one may have to wait for the disk.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks.rivals import OFFICIAL, ROOT, official_python
from benchmarks.table import Row

_TURNS = 2
ENVIRONMENT = ROOT / "build" / "checkers"
_SCRIPT = """
import asyncio
import os

from {package} import {names}


async def main() -> None:
    vapi = AsyncVapi(token=os.environ["VAPI_API_KEY"])
    assistant = await vapi.assistants.create(
        name="Anna",
        first_message="Good morning!",
        model={model},
    )
    call = await vapi.calls.create(
        assistant_id=assistant.id,
        phone_number_id=os.environ["VAPI_PHONE_NUMBER_ID"],
        customer={customer},
    )
    print(call)


asyncio.run(main())
"""
_OURS = _SCRIPT.format(
    package="vapi_async",
    names="AsyncVapi",
    model='{"provider": "openai", "model": "gpt-4o"}',
    customer='{"number": "+15551234567"}',
)
_OFFICIAL = _SCRIPT.format(
    package="vapi",
    names="AsyncVapi, CreateAssistantDtoModel_Openai, CreateCustomerDto",
    model='CreateAssistantDtoModel_Openai(model="gpt-4o")',
    customer='CreateCustomerDto(number="+15551234567")',
)


def run() -> list[Row]:
    """Measure both checkers; about a minute and a half."""
    scripts = {"vapi-async": (_our_python(), _OURS), OFFICIAL: (official_python(), _OFFICIAL)}
    return [row for name, command in _CHECKERS.items() for row in _rows(name, command, scripts)]


def _mypy(python: str) -> list[str]:
    return ["mypy", "--config-file=", f"--cache-dir={os.devnull}", f"--python-executable={python}"]


def _pyright(python: str) -> list[str]:
    return ["pyright", f"--pythonpath={python}"]


_CHECKERS = {"mypy": _mypy, "pyright": _pyright}


def _rows(checker: str, command: Callable[[str], list[str]], scripts: dict[str, tuple[str, str]]) -> Iterator[Row]:
    spent = {}
    for name, (python, script) in scripts.items():
        turns = [_checked(command(python), script) for _ in range(_TURNS)]
        spent[name] = seconds, memory = min(each[0] for each in turns), min(each[1] for each in turns)
        yield Row(f"{name}: cold {checker} of 20 lines, CPU time", seconds, unit="s")
        yield Row(f"{name}: cold {checker} of 20 lines, peak memory", memory, unit="MB")
    ours, official = spent.values()
    yield Row(f"cold {checker} of 20 lines, CPU time vs the official SDK", ours[0] / official[0], 1, 0.5, "x")
    yield Row(f"cold {checker} of 20 lines, peak memory vs the official SDK", ours[1] / official[1], 1, 0.75, "x")


def _checked(command: list[str], script: str) -> tuple[float, float]:
    """Check a script; return the seconds of CPU time and the peak memory in MB of all processes that it took."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MYPYPATH", "PYTHONPATH")}
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryFile("w+") as said:
        Path(folder, "script.py").write_text(script, encoding="utf-8")
        run = [sys.executable, "-m", *command, "script.py"]
        child = subprocess.Popen(run, cwd=folder, env=environment, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if child.returncode:
            raise RuntimeError(f"{command} could not do it: {said.read()[-1000:]}")
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1000


def _our_python() -> str:
    """An environment with the wheel of this checkout, made anew each time."""
    python = ENVIRONMENT / "bin" / "python"
    venv.create(ENVIRONMENT, with_pip=True, clear=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", ROOT], check=True)
    return str(python)
