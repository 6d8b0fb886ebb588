"""`Settings`: what every command takes, before its name or after it."""

from __future__ import annotations

from typing import Any, Literal

import click

Format = Literal["table", "json", "jsonl", "csv"]
_FORMATS = ("table", "json", "jsonl", "csv")


class Settings:
    """What was said about the client and the form of the answer.

    Attributes:
        sandbox: whether a sandbox in this process answers, in place of the API.
        base_url: where the API is.
        region: "us" or "eu".
        format: the form of the answer; None for the one that fits.
    """

    def __init__(self) -> None:
        self.sandbox = False
        self.base_url: str | None = None
        self.region: str | None = None
        self.format: Format | None = None


def settings_of(context: click.Context) -> Settings:
    """Return the settings of a run."""
    settings: Settings = context.ensure_object(Settings)
    return settings


def shared_options() -> list[click.Parameter]:
    """Return the options that set them: new ones for each command."""
    return [
        _option("--sandbox", is_flag=True, help="Try it in a sandbox in this process: no key, no network."),
        _option("--base-url", metavar="URL", help="Where the API is; as VAPI_BASE_URL."),
        _option("--region", type=click.Choice(("us", "eu")), help="Whose API it is; in place of --base-url."),
        _option(
            "--format", type=click.Choice(_FORMATS), help="How to write the answer. For lists: table, in a pipe jsonl."
        ),
    ]


def _option(name: str, **facts: Any) -> click.Option:
    return click.Option([name], callback=_keep, expose_value=False, **facts)


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value and parameter.name:
        setattr(settings_of(context), parameter.name, value)
