"""What the machine says is not what tests find: each of these runs others where the environment is hostile."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vapi_async import AsyncVapi, ConfigurationError

ROOT = Path(__file__).resolve().parents[1]
GOLDEN = ROOT / "tests" / "codegen" / "golden"
PROXY = "http://127.0.0.1:9"
HOSTILE = {
    "HTTP_PROXY": PROXY,
    "HTTPS_PROXY": PROXY,
    "ALL_PROXY": PROXY,
    "SSL_CERT_FILE": "/there/is/none.pem",
    "VAPI_API_KEY": "leaked",
    "VAPI_BASE_URL": "https://leaked.example",
    "NO_COLOR": "1",
    "TZ": "Pacific/Chatham",
}


def run(*command: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False,
        encoding="latin-1",
    )  # fmt: skip


def test_proxies_certificates_and_settings_of_the_machine_change_no_test() -> None:
    files = ("tests/http/test_construction.py", "tests/sandbox/test_sandbox.py", "tests/test_quickstart.py")
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", *files, **HOSTILE)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "ascii"])
def test_the_generator_prints_on_any_encoding(tmp_path: Path, encoding: str) -> None:
    job = ["--spec", str(GOLDEN / "mini.json"), "--overlay", str(GOLDEN / "mini.yaml")]
    more = ["--package", "made", "--out", str(tmp_path), "--names", str(tmp_path / "names.lock")]
    done = run("-m", "codegen", "generate", *job, *more, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert " -> methods " in done.stdout


@pytest.mark.parametrize("encoding", ["latin-1", "ascii"])
def test_a_diff_prints_what_its_encoding_has_no_letter_for(encoding: str) -> None:
    mini = str(GOLDEN / "mini.json")
    arguments = ["diff", mini, mini, "--format", "markdown"]
    done = run("-m", "codegen", *arguments, PYTHONIOENCODING=encoding, PYTHONUTF8="0")
    assert (done.returncode, done.stderr) == (0, "")
    assert r"\u2192" in done.stdout


async def test_certificates_that_are_not_there_are_said_by_the_variable(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    async with AsyncVapi("t", base_url="https://127.0.0.1:9", retry=0) as vapi:
        with pytest.raises(ConfigurationError, match=r"SSL_CERT_FILE names .*none\.pem"):
            await vapi.assistants.list()
