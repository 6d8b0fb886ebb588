"""Every published document becomes a package: nothing lost, all of it imports, what conforms comes back as it was."""

from __future__ import annotations

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from codegen.facts import operations, schemas
from codegen.generate import Job, generate
from tests.codegen.inert import strangers
from tests.codegen.mini import Generated
from tests.codegen.samples import Samples

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))
CONTRACTS = sorted((ROOT / "examples" / "contracts").glob("*.json"))
#: What only old documents have, as `vapi.<resource>.<method>`.
OLD = {
    "2024-12-10": [
        *("blocks.create", "credentials.list", "logs.get", "logs.get_call_logs", "knowledge_bases.create"),
        *("provider_voices.clone", "provider_voices.search", "voice_library.list", "analytics.get_query", "orgs.list"),
    ],
    "2025-01-20": ["blocks.list", "logs.get", "analytics.get_query"],
    "2025-08-22": [
        "test_suites.create",
        "test_suites.run",
        "test_suite_runs.list",
        "test_suite_tests.create",
        "workflows.list",
    ],
}

#: The oldest, and the last with test suites and workflows. The newest is what our own package is made of, which all
#: other tests are about; it and the others are for `make test-all`.
FAST = {"2024-12-10", "2025-08-22"}

pytestmark = pytest.mark.skipif(not PUBLISHED, reason="the published documents are not at hand")


@pytest.fixture(
    scope="module",
    params=[pytest.param(path, id=path.stem, marks=[pytest.mark.slow] * (path.stem not in FAST)) for path in PUBLISHED],
)
def published(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A document and its package, importable."""
    spec: Path = request.param
    folder = tmp_path_factory.mktemp("published")
    name = f"vapi_{spec.stem.replace('-', '_')}"
    contract = generate(Job(spec, name, folder / name, strict=False))
    sys.path.insert(0, str(folder))
    yield spec.stem, json.loads(spec.read_bytes()), Generated(name, folder / name, contract)
    sys.path.remove(str(folder))
    for module in [module for module in sys.modules if module.split(".")[0] == name]:
        del sys.modules[module]


def test_nothing_is_lost(published: Any) -> None:
    stem, document, api = published
    methods = [f"{m.http_method} {m.path}" for resource in api.contract.resources for m in resource.methods]
    added = {*methods} - {*operations(document)}
    assert sorted({*methods} - added) == sorted(operations(document))
    corrected = api.contract_json()["paths"]
    keys = (key.partition(" ") for key in added)
    assert all("x-added" in corrected[path][method.lower()] for method, _, path in keys)
    assert {model.schema for model in api.contract.models} >= {*schemas(document)}
    assert not [line for line in api.contract.report if "cannot be sent" in line]
    scored = {union.name for union in api.contract.unions if union.dispatch.required}
    assert scored <= {"UpdateToolRequest"}  # a body, which nobody decodes
    names = {f"{resource.name}.{m.name}" for resource in api.contract.resources for m in resource.methods}
    assert {*OLD.get(stem, ())} <= names


def test_every_module_is_inert_and_can_be_imported(published: Any) -> None:
    _, _, api = published
    for path in api.folder.rglob("*.py"):
        assert strangers(path.read_text(encoding="utf-8")) == [], path
    for module in pkgutil.walk_packages([str(api.folder)], f"{api.name}."):
        importlib.import_module(module.name)
    for name in api.models._MODULES:
        assert api.model(name) is not None


def test_what_conforms_comes_back_as_it_was(published: Any) -> None:
    _, _, api = published
    samples = Samples(api.contract_json())
    for record in api.contract.models:
        if record.schema not in samples.schemas:
            continue
        model = api.model(record.name)
        for value in samples.of(record.schema):
            made = model.from_dict(value)
            assert made.to_dict() == value, record.schema
            assert made.additional_properties.keys() <= {"more"}, record.schema


def test_variants_are_told_apart(published: Any) -> None:
    """A value of each variant becomes what its tag says, or whatever the cases say, and none is lost on the way."""
    _, _, api = published
    samples = Samples(api.contract_json())
    schema = {record.name: record.schema for record in api.contract.models}
    for union in api.contract.unions:
        tag, values = union.dispatch.tag, union.dispatch.values
        for name in (name for name in union.models if schema[name] in samples.schemas):
            for value in samples.of(schema[name]):
                made = api.decode(union.name, value)
                shared = {case.model for case in union.dispatch.shared.get(value.get(tag), ())}
                expected = shared or ({values.get(value.get(tag), "Unknown")} if tag else {*union.models, "Unknown"})
                assert type(made).__name__ in expected, union.name
                assert made.to_dict() == value, union.name


@pytest.mark.slow
@pytest.mark.parametrize("spec", [*PUBLISHED, *CONTRACTS], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_mypy_accepts_the_package(tmp_path: Path, spec: Path) -> None:
    pytest.importorskip("mypy")
    name = "vapi_published"
    generate(Job(spec, name, tmp_path / name, strict=False))
    options = [
        "--strict",
        "--config-file=",
        "--python-version=3.11",
        "--explicit-package-bases",
        "--follow-imports=silent",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "--cache-dir", str(tmp_path / "cache"), "-p", name],
        capture_output=True, text=True, check=False, cwd=tmp_path, env={"MYPYPATH": f"{tmp_path}:{ROOT}", "PATH": ""},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
