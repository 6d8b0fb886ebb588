"""`MissingAttributeError`: an AttributeError that works out what to say when somebody reads it.

`hasattr(x, "name")` and `getattr(x, "name", None)` throw the error away unread, often in loops, and looking for the
name that was meant costs hundreds of times what the error itself does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class MissingAttributeError(AttributeError):
    """There is no such attribute.

    Its argument is what returns the message, given `obj` and `name`.
    """

    def __str__(self) -> str:
        explain: Callable[[Any, str], str] = self.args[0]
        return explain(self.obj, self.name or "")

    def __repr__(self) -> str:
        return f"AttributeError({str(self)!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        return AttributeError, (str(self),)  # what lacks the attribute need not go along


# Tracebacks name the class: users know it by the name of its base.
MissingAttributeError.__module__ = AttributeError.__module__
MissingAttributeError.__qualname__ = MissingAttributeError.__name__ = AttributeError.__name__
