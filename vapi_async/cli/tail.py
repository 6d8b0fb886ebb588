"""`calls tail`: a line for each new call and for each that ends."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

from vapi_async import UNSET, since

from .execution import run_with_client
from .output import plain, write_value
from .settings import settings_of, shared_options
from .values import Moment

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

_OVER = ("ended", "not-found", "deletion-failed")


def command() -> click.Command:
    """Return the command."""
    return click.Command(
        "tail",
        help="Follow calls: a line for each new one, for what becomes of it and for its end, until Ctrl-C.",
        callback=_tail,
        params=[
            click.Option(["--since"], type=Moment(), help="Begin with the calls since then. [now]"),
            click.Option(["--assistant"], metavar="ID", help="Only calls of this assistant."),
            click.Option(
                ["--interval"], type=click.FloatRange(0.1), default=5.0, help="Seconds between two looks. [5]"
            ),
            click.Option(["--stop-after"], type=click.IntRange(1), metavar="N", help="Stop when N calls have ended."),
            *shared_options(),
        ],
    )


@click.pass_context
def _tail(context: click.Context, /, **given: Any) -> None:
    settings = settings_of(context)

    async def work(client: AsyncVapi) -> None:
        stop_after = given["stop_after"] or (1 if settings.sandbox else None)
        clock = client._session.clock
        now = datetime.fromtimestamp(clock.wall(), UTC)
        follower = Follower(client, _beginning(given["since"], now), given["assistant"])
        if settings.sandbox:  # nobody else calls there
            await _ring(client)
        while True:
            for call in await follower.look():
                _write(call, jsonl=settings.format in ("json", "jsonl"))
            if stop_after is not None and follower.ended >= stop_after:
                return
            await clock.sleep(given["interval"])

    run_with_client(settings, work)


def _beginning(since: datetime | timedelta | None, now: datetime) -> datetime:
    return since if isinstance(since, datetime) else now - (since or timedelta())


class Follower:
    """Knows the calls that were shown, and which of them go on.

    Args:
        client: asks for them.
        beginning: calls that were made before are not shown.
        assistant: the id of the assistant whose calls count; None for all.

    Attributes:
        ended: how many have ended.
    """

    def __init__(self, client: AsyncVapi, beginning: datetime, assistant: str | None = None) -> None:
        self._client = client
        self._assistant = UNSET if assistant is None else assistant
        self._beginning = beginning
        self._seen: dict[str, str] = {}  # id -> status, of calls made since `_beginning`
        self.ended: int = 0

    async def look(self) -> list[dict[str, Any]]:
        """Return the calls that are new or that have come to another status, oldest first."""
        calls = [
            plain(call)
            async for call in self._client.calls.list(created=since(self._beginning), assistant_id=self._assistant)
        ]
        calls.sort(key=lambda call: str(call.get("createdAt")))
        changed = [call for call in calls if self._seen.get(call["id"]) != call.get("status")]
        self.ended += sum(call.get("status") in _OVER for call in changed)
        self._remember(calls)
        return changed

    def _remember(self, calls: list[dict[str, Any]]) -> None:
        """Keep what the next look may bring again: from the first call that goes on, or the latest of all."""
        going = [call for call in calls if call.get("status") not in _OVER] or calls[-1:]
        if going:
            self._beginning = datetime.fromisoformat(going[0]["createdAt"])
        self._seen = {call["id"]: str(call.get("status")) for call in calls} or self._seen


async def _ring(client: AsyncVapi) -> None:
    assistants, numbers = await client.assistants.list(), await client.phone_numbers.list()
    customer = {"number": "+14155550199"}
    body = {"assistantId": assistants[0].id, "phoneNumberId": numbers[0]["id"], "customer": customer}
    await client.calls.create(body)


def _write(call: dict[str, Any], *, jsonl: bool) -> None:
    if jsonl:
        write_value(call, "jsonl")
    else:
        click.echo("  ".join(filter(None, _parts(call))))
    sys.stdout.flush()


def _parts(call: dict[str, Any]) -> list[str]:
    over = call.get("status") in _OVER
    moment = call.get("endedAt") if over else call.get("updatedAt") or call.get("createdAt")
    customer = (call.get("customer") or {}).get("number") or call.get("type") or ""
    parts = [_hour(moment), f"{call.get('status', ''):<11}", call["id"], customer]
    return [*parts, *_end(call)] if over else parts


def _end(call: dict[str, Any]) -> list[str]:
    cost, began, ended = call.get("cost"), call.get("startedAt"), call.get("endedAt")
    seconds = (datetime.fromisoformat(ended) - datetime.fromisoformat(began)).seconds if began and ended else None
    return [
        str(call.get("endedReason") or ""),
        "" if seconds is None else f"{seconds // 60}:{seconds % 60:02}",
        "" if cost is None else f"${cost:.4f}",
    ]


def _hour(moment: str | None) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%H:%M:%S") if moment else "        "
