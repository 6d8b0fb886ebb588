"""Every refusal of the generator is a CodegenError: the command line says it in one line, without a traceback."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import codegen
from codegen.__main__ import main
from codegen.errors import CodegenError

MODULES = [found.name for found in pkgutil.iter_modules(codegen.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_no_exception_stands_beside_it(name: str) -> None:
    module = importlib.import_module(f"codegen.{name}")
    own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == module.__name__]
    assert [error for error in own if issubclass(error, Exception) and not issubclass(error, CodegenError)] == []


def test_a_refusal_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class NewKindError(CodegenError):
        pass

    def refuse(*_: object, **__: object) -> None:
        raise NewKindError("it cannot be done")

    monkeypatch.setattr("codegen.__main__.pull", refuse)
    assert main(["pull"]) == 2
    assert capsys.readouterr().err == "pull: it cannot be done\n"
