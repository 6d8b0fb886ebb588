"""What the report finds in one file, kind by kind, and what it leaves alone."""

from __future__ import annotations

import textwrap

import pytest

from vapi_async.migrate import Finding, scan


def found(source: str, kind: str) -> list[Finding]:
    return [finding for finding in scan(textwrap.dedent(source)) if finding.kind == kind]


def only(source: str, kind: str) -> Finding:
    findings = found(source, kind)
    assert len(findings) == 1, scan(textwrap.dedent(source))
    return findings[0]


def clean(source: str, kind: str) -> bool:
    return not found(source, kind)


CLIENT = "from vapi import Vapi\nclient = Vapi(token='t')\n"
ASYNC = "from vapi import AsyncVapi\nclient = AsyncVapi(token='t')\n"


@pytest.mark.parametrize(
    ("source", "instead"),
    [
        ("import vapi", "import vapi_async"),
        ("from vapi import Vapi", "from vapi_async import AsyncVapi"),
        ("from vapi import AsyncVapi as V", "from vapi_async import AsyncVapi"),
        ("from vapi.client import AsyncVapi", "from vapi_async import AsyncVapi"),
        ("from vapi import Call", "from vapi_async.models import Call"),
        (
            "from vapi.types.create_assistant_dto import CreateAssistantDto",
            "vapi_async.models import CreateAssistantDTO",
        ),
        ("from vapi.types import OpenAiModel", "from vapi_async.models import OpenAIModel"),
        ("from vapi import CreateAssistantDtoModel_Openai", "from vapi_async.models import OpenAIModel"),
        ("from vapi import CreateToolsRequest_Function", "import CreateFunctionToolDTO"),
        ("from vapi import CreateAssistantDtoVoice", "from vapi_async.models import AssistantVoice"),
        ("from vapi.core.api_error import ApiError", "vapi_async.StatusError"),
        ("from vapi.core import ApiError", "vapi_async.StatusError"),
        ("from vapi.errors import ForbiddenError", "from vapi_async import PermissionDeniedError"),
        ("from vapi.errors import UnauthorizedError", "from vapi_async import AuthenticationError"),
        ("from vapi.core.request_options import RequestOptions", "with_options"),
        ("from vapi.calls.client import OMIT", "from vapi_async import UNSET"),
        ("from vapi.environment import VapiEnvironment", "region"),
        ("from vapi.core.pagination import SyncPager", "from vapi_async import Pager"),
        ("from vapi import types", "vapi_async.models"),
        ("import vapi.types.call", "vapi_async.models"),
    ],
)
def test_imports(source: str, instead: str) -> None:
    finding = only(source, "import")
    assert instead in finding.instead
    assert finding.sure


@pytest.mark.parametrize(
    "source",
    ["from vapi import *", "from vapi import Trieve", "patch('vapi.client.Vapi')", "patch('vapi.calls.client')"],
)
def test_imports_that_have_to_be_looked_at(source: str) -> None:
    assert not only(source, "import").sure


@pytest.mark.parametrize(
    "source",
    [
        "import vapid",
        "from . import vapi",
        "from .vapi import Vapi",
        "from myapp.vapi import Vapi",
        "x = 'vapi.ai'",
        "x = 'vapi.websocket'",
        "vapi = 1",
    ],
)
def test_other_packages_are_left_alone(source: str) -> None:
    assert scan(source) == []


def test_the_use_of_names_that_differ() -> None:
    source = "from vapi import Call, CreateCustomerDto\nx: Call = CreateCustomerDto(number='+1')\n"
    finding = only(source, "name")
    assert (finding.line, finding.column, finding.instead) == (2, 11, "vapi_async.models.CreateCustomerDTO")
    assert clean("from vapi import CreateCustomerDto as Customer\nCustomer()\n", "name")


def test_the_use_of_names_of_the_module() -> None:
    finding = only("import vapi as v\nx = v.Call\n", "name")
    assert (finding.what, finding.instead) == ("vapi.Call", "vapi_async.models.Call")


def test_errors_that_are_caught() -> None:
    source = "from vapi.core.api_error import ApiError\ntry: ...\nexcept ApiError: ...\n"
    assert "StatusError" in only(source, "name").instead
    source = "import vapi, httpx\ntry: ...\nexcept (ValueError, httpx.ReadTimeout): ...\n"
    finding = only(source, "error")
    assert "TransportError" in finding.instead
    assert not finding.sure
    assert clean("import httpx\ntry: ...\nexcept httpx.ReadTimeout: ...\n", "error")


def test_clients() -> None:
    assert "async with" in only(CLIENT, "client").instead
    assert only(ASYNC, "client").what == "a client"
    source = "import vapi\nvapi.Vapi(token='t', httpx_client=h, environment=e, timeout=1, follow_redirects=False)\n"
    assert [finding.what for finding in found(source, "client")] == [
        "a synchronous client",
        "httpx_client=",
        "environment=",
        "follow_redirects=",
    ]


@pytest.mark.parametrize(
    "source",
    [
        CLIENT + "client.calls.get('x')",
        CLIENT + "api = client.calls\ndef f(): return api.get('x')",
        CLIENT + "c = client\nc.calls.get('x')",
        "from vapi import Vapi\ndef f(c: Vapi): c.calls.get('x')",
        "from vapi import Vapi\ndef f(c: 'Vapi | None' = None): c.calls.get('x')",
        "import vapi\nclass A:\n  def g(self): self.c = vapi.Vapi(token='t')\n  def f(self): self.c.calls.get('x')",
        "from vapi import Vapi\nclass A:\n  c: Vapi\n  def f(self): self.c.calls.get('x')",
        "from vapi import Vapi\ndef make() -> Vapi: ...\nmake().calls.get('x')",
        "from vapi import Vapi\nc = None\nc = Vapi(token='t')\nc.calls.get('x')",
        "from vapi import Vapi\nVapi(token='t').calls.get('x')",
        "from vapi import Vapi\n[Vapi(token='t').calls.get(i) for i in ids]",
        "from vapi import Vapi\nif (c := Vapi(token='t')): c.calls.get('x')",
        "from vapi import Vapi\ndef f(app):\n  app.state.c = Vapi(token='t')\ndef g(app): app.state.c.calls.get('x')",
    ],
)
def test_synchronous_calls_are_to_be_awaited(source: str) -> None:
    finding = only(source, "await")
    assert finding.instead == "await client.calls.get(...), in an async function"
    assert finding.sure


@pytest.mark.parametrize(
    "source",
    [
        "from vapi_async import AsyncVapi\nvapi = AsyncVapi()\nasync def f(): await gather(vapi.calls.create())",
        "import vapi_2024\nvapi = vapi_2024.AsyncVapi()\nasync def f(): await vapi.blocks.list()",
        "async def f(vapi): await vapi.calls.create()",
        "async def f(vapi):\n  async for call in vapi.calls.list(): ...",
        "async def f(vapi): await gather(vapi.calls.get('x'))",
    ],
)
def test_what_is_migrated_is_left_alone(source: str) -> None:
    assert scan(source) == []


def test_methods_that_are_passed_on() -> None:
    finding = only(CLIENT + "async def f(): await asyncio.to_thread(client.calls.get, 'x')", "await")
    assert "needs no thread" in finding.instead
    assert not finding.sure
    assert clean(ASYNC + "x = client.calls.get", "await")


def test_what_awaits_already_is_left_alone() -> None:
    assert clean(ASYNC + "async def f(): await client.calls.get('x')", "await")
    assert clean(ASYNC + "async def f(): await gather(client.calls.get('x'))", "await")


def test_loops_over_lists() -> None:
    assert "async for" in only(CLIENT + "for call in client.calls.list(): ...", "await").instead
    assert "async for" in only(CLIENT + "[call for call in client.calls.list()]", "await").instead
    assert "one page" in only(CLIENT + "calls = client.calls.list()", "await").instead


@pytest.mark.parametrize(
    "source",
    [
        "from vapi import Vapi\nc = Vapi(token='t')\nc = other()\nc.calls.get('x')",
        "from vapi import Vapi\nc = Vapi(token='t') if x else other()\nc.calls.get('x')",
        "from vapi import Vapi\nc = Vapi(token='t')\nc, d = 1, 2\nc.calls.get('x')",
        "from vapi import Vapi\nclient = Vapi(token='t')\ndef f(client): client.calls.get('x')",
        "from vapi import Vapi\ndef f(c: dict[str, Vapi]): c.calls.get('x')",
        "def f(vapi): vapi.calls.get('x')",
        "def f(self): self.vapi_client.calls.get('x')",
    ],
)
def test_what_may_be_a_client_has_to_be_looked_at(source: str) -> None:
    assert not only(source, "await").sure


@pytest.mark.parametrize(
    "source",
    [
        "def f(client): client.calls.get('x')",
        CLIENT + "def f(other): other.calls.get('x')",
        "from vapi import Vapi\ndef f(): c = Vapi(token='t')\ndef g(): c.calls.get('x')",
        CLIENT + "client.calls",
    ],
)
def test_what_is_no_client_is_left_alone(source: str) -> None:
    assert clean(source, "await")


@pytest.mark.parametrize(
    ("old", "instead"),
    [
        ("board.board_controller_find_all", "boards.list"),
        ("eval.eval_controller_run", "evals.run"),
        ("campaigns.campaign_controller_create_v_2", "v2.campaigns.create"),
        ("calls.call_artifact_controller_mono_recording_download", "calls.mono_recording"),
        ("blocks.list", "contract of 2024-12-10"),
        (
            "test_suites.test_suite_controller_create",
            "contract of 2025-08-22",
        ),
        ("traffic_allocations.traffic_allocation_controller_find_one", "traffic_allocations.get"),
        ("traffic_allocations.traffic_allocation_controller_latest_get", "traffic_allocations.get_latest"),
        ("simulation_suites.simulation_suite_controller_duplicate", "simulation_suites.duplicate"),
        ("assistants.assistant_controller_validate_background_sound_url", "assistants.validate_background_sound"),
        ("campaigns.campaign_controller_find_all_paginated", "client.request"),
    ],
)
def test_methods_with_another_name(old: str, instead: str) -> None:
    finding = only(f"{ASYNC}async def f(): await client.{old}()", "method")
    assert instead in finding.instead
    assert finding.what == old


def test_methods_with_the_same_name_are_left_alone() -> None:
    assert clean(ASYNC + "async def f(): await client.calls.create()", "method")


def test_methods_that_no_release_had() -> None:
    assert not only(CLIENT + "client.calls.create_web()", "method").sure


def test_request_options() -> None:
    source = CLIENT + "client.calls.get('x', request_options={'max_retries': 0, 'additional_headers': {'a': 'b'}})"
    assert only(source, "options").instead == (
        "max_retries: client.with_options(retry=...); additional_headers: extra_headers=... of the method"
    )
    assert "with_options" in only(CLIENT + "client.calls.get('x', request_options=options)", "options").instead


def test_parameters_that_are_gone() -> None:
    finding = only(CLIENT + "client.assistants.create(name='x', hipaa_enabled=True, extra_headers={})", "argument")
    assert finding.what == "assistants.create(hipaa_enabled=)"


def test_omitted_arguments() -> None:
    assert "UNSET" in only(CLIENT + "client.assistants.create(name=...)", "omit").instead


def test_keys_of_dicts() -> None:
    source = CLIENT + (
        "client.assistants.create(model={'provider': 'openai', 'max_tokens': 5, 'messages': [{'tool_ids': 1}]},"
        " metadata={'max_tokens': 1}, first_message='x', voice={'voiceId': 'a', 'colour_name': 1})"
    )
    assert [finding.instead.split(":")[0] for finding in found(source, "key")] == ["'maxTokens'", "'toolIds'"]
    assert clean("f({'max_tokens': 1})", "key")


def test_keys_of_dicts_in_other_forms() -> None:
    source = CLIENT + (
        "client.assistants.create(**{'first_message': 'x', 'model': {'max_tokens': 5}, 'metadata': {'tool_ids': 1}},"
        " **{**more}, model=dict(provider='openai', tool_ids=[], **more), voice=dict(metadata={'max_tokens': 1}))"
    )
    assert [finding.instead.split(":")[0] for finding in found(source, "key")] == ["'maxTokens'", "'toolIds'"]


def test_raw_responses() -> None:
    source = ASYNC + "async def f():\n  r = await client.calls.with_raw_response.get('x')\n  r.headers"
    assert "client.detailed(client.calls.get, ...)" in only(source, "raw").instead


@pytest.mark.parametrize("name", ["dict", "model_dump", "json", "model_dump_json", "copy", "model_copy"])
def test_methods_of_pydantic(name: str) -> None:
    assert only(f"{CLIENT}call = client.calls.get('x')\ncall.{name}()", "pydantic").sure
    assert only(f"{CLIENT}for call in client.calls.list(): call.{name}()", "pydantic").sure
    assert only(f"{CLIENT}client.calls.list()[0].{name}()", "pydantic").sure
    assert only(f"from vapi import Call\ndef f(call: Call): call.{name}()", "pydantic").sure
    assert not only(f"{CLIENT}call = client.calls.get('x')\ncall.artifact.{name}()", "pydantic").sure
    assert not only(f"from vapi import Call\ndef f(calls: list[Call]): calls.{name}()", "pydantic").sure
    assert clean(f"{CLIENT}other.{name}()", "pydantic")


def test_methods_of_pydantic_classes() -> None:
    assert "from_dict" in only("from vapi import Call\nCall.parse_obj({})", "pydantic").instead
    assert clean("from mine import Call\nCall.parse_obj({})", "pydantic")


def test_pages() -> None:
    source = CLIENT + "logs = client.logs.get()\nfor page in logs.iter_pages():\n  page.items\n  page.get_next()"
    assert [finding.what for finding in found(source, "pages")] == ["iter_pages()", ".items", "get_next()"]
    assert all(finding.sure for finding in found(source, "pages"))
    assert only(CLIENT + "client.chats.list().results", "pages").sure
    assert not only("from vapi import Vapi\ndef f(pager): pager.iter_pages()", "pages").sure
    assert clean("pager.iter_pages()", "pages")


@pytest.mark.parametrize("test", ["is None", "is not None", "== None"])
def test_comparisons_with_none(test: str) -> None:
    finding = only(f"{CLIENT}call = client.calls.get('x')\nif call.ended_at {test}: ...", "unset")
    assert not finding.sure
    assert clean(f"{CLIENT}if other.ended_at {test}: ...", "unset")


def test_that_creating_is_not_repeated_is_said_once() -> None:
    assert only(CLIENT + "client.calls.create()\nclient.calls.create()", "retry").line == 3
    assert clean(CLIENT + "client.calls.get('x')", "retry")


def test_places_are_counted_in_characters() -> None:
    finding = only(CLIENT + "x = 'é😀'; client.calls.get('x')", "await")
    assert (finding.line, finding.column) == (3, 11)


def test_findings_are_in_the_order_of_the_lines() -> None:
    places = [(finding.line, finding.column) for finding in scan(CLIENT + "client.calls.create(a={})\n" * 9)]
    assert places == sorted(places)


@pytest.mark.parametrize("source", ["def", "x = '", "\x00", "x = '\ud800'", "(" * 500 + ")" * 500])
def test_what_is_not_python_is_reported(source: str) -> None:
    finding = only(source, "unreadable")
    assert not finding.sure
    assert finding.path == "<string>"


def test_code_that_is_nested_deeply_is_read_or_reported() -> None:
    for source in (
        "x" + ".y" * 5000,
        "x" + "()" * 3000,
        "-" * 3000 + "1",
        "a = " * 5000 + "1",
        "[x for x in " * 50 + "y" + "]" * 50,
    ):
        assert all(finding.kind == "unreadable" for finding in scan(source))


def test_names_that_are_assigned_to_each_other_end() -> None:
    lines = [f"a{i} = a{j} if x else a{j + 1}" for i in range(30) for j in range(30)]
    assert scan("\n".join(["from vapi import Vapi", *lines, "a0.calls.get('x')"]))
