"""Lists: what `list()` returns, and how it is walked.

    Pager        awaited: one Page; iterated: every item; .pages(), .lookahead(1), .position
      Plan       the arguments, checked before anything is sent
      Walk       what to ask next, and what of the answer is new: a state machine that sends nothing
                 CreatedWalk (windows of createdAt), NumberedWalk, CursorWalk, WholeWalk
      Steps      a walk at work: batches of new items
      Items      the items of batches; Lookahead: the same with the next batch fetched meanwhile
      Turner     pages of batches

Nothing here knows of HTTP: a list operation is a `Listing`, a request a `Fetch`.
"""

from __future__ import annotations

from .page import Page
from .pager import Pager

__all__ = ["Page", "Pager"]
