"""The names table: it fits this package, and the page in docs is made of it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.migrate.names_page import PAGE, page
from vapi_async import AsyncVapi, __all__ as public, models
from vapi_async.migrate import names

TABLE = names.table()


@pytest.mark.parametrize("new", sorted({new for new in TABLE["methods"].values() if new and ":" not in new}))
def test_methods_exist(new: str) -> None:
    thing: Any = AsyncVapi("token")
    for name in new.split("."):
        thing = getattr(thing, name)
    assert callable(thing)
    assert names.parameters(new)


def test_types_exist() -> None:
    ours = {*TABLE["types"].values(), *(name for group in TABLE["variants"] for name in group["classes"].values())}
    assert ours <= set(dir(models))


def test_no_type_is_listed_that_has_the_same_name_here() -> None:
    assert all(old != new for old, new in TABLE["types"].items())


def test_other_names_exist() -> None:
    for new in names.OTHERS.values():
        for module, name in re.findall(r"(vapi_async(?:\.models)?)\.([A-Z]\w+)", new):
            assert name in (public if module == "vapi_async" else dir(models)), new


def test_older_contracts_are_the_ones_that_the_client_names() -> None:
    for new in TABLE["methods"].values():
        package, colon, name = (new or "").partition(":")
        if colon and not name.startswith("v2."):
            with pytest.raises(AttributeError, match=f"{package}|2025-12-16"):
                getattr(AsyncVapi("token"), name.partition(".")[0])


def test_the_page_is_made_of_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(TABLE), "python -m tests.migrate.facts writes it"
