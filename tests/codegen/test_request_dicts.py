"""Dicts of what requests contain: which there are, and what their keys are."""

from __future__ import annotations

from typing import Any, is_typeddict

from codegen import methods
from tests import fresh
from tests.codegen.conftest import Make
from tests.codegen.mini import array, const, enum, obj, one_of, operation, ref, refs
from vapi_async import RequestOptions

STAMP = {"type": "string", "format": "date-time"}


def _keys(api: Any, name: str) -> dict[str, str]:
    made = getattr(api.module("models.dicts"), name)
    assert is_typeddict(made)
    return {key: value.__forward_arg__ for key, value in made.__annotations__.items()}


def test_there_is_one_for_each_model_that_requests_contain_and_for_no_other(make: Make) -> None:
    schemas = {
        "New": obj("part", part=ref("Part"), choice=one_of(*refs("A", "B"))),
        "Part": obj(parts=array(ref("Part"))),
        "A": obj("type", type=const("a")),
        "B": obj("type", type=const("b")),
        "Answer": obj("id", id="string"),
    }
    api = make(schemas, {"/call": {"post": operation(body=ref("New"), returns=ref("Answer"))}})
    names = {name for name in vars(api.module("models.dicts")) if name.endswith("Dict") and name != "TypedDict"}
    assert names == {"NewDict", "PartDict", "ADict", "BDict", "NewChoiceDict"}


def test_nothing_is_written_where_no_request_contains_a_model(make: Make) -> None:
    api = make({"Answer": obj("id", id="string")}, {"/call": {"get": operation(returns=ref("Answer"))}})
    assert not (api.folder / "models/dicts.py").exists()


def test_keys_are_the_apis_and_their_values_are_what_models_take(make: Make) -> None:
    schemas = {
        "New": obj(
            "firstName",
            "when",
            firstName="string",
            when=STAMP,
            part=ref("Part"),
            parts=array(ref("Part")),
            byName={"type": "object", "additionalProperties": ref("Part")},
            kind=enum("a", "b"),
            anything={},
        ),
        "Part": obj(size="number"),
    }
    api = make(schemas, {"/call": {"post": operation(body=ref("New"))}})
    assert _keys(api, "NewDict") == {
        "firstName": "Required[str]",
        "when": "Required[datetime | str]",
        "part": "Model | PartDict | None",
        "parts": "Sequence[Model | PartDict] | None",
        "byName": "Mapping[str, Model | PartDict] | None",
        "kind": "NewKind | None",
        "anything": "Any",
    }


def test_keys_that_are_no_identifiers_are_keys_all_the_same(make: Make) -> None:
    schemas = {
        "New": {"type": "object", "properties": {key: {"type": "string"} for key in ("from", "a:b", "__c", "d")}}
    }
    api = make(schemas, {"/call": {"post": operation(body=ref("New"))}})
    made = api.module("models.dicts").NewDict
    assert made.__optional_keys__ == {"from", "a:b", "__c", "d"}


def test_a_dict_may_have_no_other_keys(make: Make) -> None:
    api = make({"New": obj(**{"a:b": "string"})}, {"/call": {"post": operation(body=ref("New"))}})
    assert api.module("models.dicts").NewDict.__optional_keys__ == {"a:b"}


def test_the_dicts_of_a_union_stand_one_by_one_in_other_dicts(make: Make) -> None:
    schemas = {
        "New": obj(choice=one_of(*refs("A", "B"))),
        "A": obj("type", type=const("a"), inner=ref("New")),
        "B": obj("type", type=const("b")),
    }
    api = make(schemas, {"/call": {"post": operation(body=ref("New"))}})
    assert _keys(api, "NewDict") == {"choice": "Model | ADict | BDict | None"}
    assert _keys(api, "ADict") == {"type": "Required[Literal['a']]", "inner": "Model | NewDict | None"}
    assert api.module("models.dicts").NewChoiceDict == "ADict | BDict"
    assert api.annotations("New")["choice"] == "NewChoice | None | Unset"
    assert api.signature("calls.create")["choice"].annotation == "NewChoice | NewChoiceDict | None | Unset"


def test_an_object_with_free_keys_takes_any_mapping(make: Make) -> None:
    schemas = {"New": obj(free=ref("Free"))} | {"Free": {"type": "object", "additionalProperties": {"type": "number"}}}
    api = make(schemas, {"/call": {"post": operation(body=ref("New"))}})
    (value,) = _keys(api, "NewDict").values()
    assert "Mapping[str, " in value or api.module("models.dicts").FreeDict.startswith("Mapping[str, ")


def test_a_schema_with_the_name_of_a_dict_keeps_clear_of_it(make: Make) -> None:
    schemas = {"New": obj(a=ref("NewDict")), "NewDict": obj(b="string"), "Dict": obj(c="string")}
    api = make(schemas, {"/call": {"post": operation(body=ref("New"), returns=ref("Dict"))}})
    assert _keys(api, "NewDict") == {"a": "Model | NewDict_Dict | None"}
    assert api.model("NewDict_")(b="x").to_dict() == {"b": "x"}
    assert api.model("Dict")


def test_constructors_of_what_requests_contain_are_typed_with_them_and_work_without(make: Make) -> None:
    schemas = {"New": obj("parts", parts=array(ref("Part"))), "Part": obj(size="number")}
    api = make(schemas, {"/call": {"post": operation(body=ref("New"))}})
    assert "parts: Sequence[Part | PartDict]," in api.text("models/new.py")
    assert "def __init__" not in api.text("models/part.py")
    made = api.model("New")(parts=[{"size": 1}, api.model("Part")(size=2)])
    assert made.to_dict() == {"parts": [{"size": 1}, {"size": 2}]}


def test_a_keyword_keeps_clear_of_what_catches_the_misspelt_ones(make: Make) -> None:
    api = make({"New": obj("unknown", unknown="string")}, {"/call": {"post": operation(body=ref("New"))}})
    assert "unknown_: str" in api.text("api/calls.py")
    assert "**unknown: Never" in api.text("api/calls.py")
    assert "unknown_" in api.signature("calls.create")


def test_nothing_loads_them_at_run_time() -> None:
    code = """
from vapi_async import AsyncVapi, models

models.OpenAIModel(model="gpt-4o", messages=[{"role": "user"}]).to_dict()
AsyncVapi(token="t").calls.create
result = "vapi_async.models.dicts" in sys.modules
"""
    assert fresh.run(code) is False


def test_overloads_that_take_keywords_have_every_option_of_a_request() -> None:
    spelled = {line.partition(":")[0] for line in methods._OPTIONS_ALONE}
    assert spelled == {*RequestOptions.__annotations__, "**unknown"}
