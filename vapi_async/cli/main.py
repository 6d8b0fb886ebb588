"""`main`: what the program `vapi-async` does, errors in one line and exit codes included."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence

from vapi_async import errors
from vapi_async._optional import load

#: The first that fits; other errors are 1.
_EXIT_CODES: tuple[tuple[type[Exception] | tuple[type[Exception], ...], int], ...] = (
    ((errors.ConfigurationError, errors.AuthenticationError, errors.PermissionDeniedError), 3),
    (errors.NotFoundError, 4),
    ((errors.TransportError, errors.RateLimitError, errors.ServerError), 5),
    ((errors.MissingExtra, TypeError, ValueError), 2),
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command line; return the exit code."""
    try:
        load("click", "cli")
        load("rich", "cli")
    except errors.MissingExtra as error:
        return _failed(error)
    from .root import make_root

    return _guarded(lambda: make_root().main(arguments, "vapi-async", standalone_mode=False))


def _guarded(run: Callable[[], object]) -> int:
    """Run a command; say in one line what went wrong, and return the exit code."""
    import click

    try:
        done = run()
        sys.stdout.flush()
    except click.Abort:
        return _said("interrupted", 130)
    except click.exceptions.NoArgsIsHelpError as error:  # a question rather than a mistake
        error.show()
        return error.exit_code
    except click.ClickException as error:
        return _said(_of_usage(error), error.exit_code)
    except BrokenPipeError:  # `| head` has seen enough; Python would complain again at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (errors.VapiError, OSError, TypeError, ValueError) as error:
        if os.environ.get("VAPI_LOG", "").lower() == "debug":
            raise
        return _failed(error)
    return done if isinstance(done, int) else 0


def _of_usage(error: Exception) -> str:
    import click

    assert isinstance(error, click.ClickException)
    context = getattr(error, "ctx", None)
    hint = f" (see {context.command_path} --help)" if context else ""
    return error.format_message() + hint


def _failed(error: Exception) -> int:
    text = str(error) or type(error).__name__
    if getattr(error, "may_have_been_processed", False):
        text += " (it may have been processed all the same)"
    return _said(text, next((code for classes, code in _EXIT_CODES if isinstance(error, classes)), 1))


def _said(text: str, code: int) -> int:
    sys.stderr.write(f"vapi-async: {' '.join(text.split())}\n")
    return code


if __name__ == "__main__":
    sys.exit(main())
