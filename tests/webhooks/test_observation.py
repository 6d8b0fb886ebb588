"""What is seen of deliveries: on_delivery, spans, tools that are too slow, handlers that a shutdown stops."""

from __future__ import annotations

import functools
import json
from typing import Any

import anyio
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests import fresh
from tests.webhooks.bodies import body, tool_calls
from tests.webhooks.deadlines import NoTime
from vapi_async.webhooks import DeliveryEvent, ToolError, Webhooks, shared_secret


def make_hooks(**options: Any) -> Webhooks:
    hooks = Webhooks(**{"verify": None, **options})

    @hooks.tool("works")
    async def works() -> str:
        return "done"

    @hooks.tool("fails")
    async def fails() -> str:
        raise ToolError("no")

    return hooks


async def test_every_delivery_is_told_with_its_answer(caplog: pytest.LogCaptureFixture) -> None:
    seen: list[DeliveryEvent] = []
    hooks = make_hooks(verify=shared_secret("s"), on_delivery=seen.append, clock=NoTime(step=2))
    content = body("hang")
    await hooks.handle(content, {"x-vapi-secret": "s"})
    await hooks.handle(content, {})
    await hooks.handle(b"?", {"x-vapi-secret": "s"})
    call = json.loads(content)["message"]["call"]["id"]
    assert [(one.type, one.call_id, one.status, one.size) for one in seen] == [
        ("hang", call, 200, len(content)),
        (None, None, 401, len(content)),
        (None, None, 400, 1),
    ]
    assert [one.seconds for one in seen] == [2, 2, 2]
    assert "on_delivery failed" not in caplog.text


@pytest.mark.parametrize("call", [{"id": 5}, {}, "c", None])
async def test_a_call_without_an_id_is_told_as_none(call: Any) -> None:
    seen: list[DeliveryEvent] = []
    await make_hooks(on_delivery=seen.append).handle(body("hang", call=call), {})
    assert [(one.type, one.call_id) for one in seen] == [("hang", None)]


async def test_a_body_as_long_as_may_be_is_read() -> None:
    content = body("hang")
    for longest, status in ((len(content), 200), (len(content) - 1, 413)):
        assert (await make_hooks(max_body=longest).handle(content, {})).status == status


async def test_a_hook_may_be_async_and_may_fail(caplog: pytest.LogCaptureFixture) -> None:
    async def tell(event: DeliveryEvent) -> None:
        raise ValueError("broken")

    assert (await make_hooks(on_delivery=tell).handle(body("hang"), {})).status == 200
    assert "on_delivery failed" in caplog.text


async def test_messages_and_tools_have_spans(monkeypatch: pytest.MonkeyPatch) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    await make_hooks().handle(tool_calls(("1", "works", {}), ("2", "fails", {})), {})
    spans: dict[str, Any] = {span.name: span for span in exporter.get_finished_spans()}
    message = spans["vapi.webhook tool-calls"]
    assert message.attributes["vapi.message.type"] == "tool-calls"
    assert message.attributes["vapi.call.id"].startswith("call-")
    assert message.attributes["http.response.status_code"] == 200
    for name, is_ok in (("works", True), ("fails", False)):
        tool = spans[f"vapi.tool {name}"]
        assert tool.parent.span_id == message.context.span_id
        assert tool.attributes["vapi.tool.name"] == name
        assert tool.status.is_ok is is_ok


CONFIGURED = "import os; os.environ['OTEL_PYTHON_TRACER_PROVIDER'] = 'sdk_tracer_provider'\n"
NOT_CONFIGURED = "import os; os.environ.pop('OTEL_PYTHON_TRACER_PROVIDER', None)\n"
ABSENT = "sys.modules['opentelemetry'] = None\n"
LOOK = """
import anyio
from tests.webhooks.bodies import tool_calls
from vapi_async.webhooks import Webhooks

hooks = Webhooks(verify=None)
result = {"loaded by the import": "opentelemetry.trace" in sys.modules}

@hooks.tool("look")
async def look() -> str:
    trace = sys.modules.get("opentelemetry.trace")
    result["recorded"] = trace and trace.get_current_span().is_recording()

anyio.run(hooks.handle, tool_calls(("1", "look", {})), {})
"""


@pytest.mark.parametrize(
    ("before", "recorded"),
    [(CONFIGURED, True), (NOT_CONFIGURED, False), (CONFIGURED + ABSENT, None)],
    ids=["set up by the environment", "not set up", "not installed"],
)
def test_an_app_that_never_names_opentelemetry_is_traced_where_it_is_set_up(before: str, recorded: bool | None) -> None:
    assert fresh.run(before + LOOK) == {"loaded by the import": False, "recorded": recorded}


async def test_a_sync_tool_that_goes_on_after_its_limit_is_logged_with_its_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    moments = iter([0.0, 25.0])
    monkeypatch.setattr("vapi_async.webhooks.tools.tool.time", type("", (), {"monotonic": lambda: next(moments)}))
    hooks = Webhooks(verify=None)
    hooks.tool("slow")(lambda: "done")
    await hooks.handle(tool_calls(("1", "slow", {})), {})
    assert "the tool slow took 25.0 seconds, its limit is 18" in caplog.text


@pytest.mark.parametrize("kind", ["event", "reply", "tool"])
async def test_what_a_shutdown_stops_is_named(kind: str, caplog: pytest.LogCaptureFixture) -> None:
    hooks, started = Webhooks(verify=None), anyio.Event()

    async def endless(message: Any = None) -> None:
        started.set()
        await anyio.sleep_forever()

    content = {"event": body("hang"), "reply": body("assistant-request"), "tool": tool_calls(("1", "f", {}))}[kind]
    if kind == "tool":
        hooks.tool("f")(functools.partial(endless, None))
    else:
        hooks.on("hang" if kind == "event" else "assistant-request")(endless)

    async def deliver() -> None:
        await (await hooks.handle(content, {})).after()

    async with anyio.create_task_group() as group:
        group.start_soon(deliver)
        await started.wait()
        group.cancel_scope.cancel()
    named = "the tool f" if kind == "tool" else "endless"
    assert named in caplog.text
    assert "was stopped before it was done" in caplog.text
