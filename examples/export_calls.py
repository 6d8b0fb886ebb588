"""Export the calls of some days to a file: CSV for spreadsheets, or JSON Lines with everything.

    python examples/export_calls.py calls.csv               invented calls: no key, no network
    python examples/export_calls.py calls.jsonl --live      the real ones of the last 7 days: needs VAPI_API_KEY
    python examples/export_calls.py calls.csv --live --days 30
    python examples/export_calls.py calls.csv --live --on 2026-03-29 --tz Europe/Madrid

Interrupted, by Ctrl-C or a broken connection, it goes on where it was when it is run again with the same arguments.
The progress bar is drawn by rich: pip install rich
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import json
import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from archive import invented_calls

from vapi_async import UNSET, AsyncVapi, VapiError, on, since

if TYPE_CHECKING:
    from vapi_async._lists.windows import Window
    from vapi_async.models import Call

PLAN = "This reads the calls of your account into {file}. It changes nothing there, and costs nothing."

COLUMNS: dict[str, Callable[[Call], Any]] = {
    "id": lambda call: call.id,
    "created": lambda call: call.created_at,
    "type": lambda call: call.type,
    "status": lambda call: call.status,
    "ended reason": lambda call: call.ended_reason,
    "customer": lambda call: call.customer.number if call.customer else None,
    "assistant": lambda call: call.assistant_id,
    "started": lambda call: call.started_at,
    "ended": lambda call: call.ended_at,
    "cost": lambda call: call.cost,
    "summary": lambda call: call.analysis.summary if call.analysis else None,
}


def cell(value: Any) -> str:
    """A value as text that no spreadsheet takes for a formula."""
    text = "" if value is None or value is UNSET else str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def csv_line(values: list[Any]) -> bytes:
    """One line of CSV."""
    line = StringIO()
    csv.writer(line).writerow([cell(value) for value in values])
    return line.getvalue().encode()


class Export:
    """A file that calls are appended to, and beside it, until it is complete, a note of how far it is.

    Args:
        path: the file; its suffix decides the format.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.note = path.with_name(f"{path.name}.position")
        self.is_csv = path.suffix == ".csv"

    def begin(self) -> tuple[Any, int]:
        """Make the file, or cut it back to what the note says is safe; return the position and the calls noted."""
        if self.note.exists():
            noted = json.loads(self.note.read_text())
            os.truncate(self.path, noted["size"])
            return noted["position"], noted["calls"]
        header = csv_line(list(COLUMNS)) if self.is_csv else b""
        with self.path.open("xb") as file:
            file.write(header)
        self.save(None, len(header), 0)
        return None, 0

    def line(self, call: Call) -> bytes:
        """A call in the format of the file."""
        if self.is_csv:
            return csv_line([value(call) for value in COLUMNS.values()])
        return json.dumps(call.to_dict()).encode() + b"\n"

    def save(self, position: Any, size: int, calls: int) -> None:
        """Note how far the file is, in one step: a note is never half written."""
        draft = self.note.with_suffix(".draft")
        draft.write_text(json.dumps({"position": position, "size": size, "calls": calls}))
        draft.replace(self.note)

    def finish(self) -> None:
        """Take the note away: the file is complete."""
        self.note.unlink()


async def export(vapi: AsyncVapi, path: Path, window: Window, progress: Callable[[int, int | None], None]) -> int:
    """Write the calls of a window to a file, or the rest of them; return how many it holds.

    Args:
        vapi: the client.
        path: the file.
        window: of createdAt.
        progress: is told how many calls the file holds, and how many it will, if the API tells.
    """
    target = Export(path)
    position, count = target.begin()
    total = await total_of(vapi, window)
    calls = vapi.calls.list(limit=100, created=window, resume=position)
    with path.open("ab") as file:
        async with calls.lookahead(1) as ahead:
            async for call in ahead:
                if position != calls.position:  # so all before this call is in the file
                    position = calls.position
                    file.flush()
                    target.save(position, file.tell(), count)
                file.write(target.line(call))
                count += 1
                progress(count, total)
    target.finish()
    return count


async def total_of(vapi: AsyncVapi, window: Window) -> int | None:
    """How many calls there are, where the API tells."""
    page = await vapi.calls.list(limit=1, created=window)
    return int(page.metadata.total_items) if page.metadata and page.metadata.total_items else None


@asynccontextmanager
async def client(live: bool, days: float, now: datetime) -> AsyncIterator[AsyncVapi]:
    """The client of the real API, or one of invented calls of the days before `now`."""
    if live:
        async with AsyncVapi() as vapi:
            yield vapi
    else:
        from vapi_async.sandbox import Sandbox

        async with Sandbox() as sandbox, sandbox.client() as vapi:
            for call in invented_calls(1000, days, now):
                sandbox.add("/call", call)
            yield vapi


def window_of(arguments: argparse.Namespace, now: datetime) -> Window:
    """The window that the command line asks for, seen from `now`."""
    if arguments.on:
        return on(arguments.on, arguments.tz)
    return since(days=arguments.days, now=now)


async def run(arguments: argparse.Namespace) -> int:
    """Export with a progress bar."""
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    now = datetime.now(UTC)  # taken once: the invented calls and the window end at the same instant
    window = window_of(arguments, now)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    with Progress(*columns) as bar:
        task = bar.add_task(arguments.file.name, total=None)
        async with client(arguments.live, arguments.days, now) as vapi:
            return await export(
                vapi, arguments.file, window, lambda done, total: bar.update(task, completed=done, total=total)
            )


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where to: .csv or .jsonl")
    parser.add_argument("--live", action="store_true", help="the real API instead of invented calls")
    parser.add_argument("--days", type=float, default=7, help="the last so many days (default 7)")
    parser.add_argument("--on", type=date.fromisoformat, help="one day instead")
    parser.add_argument("--tz", default="UTC", help="the time zone of that day (default UTC)")
    arguments = parser.parse_args()
    if arguments.file.suffix not in {".csv", ".jsonl"}:
        parser.error("the file must end in .csv or .jsonl")
    return arguments


def main() -> str | None:
    """Run; return what went wrong."""
    arguments = parse()
    if arguments.live and not os.environ.get("VAPI_API_KEY"):
        return f"--live needs VAPI_API_KEY in the environment.\n{PLAN.format(file=arguments.file)}"
    offline = "Exporting invented calls from inside this process: nothing is sent. The real ones: --live"
    print(PLAN.format(file=arguments.file) if arguments.live else offline, end="\n\n")
    try:
        count = asyncio.run(run(arguments))
    except FileExistsError:
        return f"{arguments.file} is there already, and complete."
    except KeyboardInterrupt:
        return "\nInterrupted. Run the same command again to go on."
    except VapiError as error:
        return f"{error}\nRun the same command again to go on."
    except ValueError as error:
        return str(error)
    print(f"{count} calls in {arguments.file}")
    return None


if __name__ == "__main__":
    sys.exit(main())
