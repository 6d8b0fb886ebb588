"""An object is read when a field of it is, and nobody can tell from outside."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.modeling.sample.models import Ring

DATA: dict[str, Any] = {
    "id": "a",
    "startedAt": "2026-01-31T12:30:45.000Z",
    "endedAt": None,
    "lines": [{"who": "user", "text": "hello"}],
    "metadata": {"deep": [1]},
    "toll": {"cents": 3},
}


def _everything(ring: Ring) -> None:
    for name in Ring._wire:
        getattr(ring, name)
    assert ring.additional_properties


STATES: dict[str, Callable[[Ring], object]] = {
    "unread": lambda ring: None,
    "touched": lambda ring: ring.id,
    "partly read": lambda ring: ring.lines,
    "read": _everything,
}


def in_state(name: str) -> Ring:
    ring = Ring.from_dict(copy.deepcopy(DATA))
    STATES[name](ring)
    return ring


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("other", STATES)
def test_states_are_equal(state: str, other: str) -> None:
    assert in_state(state) == in_state(other)
    assert in_state(state) != Ring.from_dict({**DATA, "id": "b"})


@pytest.mark.parametrize("state", STATES)
def test_copies_and_pickles(state: str) -> None:
    for made in (copy.copy, copy.deepcopy, lambda ring: pickle.loads(pickle.dumps(ring))):
        same = made(in_state(state))
        assert (type(same), same, same.to_dict()) == (Ring, in_state(state), DATA)


@pytest.mark.parametrize("state", STATES)
def test_what_is_changed_is_sent_and_the_input_is_left_alone(state: str) -> None:
    data = copy.deepcopy(DATA)
    ring = Ring.from_dict(data)
    STATES[state](ring)
    ring.status = "ended"
    del ring.ended_at
    assert isinstance(ring.lines, list)
    assert isinstance(ring.metadata, dict)
    ring.lines.append(ring.lines[0])
    ring.metadata["deep"].append(2)
    ring.additional_properties["toll"]["cents"] = 4
    expected = {
        **DATA,
        "status": "ended",
        "lines": DATA["lines"] * 2,
        "metadata": {"deep": [1, 2]},
        "toll": {"cents": 4},
    }
    del expected["endedAt"]
    assert ring.to_dict() == expected
    assert data == DATA


@pytest.mark.parametrize("state", STATES)
def test_a_copy_has_the_same_lists_and_a_deep_copy_others(state: str) -> None:
    ring = in_state(state)
    shallow, deep = copy.copy(ring), copy.deepcopy(ring)
    assert isinstance(ring.lines, list)
    ring.lines.clear()
    ring.id = "b"
    assert (shallow.lines, shallow.id, deep) == ([], "a", in_state("unread"))


def test_a_repr_reads_nothing() -> None:
    ring = in_state("unread")
    assert repr(ring) == repr(in_state("read"))
    assert ring._raw is not None


def test_what_is_read_holds_no_json() -> None:
    ring = in_state("read")
    assert ring._raw is None
    assert ring._pending is None


def test_threads_get_the_same_objects() -> None:
    for _ in range(1000):
        ring, found, start = in_state("unread"), [], Barrier(2)

        def read(ring: Ring = ring, found: list[Any] = found, start: Barrier = start) -> None:
            start.wait()
            found.append(ring.lines)

        threads = [Thread(target=read) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert found[0] is found[1]
