"""The door: everything that generated code may import, here and in packages generated elsewhere, and nothing else.

A package that was generated yesterday runs on the vapi_async of today as long as this list still has what it imports.
So the list is a contract, with a version of its own:

- A name may be added in any release.
- A name that goes, or changes what it means for generated code, is a new minor version of vapi_async. Generated
  packages say by `require` which versions they run on, and say so in one line where they do not.

What is behind the door may move between modules as it likes. Nothing is loaded before it is asked for, since every
model and every resource passes here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from vapi_async._lazy import lazy_exports
from vapi_async._version import __version__

if TYPE_CHECKING:
    from vapi_async._extensions.artifact import ArtifactLinks as ArtifactLinks
    from vapi_async._extensions.calls.methods import (
        CallMethods as CallMethods,
        trace_call as trace_call,
    )
    from vapi_async._extensions.chats.stream import ChatStream as ChatStream
    from vapi_async._extensions.files.download import Download as Download
    from vapi_async._lazy import missing_export as missing_export
    from vapi_async._lists.pager import Pager as Pager
    from vapi_async._lists.windows import Window as Window
    from vapi_async._modeling.decoding import (
        items as items,
        nested as nested,
        timestamp as timestamp,
        union as union,
        values as values,
    )
    from vapi_async._modeling.model import Model as Model
    from vapi_async._modeling.unions import (
        Case as Case,
        Cases as Cases,
        Scored as Scored,
        Tagged as Tagged,
    )
    from vapi_async._modeling.unknown_variant import UnknownVariant as UnknownVariant
    from vapi_async._modeling.unset import (
        UNSET as UNSET,
        Unset as Unset,
    )
    from vapi_async._operations.multipart import FileInput as FileInput
    from vapi_async._operations.operation import (
        ListOperation as ListOperation,
        Operation as Operation,
    )
    from vapi_async._operations.request_options import RequestOptions as RequestOptions
    from vapi_async.client import Client as Client
    from vapi_async.resource import (
        Namespace as Namespace,
        Resource as Resource,
    )
else:
    __getattr__, __dir__ = lazy_exports(
        __name__,
        {
            "vapi_async._extensions.artifact": ("ArtifactLinks",),
            "vapi_async._extensions.calls.methods": ("CallMethods", "trace_call"),
            "vapi_async._extensions.chats.stream": ("ChatStream",),
            "vapi_async._extensions.files.download": ("Download",),
            "vapi_async._lazy": ("missing_export",),
            "vapi_async._lists.pager": ("Pager",),
            "vapi_async._lists.windows": ("Window",),
            "vapi_async._modeling.decoding": ("items", "nested", "timestamp", "union", "values"),
            "vapi_async._modeling.model": ("Model",),
            "vapi_async._modeling.unions": ("Case", "Cases", "Scored", "Tagged"),
            "vapi_async._modeling.unknown_variant": ("UnknownVariant",),
            "vapi_async._modeling.unset": ("UNSET", "Unset"),
            "vapi_async._operations.multipart": ("FileInput",),
            "vapi_async._operations.operation": ("ListOperation", "Operation"),
            "vapi_async._operations.request_options": ("RequestOptions",),
            "vapi_async.client": ("Client",),
            "vapi_async.resource": ("Namespace", "Resource"),
        },
    )


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
