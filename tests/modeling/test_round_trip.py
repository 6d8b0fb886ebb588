"""Whatever JSON comes: it decodes, nothing is lost, and it encodes to itself."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any

from hypothesis import HealthCheck, given, settings, strategies as st

from tests.modeling.sample.models import Batch, BotSaid, Empty, Hook, Node, Ring, UserSaid
from vapi_async._modeling.conformance import mismatches
from vapi_async._modeling.decoding import timestamp
from vapi_async._modeling.encoding import to_json
from vapi_async._modeling.model import Model
from vapi_async._modeling.unknown_variant import UnknownVariant

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
anything: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
moments = st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
moments |= st.sampled_from(["2026-01-31T12:30:45.000Z", "2026-01-31T12:30:45Z", "2026-01-31", "soon"])


def objects(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with any of these fields, each as it should be or anything else, and with fields of no name."""
    known = st.fixed_dictionaries({}, optional={name.rstrip("_"): value | anything for name, value in fields.items()})
    return st.tuples(known, st.dictionaries(st.text(max_size=8), anything, max_size=2)).map(lambda two: two[1] | two[0])


tags = st.sampled_from(["user", "bot", "robot", "cat"])
lines = objects(
    who=tags, text=st.text(), endTime=st.floats(allow_nan=False, allow_infinity=False), tags=st.lists(st.text())
)
hooks = objects(kind=st.sampled_from(["web", "mail", "fax"]), url=st.text(), secret=st.text(), authToken=st.text())
nodes = st.recursive(
    objects(value=st.floats(allow_nan=False, allow_infinity=False)),
    lambda inner: objects(
        inner=inner,
        children=st.lists(inner, max_size=3),
        table=st.dictionaries(st.text(max_size=3), st.lists(st.dictionaries(st.text(max_size=3), inner, max_size=2))),
    ),
    max_leaves=4,
)
flat_rings = objects(id=st.text(), startedAt=moments, endedAt=moments, triedAt=st.lists(moments, max_size=2))
rings = objects(
    id=st.text(),
    startedAt=moments,
    endedAt=moments,
    triedAt=st.lists(moments, max_size=2),
    status=st.sampled_from(["queued", "lost"]),
    cost=st.integers(),
    hook=hooks,
    lines=st.lists(lines, max_size=3),
    lastLine=lines,
    answer=flat_rings | hooks | objects(results=st.lists(flat_rings, max_size=2)) | st.lists(flat_rings, max_size=2),
    guess=flat_rings | hooks,
    class_=st.text(),
)
CLASSES: list[tuple[type[Model], st.SearchStrategy[dict[str, Any]]]] = [
    (Ring, rings),
    (Node, nodes),
    (Hook, hooks),
    (UserSaid, lines),
    (BotSaid, lines),
    (Batch, objects(results=st.lists(flat_rings, max_size=2))),
    (Empty, objects()),
]
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
any_model = st.one_of(*(st.tuples(st.just(cls), strategy) for cls, strategy in CLASSES))


def instants(value: Any) -> Any:
    """Return the JSON value with every timestamp as its instant, so that two spellings are equal."""
    if isinstance(value, dict):
        return {key: instants(member) for key, member in value.items()}
    if isinstance(value, list):
        return [instants(member) for member in value]
    return timestamp(value)


@unhurried
@given(any_model)
def test_decoding_loses_nothing(case: tuple[type[Model], dict[str, Any]]) -> None:
    cls, data = case
    before = copy.deepcopy(data)
    model = cls.from_dict(data)
    out = model.to_dict()
    assert instants(out) == instants(data)
    assert data == before
    assert cls.from_dict(out) == model
    assert cls.from_dict(out).to_dict() == out


@unhurried
@given(any_model)
def test_both_encodings_and_all_copies_agree(case: tuple[type[Model], dict[str, Any]]) -> None:
    cls, data = case
    unread, read = cls.from_dict(data), cls.from_dict(data)
    for name in [*cls._wire, "additional_properties"]:
        getattr(read, name)
    assert unread == read
    for model in (unread, read):
        assert instants(json.loads(to_json(model))) == instants(data)
        assert to_json(model) == json.dumps(model.to_dict(), ensure_ascii=False, separators=(",", ":")).encode()
        for made in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model), copy.copy(model)):
            assert made is not model
            assert (type(made), made, made.to_dict()) == (cls, model, model.to_dict())
            made.additional_properties = {"only here": 1}
            assert made != model
            assert instants(model.to_dict()) == instants(data)


@unhurried
@given(any_model)
def test_explanations_never_fail(case: tuple[type[Model], dict[str, Any]]) -> None:
    cls, data = case
    model = cls.from_dict(data)
    assert repr(model).startswith(f"{cls.__name__}(")
    for mismatch in mismatches(model):
        assert mismatch.reason
        assert str(mismatch) == f"{mismatch.path}: {mismatch.reason}"


@unhurried
@given(rings)
def test_the_class_of_a_variant_is_decided_by_its_tag_alone(data: dict[str, Any]) -> None:
    decoded: Any = Ring.from_dict(data).last_line
    raw = data.get("lastLine")
    if not isinstance(raw, dict):
        assert not isinstance(decoded, (Model, UnknownVariant))
    else:
        names = {"user": "UserSaid", "bot": "BotSaid", "robot": "BotSaid"}
        tag = raw.get("who")
        assert type(decoded).__name__ == (names.get(tag, "Unknown") if isinstance(tag, str) else "Unknown")
