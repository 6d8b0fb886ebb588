"""Keys that the contract lacks are attributes, of models and of unknown variants alike."""

from __future__ import annotations

import json
from typing import Any

import pytest

from vapi_async import models

DATA = {"id": "1", "tollCents": 3, "HTTPStatus": 200}


@pytest.mark.parametrize("cls", [models.Call, models.Unknown])
class TestReading:
    def test_both_spellings(self, cls: Any) -> None:
        made = cls.from_dict(DATA)
        assert (made.tollCents, made.toll_cents, made.http_status) == (3, 3, 200)
        assert hasattr(made, "toll_cents")
        assert getattr(made, "toll_euros", None) is None

    def test_what_did_not_come_is_an_error_that_says_what_did(self, cls: Any) -> None:
        with pytest.raises(AttributeError, match="did you mean 'toll_cents'"):
            _ = cls.from_dict(DATA).tol_cents
        with pytest.raises(AttributeError, match=r"it has .*toll_cents, http_status"):
            _ = cls.from_dict(DATA).zzzzzzz

    @pytest.mark.parametrize(
        ("name", "instead"),
        [("dict", "to_dict"), ("json", "to_json"), ("model_dump", "to_dict"), ("copy", "attrs.evolve")],
    )
    def test_names_of_other_libraries_point_at_ours(self, cls: Any, name: str, instead: str) -> None:
        with pytest.raises(AttributeError, match=instead):
            getattr(cls.from_dict(DATA), name)

    def test_to_json(self, cls: Any) -> None:
        made = cls.from_dict({**DATA, "name": "Zoë"})
        assert json.loads(made.to_json()) == made.to_dict()
        assert "Zoë" in made.to_json()
        assert made.to_json(indent=2).startswith('{\n  "')


def test_an_unknown_name_cannot_be_set() -> None:
    call: Any = models.Call.from_dict(DATA)
    with pytest.raises(AttributeError):
        call.toll_euros = 3
