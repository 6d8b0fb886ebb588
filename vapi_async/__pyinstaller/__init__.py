"""What PyInstaller asks for: where the hook is that tells it what belongs to this package."""

from __future__ import annotations

from importlib.resources import files


def get_hook_dirs() -> list[str]:
    """Return the folder of the hook."""
    return [str(files(__name__))]
