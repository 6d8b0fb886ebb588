"""The groups and commands of the resources, made from the methods of a client when they are asked for.

Every public method of every resource is a command: what the contract has, and what is written by hand beside it. Names
are those of the methods with `-` for `_`.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from typing import Any

import click

from vapi_async._did_you_mean import did_you_mean

from .execution import run
from .parameters import START_OPTIONS, arguments, parameters
from .settings import settings_of, shared_options

#: What dials: it is asked about before, unless --yes.
_DIALS = {
    ("calls", "create"),
    ("calls", "create_phone"),
    ("campaigns", "create"),
    ("v2", "campaigns", "create"),
}
_SHOWN = 100
_OF_PAGERS = ": await the pager for one page, or iterate over it for every item."
_NO_COMMANDS = ("connect_audio",)  # a line for audio, both ways at once

Path = tuple[str, ...]


@cache
def _catalogue() -> Any:
    """Return a client to look at; nothing is sent with it."""
    from vapi_async import AsyncVapi

    return AsyncVapi("unused", region="us")


def follow(client: Any, path: Path) -> Any:
    """Return a resource or method of a client."""
    for name in path:
        client = getattr(client, name)
    return client


class Sections(click.Group):
    """A group whose help has its commands under headings."""

    def sections(self) -> Mapping[str, list[str]]:
        """Return the names of the commands by their heading."""
        return {"Commands": sorted(self.commands)}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [name for names in self.sections().values() for name in names]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None:
            hint = did_you_mean(name, self.list_commands(ctx))
            ctx.fail(f"there is no command {name!r}{hint and f': {hint}'}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading, names in self.sections().items():
            found = [(name, self.get_command(ctx, name)) for name in names]
            with formatter.section(heading):
                formatter.write_dl([(name, each.get_short_help_str(90)) for name, each in found if each])


class ResourceGroup(Sections):
    """The commands of a resource, or of a namespace such as `v2`.

    Args:
        path: the names of the attributes that lead to it.
        summary: what it is about.
        more: commands that are no methods of it.
    """

    def __init__(self, path: Path, summary: str, more: Mapping[str, click.Command] | None = None) -> None:
        super().__init__(spoken(path[-1]), help=summary, commands=dict(more or {}), no_args_is_help=True)
        self._path = path

    def sections(self) -> Mapping[str, list[str]]:
        resource = follow(_catalogue(), self._path)
        found = {
            "Resources": [spoken(name) for name in resource_names(type(resource))],
            "Operations": [spoken(name) for name in _method_names(type(resource))],
            "At the terminal": sorted(self.commands),
        }
        return {heading: names for heading, names in found.items() if names}

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if found := super().get_command(ctx, cmd_name):
            return found
        name = cmd_name.replace("-", "_")
        resource_class = type(follow(_catalogue(), self._path))
        if name in resource_names(resource_class):
            return ResourceGroup((*self._path, name), summary_of(getattr(resource_class, name)))
        if name in _method_names(resource_class):
            return operation_command((*self._path, name))
        return None


def spoken(name: str) -> str:
    """Return how a name is typed in a shell: `phone_numbers` → `phone-numbers`."""
    return name.replace("_", "-")


def resource_names(owner: type) -> list[str]:
    """Return the names of the resources of a client or namespace."""
    classes = [each for each in owner.__mro__ if each.__module__.split(".")[1:2] == ["api"]]
    return [name for each in classes for name, value in vars(each).items() if isinstance(value, cached_property)]


def _method_names(owner: type) -> list[str]:
    return sorted(
        name
        for name, value in inspect.getmembers(owner, inspect.isfunction)
        if not name.startswith("_") and name not in _NO_COMMANDS
    )


def summary_of(thing: Any) -> str:
    """Return the first paragraph of a docstring in one line."""
    return " ".join((inspect.getdoc(thing) or "").partition("\n\n")[0].replace("`", "").split())


def operation_command(path: Path) -> click.Command:
    """Return the command for a method."""
    method = follow(_catalogue(), path)
    return click.Command(
        spoken(path[-1]),
        help=_help(method),
        params=[*parameters(method), *_form_options(method, path), *shared_options()],
        callback=_callback(path),
        no_args_is_help=_needs_something(method),
    )


def _help(method: Callable[..., Any]) -> str:
    text = inspect.getdoc(method) or ""
    body = "\n\n\b\nBODY is JSON, @FILE, or @- for the standard input; options are its fields, one by one."
    text = text.replace(_OF_PAGERS, ".").partition("\nArgs:")[0].replace("`", "").strip()
    return text + (body if _has_body(method) else "")


def _has_body(method: Callable[..., Any]) -> bool:
    return "request" in inspect.signature(method).parameters


def _needs_something(method: Callable[..., Any]) -> bool:
    """Whether a command without any argument is a question rather than an order."""
    needed = [each for each in inspect.signature(method).parameters.values() if each.default is each.empty]
    return _has_body(method) or any(each.kind != each.VAR_KEYWORD for each in needed)


def _form_options(method: Callable[..., Any], path: Path) -> Iterator[click.Parameter]:
    returns = str(inspect.signature(method).return_annotation)
    if returns.startswith("Pager"):
        yield click.Option(["--max-items"], type=click.IntRange(1), help="How many to show. [100; with --since: all]")
        yield click.Option(["--all", "every"], is_flag=True, help="Show all.")
        yield click.Option(["--columns"], help="Which fields: id,status,customer.number")
    elif returns == "Download":
        yield click.Option(
            ["-o", "--output"], type=click.Path(), help="Where to; - for the standard output. [the name it has]"
        )
    if path in _DIALS:
        yield click.Option(["-y", "--yes"], is_flag=True, help="Dial without asking.")


def _callback(path: Path) -> Callable[..., None]:
    @click.pass_context
    def callback(context: click.Context, /, **given: Any) -> None:
        if path in _DIALS and not given.pop("yes"):
            confirm("This dials. Go on?")
        form: dict[str, Any] = {name: given.pop(name) for name in ("columns", "output") if name in given}
        if "every" in given:
            form["cut"] = _cut(given)
        run(settings_of(context), lambda client: follow(client, path)(**arguments(given)), **form)

    return callback


def _cut(given: dict[str, Any]) -> int | None:
    """Set how many items of a list are asked for, and return that number if nobody said it.

    Half of the items of a window would be a wrong answer; of a whole account, most want the latest.
    """
    if given.pop("every") or given["max_items"] or any(given.get(name) for name in START_OPTIONS):
        return None
    given["max_items"] = _SHOWN
    return _SHOWN


def confirm(question: str) -> None:
    """Ask at the terminal, and stop if the answer is not yes.

    Raises:
        click.UsageError: nobody can be asked.
        click.ClickException: the answer is no.
    """
    if not sys.stdin.isatty():
        raise click.UsageError(f"{question.removesuffix(' Go on?')} Nobody can be asked here: give --yes")
    if not click.confirm(question, err=True):
        raise click.ClickException("nothing was dialled")
