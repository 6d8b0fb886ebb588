"""The command line: ``pull | generate | check | diff | examples | update``, the last one in a checkout only.

Exit code 2 means refused: nothing was changed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import UTC, datetime
from io import TextIOWrapper
from keyword import iskeyword
from pathlib import Path
from typing import Any

from . import sdk
from .diff import diff_sources
from .diff.formats import FORMATS, render
from .errors import Refused
from .generate import Job, check, generate
from .overlay import DEFAULT, Overlay
from .pull import PUBLISHED_URL, pull
from .records import Contract
from .report import printable
from .source import read
from .update import update

OWN_SPEC = Path("openapi.json")
OWN_PACKAGE = "vapi_async"
#: How lines end that tell of a row for something that a document lacks.
_UNUSED = " matches nothing"
#: Whether this is the generator of a checkout. The same folder is `vapi_async.codegen` in the wheel: there it makes
#: other packages, and never the one that it is a part of.
IN_CHECKOUT = "." not in str(__package__)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 2 refused, 1 stale (check), breaking (diff), new (examples)."""
    options = _parser().parse_args(arguments)
    _print_anything()
    try:
        return int(options.run(options))
    except RecursionError:
        print(f"{options.command}: the document is nested too deeply to be a contract", file=sys.stderr)
    except (Refused, OSError, ValueError) as error:
        lines = "\n".join(map(printable, str(error).splitlines()))
        print(f"{options.command}: {lines}", file=sys.stderr)
    return 2


def _print_anything() -> None:
    """Escape what stdout has no letters for: a document's names come from anywhere, and a pipe may be Latin-1."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m {__package__}", description="From the contract to the client.")
    commands = parser.add_subparsers(dest="command", required=True)
    pulling = commands.add_parser("pull", help="fetch the published document and keep its facts as openapi.json")
    pulling.add_argument("source", nargs="?", default=PUBLISHED_URL, help="URL or path (default: %(default)s)")
    pulling.add_argument("--output", type=Path, default=OWN_SPEC, help="where to write (default: %(default)s)")
    pulling.add_argument("--force", action="store_true", help="accept the loss of many operations")
    pulling.set_defaults(run=_pull)
    for name, run, text, verbose in (
        ("generate", _generate, "write the typed core of the client", "name every place that was repaired"),
        ("check", _check, "fail when generated code is stale or edited by hand", "name what another client lacks"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--spec", default=str(OWN_SPEC), help="path or URL, JSON or YAML (default: %(default)s)")
        _add_package(command)
        command.add_argument("--out", type=Path, default=Path(), help="folder that holds the package (default: here)")
        command.add_argument("--overlay", type=Path, default=DEFAULT, help="corrections and names")
        command.add_argument("--names", type=Path, help="ledger (default: beside the overlay, or in the package)")
        command.add_argument("--strict", action="store_true", help="stale overlay rows and guesses are errors")
        command.add_argument("--verbose", action="store_true", help=verbose)
        command.set_defaults(run=run)
    _add_diff(commands)
    _add_examples(commands)
    if IN_CHECKOUT:
        _add_update(commands)
    return parser


def _add_package(command: argparse.ArgumentParser) -> None:
    if IN_CHECKOUT:
        command.add_argument("--package", default=OWN_PACKAGE, help="import name (default: %(default)s)")
    else:
        command.add_argument("--package", required=True, help="import name; with dots, inside of a package of yours")


def _add_diff(commands: Any) -> None:
    comparing = commands.add_parser("diff", help="what changed for callers; exit code 1 when it breaks them")
    comparing.add_argument("old", metavar="OLD", help="path or URL, published or facts only")
    comparing.add_argument("new", metavar="NEW", help="path or URL, published or facts only")
    comparing.add_argument("--format", choices=FORMATS, default="text", help="default: %(default)s")
    comparing.set_defaults(run=_diff)


def _add_examples(commands: Any) -> None:
    showing = commands.add_parser("examples", help="examples that the contract does not take; exit code 1 for new ones")
    showing.add_argument("source", metavar="DOCUMENT", help="published document, path or URL")
    showing.add_argument("--overlay", type=Path, default=DEFAULT, help="corrections and names")
    showing.add_argument("--verbose", action="store_true", help="name the known ones, too")
    showing.set_defaults(run=_examples)


def _add_update(commands: Any) -> None:
    updating = commands.add_parser("update", help="pull, diff, generate, check, test: all of it or nothing")
    updating.add_argument("source", nargs="?", default=PUBLISHED_URL, help="URL or path (default: %(default)s)")
    updating.add_argument("--force", action="store_true", help="accept the loss of many operations")
    updating.add_argument("--text", type=Path, help="write the diff there, as Markdown")
    updating.set_defaults(run=_update)


def _pull(options: argparse.Namespace) -> int:
    print(pull(options.source, options.output, force=options.force))
    return 0


def _job(options: argparse.Namespace) -> Job:
    if not all(part.isidentifier() and not iskeyword(part) for part in options.package.split(".")):
        raise ValueError(f"--package {options.package!r} is no import name")
    folder = options.out.joinpath(*options.package.split("."))
    strict = options.strict or _is_own(options)
    return Job(options.spec, options.package, folder, options.overlay, strict=strict, names=options.names)


def _is_own(options: argparse.Namespace) -> bool:
    return IN_CHECKOUT and Path(options.spec) == OWN_SPEC and options.overlay == DEFAULT


def _generate(options: argparse.Namespace) -> int:
    started = time.perf_counter()
    job = _job(options)
    contract = generate(job)
    for line in contract.report if options.verbose else _condensed(contract.report, known=_is_own(options)):
        print(line)
    print(_summary(contract, job, time.perf_counter() - started))
    return 0


def _check(options: argparse.Namespace) -> int:
    job = _job(options)
    lines = check(job)
    for line in lines:
        print(line, file=sys.stderr)
    if lines:
        print(f"check: {len(lines)} files are not what `generate` makes of {job.spec}", file=sys.stderr)
    elif _is_own(options):
        contract = json.loads((job.folder / "contract.json").read_bytes())
        print("\n".join(sdk.report(contract, verbose=options.verbose)))
    return 1 if lines else 0


def _diff(options: argparse.Namespace) -> int:
    found = diff_sources(options.old, options.new)
    colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    print(render(found, options.old, options.new, options.format, colour=colour))
    return 1 if found.breaking else 0


def _examples(options: argparse.Namespace) -> int:
    from .examples import check_examples  # jsonschema, which no other command needs

    checked = check_examples(read(options.source), Overlay(options.overlay))
    print("\n".join(checked.lines(verbose=options.verbose)))
    return 1 if checked.new else 0


def _update(options: argparse.Namespace) -> int:
    update(options.source, Path(), datetime.now(UTC).date(), force=options.force, text=options.text)
    return 0


def _summary(contract: Contract, job: Job, seconds: float) -> str:
    counts = contract.counts
    files = [path for part in ("api", "models") for path in (job.folder / part).rglob("*.py")]
    size = sum(path.stat().st_size for path in [*files, job.folder / "contract.json"])
    lines = [
        f"operations {counts['operations']} -> methods {counts['methods']}",
        f"schemas {counts['schemas']} -> models {counts['models']}",
        f"unions {counts['unions']}, distinct {counts['distinct unions']} -> {len(contract.unions)} named, of models",
        f"enums {counts['enums']}, distinct {counts['distinct enums']}",
        *([f"known better: {_sources(contract)}"] if contract.corrections else []),
        f"{job.folder}: {len(files) + 1} files, {size / 1e6:.1f} MB, {seconds:.1f} s",
    ]
    return "\n".join(lines)


def _sources(contract: Contract) -> str:
    return ", ".join(f"{count} from {source}" for source, count in contract.corrections.items())


def _condensed(report: tuple[str, ...], *, known: bool) -> list[str]:
    """One line a kind of repair, with how often and where first; after all repairs, what matches nothing.

    Those of a document that is known are counted: what is new in it stops the build.
    """
    places: dict[str, list[str]] = {}
    for line in sorted(report, key=lambda line: line.endswith(_UNUSED)):
        place, _, text = line.partition(": ")
        if line.endswith(_UNUSED):
            place, text = f"{place}: {text.removesuffix(_UNUSED)}", f"row{_UNUSED}"
        places.setdefault(text or line, []).append(place)
    if known:
        return [f"kinds of repairs of the document: {len(places)} (--verbose names them)"]
    return [f"{found[0]}{f' and {len(found) - 1} more' if found[1:] else ''}: {text}" for text, found in places.items()]
