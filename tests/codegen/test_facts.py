"""Facts stay, prose goes: by place, over generated documents, and over the published ones where they are at hand."""

from __future__ import annotations

import copy
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from codegen import json_layout
from codegen.facts import DATA, NAMES, PROSE, SOURCE_KEY, extract, operations
from codegen.shown_types import SHOWN

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = sorted((ROOT.parent / "shared" / "published").glob("*.json"))
SHA = "0" * 64
SENTENCE = "A sentence that only a person reads."


def document(**schemas: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.0",
        "info": {"title": "Some API", "version": "1.0"},
        "paths": {"/call": {"get": {"responses": {"200": {"description": ""}}}}},
        "components": {"schemas": schemas},
    }


def schema_facts(schema: Any) -> Any:
    return extract(document(It=schema), SHA)["components"]["schemas"]["It"]


def operation_facts(**operation: Any) -> Any:
    published = document() | {"paths": {"/call/{id}": {"post": operation}}}
    return extract(published, SHA)["paths"]["/call/{id}"]["post"]


@pytest.mark.parametrize("keyword", sorted(PROSE - {"contact", "license", "termsOfService"}))
def test_prose_of_a_schema_goes_and_a_property_of_that_name_stays(keyword: str) -> None:
    published = {keyword: SENTENCE, "type": "object", "properties": {keyword: {"type": "string", keyword: SENTENCE}}}
    assert schema_facts(published) == {"type": "object", "properties": {keyword: {"type": "string"}}}


@pytest.mark.parametrize(
    "name", ["description", "summary", "example", "examples", "title", "default", "x-internal", "enum"]
)
@pytest.mark.parametrize("keyword", sorted(NAMES - {"scopes", "responses", "paths", "callbacks"}))
def test_a_name_is_never_taken_for_a_keyword(keyword: str, name: str) -> None:
    assert schema_facts({keyword: {name: {"type": "string"}}}) == {keyword: {name: {"type": "string"}}}


@pytest.mark.parametrize("keyword", sorted(DATA))
def test_data_stays_as_it_is(keyword: str) -> None:
    for value in ("two words", ["description", "two words"], {"description": ["a b"], "title": "c d"}):
        assert schema_facts({keyword: value}) == {keyword: value}


def test_limits_flags_and_forms_of_a_schema_stay() -> None:
    schema = {
        "type": "string", "format": "date-time", "pattern": "^[a b]+$", "minLength": 1, "maxLength": 40, "minimum": 0,
        "exclusiveMaximum": True, "multipleOf": 0.5, "uniqueItems": True, "nullable": True, "deprecated": True,
        "readOnly": True, "writeOnly": True, "additionalProperties": False, "required": ["description"],
        "items": {"allOf": [{"$ref": "#/components/schemas/It"}, True]}, "not": {"enum": [None, 1, "two words"]},
        "discriminator": {"propertyName": "kind", "mapping": {"a b": "#/components/schemas/It"}},
    }  # fmt: skip
    assert schema_facts(schema) == schema
    assert list(schema_facts(schema)) == list(schema)


def test_forms_of_openapi_3_1_stay() -> None:
    schema = {
        "type": ["string", "null"], "const": "a b", "anyOf": [{"type": "null"}, {"$ref": "#/$defs/Inner"}],
        "if": {"const": 1},
        "prefixItems": [{"type": "integer"}], "exclusiveMinimum": 0, "contentMediaType": "application/json",
        "$defs": {"Inner": {"type": "object", "patternProperties": {"^x-": {"type": "string"}}}},
        "dependentRequired": {"summary": ["title"]}, "unevaluatedProperties": False, "propertyNames": {"maxLength": 3},
    }  # fmt: skip
    assert schema_facts(schema) == schema
    assert schema_facts({"$comment": SENTENCE, "examples": ["a"], "const": 1}) == {"const": 1}


@pytest.mark.parametrize(
    ("title", "kept"), [("PhoneNumber", True), ("v2.Call-1", True), ("Voice ID", False), ("", False)]
)
def test_a_title_stays_if_it_is_an_identifier(title: str, kept: bool) -> None:
    assert schema_facts({"title": title, "type": "string"}) == ({"title": title} if kept else {}) | {"type": "string"}


@pytest.mark.parametrize(
    "value",
    [
        "description",
        "two words",
        "",
        None,
        0,
        False,
        [],
        {"summary": "i see"},
        ["i understand", "i see", "got it"] * 20,
    ],
)
def test_a_default_is_a_fact(value: Any) -> None:
    assert schema_facts({"default": value}) == {"default": value}


def test_a_default_that_is_a_text_somebody_wrote_goes_whole() -> None:
    prompt = "You are a kind assistant and you answer in one sentence."
    for value in (prompt, ["ok", prompt], {"voice": "a", "messages": [{"content": prompt}]}):
        assert schema_facts({"default": value, "type": "string"}) == {"type": "string"}


def test_extensions_and_unknown_keywords_stay_only_without_text() -> None:
    published = {
        "x-order": 1, "x-hidden": True, "x-note": "word", "x-docs": {"a": SENTENCE}, "remark": SENTENCE,
        "style": "form", "nested": {"remark": SENTENCE, "explode": False},
        "list": [{"description": SENTENCE}, SENTENCE, "a"],
    }  # fmt: skip
    assert schema_facts(published) == {
        "x-order": 1, "x-hidden": True, "style": "form", "nested": {"explode": False}, "list": [{}, "a"],
    }  # fmt: skip


def test_an_operation_keeps_what_can_be_sent_and_answered() -> None:
    facts = operation_facts(
        operationId="createCall",
        summary=SENTENCE,
        description=SENTENCE,
        externalDocs={"url": "https://example.com"},
        tags=["Calls", "Phone Numbers"],
        parameters=[
            {"name": "description", "in": "query", "description": SENTENCE, "example": "x", "schema": {"example": 1}},
            {"name": "id", "in": "path", "required": True, "allOf": [{"description": SENTENCE, "$ref": "#/a"}]},
        ],
        requestBody={"description": SENTENCE, "required": True, "content": {"a/b": {"examples": {"x": {"value": 1}}}}},
        responses={
            "201": {"description": SENTENCE, "headers": {"Example": {"description": SENTENCE, "schema": {}}}},
            "default": {"$ref": "#/components/responses/Error"},
            "4XX": {"content": {}},
        },
        security=[{"description": []}],
        servers=[{"url": "https://{region}.x", "description": SENTENCE, "variables": {"region": {"default": "a b"}}}],
        callbacks={"onEnd": {"{$request.body#/url}": {"post": {"summary": SENTENCE, "operationId": "end"}}}},
    )
    assert facts == {
        "operationId": "createCall",
        "tags": ["Calls", "Phone Numbers"],
        "parameters": [
            {"name": "description", "in": "query", "schema": {}},
            {"name": "id", "in": "path", "required": True, "allOf": [{"$ref": "#/a"}]},
        ],
        "requestBody": {"required": True, "content": {"a/b": {}}},
        "responses": {
            "201": {"description": "", "headers": {"Example": {"schema": {}}}},
            "default": {"$ref": "#/components/responses/Error"},
            "4XX": {"description": "", "content": {}},
        },
        "security": [{"description": []}],
        "servers": [{"url": "https://{region}.x", "variables": {"region": {"default": "a b"}}}],
        "callbacks": {"onEnd": {"{$request.body#/url}": {"post": {"operationId": "end"}}}},
    }


def test_the_document_itself_keeps_name_version_servers_and_security() -> None:
    published = document() | {
        "info": {
            "title": "Some API",
            "description": SENTENCE,
            "version": "1 beta",
            "contact": {"name": "A B"},
            "x-y": "z",
        },
        "tags": [{"name": "Phone Numbers", "description": SENTENCE}],
        "externalDocs": {"url": "https://example.com"},
        "components": {
            "securitySchemes": {
                "summary": {"type": "http", "scheme": "bearer", "description": SENTENCE},
                "oauth": {
                    "type": "oauth2",
                    "flows": {"implicit": {"authorizationUrl": "https://x", "scopes": {"a": SENTENCE}}},
                },
            }
        },
    }
    facts = extract(published, SHA)
    assert facts["info"] == {"title": "Some API", "version": "1 beta"}
    assert facts["tags"] == [{"name": "Phone Numbers"}]
    assert "externalDocs" not in facts
    schemes = facts["components"]["securitySchemes"]
    assert schemes["summary"] == {"type": "http", "scheme": "bearer"}
    assert schemes["oauth"]["flows"]["implicit"] == {"authorizationUrl": "https://x", "scopes": {"a": ""}}


def test_the_source_is_recorded_once() -> None:
    contract = extract(document(It={"description": SENTENCE}), SHA)
    assert list(contract)[:2] == ["openapi", SOURCE_KEY]
    assert contract[SOURCE_KEY] == SHA
    assert extract(contract, "1" * 64) == contract
    # A published document that claims to be somebody's contract is not believed.
    claimed = contract | {"info": {"title": "T", "version": "1", "description": SENTENCE}}
    assert extract(claimed, "1" * 64)[SOURCE_KEY] == "1" * 64


def test_operations_are_methods_of_paths() -> None:
    item: dict[str, Any] = {"parameters": [], "summary": "x", "get": {}, "delete": {}, "x-get": {}, "post": None}
    assert operations({"paths": {"/a/{id}": item, "/b": {"put": {}}, "/c": None}}) == [
        "GET /a/{id}",
        "DELETE /a/{id}",
        "PUT /b",
    ]
    assert operations({}) == operations({"paths": None}) == []


# Whole documents: names are drawn from the keywords themselves, so that every confusion of the two has its chance.
_names = st.sampled_from(sorted(PROSE | DATA | NAMES | {"default", "title", "items", "x-a", "plain"}))
_prose = st.dictionaries(
    st.sampled_from(["description", "summary", "example", "x-note", "remark"]), st.just(SENTENCE), max_size=3
)
_facts = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["string", "object", ["string", "null"]]),
        "enum": st.lists(_names, max_size=3),
        "default": _names,
        "required": st.lists(_names, max_size=3),
        "nullable": st.booleans(),
        "maxLength": st.integers(0, 9),
    },
)


def _nested(schemas: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    parts = st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(_names, schemas, max_size=4),
            "$defs": st.dictionaries(_names, schemas, max_size=2),
            "items": schemas,
            "additionalProperties": st.one_of(st.booleans(), schemas),
            "oneOf": st.lists(schemas, max_size=3),
        },
    )
    return st.tuples(_facts, parts).map(lambda pair: pair[0] | pair[1])


def _with_prose(schema: Any, data: st.DataObject) -> Any:
    """Return the schema with sentences strewn in, at its nodes only."""
    if not isinstance(schema, dict):
        return schema
    spoken: dict[str, Any] = {}
    for key, value in schema.items():
        if key in ("properties", "$defs"):
            spoken[key] = {name: _with_prose(member, data) for name, member in value.items()}
        elif key == "oneOf":
            spoken[key] = [_with_prose(member, data) for member in value]
        else:
            spoken[key] = _with_prose(value, data) if key in ("items", "additionalProperties") else value
    return data.draw(_prose) | spoken


def _without(schema: Any, key: str) -> Any:
    if isinstance(schema, list):
        return [_without(member, key) for member in schema]
    if not isinstance(schema, dict):
        return schema
    return {name: _without(member, key) for name, member in schema.items() if name != key}


@settings(max_examples=60, deadline=None)
@given(facts=st.recursive(_facts, _nested, max_leaves=10), data=st.data())
def test_strewn_sentences_go_and_nothing_else(facts: dict[str, Any], data: st.DataObject) -> None:
    published = document(It=_with_prose(facts, data))
    before = copy.deepcopy(published)
    contract = extract(published, SHA)
    assert _without(contract["components"]["schemas"]["It"], SHOWN) == facts
    assert published == before
    assert extract(contract, SHA) == contract


def test_the_contract_of_this_repository_is_one() -> None:
    text = (ROOT / "openapi.json").read_text(encoding="utf-8")
    contract = json.loads(text)
    assert extract(contract, SHA) == contract
    assert json_layout.dumps(contract) == text
    assert len(text) < 2_500_000


def _shingles(text: str, length: int = 9) -> set[str]:
    words = re.findall(r"[A-Za-z][A-Za-z']*", text.lower())
    return {" ".join(words[start : start + length]) for start in range(len(words) - length + 1)}


def _sentences(value: Any) -> set[str]:
    """Return the runs of nine words of everything that a document says, and of nothing that it names."""
    found: set[str] = set()
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key in ("description", "summary") and isinstance(item, str):
            found |= _shingles(item)
        elif isinstance(item, (dict, list)):
            found |= _sentences(item)
    return found


def _without_enums(value: Any) -> Any:
    """Return a contract without its enum lists: a sentence that counts the values of one up is no copy of it."""
    if isinstance(value, list):
        return [_without_enums(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _without_enums(item) for key, item in value.items() if not (key == "enum" and isinstance(item, list))}


def _lost(published: Any, contract: Any) -> Iterator[str]:
    """Yield the keys that a contract lacks, and ``key=`` for those whose values differ."""
    for key, value in published.items() if isinstance(published, dict) else enumerate(published):
        if isinstance(published, dict) and key not in contract:
            yield str(key)
        elif isinstance(value, (dict, list)) and len(value) >= len(contract[key]):
            yield from _lost(value, contract[key])
        elif value != contract[key]:
            yield f"{key}="


@pytest.mark.skipif(not PUBLISHED, reason="the published documents are not at hand")
@pytest.mark.parametrize("path", PUBLISHED, ids=lambda path: path.stem)
def test_no_sentence_of_a_published_document_is_left(path: Path) -> None:
    raw = path.read_bytes()
    published = json.loads(raw)
    contract = extract(published, hashlib.sha256(raw).hexdigest())
    assert not _shingles(json_layout.dumps(_without_enums(contract))) & _sentences(published)
    assert set(_lost(published, contract)) <= PROSE | {"title", "description="}
    assert operations(contract) == operations(published)
    assert extract(contract, SHA) == contract
