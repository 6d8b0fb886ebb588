"""What is said where types are missing; that none are missing is for `make check`."""

from __future__ import annotations

from typing import Any

from tests.tools.completeness import causes


def symbol(name: str, **facts: Any) -> dict[str, Any]:
    known = {"isTypeKnown": True, "isTypeAmbiguous": False, "diagnostics": []}
    return {"name": f"vapi_async.{name}", **known, **facts}


def test_what_has_to_be_annotated_is_named_and_not_what_mentions_it() -> None:
    cause = {"message": 'Type is missing type annotation\n\xa0\xa0Inferred type is "int"'}
    follows = {"message": 'Type of parameter "x" is partially unknown'}
    symbols = [
        symbol("known", diagnostics=[{"message": "No docstring found"}]),
        symbol("_private.guessed", isTypeAmbiguous=True, diagnostics=[cause]),
        symbol("unknown", isTypeKnown=False, diagnostics=[follows, {"message": "Return type is unknown"}]),
        symbol("mentions", isTypeAmbiguous=True, diagnostics=[follows]),
        symbol("mentions_too", isTypeAmbiguous=True),
    ]
    assert list(causes({"symbols": symbols})) == [
        'vapi_async._private.guessed: Type is missing type annotation: Inferred type is "int"',
        "vapi_async.unknown: Return type is unknown",
    ]
