"""Decoding, reading and encoding against `json` alone, on the same bytes, turn by turn in one process.

CPU time counts, not the clock. Of each turn the faster of several runs counts, and of all turns the median ratio: what
else the machine does then falls on both sides.
"""

from __future__ import annotations

import asyncio
import gc
import json
import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

import httpx
import orjson
from attrs import frozen

from benchmarks import pages
from benchmarks.eager import eager
from benchmarks.table import Row
from vapi_async import AsyncVapi, Model
from vapi_async._modeling.encoding import to_json
from vapi_async.models import Assistant, Call, File, ServerMessage

TURNS = 15
STALL_BYTES = 10_000_000
PLAIN_FIELDS = 7
KEPT = 10_000
ABSENT_READS = 1000


@frozen
class Page:
    """Objects to measure with.

    Args:
        name: What they are, for the rows.
        model: Their class.
        values: Their JSON.
        bounds: Bound and aim of decoding, of reading some fields, of encoding what is unread, and what is read.
    """

    name: str
    model: type[Model]
    values: list[dict[str, Any]]
    bounds: tuple[tuple[float, float], ...]

    @property
    def text(self) -> bytes:
        """The objects as one JSON array."""
        return json.dumps(self.values, separators=(",", ":")).encode()


def run() -> list[Row]:
    """Measure everything; about a minute."""
    rows = [row for page in _pages() for row in (*_decode(page), *_encode(page))]
    return [*sorted(rows, key=lambda row: row.name.partition(":")[0]), _with_orjson(), _kept(), *_absent(), _stall()]


def ratio(ours: Callable[[], Any], plain: Callable[[], Any]) -> float:
    """Return how many times as much CPU time `ours` takes as `plain`."""
    gc.collect()
    return statistics.median(_fastest(ours) / _fastest(plain) for _ in range(TURNS))


def _fastest(work: Callable[[], Any], runs: int = 3) -> float:
    times = []
    for _ in range(runs):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def _pages() -> list[Page]:
    big = ((1.15, 1.05), (1.3, 1.1), (1.15, 1.0))
    return [
        Page("100 calls of 31 KB", Call, pages.calls(), (*big, (1.9, 1.5))),
        Page("100 assistants", Assistant, pages.assistants(), (big[0], (1.6, 1.3), big[2], (3.2, 2.0))),
        Page("100 webhooks", ServerMessage, pages.webhooks(), (*big, (3.2, 2.0))),
        Page("1,000 small objects", File, pages.small(), ((1.3, 1.15), (2.6, 2.0), (1.6, 1.2), (3.2, 2.0))),
    ]


def _decode(page: Page) -> Iterator[Row]:
    text, decode = page.text, page.model.from_dict

    def ours() -> list[Model]:
        return [decode(value) for value in json.loads(text)]

    def at_once() -> list[Any]:
        return [eager(page.model.__name__).from_dict(value) for value in json.loads(text)]

    fields, (decoded, some, _, _) = _plain_fields(ours()), page.bounds
    what = "bytes → models vs json.loads"
    yield Row(f"{what}: {page.name}", ratio(ours, lambda: json.loads(text)), *decoded, unit="x")
    read = ratio(lambda: _read_some(ours(), fields), lambda: json.loads(text))
    yield Row(f"{what}, {PLAIN_FIELDS} plain fields of each read: {page.name}", read, *some, unit="x")
    everything = ratio(lambda: read_all(ours()), lambda: read_all(at_once()))
    yield Row(f"bytes → models, everything read, vs the eager decoder: {page.name}", everything, 1.2, 1.05, unit="x")


def _encode(page: Page) -> Iterator[Row]:
    models, (_, _, unread, read) = [page.model.from_dict(value) for value in page.values], page.bounds
    for limits, state in ((unread, "nothing read"), (read, "everything read")):
        made = ratio(lambda: to_json(models), lambda: json.dumps(page.values, separators=(",", ":")).encode())
        yield Row(f"models → bytes vs json.dumps, {state}: {page.name}", made, *limits, unit="x")
        read_all(models)


def _of_interest(model: Any) -> Any:
    """A webhook is read for its message."""
    return model.message if isinstance(model, ServerMessage) else model


def _plain_fields(models: list[Model]) -> dict[type, attrgetter[Any]]:
    """What reads seven plain fields of each kind of object, those first that the API sent."""
    found = {}
    for model in map(_of_interest, models):
        plain = [name for name in model._plain.values() if not isinstance(getattr(model, name), (list, dict))]
        plain.sort(key=lambda name: model._wire[name] not in model)
        found[type(model)] = attrgetter(*plain[:PLAIN_FIELDS])
    return found


def _read_some(models: list[Model], fields: dict[type, attrgetter[Any]]) -> None:
    for model in models:
        read = _of_interest(model)
        fields[type(read)](read)


def read_all(models: list[Any]) -> None:
    """Read every field of objects and of all that they contain, whichever decoder made them."""
    todo = [*models]
    while todo:
        value = todo.pop()
        if value.__class__ is list:
            todo.extend(value)
        elif value.__class__ is dict:
            todo.extend(value.values())
        elif hasattr(value.__class__, "_wire"):
            todo.extend([getattr(value, name) for name in value._wire])


def _with_orjson() -> Row:
    """What `json_loads=` is for."""
    text = pages.calls()
    page = json.dumps(text, separators=(",", ":")).encode()
    made = ratio(lambda: [Call.from_dict(each) for each in orjson.loads(page)], lambda: json.loads(page))
    return Row("bytes → models vs json.loads, with json_loads=orjson.loads: 100 calls of 31 KB", made, unit="x")


def _kept() -> Row:
    """The memory of many small calls in a list, as models and as dicts."""
    text = json.dumps([_small_call(value) for value in pages.calls(KEPT // 100, 1)] * 100).encode()
    models = _memory(lambda: [Call.from_dict(value) for value in json.loads(text)])
    return Row(
        "memory of 10,000 listed small calls vs the same dicts",
        models / _memory(lambda: json.loads(text)),
        1.15,
        1.05,
        unit="x",
    )


def _small_call(value: dict[str, Any]) -> dict[str, Any]:
    return {key: member for key, member in value.items() if not isinstance(member, (dict, list))}


def _memory(make: Callable[[], Any]) -> int:
    gc.collect()
    tracemalloc.start()
    kept = make()
    gc.collect()
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    del kept
    return used


def _absent() -> Iterator[Row]:
    """What it costs to ask for an attribute that there is not."""
    vapi = AsyncVapi("t")
    holders = {"a model": Call.from_dict(pages.calls(1)[0]), "a resource": vapi.calls, "the client": vapi}
    for name, holder in holders.items():
        yield Row(f'getattr({name}, "no_such_name", None)', _absent_read(holder), 2, 1, unit="µs")


def _absent_read(holder: object) -> float:
    spent = _fastest(lambda: [getattr(holder, "no_such_name", None) for _ in range(ABSENT_READS)], TURNS)
    return 1e6 * spent / ABSENT_READS


def _stall() -> Row:
    """The longest time that the event loop stands still while a page of 10 MB is listed."""
    values = pages.calls(STALL_BYTES // 33_000)
    text = json.dumps(values, separators=(",", ":")).encode()
    plain = _fastest(lambda: json.loads(text), runs=5)
    stall = min(asyncio.run(_listing(text)) for _ in range(5))
    return Row("longest stall while 10 MB are listed vs json.loads", stall / plain, 1.1, 1.0, unit="x")


async def _listing(text: bytes) -> float:
    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=text))
    async with httpx.AsyncClient(transport=transport) as http_client, AsyncVapi("t", http_client=http_client) as vapi:
        await vapi.request("GET", "/warm-up")
        longest, done = 0.0, False

        async def watch() -> None:
            nonlocal longest
            before = time.perf_counter()
            while not done:
                await asyncio.sleep(0)
                now = time.perf_counter()
                longest, before = max(longest, now - before), now

        watcher = asyncio.create_task(watch())
        await asyncio.sleep(0)
        await vapi.calls.list(limit=1000)
        done = True
        await watcher
        return longest
