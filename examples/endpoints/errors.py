"""Errors: by status, with the API's own message, and what happens before one is raised.

python -m examples.endpoints.errors          offline
python -m examples.endpoints.errors --live   needs VAPI_API_KEY
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from examples.kit import Settings, run
from vapi_async import AuthenticationError, BadRequestError, NotFoundError, StatusError, VapiError

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async._http.hooks import RetryEvent
    from vapi_async.sandbox import Sandbox

PLAN = "This sends requests that the API refuses. It changes nothing and costs nothing."


async def errors(vapi: AsyncVapi, settings: Settings) -> None:
    """Make mistakes, and say what came of them."""
    mistake: dict[str, Any] = {"firstMessage": "Hello"}  # in a mapping, where no type checker sees it
    try:
        await vapi.assistants.get("00000000-0000-4000-8000-000000000000")
    except NotFoundError as error:
        print(f"no such assistant   {error.status_code}  {error.message}")

    try:
        await vapi.assistants.create(name="A name that is much longer than the forty characters it may have")
    except BadRequestError as error:
        print(f"bad field           {error.status_code}  {error.message}")

    try:
        await vapi.with_options(headers={"authorization": "Bearer not-a-key"}).squads.list()
    except AuthenticationError as error:
        print(f"bad key             {error.status_code}  {error.message}")

    try:
        await vapi.assistants.create(**mistake)
    except TypeError as error:  # Python's own, before anything is sent
        print(f"bad argument        {error}")

    await survive(vapi)


async def survive(vapi: AsyncVapi) -> None:
    """See what is retried, and treat what is left by kind."""

    def retried(event: RetryEvent) -> None:
        print(f"retry               {event.error}; again in {event.delay:.1f} s")

    try:
        page = await vapi.with_options(on_retry=retried, retry=3).tools.list(limit=1)
        print(f"listed at last      {len(page)} tools")
    except StatusError as error:  # the API's answer: its status, message and body
        print(f"failed              {error.status_code}  {error.message}  {error.body}")
    except VapiError as error:  # everything else of this library: no connection, a timeout, …
        print(f"failed              {error}")


def offline_trouble(sandbox: Sandbox) -> None:
    """A key that is refused, and a server that has a bad moment."""
    invalid = {"message": "Invalid Key. Hot tip, you may be using the public key.", "statusCode": 401}
    sandbox.fail("GET /squad", status=401, body=invalid)
    sandbox.fail("GET /tool", status=503, times=2)


if __name__ == "__main__":
    run(errors, plan=PLAN, prepare=offline_trouble)
