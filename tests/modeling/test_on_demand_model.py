"""Whatever is read, written, compared and copied, in any order: a model is the plain dict that it stands for."""

from __future__ import annotations

import copy
import pickle
from typing import Any

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from tests.modeling.sample.models import Hook, Ring
from vapi_async import UNSET

HOOK = st.fixed_dictionaries({"kind": st.sampled_from(["web", "mail"])}, optional={"url": st.text(max_size=3)})
LINE = st.fixed_dictionaries({"who": st.sampled_from(["user", "bot", "cat"])}, optional={"text": st.text(max_size=3)})
FIELDS = {
    "id": st.text(max_size=3) | st.none(),
    "startedAt": st.sampled_from(["2026-01-31T12:30:45.000Z", "soon"]),
    "cost": st.integers() | st.just([1]),
    "hook": HOOK | st.none(),
    "lines": st.lists(LINE, max_size=3),
    "lastLine": LINE,
    "metadata": st.fixed_dictionaries({"deep": st.lists(st.integers(), max_size=2)}),
    "toll": st.fixed_dictionaries({"cents": st.integers()}),
    "new": st.integers(),
}
KEYS = st.sampled_from(sorted(FIELDS))
ATTRIBUTES = {wire: name for name, wire in Ring._wire.items()}


class OneModel(RuleBasedStateMachine):
    """A model that began as `given`, beside the dict that it should be by now."""

    @initialize(given=st.fixed_dictionaries({}, optional=FIELDS))
    def begin(self, given: dict[str, Any]) -> None:
        self.given, self.before = given, copy.deepcopy(given)
        self.ring, self.plain = Ring.from_dict(given), copy.deepcopy(given)

    @rule(key=KEYS)
    def read_a_field(self, key: str) -> None:
        value = getattr(self.ring, ATTRIBUTES.get(key, key), UNSET)
        assert (value is UNSET) == (key not in self.plain)
        assert value is getattr(self.ring, ATTRIBUTES.get(key, key), UNSET)

    @rule(key=KEYS)
    def read_by_name(self, key: str) -> None:
        assert (key in self.ring) == (key in self.plain)
        assert (self.ring.get(key, UNSET) is UNSET) == (key not in self.plain)

    @rule(value=FIELDS["cost"])
    def write_a_plain_field(self, value: Any) -> None:
        self.ring.cost = value
        self.plain["cost"] = copy.deepcopy(value)

    @rule(value=HOOK)
    def write_a_model(self, value: dict[str, Any]) -> None:
        self.ring.hook = Hook.from_dict(value)
        self.plain["hook"] = copy.deepcopy(value)

    @rule(key=st.sampled_from(["cost", "hook", "lines", "startedAt"]), by_hand=st.booleans())
    def take_a_field_away(self, key: str, by_hand: bool) -> None:
        if by_hand:
            delattr(self.ring, ATTRIBUTES[key])
        else:
            setattr(self.ring, ATTRIBUTES[key], UNSET)
        self.plain.pop(key, None)

    @rule()
    def change_what_is_inside(self) -> None:
        if self.ring.hook:
            self.ring.hook.url = "changed"
            self.plain["hook"]["url"] = "changed"
        if self.ring.metadata:
            self.ring.metadata["deep"].append(7)
            self.plain["metadata"]["deep"].append(7)
        if isinstance(self.ring.lines, list) and self.ring.lines:
            self.ring.lines.append(self.ring.lines[0])
            self.plain["lines"].append(self.plain["lines"][0])

    @rule(value=st.integers())
    def write_an_additional_property(self, value: int) -> None:
        self.ring.additional_properties["new"] = value
        self.plain["new"] = value

    @rule(through=st.sampled_from([copy.copy, copy.deepcopy, lambda ring: pickle.loads(pickle.dumps(ring))]))
    def go_on_with_a_copy(self, through: Any) -> None:
        made = through(self.ring)
        assert type(made) is Ring
        assert made == self.ring
        self.ring = made

    @rule()
    def look_at_it(self) -> None:
        assert repr(self.ring) == repr(copy.deepcopy(self.ring))
        assert isinstance(self.ring, Ring)

    @rule()
    def compare(self) -> None:
        assert self.ring == copy.deepcopy(self.ring)
        assert self.ring != Ring.from_dict({**self.plain, "id": "another"})

    @invariant()
    def it_is_sent_as_the_dict(self) -> None:
        assert self.ring.to_dict() == self.plain
        assert self.given == self.before


OneModel.TestCase.settings = settings(max_examples=60, stateful_step_count=12, deadline=None)
TestOneModel = OneModel.TestCase
