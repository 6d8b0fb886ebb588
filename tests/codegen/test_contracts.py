"""The contracts in examples/contracts: facts of older documents, for packages with what the API has dropped."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from codegen.generate import Job, generate
from codegen.pull import pull

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
def test_each_makes_a_package_with_its_old_resources(
    contract: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"vapi_{contract.stem[:4]}"
    generate(Job(contract, name, tmp_path / name, strict=False))
    monkeypatch.syspath_prepend(str(tmp_path))
    try:
        vapi = importlib.import_module(name).AsyncVapi("token")
        assert type(getattr(vapi, OLD[contract.stem])).__module__ == f"{name}.api.{OLD[contract.stem]}"
    finally:
        for module in [module for module in sys.modules if module.split(".")[0] == name]:
            del sys.modules[module]
