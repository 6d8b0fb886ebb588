"""Mixins: what is written by hand is inherited by the generated classes that the overlay names."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.errors import BuildError
from codegen.mixins import MixinError, Mixins
from codegen.overlay import Overlay
from tests import fresh
from tests.codegen.mini import Generated, const, obj, operation, ref
from vapi_async.api.calls import Calls
from vapi_async.models import Artifact

Make = Callable[..., Generated]
SCHEMAS = {"Call": obj(id="string", kind=const("a")), "Artifact": obj(id="string", link="string", links="string")}
PATHS = {"/call": {"post": operation(returns=ref("Call"))}}
ROWS = {"extends": {"calls": "hand_written_mixins.Greets", "Call": "hand_written_mixins.Counts"}}


MIXINS = """
class Greets:
    def greet(self):
        return "hello"


class Counts:
    __slots__ = ()

    def count(self):
        return len(self.to_dict())
"""


@pytest.fixture(autouse=True)
def mixins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A module beside the overlay, and importable with what is generated there."""
    path = tmp_path / "hand_written_mixins.py"
    path.write_text(MIXINS)
    monkeypatch.delitem(sys.modules, path.stem, raising=False)
    return path


def test_resources_and_models_inherit_from_their_mixins(make: Make) -> None:
    api = make(SCHEMAS, PATHS, overlay=ROWS)
    call = api.model("Call").from_dict({"id": "1", "new": 2})
    assert api.resource("calls").greet() == "hello"
    assert call.count() == 2
    assert type(call).__mro__[1].__name__ == "Counts"


def test_a_mixin_for_nothing_stops_the_build(make: Make) -> None:
    with pytest.raises(BuildError, match=r"extends/chats matches nothing"):
        make(SCHEMAS, PATHS, overlay={"extends": {"chats": "hand_written_mixins.Greets"}})


def test_a_mixin_that_is_not_there_stops_the_build(make: Make) -> None:
    with pytest.raises(MixinError, match=r"extends: there is no hand_written_mixins\.Nods"):
        make(SCHEMAS, PATHS, overlay={"extends": {"calls": "hand_written_mixins.Nods"}})


def test_a_field_leaves_the_name_to_the_mixin(make: Make) -> None:
    rows = {"extends": {"Artifact": "vapi_async.runtime.ArtifactLinks"}}
    assert list(make(SCHEMAS, PATHS, overlay=rows).annotations("Artifact")) == ["id", "link_", "links_"]


def test_without_a_mixin_every_name_is_free(make: Make) -> None:
    assert list(make(SCHEMAS, PATHS).annotations("Artifact")) == ["id", "link", "links"]


def test_an_operation_leaves_the_name_to_the_mixin(make: Make) -> None:
    paths = {f"{space}/call/{{id}}/greet": {"get": operation(returns=ref("Call"))} for space in ("", "/v2")}
    with pytest.raises(BuildError) as caught:
        make(SCHEMAS, PATHS | paths, overlay=ROWS)
    place = "#/paths/~1call~1{id}~1greet/get: calls.greet"
    assert str(caught.value) == f"{place} shadows a hand-written method; add an overlay row"


@pytest.mark.parametrize(("generated", "key"), [(Calls, "calls"), (Artifact, "Artifact")])
def test_every_name_of_our_mixins_is_inherited(generated: type, key: str) -> None:
    mixin = generated.__mro__[1]
    names = frozenset(name for name in vars(mixin) if not name.startswith("_"))
    assert names
    assert Overlay().inherited(key) == names


def test_what_counts_as_a_name(mixins: Path) -> None:
    fields = "    a = 1\n    b: int\n    _c = d = 2\n    e.f = 3\n    class G: ...\n"
    methods = (
        "    def h(self): ...\n    async def i(self): ...\n    @property\n    def j(self): ...\n    def _k(self): ..."
    )
    mixins.write_text(f"class Mixin:\n{fields}{methods}")
    assert Mixins(mixins.parent).names("hand_written_mixins.Mixin") == frozenset("abdhij") | {"G"}


def test_names_come_from_bases_and_through_imports(tmp_path: Path) -> None:
    package = tmp_path / "own" / "deep"
    package.mkdir(parents=True)
    (tmp_path / "own" / "__init__.py").write_text("if TYPE_CHECKING:\n    from .deep import Shown as Mixin")
    (package / "__init__.py").write_text("from .made import Made as Shown")
    (package / "made.py").write_text(
        "import own.deep.below\nfrom .. import other as o\nfrom ..other import Far\nfrom typing import Generic\n"
        "class Near:\n    def near(self): ...\n"
        "class Made(Near, Far, o.Renamed, own.deep.below.Plain, Generic[T], Made):\n    def made(self): ..."
    )
    (package / "below.py").write_text("class Plain:\n    def plain(self): ...")
    (tmp_path / "own" / "other.py").write_text(
        "class Far:\n    def far(self): ...\nclass Renamed:\n    def renamed(self): ..."
    )
    assert Mixins(tmp_path).names("own.Mixin") == {"made", "near", "far", "renamed", "plain"}


def test_the_client_is_not_imported_for_it() -> None:
    code = "from codegen.overlay import Overlay\nOverlay()\nresult = sorted(m for m in sys.modules if 'vapi' in m)"
    assert fresh.run(code) == []
