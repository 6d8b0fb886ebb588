"""Hostile documents: what comes out is inert, or a refusal in one of the generator's own words; bounded in any case."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings, strategies as st

from codegen.build import build
from codegen.canonical import CanonicalError
from codegen.errors import Refused
from codegen.identifiers import class_name
from codegen.overlay import Overlay
from codegen.render import Package, render
from tests.codegen.conftest import Make
from tests.codegen.inert import strangers
from tests.codegen.mini import array, content, document, enum, obj, one_of, operation, parameter, ref, refs
from tests.effort import examples

CALM = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=examples(25, 300),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)

NASTY = [
    *(
        '"',
        "'",
        '"""',
        "'''",
        '"""\nimport os\n"""',
        "\\",
        '\\"',
        "\\\\'",
        '""" + boom() + """',
        "\\N{DIGIT ONE}",
        "\\x41",
    ),
    *(
        "\n",
        "\r",
        "\r\n    boom()",
        "\x00",
        "\x1b[2J",
        "\u2028",
        "\u2029",
        "\x85",
        "\x0c",
        "\ufeff",
        "\ud800",
        "\U0001f600",
    ),
    *(
        "{",
        "}",
        "{{ 7 * 7 }}",
        "{% for x in y %}",
        "{# x #}",
        "{x!r}",
        "%s",
        "$(boom)",
        "`boom`",
        "; boom()",
        "# noqa",
        "]]",
    ),
    *(
        "__import__('os').system('boom')",
        "__class__",
        "__init__",
        "__getattr__",
        "__all__",
        "lambda: 0",
        "exec",
        "$lift",
        "$ref",
        "eval",
    ),
    *(
        "../../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "con",
        "a/b",
        "a\\b",
        "file:///etc/passwd",
        "http://evil.example",
    ),
    *(
        "\u202e\u2066",
        "\u200b",
        "\u0430dmin",
        "ﬁ",
        "İ",
        "\u017felf",
        "ªb",
        "class",
        "None",
        "async",
        "match",
        "self",
        "cls",
        "type",
    ),
    *(
        "_MODELS",
        "VARIANTS",
        "UNSET",
        "Unknown",
        "Any",
        "Model",
        "boom",
        "",
        " ",
        "-",
        "1",
        "x" * 10_000,
        "Ж" * 50,
        "\U0001d431",
    ),
]


@st.composite  # for a short repr
def nasty(draw: st.DrawFn) -> str:
    return draw(st.sampled_from(NASTY))


strings = nasty() | st.tuples(nasty(), nasty()).map("".join) | st.text(max_size=8)
names = strings | st.sampled_from(["A", "B", "C", "D"])
scalars: st.SearchStrategy[Any] = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | strings
)
anything = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(strings, inner, max_size=3), max_leaves=6
)

references = (
    st.sampled_from([ref(name)["$ref"] for name in "ABCD"]) | strings | strings.map(lambda text: ref(text)["$ref"])
)
notes = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(("title", "description", "format", "pattern"), strings),
        **dict.fromkeys(("default", "example"), anything),
        **dict.fromkeys(
            ("minimum", "maxLength", "maxItems"), st.integers() | st.floats(allow_nan=False, allow_infinity=False)
        ),
        **dict.fromkeys(("nullable", "deprecated", "readOnly"), st.booleans()),
    },
)
leaves = (
    st.sampled_from(["string", "number", "integer", "boolean", "object", "array"]).map(lambda kind: {"type": kind})
    | st.lists(scalars, max_size=4).map(lambda values: enum(*values))
    | references.map(lambda target: {"$ref": target})
    | scalars.map(lambda value: {"const": value})
)


def _deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    fields = st.dictionaries(names, inner, max_size=4)
    objects = st.tuples(fields, st.lists(names, max_size=2)).map(lambda made: obj(*made[1], **made[0]))
    return (
        objects
        | inner.map(array)
        | inner.map(lambda value: {"type": "object", "additionalProperties": value})
        | st.tuples(st.sampled_from(["oneOf", "anyOf", "allOf"]), st.lists(inner, max_size=3)).map(
            lambda made: {made[0]: made[1]}
        )
        | st.tuples(
            st.lists(inner, min_size=1, max_size=3), strings, st.dictionaries(strings, references, max_size=2)
        ).map(lambda made: one_of(*made[0], discriminator={"propertyName": made[1], "mapping": made[2]}))
    )


_schemas = st.tuples(st.recursive(leaves, _deeper, max_leaves=8), notes).map(lambda both: both[1] | both[0])


@st.composite  # for a short repr
def schema(draw: st.DrawFn) -> Any:
    return draw(_schemas)


schemas = schema()
parameters = st.builds(parameter, names, st.sampled_from(["query", "path", "header", "cookie"]), schema=schemas)
medias = st.sampled_from(["application/json", "multipart/form-data", "text/plain"]) | strings
operations = st.builds(
    lambda own, body, answer, media, more: operation(*own, body=body, returns=answer, **more) | media,
    st.lists(parameters, max_size=3),
    st.none() | schemas,
    st.none() | schemas,
    st.builds(lambda media, schema: {"requestBody": content(schema, media)}, medias, schemas) | st.just({}),
    st.fixed_dictionaries(
        {}, optional={"operationId": strings, "tags": st.lists(strings, max_size=2), "summary": strings}
    ),
)
segments = st.sampled_from(["call", "{id}", "v2", "run", "11labs", "models"]) | strings.map(
    lambda text: text.replace("/", "")
)
paths = st.lists(segments, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
verbs = st.sampled_from(["get", "post", "patch", "put", "delete"])
documents = st.builds(
    document,
    st.dictionaries(names, schemas, max_size=4),
    st.dictionaries(paths, st.dictionaries(verbs, operations, min_size=1, max_size=2), max_size=2),
)


@pytest.fixture(scope="module")
def overlay(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("overlay") / "overlay.yaml"
    path.write_text(yaml.safe_dump({"verbs": ["run"], "groups": []}))
    return path


def outcome(source: Any, overlay: Path) -> dict[str, str] | Exception:
    """The text of every file, checked to be inert, or the refusal."""
    try:
        built = build(json.dumps(source).encode(), Overlay(overlay), strict=False)
        files = render(built.contract, Package("made"))
    except (Refused, RecursionError) as refusal:
        return refusal
    for path, text in files.items():
        assert strangers(text) == [], (path, text)
        assert ".." not in path
        assert all(
            part.isascii() and part.replace(".", "_").isidentifier() and len(part) < 200 for part in path.split("/")
        ), path
    assert all(line.isprintable() for line in built.contract.report)
    return files


@CALM
@given(source=documents)
def test_any_text_in_any_place_is_inert(overlay: Path, source: Any) -> None:
    outcome(source, overlay)


VALID = document(
    {
        "A": obj(
            "id", "kind", id="string", kind=enum("a"), at={"type": "string", "format": "date-time", "default": "x"}
        ),
        "B": obj(
            "kind", kind=enum("b"), inner=obj(x="string"), some=array(ref("A")), limit={"type": "number", "minimum": 1}
        ),
        "C": {
            "allOf": [
                ref("A"),
                obj(more=one_of(*refs("A", "B"), discriminator={"propertyName": "kind", "mapping": {"a": "A"}})),
            ]
        },
        "D": enum("x", "y"),
    },
    {
        "/call": {
            "parameters": [parameter("shared", schema={"type": "boolean"})],
            "get": operation(parameter("limit", schema={"type": "number", "maximum": 5}), returns=array(ref("A"))),
            "post": operation(body=ref("B"), returns=one_of(*refs("A", "B")), deprecated=True),
        },
        "/call/{id}": {"get": operation(parameter("id", "path"), returns=ref("C"))},
    },
)


def _places(node: Any) -> Iterator[tuple[Any, Any]]:
    """Every place of a document: an object or list, and the key or index in it."""
    for key, child in list(node.items() if isinstance(node, dict) else enumerate(node)):
        yield node, key
        if isinstance(child, dict | list):
            yield from _places(child)


@settings(CALM, max_examples=examples(60, 600))
@given(index=st.integers(0, len([*_places(VALID)]) - 1), value=anything)
def test_anything_in_any_place_is_read_or_refused(overlay: Path, index: int, value: Any) -> None:
    source = json.loads(json.dumps(VALID))
    holder, key = [*_places(source)][index]
    holder[key] = value
    outcome(source, overlay)


def test_the_document_that_is_mutated_is_a_good_one(overlay: Path) -> None:
    assert isinstance(outcome(VALID, overlay), dict)


@settings(CALM, max_examples=examples(30, 300))
@given(
    extra=st.dictionaries(
        st.sampled_from(
            sorted(
                {
                    "$ref",
                    "allOf",
                    "oneOf",
                    "enum",
                    "type",
                    "items",
                    "properties",
                    "required",
                    "discriminator",
                    "additionalProperties",
                    "const",
                    "nullable",
                    "default",
                    "pattern",
                    "minimum",
                    "format",
                }
            )
        ),
        anything,
        max_size=4,
    )
)
def test_any_keyword_with_any_value_is_read_or_refused(overlay: Path, extra: Any) -> None:
    outcome(document({"A": obj(x=extra, y=array(extra)), "B": extra}), overlay)


# --- all at once, written, formatted and run


def everything() -> Any:
    """Each nasty text as a name, an enum value, a default, a title, a tag, a pattern, a format and a wire name."""
    unique: dict[str, str] = {class_name(text): text for text in NASTY if text}
    fields = {
        text: {"type": "string", "title": text, "format": text, "pattern": text, "default": text} for text in NASTY
    }
    components = {text: obj(**fields) for text in unique.values()}
    components["Tagged1"] = obj("tag", tag=enum(*NASTY[:20]), values=enum(*NASTY))
    components["Tagged2"] = obj("tag", tag=enum(*NASTY[20:40]))
    components["Holder"] = obj(
        any=one_of(*refs("Tagged1", "Tagged2")), **{f"c{i}": enum(text) for i, text in enumerate(NASTY)}
    )
    own = [parameter(text, place) for text in NASTY for place in ("query", "header")]
    node = operation(
        *own, body=obj(**fields), returns=ref("Holder"), summary=NASTY[4], operationId=NASTY[4], tags=NASTY
    )
    return components, {
        '/call/{id}"""\'+boom()': {"post": node},
        "/v2/thing": {"get": operation(returns=array(ref("Holder")))},
    }


def _inside(folder: Path) -> set[Path]:
    return {*folder.iterdir()}


async def test_the_worst_of_all_is_written_imported_and_called(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules["builtins"].__dict__, "boom", lambda *_: pytest.fail("code of the document ran"))
    before = _inside(tmp_path.parent)
    components, paths = everything()
    api = make(components, paths, strict=False)
    for path in api.folder.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert strangers(text) == [], path
        assert all(char.isprintable() or char == "\n" for char in text), path
    for name in api.models._MODULES:
        assert api.model(name) is not None
    data = {text: f"<{text}>" for text in NASTY}
    for name in components:
        assert api.model(class_name(name)).from_dict(data).to_dict() == data
    for value in NASTY[:40]:
        assert api.decode("HolderAny", {"tag": value}).to_dict() == {"tag": value}
    resource = next(r for r in api.contract.resources if not r.namespace)
    method = resource.methods[0]
    values = {field.name: field.wire for field in method.query_fields}
    sent = (await getattr(api.resource(resource.name), method.name)("id", **values))[1]
    assert sent["query"] == {wire: wire for wire in NASTY}
    assert _inside(tmp_path.parent) == before
    made = {api.name, f"{api.name}.json", f"{api.name}.yaml", f"{api.name}.names.lock"}
    assert {path.name for path in _inside(tmp_path)} == made


# --- bounds


def laughs(depth: int, join: Callable[[str], Any]) -> Any:
    return {"L0": {"type": "string"}, **{f"L{index + 1}": join(f"L{index}") for index in range(depth)}}


@pytest.mark.parametrize(
    "join",
    [
        lambda name: one_of(array(ref(name)), {"type": "object", "additionalProperties": ref(name)}),
        lambda name: {"anyOf": [array(ref(name)), array(array(ref(name)))]},
        lambda name: array(one_of(array(ref(name)), {"type": "object", "additionalProperties": array(ref(name))})),
    ],
)
def test_references_that_multiply_are_refused(overlay: Path, join: Any) -> None:
    refusal = outcome(document(laughs(60, join)), overlay)
    assert isinstance(refusal, CanonicalError)
    assert "references multiply each other beyond all measure" in str(refusal)


@pytest.mark.parametrize(
    "join",
    [
        lambda name: one_of(ref(name), {"allOf": [ref(name)]}, {"anyOf": refs(name, name)}),
        lambda name: {"allOf": [ref(name), {"allOf": refs(name, name)}, obj(x="string")]},
        lambda name: obj(a=ref(name), b=ref(name)),
        ref,
    ],
)
def test_references_that_only_repeat_are_read(overlay: Path, join: Any) -> None:
    assert isinstance(outcome(document(laughs(40, join)), overlay), dict)


def nested(depth: int, wrap: Callable[[Any], Any]) -> Any:
    schema: Any = {"type": "string"}
    for _ in range(depth):
        schema = wrap(schema)
    return document({"A": obj(deep=schema)})


@pytest.mark.parametrize("depth", [20, 150])
@pytest.mark.parametrize(
    "wrap",
    [
        array,
        lambda inner: obj(x=inner),
        lambda inner: one_of(inner, {"type": "number"}),
        lambda inner: {"allOf": [inner, obj(y="string")]},
        lambda inner: {"type": "object", "additionalProperties": inner},
    ],
    ids=["array", "object", "oneOf", "allOf", "map"],
)
def test_depth_is_read_or_refused(overlay: Path, depth: int, wrap: Any) -> None:
    found = outcome(nested(depth, wrap), overlay)
    assert isinstance(found, dict | RecursionError)
    assert isinstance(found, dict) or depth > 20


def test_a_giant_enum(make: Make) -> None:
    values = [f"value-{index}" for index in range(20_000)]
    api = make({"A": obj(kind=enum(*values)), "B": obj(kind=enum(*reversed(values)))})
    assert api.names() == {"A", "AKind", "B"}
    assert api.model("A").from_dict({"kind": "value-19999"}).kind == "value-19999"


def test_a_thousand_things_of_one_name(overlay: Path) -> None:
    fields = {f"x{'-' * index}": enum(f"{index}", "other") for index in range(1_200)}
    assert isinstance(outcome(document({"A": obj(**fields)}), overlay), dict)


def test_a_union_of_many(overlay: Path) -> None:
    variants = {f"V{index}": obj("type", type=enum(f"v{index}"), **{f"f{index}": "string"}) for index in range(400)}
    holders = {f"H{index}": obj(x=one_of(*refs(*variants))) for index in range(5)}
    assert isinstance(outcome(document({**variants, **holders}), overlay), dict)
