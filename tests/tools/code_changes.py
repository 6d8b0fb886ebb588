"""The mutants of a module: all that is the same with one thing changed."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

_SWAPS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult,
}  # fmt: skip
_EXTREMES = {"min": "max", "max": "min"}
_FUNCTION = ast.FunctionDef | ast.AsyncFunctionDef


class Mutant(NamedTuple):
    """A module with one thing changed.

    Attributes:
        name: what was changed: `function: was -> is`, and which one of several that read the same.
        lines: those of the statement, or of the head of a compound one.
        in_function: whether it changes what a function does, not what the import of the module does.
        tree: the whole module.
    """

    name: str
    lines: range
    in_function: bool
    tree: ast.Module


class _Place(NamedTuple):
    node: ast.AST
    new: ast.AST
    statement: ast.stmt
    owner: str
    in_function: bool


def mutants(source: str) -> Iterator[Mutant]:
    """Yield every mutant of a module, from its top to its end."""
    seen: Counter[str] = Counter()
    for number in range(len(list(_places(ast.parse(source))))):
        tree = ast.parse(source)
        place = list(_places(tree))[number]
        before = _shown(place.node)
        _become(place.node, place.new)
        name = f"{place.owner}: {before} -> {_shown(place.node)}"
        seen[name] += 1
        if seen[name] > 1:
            name += f" ({seen[name]})"
        yield Mutant(name, _lines(place.statement), place.in_function, ast.fix_missing_locations(tree))


def _shown(node: ast.AST) -> str:
    if isinstance(node, ast.If | ast.While):
        return f"{type(node).__name__.lower()} {ast.unparse(node.test)}"
    return " ".join(ast.unparse(node).split())


def _lines(statement: ast.stmt) -> range:
    """Return the lines of a statement; of a compound one, those before its first inner one."""
    inner = [line for line in _inner_lines(statement) if line > statement.lineno]
    end = statement.end_lineno or statement.lineno
    return range(statement.lineno, min([end + 1, *inner]))


def _inner_lines(statement: ast.stmt) -> Iterator[int]:
    for child in ast.walk(statement):
        if isinstance(child, ast.stmt) and child is not statement:
            yield child.lineno


def _places(tree: ast.Module) -> Iterator[_Place]:
    for statement in tree.body:
        yield from _within(statement, statement, "module", in_function=False)


def _within(node: ast.AST, statement: ast.stmt, owner: str, *, in_function: bool) -> Iterator[_Place]:
    """Yield the places in a node: the nodes that can be changed, each with what it can become."""
    if isinstance(node, ast.stmt):
        statement = node
    for new in _replacements(node):
        yield _Place(node, new, statement, owner, in_function)
    if isinstance(node, _FUNCTION | ast.ClassDef):
        owner = node.name if owner == "module" else f"{owner}.{node.name}"
    for field, child in _children(node):
        runs = in_function or (isinstance(node, _FUNCTION) and field == "body")
        yield from _within(child, statement, owner, in_function=runs)


def _children(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what is inside and says something at run time: not annotations, nor texts of errors, nor docstrings."""
    if isinstance(node, ast.Raise | ast.Assert | ast.JoinedStr):
        return
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield field, child


def _replacements(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, [op], right) if type(op) in _SWAPS:
            yield ast.Compare(left, [_swapped(op)], right)
        case ast.BoolOp(op, values):
            for left_out in values:
                rest = [value for value in values if value is not left_out]
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.BinOp(left, op, right) if type(op) in _SWAPS:
            yield ast.BinOp(left, _swapped(op), right)
        case ast.UnaryOp(ast.Not(), operand):
            yield ast.Call(ast.Name("bool", ast.Load()), [operand], [])
        case ast.Call(ast.Name("min" | "max" as name), arguments, []):
            yield ast.Call(ast.Name(_EXTREMES[name], ast.Load()), arguments, [])
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            yield ast.Constant(value + 1)
        case ast.Break():
            yield ast.Continue()
        case ast.Continue():
            yield ast.Break()
        case _:
            yield from _removals(node)


def _removals(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Expr(ast.Call() | ast.Await()) | ast.AugAssign():
            yield ast.Pass()
        case ast.Assign([ast.Attribute() | ast.Subscript()]):
            yield ast.Pass()
        case ast.If(test, body, orelse) if ast.unparse(test) != "TYPE_CHECKING":
            yield from (ast.If(ast.Constant(value), body, orelse) for value in (True, False))
        case ast.IfExp(_, body, orelse):
            yield from (body, orelse)
        case ast.While(_, body, orelse):
            yield ast.While(ast.Constant(False), body, orelse)
        case ast.Return(ast.expr() as value) if ast.unparse(value) not in ("None", "False"):
            yield ast.Return(ast.Constant(None))


def _swapped(op: ast.AST) -> ast.AST:
    return _SWAPS[type(op)]()


def _become(node: ast.AST, new: ast.AST) -> None:
    place = {name: value for name, value in vars(node).items() if name.endswith(("lineno", "col_offset"))}
    vars(node).clear()
    node.__class__ = new.__class__  # type: ignore[assignment]
    vars(node).update(vars(new) | place)
