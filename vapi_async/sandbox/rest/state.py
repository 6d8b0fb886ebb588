"""`SandboxState`: what the parts of one sandbox share.

Everything random comes from its seed, every instant from its clock, so two runs of a test see the same.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from .store import Store
from .uploaded_files import UploadedFiles

if TYPE_CHECKING:
    from vapi_async.sandbox.clock import Clock

    from .contract import ApiContract
    from .persistence import Persistence

BASE_URL = "https://api.sandbox.vapi.ai"
STORAGE_URL = "https://storage.sandbox.vapi.ai"


class SandboxState:
    """Contract, objects, time and chance of one sandbox.

    Args:
        contract: the contract that it answers by.
        clock: its time.
        seed: what ids and examples follow from.
        persistence: the file that what is stored is kept in, if any.

    Attributes:
        contract: the contract that it answers by.
        clock: its time.
        seed: what ids and examples follow from.
        base_url: the base URL that it answers at, without a slash at its end.
        storage_url: what the URLs of recordings and uploaded files begin with.
        org_id: the id of the organisation that everything belongs to.
        store: the objects.
        files: the contents of uploaded files.
        ignored: settings of calls that do nothing here.
        out_of_credits: whether simulation runs are refused with 402.
        refuses_unknown: whether properties that the contract does not know are refused.
    """

    def __init__(
        self, contract: ApiContract, clock: Clock, seed: int = 0, persistence: Persistence | None = None
    ) -> None:
        self.contract = contract
        self.clock = clock
        self.seed = seed
        # After each restart another, or new objects would have the ids of those that are kept.
        restarts = 0 if persistence is None else persistence.count("restarts")
        self._random = Random(seed if not restarts else f"{seed} {restarts}")
        self.org_id: str = self.new_id() if persistence is None else persistence.fact("org_id", self.new_id())
        self.store: Store = Store(self.new_id, self._next_timestamp, self.org_id, persistence)
        self.files: UploadedFiles = UploadedFiles(persistence)
        self.base_url = BASE_URL
        self.storage_url = STORAGE_URL
        self.ignored: list[str] = []
        self.out_of_credits = False
        self.refuses_unknown = True

    def new_id(self) -> str:
        """Return a new UUID; which, follows from the seed."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def chance(self) -> float:
        """Return a number from 0 up to 1; which, follows from the seed."""
        return self._random.random()

    def timestamp(self) -> str:
        """Return the time it is as the API writes it: "2026-01-01T00:00:00.000Z"."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def _next_timestamp(self) -> str:
        self.clock.tick()
        return self.timestamp()
