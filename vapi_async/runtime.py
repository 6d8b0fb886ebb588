"""The door: everything that generated code may import, here and in packages generated elsewhere, and nothing else.

A package that was generated yesterday runs on the vapi_async of today as long as this list still has what it imports.
So the list is a contract with a version of its own, `DOOR`, apart from that of vapi_async:

- A name that is added, or takes more than before, raises its second number: packages made from then on may need it.
- A name that goes, or changes what it means for generated code, raises the first: no package from before runs on it.
- Anything else leaves it as it is, whatever changes behind the door.

Generated packages say by `require` which door they were made for, and say in one line what to do where it is another.

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
    from vapi_async._extensions.waiting import (
        CampaignMethods as CampaignMethods,
        EvalRunMethods as EvalRunMethods,
        KnowledgeBaseFileMethods as KnowledgeBaseFileMethods,
        SimulationRunMethods as SimulationRunMethods,
    )
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
            "vapi_async._extensions.waiting": (
                "CampaignMethods",
                "EvalRunMethods",
                "KnowledgeBaseFileMethods",
                "SimulationRunMethods",
            ),
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


#: The version of the door.
DOOR = "1.0"


def require(package: str, *, door: str) -> None:
    """Check that this version of vapi_async can run a generated package.

    Args:
        package: the generated package, for the message.
        door: the version of the door that it was generated for, such as "1.0".

    Raises:
        ImportError: the door of this version is too old, or no longer that one.
    """
    wanted, here = _numbers(door), _numbers(DOOR)
    if wanted[0] == here[0] and wanted <= here:
        return
    other = "a newer" if wanted > here else "an older"
    raise ImportError(
        f"{package} was generated for version {door} of vapi_async.runtime, but that of vapi-async {__version__} is "
        f"{DOOR}: install {other} vapi-async, or generate {package} again"
    )


def _numbers(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)
