"""What was asked of the sandbox, and assertions on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from attrs import define, field

from vapi_async._lazy import exported_by
from vapi_async.sandbox.latest import Latest
from vapi_async.sandbox.rest.http_values import Upload

_SHOWN = 20


@exported_by("vapi_async.sandbox")
@define(repr=False)
class Record:
    """One request.

    Attributes:
        operation: such as "POST /call"; "" for a route that is none of the contract's.
        method: in capitals.
        path: as it came.
        params: the values of the path's parameters.
        query: by name.
        body: the JSON value; of a form a dict; None without one, or when it could not be read.
        headers: by name in lower case, without the token.
        status: of the answer; 0 while there is none, or when the connection was dropped, unless the request had been
            carried out before: then that of the answer that was lost.
        size: how many bytes its body had.
        notes: what is to be known of the answer: values that the contract does not list, answers that are placeholders.
    """

    operation: str
    method: str
    path: str
    params: dict[str, str] = field(factory=dict)
    query: dict[str, str] = field(factory=dict)
    body: Any = None
    headers: dict[str, str] = field(factory=dict)
    status: int = 0
    size: int = 0
    notes: list[str] = field(factory=list)

    def matches(self, expected: Mapping[str, Any]) -> bool:
        """Return whether the body, the query or the path has these members, in either spelling; maybe among others."""
        return all(any(_has(place, name, value) for place in self._places()) for name, value in expected.items())

    def differences(self, expected: Mapping[str, Any]) -> list[str]:
        """Return what is not as expected: "name is 'A'"."""
        return [
            f"{name} is {_short(self._found(name))}" if self._found(name) is not None else f"no {name}"
            for name, value in expected.items()
            if not self.matches({name: value})
        ]

    def _found(self, name: str) -> Any:
        pairs = (pair for place in self._places() if isinstance(place, Mapping) for pair in place.items())
        return next((value for key, value in pairs if _folded(key) == _folded(name)), None)

    def _places(self) -> list[Any]:
        return [self.body, self.query, self.params]

    def __repr__(self) -> str:
        return f"<{self}>"

    @property
    def line(self) -> str:
        """It without what was sent: "POST /call -> 201"."""
        return f"{self.method} {self.path} -> {self.status or 'dropped'}"

    def __str__(self) -> str:
        sent = self.body if self.body is not None else self.query or ""
        return f"{self.line} {_short(sent)}".rstrip()


class Journal(Latest[Record]):
    """The latest requests, oldest first."""


def assert_called(
    records: Journal, name: str, operations: frozenset[str], times: int | None, expected: Mapping[str, Any]
) -> list[Record]:
    """Return the requests that match.

    Args:
        records: all requests.
        name: what the test calls the operation.
        operations: which these are.
        times: how many must match; None for at least one.
        expected: members of the body, the query or the path.

    Raises:
        AssertionError: none matches, or not so many; says what was asked instead.
    """
    found = [record for record in records if record.operation in operations and record.matches(expected)]
    if len(found) == times or (times is None and found):
        return found
    wanted = f"{name} with {_short(dict(expected))}" if expected else name
    count = "a request" if times is None else f"{times} request{'s' * (times != 1)}"
    same = [record for record in records if record.operation in operations]
    others = [record.line for record in records if record.operation not in operations]
    lines = [f"expected {count} {wanted}, got {len(found)}"]
    lines += _listed(f"{name} was called", [_compared(record, expected) for record in same])
    lines += _listed("other requests", others) if others else []
    if records.forgotten:
        lines.append(f"and {records.forgotten} earlier requests are forgotten: see Sandbox(journal=...)")
    raise AssertionError("\n".join(lines))


def _compared(record: Record, expected: Mapping[str, Any]) -> str:
    differences = record.differences(expected)
    return f"{record.line}, but {', '.join(differences)}" if differences else str(record)


def _listed(title: str, requests: list[str]) -> list[str]:
    """Return lines, one for requests that are alike."""
    counts = Counter(requests)
    lines = [f"  {request}{f' ({times} times)' if times > 1 else ''}" for request, times in counts.items()]
    more = [f"  and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else []
    return [f"{title}: {len(requests)} time{'s' * (len(requests) != 1)}", *lines[:_SHOWN], *more]


def _has(place: Any, name: str, value: Any) -> bool:
    if not isinstance(place, Mapping):
        return False
    return any(_folded(key) == _folded(name) and _within(value, found) for key, found in place.items())


def _within(expected: Any, found: Any) -> bool:
    """Return whether a value is the expected one, or has all of it."""
    if hasattr(expected, "to_dict"):
        expected = expected.to_dict()
    if isinstance(found, Upload):
        return expected in (found.data, found.filename)
    if isinstance(expected, Mapping):
        return all(_has(found, name, value) for name, value in expected.items())
    if isinstance(expected, list | tuple):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(_within(one, other) for one, other in zip(expected, found, strict=True))
        )
    return bool(expected == found) or (isinstance(found, str) and str(expected) == found)


def _folded(name: str) -> str:
    # `assistant_id` and `assistantId` are the same to a test.
    return name.replace("_", "").lower()


def _short(value: Any) -> str:
    text = repr(value) if value != "" else ""
    return text if len(text) <= 200 else text[:200] + "…"
