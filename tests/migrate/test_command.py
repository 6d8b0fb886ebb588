"""`python -m vapi_async.migrate`: files, exit codes, and what is written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vapi_async.migrate import scan_file, sources
from vapi_async.migrate.__main__ import main

OLD = "from vapi import Vapi\nclient = Vapi(token='t')\n"


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_findings(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write(tmp_path, a_py=OLD, b__c_py="import vapi\n", d_py="x = 1\n")
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    assert main([str(tmp_path)]) == 1
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[0].startswith(f"{tmp_path / 'a.py'}:1:18: import: from vapi import Vapi -> ")
    assert (
        lines[2]
        == f"{tmp_path / 'b' / 'c.py'}:1:8: import: import vapi -> import vapi_async; models are in vapi_async.models"
    )
    assert lines[3:5] == ["", "3 to change and 0 to check, in 2 of 3 files: import 2, client 1"]
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.py")} == before


def test_nothing_to_do(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write(tmp_path, a_py="import vapi_async\n")
    assert main([str(tmp_path)]) == 0
    assert capsysbinary.readouterr().out == b"Nothing to change in 1 file.\n"


@pytest.mark.parametrize("arguments", [[], ["/nowhere/at/all"], ["--what", "."]])
def test_bad_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err


def test_json(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write(tmp_path, a_py="import vapi\n")
    assert main(["--json", str(tmp_path / "a.py")]) == 1
    assert json.loads(capsysbinary.readouterr().out) == {
        "files": 1,
        "findings": [
            {
                "path": str(tmp_path / "a.py"),
                "line": 1,
                "column": 8,
                "kind": "import",
                "what": "import vapi",
                "instead": "import vapi_async; models are in vapi_async.models",
                "sure": True,
            }
        ],
    }


def test_as_a_module(tmp_path: Path) -> None:
    write(tmp_path, a_py=OLD)
    done = subprocess.run([sys.executable, "-m", "vapi_async.migrate", str(tmp_path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (1, b"")


def test_a_file_is_read_once(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    write(tmp_path, a_py="import vapi\n")
    main(["--json", str(tmp_path), str(tmp_path / "a.py")])
    assert json.loads(capsysbinary.readouterr().out)["files"] == 1


def test_folders_of_others_are_left_out(tmp_path: Path) -> None:
    write(tmp_path, a_py="", venv__b_py="", pkg__venv__b_py="", pkg__c_py="")
    write(tmp_path, **{".git__d_py": "", "node_modules__e_py": "", "f.txt": "import vapi"})
    (tmp_path / "loop").symlink_to(tmp_path)
    assert [path.relative_to(tmp_path).as_posix() for path in sources(tmp_path)] == ["a.py", "pkg/c.py"]


def test_requirements(tmp_path: Path) -> None:
    write(
        tmp_path,
        **{"requirements-dev.txt": "httpx\nvapi_server_sdk==1.0\n", "pyproject.toml": "'vapi-server-sdk>=1'\n"},
    )
    findings = [finding for path in sources(tmp_path) for finding in scan_file(path)]
    assert [(Path(f.path).name, f.line, f.column, f.instead) for f in findings] == [
        ("pyproject.toml", 1, 2, "vapi-async"),
        ("requirements-dev.txt", 2, 1, "vapi-async"),
    ]


@pytest.mark.parametrize("name", ["dev-requirements.txt", "constraints.txt", "requirements/dev.txt", "setup.py"])
def test_requirements_elsewhere(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_text('needed = ["vapi_server_sdk", "vapi-server-sdk[x]"]\n', encoding="utf-8")
    assert list(sources(tmp_path)) == [path]
    assert [(f.kind, f.line, f.column) for f in scan_file(path)] == [("package", 1, 12), ("package", 1, 31)]


@pytest.mark.parametrize(
    ("content", "kinds"),
    [
        ("# coding: latin-1\nfrom vapi import Call\nx = 'é'\n".encode("latin-1"), ["import"]),
        ("\ufefffrom vapi import Call\n".encode(), ["import"]),
        (b"from vapi import Call\r\nx = 1\r\n", ["import"]),
        (b"# coding: utf-99\n", ["unreadable"]),
        (b"x = '\xff'\n", ["unreadable"]),
        ("import vapi".encode("utf-16"), ["unreadable"]),
        (b"\x00", ["unreadable"]),
    ],
)
def test_encodings(tmp_path: Path, content: bytes, kinds: list[str]) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(content)
    assert [finding.kind for finding in scan_file(path)] == kinds


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    assert [finding.kind for finding in scan_file(tmp_path)] == ["unreadable"]
    (tmp_path / "pyproject.toml").write_bytes(b"\xff")
    assert [finding.kind for finding in scan_file(tmp_path / "pyproject.toml")] == ["unreadable"]
