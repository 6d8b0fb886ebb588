"""OpenTelemetry's instrumentation of httpx sees our requests, and adds its headers, with any kind of client."""

from __future__ import annotations

import httpx
import pytest

from tests.http.clocks import FakeClock
from tests.http.fault_server import FaultServer, ok
from tests.http.faults import ANSWERS
from vapi_async import AsyncVapi

httpx_instrumentation = pytest.importorskip("opentelemetry.instrumentation.httpx")
trace = pytest.importorskip("opentelemetry.sdk.trace")
export = pytest.importorskip("opentelemetry.sdk.trace.export")
memory = pytest.importorskip("opentelemetry.sdk.trace.export.in_memory_span_exporter")


async def test_every_attempt_is_a_span() -> None:
    exporter = memory.InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    instrumentor = httpx_instrumentation.HTTPXClientInstrumentor()
    instrumentor.instrument(tracer_provider=provider)
    try:
        with FaultServer(lambda number: ok if number else ANSWERS["503"].fault) as server:
            async with AsyncVapi("t", base_url=server.url, clock=FakeClock()) as vapi:
                await vapi.calls.get("c")
            async with httpx.AsyncClient() as http, AsyncVapi("t", base_url=server.url, http_client=http) as vapi:
                await vapi.calls.get("c")
    finally:
        instrumentor.uninstrument()
    spans = exporter.get_finished_spans()
    assert [span.name for span in spans] == ["GET"] * 3
    parents = [request.headers["traceparent"].split("-")[2] for request in server.received]
    assert parents == [format(span.context.span_id, "016x") for span in spans]


async def test_a_single_client_can_be_instrumented() -> None:
    exporter = memory.InMemorySpanExporter()
    provider = trace.TracerProvider()
    provider.add_span_processor(export.SimpleSpanProcessor(exporter))
    with FaultServer(lambda _: ok) as server:
        async with httpx.AsyncClient() as http, AsyncVapi("t", base_url=server.url, http_client=http) as vapi:
            httpx_instrumentation.HTTPXClientInstrumentor.instrument_client(http, tracer_provider=provider)
            await vapi.calls.get("c")
    assert len(exporter.get_finished_spans()) == 1
