"""A span for each operation, above those of its attempts."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import httpx
import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests import fresh
from tests.http.clocks import FakeClock
from tests.http.stub import Stub
from vapi_async import AsyncVapi, NotFoundError, RequestEvent
from vapi_async._http.operation_span import operation_name
from vapi_async.runtime import Operation


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> InMemorySpanExporter:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    return exporter


async def test_what_a_span_says(spans: InMemorySpanExporter) -> None:
    seen: list[bool] = []

    def hook(event: RequestEvent) -> None:
        seen.append(trace.get_current_span().is_recording())

    async with Stub(503, {"id": "c"}).client(clock=FakeClock(), on_request=hook) as vapi:
        await vapi.calls.get("secret-id", extra_query={"q": "secret"})
    (span,) = spans.get_finished_spans()
    assert span.name == "vapi.calls.get"
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "url.template": "/call/{id}",
        "vapi.resource": "calls",
        "vapi.method": "get",
        "vapi.attempts": 2,
        "http.response.status_code": 200,
    }
    assert seen == [True, True], "hooks run inside, and may add to it"


async def test_what_a_span_of_a_failure_says(spans: InMemorySpanExporter) -> None:
    async with Stub(httpx.Response(404, json={"message": "no secret-id"})).client() as vapi:
        with pytest.raises(NotFoundError):
            await vapi.v2.campaigns.get("secret-id")
    (span,) = spans.get_finished_spans()
    assert span.name == "vapi.v2.campaigns.get"
    attributes: Any = span.attributes
    assert (attributes["error.type"], attributes["http.response.status_code"]) == ("NotFoundError", 404)
    assert span.status.description == "NotFoundError"
    assert not span.events
    assert "secret" not in span.to_json()


async def test_a_raw_request_and_a_walk(spans: InMemorySpanExporter) -> None:
    async with Stub([]).client() as vapi:
        await vapi.request("GET", "/secret/path")
        assert [call async for call in vapi.calls.list()] == []
    assert [span.name for span in spans.get_finished_spans()] == ["vapi.request", "vapi.calls.list"]
    assert "secret" not in spans.get_finished_spans()[0].to_json()


def test_every_operation_has_the_name_of_its_method() -> None:
    vapi = AsyncVapi("t")
    checked = 0

    def look(owner: Any, path: str) -> None:
        nonlocal checked
        for name in dir(type(owner)):
            if isinstance(getattr(type(owner), name), cached_property):
                look(getattr(owner, name), f"{path}{name}.")
        for value in vars(__import__(type(owner).__module__, fromlist=["_"])).values():
            if path and isinstance(value, Operation):
                name = operation_name(value) or ""
                assert name.startswith(path)
                assert callable(getattr(owner, name.removeprefix(path))), name
                checked += 1

    look(vapi, "")
    assert checked > 100


def test_without_opentelemetry() -> None:
    code = """
sys.modules["opentelemetry"] = None
import asyncio
from tests.http.stub import Stub
async def ask():
    async with Stub({"id": "c"}).client() as vapi:
        return (await vapi.calls.get("c")).id
result = asyncio.run(ask())
"""
    assert fresh.run(code) == "c"
