"""The sandbox on a port, the pytest plugin, and what imports cost."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests import fresh
from vapi_async import AsyncVapi
from vapi_async.errors import MissingExtra
from vapi_async.sandbox import Sandbox, sandbox as box
from vapi_async.sandbox.__main__ import _listener, main

ROOT = Path(__file__).parents[3]
_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


@contextmanager
def served(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Serve on a port of the system's choice; yields the process and the address."""
    command = [sys.executable, "-m", "vapi_async.sandbox", "--port", "0", *options]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().split()[4]
        finally:
            process.kill()


async def test_it_is_served_on_a_port() -> None:
    with served("--token", "right") as (process, address):
        with anyio.fail_after(60):
            async with AsyncVapi("right", base_url=address) as vapi:
                made = await vapi.assistants.create(name="A")
                assert [each.id async for each in vapi.assistants.list()] == [made.id]
                number = await vapi.phone_numbers.create({"provider": "vapi"})
                call = await vapi.calls.create(
                    assistant_id=made.id, phone_number_id=number.id, customer={"number": "+14155550123"}
                )
                assert call.status == "queued"
                assert call.to_dict()["monitor"]["controlUrl"].startswith(f"{address}/live/")
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 0
        assert process.stdout is not None
        assert process.stderr is not None
        assert 'vapi.live(call, allow_hosts=("127.0.0.1",))' in process.stdout.read()
        assert process.stderr.read() == ""


def test_an_address_that_others_reach_is_warned_of(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--host", "0.0.0.0", "--contract", "/nowhere"]) == 2
    error = capsys.readouterr().err
    assert "0.0.0.0 can be reached from elsewhere" in error
    assert "cannot read /nowhere" in error
    assert main(["--contract", "/nowhere"]) == 2
    assert "elsewhere" not in capsys.readouterr().err


@pytest.mark.parametrize("port", ["-1", "65536", "many"])
def test_a_port_that_is_none(capsys: pytest.CaptureFixture[str], port: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main([f"--port={port}"])
    assert caught.value.code == 2
    assert "port" in capsys.readouterr().err


def test_without_the_extra_it_says_which(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert main([]) == 2
    assert "vapi-async[sandbox]" in capsys.readouterr().err


@pytest.mark.parametrize("module", ["jsonschema_rs", "starlette"])
def test_a_sandbox_without_the_extra_says_which(monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    def missing(name: str, extra: str) -> Any:
        if name == module:
            raise MissingExtra(f"pip install 'vapi-async[{extra}]'")

    monkeypatch.setattr(box, "load", missing)
    with pytest.raises(MissingExtra, match=r"vapi-async\[sandbox\]"):
        Sandbox()


def test_the_plugin_and_the_package_import_nothing_of_the_extra() -> None:
    code = "import vapi_async.sandbox, vapi_async.sandbox.plugin\n"
    heavy = ("starlette", "jsonschema_rs", "httpx", "httpx_ws", "uvicorn", "anyio.abc")
    assert fresh.run(f"{code}result = [name for name in {heavy} if name in sys.modules]") == []


def test_all_that_is_offered_is_there() -> None:
    import vapi_async.sandbox as package

    for name in package.__all__:
        assert getattr(package, name) is not None
        assert name in dir(package)
    with pytest.raises(AttributeError, match="nothing"):
        package.nothing  # noqa: B018


_TESTS = """
import pytest

async def test_one(vapi_sandbox, vapi_client):
    await vapi_client.assistants.create(name="A")
    vapi_sandbox.assert_called("assistants.create", name="A", times=1)
    assert len(vapi_sandbox.requests) == 1

{mark}
async def test_another(vapi_sandbox, vapi_client):
    async with vapi_sandbox:
        assert [*await vapi_client.assistants.list()] == []
"""


@pytest.mark.parametrize(
    ("options", "mark", "passed"),
    [
        (["-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=auto"], "", 2),
        (["-p", "pytest_asyncio.plugin", "-o", "asyncio_mode=strict"], "@pytest.mark.asyncio", 1),
        (["-p", "no:asyncio", "-p", "anyio", "-k", "another"], "@pytest.mark.anyio", 2),
    ],
    ids=["auto", "strict", "anyio"],
)
def test_the_fixtures_work_with_each_async_plugin(tmp_path: Path, options: list[str], mark: str, passed: int) -> None:
    (tmp_path / "test_it.py").write_text(_TESTS.format(mark=mark), encoding="utf-8")
    (tmp_path / "conftest.py").write_text("", encoding="utf-8")
    command = [sys.executable, "-W", "error::ResourceWarning", "-m", "pytest", "-q", "-p", "vapi_async.sandbox.plugin"]
    chosen = [*options, "-k", "another"] if mark else options
    environment = {**_ENVIRONMENT, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [*command, *chosen, "test_it.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert f"{passed} passed" in done.stdout, done.stdout + done.stderr


def test_what_listens_sends_at_once() -> None:
    listener = _listener("127.0.0.1", 0)
    with listener:
        assert listener.proto == socket.IPPROTO_TCP
        assert listener.getsockname()[1]


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    with _listener("127.0.0.1", 0) as listener:
        listener.listen()
        assert main(["--port", str(listener.getsockname()[1])]) == 2
    assert "cannot listen on 127.0.0.1, port" in capsys.readouterr().err
