"""`--diff` and `--write`: what is certain, and nothing as long as a call would not be awaited."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from vapi_async.migrate.__main__ import main

OLD = """
import vapi
import vapi as v
from vapi import Vapi, AsyncVapi as Client, CreateAssistantDto  # models too
from vapi.core.api_error import ApiError

client = Vapi(token="t")


async def show(id: str, dto: CreateAssistantDto) -> v.Call:
    try:
        é = client.calls.get(id); status = client.calls.get(id).status
    except ApiError:
        raise
    for board in client.board.board_controller_find_all():
        print(board)
    x = await client.calls.get(id)
    client.assistants.create(  # made anew
        name="A", model={"provider": "openai", "model": "gpt-4o", "tool_ids": ['a']},
        voice=dict(provider="vapi", voice_id="Elliot"),
    )
    return vapi.Call()
"""
NEW = """
import vapi_async
import vapi_async as v
from vapi_async import AsyncVapi, AsyncVapi as Client
from vapi_async.models import CreateAssistantDTO  # models too
from vapi_async import StatusError

client = AsyncVapi(token="t")


async def show(id: str, dto: CreateAssistantDTO) -> v.models.Call:
    try:
        é = await client.calls.get(id); status = (await client.calls.get(id)).status
    except StatusError:
        raise
    async for board in client.boards.list():
        print(board)
    x = await client.calls.get(id)
    await client.assistants.create(  # made anew
        name="A", model={"provider": "openai", "model": "gpt-4o", "toolIds": ['a']},
        voice=dict(provider="vapi", voiceId="Elliot"),
    )
    return vapi_async.models.Call()
"""


def test_what_is_certain_is_written_and_the_rest_stays_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes(OLD.replace("\n", "\r\n").encode())
    assert main(["--write", str(tmp_path)]) == 1
    assert path.read_bytes().decode() == NEW.replace("\n", "\r\n")


def test_a_diff_changes_nothing(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    path = tmp_path / "a.py"
    path.write_text(OLD, encoding="utf-8")
    assert main(["--diff", str(tmp_path)]) == 1
    shown = capsysbinary.readouterr().out.decode()
    assert f"--- {path}\n+++ {path}\n" in shown
    assert "+    async for board in client.boards.list():\n" in shown
    assert path.read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize(
    "source",
    [
        "from vapi import Vapi\nclient = Vapi(token='t')\ndef f(): client.calls.create(assistant_id='a')\n",
        "from vapi import Vapi\nclient = Vapi(token='t')\nclient.calls.create(assistant_id='a')\n",
        "from vapi import Vapi\nc = Vapi(token='t')\nasync def f(): return [x for x in c.calls.list()]\n",
        "from vapi import Vapi\nc = Vapi(token='t')\nasync def f(): return map(lambda i: c.calls.get(i), ids)\n",
        "import asyncio\nfrom vapi import Vapi\nc = Vapi()\nasync def f(): await asyncio.to_thread(c.calls.get, 'x')\n",
    ],
)
def test_nothing_is_written_while_a_call_would_not_be_awaited(
    source: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    path.write_text(source)
    other.write_text("from vapi import Call\n")
    assert main(["--write", str(tmp_path)]) == 3
    assert (path.read_text(), other.read_text()) == (source, "from vapi import Call\n")
    assert f"{path}:" in capsys.readouterr().err
    assert main(["--write", "--force", str(tmp_path)]) == 1
    assert other.read_text() == "from vapi_async.models import Call\n"


def test_imports_that_are_not_certain_stay(tmp_path: Path) -> None:
    source = textwrap.dedent("""
        from vapi import AsyncVapi, Trieve
        from vapi import *
    """)
    (tmp_path / "a.py").write_text(source)
    main(["--write", str(tmp_path)])
    assert (tmp_path / "a.py").read_text() == source


def test_an_encoding_that_the_file_declares_stays(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_bytes("# coding: latin-1\nfrom vapi import Call  # é\n".encode("latin-1"))
    assert main(["--write", str(tmp_path)]) == 1
    assert path.read_bytes() == "# coding: latin-1\nfrom vapi_async.models import Call  # é\n".encode("latin-1")


def test_what_was_written_runs(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__init__.py").write_text("")
    (tmp_path / "app/clients.py").write_text("from vapi import AsyncVapi\n\ndef make(**o): return AsyncVapi(**o)\n")
    (tmp_path / "app/main.py").write_text(
        "import asyncio\nfrom vapi import CreateAssistantDto\nfrom app.clients import make\n\n"
        "async def main():\n"
        "    from vapi_async.sandbox import Sandbox\n"
        "    sb = Sandbox()\n"
        "    client = make(token='t', base_url=sb.base_url, http_client=sb.http_client())\n"
        "    made = await client.assistants.create(name='A', model={'provider': 'openai', 'model': 'gpt-4o', "
        "'max_tokens': 500})\n"
        "    print(made.model.max_tokens, CreateAssistantDto.__name__)\n\nasyncio.run(main())\n"
    )
    assert main(["--write", str(tmp_path)]) == 1
    done = subprocess.run([sys.executable, "-m", "app.main"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout == "500 CreateAssistantDTO\n", done.stderr
