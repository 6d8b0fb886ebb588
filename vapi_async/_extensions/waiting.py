"""`wait` of what goes on by itself: runs, campaigns, files of knowledge bases."""

from __future__ import annotations

from collections.abc import Callable, Collection, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from vapi_async._modeling.nested_lookup import nested_value

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from vapi_async._http.session import Session

    from .polling import Goal, Patience

Item = TypeVar("Item")
Read = TypeVar("Read", covariant=True)  # noqa: PLC0105 - that of the generated package

_CAMPAIGN = (("scheduled", "in-progress", "ended", "cancelled", "archived"), ("ended", "cancelled", "archived"))
_RUN = (("queued", "running", "ended"), ("ended",))
_FILE = (("indexing", "ready", "failed"), ("ready", "failed"))
_Statuses = tuple[tuple[str, ...], tuple[str, ...]]


class Readable(Protocol[Read]):
    """The generated class that inherits a mixin, as far as it is needed here."""

    _session: Session
    _noun: ClassVar[str]
    _statuses: ClassVar[_Statuses]

    def get(self, id: str) -> Coroutine[Any, Any, Read]: ...  # noqa: A002 - the contract's name


class Listed(Protocol[Read]):
    """The generated class of the files of knowledge bases, as far as it is needed here."""

    _session: Session

    def list(self, id: str) -> Awaitable[Sequence[Read]]: ...  # noqa: A002 - the contract's name


class WaitMethods:
    """Waiting for what can be read by its id."""

    _noun: ClassVar[str]
    _statuses: ClassVar[_Statuses]

    async def wait(
        self: Readable[Item],
        id: Any,  # noqa: A002 - as `get` has it
        until: str | Collection[str] | Callable[[Item], Any] = "ended",
        *,
        timeout: float | None = 3600.0,  # noqa: ASYNC109 - the clock that is waited by may be one of a test
        interval: float = 1.0,
        growth: float = 1.5,
        max_interval: float = 15.0,
    ) -> Item:
        """Wait until it has ended, or whatever else is asked for, by getting it again and again.

        Args:
            id: its id, or the object.
            until: a status; several, of which any will do; or a function that gets the object and returns whether it
                is enough.
            timeout: seconds, None for no limit.
            interval: seconds between the first two requests at most; each interval is drawn from its upper half.
            growth: by what each interval is longer than the one before.
            max_interval: seconds that no interval exceeds.

        Returns:
            The object.

        Raises:
            WaitError: it ended without coming to the status; `.last` is how it was then.
            WaitTimeout: it has not come to it in time; `.last` is how it was last.
            ValueError: `until` is a misspelt status, or a number makes no sense.
            RequestError: the API refused to tell of it. Lost connections, rate limits and outages are waited out.
        """
        from .polling import wait_for

        key = id_of(id, f"id must be that of a {self._noun}, or a {self._noun} that has one")
        goal, patience = _asked(until, self._statuses, timeout, interval, growth, max_interval)
        return await wait_for(self._session, f"{self._noun} {key}", lambda: self.get(key), goal, patience)


class CampaignMethods(WaitMethods):
    """Waiting for campaigns."""

    _noun = "campaign"
    _statuses = _CAMPAIGN


class EvalRunMethods(WaitMethods):
    """Waiting for runs of evals."""

    _noun = "eval run"
    _statuses = _RUN


class SimulationRunMethods(WaitMethods):
    """Waiting for runs of simulations."""

    _noun = "simulation run"
    _statuses = _RUN


class KnowledgeBaseFileMethods:
    """Waiting until a file can be asked for what is in it."""

    async def wait(
        self: Listed[Item],
        id: str,  # noqa: A002 - as `list` has it
        file_id: str,
        until: str | Collection[str] | Callable[[Item], Any] = "ready",
        *,
        timeout: float | None = 600.0,  # noqa: ASYNC109 - the clock that is waited by may be one of a test
        interval: float = 1.0,
        growth: float = 1.5,
        max_interval: float = 15.0,
    ) -> Item:
        """Wait until a file of a knowledge base is ready, or whatever else is asked for.

        Args:
            id: that of the knowledge base.
            file_id: that of the file.
            until: a status; several, of which any will do; or a function that gets the file and returns whether it is
                enough.
            timeout: seconds, None for no limit.
            interval: seconds between the first two requests at most; each interval is drawn from its upper half.
            growth: by what each interval is longer than the one before.
            max_interval: seconds that no interval exceeds.

        Returns:
            The file, as the knowledge base has it.

        Raises:
            WaitError: its indexing failed, or it is not in the knowledge base; `.last` is how it was then.
            WaitTimeout: it has not come to it in time; `.last` is how it was last.
            ValueError: `until` is a misspelt status, or a number makes no sense.
            RequestError: the API refused to tell of it. Lost connections, rate limits and outages are waited out.
        """
        from vapi_async.errors import WaitError

        from .polling import wait_for

        async def look() -> Item:
            for file in await self.list(id):
                if file_id in (nested_value(file, "fileId"), nested_value(file, "id")):
                    return file
            raise WaitError(f"file {file_id} is not in the knowledge base {id}: attach it")

        goal, patience = _asked(until, _FILE, timeout, interval, growth, max_interval)
        return await wait_for(self._session, f"file {file_id}", look, goal, patience)


def _asked(until: Any, statuses: _Statuses, *times: Any) -> tuple[Goal, Patience]:
    from .polling import Goal, Patience, Statuses

    return Goal(until, Statuses(*statuses)), Patience(*times)


def id_of(item: Any, wanted: str) -> str:
    """Return an id, given as it is or as that of an object.

    Args:
        item: the id, or the object.
        wanted: what it must be, for the error.

    Raises:
        TypeError: it is neither.
    """
    from uuid import UUID

    key = item if isinstance(item, str | UUID) else nested_value(item, "id")
    if not isinstance(key, str | UUID) or not str(key):
        raise TypeError(f"{wanted}, not {type(item).__name__}")
    return str(key)
