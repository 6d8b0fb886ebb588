"""The live URLs of a call: where it can be heard, and where commands to it go."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .call_resources import Json
    from .running_call import Line


def live_urls(line: Line) -> Json:
    """Return the members of a call that have its live URLs, as far as the assistant's `monitorPlan` has them."""
    live = f"{line.state.base_url}/live/{line.id}"
    socket = "ws" + live.removeprefix("http")
    plan = line.agent.settings.get("monitorPlan") or {}
    monitor = {"listenUrl": f"{socket}/listen"} if plan.get("listenEnabled", True) else {}
    if plan.get("controlEnabled", True):
        monitor["controlUrl"] = f"{live}/control"
    transport = line.call["transport"]
    if transport["provider"] != "vapi.websocket":
        return {"monitor": monitor}
    sound = {"format": "pcm_s16le", "container": "raw", "sampleRate": 16000}
    return {
        "monitor": monitor,
        "transport": {"audioFormat": sound, **transport, "websocketCallUrl": f"{socket}/transport"},
    }
