"""`VoiceService`: what this backend asks of Vapi. It knows nothing of HTTP, so that jobs and scripts can use it too."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from vapi_async import AsyncVapi, RequestError, RetryPolicy, VapiError, WaitTimeout, since

from .events import SUBSCRIBED
from .logs import answered, retried, short_number

if TYPE_CHECKING:
    from vapi_async.models import Assistant, Call
    from vapi_async.webhooks import Webhooks

    from .settings import Settings
    from .store import Store

_log = logging.getLogger("backend.service")


class InProgress(Exception):
    """A call for this reference is being placed, or it is not known whether it was."""


class CannotEnd(Exception):
    """The call cannot be ended yet."""


def make_client(settings: Settings, **options: Any) -> AsyncVapi:
    """Return the client: timeouts, retries and logging.

    Args:
        settings: Of the application.
        options: Further arguments of the client, in place of these; tests give those of the sandbox.
    """
    if "base_url" not in options:
        options["region"] = settings.region
    given: dict[str, Any] = {
        "token": settings.api_key,
        "timeout": settings.timeout,
        "retry": RetryPolicy(3, deadline=settings.deadline),
        "max_concurrency": 20,
        "user_agent": "fastapi-backend/1.0",
        "on_response": answered,
        "on_retry": retried,
    }
    return AsyncVapi(**given | options)


class VoiceService:
    """Assistants and calls.

    Args:
        vapi: The client; whoever made it closes it.
        hooks: Has the tools that assistants get.
        store: Knows which calls were placed already.
        settings: Of the application.
        now: The time.
    """

    def __init__(
        self, vapi: AsyncVapi, hooks: Webhooks, store: Store, settings: Settings, now: Callable[[], datetime]
    ) -> None:
        self._vapi = vapi
        self._store = store
        self._now = now
        self._phone_number_id = settings.phone_number_id
        self._server = _server(settings)
        self._tools = [*hooks.tool_definitions(self._server), {"type": "endCall"}]

    async def create_assistant(self, name: str, first_message: str, instructions: str) -> Assistant:
        """Create an assistant that has this backend's tools and reports to it."""
        assistant = await self._vapi.assistants.create(
            name=name,
            first_message=first_message,
            model={
                "provider": "openai",
                "model": "gpt-4o",
                "messages": [{"role": "system", "content": instructions}],
                "tools": self._tools,
            },
            voice={"provider": "vapi", "voiceId": "Elliot"},
            server=self._server,
            server_messages=list(SUBSCRIBED),
        )
        _log.info("assistant created", extra={"assistant_id": assistant.id})
        return assistant

    async def delete_assistant(self, assistant_id: str) -> None:
        """Delete an assistant."""
        await self._vapi.assistants.delete(assistant_id)
        _log.info("assistant deleted", extra={"assistant_id": assistant_id})

    async def start_call(self, assistant_id: str, number: str, reference: str | None = None) -> Call:
        """Place a call, once for each reference.

        Args:
            assistant_id: Who calls.
            number: Who is called, in E.164 form.
            reference: The caller's own name for this call, up to 40 characters. With the same one again, the call that
                was placed for it is returned, and nobody is dialled twice.

        Raises:
            InProgress: this reference is being called, or may have been.
            VapiError: the call was not placed, or it is not known (`may_have_been_processed`).
        """
        reference = reference or uuid4().hex
        if not self._store.claim(reference):
            return await self._placed_before(reference)
        try:
            call = await self._dial(assistant_id, number, reference)
        except VapiError as error:
            if not getattr(error, "may_have_been_processed", False):
                self._store.unclaim(reference)
            raise
        self._store.placed(reference, call.id)
        _log.info("call placed", extra={"call_id": call.id, "number": short_number(number), "reference": reference})
        return call

    async def get_call(self, call_id: str, wait: float = 0) -> Call:
        """Return a call.

        Args:
            call_id: Its id.
            wait: How many seconds to wait for its end at most.
        """
        if wait > 0:
            try:
                return await self._vapi.calls.wait(call_id, until="ended", timeout=wait)
            except WaitTimeout as error:
                if error.call is not None:
                    last: Call = error.call
                    return last
        return await self._vapi.calls.get(call_id)

    async def recent_calls(self, hours: float, most: int) -> list[Call]:
        """Return the calls of the last hours, up to a number of them."""
        window = since(self._now() - timedelta(hours=hours))
        return [call async for call in self._vapi.calls.list(created=window, max_items=most)]

    async def end_call(self, call_id: str) -> None:
        """Hang up; a call that has ended is fine.

        Raises:
            CannotEnd: it has not begun.
        """
        try:
            await self._vapi.calls.end(call_id)
        except ValueError as error:
            raise CannotEnd(str(error)) from error
        _log.info("call ended by us", extra={"call_id": call_id})

    async def _dial(self, assistant_id: str, number: str, reference: str) -> Call:
        """Place a call; where it cannot be known whether that worked, look for it before giving up."""
        try:
            return await self._vapi.calls.create(
                assistant_id=assistant_id,
                phone_number_id=self._phone_number_id,
                customer={"number": number},
                name=reference,  # unique, so that the call can be told from any other
            )
        except RequestError as error:
            call = await _reconciled(error)
            if call is None:
                raise
            _log.warning("call found after a failure", extra={"call_id": call.id, "reason": type(error).__name__})
            return call

    async def _placed_before(self, reference: str) -> Call:
        call_id = self._store.call_for(reference)
        if call_id is not None:
            return await self._vapi.calls.get(call_id)
        async for call in self._vapi.calls.list(created=since(self._now() - timedelta(days=1))):
            if call.name == reference:
                self._store.placed(reference, call.id)
                return call
        raise InProgress(f"a call for the reference {reference!r} is being placed, or may have been")


async def _reconciled(error: RequestError) -> Call | None:
    """Return the call that a failed request placed all the same; None if there is none, or none can be seen."""
    if not error.may_have_been_processed:
        return None
    try:
        call: Call | None = await error.reconcile()
    except VapiError as second:
        _log.warning("cannot look for the call", extra={"reason": type(second).__name__})
        return None
    return call


def _server(settings: Settings) -> dict[str, Any]:
    """Return where assistants send their messages, and how these prove that they are from Vapi."""
    again = {"type": "exponential", "maxRetries": 3, "baseDelaySeconds": 1}
    server = {"url": settings.webhook_url, "timeoutSeconds": 20, "backoffPlan": again}
    if settings.credential_id:
        return {**server, "credentialId": settings.credential_id}
    return {**server, "headers": {"X-Vapi-Secret": settings.server_secrets[0]}}
