"""The live URLs of a call: where it can be heard, and where commands to it go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .call_creation import WEB

if TYPE_CHECKING:
    from .call_resources import Json
    from .running_call import RunningCall


def live_urls(call: RunningCall) -> Json:
    """Return the members of a call that have its live URLs, as far as the assistant's `monitorPlan` has them."""
    live = f"{call.state.base_url}/live/{call.id}"
    socket = "ws" + live.removeprefix("http")
    plan = call.assistant.settings.get("monitorPlan") or {}
    monitor: Json = {"listenUrl": f"{socket}/listen"} if plan.get("listenEnabled", True) else {}
    if watching := plan.get("monitorIds"):
        monitor["monitors"] = [{"monitorId": each, "filterPassed": True} for each in watching]
    if plan.get("controlEnabled", True):
        monitor["controlUrl"] = f"{live}/control"
    transport = call.stored["transport"]
    if transport["provider"] == WEB:
        page = f"{live}/web"
        return {"monitor": monitor, "transport": {**transport, "callUrl": page}, "webCallUrl": page}
    if transport["provider"] != "vapi.websocket":
        return {"monitor": monitor}
    sound = {"format": "pcm_s16le", "container": "raw", "sampleRate": 16000}
    return {
        "monitor": monitor,
        "transport": {"audioFormat": sound, **transport, "websocketCallUrl": f"{socket}/transport"},
    }
