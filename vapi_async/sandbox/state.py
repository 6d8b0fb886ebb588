"""`State`: what the parts of one sandbox share. Everything random comes from its seed, every instant from its clock."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING
from uuid import UUID

from .rest.files import Files
from .rest.store import Store

if TYPE_CHECKING:
    from .clock import Clock
    from .rest.contract import Contract


class State:
    """Contract, objects, time and chance of one sandbox.

    Args:
        contract: the contract that it answers by.
        clock: its time.
        seed: what ids and examples follow from.
        origin: what the URLs of files begin with.

    Attributes:
        contract: likewise.
        clock: likewise.
        seed: likewise.
        org_id: the id of the organisation that everything belongs to.
        store: the objects.
        files: the contents of uploaded files.
        out_of_credits: whether simulation runs are refused with 402.
    """

    def __init__(self, contract: Contract, clock: Clock, seed: int = 0, origin: str = "") -> None:
        self.contract = contract
        self.clock = clock
        self.seed = seed
        self._random = Random(seed)
        self.org_id = self.new_id()
        self.store = Store(self.new_id, self._next_timestamp, self.org_id)
        self.files = Files(origin)
        self.out_of_credits = False

    def new_id(self) -> str:
        """Return a new UUID; which, follows from the seed."""
        return str(UUID(int=self._random.getrandbits(128), version=4))

    def timestamp(self) -> str:
        """Return the time it is as the API writes it: "2026-01-01T00:00:00.000Z"."""
        return self.clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"

    def _next_timestamp(self) -> str:
        self.clock.tick()
        return self.timestamp()
