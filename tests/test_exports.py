"""What importing loads and what the packages export: each in a fresh interpreter."""

from __future__ import annotations

import pytest

import vapi_async
from tests.fresh import ROOT, run

HEAVY = ("anyio", "asyncio", "dataclasses", "httpx", "inspect", "logging", "trio")
TOUCH_ALL = """
from vapi_async import AsyncVapi
client = AsyncVapi(token="t")
def touch(holder):
    for name in dir(type(holder)):
        if not name.startswith("_") and hasattr(getattr(type(holder), name), "attrname"):
            part = getattr(holder, name)
            count.append(name)
            touch(part)
count = []
touch(client)
"""


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = f"import vapi_async\nresult = [name for name in {HEAVY} if name in sys.modules]"
    assert run(code) == []


def test_a_client_with_every_resource_touched_loads_no_model_and_no_httpx() -> None:
    models = "[n for n in sys.modules if n.startswith('vapi_async.models.')]"
    code = f"{TOUCH_ALL}\nresult = [len(count), {models}, [name for name in {HEAVY} if name in sys.modules]]"
    touched, loaded_models, heavy = run(code)
    modules = [
        path for path in (ROOT / "vapi_async" / "api").rglob("*.py") if path.parent.name != "api" or path.stem[0] != "_"
    ]
    assert touched == len(modules), "every resource, and every namespace by its __init__"
    assert loaded_models == []
    assert heavy == []


def test_a_resource_loads_its_own_module_only() -> None:
    code = """
from vapi_async import AsyncVapi
AsyncVapi(token="t").calls
result = sorted(n for n in sys.modules if n.startswith("vapi_async.api."))
"""
    assert run(code) == ["vapi_async.api.calls"]


@pytest.mark.parametrize("name", sorted(vapi_async.__all__))
def test_every_export_is_there(name: str) -> None:
    assert getattr(vapi_async, name) is not None
    assert name in dir(vapi_async)


def test_each_export_imports_by_itself() -> None:
    code = """
import subprocess, vapi_async
names = sorted(vapi_async.__all__)
lines = "; ".join(f"from vapi_async import {name}" for name in reversed(names))
exec(lines)
result = [name for name in names if name not in globals()]
"""
    assert run(code) == []


@pytest.mark.parametrize("module", ["vapi_async", "vapi_async.models"])
def test_what_is_not_there_is_said_so(module: str) -> None:
    code = f"""
import importlib
module = importlib.import_module("{module}")
try:
    module.no_such_name
except AttributeError as error:
    result = str(error)
"""
    assert "no_such_name" in run(code)


@pytest.mark.parametrize(
    ("read", "loaded"),
    [
        ("call.id", ["call"]),
        ("call.messages", ["call", "call_messages_item", "user_message"]),
        ("call.messages, call.transport", ["call", "call_messages_item", "call_transport", "unknown", "user_message"]),
    ],
)
def test_reading_loads_only_what_is_read(read: str, loaded: list[str]) -> None:
    code = f"""
from vapi_async.models import Call
call = Call.from_dict({{"id": "1", "orgId": "2", "messages": [{{"role": "user", "message": "hi"}}], "transport": {{}}}})
{read}
result = sorted(n.rpartition(".")[2] for n in sys.modules if n.startswith("vapi_async.models."))
"""
    assert run(code) == loaded


@pytest.mark.parametrize("seed", [None, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))])
def test_every_model_imports_in_any_order(seed: int | None) -> None:
    code = f"""
import random
import vapi_async.models as models
names = sorted(models._MODULES)
if {seed}:
    random.Random({seed}).shuffle(names)
result = [len(names), [name for name in names if getattr(models, name) is None]]
"""
    count, missing = run(code)
    assert count > 900
    assert missing == []


def test_every_model_module_imports_on_its_own() -> None:
    code = """
from importlib import import_module
import vapi_async.models as models
result = []
for module in sorted(set(models._MODULES.values())):
    before = set(sys.modules)
    import_module(f"vapi_async.models.{module}")
    for name in [name for name in sys.modules if name not in before and name.startswith("vapi_async.models.")]:
        if name != f"vapi_async.models.{module}":
            result.append(f"{module} loads {name}")
        del sys.modules[name]
"""
    assert run(code) == []
