"""`raw`: what no checker knows goes in as it stands."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

import pytest

from vapi_async import raw
from vapi_async.models import CreateAssistantDTO


@pytest.mark.parametrize("value", [{"a": 1}, OrderedDict(a=1), [{"a": 1}], ({"a": 1}, {}), {}, []])
def test_a_mapping_or_a_list_of_them_is_handed_on_as_it_is(value: Any) -> None:
    assert raw(value) is value


def test_what_the_contract_lacks_is_sent_as_it_stands() -> None:
    assistant = CreateAssistantDTO(model=raw({"provider": "of tomorrow", "speed": 2}))
    assert assistant.to_dict() == {"model": {"provider": "of tomorrow", "speed": 2}}


@pytest.mark.parametrize("value", ["text", b"text", 1, None, {1, 2}])
def test_anything_else_is_an_error_that_says_what_to_give(value: Any) -> None:
    with pytest.raises(TypeError, match="value: raw takes a mapping as the API has it, or a list of such, not"):
        raw(value)
