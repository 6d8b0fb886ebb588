"""Names that other libraries, guides and older versions of the API use, and what stands for them today."""

from __future__ import annotations

from collections.abc import Collection

# Name -> (a field that there must be beside it for the hint to make sense, the hint). The first that fits counts; None
# fits always.
_OUTDATED: dict[str, tuple[tuple[str | None, str], ...]] = {
    "to": (("customer", 'customer={"number": "+1..."}'),),
    "webhook_url": (
        ("server", 'server={"url": "https://..."}'),
        (None, 'server={"url": "https://..."} on the assistant'),
    ),
    "server_url": (("server", 'server={"url": "https://..."}'),),
    "server_url_secret": (("server", 'server={"url": "https://...", "headers": {"X-Vapi-Secret": "..."}}'),),
    "secret": (
        ("backoff_plan", 'headers={"X-Vapi-Secret": "..."}, or credential_id='),
        ("server", 'server={"url": "https://...", "headers": {"X-Vapi-Secret": "..."}}'),
    ),
    "system_prompt": (
        ("model", 'model={..., "messages": [{"role": "system", "content": "..."}]}'),
        (None, '"messages": [{"role": "system", "content": "..."}] in the model of the assistant'),
    ),
    "number": (("customer", 'customer={"number": "+1..."}'),),
    "prompt": (("model", 'model={..., "messages": [{"role": "system", "content": "..."}]}'),),
    "messages": (("model", 'model={..., "messages": [...]}'),),
    "tools": (("model", 'model={..., "tools": [...]}, or "toolIds" there'),),
}
#: What the API takes, or took, although the contract lacks it: its name in the JSON -> a field that is beside it.
_UNDOCUMENTED = {
    "phoneCallProviderBypassEnabled": "customer",
    "silenceTimeoutSeconds": "first_message",
    "backgroundDenoisingEnabled": "first_message",
    "endCallFunctionEnabled": "first_message",
    "hipaaEnabled": "first_message",
}


def outdated_names(known: Collection[str], undocumented: str) -> dict[str, str]:
    """Return what to write instead of each name that makes sense beside the known ones.

    Args:
        known: the names that there are.
        undocumented: the keyword that takes what the contract lacks.
    """
    fitting = {
        name: next((hint for beside, hint in hints if beside is None or beside in known), "")
        for name, hints in _OUTDATED.items()
    }
    further = {
        wire: f'{undocumented}={{"{wire}": ...}}: the contract lacks it, the API may take it'
        for wire, beside in _UNDOCUMENTED.items()
        if beside in known
    }
    return {name: hint for name, hint in fitting.items() if hint} | further
