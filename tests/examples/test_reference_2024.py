"""docs/migration/reference-2024.md: each method of its table exists, takes those parameters, and answers."""

from __future__ import annotations

import importlib
import inspect
import re
import warnings
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

import vapi_async
from tests.products import importable, older_package
from vapi_async._lists import Pager
from vapi_async.sandbox import Sandbox

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "migration" / "reference-2024.md"
TODAY = "today"
CODE = re.compile(r"`([^`]+)`")
TIMES = [f"{what}_at_{how}" for what in ("created", "updated") for how in ("gt", "lt", "ge", "le")]
LISTS = ["assistants", "blocks", "calls", "knowledge_bases", "phone_numbers", "squads", "tools"]
CRUD = ["create", "delete", "get", "list", "update"]

WEATHER = {"name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
STEP = {"type": "handoff", "name": "ask", "block": {"type": "conversation", "instruction": "Ask.", "name": "ask"}}
BODIES: dict[str, Any] = {
    "blocks.create": {"type": "conversation", "instruction": "Ask for the date.", "name": "date"},
    "blocks.update": {"name": "day"},
    "knowledge_bases.create": {"provider": "custom-knowledge-base", "server": {"url": "https://example.com/search"}},
    "knowledge_bases.update": {"server": {"url": "https://example.com/find"}},
    "phone_numbers.create": {"provider": "vapi", "sipUri": "sip:reception@sip.vapi.ai"},
    "phone_numbers.update": {"provider": "vapi", "name": "Desk"},
    "tools.create": {"type": "function", "function": WEATHER},
    "tools.update": {"type": "function", "function": WEATHER},
}
ASSISTANT = {"name": "Reception", "firstMessage": "Hello."}
SAMPLES: dict[str, Any] = {
    "analysis_plan": {"minMessagesThreshold": 2},
    "artifact_plan": {"recordingEnabled": True},
    "assistant": ASSISTANT,
    "assistant_overrides": {"variableValues": {"name": "Ada"}},
    "async_": False,
    "background_denoising_enabled": True,
    "background_sound": "off",
    "client_messages": ["transcript"],
    "credential_ids": ["7bd0f6d2-6c0e-4dff-9b76-ff5b44aa3d01"],
    "credentials": [],
    "customer": {"number": "+14155550100"},
    "customer_id": "7bd0f6d2-6c0e-4dff-9b76-ff5b44aa3d02",
    "end_call_message": "Bye.",
    "end_call_phrases": ["goodbye"],
    "fallback_destination": {"type": "number", "number": "+14155550100"},
    "file": ("notes.txt", b"Opening hours: 9 to 5."),
    "first_message": "Hello.",
    "first_message_mode": "assistant-speaks-first",
    "function": WEATHER,
    "hipaa_enabled": False,
    "input_schema": {"type": "object"},
    "instruction": "Ask for the day.",
    "limit": 5,
    "max_duration_seconds": 60,
    "members": [{"assistant": ASSISTANT}],
    "members_overrides": {"firstMessage": "Hi."},
    "message_plan": {"idleMessages": ["Are you there?"]},
    "messages": [],
    "metadata": {"team": "support"},
    "model": {"provider": "openai", "model": "gpt-4o"},
    "model_output_in_messages_enabled": False,
    "monitor_plan": {"listenEnabled": True},
    "name": "Reception",
    "org_id": "7bd0f6d2-6c0e-4dff-9b76-ff5b44aa3d03",
    "output_schema": {"type": "object"},
    "page": 1,
    "phone_number": {
        "twilioPhoneNumber": "+14155550101",
        "twilioAccountSid": "AC0",
        "twilioAuthToken": "secret",
    },
    "queries": [
        {"table": "call", "name": "calls", "operations": [{"operation": "count", "column": "id"}]},
    ],
    "server": {"url": "https://example.com/vapi"},
    "server_messages": ["end-of-call-report"],
    "server_url": "https://example.com/vapi",
    "server_url_secret": "secret",
    "silence_timeout_seconds": 30,
    "sort_order": "DESC",
    "squad": {"members": [{"assistant": ASSISTANT}]},
    "start_speaking_plan": {"waitSeconds": 0.4},
    "steps": [STEP],
    "stop_speaking_plan": {"numWords": 0},
    "tool": {"type": "function", "function": WEATHER},
    "transcriber": {"provider": "deepgram", "model": "nova-2"},
    "transport_configurations": [{"provider": "twilio", "timeout": 60}],
    "type": "API",
    "voice": {"provider": "azure", "voiceId": "andrew"},
    "voicemail_detection": {"provider": "twilio"},
    "voicemail_message": "Please call back.",
    "webhook_type": "status-update",
    **{name: datetime(2024 if "_at_g" in name else 2027, 1, 1, tzinfo=UTC) for name in TIMES},
}
CHOICES = [
    ["assistant_id", "assistant", "squad_id", "squad"],
    ["phone_number_id", "phone_number"],
    ["customer", "customer_id"],
    *([f"{what}_at_g{how}" for how in "te"] for what in ("created", "updated")),
    *([f"{what}_at_l{how}" for how in "te"] for what in ("created", "updated")),
]  # of which a request has one each
NEEDED = {("files.list", TODAY): {"purpose": "assistant"}}  # what today's contract wants besides
OBJECTS = {
    "assistants": "/assistant",
    "blocks": "/block",
    "calls": "/call",
    "files": "/file",
    "knowledge_bases": "/knowledge-base",
    "phone_numbers": "/phone-number",
    "squads": "/squad",
    "tools": "/tool",
}


@frozen
class Row:
    """One row of the table.

    Attributes:
        there: the method's name in December 2024.
        here: its name here.
        parameters: what it takes.
        places: contract → the parameters that it lacks there.
    """

    there: str
    here: str
    parameters: tuple[str, ...]
    places: dict[str, set[str]]


def rows() -> Iterator[Row]:
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 5 and CODE.match(cells[0]):
            parameters = (*CODE.findall(cells[1]), *(TIMES if "and the times" in cells[1] else ()))
            older = cells[4].partition(" ")[0]
            places = {older: set(CODE.findall(cells[4]))}
            if cells[3] != "no":
                places[TODAY] = set(CODE.findall(cells[3]))
            yield Row(cells[0].strip("`"), cells[2].strip("`"), parameters, places)


ROWS = list(rows())
CASES = [
    pytest.param(row, place, id=f"{row.there}-{place}-{len(row.parameters)}") for row in ROWS for place in row.places
]


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The folder of each contract's package."""
    found = {TODAY: Path(vapi_async.__file__).parent}
    with ExitStack() as stack:
        for contract in ("2024-12-10", "2025-08-22"):
            folder, package = older_package(tmp_path_factory, contract), f"vapi_{contract[:4]}"
            stack.enter_context(importable(folder, package))
            found[contract] = folder / package
        yield found


def test_the_table_has_every_method() -> None:
    names = {row.there for row in ROWS}
    expected = {f"{resource}.{method}" for resource in [*LISTS, "files"] for method in CRUD}
    assert names == expected | {"analytics.get", "logs.get", "logs.logging_controller_logs_delete_query"}
    assert all(set(TIMES) <= set(row.parameters) for row in ROWS if row.there in [f"{name}.list" for name in LISTS])


def test_each_parameter_is_somewhere() -> None:
    for row in ROWS:
        nowhere = set.intersection(*row.places.values())
        assert nowhere <= {"org_id"}, row


@pytest.mark.parametrize(("row", "place"), CASES)
async def test_the_method_takes_its_parameters_and_answers(row: Row, place: str, packages: dict[str, Path]) -> None:
    folder = packages[place]
    module = importlib.import_module(folder.name)
    # The samples of the reference have members that its own schemas lack, such as the type of a tool that is changed.
    async with Sandbox(contract=folder, unknown="accept") as sb:
        resource, _, name = row.here.partition(".")
        vapi = sb.client(module.AsyncVapi)
        method = getattr(getattr(vapi, resource), name)
        assert set(row.parameters) - set(inspect.signature(method).parameters) == row.places[place]
        for some in ways(arguments(row, row.places[place], sb, vapi)):
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", ".* /logs is deprecated", DeprecationWarning)
                await answered(method(**some, **NEEDED.get((row.there, place), {})))
            assert sb.requests[-1].status // 100 == 2


def arguments(row: Row, lacking: set[str], sb: Sandbox, vapi: Any) -> dict[str, Any]:
    """A value for each parameter; ids are those of things that there are."""
    made = {name: sb.add(path, {"name": "x", "members": []}) for name, path in OBJECTS.items() if hasattr(vapi, name)}
    ids = {name: value["id"] for name, value in made.items()}
    values = {**SAMPLES, **{f"{name.removesuffix('s')}_id": made_id for name, made_id in ids.items()}}
    values |= {"id": ids.get(row.there.partition(".")[0]), "request": BODIES.get(row.there)}
    return {name: values[name] for name in row.parameters if name not in lacking}


def ways(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All arguments, over as many calls as the choices between them need."""
    choices = [[name for name in choice if name in given] for choice in CHOICES]
    for turn in range(max(1, *map(len, choices))):
        out = {choice[turn % len(choice)] for choice in choices if choice}
        yield {name: value for name, value in given.items() if name in out or not any(name in c for c in choices)}


async def answered(pending: Any) -> None:
    if isinstance(pending, Pager):
        async for page in pending.pages():
            assert len(page) >= 0
    else:
        await pending
