"""Names that stay: what a type was called once leads to what stands in its place, whatever comes or goes elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from codegen.cli import main
from codegen.errors import BuildError, Refused
from codegen.generate import Job, check, generate
from codegen.ledger import Ledger, mark, read
from codegen.load import load
from codegen.overlay import OWN_LEDGER, Overlay
from codegen.prepare import Prepared, prepare
from codegen.report import Report
from tests.codegen.conftest import Make
from tests.codegen.inert import strangers
from tests.codegen.mini import Generated, array, document, enum, obj, one_of, operation, parameter, ref, refs

Json = Any
ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))
CONTRACTS = sorted((ROOT / "examples" / "contracts").glob("*.json"))
SHADES = enum("light", "dark")


def values(alias: Any) -> set[str]:
    """The known values of an enum's alias."""
    return {value for part in get_args(alias) for value in get_args(part)}


class Walk:
    """Documents generated one after the other with one ledger."""

    def __init__(self, make: Make, folder: Path) -> None:
        self._make = make
        self.names = folder / "walk.lock"

    def __call__(self, schemas: Json, paths: Json = None) -> Generated:
        return self._make(schemas, paths, names=self.names)

    @property
    def ledger(self) -> dict[str, tuple[str, ...]]:
        return read(self.names)


@pytest.fixture
def walk(make: Make, tmp_path: Path) -> Walk:
    return Walk(make, tmp_path)


def test_a_name_stays_when_its_type_comes_to_stand_elsewhere(walk: Walk) -> None:
    walk({"Xenon": obj(shade=SHADES)})
    later = walk({"Xenon": obj(shade=SHADES), "Argon": obj(shade=SHADES)})
    assert later.names() == {"Xenon", "Argon", "XenonShade"}
    assert later.annotations("Argon")["shade"] == "XenonShade | None | Unset"
    *places, mark = walk.ledger["XenonShade"]
    assert (places, mark[0]) == (["Xenon.shade", "Argon.shade"], "#")


def test_a_name_follows_its_type_where_its_own_place_is_gone(walk: Walk) -> None:
    walk({"Argon": obj(shade=SHADES), "Xenon": obj(shade=SHADES)})
    later = walk({"Xenon": obj(shade=SHADES)})
    assert later.names() == {"Xenon", "ArgonShade"}
    changed = walk({"Xenon": obj(shade=enum("light", "dark", "dim"))})
    assert values(changed.model("ArgonShade")) == {"light", "dark", "dim"}
    gone = walk({"Xenon": obj(other="string")})
    assert gone.names() == {"Xenon"}


def test_a_name_follows_what_it_named_to_a_new_place(walk: Walk) -> None:
    walk({"Argon": obj(shade=SHADES)})
    later = walk({"Radon": obj(tone=SHADES)})
    assert later.names() == {"Radon", "ArgonShade"}


def test_a_name_stays_with_its_own_place_when_types_part(walk: Walk) -> None:
    walk({"Argon": obj(shade=SHADES), "Xenon": obj(shade=SHADES)})
    later = walk({"Argon": obj(shade=enum("a", "b")), "Xenon": obj(shade=SHADES)})
    assert values(later.model("ArgonShade")) == {"a", "b"}
    assert values(later.model("XenonShade")) == {"light", "dark"}


def test_two_names_of_one_type_both_stay(walk: Walk) -> None:
    walk({"Argon": obj(shade=enum("a", "b")), "Xenon": obj(shade=SHADES)})
    later = walk({"Argon": obj(shade=SHADES), "Xenon": obj(shade=SHADES)})
    assert later.model("XenonShade") == later.model("ArgonShade")
    assert later.annotations("Xenon")["shade"] == "ArgonShade | None | Unset"
    assert "XenonShade = ArgonShade" in later.text("models/__init__.py")
    assert strangers(later.text("models/__init__.py")) == []


def test_a_better_name_comes_beside_the_old_one(walk: Walk, make: Make) -> None:
    walk({"Argon": obj(shade=SHADES)})
    row = {"names": {"BrightnessOfALamp": "Argon.shade"}}
    later = make({"Argon": obj(shade=SHADES)}, names=walk.names, overlay=row)
    assert later.annotations("Argon")["shade"] == "BrightnessOfALamp | None | Unset"
    assert later.model("ArgonShade") == later.model("BrightnessOfALamp")
    assert walk.ledger["BrightnessOfALamp"][0] == "Argon.shade"
    with pytest.raises(BuildError, match="names/BrightnessOfALamp matches nothing"):
        make({"Argon": obj(other="string")}, overlay=row)


@pytest.mark.parametrize(
    ("now", "expected"),
    [({"type": "string"}, str), (array({"type": "number"}), list[float]), ({}, Any), (ref("Dye"), "Dye")],
    ids=["string", "list", "anything", "model"],
)
def test_a_name_stays_when_its_place_holds_something_plain(walk: Walk, now: Json, expected: Any) -> None:
    walk({"Argon": obj(shade=SHADES), "Dye": obj(a="string")})
    later = walk({"Argon": obj(shade=now), "Dye": obj(a="string")})
    found = later.model("ArgonShade")
    assert [line for path in later.folder.rglob("*.py") for line in strangers(path.read_text(encoding="utf-8"))] == []
    assert found == (later.model("Dye") if expected == "Dye" else expected)


def test_unions_and_inline_objects_keep_their_names(walk: Walk) -> None:
    parts = {"A": obj("type", type=enum("a")), "B": obj("type", type=enum("b"))}
    held = {"Xenon": obj(part=one_of(*refs("A", "B")), size=obj(width="number"))}
    walk({**parts, **held})
    later = walk({**parts, **held, "Argon": held["Xenon"]})
    assert {"XenonPart", "XenonSize"} <= later.names()
    assert not {"ArgonPart", "ArgonSize"} & later.names()
    assert later.model("XenonSize")(width=1).to_dict() == {"width": 1}


def test_a_name_that_is_gone_is_given_to_nothing_else(walk: Walk) -> None:
    walk({"Argon": obj(shade=SHADES)})
    later = walk({"Arg": obj(onShade=enum("a", "b"))})
    assert "ArgonShade" not in later.names()
    assert "ArgonShade" in walk.ledger


def test_a_schema_of_the_document_has_its_name_whatever_had_it_before(walk: Walk) -> None:
    walk({"Argon": obj(shade=SHADES)})
    later = walk({"Argon": obj(shade=SHADES), "ArgonShade": obj(a="string")})
    assert later.model("ArgonShade")(a="x").to_dict() == {"a": "x"}


def test_what_lists_take_alike_is_called_after_the_parameter(make: Make) -> None:
    order, by = parameter("sortOrder", schema=enum("ASC", "DESC")), parameter("sortBy", schema=enum("name", "age"))
    other = parameter("sortBy", schema=enum("id", "name"))
    listed = array(ref("Thing"))
    paths = {
        "/cat": {"get": operation(order, by, returns=listed)},
        "/dog": {"get": operation(order, by, returns=listed)},
        "/cow": {"get": operation(order, other, returns=listed)},
        "/hen": {"get": operation(parameter("only", schema=enum("x", "y")), returns=listed)},
    }
    api = make({"Thing": obj(a="string")}, paths)
    assert api.names() == {"Thing", "SortOrder", "SortBy", "ListCowSortBy", "ListHenOnly"}
    assert str(api.signature("cows.list")["sort_by"].annotation) == "ListCowSortBy | Unset"


def test_what_a_field_holds_too_is_called_after_the_field(make: Make) -> None:
    status = parameter("status", schema=enum("a", "b"))
    paths = {f"/{name}": {"get": operation(status, returns=array(ref("Call")))} for name in ("cat", "dog")}
    assert make({"Call": obj(status=enum("a", "b"))}, paths).names() == {"Call", "CallStatus"}


# --- the file


def test_generating_again_writes_the_same_and_check_reads_it(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"Argon": obj(shade=SHADES)})))
    rows = tmp_path / "rows.yaml"
    rows.write_text("{}")
    job = Job(spec, "made", tmp_path / "made", rows)
    generate(job)
    assert job.ledger == tmp_path / "made.names.lock"
    before = job.ledger.read_bytes()
    generate(job)
    assert (job.ledger.read_bytes(), check(job)) == (before, [])
    job.ledger.unlink()
    assert check(job) == [f"differs: {job.ledger}"]


def test_a_package_without_an_overlay_keeps_its_ledger_itself(tmp_path: Path) -> None:
    spec = tmp_path / "spec.json"
    spec.write_text(json.dumps(document({"Argon": obj(shade=SHADES)})))
    job = ["--spec", str(spec), "--package", "made", "--out", str(tmp_path)]
    assert main(["generate", *job]) == 0
    assert "ArgonShade" in read(tmp_path / "made" / "names.lock")
    assert main(["check", *job]) == 0


def test_our_names_advise_packages_that_build_on_ours(tmp_path: Path) -> None:
    """Where we have a name for a place, it is theirs as well; ours are no aliases there."""
    prepared = names_of(document({"Xenon": obj(shade=SHADES), "Argon": obj(shade=SHADES)}), Ledger())
    assert prepared.form.kinds.keys() == {"Xenon", "Argon", "ArgonShade"}
    advice = {"XenonShade": ("Xenon.shade",), "Elsewhere": ("Radon.shade",), "Third": ("Argon.shade",)}
    advised = names_of(document({"Xenon": obj(shade=SHADES), "Argon": obj(shade=SHADES)}), Ledger(advice=advice))
    assert (advised.form.kinds.keys(), advised.form.aliases) == ({"Xenon", "Argon", "Third"}, {})


@pytest.mark.parametrize(
    "text", ["<<<<<<< ours", "[]", '{"not a name": ["x"]}', '{"Name": []}', '{"Name": "x"}', '{"class": ["x"]}']
)
def test_what_is_no_ledger_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "names.lock"
    path.write_text(text)
    with pytest.raises(Refused, match=r"names\.lock: "):
        read(path)


# --- our own names, and the published documents


def test_every_public_name_of_ours_is_in_the_ledger() -> None:
    from vapi_async import models

    public = {*models._MODULES, *getattr(models, "_FORMER", {})} - {"Unknown"}
    assert public <= read(OWN_LEDGER).keys()


def names_of(source: Json, ledger: Ledger) -> Prepared:
    return prepare(load(json.dumps(source).encode()), Overlay(), Report(), ledger, strict=False)


def walked(paths: list[Path], ledger: Ledger) -> list[str]:
    """The public names that were lost on the way though what they name, or something equal, is there still."""
    lost: list[str] = []
    before: dict[str, tuple[str, ...]] = {}
    enums: dict[str, frozenset[str]] = {}
    for path in paths:
        form = names_of(json.loads(path.read_bytes()), ledger).form
        schemas = form.document["components"]["schemas"]
        here = {place for places in form.names.values() for place in places}
        of_kind = [name for name, kind in form.kinds.items() if kind == "enum"]
        known = {name: frozenset(map(str, schemas[name]["enum"])) for name in of_kind}
        gone = before.keys() - form.names.keys()
        there = [name for name in gone if not here.isdisjoint(before[name]) or enums.get(name) in known.values()]
        lost += [f"{path.stem}: {name}" for name in there]
        before, enums = dict(form.names), known
        ledger = ledger.grown(form.names)
    return lost


def test_no_name_is_lost_from_contract_to_contract() -> None:
    assert walked([*CONTRACTS, ROOT / "openapi.json"], Ledger()) == []


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED, reason="the published documents are not at hand")
@pytest.mark.parametrize("order", ["in order", "back", "some"])
def test_no_name_is_lost_over_the_published_documents(order: str) -> None:
    paths = {"in order": PUBLISHED, "back": PUBLISHED[::-1], "some": PUBLISHED[::2] + PUBLISHED[1::2]}[order]
    assert walked(paths, Ledger()) == []
    assert walked(paths, Ledger(read(OWN_LEDGER))) == []


# --- the ledger itself


def test_a_ledger_keeps_the_home_of_a_name_first_and_six_places_of_it() -> None:
    before = Ledger({"Shade": ("Xenon.shade", "Argon.shade", "#old"), "Gone": ("A.b",)}, {"Advised": ("C.d",)})
    places = tuple(f"Thing{number}.shade" for number in range(9))
    after = before.grown({"Tone": ("B.tone",), "Shade": (*places, "#new")})
    assert after.names == {
        "Gone": ("A.b",),
        "Shade": ("Xenon.shade", *places[:5], "#new"),
        "Tone": ("B.tone",),
    }
    assert [*after.names] == sorted(after.names)
    assert after.advice == before.advice


def test_a_place_stands_once_in_a_row() -> None:
    after = Ledger({"Shade": ("Xenon.shade",)}).grown({"Shade": ("Argon.shade", "Xenon.shade")})
    assert after.names == {"Shade": ("Xenon.shade", "Argon.shade")}


def test_better_names_are_added_beside_those_that_are_there() -> None:
    before = Ledger({"Shade": ("Xenon.shade", "#1")}, {"Advised": ("C.d",)})
    after = before.with_better({"Shade": "Argon.shade", "Tone": "B.tone"})
    assert after.names == {"Shade": ("Xenon.shade", "#1"), "Tone": ("B.tone",)}
    assert (after.advice, after.better) == (before.advice, {"Shade", "Tone"})


def test_a_ledger_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "names.lock"
    assert read(path) == {}
    names = {"Shade": ("Xenon.shade", "#1"), "Bright": ("B.tone",)}
    text = Ledger(names).dumps()
    assert text == '{\n"Bright": ["B.tone"],\n"Shade": ["Xenon.shade", "#1"]\n}\n'
    path.write_text(text, encoding="utf-8")
    assert read(path) == names


@pytest.mark.parametrize("name", ["", "9lives", "class", "_private", "Größe", "a.b", "a b"])
def test_a_name_that_no_type_can_have_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / "names.lock").write_text(json.dumps({"Fine": ["a"], name: ["a"]}), encoding="utf-8")
    with pytest.raises(Refused, match="is no name with its places"):
        read(tmp_path / "names.lock")


@pytest.mark.parametrize("places", [[], "a", {}, None, 1, ["a", 1], [["a"]]])
def test_places_are_a_list_of_texts(places: Json, tmp_path: Path) -> None:
    (tmp_path / "names.lock").write_text(json.dumps({"Fine": ["a"], "Odd": places}), encoding="utf-8")
    with pytest.raises(Refused, match="'Odd' is no name with its places"):
        read(tmp_path / "names.lock")


def test_the_mark_of_a_type_is_short() -> None:
    assert mark("0123456789abcdef") == "#0123456789ab"
