"""Our own contract: every operation and schema of openapi.json is there, under the names that were agreed on."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from codegen.build import Built, build
from codegen.facts import operations, schemas
from codegen.overlay import DEFAULT, Overlay
from codegen.records import Method, Resource

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "openapi.json"
METHODS = (Path(__file__).with_name("data") / "methods.txt").read_text().splitlines()
PACKAGE = ROOT / "vapi_async"


def own(source: bytes | None = None, overlay: Path = DEFAULT) -> Built:
    return build(source or SPEC.read_bytes(), Overlay(overlay), strict=True)


@pytest.fixture(scope="module")
def built() -> Built:
    return own()


def dotted(resource: Resource, method: Method) -> str:
    return ".".join(filter(None, [resource.namespace, resource.name, method.name]))


def test_every_operation_has_the_name_that_was_agreed_on(built: Built) -> None:
    found = [
        f"{method.http_method} {method.path} {dotted(resource, method)}"
        for resource in built.contract.resources
        for method in resource.methods
    ]
    named = {line.rpartition(" ")[0]: line for line in found}
    published = operations(json.loads(SPEC.read_bytes()))
    added = {key for key in operations(built.corrected) if key not in published}
    assert named.keys() == {*operations(built.corrected)}
    assert len(added) == 22, "what the published document lacks"
    agreed = {line.rpartition(" ")[0]: line for line in METHODS}
    both = named.keys() & agreed.keys()  # the API goes on: what is new has no agreed name, and what is gone needs none
    assert len(both) > len(agreed) / 2
    assert {key: named[key] for key in both} == {key: agreed[key] for key in both}


def test_every_schema_is_a_model_of_its_published_name(built: Built) -> None:
    published = schemas(json.loads(SPEC.read_bytes()))
    models = {model.schema: model.name for model in built.contract.models if model.name}
    assert {name: models[name] for name in published} == {name: name for name in published}


def test_every_field_is_there(built: Built) -> None:
    document: Any = built.corrected["components"]["schemas"]
    fields = {model.schema: [field.wire for field in model.fields] for model in built.contract.models}
    for name, schema in document.items():
        if name not in fields:  # a union that corrections gave a name
            assert schema["oneOf"]
            continue
        assert schema.get("properties", {}).keys() <= {*fields[name]}
        assert len(fields[name]) == len({*fields[name]})


def test_no_union_is_guessed_at(built: Built) -> None:
    assert [union.name for union in built.contract.unions if union.dispatch.required] == []
    assert not [
        line for line in built.contract.report if "scored" in line or ("read as anything" in line and "enum" in line)
    ]
    for union in built.contract.unions:
        shared = [case for cases in union.dispatch.shared.values() for case in cases]
        told = {*union.dispatch.values.values(), *(case.model for case in [*union.dispatch.cases, *shared])}
        assert told == {*union.models}, union.name


def test_no_name_is_made_of_an_index(built: Built) -> None:
    published = {*schemas(json.loads(SPEC.read_bytes()))}
    made = {union.name for union in built.contract.unions}
    made |= {enum.name for model in built.contract.models for enum in model.enums}
    made |= {model.name for model in built.contract.models if model.name} - published
    fields = {field.name for model in built.contract.models for field in model.fields}
    assert [name for name in made if name[-1].isdigit()] == []
    assert [name for name in fields if re.search(r"_\d+$|__", name)] == []


def _names(built: Built) -> Any:
    """Every name, and what it is the name of."""
    contract = built.contract
    return (
        {
            model.schema: (model.name, model.module, model.fields, {e.name for e in model.enums})
            for model in contract.models
            if model.name
        },
        {union.name: (union.module, {*union.models}, union.dispatch.tag) for union in contract.unions},
        {
            dotted(r, m): (m.path, m.path_fields, m.query_fields, m.body_fields, m.returns)
            for r in contract.resources
            for m in r.methods
        },
        {resource.name for resource in contract.resources},
    )


def test_names_do_not_depend_on_the_order_of_the_document(built: Built) -> None:
    document = json.loads(SPEC.read_bytes())
    dice = random.Random(7)
    for place, key in ((document, "paths"), (document["components"], "schemas")):
        items = list(place[key].items())
        dice.shuffle(items)
        place[key] = dict(items)
    for item in document["paths"].values():
        methods = list(item.items())
        dice.shuffle(methods)
        item.clear()
        item.update(methods)
    shuffled = own(json.dumps(document).encode())
    for found, expected in zip(_names(shuffled), _names(built), strict=True):
        assert found == expected


def test_every_row_of_the_overlay_says_why() -> None:
    overlay = Overlay()
    rows = [*overlay._operations.values(), *overlay._parameters.values(), *overlay.unions]
    assert [row for row in rows if not row.get("why")] == []


def test_hand_written_names_are_in_the_clash_check() -> None:
    from codegen.naming import RESERVED_RESOURCES
    from vapi_async.client import Client
    from vapi_async.resource import Resource as Base

    assert {name for name in dir(Client) if not name.startswith("_")} <= RESERVED_RESOURCES
    assert {name for name in dir(Base) if not name.startswith("_")} == set()
    assert Overlay().inherited("calls") >= {"end", "wait", "delete_many"}


def _generated(folder: Path) -> dict[str, bytes]:
    files = [path for part in ("api", "models") for path in (folder / part).rglob("*.py")]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in [*files, folder / "contract.json"]}


@pytest.mark.slow  # `make check` looks for the same, and test_output at what hash seeds do to a small document
def test_what_is_committed_is_what_is_generated_whatever_the_hash_seed(tmp_path: Path) -> None:
    command = ["-m", "codegen", "generate", "--out", str(tmp_path)]
    environment = {**os.environ, "PYTHONHASHSEED": "1"}
    done = subprocess.run([sys.executable, *command], capture_output=True, cwd=ROOT, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    made, committed = _generated(tmp_path / "vapi_async"), _generated(PACKAGE)
    assert made.keys() == committed.keys()
    assert [path for path in made if made[path] != committed[path]] == []


def test_size_of_the_output() -> None:
    files = _generated(PACKAGE)
    assert len(files) <= 1_300
    assert sum(map(len, files.values())) <= 8_000_000
    assert all(
        text.startswith(b"# Generated by `python -m codegen generate`.")
        for path, text in files.items()
        if path.endswith(".py")
    )
    assert built_from(files["api/__init__.py"].decode()) == json.loads(files["contract.json"])["x-contract-sha256"]


def built_from(text: str) -> str:
    return text.split('CONTRACT_SHA256 = "')[1].split('"', maxsplit=1)[0]


def test_whatever_credential_can_be_created_can_be_changed_and_is_stored(built: Built) -> None:
    path, item = "/credential", "/credential/{id}"
    paths = built.corrected["paths"]
    made, changed = paths[path]["post"]["requestBody"], paths[item]["patch"]["requestBody"]
    stored = paths[item]["get"]["responses"]["200"]
    created = providers(built, made)
    assert len(created) > 50
    assert providers(built, changed) == created
    assert created <= providers(built, stored)


def providers(built: Built, part: Any) -> set[str]:
    """The values that tell the variants of a body or an answer apart."""
    schemas = built.corrected["components"]["schemas"]
    variants = part["content"]["application/json"]["schema"]["oneOf"]
    names = [each["$ref"].rpartition("/")[2] for each in variants]
    return {value for name in names for value in schemas[name]["properties"]["provider"]["enum"]}
