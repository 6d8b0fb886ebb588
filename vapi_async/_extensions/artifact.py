"""`ArtifactLinks`: which of an artifact's links can be opened.

The contract has grown several fields for one file. Of these, the presigned ones work without a token, for a short time.
The others are older: where the storage was public they are links too, today they mostly name a file in a private one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from vapi_async._modeling.decoding import timestamp
from vapi_async._modeling.nested_lookup import nested_value

if TYPE_CHECKING:
    from datetime import datetime

ArtifactFile: TypeAlias = Literal[
    "mono_recording",
    "stereo_recording",
    "video_recording",
    "customer_recording",
    "assistant_recording",
    "pcap",
    "call_logs",
]
"""The files of a call, named as the methods of `vapi.calls` that download them."""

# File -> where its link may be, by wire names, best first.
_PLACES: Mapping[ArtifactFile, tuple[tuple[str, ...], ...]] = {
    "mono_recording": (("presignedMonoUrl",), ("recording", "mono", "combinedUrl"), ("recordingUrl",)),
    "stereo_recording": (("presignedStereoUrl",), ("recording", "stereoUrl"), ("stereoRecordingUrl",)),
    "video_recording": (("presignedVideoUrl",), ("recording", "videoUrl"), ("videoRecordingUrl",)),
    "customer_recording": (("presignedCustomerUrl",), ("recording", "mono", "customerUrl")),
    "assistant_recording": (("presignedAssistantUrl",), ("recording", "mono", "assistantUrl")),
    "pcap": (("presignedPcapUrl",), ("pcapUrl",)),
    "call_logs": (("presignedLogUrl",), ("logUrl",)),
}


class ArtifactLinks:
    """What `Artifact` has beside its fields."""

    __slots__ = ()

    def link(self, file: ArtifactFile) -> str | None:
        """Return the link to a file of the call, None if the API gave none.

        That is the presigned link, which needs no token and works until `links_expire_at`. Where there is none it is
        an older field (`recording.….…Url`, `recordingUrl` and its like), which can only be opened if the storage of
        that time was public. A link that surely works is what the download method of the same name asks for.

        Args:
            file: one of the seven.

        Raises:
            ValueError: there is no such file.
        """
        if file not in _PLACES:
            raise ValueError(f"there is no file {file!r}: it is one of {', '.join(_PLACES)}")
        found = (_text_at(self, place) for place in _PLACES[file])
        return next((link for link in found if link is not None), None)

    def links(self) -> dict[ArtifactFile, str]:
        """Return the link to every file that has one, by the name of the file; see `link`."""
        found: dict[ArtifactFile, str] = {}
        for file in _PLACES:
            link = self.link(file)
            if link is not None:
                found[file] = link
        return found

    @property
    def links_expire_at(self) -> datetime | None:
        """When the presigned links stop working (`presignedUrlsExpiresAt`), None if the API did not say.

        Every answer of the API has new ones.
        """
        from datetime import datetime

        found = timestamp(nested_value(self, "presignedUrlsExpiresAt"))
        return found if isinstance(found, datetime) else None


def _text_at(value: Any, place: tuple[str, ...]) -> str | None:
    found = nested_value(value, *place)
    return found if isinstance(found, str) and found.startswith(("https://", "http://")) else None
