"""A code base of many modules: a client is followed from the one that makes it into those that use it."""

from __future__ import annotations

import json
import textwrap
from pathlib import Path

import pytest

from vapi_async.migrate.files import scan_files, sources
from vapi_async.migrate.finding import Finding

MAKES = """
from functools import cached_property
from vapi import Vapi, AsyncVapi

client = Vapi(token="t")

def make_client():
    return client

async def get_client():
    vapi = AsyncVapi(token="t")
    yield vapi

class Base:
    def __init__(self):
        self.api = make_client()

class Service(Base):
    vapi: Vapi

    @cached_property
    def phone(self):
        return self.api

    def connection(self):
        return self.api

class OurVapi(Vapi):
    def ring(self):
        return self.calls.create(assistant_id="a")
"""


def project(folder: Path, **files: str) -> dict[str, list[Finding]]:
    for name, text in {"app__clients": MAKES, "app____init__": "", **files}.items():
        path = folder / (name.replace("__", "/", 1) + ("" if "." in name else ".py"))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
    found = scan_files(list(sources(folder)))
    return {str(path.relative_to(folder)): examined.findings for path, examined in found.items()}


@pytest.mark.parametrize(
    "source",
    [
        "from app.clients import client\nclient.calls.get('x')",
        "from .clients import client\nclient.calls.get('x')",
        "from . import clients\nclients.client.calls.get('x')",
        "from app import clients as c\nc.client.calls.get('x')",
        "import app.clients\napp.clients.client.calls.get('x')",
        "import app.clients as c\nc.client.calls.get('x')",
        "from app.clients import *\nclient.calls.get('x')",
        "from app.clients import make_client\nmake_client().calls.get('x')",
        "from app.clients import make_client\nclass A:\n  def __init__(self): self.c = make_client()\n"
        "  def f(self): return self.c.calls.get('x')",
        "from app.clients import Service\nService().api.calls.get('x')",
        "from app.clients import Service\nService().phone.calls.get('x')",
        "from app.clients import Service\nService().connection().calls.get('x')",
        "from app.clients import Service\nService().vapi.calls.get('x')",
        "from app.clients import Service\ndef f(s: Service): s.api.calls.get('x')",
        "from app.clients import Service\nclass Mine(Service):\n  def f(self): self.api.calls.get('x')",
        "from app.clients import OurVapi\nOurVapi(token='t').calls.get('x')",
        "from app.clients import OurVapi\ndef f(v: OurVapi): v.calls.get('x')",
    ],
)
def test_a_client_of_another_module_is_followed(source: str, tmp_path: Path) -> None:
    found = project(tmp_path, app__use=source)["app/use.py"]
    assert [(finding.kind, finding.what, finding.sure) for finding in found if finding.kind == "await"] == [
        ("await", "client.calls.get(...)", True)
    ]


def test_through_two_modules_and_round_a_circle(tmp_path: Path) -> None:
    found = project(
        tmp_path,
        app__api="from .clients import client as voice\nfrom .use import helper",
        app__use="from app.api import voice\ndef helper(): return voice.assistants.list()",
    )
    assert [finding.what for finding in found["app/use.py"]] == ["client.assistants.list(...)"]


def test_what_a_framework_hands_in(tmp_path: Path) -> None:
    source = """
        from fastapi import Depends
        from app.clients import get_client

        async def endpoint(vapi=Depends(get_client)):
            return await vapi.board.board_controller_find_all()
    """
    found = project(tmp_path, app__use=source)["app/use.py"]
    assert [(finding.what, finding.instead, finding.sure) for finding in found if finding.kind == "method"] == [
        ("board.board_controller_find_all", "boards.list", True)
    ]


def test_a_subclass_calls_what_it_inherits(tmp_path: Path) -> None:
    found = project(tmp_path)["app/clients.py"]
    assert "client.calls.create(...)" in [finding.what for finding in found if finding.kind == "await"]


def test_what_nobody_says_to_be_a_client_is_to_be_checked_in_such_a_project(tmp_path: Path) -> None:
    found = project(tmp_path, app__use="def f(thing): thing.calls.create(assistant_id='a')")["app/use.py"]
    assert [(finding.kind, finding.sure) for finding in found] == [("await", False)]
    (tmp_path / "app/clients.py").unlink()
    assert scan_files([tmp_path / "app/use.py"])[tmp_path / "app/use.py"].findings == []


@pytest.mark.parametrize(
    "source",
    [
        "from openai import OpenAI\nOpenAI().files.create(file=f)",
        "from openai import OpenAI\nclient = OpenAI()\ndef f(): return client.files.list()",
        "import openai\nclass A:\n  def __init__(self): self.c = openai.OpenAI()\n  def f(self): self.c.files.list()",
        "def f(thing): thing.calls.frobnicate()",
    ],
)
def test_other_clients_of_such_a_project_are_left_alone(source: str, tmp_path: Path) -> None:
    assert project(tmp_path, app__use=source)["app/use.py"] == []


def test_classes_of_resources(tmp_path: Path) -> None:
    source = """
        from vapi.calls.client import CallsClient, AsyncCallsClient
        def f(calls: CallsClient): return calls.get("x")
        async def g(calls: AsyncCallsClient): return await calls.get("x")
    """
    found = project(tmp_path, app__use=source)["app/use.py"]
    assert ["CallsClient takes `client.calls`" in finding.instead for finding in found if finding.kind == "import"] == [
        False,
        True,
    ] or all("takes `client.calls`" in finding.instead for finding in found if finding.kind == "import")
    assert [finding.line for finding in found if finding.kind == "await"] == [3]


def test_notebooks(tmp_path: Path) -> None:
    cells = [
        {"cell_type": "markdown", "source": ["from vapi import Vapi"]},
        {"cell_type": "code", "source": ["%pip install vapi_server_sdk\n", "from vapi import Vapi\n", "c = Vapi()"]},
        {"cell_type": "code", "source": "%%bash\nls"},
        {"cell_type": "code", "source": "call = c.calls.get('x')\ncall.phone_bogus"},
    ]
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    found = scan_files(list(sources(tmp_path)))[path].findings
    places = {(finding.path.rpartition("/")[2], finding.line, finding.kind) for finding in found}
    assert places == {
        ("a.ipynb#1", 2, "import"),
        ("a.ipynb#1", 3, "client"),
        ("a.ipynb#3", 1, "await"),
        ("a.ipynb#3", 2, "field"),
    }
    path.write_text("[]", encoding="utf-8")
    (finding,) = scan_files([path])[path].findings
    assert finding.kind == "unreadable"


@pytest.mark.parametrize(
    ("source", "what"),
    [
        ("call = client.calls.get('x')\ncall.recording_link", ".recording_link"),
        ("for call in client.calls.list(): print(call.recording_link)", ".recording_link"),
        ("from vapi import Call\ndef f(call: Call): return call.artifact.stereo", ".stereo"),
        ("call = client.calls.create()\ncall.nonsense", ".nonsense"),
    ],
)
def test_attributes_that_are_no_field(source: str, what: str, tmp_path: Path) -> None:
    found = project(tmp_path, app__use=f"from app.clients import client\n{source}")["app/use.py"]
    assert [(finding.what, finding.sure) for finding in found if finding.kind == "field"] == [(what, False)]


def test_attributes_that_are_fields(tmp_path: Path) -> None:
    source = """
        from app.clients import client
        call = client.calls.get("x")
        print(call.status, call.customer.number, call.artifact.recording_url, call.additional_properties)
        print(call.to_dict())
    """
    found = project(tmp_path, app__use=source)["app/use.py"]
    assert [finding for finding in found if finding.kind == "field"] == []


def test_arguments_of_the_constructor(tmp_path: Path) -> None:
    source = "from vapi import Vapi\nVapi(token='t', timeout=1, api_key='k', logging={}, wait=1)"
    found = project(tmp_path, app__use=source)["app/use.py"]
    assert [(finding.what, finding.sure) for finding in found if finding.column > 1 and finding.kind == "client"] == [
        ("api_key=", True),
        ("logging=", True),
        ("wait=", False),
    ]
