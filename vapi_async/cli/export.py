"""`calls export FILE`: calls into a file, which goes on where it was if it is broken off."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from vapi_async._modeling.display_order import pick
from vapi_async._optional import load

from .execution import run_with_client
from .output import plain, write_csv
from .parameters import arguments
from .progress import counting
from .settings import settings_of, shared_options
from .values import Moment

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

_SINCE, _UNTIL = "Only calls that were created since then: 7d, 2026-01-31.", "Only calls that were created before then."
#: The fields of a call that fit into a table.
COLUMNS = (
    "id",
    "createdAt",
    "type",
    "status",
    "endedReason",
    "customer.number",
    "customer.name",
    "assistantId",
    "squadId",
    "phoneNumberId",
    "name",
    "startedAt",
    "endedAt",
    "cost",
    "analysis.summary",
    "analysis.successEvaluation",
)
_BATCH = 1000


def command() -> click.Command:
    """Return the command."""
    return click.Command(
        "export",
        help="Write calls to FILE: .jsonl with all that is known of them, .csv or .parquet with the fields that fit "
        "into a table. Broken off, it goes on where it was when it is run again.",
        callback=_export,
        no_args_is_help=True,
        params=[
            click.Argument(["file"], type=click.Path(path_type=Path, dir_okay=False)),
            click.Option(["--since"], type=Moment(), help=_SINCE),
            click.Option(["--until"], type=Moment(), help=_UNTIL),
            click.Option(["--assistant-id"], metavar="ID", help="Only calls of this assistant."),
            click.Option(["--columns"], help="Which fields of .csv and .parquet: id,status,customer.number"),
            click.Option(["--overwrite"], is_flag=True, help="Replace FILE, and forget what was broken off."),
            *shared_options(),
        ],
    )


@click.pass_context
def _export(context: click.Context, /, file: Path, columns: str | None, overwrite: bool, **given: Any) -> None:
    form = file.suffix
    if form not in _FINISHERS:
        raise click.UsageError(f"{file} must end in .csv, .jsonl or .parquet")
    if form == ".parquet":
        load("pyarrow.parquet", "parquet")
    export = Export(file, columns.split(",") if columns else COLUMNS)
    if overwrite:
        export.forget()
    elif file.exists():
        raise click.UsageError(f"{file} is there already: --overwrite replaces it")

    async def work(client: AsyncVapi) -> None:
        count = await export.run(client, arguments(given))
        click.echo(f"{count} calls in {file}")

    run_with_client(settings_of(context), work)


class Export:
    """A file in the making: a part with a line of JSON for each call, and a note of how far it is.

    Args:
        file: what it will be.
        columns: of a table.
    """

    def __init__(self, file: Path, columns: Iterable[str]) -> None:
        self._file = file
        self._columns = tuple(columns)
        self._part = file.with_name(f"{file.name}.part")
        self._note = file.with_name(f"{file.name}.position")

    def forget(self) -> None:
        """Forget what was broken off."""
        self._note.unlink(missing_ok=True)
        self._part.unlink(missing_ok=True)

    async def run(self, client: AsyncVapi, filters: dict[str, Any]) -> int:
        """Write the calls, or the rest of them; return how many the file has."""
        position, count = self._begin()
        if position != _DONE:
            count = await self._fetch(client, filters, position, count)
        _FINISHERS[self._file.suffix](self._part, self._file, self._columns)
        self.forget()
        return count

    def _begin(self) -> tuple[Any, int]:
        if not self._note.exists() or not self._part.exists():
            self._part.write_bytes(b"")
            self._save(None, 0, 0)
            return None, 0
        noted = json.loads(self._note.read_text())
        os.truncate(self._part, noted["size"])
        return noted["position"], noted["calls"]

    async def _fetch(self, client: AsyncVapi, filters: dict[str, Any], position: Any, count: int) -> int:
        pager = client.calls.list(limit=100, resume=position, **filters)
        with self._part.open("ab") as part, counting("calls") as counted:
            counted(count, None)
            async with pager.lookahead(1) as calls:
                async for call in calls:
                    if position != pager.position:  # so all before this call is in the file
                        position = pager.position
                        part.flush()
                        self._save(position, part.tell(), count)
                    part.write(json.dumps(plain(call), ensure_ascii=False).encode() + b"\n")
                    count += 1
                    counted(1, None)
            part.flush()
            self._save(_DONE, part.tell(), count)
        return count

    def _save(self, position: Any, size: int, calls: int) -> None:
        """Note how far it is, in one step: a note is never half written."""
        draft = self._note.with_name(f"{self._note.name}.draft")
        draft.write_text(json.dumps({"position": position, "size": size, "calls": calls}))
        draft.replace(self._note)


_DONE = "fetched"


def _records(part: Path) -> Iterator[Any]:
    with part.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def _to_jsonl(part: Path, file: Path, columns: tuple[str, ...]) -> None:
    part.replace(file)


def _to_csv(part: Path, file: Path, columns: tuple[str, ...]) -> None:
    draft = file.with_name(f"{file.name}.draft")
    with draft.open("w", encoding="utf-8", newline="") as table:
        write_csv(table, _records(part), columns, header=True)
    draft.replace(file)


def _to_parquet(part: Path, file: Path, columns: tuple[str, ...]) -> None:
    pyarrow, parquet = load("pyarrow", "parquet"), load("pyarrow.parquet", "parquet")
    schema = pyarrow.schema(
        [(column, pyarrow.float64() if column == "cost" else pyarrow.string()) for column in columns]
    )
    draft = file.with_name(f"{file.name}.draft")
    with parquet.ParquetWriter(draft, schema) as writer:
        for batch in _batches(_records(part)):
            rows = [{column: _typed(column, pick(record, column)) for column in columns} for record in batch]
            writer.write_table(pyarrow.Table.from_pylist(rows, schema))
    draft.replace(file)


def _typed(column: str, value: Any) -> Any:
    if value is None or column == "cost":
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _batches(records: Iterator[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for record in records:
        batch.append(record)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


_FINISHERS: dict[str, Callable[[Path, Path, tuple[str, ...]], None]] = {
    ".csv": _to_csv,
    ".jsonl": _to_jsonl,
    ".parquet": _to_parquet,
}
