"""A call log: each end-of-call report becomes a line of a CSV file.

    python -m examples.call_centre.call_log          offline
    python -m examples.call_centre.call_log --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO,
                                                     VAPI_SERVER_URL (of a tunnel to port 8000), VAPI_SERVER_SECRET,
                                                     CALL_LOG (a CSV file)

In production, serve `call_log(path, secret)` with uvicorn, and set the server URL of your organisation to it.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from examples.call_centre.tunnel import SERVER, server
from examples.kit import DIALLING, Settings, run, until
from vapi_async.sandbox import user
from vapi_async.webhooks import Webhooks, shared_secret

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.models import ServerMessageEndOfCallReport
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs money, receives the report at
{VAPI_SERVER_URL} and adds a line to {CALL_LOG}. The call stays in your call log."""
SETTINGS = {**DIALLING, **SERVER, "CALL_LOG": str(Path(tempfile.gettempdir(), "call_log.csv"))}

COLUMNS: dict[str, Callable[[ServerMessageEndOfCallReport], Any]] = {
    "call": lambda report: report.call.id if report.call else None,
    "customer": lambda report: report.customer.number if report.customer else None,
    "started": lambda report: report.started_at,
    "ended": lambda report: report.ended_at,
    "reason": lambda report: report.ended_reason,
    "cost": lambda report: report.cost,
    "summary": lambda report: report.analysis.summary,
    "transcript": lambda report: report.artifact.transcript,
}


def call_log(path: Path, secret: str) -> Webhooks:
    """Make the ASGI app that keeps a log.

    Args:
        path: The CSV file; it gets a header when it is made.
        secret: What Vapi sends in X-Vapi-Secret.
    """
    hooks = Webhooks(verify=shared_secret(secret))

    @hooks.on("end-of-call-report")
    async def log(report: ServerMessageEndOfCallReport) -> None:
        append(path, [value(report) for value in COLUMNS.values()])  # on the event loop: one line after the other

    return hooks


def append(path: Path, values: list[Any]) -> None:
    """Add a line to a CSV file, in one piece."""
    with path.open("a", newline="", encoding="utf-8") as file:
        lines = [list(COLUMNS)] if file.tell() == 0 else []
        text = StringIO()
        csv.writer(text).writerows([*lines, [cell(value) for value in values]])
        file.write(text.getvalue())


def cell(value: Any) -> str:
    """Return a value as text that no spreadsheet takes for a formula: customers say, or are called, anything."""
    text = str(value) if value else ""  # UNSET and None are false
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


async def log_a_call(vapi: AsyncVapi, settings: Settings) -> None:
    """Place a call, and wait for its line."""
    call = await vapi.calls.create(
        name="Call log",
        assistant={
            "firstMessage": "Hello! What can I do for you?",
            "model": {"provider": "openai", "model": "gpt-4o"},
            "maxDurationSeconds": 60,
            "server": server(settings),
            "serverMessages": ["end-of-call-report"],
        },
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    print(f"calling   {settings['VAPI_CALL_TO']}  ({call.id})")

    log = Path(settings["CALL_LOG"])

    async def line() -> dict[str, str] | None:
        return next((row for row in rows(log) if row["call"] == call.id), None)

    for name, value in (await until(vapi, line, bool)).items():
        print(f"{name:<12}{value.strip()}".replace("\n", "\n" + " " * 12))
    print(f"\nThe log is {log}.")


def rows(path: Path) -> list[dict[str, str]]:
    """Read the log."""
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def app(settings: Settings) -> Webhooks:
    """The app of this example's settings."""
    return call_log(Path(settings["CALL_LOG"]), settings["VAPI_SERVER_SECRET"])


def offline_customer(sandbox: Sandbox) -> None:
    """A customer with an order."""
    summary = {"summary": "The customer asked where order 4711 is.", "successEvaluation": "true"}
    sandbox.script([user("Where is my order 4711?"), ("assistant", "It is on its way.")], analysis=summary)


if __name__ == "__main__":
    run(log_a_call, plan=PLAN, settings=SETTINGS, prepare=offline_customer, app=app)
