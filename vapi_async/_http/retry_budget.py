"""`RetryBudget`: what all requests of a client may spend on retries together.

Retries help against faults that strike one request in many. In an outage they only multiply the load, by every task
of the program. So retries draw tokens from one bucket and successes put some back, as in the AWS SDKs' standard mode:
100 retries from a full bucket, then one for every five successes. First attempts never draw, so nothing is held up
once the API is back.
"""

from __future__ import annotations

CAPACITY = 500
RETRY_COST = 5
SUCCESS_REFILL = 1


class RetryBudget:
    """A bucket of tokens, full at first.

    Args:
        capacity: how many tokens it holds.
    """

    __slots__ = ("capacity", "tokens")

    def __init__(self, capacity: int = CAPACITY) -> None:
        self.capacity: int = capacity
        self.tokens: int = capacity

    def draw(self) -> bool:
        """Take the tokens for one retry; return whether there were enough."""
        if self.tokens < RETRY_COST:
            return False
        self.tokens -= RETRY_COST
        return True

    def refill(self, *, retried: bool) -> None:
        """Put tokens back after a success; one that took a retry gives back what that retry drew."""
        self.tokens = min(self.capacity, self.tokens + (RETRY_COST if retried else SUCCESS_REFILL))
