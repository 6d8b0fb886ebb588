"""``python -m codegen examples``: what is held against what, what shows, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.cli import main
from codegen.examples import KNOWN, check_examples
from codegen.overlay import DEFAULT, Overlay
from tests.codegen.mini import array, document, obj, operation, parameter, ref

Json = Any
ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))
WHY = "a sentence"


def text(**more: Json) -> Json:
    return {"type": "string", **more}


def failures(
    tmp_path: Path, schemas: Json, paths: Json | None = None, *, known: Json = (), overlay: Json = None
) -> list[str]:
    """The failures of a document as lines, the known ones with their reason in front."""
    rows, rules = tmp_path / "known.yaml", tmp_path / "overlay.yaml"
    rows.write_text(yaml.safe_dump(list(known)))
    rules.write_text(yaml.safe_dump(overlay or {}))
    checked = check_examples(json.dumps(document(schemas, paths or {})).encode(), Overlay(rules), rows)
    return [f"{each.known}{each.known and ' | '}{each}" for each in checked.failures]


def test_examples_and_defaults_are_held_against_their_place(tmp_path: Path) -> None:
    dog = obj(
        name=text(example="Rex"),
        age={"type": "integer", "default": "old"},
        size=text(enum=["s", "m"], examples=["s", "xl"]),
        tags=array(text(example=1)),
        bed=ref("Bed"),
    )
    assert failures(tmp_path, {"Dog": dog, "Bed": obj(soft={"type": "boolean", "example": "yes"})}) == [
        "Dog.age, default: 'old' is not of type 'integer'",
        "Dog.size, examples: 'xl' is not one of ['s', 'm']",
        "Bed.soft, example: 'yes' is not of type 'boolean'",
        "Dog.tags[], example: 1 is not of type 'string'",
    ]


def test_a_field_that_is_called_example_is_a_field(tmp_path: Path) -> None:
    assert failures(tmp_path, {"Dog": obj(example=text(), default="integer", examples="string")}) == []


def test_null_and_variants_are_read_as_openapi_has_them(tmp_path: Path) -> None:
    either = {"oneOf": [text(), text(enum=["a"])], "nullable": True}
    assert failures(tmp_path, {"Dog": obj(a={**either, "example": "a"}, b={**either, "example": None})}) == []


def test_what_is_around_schemas_has_examples_too(tmp_path: Path) -> None:
    body = {"examples": {"small": {"value": {"name": 1}}}}
    post = operation(
        {**parameter("limit", schema={"type": "integer", "default": "all"}), "example": "ten"},
        body=ref("Dog"),
        returns={**array(ref("Dog")), "example": {}},
    )
    post["requestBody"]["content"]["application/json"] |= body
    assert failures(tmp_path, {"Dog": obj(name="string")}, {"/dog": {"post": post}}) == [
        "POST /dog?limit, example: 'ten' is not of type 'integer'",
        "POST /dog body, examples: .name 1 is not of type 'string'",
        "POST /dog?limit, default: 'all' is not of type 'integer'",
        "POST /dog 200, example: {} is not of type 'array'",
    ]


def test_the_contract_is_the_corrected_and_repaired_one(tmp_path: Path) -> None:
    dog = obj(age={"type": "string", "example": 3}, name={"type": "object", "example": "Rex"})
    correction = {
        "why": "as seen",
        "seen": {"source": "recorded", "date": "2026-01"},
        "types": {"Dog.age": {"was": {"type": "string"}, "is": {"type": "integer"}}},
    }
    assert failures(tmp_path, {"Dog": dog}) == ["Dog.age, example: 3 is not of type 'string'"]
    assert failures(tmp_path, {"Dog": dog}, overlay={"corrections": [correction]}) == []


def test_known_ones_have_their_reason_and_rows_that_apply_to_nothing_are_silent(tmp_path: Path) -> None:
    known = [{"why": WHY, "at": ["Dog.age", "Cat.age"]}]
    schemas = {"Dog": obj(age={"type": "integer", "example": "old"}, size={"type": "integer", "example": "big"})}
    assert failures(tmp_path, schemas, known=known) == [
        "a sentence | Dog.age, example: 'old' is not of type 'integer'",
        "Dog.size, example: 'big' is not of type 'integer'",
    ]


def test_the_command_tells_what_is_new_and_fails_for_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "published.json"
    place = yaml.safe_load(KNOWN.read_text(encoding="utf-8"))[0]["at"][0]
    schema, _, field = place.partition(".")
    schemas = {schema: obj(**{field: {"type": "integer", "example": "\x1b[2J{"}})}
    source.write_text(json.dumps(document(schemas, {})))
    assert main(["examples", str(source)]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == [
        "examples and defaults: 1 (1 example)",
        "not what the contract takes: 1, of them 1 known, 0 new",
    ]
    assert main(["examples", str(source), "--verbose"]) == 0
    shown = capsys.readouterr().out
    assert place in shown
    assert "\x1b" not in shown
    schemas["Dog"] = obj(age={"type": "integer", "example": "old"})
    source.write_text(json.dumps(document(schemas, {})))
    assert main(["examples", str(source)]) == 1
    assert capsys.readouterr().out.startswith("Dog.age, example: 'old' is not of type 'integer'\n")


def test_what_is_no_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.json").write_text("[]")
    assert main(["examples", str(tmp_path / "a.json")]) == 2
    assert capsys.readouterr().err.startswith("examples: ")


def test_a_contract_has_defaults_left(tmp_path: Path) -> None:
    """Our own: whatever its document got wrong is repaired."""
    checked = check_examples((ROOT / "openapi.json").read_bytes(), Overlay(DEFAULT))
    assert checked.counts.keys() == {"default"}
    assert checked.new == []


@pytest.mark.parametrize(
    "path",
    [*PUBLISHED[-1:], *(pytest.param(path, marks=pytest.mark.slow) for path in PUBLISHED[:-1])],
    ids=lambda path: path.stem,
)
def test_every_published_document_has_known_ones_only(path: Path) -> None:
    checked = check_examples(path.read_bytes(), Overlay(DEFAULT))
    assert checked.counts.total() > 100
    assert list(map(str, checked.new)) == []
