"""A served sandbox, driven by clients that nobody here wrote: the official SDKs and the official MCP server.

Their packages come from the registries; where these cannot be reached, or Node is not there, the tests are skipped and
say why. What they are driven through is data: steps.yaml and mcp.yaml.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from tests.sandbox.clients import installed
from tests.sandbox.serving.test_served import served

pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
#: Every call is over as soon as it is made.
SCRIPT = {"calls": [{"turns": [], "queued": 0, "ringing": 0, "times": None}]}
#: Most of it is the Python SDK, which makes its models when it first reads a call.
WITHIN = 1200.0
#: How many methods and tools there are: none may be left out.
PYTHON_METHODS, TYPESCRIPT_METHODS, MCP_TOOLS = 143, 138, 13


def steps(name: str) -> list[Any]:
    found: list[Any] = yaml.safe_load((HERE / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    script = tmp_path / "script.json"
    script.write_text(json.dumps(SCRIPT))
    with served("--script", str(script)) as (_, url):
        yield url


def driven(command: list[str], cwd: Path | None = None) -> list[dict[str, Any]]:
    given = json.dumps(steps("steps.yaml"))
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=WITHIN, check=False, cwd=cwd)
    results = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(results) == len(steps("steps.yaml")), done.stderr[-2000:]
    return results


def check(name: str, results: list[dict[str, Any]], expected: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Say how much of a client works, and fail where that is not all."""
    own = [each for each in results if each["step"] not in ("http", "wait") and not each.get("missing")]
    right = {each["step"] for each in own if each["ok"]}
    with capsys.disabled():
        print(f"\n{name}: {len(right)} of {expected}")
    assert [f"{each['step']}: {each['problem']}" for each in results if not each["ok"]] == []
    assert len(right) == expected


def test_the_official_python_sdk(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    python = installed.python()
    results = driven([str(python), str(HERE / "drive_python.py"), address])
    check(installed.PYTHON_SDK, results, PYTHON_METHODS, capsys)


def test_the_official_typescript_sdk(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = installed.node_modules()
    results = driven(["node", str(HERE / "drive_typescript.cjs"), address], cwd=folder)
    check(installed.NODE_PACKAGES[0], results, TYPESCRIPT_METHODS, capsys)


class McpServer:
    """The official MCP server, spoken to over its standard input and output.

    Args:
        folder: what has it in its node_modules.
        url: the sandbox's address.
    """

    def __init__(self, folder: Path, url: str) -> None:
        main = folder / "node_modules" / "@vapi-ai" / "mcp-server" / "dist" / "index.js"
        command = ["node", "--require", str(HERE / "redirect.cjs"), str(main)]
        environment = {**os.environ, "VAPI_TOKEN": "sandbox", "SANDBOX_URL": url}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(
            command, cwd=folder, env=environment, stdin=pipe, stdout=pipe, stderr=pipe, text=True
        )
        self._number = 0

    def __enter__(self) -> McpServer:
        client = {"protocolVersion": "2025-03-26", "capabilities": {}, "clientInfo": {"name": "tests", "version": "1"}}
        self.ask("initialize", client)
        self._send({"method": "notifications/initialized"})
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()

    def ask(self, method: str, params: dict[str, Any]) -> dict[str, Any]:
        self._number += 1
        self._send({"id": self._number, "method": method, "params": params})
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{") and (answer := json.loads(line)).get("id") == self._number:
                assert "error" not in answer, answer
                found: dict[str, Any] = answer["result"]
                return found
        raise AssertionError("the MCP server has ended")

    def _send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
        self.process.stdin.flush()


def test_the_official_mcp_server(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    folder = installed.node_modules()
    httpx.post(f"{address}/phone-number", json={"provider": "vapi"}, headers={"authorization": "Bearer sandbox"})
    known: dict[str, Any] = {}
    results = []
    with McpServer(folder, address) as server:
        tools = {tool["name"] for tool in server.ask("tools/list", {})["tools"]}
        for tool, arguments, *name in steps("mcp.yaml"):
            answer = server.ask("tools/call", {"name": tool, "arguments": filled(arguments, known)})
            text = answer["content"][0]["text"]
            failed = answer.get("isError") or not text.startswith(("{", "["))
            results.append({"step": tool, "ok": not failed, "problem": text[:500]})
            known.update({} if failed else dict.fromkeys(name, json.loads(text)))
    assert tools == {tool for tool, *_ in steps("mcp.yaml")}
    check(installed.NODE_PACKAGES[1], results, MCP_TOOLS, capsys)


def filled(value: Any, known: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {key: filled(member, known) for key, member in value.items()}
    if not isinstance(value, str):
        return value
    return re.sub(r"\$(\w+)\.([\w.]+)", lambda match: str(at(known[match[1]], match[2])), value)


def at(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return value
