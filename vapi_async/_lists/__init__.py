"""Lists: what `list()` returns, and how it is walked.

From what users hold down to what is sent, a file each:

    pager             Pager: awaited one Page; iterated every item; .pages(), .lookahead(1), .position
      items           the items of batches, one by one
      prefetch        the same, with the next batch fetched meanwhile
      page_reader     pages of batches; page: one of them
    batches           a strategy put to work, request by request
    strategy          which of the four strategies walks a list; each is a state machine that sends nothing:
      keyset            windows of createdAt; truncation_check: was a page of one instant cut?
      page_numbers      page numbers
      cursor            cursors, where the server hands them out
      single_page       one page, made larger
    query_plan        the arguments of the call, checked before anything is sent
      windows, bounds   what created= and updated= take, and what becomes of it
    list_answer       one answer, in either shape of the API
    resume_token      where a walk stands; resume_offset: what of a page was handed out
    protocols         what is known of the outside: a list operation is a ListSpec, a request a Fetch

Beside them, for every `async with` that owns tasks: `task_scope`, and `concurrent_map`, which is `vapi.map`.
"""

from __future__ import annotations

from .page import Page
from .pager import Pager

__all__ = ["Page", "Pager"]
