"""Only the modules that a payload needs are loaded."""

from __future__ import annotations

import pytest

from tests import fresh

SETUP = """
from vapi_async._modeling.encoding import to_json
import tests.modeling.sample.models as models
def loaded():
    prefix = models.__name__ + "."
    return sorted(name.removeprefix(prefix) for name in sys.modules if name.startswith(prefix))
"""


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("None", []),
        ("models.Ring", ["ring"]),
        ("models.Ring.from_dict({'id': 'a'})", ["ring"]),
        ("models.Ring.from_dict({'hook': None, 'lines': [], 'answer': 'text', 'lastLine': 1})", ["ring"]),
        ("models.Ring.from_dict({'hook': {}}).hook", ["hook", "ring"]),
        ("models.Ring.from_dict({'lastLine': {'who': 'bot'}}).last_line", ["bot_said", "line", "ring"]),
        ("models.Ring.from_dict({'lines': [{'who': 'user'}] * 2}).lines", ["line", "ring", "user_said"]),
        ("models.Ring.from_dict({'lastLine': {'who': 'cat'}}).last_line", ["line", "ring", "unknown"]),
        ("models.Ring.from_dict({'answer': [{}]}).answer", ["answer", "ring"]),
        ("models.Line", ["bot_said", "line", "unknown", "user_said"]),
    ],
)
def test_modules_loaded(statement: str, expected: list[str]) -> None:
    assert fresh.run(f"{SETUP}{statement}\nresult = loaded()") == expected


def test_models_load_nothing_heavy() -> None:
    code = f"""{SETUP}
to_json(models.Ring.from_dict({{"id": "a", "lines": [{{"who": "user"}}]}}))
heavy = {{"httpx", "anyio", "asyncio", "dataclasses", "logging", "difflib", "typing_extensions"}}
heavy |= {{"vapi_async._modeling.representation"}}
import attrs
result = sorted(heavy & set(sys.modules))
"""
    assert fresh.run(code) == []


def test_explanations_are_loaded_when_needed() -> None:
    code = f"""{SETUP}
hook = models.Hook(kind="web", url="u")
repr(hook)
before = "difflib" in sys.modules
try:
    hook.secrt
except AttributeError as error:
    text = str(error)
result = [before, "difflib" in sys.modules, "secret" in text]
"""
    assert fresh.run(code) == [False, True, True]
