"""UNSET is one falsy object, wherever it goes."""

from __future__ import annotations

import copy
import pickle

import pytest

from vapi_async._modeling.unset import UNSET, Unset


def test_is_falsy_and_names_itself() -> None:
    assert not UNSET
    assert repr(UNSET) == str(UNSET) == f"{UNSET}" == "UNSET"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_stays_one_object_through_pickle(protocol: int) -> None:
    assert pickle.loads(pickle.dumps([UNSET], protocol))[0] is UNSET


def test_stays_one_object_through_copy_and_construction() -> None:
    assert copy.copy(UNSET) is UNSET
    assert copy.deepcopy({"a": [UNSET]})["a"][0] is UNSET
    assert [*Unset] == [UNSET]


def test_differs_from_null_and_false() -> None:
    assert UNSET not in (None, False, 0, "", "UNSET")


def test_serves_as_the_default_of_an_annotated_parameter() -> None:
    def sent(name: str | Unset | None = UNSET) -> bool:
        return not isinstance(name, Unset)

    assert (sent(), sent(None), sent("")) == (False, True, True)
