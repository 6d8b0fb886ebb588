"""The contracts in examples/contracts: facts of older documents, for packages with what the API has dropped."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.pull import pull
from tests.products import importable, older_package

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = sorted((ROOT / "examples" / "contracts").glob("*.json"))
#: A resource that only the older document has.
OLD = {"2024-12-10": "blocks", "2025-08-22": "test_suites"}


def test_they_are_there() -> None:
    assert [path.stem for path in CONTRACTS] == [*OLD]


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.stem)
def test_each_is_what_pull_makes_of_the_published_document(contract: Path, tmp_path: Path) -> None:
    published = ROOT.parent / "shared" / "published" / contract.name
    if not published.exists():
        pytest.skip("the published documents are not at hand")
    pull(str(published), tmp_path / contract.name)
    assert (tmp_path / contract.name).read_bytes() == contract.read_bytes()


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda path: path.stem)
def test_each_makes_a_package_with_its_old_resources(contract: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    name = f"vapi_{contract.stem[:4]}"
    with importable(older_package(tmp_path_factory, contract.stem), name) as package:
        vapi = package.AsyncVapi("token")
        assert type(getattr(vapi, OLD[contract.stem])).__module__ == f"{name}.api.{OLD[contract.stem]}"
