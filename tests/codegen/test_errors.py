"""Every refusal of the generator is Refused: the command line says it in one line, without a traceback."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import codegen
from codegen.cli import main
from codegen.errors import Refused

MODULES = [found.name for found in pkgutil.walk_packages(codegen.__path__, "codegen.") if "__main__" not in found.name]


@pytest.mark.parametrize("name", MODULES)
def test_no_exception_stands_beside_it(name: str) -> None:
    module = importlib.import_module(name)
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == name]
    assert [error for error in own if issubclass(error, Exception) and not issubclass(error, Refused)] == []


def test_a_refusal_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class NewKindError(Refused):
        pass

    def refuse(*_: object, **__: object) -> None:
        raise NewKindError("it cannot be done")

    monkeypatch.setattr("codegen.cli.pull", refuse)
    assert main(["pull"]) == 2
    assert capsys.readouterr().err == "pull: it cannot be done\n"
