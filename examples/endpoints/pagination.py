"""Pagination: one page, the next one, every item, a window of time, and going on later.

python -m examples.endpoints.pagination          offline
python -m examples.endpoints.pagination --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from examples.kit import Settings, run
from vapi_async import between

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = "This reads some hundred calls of your call log. It changes nothing and costs nothing."


async def pagination(vapi: AsyncVapi, settings: Settings) -> None:
    """Read calls in all ways there are; every list of the client has them."""
    page = await vapi.calls.list(limit=50)
    print(f"one page      {len(page)} calls, more: {page.has_next}")
    if page.has_next:
        page = await page.next()
        print(f"the next      {len(page)} calls")  # the call at the border is asked for twice, and given once

    # Item by item, over all pages; nothing is lost or comes twice while calls come and go.
    count = 0
    async for _ in vapi.calls.list(max_items=150):
        count += 1
    print(f"every item    {count} calls")

    if page:
        newest = page[0].created_at
        window = between(newest - timedelta(minutes=10), newest)
        print(f"in a window   {len([call async for call in vapi.calls.list(created=window)])} calls of ten minutes")

    # The next page is fetched while this one is worked on.
    async with vapi.calls.list(limit=50, max_items=100).lookahead(1) as ahead:
        print(f"lookahead     {len([call async for call in ahead])} calls")

    await in_two_parts(vapi)


async def in_two_parts(vapi: AsyncVapi) -> None:
    """Stop somewhere, and go on from there: `position` is JSON, so that may be another process."""
    pager = vapi.calls.list(limit=50)
    seen = 0
    async for _ in pager:
        seen += 1
        if seen == 60:
            break
    rest = vapi.calls.list(limit=50, resume=pager.position, max_items=40)
    print(f"in two parts  {seen} calls, then {len([call async for call in rest])}")


def offline_calls(sandbox: Sandbox) -> None:
    """A call for each of 250 minutes."""
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for minute in range(250):
        moment = (start + timedelta(minutes=minute)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        sandbox.add("/call", {"type": "outboundPhoneCall", "status": "ended", "createdAt": moment, "updatedAt": moment})


if __name__ == "__main__":
    run(pagination, plan=PLAN, prepare=offline_calls)
