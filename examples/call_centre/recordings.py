"""Recordings to a storage of your own: every recording of yesterday's calls, once.

    python -m examples.call_centre.recordings          offline
    python -m examples.call_centre.recordings --live   needs VAPI_API_KEY, RECORDINGS (a folder)

Run it each day, and again whenever it was interrupted: what is in the folder is not downloaded again. A file appears
under its name when it is complete, so a name that is there is a recording that is whole.
"""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import anyio

from examples.kit import Settings, run
from vapi_async import NotFoundError, VapiError, on

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.models import Call
    from vapi_async.sandbox import Sandbox

PLAN = """\
This downloads the recordings of yesterday's calls (UTC) into the folder {RECORDINGS}, and changes nothing at Vapi."""
SETTINGS = {"RECORDINGS": str(Path(tempfile.gettempdir(), "recordings"))}


async def save_recordings(vapi: AsyncVapi, folder: Path, day: date, tz: str = "UTC") -> dict[str, int]:
    """Download the stereo recording of each call of a day, five at a time.

    Args:
        vapi: The client.
        folder: Where they go, as `<call id>.wav`.
        day: When the calls were created.
        tz: Whose day it is.

    Returns:
        How many were saved, were there already, are not there at Vapi, and failed.
    """
    await anyio.Path(folder).mkdir(parents=True, exist_ok=True)
    counts = dict.fromkeys(("saved", "there already", "not recorded", "failed"), 0)

    async def missing() -> AsyncIterator[Call]:
        async for call in vapi.calls.list(created=on(day, tz), limit=1000):
            if path_of(folder, call).exists():
                counts["there already"] += 1
            elif call.status == "ended":
                yield call

    async def save(call: Call) -> None:
        await vapi.calls.stereo_recording(call.id).to(path_of(folder, call))

    async with vapi.map(save, missing(), concurrency=5) as results:
        async for call, outcome in results:
            counts[told(call, outcome)] += 1
    return counts


def path_of(folder: Path, call: Call) -> Path:
    """Return where a call's recording goes."""
    return folder / f"{call.id}.wav"


def told(call: Call, outcome: Exception | None) -> str:
    """Say what became of a download, and return how it counts."""
    match outcome:
        case None:
            print(f"saved   {call.id}")
            return "saved"
        case NotFoundError():
            return "not recorded"  # the assistant's artifactPlan turned it off, or nobody spoke
        case VapiError():
            print(f"failed  {call.id}: {outcome}")
            return "failed"
        case _:
            raise outcome


def yesterday() -> date:
    """Return yesterday's date, in UTC."""
    return datetime.now(UTC).date() - timedelta(days=1)


async def recordings(vapi: AsyncVapi, settings: Settings) -> None:
    """Save yesterday's."""
    folder, day = Path(settings["RECORDINGS"]), yesterday()
    counts = await save_recordings(vapi, folder, day)
    print(f"\n{day}: {', '.join(f'{number} {what}' for what, number in counts.items())}; in {folder}")


def offline_calls(sandbox: Sandbox) -> None:
    """Calls of yesterday, one of which nobody answered, and one of the day before."""
    noon = datetime.combine(yesterday(), datetime.min.time(), UTC) + timedelta(hours=12)
    for number in range(4):
        created = noon + timedelta(minutes=number) - timedelta(days=number == 3)
        call = {"id": f"0000000{number}-1111-4222-8333-444444444444", "status": "ended"}
        recorded = {} if number == 2 else {"artifact": {}}
        sandbox.add("/call", call | recorded | {"createdAt": created.isoformat()})


if __name__ == "__main__":
    run(recordings, plan=PLAN, settings=SETTINGS, prepare=offline_calls)
