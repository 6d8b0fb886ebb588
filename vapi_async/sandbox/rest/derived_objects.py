"""What the contract's table does not say: objects that come with others, or follow from them.

The contacts of a campaign, the items of a simulation run, the files of a knowledge base, what a pinned version is used
by. Paths are those of the collections.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .http_values import HttpRequest, Refusal, Upload, not_found

if TYPE_CHECKING:
    from .contract import ContractOperation
    from .state import SandboxState
    from .store import Store

Json = dict[str, Any]

_CAMPAIGN = "/campaign"
_FILE = "/file"
_KNOWLEDGE_BASE = "/v2/knowledge-base"
_SIMULATION = "/eval/simulation"
_RUN = f"{_SIMULATION}/run"
_SESSION = "/session"
_MONITOR = "/monitoring/monitor"
_DAY = 86_400
#: What files can be read of; anything may be attached in the dashboard's composer.
_READABLE = frozenset({"txt", "pdf", "docx", "doc", "csv", "md", "tsv", "yaml", "yml", "json", "xml", "log"})
_ATTACHMENT = "composer-attachment"


def prepare(state: SandboxState, operation: ContractOperation, request: HttpRequest, given: Json) -> None:
    """Change what is about to be stored, in place."""
    if operation.path == f"{_KNOWLEDGE_BASE}/{{id}}/file":
        _attach_file(state, request.params["id"], given)
    elif operation.path == _RUN:
        _queue_run(state, given)
    elif operation.path == _FILE:
        _describe_upload(state, given)
    elif operation.path == _SESSION:
        # The defaults first, so that what was given wins.
        given |= {"status": "active", "expirationSeconds": _DAY} | given
    elif operation.path == _MONITOR:
        given |= {"status": "active", "triggers": [{"id": state.new_id(), **each} for each in given["triggers"]]}
    elif operation.path.startswith("/provider/"):
        given |= {**request.params, "resourceId": state.new_id(), "resource": dict(given)}


def add_nested(state: SandboxState, home: str, stored: Json) -> Iterator[tuple[str, Json]]:
    """Store what comes with an object, and yield each: the last part of its collection's path, and the object."""
    update_file_list(state, home)
    below, values = "", list[Json]()
    if home == _CAMPAIGN:
        below, values = "contacts", _contacts(stored)
    elif home == _RUN:
        below, values = "item", _run_items(state, stored)
    for value in values:
        yield below, state.store.add(f"{home}/{stored['id']}/{below}", value)


def _contacts(campaign: Json) -> list[Json]:
    """The contacts of a campaign: its customers, and those of its dial plan with the number that calls them."""
    dialled: list[tuple[Json, Json]] = [({}, each) for each in campaign.get("customers", ())]
    dialled += [
        ({"phoneNumberId": entry["phoneNumberId"]}, each)
        for entry in campaign.get("dialPlan", ())
        for each in entry["customers"]
    ]
    return [_contact(campaign, customer) | over for over, customer in dialled]


def _contact(campaign: Json, customer: Json) -> Json:
    names = ("number", "name", "assistantOverrides", "squadOverrides")
    known = {key: customer[key] for key in names if customer.get(key)}
    return {"number": "", **known, "campaignId": campaign["id"], "status": "contact.pending"}


def further_changes(state: SandboxState, operation: ContractOperation, request: HttpRequest) -> Json:
    """Return what a PATCH changes beside what its body says: one without a body cancels."""
    if operation.path.endswith("/campaign/{id}"):
        return _stopped(state, request)
    if not operation.path.startswith(_RUN) or operation.body is not None:
        return {}
    if operation.path.endswith("{itemId}"):
        return {"status": "canceled", "canceledAt": state.timestamp()}
    home = f"{_RUN}/{request.params['id']}/item"
    for item in list(state.store.all(home)):
        state.store.patch(home, item["id"], {"status": "canceled", "canceledAt": state.timestamp()})
    return {"status": "ended", "endedReason": "canceled", "endedAt": state.timestamp()}


def _stopped(state: SandboxState, request: HttpRequest) -> Json:
    """Return why a campaign is over that somebody ends; contacts that wait are left as they are."""
    if not (request.body or {}).get("status"):
        return {}
    before = (state.store.get(_CAMPAIGN, request.params["id"]) or {}).get("status")
    return {"endedReason": f"campaign.{before}.ended-by-user"} if before in ("scheduled", "in-progress") else {}


def hidden(state: SandboxState, operation: ContractOperation, request: HttpRequest) -> frozenset[str]:
    """Return the ids that a list leaves out beside what its filters do."""
    if operation.path != _SIMULATION or request.query.get("standaloneOnly") != "true":
        return frozenset()
    suites = state.store.all(f"{_SIMULATION}/suite")
    return frozenset(each for suite in suites for each in suite.get("simulationIds") or ())


def clean_up(state: SandboxState, home: str, id: str) -> None:  # noqa: A002
    """Follow the removal of an object."""
    update_file_list(state, home)
    if home == _FILE:
        state.files.drop(id)


def is_pinned(store: Store, home: str, id: str) -> bool:  # noqa: A002
    """Return whether an object is used by others in a version that they name."""
    if home == "/tool":
        return any(_refers(reference, "toolId", id) for reference in _tool_references(store))
    if home == "/assistant":
        members = (member for squad in store.all("/squad") for member in squad.get("members", ()))
        return any(_refers(member, "assistantId", id) for member in members)
    return False


def is_in_use(store: Store, home: str, id: str) -> bool:  # noqa: A002
    """Return whether a personality or a scenario is that of a simulation."""
    noun = home.removeprefix(f"{_SIMULATION}/")
    return noun in ("personality", "scenario") and any(
        simulation.get(f"{noun}Id") == id for simulation in store.all(_SIMULATION)
    )


def _refers(reference: Json, name: str, id: str) -> bool:  # noqa: A002
    pinned = reference.get("version") or reference.get("assistantVersion")
    return reference.get(name) == id and bool(pinned)


def _tool_references(store: Store) -> list[Json]:
    models = [assistant.get("model") or {} for assistant in store.all("/assistant")]
    return [reference for model in models for reference in model.get("toolRefs") or ()]


def _describe_upload(state: SandboxState, given: Json) -> None:
    """Make of a form what the API keeps of a file."""
    upload = given.pop("file")
    if not isinstance(upload, Upload):
        raise Refusal(400, ["file must be a file"])
    _, dot, kind = upload.filename.rpartition(".")
    if dot and kind.lower() not in _READABLE and given.get("purpose") != _ATTACHMENT:
        raise Refusal(400, f"Invalid file: {upload.filename} is of no type that can be read.")
    if "metadata" in given:
        given["metadata"] = _metadata(given["metadata"])
    id = state.new_id()  # noqa: A001
    given |= {
        "id": id,
        "object": "file",
        "status": _usable_status(state),
        "name": upload.filename,
        "originalName": upload.filename,
        "bytes": len(upload.data),
        "mimetype": upload.media_type,
    }
    given |= {"key": f"files/{id}/{upload.filename}", "url": state.storage_url + state.files.path(id, upload.filename)}
    state.files.keep(id, upload)


def _metadata(text: str) -> Json:
    """Return the metadata of a form, which is JSON text there."""
    try:
        value = json.loads(text)
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise Refusal(400, ["metadata must be a json string"])
    return value


def _usable_status(state: SandboxState) -> str | None:
    """Return the status of a file that can be used; older contracts have others, of which the first will do."""
    schema = state.contract.schemas.get("File", {}).get("properties", {}).get("status", {})
    return "done" if "done" in schema.get("enum", ("done",)) else None


def _attach_file(state: SandboxState, base: str, given: Json) -> None:
    file = state.store.get(_FILE, given["fileId"])
    if file is None:
        raise not_found("file", given["fileId"])
    known = {"fileName": file.get("name"), "mimetype": file.get("mimetype"), "bytes": file.get("bytes")}
    # By the id of the file: that is what the paths below a knowledge base name.
    given |= {"id": given["fileId"], "knowledgeBaseV2Id": base, "status": "indexing", **known}


def update_file_list(state: SandboxState, home: str) -> None:
    """Keep the `files` of a knowledge base what they are."""
    if home.startswith(_KNOWLEDGE_BASE) and home.endswith("/file"):
        base = home.removesuffix("/file").rpartition("/")[2]
        state.store.patch(_KNOWLEDGE_BASE, base, {"files": list(state.store.all(home))})


def _queue_run(state: SandboxState, given: Json) -> None:
    if state.out_of_credits:
        text = "The wallet is empty: add credits to run simulations."
        body = {"statusCode": 402, "message": text, "reason": "insufficient_credits"}
        raise Refusal(402, text, body=body)
    given |= {"status": "queued", "queuedAt": state.timestamp()}
    items = len(_simulations(state, given)) * int(given.get("iterations") or 1)
    given["simulationRunItemIds"] = [state.new_id() for _ in range(items)]
    counts = dict.fromkeys(("passed", "failed", "running", "canceled"), 0)
    given["itemCounts"] = {"total": items, "queued": items, **counts}


def _simulations(state: SandboxState, run: Json) -> list[str]:
    """Return the ids of the simulations that a run is of; a suite stands for those that it has."""
    found: list[str] = []
    for entry in run.get("simulations", ()):
        suite = state.store.get("/eval/simulation/suite", entry.get("simulationSuiteId") or entry.get("suiteId") or "")
        if suite is not None:
            found += suite.get("simulationIds") or ()
        else:
            found.append(entry.get("simulationId") or state.new_id())
    return found


def _run_items(state: SandboxState, run: Json) -> list[Json]:
    shared = {"runId": run["id"], "status": "queued", "queuedAt": run["queuedAt"]}
    iterations = range(1, int(run.get("iterations") or 1) + 1)
    items = [(each, number) for each in _simulations(state, run) for number in iterations]
    return [
        {"id": id, "simulationId": simulation, "iterationNumber": number, **shared}
        for id, (simulation, number) in zip(run["simulationRunItemIds"], items, strict=True)  # noqa: A001
    ]
