"""What packages export: loaded when it is first asked for (PEP 562), and known by the name that users import.

A lazy package says its exports twice, for two readers: under TYPE_CHECKING as imports, for type checkers and editors,
and beside it as the map that this module serves at run time. A test holds the two together.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

T = TypeVar("T", bound=Callable[..., Any])


_NOTHING: Mapping[str, str] = {}


def lazy_exports(
    package: str,
    names: Mapping[str, tuple[str, ...]],
    submodules: tuple[str, ...] = (),
    elsewhere: Mapping[str, str] = _NOTHING,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return the `__getattr__` and `__dir__` of a package. `__all__` is among the attributes.

    Args:
        package: the name of the package or module that exports.
        names: the exported names, by the absolute name of the module that has them.
        submodules: modules of the package that are exported themselves.
        elsewhere: names that other packages have, each with what is in its place here.
    """
    module_of = {name: module for module, exported in names.items() for name in exported}
    everything = sorted([*module_of, *submodules])

    def load(name: str) -> Any:
        if name == "__all__":
            return everything
        if name not in module_of and name not in submodules:
            raise AttributeError(missing_export(package, name, everything, submodules, elsewhere))
        import sys
        from importlib import import_module

        if name in submodules:
            return import_module(f"{package}.{name}")
        value = getattr(import_module(module_of[name]), name)
        setattr(sys.modules[package], name, value)  # the next time it is found without asking here
        return value

    def listed() -> list[str]:
        import sys

        return sorted({*vars(sys.modules[package]), *everything})

    return load, listed


def missing_export(
    package: str,
    name: str,
    names: Collection[str],
    submodules: tuple[str, ...] = (),
    elsewhere: Mapping[str, str] = _NOTHING,
) -> str:
    """Return what to say of a name that a package does not have; the other arguments as of `lazy_exports`."""
    text = f"module {package!r} has no attribute {name!r}"
    if name.startswith("_"):  # asked for by tools, which expect that it may not be there
        return text
    from importlib import import_module

    from vapi_async._did_you_mean import did_you_mean

    inside = next((module for module in submodules if name in dir(import_module(f"{package}.{module}"))), "")
    if inside:
        return f"{text}: it is in {package}.{inside}"
    instead = f"here it is {elsewhere[name]}" if name in elsewhere else did_you_mean(name, names)
    return f"{text}{instead and ': '}{instead}"


def exported_by(package: str) -> Callable[[T], T]:
    """Return a decorator that gives a class or function the name under which users import it.

    Pickles and tracebacks name that, so both survive a move inside the package.
    """

    def mark(exported: T) -> T:
        exported.__module__ = package
        return exported

    return mark
