"""What is not there says why: resources that the API dropped, and names that were misspelt."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.errors import BuildError
from codegen.overlay import DEFAULT
from tests.codegen.conftest import Make
from tests.codegen.mini import array, obj, operation, ref
from vapi_async import AsyncVapi

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))
DROPPED: dict[str, dict[str, Any]] = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))["dropped"]
COMMAND = "python -m codegen generate --spec examples/contracts/{}.json --package vapi_{} --out ."


@pytest.fixture
def vapi() -> AsyncVapi:
    return AsyncVapi("token")


def said(holder: Any, name: str) -> str:
    """What is said about an attribute that is not there."""
    with pytest.raises(AttributeError) as caught:
        getattr(holder, name)
    return str(caught.value)


@pytest.mark.parametrize("name", DROPPED)
def test_a_dropped_resource_says_when_it_went_and_what_has_it(vapi: AsyncVapi, name: str) -> None:
    row = DROPPED[name]
    holder, attribute = (vapi.v2, name.removeprefix("v2.")) if name.startswith("v2.") else (vapi, name)
    text = said(holder, attribute)
    assert repr(attribute) in text
    assert f"that of {row['until']} was the last one with it" in text
    assert ("instead" in row) is ("Today the client has" in text)
    if "contract" in row:
        contract = str(row["contract"])
        assert COMMAND.format(contract, contract[:4]) in text
        assert (ROOT / "examples" / "contracts" / f"{contract}.json").is_file()


def test_blocks_and_logs(vapi: AsyncVapi) -> None:
    assert "2025-01-20" in said(vapi, "blocks")
    assert "2025-08-22" in said(vapi, "logs")
    assert not hasattr(vapi, "blocks")


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("call", "calls"),
        ("phone_number", "phone_numbers"),
        ("phoneNumbers", "phone_numbers"),
        ("Assistants", "assistants"),
        ("squds", "squads"),
        ("knowledge_base_files", "v2.knowledge_base_files"),
        ("with_option", "with_options"),
    ],
)
def test_a_misspelt_name_gets_the_right_one(vapi: AsyncVapi, name: str, meant: str) -> None:
    assert said(vapi, name).endswith(f"has no attribute {name!r}. Did you mean {meant!r}?")


def test_a_namespace_explains_itself_as_well(vapi: AsyncVapi) -> None:
    assert "Did you mean 'campaigns'? It has campaign_contacts, campaigns, " in said(vapi.v2, "campaign")


@pytest.mark.parametrize("name", ["_call", "__wrapped__"])
def test_for_private_names_nothing_is_suggested(vapi: AsyncVapi, name: str) -> None:
    assert said(vapi, name) == f"'AsyncVapi' object has no attribute {name!r}"


def test_where_nothing_is_alike_all_there_is_is_told(vapi: AsyncVapi) -> None:
    text = said(vapi, "zzz")
    assert text.startswith("'AsyncVapi' object has no attribute 'zzz'. It has aclose, analytics, assistants, ")
    assert text.endswith('with_options; what the contract lacks: client.request("GET", "/path")')


def test_a_resource_says_what_it_has(vapi: AsyncVapi) -> None:
    text = said(vapi.calls, "create_xyz")
    assert text.startswith("'Calls' object has no attribute 'create_xyz'. Did you mean 'create'? It has ")
    assert "create_phone, create_web, " in text
    assert 'client.request("GET", "/path")' in text
    assert not hasattr(vapi.calls, "create_xyz")


def test_an_error_within_a_property_is_told_as_it_is() -> None:
    class Own(AsyncVapi):
        @property
        def mine(self) -> Any:
            return self.nothing_of_mine

    assert "'nothing_of_mine'" in said(Own("token"), "mine")


PATHS = {"/thing": {"get": operation(returns=array(ref("Thing")))}}


def test_a_package_knows_what_its_own_contract_lacks(make: Make) -> None:
    rows = {"blocks": {"until": "2025-01-20"}, "v2.blocks": {"until": "2025-01-20"}, "things": {"until": "2025-01-20"}}
    api = make({"Thing": obj(id="string")}, PATHS, overlay={"dropped": rows}, strict=False)
    assert api.module("api").Resources._DROPPED == {"blocks": ["2025-01-20", "", ""]}
    assert [row.name for row in api.contract.dropped] == ["blocks", "blocks"]


def test_a_row_about_a_resource_that_is_there_is_an_error(make: Make) -> None:
    with pytest.raises(BuildError, match=r"overlay\.yaml: dropped/things is a resource of this document"):
        make({"Thing": obj(id="string")}, PATHS, overlay={"dropped": {"things": {"until": "2025-01-20"}}})


@pytest.mark.slow
@pytest.mark.skipif(not PUBLISHED, reason="the published documents are not at hand")
def test_the_rows_are_what_the_published_documents_say() -> None:
    from codegen.diff.surface import Surface
    from codegen.overlay import Overlay

    seen: dict[str, list[str]] = {}
    for path in PUBLISHED:
        surface = Surface(path.read_bytes(), Overlay())
        for resource in {surface.resource(key) for key in surface.operations}:
            seen.setdefault(resource, []).append(path.stem)
    gone = {resource: dates for resource, dates in seen.items() if dates[-1] != PUBLISHED[-1].stem}
    assert {name: str(row["until"]) for name, row in DROPPED.items()} == {name: days[-1] for name, days in gone.items()}
    at_hand = {path.stem for path in (ROOT / "examples" / "contracts").glob("*.json")}
    for name, row in DROPPED.items():
        assert str(row.get("contract", "")) == max({*gone[name]} & at_hand, default="")
