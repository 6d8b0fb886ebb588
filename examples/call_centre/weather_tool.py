"""A tool of your own: the assistant asks a server for the weather, and the server asks a weather service.

    python -m examples.call_centre.weather_tool          offline
    python -m examples.call_centre.weather_tool --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID, VAPI_CALL_TO,
                                                         VAPI_SERVER_URL (of a tunnel to port 8000), VAPI_SERVER_SECRET

The weather service is a stand-in inside this process, in either case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import httpx
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from examples.call_centre.conversation import show
from examples.call_centre.tunnel import SERVER, server
from examples.kit import DIALLING, Settings, run
from vapi_async.sandbox import tool, user
from vapi_async.webhooks import ToolError, Webhooks, shared_secret

if TYPE_CHECKING:
    from starlette.requests import Request

    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This calls {VAPI_CALL_TO} from phone number {VAPI_PHONE_NUMBER_ID}, which costs money: ask for the weather in Lisbon.
The tool is served at {VAPI_SERVER_URL}. The call stays in your call log."""
SETTINGS = {**DIALLING, **SERVER}

CELSIUS = {"Lisbon": 24, "Oslo": -3}


async def forecast(request: Request) -> JSONResponse:
    """The stand-in: `GET /forecast?city=Lisbon`."""
    city = request.query_params["city"]
    if city not in CELSIUS:
        return JSONResponse({"error": "unknown city"}, 404)
    return JSONResponse({"city": city, "celsius": CELSIUS[city]})


def stand_in() -> httpx.AsyncClient:
    """Return a client of the stand-in; that of a real service would be `httpx.AsyncClient(base_url=...)`."""
    service = Starlette(routes=[Route("/forecast", forecast)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(service), base_url="https://weather.example", timeout=5)


def weather(service: httpx.AsyncClient, secret: str) -> Webhooks:
    """Make the ASGI app with the tool.

    Args:
        service: The weather service.
        secret: What Vapi sends in X-Vapi-Secret.
    """
    hooks = Webhooks(verify=shared_secret(secret))

    @hooks.tool("get_weather", timeout=10)
    async def get_weather(city: str, unit: Literal["celsius", "fahrenheit"] = "celsius") -> str:
        """The weather in a city, now.

        Args:
            city: its English name.
            unit: that of the temperature.
        """
        answer = await service.get("/forecast", params={"city": city})
        if answer.status_code == 404:
            raise ToolError(f"I do not know the weather in {city}.")  # is spoken; other exceptions stay inside
        degrees = answer.raise_for_status().json()["celsius"]
        if unit == "fahrenheit":
            degrees = round(degrees * 9 / 5 + 32)
        return f"It is {degrees} degrees {unit.title()} in {city}."

    return hooks


def app(settings: Settings) -> Webhooks:
    """The app of this example's settings."""
    return weather(stand_in(), settings["VAPI_SERVER_SECRET"])


async def ask_for_the_weather(vapi: AsyncVapi, settings: Settings) -> None:
    """Place a call with an assistant that has the tool."""
    # Name, parameters and description follow from the function's types and docstring.
    tools = app(settings).tool_definitions(server(settings))
    call = await vapi.calls.create(
        name="Weather",
        assistant={
            "firstMessage": "Hello! Which city's weather would you like to know?",
            "model": {"provider": "openai", "model": "gpt-4o", "tools": tools},
            "maxDurationSeconds": 120,
        },
        phone_number_id=settings["VAPI_PHONE_NUMBER_ID"],
        customer={"number": settings["VAPI_CALL_TO"]},
    )
    show(await vapi.calls.wait(call))


def offline_customer(sandbox: Sandbox) -> None:
    """Somebody who asks about two cities, one of which is unknown."""
    talk = [
        user("What is it like in Lisbon?"),
        tool("get_weather", city="Lisbon", unit="fahrenheit"),
        ("assistant", "{result}"),
        user("And in Atlantis?"),
        tool("get_weather", city="Atlantis"),
        ("assistant", "Sorry, I do not know the weather there."),
    ]
    sandbox.script(talk)


if __name__ == "__main__":
    run(ask_for_the_weather, plan=PLAN, settings=SETTINGS, prepare=offline_customer, app=app)
