"""For PyInstaller: modules that are imported when they are first used, which it does not see, and data files."""

from __future__ import annotations

from PyInstaller.utils.hooks import collect_data_files, collect_submodules


def _is_program(name: str) -> bool:
    return name.rpartition(".")[2] not in ("__main__", "plugin") and not name.startswith("vapi_async.__pyinstaller")


def _without_extras(name: str) -> bool:
    return _is_program(name) and not name.startswith(("vapi_async.codegen", "vapi_async.cli", "vapi_async.sandbox"))


# What needs an extra is for those who name it: hiddenimports=collect_submodules("vapi_async.sandbox").
hiddenimports = collect_submodules("vapi_async", filter=_without_extras)
datas = collect_data_files("vapi_async", includes=["contract.json", "migrate/*.json", "py.typed"])
