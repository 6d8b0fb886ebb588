"""A document of another API, in YAML, in the spelling of OpenAPI 3.0 and of 3.1: a client that works comes of both."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from codegen.cli import main
from codegen.generate import Job, generate
from codegen.load import Malformed, load
from codegen.yaml_text import as_json
from tests.codegen.mini import Generated

Json = Any
SHOP = Path(__file__).with_name("data") / "petstore.yaml"
REPORT = [
    "#/components/schemas/pet-category: is class PetCategory, like another; called PetCategory2",
    "#/paths/~1pets/get: pets.list is taken, called pets.list_pets; an overlay row names it",
]


def of_31(text: str) -> str:
    """The same in the spelling of 3.1."""
    text = text.replace("openapi: 3.0.4", "openapi: 3.1.0").replace("type: string, enum: [a", "enum: [a")
    born = 'born: {$ref: "#/components/schemas/Born"}'
    assert born in text
    return text.replace(born, 'born: {type: ["string", "null"], format: date-time}')


@pytest.fixture(params=["3.0", "3.1"])
def shop(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generated:
    text = SHOP.read_text(encoding="utf-8")
    spec = tmp_path / "shop.yaml"
    spec.write_text(text if request.param == "3.0" else of_31(text), encoding="utf-8")
    name = f"shop_{request.param.replace('.', '')}"
    rows = tmp_path / "rows.yaml"
    rows.write_text("extends: {}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    return Generated(name, tmp_path / name, generate(Job(str(spec), name, tmp_path / name, rows, strict=False)))


def client(shop: Generated, sent: list[httpx.Request], answer: Json = None) -> Any:
    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json=answer)

    http = httpx.AsyncClient(transport=httpx.MockTransport(respond))
    package = importlib.import_module(shop.name)
    return package.AsyncVapi(base_url="https://pets.example/api/v3", auth={"api_key": "k"}, http_client=http)


def test_what_is_no_object_can_be_imported(shop: Generated) -> None:
    assert shop.model("Photos") == list[str]
    assert shop.model("Pets") == list[shop.model("Pet")]
    assert shop.model("Prices") == dict[str, float]
    assert shop.model("Name") is str
    assert shop.model("Born").__name__ == "datetime"
    assert shop.model("State") == shop.model("Status")


def test_what_clashes_has_a_name_and_a_line(shop: Generated) -> None:
    assert [line for line in shop.contract.report if "called" in line] == REPORT
    methods = {f"{resource.name}.{method.name}" for resource in shop.contract.resources for method in resource.methods}
    assert {"root.get", "pets.create", "pets.get", "pets.list_pets"} <= methods


async def test_a_form_is_sent(shop: Generated) -> None:
    sent: list[httpx.Request] = []
    pets = client(shop, sent, {"name": "Rex", "photoUrls": [], "born": "2020-01-01T00:00:00Z"}).pets
    update = next(
        m for r in shop.contract.resources for m in r.methods if m.path == "/pet/{petId}" and m.body == "form"
    )
    made = await getattr(pets, update.name)("7", name="Rex & Co", status="sold", photo_urls=["a", "b"])
    (request,) = sent
    assert request.url.path == "/api/v3/pet/7"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert request.content == b"name=Rex%20%26%20Co&status=sold&photoUrls=a&photoUrls=b"
    assert request.headers["api_key"] == "k"
    assert "authorization" not in request.headers
    assert made.born.year == 2020


async def test_json_goes_before_a_form(shop: Generated) -> None:
    sent: list[httpx.Request] = []
    await client(shop, sent, {"name": "Rex", "photoUrls": []}).pets.create(name="Rex", photo_urls=["x"])
    assert json.loads(sent[0].content) == {"name": "Rex", "photoUrls": ["x"]}


def test_yaml_is_read_as_1_2_has_it() -> None:
    rows = ["openapi: 3.0.0", "on: yes", "200: 2020-01-01", "z: 12:30:00", "f: 1.5", "n: ~", "b: true", "i: 7"]
    assert json.loads(as_json("\n".join(rows).encode())) == {
        "openapi": "3.0.0",
        "on": "yes",
        "200": "2020-01-01",
        "z": "12:30:00",
        "f": 1.5,
        "n": None,
        "b": True,
        "i": 7,
    }
    assert as_json(b"<html>") == b"<html>"


def test_yaml_cannot_grow_without_end() -> None:
    lines = ["openapi: 3.0.0", "a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n + 1}: &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]" for n in range(9)]
    with pytest.raises(Exception, match="YAML aliases make more of it than a contract can be"):
        as_json("\n".join(lines).encode())


def test_yaml_and_json_are_one_document() -> None:
    text = SHOP.read_bytes()
    assert load(text) == load(as_json(text))
    assert load(text)["paths"].keys() == yaml.safe_load(text)["paths"].keys()


def test_a_path_with_a_query_says_what_to_do() -> None:
    source = SHOP.read_bytes().replace(b"  /pets:", b"  /pets?beta=true:")
    with pytest.raises(Malformed, match="no path of an API; what follows the question mark is a parameter"):
        load(source)


def test_the_command_takes_yaml(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--spec", str(SHOP), "--package", "shop", "--out", str(tmp_path)]
    assert main(["generate", *arguments]) == 0
    told = capsys.readouterr().out.splitlines()
    unused = [line for line in told if "matches nothing" in line]
    assert len(unused) == 1, "rows of ours that another API has no use for are one line"
    assert told.index(unused[0]) > told.index(REPORT[0])
    assert (tmp_path / "shop" / "names.lock").is_file()
    assert main(["check", *arguments]) == 0
