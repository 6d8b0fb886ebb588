"""Which link of an artifact is given out."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from vapi_async import AsyncVapi
from vapi_async._extensions.artifact import _PLACES
from vapi_async.models import Artifact, Mono, Recording

FIELDS = {
    "mono_recording": ("presignedMonoUrl", "recording.mono.combinedUrl", "recordingUrl"),
    "stereo_recording": ("presignedStereoUrl", "recording.stereoUrl", "stereoRecordingUrl"),
    "video_recording": ("presignedVideoUrl", "recording.videoUrl", "videoRecordingUrl"),
    "customer_recording": ("presignedCustomerUrl", "recording.mono.customerUrl"),
    "assistant_recording": ("presignedAssistantUrl", "recording.mono.assistantUrl"),
    "pcap": ("presignedPcapUrl", "pcapUrl"),
    "call_logs": ("presignedLogUrl", "logUrl"),
}


def artifact(fields: dict[str, Any]) -> Artifact:
    data: dict[str, Any] = {}
    for place, value in fields.items():
        *above, last = place.split(".")
        holder = data
        for key in above:
            holder = holder.setdefault(key, {})
        holder[last] = value
    return Artifact.from_dict(data)


@pytest.mark.parametrize("file", FIELDS)
def test_the_presigned_link_comes_first_then_the_older_ones(file: Any) -> None:
    fields = {place: f"https://s.example/{number}" for number, place in enumerate(FIELDS[file])}
    for number, place in enumerate(FIELDS[file]):
        assert artifact(fields).link(file) == f"https://s.example/{number}"
        assert artifact(fields).links() == {file: f"https://s.example/{number}"}
        fields[place] = None if number % 2 else "a-key-in-a-private-storage"
    assert artifact(fields).link(file) is None
    assert artifact({}).links() == {}


def test_the_files_are_those_that_can_be_downloaded() -> None:
    assert set(_PLACES) == set(FIELDS)
    calls = AsyncVapi("t").calls
    for file in FIELDS:
        assert repr(getattr(calls, file)("c")).startswith("<Download GET /call/c/")


def test_a_model_that_was_made_by_hand() -> None:
    made = Artifact(recording=Recording(mono=Mono(combined_url="https://s.example/a")), pcap_url=None)
    assert made.links() == {"mono_recording": "https://s.example/a"}


def test_other_names_are_an_error_that_lists_them() -> None:
    with pytest.raises(ValueError, match=r"'mono'.*mono_recording, stereo_recording"):
        Artifact().link("mono")  # type: ignore[arg-type, unused-ignore]


def test_when_the_links_expire() -> None:
    made = artifact({"presignedUrlsExpiresAt": "2026-01-31T12:00:00.000Z"})
    assert made.links_expire_at == datetime(2026, 1, 31, 12, tzinfo=UTC)
    assert artifact({"presignedUrlsExpiresAt": "soon"}).links_expire_at is None
    assert artifact({}).links_expire_at is None
    assert made.to_dict() == {"presignedUrlsExpiresAt": "2026-01-31T12:00:00.000Z"}


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just("https://s.example/a"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["mono", "stereoUrl"]), inner),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from(["recording", "presignedMonoUrl", "logUrl", "presignedUrlsExpiresAt"]), json))
def test_whatever_the_api_sends_there_is_an_answer(data: dict[str, Any]) -> None:
    made = Artifact.from_dict(data)
    assert all(link.startswith("https://") for link in made.links().values())
    assert made.links_expire_at is None
