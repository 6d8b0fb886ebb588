"""What `calls` has beside the operations of the contract."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from vapi_async._modeling.nested_lookup import nested_value

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import PreparedRequest
    from vapi_async._http.session import Session
    from vapi_async.errors import Trace

    from .audio import Audio
    from .live import Live

_GONE = ("not-found", "deletion-failed")
_STATUSES = ("scheduled", "queued", "ringing", "in-progress", "forwarding", "ended", *_GONE)

Call = TypeVar("Call", covariant=True)  # noqa: PLC0105 - that of the generated package


class Calls(Protocol[Call]):
    """The generated class that inherits the mixin, as far as it is needed here."""

    _session: Session

    def get(self, id: str) -> Coroutine[Any, Any, Call]: ...  # noqa: A002 - the contract's name


class CallMethods:
    """Ending calls, waiting for them, deleting many at once, and their audio."""

    _session: Session

    async def end(
        self: Calls[Any], call: Any, *, public_key: str | None = None, allow_hosts: Iterable[str] = ()
    ) -> None:
        """Hang up: end a call that is going on. (`delete` does not: it deletes what is stored of a call.)

        The API has no operation for it; it is a command to the call's control URL. A call that has ended already is
        fine.

        Args:
            call: its id, or the Call.
            public_key: is sent, for assistants whose monitorPlan asks for it. The client's token never is.
            allow_hosts: hosts to contact beside those of Vapi, such as "my.proxy.example".

        Raises:
            ValueError: the call has no control URL: it has not begun, or its monitorPlan turned control off.
            ConfigurationError: the host of the URL is none that may be contacted.
            RequestError: a request failed.
        """
        key = _id(call)
        if not _has_control(call):
            call = await self.get(key)
        if call.get("status") == "ended":
            return
        if not _has_control(call):
            raise ValueError(_no_control(key, call.get("status")))
        from vapi_async.errors import ClientError

        try:
            await _live(self._session, call, public_key, allow_hosts).end()
        except ClientError:  # perhaps since it ended meanwhile
            if (await self.get(key)).get("status") != "ended":
                raise

    async def wait(
        self: Calls[Call],
        call: Any,
        until: str | Collection[str] | Callable[[Call], Any] = "ended",
        *,
        timeout: float | None = 600.0,  # noqa: ASYNC109 - the clock that is waited by may be one of a test
        interval: float = 1.0,
        growth: float = 1.5,
        max_interval: float = 15.0,
    ) -> Call:
        """Wait until a call has ended, or whatever else is asked for, by getting it again and again.

        A status that lasts shorter than the interval may be missed: name all that will do, such as
        `until=("in-progress", "forwarding", "ended")`.

        Args:
            call: its id, or the Call.
            until: a status; several, of which any will do; or a function that gets the Call and returns whether it is
                enough. A function is asked beyond the end of the call too: `until=lambda call: call.analysis`.
            timeout: seconds, None for no limit.
            interval: seconds between the first two requests at most; each interval is drawn from its upper half.
            growth: by what each interval is longer than the one before.
            max_interval: seconds that no interval exceeds.

        Returns:
            The Call.

        Raises:
            WaitError: the call ended (or is gone) without coming to the status; `.call` is how it was then.
            WaitTimeout: it has not come to it in time; `.call` is how it was last.
            ValueError: `until` is a misspelt status, or a number makes no sense.
            RequestError: the API refused to tell of the call. Lost connections, rate limits and outages are waited out.
        """
        from vapi_async._extensions.polling import Goal, Patience, Statuses, wait_for

        key = _id(call)
        goal = Goal(until, Statuses(_STATUSES, ("ended",), _GONE))
        patience = Patience(timeout, interval, growth, max_interval)
        return await wait_for(self._session, f"call {key}", lambda: self.get(key), goal, patience)

    async def delete_many(self, calls: Iterable[Any]) -> Any:
        """Delete what is stored of many calls.

        The API does it in the background, which may take hours, and tells of each call by `call.deleted` or
        `call.delete.failed` to the organization's server URL.

        Args:
            calls: their ids, or the Calls.

        Returns:
            What the API answers, as JSON.

        Raises:
            TypeError: `calls` is a str, or holds something else than ids and calls.
            ValueError: there is none.
            RequestError: the request failed.
        """
        from vapi_async._operations.query import path_segment
        from vapi_async._operations.raw_request import prepare_raw

        if isinstance(calls, str | bytes | Mapping) or not isinstance(calls, Iterable):
            raise TypeError(f"calls must be several ids, not {type(calls).__name__}: delete is for one")
        ids = list(dict.fromkeys(_id(call) for call in calls))
        if not ids:
            raise ValueError("calls is empty: there is nothing to delete")
        # The API wants an id in the path and, given ids in the body, does not look at it.
        path = f"/call/{path_segment('id', ids[0])}"
        return await self._session.perform(prepare_raw(self._session, "DELETE", path, json={"ids": ids}))

    def connect_audio(self, call: Any, *, public_key: str | None = None, allow_hosts: Iterable[str] = ()) -> Audio:
        """Take the customer's part of a call with websocket transport; see `Live.connect_audio`.

            async with vapi.calls.connect_audio(call) as audio: ...

        Args:
            call: the Call that creating it returned.
            public_key: is sent, for assistants whose monitorPlan asks for it. The client's token never is.
            allow_hosts: hosts to contact beside those of Vapi, such as "my.proxy.example".

        Raises:
            ValueError: the call has no websocket of its own.
            ConfigurationError: the host of the URL is none that may be contacted.
        """
        return _live(self._session, call, public_key, allow_hosts).connect_audio()


def trace_call(session: Session, request: PreparedRequest, headers: Mapping[str, str]) -> Trace:
    """Return the trace of the call that a request may have created; the `reconcile` mark of what places calls."""
    from .reconciliation import CallTrace

    return CallTrace(session, request, headers)


def _live(session: Session, call: Any, public_key: str | None, allow_hosts: Iterable[str]) -> Live:
    from .live import Live

    return Live(session, call, public_key, allow_hosts)


def _id(call: Any) -> str:
    from vapi_async._extensions.waiting import id_of

    return id_of(call, "call must be the id of a call, or a Call that has one")


def _has_control(call: Any) -> bool:
    return nested_value(call, "monitor", "controlUrl") is not None


def _no_control(key: str, status: Any) -> str:
    text = f"call {key} has no control URL"
    if status in ("scheduled", "queued"):
        return f"{text}, as its status is {status!r}: delete it if it is not to begin (calls.delete), or wait for it"
    return f"{text}: monitorPlan.controlEnabled of its assistant is False; its status is {status!r}"
