"""The examples of a call centre: run as scripts, offline, and what each does to the API."""

from __future__ import annotations

import csv
import os
import runpy
import sqlite3
import sys
import tempfile
import wave
from contextlib import closing
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any

import pytest

from examples.call_centre import (
    call_log,
    custom_llm,
    default_tools,
    fallbacks,
    inbound,
    knowledge_base,
    mcp_tool,
    outbound,
    sip_trunk,
    speaking_plans,
    variables,
    weather_tool,
    websocket_call,
)
from examples.call_centre.env import load_env, read_env
from examples.kit import Settings, offline
from vapi_async import AsyncVapi, VapiError
from vapi_async.sandbox import Sandbox, user

FOLDER = Path(call_log.__file__).parent
# What each prints, in its order.
PRINTS = {
    "outbound": ["calling   +15551234567", "ended     customer-ended-call", "AI: Hello! Were you happy"],
    "call_log": ["customer    '+15551234567", "summary     The customer asked where order 4711 is.", "The log is"],
    "variables": ["AI: Hello Ada! You have an appointment on Monday.", "AI: ¡Hola Juan! ¿Viene usted el martes?"],
    "inbound": ["waiting   ring +15550001111", "rang      +14155550123", "AI: Hello Ada! You have 2 open orders."],
    "fallbacks": ["11labs/sarah, then cartesia/", ", then vapi/Elliot", "deepgram, then assembly-ai, then gladia"],
    "speaking_plans": ["starts   0.4 s", "as livekit judges", "stops    at 2 words", "updated  1.5 s"],
    "default_tools": ['sms {"to": "+15551234567"', "transferCall", "put you through", "assistant-forwarded-call"],
    "weather_tool": ['get_weather {"city": "Lisbon"', "It is 75 degrees Fahrenheit in Lisbon.", "Atlantis"],
    "mcp_tool": ["mcp at https://mcp.example.com/mcp, by shttp", "assistant  "],
    "knowledge_base": ["handbook.md, 122 bytes: done", "searches handbook", "You can return it within 30 days."],
    "sip_trunk": ["credential    ", "phone number  ", "+15553334444"],
    "custom_llm": ["Which plan do I have? -> Hi Ada, you have the gold plan.", "AI: Hi Ada, you have the gold plan."],
    "recordings": ["saved   0000000", "2 saved, 0 there already, 1 not recorded, 0 failed"],
    "websocket_call": ["vapi.websocketCall", "heard   2.02 s", "customer-ended-call"],
}
ALL = sorted(PRINTS)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the examples write; nothing of the environment counts."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("VAPI_", "SIP_", "MCP_"))]:
        monkeypatch.delenv(name)
    return tmp_path


def script(name: str, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    """Run an example as from the command line."""
    monkeypatch.setattr(sys, "argv", [name, *arguments])
    runpy.run_path(str(FOLDER / f"{name}.py"), run_name="__main__")


def module(name: str) -> Any:
    return import_module(f"examples.call_centre.{name}")


def test_every_example_is_tested() -> None:
    runnable = [path.stem for path in FOLDER.glob("*.py") if "__main__" in path.read_text(encoding="utf-8")]
    assert sorted(runnable) == ALL


@pytest.mark.parametrize("name", ALL)
def test_it_runs_offline_and_prints(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    script(name, monkeypatch)
    printed = capsys.readouterr().out
    assert printed.startswith("Offline: nothing is sent")
    places = [printed.find(text) for text in PRINTS[name]]
    assert -1 not in places, printed
    assert places == sorted(places), printed


@pytest.mark.parametrize("name", ALL)
def test_live_it_says_first_what_it_needs_and_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SystemExit) as left:
        script(name, monkeypatch, "--live")
    said = str(left.value)
    assert "VAPI_API_KEY" in said
    assert "cost" in said or "changes nothing" in said
    needed = {field for _, field, _, _ in Formatter().parse(module(name).PLAN) if field}
    assert all(field in said for field in needed)


@pytest.mark.parametrize("name", ALL)
def test_its_docstring_says_how_to_run_it_and_what_for(name: str) -> None:
    text = module(name).__doc__
    assert f"python -m examples.call_centre.{name} --live" in text
    settings = getattr(module(name), "SETTINGS", getattr(module(name), "DIALLING", ()))
    assert [field for field in ("VAPI_API_KEY", *settings) if field not in text] == []


def test_the_page_names_every_example() -> None:
    page = (FOLDER.parents[1] / "docs" / "call-centre.md").read_text(encoding="utf-8")
    assert [name for name in ALL if f"(../examples/call_centre/{name}.py)" not in page] == []


def test_env_files_are_read() -> None:
    text = "# comment\nA=1\n export B = two words \nC=\"x=y\"\nD='#1'\nE=\n\nnothing\n#F=1\n"
    assert read_env(text) == {"A": "1", "B": "two words", "C": "x=y", "D": "#1", "E": ""}
    commented = "KEY=abc   # the key\nEMPTY=    # later\nQUOTED='a # b' # c\nURL=https://a.example/#b\n"
    assert read_env(commented) == {"KEY": "abc", "EMPTY": "", "QUOTED": "a # b", "URL": "https://a.example/#b"}


def test_the_environment_counts_before_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAPI_CALL_TO", "+15550000000")
    monkeypatch.setattr(os, "environ", dict(os.environ))
    load_env()  # no file: nothing
    (folder / ".env").write_text("VAPI_CALL_TO=+15559999999\nVAPI_ASSISTANT_ID=an-id\n")
    load_env()
    assert (os.environ["VAPI_CALL_TO"], os.environ["VAPI_ASSISTANT_ID"]) == ("+15550000000", "an-id")


async def test_the_outbound_call_is_what_the_settings_say() -> None:
    sandbox = await offline(outbound.outbound, outbound.SETTINGS, outbound.offline_assistant)
    sandbox.assert_called(
        "calls.create",
        times=1,
        assistant_id=outbound.SETTINGS["VAPI_ASSISTANT_ID"],
        phone_number_id=outbound.SETTINGS["VAPI_PHONE_NUMBER_ID"],
        customer={"number": "+15551234567"},
    )


async def test_an_outbound_call_that_nobody_answers(capsys: pytest.CaptureFixture[str]) -> None:
    def nobody(sandbox: Sandbox) -> None:
        sandbox.script(answered=False)
        outbound.offline_assistant(sandbox)

    await offline(outbound.outbound, outbound.SETTINGS, nobody)
    assert "customer-did-not-answer" in capsys.readouterr().out


async def test_the_call_log_has_a_line_for_each_call(folder: Path) -> None:
    async def twice(vapi: AsyncVapi, settings: Settings) -> None:
        await call_log.log_a_call(vapi, settings)
        await call_log.log_a_call(vapi, settings)

    def formula(sandbox: Sandbox) -> None:
        summary = {"summary": '=HYPERLINK("https://example.com")\nñ'}
        sandbox.script([user("Hello")], analysis=summary, times=2)

    sandbox = await offline(twice, call_log.SETTINGS | {"CALL_LOG": str(folder / "log.csv")}, formula, app=call_log.app)
    with (folder / "log.csv").open(newline="", encoding="utf-8") as file:
        header, *rows = csv.reader(file)
    assert header == list(call_log.COLUMNS)
    assert [row[0] for row in rows] == [call["id"] for call in sandbox.calls]
    assert {row[header.index("summary")] for row in rows} == {'\'=HYPERLINK("https://example.com")\nñ'}
    assert {row[header.index("reason")] for row in rows} == {"customer-ended-call"}


async def test_the_call_log_takes_no_report_without_the_secret(folder: Path) -> None:
    log = call_log.call_log(folder / "log.csv", "right")
    status, _, after = await log.handle(b'{"message": {"type": "end-of-call-report"}}', {"x-vapi-secret": "wrong"})
    await after()
    assert status == 401
    assert not (folder / "log.csv").exists()


async def test_variables_are_given_with_each_call_and_the_assistant_goes() -> None:
    sandbox = await offline(variables.variables, variables.DIALLING, variables.offline_customers)
    for overrides in variables.CALLS:
        sandbox.assert_called("calls.create", assistant_overrides=overrides, times=1)
    assert sandbox.objects("/assistant") == []


def caller(number: str) -> Any:
    return lambda sandbox: inbound.offline_caller(sandbox, number)


async def ring(settings: dict[str, str], number: str) -> Sandbox:
    return await offline(inbound.inbound, settings, caller(number), app=inbound.app)


@pytest.mark.parametrize(
    ("number", "greeting"),
    [
        ("+14155550123", "AI: Hello Ada! You have 2 open orders."),
        ("+14155550124", "AI: Hello Grace! You have 0 open orders."),
        ("+14155550999", "AI: Hello! Who is calling, please?"),
    ],
)
async def test_inbound_calls_are_answered_by_the_database(
    number: str, greeting: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox = await ring(inbound.SETTINGS | {"CUSTOMERS": str(folder / "customers.sqlite")}, number)
    assert greeting in capsys.readouterr().out
    assert [delivery.status for delivery in sandbox.deliveries.of("assistant-request")] == [200]


async def test_the_database_is_kept_and_read_at_each_call(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(folder / "customers.sqlite")
    inbound.make_customers(path)
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("update customer set name = 'Countess'")
    await ring(inbound.SETTINGS | {"CUSTOMERS": path}, inbound.CALLER)
    assert "Hello Countess!" in capsys.readouterr().out


async def test_the_phone_number_gets_back_what_it_had(folder: Path) -> None:
    old = {
        "provider": "vapi",
        "assistantId": "an-assistant",
        "squadId": None,
        "server": {"url": "https://example.com/old"},
    }

    async def flow(vapi: AsyncVapi, settings: Settings) -> None:
        await vapi.phone_numbers.update(settings["VAPI_PHONE_NUMBER_ID"], old)
        await inbound.inbound(vapi, settings)

    settings = inbound.SETTINGS | {"CUSTOMERS": str(folder / "customers.sqlite")}
    sandbox = await offline(flow, settings, inbound.offline_caller, app=inbound.app)
    _, mine, last = sandbox.assert_called("PATCH /phone-number/{id}", times=3)
    assert (mine.body["assistantId"], mine.body["squadId"]) == (None, None)
    assert mine.body["server"]["headers"] == {"X-Vapi-Secret": settings["VAPI_SERVER_SECRET"]}
    assert last.body == old
    (number,) = sandbox.objects("/phone-number")
    assert {key: number.get(key) for key in old} == old


@pytest.mark.parametrize(
    ("flow", "operation", "expected"),
    [
        (fallbacks.fallbacks, "assistants.create", {"voice": fallbacks.VOICE, "transcriber": fallbacks.TRANSCRIBER}),
        (
            speaking_plans.speaking_plans,
            "assistants.create",
            {"start_speaking_plan": speaking_plans.START, "stop_speaking_plan": speaking_plans.STOP},
        ),
        (speaking_plans.speaking_plans, "assistants.update", {"startSpeakingPlan": {"waitSeconds": 1.5}}),
        (mcp_tool.mcp_tool, "tools.create", {"type": "mcp", "metadata": {"protocol": "shttp"}}),
        (knowledge_base.knowledge_base, "tools.create", {"type": "query", "function": {"name": "search_handbook"}}),
    ],
)
async def test_it_makes_what_it_says_and_leaves_nothing(flow: Any, operation: str, expected: dict[str, Any]) -> None:
    example = sys.modules[flow.__module__]
    sandbox = await offline(flow, getattr(example, "SETTINGS", {}), getattr(example, "offline_answer", None))
    sandbox.assert_called(operation, times=1, **expected)
    assert [sandbox.objects(path) for path in ("/assistant", "/tool", "/file", "/chat")] == [[], [], [], []]


async def test_the_file_is_deleted_also_when_there_is_no_answer() -> None:
    kept: list[Sandbox] = []

    def broken(sandbox: Sandbox) -> None:
        sandbox.fail("chats.create", status=400)
        kept.append(sandbox)

    with pytest.raises(VapiError):
        await offline(knowledge_base.knowledge_base, {}, broken)
    assert [kept[0].objects(path) for path in ("/assistant", "/tool", "/file")] == [[], [], []]


async def test_the_default_tools_need_no_server() -> None:
    sandbox = await offline(default_tools.use_default_tools, default_tools.SETTINGS, default_tools.offline_customer)
    (record,) = sandbox.assert_called("calls.create", times=1)
    tools = record.body["assistant"]["model"]["tools"]
    assert [tool["type"] for tool in tools] == ["dtmf", "sms", "transferCall", "endCall"]
    assert sandbox.calls[0]["destination"]["number"] == default_tools.SETTINGS["VAPI_TRANSFER_TO"]


@pytest.mark.parametrize(
    ("arguments", "result"),
    [
        ({"city": "Lisbon"}, {"result": "It is 24 degrees Celsius in Lisbon."}),
        ({"city": "Oslo", "unit": "fahrenheit"}, {"result": "It is 27 degrees Fahrenheit in Oslo."}),
        ({"city": "Atlantis"}, {"error": "I do not know the weather in Atlantis."}),
    ],
)
async def test_the_weather_tool_answers(arguments: dict[str, str], result: dict[str, str]) -> None:
    def ask(sandbox: Sandbox) -> None:
        sandbox.script(tool_calls=[("get_weather", arguments)])

    sandbox = await offline(weather_tool.ask_for_the_weather, weather_tool.SETTINGS, ask, app=weather_tool.app)
    (delivery,) = sandbox.deliveries.of("tool-calls")
    (answered,) = delivery.reply["results"]
    assert answered.items() >= result.items()


async def test_the_weather_tool_tells_its_parameters() -> None:
    (tool,) = weather_tool.app(weather_tool.SETTINGS).tool_definitions("https://example.com")
    unit = tool["function"]["parameters"]["properties"]["unit"]
    assert unit["enum"] == ["celsius", "fahrenheit"]
    assert tool["function"]["parameters"]["required"] == ["city"]


async def test_a_number_is_made_on_the_trunk_and_both_go() -> None:
    sandbox = await offline(sip_trunk.sip_trunk, sip_trunk.SETTINGS)
    (credential,) = sandbox.assert_called("POST /credential", times=1, provider="byo-sip-trunk")
    assert credential.body["gateways"][0]["ip"] == sip_trunk.SETTINGS["SIP_GATEWAY"]
    sandbox.assert_called("phone_numbers.create", times=1, provider="byo-phone-number", number="+15553334444")
    assert sandbox.objects("/credential") == sandbox.objects("/phone-number") == []


async def test_the_call_has_the_custom_model() -> None:
    sandbox = await offline(custom_llm.talk_to_it, custom_llm.SETTINGS, custom_llm.offline_customer, app=custom_llm.app)
    (record,) = sandbox.assert_called("calls.create", times=1)
    model = record.body["assistant"]["model"]
    assert (model["provider"], model["url"]) == ("custom-llm", custom_llm.SETTINGS["VAPI_SERVER_URL"])
    assert model["headers"] == {"Authorization": f"Bearer {custom_llm.SETTINGS['VAPI_SERVER_SECRET']}"}


async def test_the_websocket_call_sends_a_tone_and_records_what_comes(folder: Path) -> None:
    path = folder / "heard.wav"
    sandbox = await offline(websocket_call.websocket_call, {"HEARD": str(path)})
    sandbox.assert_called("calls.create", times=1, transport={"provider": "vapi.websocket"})
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (16000, 1, 2)
        heard = file.readframes(file.getnframes())
    assert b"".join(websocket_call.tone(440, websocket_call.SECONDS)) in heard  # the sandbox sends back what it hears
    assert sandbox.calls[0]["status"] == "ended"
