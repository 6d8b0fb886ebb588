"""The outermost group: resources, and the programs of this package."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec

import click

from vapi_async import __version__

from .resources import ResourceGroup, Sections, resource_names, spoken, summary_of
from .settings import shared_options

_HELP = """Vapi from the command line.

\b
  vapi-async calls list --since 7d
  vapi-async assistants create @assistant.json
  vapi-async calls place --to +15551234567 --assistant ID --from PHONE_NUMBER_ID
  vapi-async calls list --sandbox            without a key: nothing is sent

VAPI_API_KEY is the key. VAPI_LOG=info or debug tells what is sent.
"""
EXIT_CODES = (
    "exit code: 0 done, 1 failed, 2 wrong usage, 3 no token or one that may not, 4 not found, "
    "5 no answer or a refusal for now: try again, 130 interrupted"
)
_PROGRAMS = {
    "sandbox": ("vapi_async.sandbox.__main__", "Serve a Vapi to test against, on a port."),
    "migrate": ("vapi_async.migrate.__main__", "Report what to change in code that uses vapi_server_sdk."),
    "codegen": ("vapi_async.codegen.__main__", "Generate a client from another contract."),
}


class Root(Sections):
    """All commands."""

    def sections(self) -> Mapping[str, list[str]]:
        return {
            "Resources": [spoken(name) for name in resource_names(_client_class())],
            "Programs": [*_PROGRAMS, "completion"],
        }

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if found := super().get_command(ctx, cmd_name):
            return found
        name = cmd_name.replace("-", "_")
        if name not in resource_names(_client_class()):
            return None
        summary = summary_of(getattr(_client_class(), name))
        return ResourceGroup((name,), summary, _of_calls() if name == "calls" else None)


def _client_class() -> type:
    from vapi_async import AsyncVapi

    return AsyncVapi


def _of_calls() -> dict[str, click.Command]:
    from . import export, place, tail

    return {"export": export.command(), "place": place.command(), "tail": tail.command()}


def make_root() -> click.Group:
    """Return the group that the program is."""
    root = Root("vapi-async", help=_HELP, epilog=EXIT_CODES, params=shared_options(), no_args_is_help=True)
    root.context_settings["max_content_width"] = 100
    root.params.append(_version())
    for name, (module, summary) in _PROGRAMS.items():
        root.add_command(_program(name, module, summary))
    root.add_command(_completion(root))
    return root


def _version() -> click.Parameter:
    def show(context: click.Context, _: click.Parameter, value: bool) -> None:
        if value:
            click.echo(__version__)
            context.exit()

    return click.Option(
        ["--version"], is_flag=True, is_eager=True, expose_value=False, callback=show, help="Show the version."
    )


def _program(name: str, module: str, summary: str) -> click.Command:
    """Return a command that hands all of its arguments to a program of this package."""

    def callback(arguments: tuple[str, ...]) -> int:
        if find_spec(module.rpartition(".")[0]) is None:
            raise click.ClickException(f"a checkout runs it as `python -m {name}`")
        before, sys.argv = sys.argv, [f"vapi-async {name}", *arguments]
        try:
            return int(import_module(module).main([*arguments]))
        finally:
            sys.argv = before

    everything = click.Argument(["arguments"], nargs=-1, type=click.UNPROCESSED)
    return click.Command(
        name,
        help=summary,
        callback=callback,
        params=[everything],
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )


def _completion(root: click.Group) -> click.Command:
    def callback(shell: str) -> None:
        from click.shell_completion import get_completion_class

        found = get_completion_class(shell)
        assert found is not None
        click.echo(found(root, {}, "vapi-async", "_VAPI_ASYNC_COMPLETE").source())

    shells = click.Argument(["shell"], type=click.Choice(("bash", "zsh", "fish")))
    help_ = 'Print what completes commands in a shell: eval "$(vapi-async completion bash)"'
    return click.Command("completion", help=help_, callback=callback, params=[shells])
