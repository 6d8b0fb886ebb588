"""What came of a stream or a recording: a result of its own, or the `partial` of the error that ended it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from vapi_async._lazy import exported_by

if TYPE_CHECKING:
    from pathlib import Path


@exported_by("vapi_async")
@frozen
class Partial:
    """What came of a stream before it failed; the attribute `partial` of the error.

    Attributes:
        text: the text.
        id: the id of the chat or response that came last, None if none did.
        session_id: the id of the session that came last, None if none did.
    """

    text: str
    id: str | None
    session_id: str | None


@exported_by("vapi_async")
@frozen
class Recording:
    """What was recorded of a call: what `Live.save_wav` returns, or the attribute `partial` of its error.

    Attributes:
        path: the WAV file.
        sample_rate: samples a second of each channel.
        channels: how many channels, interleaved.
        sample_width: bytes of one sample.
        frames: how many samples each channel has.
    """

    path: Path
    sample_rate: int
    channels: int
    sample_width: int
    frames: int

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.frames / self.sample_rate
