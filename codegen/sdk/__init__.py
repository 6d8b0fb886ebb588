"""What an installed ``vapi_server_sdk`` knows of the API and our contract does not, and the other way round.

That package is generated from a document, too, which may be newer than the published one. It is read, not run:
importing it takes many seconds, and a report must not execute somebody else's code.

``package`` reads its files, ``annotations`` says what a type hint means as a schema, ``comparison`` holds both sides
against each other.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from ..document import Json
from ..report import printable
from .comparison import Comparison
from .package import Package

DISTRIBUTION = "vapi_server_sdk"
_FOLDER = "vapi"
_UNREADABLE = (AttributeError, LookupError, OSError, RecursionError, SyntaxError, TypeError, ValueError)


def report(contract: Json, *, verbose: bool = False) -> list[str]:
    """What is missing on either side, as lines; that there is no such package, where none is installed.

    Args:
        contract: Our corrected contract.
        verbose: Whether what is missing there is named, too, and not only counted.
    """
    try:
        installed = distribution(DISTRIBUTION)
    except PackageNotFoundError:
        return [f"no {DISTRIBUTION} installed: nothing to compare with"]
    try:
        compared = Comparison(contract, Package(Path(str(installed.locate_file(_FOLDER)))))
    except _UNREADABLE as error:  # its files may have another form one day, and a report is no reason to fail
        return [f"{DISTRIBUTION} {installed.version} cannot be read: {printable(repr(error))}"]
    return [
        f"compared with {DISTRIBUTION} {installed.version}: {_counts(compared.compared)}",
        *_told(compared, verbose),
    ]


def _told(compared: Comparison, verbose: bool) -> list[str]:
    here, there = ({kind: names for kind, names in side.items() if names} for side in (compared.here, compared.there))
    return [
        f"missing here: {_counts({kind: len(names) for kind, names in here.items()})}",
        *(f"  {kind}: {printable(name)}" for kind, names in here.items() for name in names),
        f"missing there: {_counts({kind: len(names) for kind, names in there.items()})}",
        *(f"  {kind}: {printable(name)}" for kind, names in there.items() for name in names if verbose),
    ]


def _counts(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {kind}" for kind, count in counts.items()) or "nothing"
