"""`calls place`: dials, but asks first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .execution import run_with_client
from .output import write_value
from .resources import confirm
from .settings import settings_of, shared_options
from .values import Moment

if TYPE_CHECKING:
    from datetime import datetime

    from vapi_async import AsyncVapi


def command() -> click.Command:
    """Return the command."""
    return click.Command(
        "place",
        help="Dial a number and let an assistant talk; asks before it does, unless --yes.",
        callback=_place,
        no_args_is_help=True,
        params=[
            click.Option(
                ["--to"], multiple=True, required=True, help="The number to dial, +15551234567; several call all."
            ),
            click.Option(["--assistant"], metavar="ID", help="The assistant that talks."),
            click.Option(["--squad"], metavar="ID", help="The squad that talks, in place of an assistant."),
            click.Option(["--from", "from_"], metavar="ID", required=True, help="The phone number to call from."),
            click.Option(["--name"], help="What to call the call."),
            click.Option(["--set", "variables"], multiple=True, metavar="NAME=VALUE", help="A value for {{NAME}}."),
            click.Option(["--at"], type=Moment(spans=False), help="When to dial. [now]"),
            click.Option(["--wait"], is_flag=True, help="Wait until it has ended, and show how it went."),
            click.Option(["-y", "--yes"], is_flag=True, help="Dial without asking."),
            *shared_options(),
        ],
    )


@click.pass_context
def _place(context: click.Context, /, **given: Any) -> None:
    if bool(given["assistant"]) == bool(given["squad"]):
        raise click.UsageError("give --assistant or --squad, one of them")
    if given["wait"] and (len(given["to"]) > 1 or given["at"]):
        raise click.UsageError("--wait is for one call that is dialled now")
    fields = _fields(given)
    if not given["yes"]:
        confirm(_question(given))
    settings = settings_of(context)

    async def work(client: AsyncVapi) -> None:
        call: Any = await client.calls.create(fields)
        if given["wait"]:
            call = await client.calls.wait(call["id"], timeout=None)
        write_value(call, settings.format or "json")

    run_with_client(settings, work)


def _question(given: dict[str, Any]) -> str:
    when = f" at {given['at'].isoformat()}" if given["at"] else ""
    who = f"assistant {given['assistant']}" if given["assistant"] else f"squad {given['squad']}"
    return f"This dials {', '.join(given['to'])}{when} from {given['from_']}, with {who}. Go on?"


def _fields(given: dict[str, Any]) -> dict[str, Any]:
    """Return the body of the request."""
    customers = [{"number": number} for number in given["to"]]
    who = {"assistantId": given["assistant"]} if given["assistant"] else {"squadId": given["squad"]}
    overrides = {"variableValues": dict(map(_variable, given["variables"]))} if given["variables"] else None
    fields = {
        **who,
        "phoneNumberId": given["from_"],
        "name": given["name"],
        "customer": customers[0] if len(customers) == 1 else None,
        "customers": customers if len(customers) > 1 else None,
        "assistantOverrides" if given["assistant"] else "squadOverrides": overrides,
        "schedulePlan": _schedule(given["at"]),
    }
    return {name: value for name, value in fields.items() if value is not None}


def _variable(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--set")
    return name, value


def _schedule(moment: datetime | None) -> dict[str, str] | None:
    return None if moment is None else {"earliestAt": moment.isoformat(timespec="milliseconds")}
