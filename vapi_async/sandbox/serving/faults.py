"""Faults on order: answers that fail, connections that drop, bodies that are garbled, and time that passes.

Each order is for some operations, and for a number of requests or for all. Of the orders for one operation the oldest
that is left counts; delays come on top.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeAlias

from attrs import define, field, frozen

FaultType: TypeAlias = Literal["status", "connect", "drop", "malformed", "truncated", "slow", "latency"]

#: Those that keep the operation from being carried out, unless they are ordered for after it.
REFUSING = frozenset({"status", "connect", "drop"})


class ConnectionDropped(Exception):
    """The connection is to be closed in the place of an answer.

    Args:
        before: whether no connection is made at all.
        started: whether a part of the answer has been sent.
    """

    def __init__(self, *, before: bool = False, started: bool = False) -> None:
        super().__init__("the sandbox dropped the connection, as ordered")
        self.before = before
        self.started = started


class ClientTimedOut(Exception):
    """The client does not wait as long as the answer was ordered to take."""


@frozen
class Fault:
    """What happens to a request.

    Attributes:
        type: what goes wrong.
        status: of the answer.
        body: of the answer; None: the API's own form.
        headers: of the answer.
        seconds: how long, of "latency" and "slow".
        after_processing: whether the operation is carried out before the answer fails.
    """

    type: FaultType
    status: int = 503
    body: Any = None
    headers: Mapping[str, str] = field(factory=dict)
    seconds: float = 0.0
    after_processing: bool = False

    @property
    def refuses(self) -> bool:
        """Whether the operation is not carried out."""
        return self.type in REFUSING and not self.after_processing


@define
class _FaultOrder:
    operations: frozenset[str]
    fault: Fault
    left: int | None


class Faults:
    """The orders of one sandbox."""

    def __init__(self) -> None:
        self._orders: list[_FaultOrder] = []

    def order(self, operations: frozenset[str], fault: Fault, times: int | None) -> None:
        """Order a fault.

        Args:
            operations: what for, as "POST /call".
            fault: what happens.
            times: how often; None for always.

        Raises:
            ValueError: `times` is not positive.
        """
        if times is not None and times < 1:
            raise ValueError(f"times is {times!r}: it must be 1 or more, or None for always")
        self._orders.append(_FaultOrder(operations, fault, times))

    def clear(self) -> None:
        """Forget all orders."""
        self._orders.clear()

    def take(self, operation: str) -> Fault | None:
        """Return the fault that is due for a request, and count it."""
        order = next((each for each in self._orders if operation in each.operations and not _delays(each)), None)
        return self._used(order) if order else None

    def delay(self, operation: str) -> float:
        """Return how many seconds an answer is to take, and count it."""
        # All that are ordered, and not the oldest alone: an answer can be slow and fail.
        orders = [each for each in self._orders if operation in each.operations and _delays(each)]
        return sum(self._used(order).seconds for order in orders)

    def _used(self, order: _FaultOrder) -> Fault:
        if order.left is not None:
            order.left -= 1
            if not order.left:
                self._orders.remove(order)
        return order.fault


def _delays(order: _FaultOrder) -> bool:
    return order.fault.type == "latency"
