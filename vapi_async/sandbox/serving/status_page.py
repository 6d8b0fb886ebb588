"""The page at `/`: calls with what was said in them, deliveries and requests, for whoever looks on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from vapi_async.sandbox.deliveries.deliveries import Deliveries
    from vapi_async.sandbox.rest.state import SandboxState

    from .journal import Journal

Json = dict[str, Any]

_SHOWN = 30
_LONGEST = 4_000
_RELOADED = 5
_STYLE = """
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif; }
body { margin: 1.5rem auto; max-width: 72rem; padding: 0 1rem; }
h1 { font-size: 1.3rem; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
td, th { border-top: 1px solid #8884; padding: .35rem .6rem; text-align: left; vertical-align: top; }
td { overflow-wrap: anywhere; } td:first-child { white-space: nowrap; }
pre { margin: .4rem 0; white-space: pre-wrap; } summary { cursor: pointer; }
.bad { color: #c33; } .dim { opacity: .65; }
"""


class StatusPage:
    """The page of one sandbox.

    Args:
        state: its state.
        deliveries: what was sent to servers.
        requests: what was asked.
        token: the one that it wants as `?token=`, if it wants one.
    """

    def __init__(self, state: SandboxState, deliveries: Deliveries, requests: Journal, token: str | None) -> None:
        self._state = state
        self._deliveries = deliveries
        self._requests = requests
        self._token = token

    async def serve(self, request: Request) -> Response:
        """Answer with the page; 401 without the sandbox's token, if it has one."""
        from starlette.responses import HTMLResponse

        if self._token is not None and request.query_params.get("token") != self._token:
            return HTMLResponse("<p>This sandbox has a token: open <code>/?token=…</code></p>", 401)
        # Nothing of it runs scripts, whatever the texts are that it shows.
        headers = {
            "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
            "cache-control": "no-store",
        }
        return HTMLResponse("".join(self._html()), headers=headers)

    def _html(self) -> Iterator[str]:
        calls = list(self._state.store.all("/call"))
        now = self._state.clock.now().isoformat(sep=" ", timespec="seconds")
        yield "<!doctype html><html lang=en><meta charset=utf-8><title>Sandbox</title>"
        yield f'<meta http-equiv=refresh content={_RELOADED}><meta name=viewport content="width=device-width">'
        yield f"<style>{_STYLE}</style><h1>Sandbox</h1><p class=dim>{now}, {escape(self._state.base_url)}</p>"
        yield from _table("Calls", ("call", "status", "what was said"), calls, _call_row)
        yield from _table("Deliveries", ("at", "message", "where to", "answer"), self._deliveries, _delivery_row)
        yield from _table("Requests", ("request", "answer", "sent", "notes"), self._requests, _request_row)
        if ignored := self._state.ignored:
            yield from _table("Settings that do nothing", ("setting",), ignored, lambda note: (escape(note),))


def _table(
    title: str, heads: Iterable[str], items: Iterable[Any], row: Callable[[Any], Iterable[str]]
) -> Iterator[str]:
    """Return a table of the latest items, the latest first."""
    everything = list(items)
    latest = everything[: -_SHOWN - 1 : -1]
    yield f"<h2>{title} <span class=dim>{len(everything)}</span></h2><table><tr>"
    yield "".join(f"<th>{head}" for head in heads)
    yield from ("<tr>" + "".join(f"<td>{cell}" for cell in row(item)) for item in latest)
    yield "</table>"


def _call_row(call: Json) -> Iterator[str]:
    customer = (call.get("customer") or {}).get("number") or call.get("type", "")
    yield f"{escape(str(customer))}<br><span class=dim>{escape(call['id'])}</span>"
    yield escape(f"{call.get('status')} {call.get('endedReason', '')}")
    said = [message for message in call.get("messages") or () if message.get("role") in ("user", "bot")]
    lines = (f"{'AI' if message['role'] == 'bot' else 'User'}: {message['message']}" for message in said)
    yield f"<pre>{escape(_cut(chr(10).join(lines)))}</pre>"


def _delivery_row(delivery: Any) -> Iterator[str]:
    yield delivery.at.isoformat(sep=" ", timespec="seconds")
    yield _folded(delivery.type, delivery.body)
    yield escape(delivery.url)
    answer = str(delivery.status or delivery.error or "")
    yield _folded(answer, delivery.reply) if delivery.ok else f"<span class=bad>{escape(_cut(answer))}</span>"


def _request_row(record: Any) -> Iterator[str]:
    yield escape(f"{record.method} {record.path}")
    status = str(record.status or "dropped")
    yield status if record.status and record.status < 400 else f"<span class=bad>{status}</span>"
    sent = record.body if record.body is not None else record.query
    yield _folded("body" if record.body is not None else "query", sent) if sent else ""
    yield escape("; ".join(record.notes))


def _folded(title: str, value: Any) -> str:
    if value is None:
        return escape(title)
    text = json.dumps(value, ensure_ascii=False, indent=1, default=repr)
    return f"<details><summary>{escape(title)}</summary><pre>{escape(_cut(text))}</pre></details>"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
