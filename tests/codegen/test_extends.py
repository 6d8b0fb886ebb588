"""Mixins: what is written by hand is inherited by the generated classes that the overlay names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from codegen.build import BuildError
from codegen.naming import RESERVED_ATTRIBUTES, RESERVED_METHODS
from tests.codegen.mini import Generated, const, obj, operation, ref
from vapi_async.api.calls import Calls
from vapi_async.models import Artifact

Make = Callable[..., Generated]
SCHEMAS = {"Call": obj(id="string", kind=const("a")), "Artifact": obj(id="string", link="string", links="string")}
PATHS = {"/call": {"post": operation(returns=ref("Call"))}}
ROWS = {"extends": {"calls": "hand_written_mixins.Greets", "Call": "hand_written_mixins.Counts"}}


class Greets:
    def greet(self) -> str:
        return "hello"


class Counts:
    __slots__ = ()

    def count(self) -> int:
        return len(self.to_dict())  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def _mixins(monkeypatch: pytest.MonkeyPatch) -> None:
    module: Any = ModuleType("hand_written_mixins")
    module.Greets, module.Counts = Greets, Counts
    monkeypatch.setitem(sys.modules, module.__name__, module)


def test_resources_and_models_inherit_from_their_mixins(make: Make) -> None:
    api = make(SCHEMAS, PATHS, overlay=ROWS)
    call = api.model("Call").from_dict({"id": "1", "new": 2})
    assert api.resource("calls").greet() == "hello"
    assert call.count() == 2
    assert not hasattr(call, "__dict__")
    assert type(call).__mro__[1] is Counts


def test_a_mixin_for_nothing_stops_the_build(make: Make) -> None:
    with pytest.raises(BuildError, match=r"extends/chats matches nothing"):
        make(SCHEMAS, PATHS, overlay={"extends": {"chats": "hand_written_mixins.Greets"}})


def test_a_field_leaves_the_name_to_the_mixin(make: Make) -> None:
    assert list(make(SCHEMAS, PATHS).annotations("Artifact")) == ["id", "link_", "links_"]


@pytest.mark.parametrize(
    ("generated", "reserved"),
    [
        (Calls, RESERVED_METHODS["calls"]),
        (Artifact, RESERVED_ATTRIBUTES["Artifact"]),
    ],
)
def test_every_name_of_our_mixins_is_reserved(generated: type, reserved: frozenset[str]) -> None:
    mixin = generated.__mro__[1]
    assert {name for name in vars(mixin) if not name.startswith("_")} == reserved
