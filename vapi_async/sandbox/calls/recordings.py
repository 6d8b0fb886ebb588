"""Recordings and logs of calls: short WAV files of tones, a log, a packet capture, and the storage they lie in.

As with Vapi, `GET /call/{id}/mono-recording` and its like lead to a short-lived URL of another host, which carries its
own proof; the artifact of a call names the files, and its presigned URLs open them.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import struct
from datetime import UTC, datetime, timedelta
from functools import lru_cache, partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from vapi_async.sandbox.rest.http_values import HttpRequest, HttpResponse, Refusal

from .audio import interleave, tone, wav
from .media import MEDIA

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request as StarletteRequest
    from starlette.responses import Response

    from vapi_async.sandbox.rest.state import SandboxState

    from .call_resources import Json

_SECONDS = 0.5
_CUSTOMER, _ASSISTANT = 440, 880
_WAV = "audio/wav"
_LIFETIME = timedelta(minutes=15)
_PRESIGNED_LIFETIME = timedelta(hours=1)
_FILES = {
    "mono-recording": ("mono.wav", _WAV),
    "stereo-recording": ("stereo.wav", _WAV),
    "customer-recording": ("customer.wav", _WAV),
    "assistant-recording": ("assistant.wav", _WAV),
    "video-recording": ("video.mp4", "video/mp4"),
    "call-logs": ("call.jsonl.gz", "application/gzip"),
    "pcap": ("call.pcap", "application/vnd.tcpdump.pcap"),
}
_SOUND = ("mono-recording", "stereo-recording", "customer-recording", "assistant-recording")
_MP3 = {artifact: (_FILES[artifact][0].replace(".wav", ".mp3"), "audio/mpeg") for artifact in _SOUND}
#: By the name that they are stored under.
_STORED = {name: (artifact, media) for files in (_FILES, _MP3) for artifact, (name, media) in files.items()}
#: Whose traffic Vapi sees itself.
_CAPTURED = ("vapi", "byo-phone-number")
#: Of what goes to the customer's own storage: the switch of the plan, and the name in the message.
_UPLOADED = {
    "mono-recording": ("recording", "recording-mono"),
    "stereo-recording": ("recording", "recording-stereo"),
    "assistant-recording": ("recording", "recording-assistant"),
    "customer-recording": ("recording", "recording-customer"),
    "call-logs": ("logging", "log"),
    "pcap": ("pcap", "pcap"),
}
_PRESIGNED = {
    "presignedMonoUrl": "mono-recording",
    "presignedStereoUrl": "stereo-recording",
    "presignedCustomerUrl": "customer-recording",
    "presignedAssistantUrl": "assistant-recording",
    "presignedVideoUrl": "video-recording",
    "presignedLogUrl": "call-logs",
    "presignedPcapUrl": "pcap",
}


class Recordings:
    """The files of a sandbox's calls.

    Args:
        state: The sandbox's state.
    """

    def __init__(self, state: SandboxState) -> None:
        self._state = state
        self._oldest: datetime | None = None

    def handlers(self) -> dict[str, Callable[[HttpRequest], HttpResponse]]:
        """Return what answers the operations that lead to a file, by operation."""
        return {f"GET /call/{{id}}/{artifact}": partial(self._redirect, artifact) for artifact in _FILES}

    def links(self, call: Json) -> Json:
        """Return where the files of a call lie, as an `Artifact` has it; these open nothing."""
        kept = self._kept(call)
        url = {artifact: self._url(call, artifact) for artifact in _FILES}
        mono = {
            "combinedUrl": url["mono-recording"],
            "assistantUrl": url["assistant-recording"],
            "customerUrl": url["customer-recording"],
        }
        links: Json = {
            "recording": {"stereoUrl": url["stereo-recording"], "mono": mono},
            "videoRecordingUrl": url["video-recording"],
            "recordingUrl": url["mono-recording"],
            "stereoRecordingUrl": url["stereo-recording"],
            "logUrl": url["call-logs"],
            "pcapUrl": url["pcap"],
        }
        names = {"logUrl": "call-logs", "pcapUrl": "pcap", "videoRecordingUrl": "video-recording"}
        return {key: value for key, value in links.items() if names.get(key, "mono-recording") in kept}

    def presigned(self, call: Json, until: datetime) -> Json:
        """Return the URLs that open the files of a call until an instant, as an `Artifact` has them."""
        self._oldest = until if self._oldest is None else min(until, self._oldest)
        kept = self._kept(call)
        files = {key: artifact for key, artifact in _PRESIGNED.items() if artifact in kept}
        urls = {key: self._open_url(call, artifact, until) for key, artifact in files.items()}
        return urls | {"presignedUrlsExpiresAt": _iso(until)}

    def renew(self) -> None:
        """Give calls whose presigned URLs run out new ones: what is read can be opened, however old the call is."""
        now = self._state.clock.now()
        if self._oldest is None or self._oldest - now > _LIFETIME:
            return
        self._oldest = None
        for call in list(self._state.store.all("/call")):
            artifact = call.get("artifact") or {}
            if "presignedUrlsExpiresAt" in artifact:
                presigned = self.presigned(call, now + _PRESIGNED_LIFETIME)
                self._state.store.replace("/call", {**call, "artifact": {**artifact, **presigned}})

    def uploads(self, call: Json) -> list[Json]:
        """Return what of a call went to the customer's own storage, as `call.artifact.upload` has it."""
        plan, kept = self._plan(call), self._kept(call)
        own = {key for key in ("recording", "logging", "pcap") if plan.get(f"{key}UseCustomStorageEnabled")}
        files = [_UPLOADED[artifact] for artifact in _UPLOADED if artifact in kept and _UPLOADED[artifact][0] in own]
        return [{"type": kind, "success": True} for _, kind in files]

    def _kept(self, call: Json) -> frozenset[str]:
        """Return which files of a call are kept, by its assistant's `artifactPlan`; off is off."""
        plan = self._plan(call)
        number = self._state.store.get("/phone-number", call.get("phoneNumberId") or "") or {}
        kept = set(_SOUND) if plan.get("recordingEnabled", True) else set()
        if plan.get("loggingEnabled", True):
            kept.add("call-logs")
        if plan.get("pcapEnabled", True) and number.get("provider") in _CAPTURED:
            kept.add("pcap")
        if plan.get("videoRecordingEnabled") and call.get("type") == "webCall":
            kept.add("video-recording")
        return frozenset(kept)

    def _plan(self, call: Json) -> Json:
        stored = self._state.store.get("/assistant", call.get("assistantId") or "") or {}
        source = call.get("assistant") or stored
        return (call.get("assistantOverrides") or {}).get("artifactPlan") or source.get("artifactPlan") or {}

    async def serve(self, request: StarletteRequest) -> Response:
        """Answer a request to the storage: the whole file, a range of it, or 403 without a valid token."""
        from starlette.responses import Response

        key = request.path_params["key"]
        call_id, _, file = key.partition("/")
        artifact, media_type = _STORED.get(file, ("", ""))
        if not artifact or self._state.store.get("/call", call_id) is None:
            return Response("no such file", 404)
        expires = request.query_params.get("expires", "")
        late = not expires.isdigit() or int(expires) < self._state.clock.now().timestamp()
        if late or request.query_params.get("token") != self._token(key, expires):
            return Response("the link is not valid, or no longer", 403)
        return _answer(request, self._content(call_id, artifact, media_type), media_type)

    def _redirect(self, artifact: str, request: HttpRequest) -> HttpResponse:
        call = self._state.store.get("/call", request.params["id"])
        if call is None:
            raise Refusal(404, f"Couldn't find call {request.params['id']}.")
        # Calls that nobody answered have no files.
        if "artifact" not in call or artifact not in self._kept(call):
            raise Refusal(404, f"Call {call['id']} has no {artifact}.")
        until = self._state.clock.now() + _LIFETIME
        return HttpResponse(302, headers={"location": self._open_url(call, artifact, until)})

    def _url(self, call: Json, artifact: str) -> str:
        return f"{self._state.storage_url}/storage/{self._key(call, artifact)}"

    def _open_url(self, call: Json, artifact: str, until: datetime) -> str:
        expires = str(int(until.timestamp()))
        token = self._token(self._key(call, artifact), expires)
        return f"{self._url(call, artifact)}?{urlencode({'expires': expires, 'token': token})}"

    def _key(self, call: Json, artifact: str) -> str:
        files = _MP3 if self._plan(call).get("recordingFormat") == "mp3" and artifact in _MP3 else _FILES
        return f"{call['id']}/{files[artifact][0]}"

    def _token(self, key: str, expires: str) -> str:
        return hashlib.sha256(f"{self._state.org_id}:{key}:{expires}".encode()).hexdigest()[:32]

    def _content(self, call_id: str, artifact: str, media_type: str) -> bytes:
        if media_type in MEDIA:
            return MEDIA[media_type]
        if artifact == "call-logs":
            return _log(self._state.store.get("/call", call_id) or {})
        if artifact == "pcap":
            return struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
        return recording(artifact)


@lru_cache
def recording(artifact: str) -> bytes:
    """Return a recording: half a second, the customer a lower tone than the assistant."""
    customer, assistant = tone(_SECONDS, _CUSTOMER), tone(_SECONDS, _ASSISTANT)
    if artifact == "stereo-recording":
        return wav(interleave(customer, assistant), channels=2)
    if artifact == "mono-recording":
        return wav(tone(_SECONDS, (_CUSTOMER + _ASSISTANT) / 2))
    return wav(customer if artifact == "customer-recording" else assistant)


def _log(call: Json) -> bytes:
    lines = [{"time": message["time"], "body": message} for message in call.get("messages", ())]
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    # Without a time in the header, so that the same call gives the same bytes.
    return gzip.compress(text.encode(), mtime=0)


def _answer(request: StarletteRequest, content: bytes, media_type: str) -> Response:
    from starlette.responses import Response

    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    fields = {"etag": etag, "accept-ranges": "bytes"}
    wanted = request.headers.get("range")
    # If-Range: a part is wanted only of the file that the parts before it came from, else all of it.
    if wanted is None or request.headers.get("if-range", etag) != etag:
        return Response(content, 200, fields, media_type)
    part = _range(wanted, len(content))
    if part is None:
        return Response(status_code=416, headers={**fields, "content-range": f"bytes */{len(content)}"})
    first, last = part
    fields["content-range"] = f"bytes {first}-{last}/{len(content)}"
    return Response(content[first : last + 1], 206, fields, media_type)


def _range(wanted: str, size: int) -> tuple[int, int] | None:
    """The first and last byte of a range `bytes=a-b`, `bytes=a-` or `bytes=-n`; None if there is no such part."""
    first, _, last = wanted.removeprefix("bytes=").partition("-")
    if not wanted.startswith("bytes=") or not (first + last).isdigit():
        return None
    start = int(first) if first else max(0, size - int(last))
    end = min(int(last), size - 1) if first and last else size - 1
    return (start, end) if start <= end else None


def _iso(when: datetime) -> str:
    return when.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
