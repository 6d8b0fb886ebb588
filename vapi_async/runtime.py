"""What generated packages ask of this one when they are imported."""

from __future__ import annotations

from ._version import __version__


def require(package: str, *, at_least: str, below: str) -> None:
    """Check that this version of vapi_async can run a generated package.

    Args:
        package: the generated package, for the message.
        at_least: the first version that can, such as "0.1".
        below: the first version that no longer can.

    Raises:
        ImportError: this version is outside of the range.
    """
    if not _numbers(at_least) <= _numbers(__version__) < _numbers(below):
        raise ImportError(
            f"{package} was generated for vapi-async >={at_least},<{below}, but {__version__} is installed: "
            f"install one of these, or generate {package} again"
        )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:3] if part.isdecimal())
