"""Tools as people write them: one function for each feature of a signature, with arguments and what it returns."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field as field_of_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Optional, TypedDict
from uuid import UUID

import attrs
from annotated_types import Ge, Interval, Len
from pydantic import AfterValidator, BaseModel, Field, HttpUrl, RootModel, StringConstraints
from typing_extensions import Doc

from vapi_async.webhooks import ToolContext, ToolResult

UserId = NewType("UserId", int)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Guest(BaseModel):
    name: str = Field(description="as on the card", min_length=1)
    age: int | None = Field(None, ge=0)


class Booking(BaseModel):
    guests: list[Guest]
    when: date
    contact: HttpUrl | None = None
    note: str = Field("-", alias="remark")


class Cat(BaseModel):
    kind: Literal["cat"]
    lives: int = 9


class Dog(BaseModel):
    kind: Literal["dog"]
    tricks: list[str] = []


class Names(RootModel[list[str]]):
    pass


class Point(NamedTuple):
    x: float
    y: float = 0.0


@dataclass
class Room:
    beds: int
    view: Literal["sea", "yard"] = "yard"


@attrs.define
class Table:
    seats: int


class Address(TypedDict):
    street: str
    floor: NotRequired[int]


@dataclass
class Folder:
    name: str
    inner: list[Folder] = field_of_dataclass(default_factory=list)


def _even(value: int) -> int:
    if value % 2:
        raise ValueError(f"{value} is odd")
    return value


def text(a: str) -> str:
    return a


def whole(a: int) -> int:
    return a


def fraction(a: float) -> float:
    return a


def truth(a: bool) -> bool:
    return a


def money(a: Decimal) -> Decimal:
    return a


def day(a: date) -> date:
    return a


def moment(a: datetime) -> datetime:
    return a


def clock(a: time) -> time:
    return a


def lasting(a: timedelta) -> timedelta:
    return a


def identity(a: UUID) -> UUID:
    return a


def content(a: bytes) -> str:
    return a.decode()


def place(a: Path) -> Path:
    return a


def link(a: HttpUrl) -> HttpUrl:
    return a


def choice(a: Literal["s", "m"]) -> str:
    return a


def enum(a: Colour) -> Colour:
    return a


def optional(a: int | None) -> int | None:
    return a


def optional_old(a: Optional[int] = None) -> Any:  # noqa: UP045 - as many still write it
    return a


def defaulted(a: int = 7) -> int:
    return a


def described(a: Annotated[int, "how many"]) -> int:
    return a


def documented(a: Annotated[int, Doc("how many")]) -> int:
    return a


def field(a: Annotated[int, Field(description="how many", ge=1, le=9)]) -> int:
    return a


def field_as_default(a: int = Field(9, description="how many", ge=1)) -> int:
    return a


def field_required(a: int = Field(description="how many")) -> int:
    return a


def bounded(a: Annotated[int, Ge(1), Interval(lt=5)]) -> int:
    return a


def sized(a: Annotated[list[int], Len(1, 2)]) -> list[int]:
    return a


def patterned(a: Annotated[str, StringConstraints(pattern="^[A-Z]{2}$")]) -> str:
    return a


def validated(a: Annotated[int, AfterValidator(_even)]) -> int:
    return a


def either(a: int | str) -> str:
    return repr(a)


def day_or_text(a: date | str) -> str:
    return type(a).__name__


def pets(a: Cat | Dog) -> str:
    return type(a).__name__


def many(a: list[int]) -> list[int]:
    return a


def sequence(a: Sequence[str]) -> Sequence[str]:
    return a


def unique(a: set[int]) -> set[int]:
    return a


def queue(a: deque[int]) -> list[int]:
    return list(a)


def fixed(a: tuple[int, str]) -> tuple[int, str]:
    return a


def homogeneous(a: tuple[int, ...]) -> tuple[int, ...]:
    return a


def mapping(a: dict[str, int]) -> Mapping[str, int]:
    return a


def numbered(a: dict[int, str]) -> list[Any]:
    return list(a)


def model(a: Guest) -> Guest:
    return a


def nested(a: Booking) -> Booking:
    return a


def models(a: list[Guest]) -> list[Guest]:
    return a


def root(a: Names) -> Names:
    return a


def dataclass_(a: Room) -> Room:
    return a


def attrs_(a: Table) -> Table:
    return a


def typed_dict(a: Address) -> Address:
    return a


def named_tuple(a: Point) -> float:
    return a.x + a.y


def recursive(a: Folder) -> str:
    return a.inner[0].name


def new_type(a: UserId) -> UserId:
    return a


def anything(a: Any) -> Any:
    return [a]


def untyped(a):  # type: ignore[no-untyped-def]
    return [a]


def context(a: int, context: ToolContext) -> str:
    return f"{a} {context.invocation.name}"


def keywords(**arguments: Any) -> dict[str, Any]:
    return arguments


def keyword_only(*, a: int) -> int:
    return a


def told(a: int) -> ToolResult:
    return ToolResult(a, message="Done.")


async def asynchronous(a: int) -> int:
    return a


WORKING: list[tuple[Any, Any, str]] = [
    (text, "x", "x"),
    (whole, 5, "5"),
    (fraction, ".5", "0.5"),
    (truth, "true", "true"),
    (money, "12.50", "12.50"),
    (day, "2026-12-31", "2026-12-31"),
    (moment, "2026-12-31T18:30:00", "2026-12-31T18:30:00"),
    (clock, "18:30", "18:30:00"),
    (lasting, "PT1H30M", "5400.0"),
    (identity, "3f2b7c1e-9d4a-4b6f-8a51-0c2d3e4f5a6b", "3f2b7c1e-9d4a-4b6f-8a51-0c2d3e4f5a6b"),
    (content, "aGVs\nbG8", "hello"),
    (place, "/a/b", "/a/b"),
    (link, "https://example.com/a", "https://example.com/a"),
    (choice, "m", "m"),
    (enum, "red", "red"),
    (optional, "null", "Success."),
    (optional_old, "", "Success."),
    (defaulted, "", "7"),
    (described, 5, "5"),
    (documented, 5, "5"),
    (field, "9", "9"),
    (field_as_default, None, "9"),
    (field_required, 3, "3"),
    (bounded, 4, "4"),
    (sized, [1], "[1]"),
    (patterned, "AB", "AB"),
    (validated, "4", "4"),
    (either, "5", "'5'"),
    (day_or_text, "2026-12-31", "date"),
    (pets, {"kind": "dog", "tricks": ["sit"]}, "Dog"),
    (many, "[1, 2]", "[1,2]"),
    (sequence, ["a"], '["a"]'),
    (unique, [1, "1"], "[1]"),
    (queue, [1], "[1]"),
    (fixed, [1, "a"], '[1,"a"]'),
    (homogeneous, [1, 2], "[1,2]"),
    (mapping, {"a": "1"}, '{"a":1}'),
    (numbered, {"1": "a"}, "[1]"),
    (model, {"name": "Ann", "age": "31"}, '{"name":"Ann","age":31}'),
    (
        nested,
        {"guests": [{"name": "Ann"}], "when": "2026-12-31", "contact": "https://a.example/", "remark": "x"},
        '{"guests":[{"name":"Ann","age":null}],"when":"2026-12-31","contact":"https://a.example/","note":"x"}',
    ),
    (models, [{"name": "Ann"}], '[{"name":"Ann","age":null}]'),
    (root, ["a"], '["a"]'),
    (dataclass_, {"beds": 2}, '{"beds":2,"view":"yard"}'),
    (attrs_, {"seats": "2"}, '{"seats":2}'),
    (typed_dict, {"street": "Main"}, '{"street":"Main"}'),
    (named_tuple, {"x": 1}, "1.0"),
    (recursive, {"name": "a", "inner": [{"name": "b"}]}, "b"),
    (new_type, 5, "5"),
    (anything, None, "[null]"),
    (untyped, {"b": 1}, '[{"b":1}]'),
    (context, 1, "1 tool"),
    (keywords, 1, '{"a":1}'),
    (keyword_only, 1, "1"),
    (told, 1, "1"),
    (asynchronous, 1, "1"),
]
