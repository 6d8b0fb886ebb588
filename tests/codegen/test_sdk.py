"""The comparison with an installed `vapi_server_sdk`: what either side lacks is told, and nothing of it fails."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codegen import sdk
from codegen.cli import main
from tests.codegen.mini import array, const, document, enum, obj, one_of, operation, parameter, ref, refs

Json = Any
ROOT = Path(__file__).resolve().parents[2]

CLASSES = {
    "types/dog.py": """
class Dog(UncheckedBaseModel):
    size: typing.Optional[DogSize] = pydantic.Field(default=None)
    pet_name: typing_extensions.Annotated[str, FieldMetadata(alias="petName"), pydantic.Field(alias="petName")]
    toys: typing.Optional[typing.List[DogToysItem]] = None
    marks: typing.Optional[typing.Dict[str, DogSize]] = None
    one_of: typing_extensions.Annotated[typing.Optional[typing.Any], FieldMetadata(alias="oneOf")] = None
    if IS_PYDANTIC_V2:
        model_config: typing.ClassVar[pydantic.ConfigDict] = pydantic.ConfigDict(extra="allow")
""",
    "types/dog_size.py": 'DogSize = typing.Union[typing.Literal["s", "m", "xl"], typing.Any]',
    "types/dog_toys_item.py": """
class DogToysItem_Ball(UncheckedBaseModel):
    type: typing.Literal["ball"] = "ball"
    colour: typing.Optional[str] = None
    bounce: typing.Optional[float] = None

class DogToysItem_Bone(UncheckedBaseModel):
    type: typing.Literal["bone"] = "bone"

DogToysItem = typing_extensions.Annotated[
    typing.Union[DogToysItem_Ball, DogToysItem_Bone], UnionMetadata(discriminant="type")
]
""",
    "types/puppy.py": "class Puppy(UncheckedBaseModel):\n    age: int",
}
CLIENT = """
class RawDogsClient:
    def __init__(self, *, client_wrapper):
        self._client_wrapper = client_wrapper

    def list(self, *, limit: typing.Optional[int] = None, owner: str = OMIT) -> HttpResponse[typing.List[Dog]]:
        _response = self._client_wrapper.httpx_client.request(
            "dog", method="GET", params={"limit": limit, "owner": owner}
        )

    def update(self, id: str, *, pet_name: str, mood: str = OMIT) -> HttpResponse[Dog]:
        _response = self._client_wrapper.httpx_client.request(
            f"dog/{jsonable_encoder(id)}", method="PATCH", json={"petName": pet_name, "mood": mood}
        )

    def walk(self, id: str, *, request: Dog) -> HttpResponse[Dog]:
        _response = self._client_wrapper.httpx_client.request(f"dog/{id}/walk", method="POST", json=convert(request))
"""


def contract() -> Json:
    dog = obj(
        "petName",
        petName="string",
        size=enum("s", "m", "l"),
        toys=array(one_of(*refs("Ball"))),
        marks={"type": "object", "additionalProperties": enum("s", "m")},
        fur="string",
    )
    paths = {
        "/dog": {"get": operation(parameter("limit"), parameter("page"), returns=array(ref("Dog")))},
        "/dog/{dogId}": {
            "patch": operation(
                parameter("dogId", "path"), body=obj(petName="string", kept="string"), returns=ref("Dog")
            ),
            "delete": operation(parameter("dogId", "path")),
        },
    }
    return document({"Dog": dog, "Ball": obj("type", type=const("ball"), colour="string")}, paths)


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a package that is called like the other client."""
    info = tmp_path / "vapi_server_sdk-9.9.9.dist-info"
    files = {f"vapi/{name}": text for name, text in CLASSES.items()} | {"vapi/dogs/raw_client.py": CLIENT}
    for name, text in {**files, f"{info.name}/METADATA": "Name: vapi_server_sdk\nVersion: 9.9.9\n"}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.mark.usefixtures("installed")
def test_what_either_side_lacks_is_told() -> None:
    assert sdk.report(contract(), verbose=True) == [
        "compared with vapi_server_sdk 9.9.9: 3 operations, 2 query parameters, 8 fields, 6 enum values",
        "missing here: 1 operations, 1 query parameters, 1 request fields, 1 other fields, 2 enum values, "
        "1 union members, 1 schemas",
        "  operations: POST /dog/{}/walk",
        "  query parameters: GET /dog?owner",
        "  request fields: PATCH /dog/{} body.mood",
        "  other fields: Ball.bounce",
        "  enum values: Dog.size 'xl'",
        "  enum values: Dog.marks{} 'xl'",
        "  union members: Dog.toys[] DogToysItem_Bone (type=bone)",
        "  schemas: Puppy",
        "missing there: 1 operations, 1 query parameters, 1 request fields, 1 other fields, 1 enum values",
        "  operations: DELETE /dog/{}",
        "  query parameters: GET /dog?page",
        "  request fields: PATCH /dog/{} body.kept",
        "  other fields: Dog.fur",
        "  enum values: Dog.size 'l'",
    ]


@pytest.mark.usefixtures("installed")
def test_what_the_other_side_lacks_is_only_counted() -> None:
    assert not any("fur" in line for line in sdk.report(contract()))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("types/dog_size.py", "DogSize = typing.Tuple[int]"),
        ("types/dog_size.py", "def"),
        ("dogs/raw_client.py", "class RawDogs:\n    def list(self) -> None: ..."),
    ],
)
def test_a_package_of_another_form_is_no_failure(installed: Path, name: str, text: str) -> None:
    (installed / "vapi" / name).write_text(text)
    [line] = sdk.report(contract())
    assert line.startswith("vapi_server_sdk 9.9.9 cannot be read: ")


def test_without_the_package_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sdk, "DISTRIBUTION", "a-package-that-nobody-has")
    assert sdk.report(contract()) == ["no a-package-that-nobody-has installed: nothing to compare with"]


@pytest.mark.usefixtures("installed")
def test_check_reports_on_our_own_contract_and_does_not_fail_for_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    stale: list[str] = []
    monkeypatch.setattr("codegen.cli.check", lambda job: stale)
    monkeypatch.chdir(ROOT)
    assert main(["check"]) == 0
    assert capsys.readouterr().out.startswith("compared with vapi_server_sdk 9.9.9: ")
    # The contract of another API, or one that is not what was generated, is no matter of that client.
    (tmp_path / "other.json").write_text(json.dumps(contract()))
    assert main(["check", "--spec", str(tmp_path / "other.json")]) == 0
    stale.append("a.py: edited")
    assert main(["check"]) == 1
    assert capsys.readouterr().out == ""
