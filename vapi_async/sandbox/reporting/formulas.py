"""Formulas of insights: arithmetic over the results of queries, such as `{{['Booked']}} / {{['All']}} * 100`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any

_NAME = re.compile(r"\{\{\s*(?:\[\s*(['\"])(?P<quoted>.*?)\1\s*\]|(?P<bare>.*?))\s*\}\}")
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}


def computed(formula: str, results: Mapping[str, float]) -> float | None:
    """Return what a formula comes to; None where it divides by zero.

    Args:
        formula: the names of queries in double braces, numbers, parentheses and + - * / %.
        results: those of the queries, by name.

    Raises:
        ValueError: it is no such formula, or names a query that there is not.
    """
    text = _NAME.sub(lambda match: f"({_result(match, results)!r})", formula)
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except ZeroDivisionError:
        return None
    except (SyntaxError, RecursionError) as error:
        raise ValueError(f"the formula {formula!r} is no arithmetic") from error


def _result(match: re.Match[str], results: Mapping[str, float]) -> float:
    name = match["quoted"] or match["bare"] or ""
    if name not in results:
        raise ValueError(f"the formula names the query {name!r}, which there is not")
    return float(results[name])


def _value(node: Any) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return round(_OPERATORS[type(op)](_value(left), _value(right)), 6)
        case _:
            raise SyntaxError
