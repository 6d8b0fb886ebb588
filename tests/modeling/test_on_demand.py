"""An object is read when a field of it is, and nobody can tell from outside."""

from __future__ import annotations

import copy
import gc
import pickle
import weakref
from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import attrs
import pytest

from tests.modeling.sample.models import Ring
from vapi_async import UNSET, AsyncVapi, mismatches
from vapi_async._modeling.on_demand import _touch

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


def test_plain_values_are_there_with_the_first_field_and_others_wait() -> None:
    ring = in_state("touched")
    assert ring._pending is not None
    assert ring._pending.keys() == {"startedAt", "endedAt", "lines", "metadata", "toll"}


def test_what_a_class_of_ones_own_has_beside_its_fields_is_not_sent() -> None:
    class Own(Ring):
        pass

    own = Own.from_dict({"id": "a", "status": "b", "toll": 1})
    own.note = "mine"  # type: ignore[attr-defined]
    own.status = UNSET
    assert (own.to_dict(), own.note) == ({"id": "a", "toll": 1}, "mine")  # type: ignore[attr-defined]


def test_what_is_unset_in_a_mapping_is_not_there() -> None:
    ring = Ring.from_dict({"id": "a", "status": UNSET, "lines": UNSET, "own": UNSET})
    assert (ring.id, ring.status, ring.lines, ring.additional_properties) == ("a", UNSET, UNSET, {})
    assert ring._pending is None
    assert ring.to_dict() == {"id": "a"}


def test_what_is_read_holds_no_json() -> None:
    ring = in_state("read")
    assert ring._raw is None
    assert ring._pending is None


def test_nothing_of_the_json_is_left_whatever_was_read_last() -> None:
    ring = in_state("unread")
    assert ring.additional_properties
    for name in Ring._wire:
        getattr(ring, name)
    assert ring._pending is None


def test_what_another_thread_has_read_meanwhile_stays() -> None:
    ring = in_state("touched")
    for name in ("lines", "_extra"):
        fields: dict[str, Any] = {}
        Ring._fields[name].read(ring, fields, {"id": "a"})
        assert fields == {}
    unread = in_state("unread")
    raw = unread._raw
    assert raw is not None
    unread.id = "b"
    _touch(unread, raw, Ring)
    assert unread.id == "b"


def test_a_class_has_its_fields_as_attributes() -> None:
    assert (Ring.id, hasattr(Ring, "nothing_of_the_kind")) == (Ring._fields["id"], False)


def test_threads_get_the_same_objects() -> None:
    for _ in range(300):
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


@pytest.mark.parametrize("state", STATES)
def test_what_attrs_makes_of_it(state: str) -> None:
    assert attrs.evolve(in_state(state), id="b").to_dict() == {**DATA, "id": "b"}
    assert attrs.asdict(in_state(state)) == attrs.asdict(in_state("read"))
    assert [each.name for each in attrs.fields(type(in_state(state)))][1:] == [*Ring._wire]


@pytest.mark.parametrize("state", STATES)
def test_patterns_match(state: str) -> None:
    match in_state(state):
        case Ring(id="a", ended_at=None, lines=[line]):
            assert line.text == "hello"
        case _:
            raise AssertionError


@pytest.mark.parametrize("state", STATES)
def test_it_answers_by_names_of_the_api(state: str) -> None:
    ring = in_state(state)
    assert [key in ring for key in ("id", "endedAt", "status", "toll", 1)] == [True, True, False, True, False]
    assert (ring["id"], ring.get("endedAt", 1), ring.get("status", 1), ring["toll"]) == ("a", None, 1, {"cents": 3})
    assert ring.get("lines") is ring.lines
    with pytest.raises(KeyError, match="is not set"):
        in_state(state)["status"]


@pytest.mark.parametrize("state", STATES)
def test_what_does_not_fit_the_contract_is_found(state: str) -> None:
    assert [str(each) for each in mismatches(in_state(state))] == [
        str(each) for each in mismatches(Ring.from_dict(copy.deepcopy(DATA)))
    ]


@pytest.mark.parametrize("state", STATES)
def test_keys_that_the_contract_lacks_are_attributes(state: str) -> None:
    ring = in_state(state)
    assert ring.toll is ring.toll is ring.additional_properties["toll"]  # type: ignore[attr-defined]
    assert (hasattr(ring, "no_such"), hasattr(ring, "status"), ring.status) == (False, True, UNSET)


def test_until_it_is_read_it_follows_the_mapping_that_it_came_from() -> None:
    data = copy.deepcopy(DATA)
    ring = Ring.from_dict(data)
    data["id"] = "b"
    assert ring.id == "b"
    data["id"] = "c"
    assert ring.id == "b"


def test_what_is_inside_keeps_nothing_of_what_is_around_it() -> None:
    class Around:
        pass

    around = Around()
    gone = weakref.ref(around)
    hook = Ring.from_dict({"hook": {"kind": "web"}, "around": around}).hook
    del around
    gc.collect()
    assert gone() is None
    assert hook


def test_hints_are_only_worked_out_for_who_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def working(*_: object, **__: object) -> list[str]:
        raise RuntimeError("worked out")

    monkeypatch.setattr("difflib.get_close_matches", working)
    vapi = AsyncVapi("t")
    for holder in (in_state("unread"), in_state("read"), vapi, vapi.calls):
        assert getattr(holder, "no_such", 1) == 1
        with pytest.raises(AttributeError) as caught:
            getattr(holder, "no_such")  # noqa: B009 - nothing that a checker would know
        with pytest.raises(RuntimeError, match="worked out"):
            str(caught.value)


def test_an_attribute_error_can_be_pickled() -> None:
    with pytest.raises(AttributeError) as caught:
        getattr(in_state("unread"), "stauts")  # noqa: B009 - nothing that a checker would know
    same = pickle.loads(pickle.dumps(caught.value))
    assert str(same) == str(caught.value)
    assert "did you mean 'status'?" in str(same)
