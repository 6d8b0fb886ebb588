"""Every operation of a contract, asked of a sandbox: what is needed for it is made first, through the API."""

from __future__ import annotations

from typing import Any

import httpx

from vapi_async.sandbox.rest.contract import ApiContract, ContractOperation
from vapi_async.sandbox.rest.examples import Examples

Json = dict[str, Any]

TOKEN = {"authorization": "Bearer sandbox"}
SAID = {"input": "Hello", "assistant": {"name": "A"}, "stream": False}
CALL = {
    "assistant": {"name": "A"},
    "phoneNumber": {"twilioAccountSid": "AC1", "twilioAuthToken": "t", "twilioPhoneNumber": "+14155550199"},
    "customer": {"number": "+14155550123"},
}
CAMPAIGN = {"name": "C", "phoneNumberId": "n", "customers": [{"number": "+14155550123"}]}
INSIGHT = {
    "type": "text",
    "queries": [{"type": "vapiql-json", "table": "call", "column": "id", "operation": "count"}],
    "timeRange": {"start": "-7d", "end": "now"},
}
UNKNOWN = "11111111-2222-4333-8444-555555555555"
#: What more holds of a body than its schema says.
BODIES: dict[str, Json] = {
    "POST /call": CALL,
    "POST /call/phone": CALL,
    "POST /call/web": {"assistant": {"name": "A"}},
    "POST /chat": SAID,
    "POST /chat/responses": SAID,
    "POST /eval/simulation/run": {
        "simulations": [{"type": "simulation", "simulationId": "11111111-2222-4333-8444-555555555555"}],
        "target": {"type": "assistant", "assistantId": "11111111-2222-4333-8444-555555555555"},
    },
    "POST /campaign": CAMPAIGN,
    "POST /v2/campaign": CAMPAIGN,
    "POST /eval/run": {"type": "eval", "evalId": UNKNOWN, "target": {"type": "assistant", "assistantId": UNKNOWN}},
    "POST /observability/scorecard": {"metrics": []},
    "PATCH /observability/scorecard/{id}": {"metrics": []},
    "POST /eval/simulation/scenario": {"name": "S", "instructions": "Be cross.", "evaluations": []},
    "PATCH /eval/simulation/scenario/{id}": {"name": "S"},
    "POST /eval/simulation": {"name": "S", "scenarioId": UNKNOWN, "personalityId": UNKNOWN},
    "POST /reporting/insight": INSIGHT,
    "POST /reporting/insight/preview": INSIGHT,
    "POST /reporting/insight/{id}/run": {"timeRangeOverride": {"start": "2026-01-01T00:00:00Z", "end": "now"}},
    "POST /squad": {"members": [{"assistant": {"name": "A"}}]},
    "PATCH /squad/{id}": {"members": [{"assistant": {"name": "A"}}]},
    "DELETE /call/{id}": {},
}


class Walker:
    """Asks a sandbox.

    Args:
        http: its httpx client.
        contract: its contract.
        seed: what the bodies follow from; None for the least that is valid.
    """

    def __init__(self, http: httpx.AsyncClient, contract: ApiContract, seed: str | None = None) -> None:
        self.http = http
        self.contract = contract
        self.examples = Examples(contract, seed)

    async def ask(self, operation: ContractOperation) -> httpx.Response:
        """Send a valid request for an operation."""
        path = await self._path(operation)
        query = {name: self._text(each) for name, each in operation.parameters.items() if each.get("required")}
        if operation.key == "PATCH /structured-output/{id}":
            query["schemaOverride"] = "true"
        body = await self._body(operation) if operation.method != "PATCH" else await self._changes(operation, path)
        return await self.http.request(operation.method, path, params=query, headers=TOKEN, **body)

    async def _changes(self, operation: ContractOperation, path: str) -> Json:
        """A body of the variant that the object at a path is of, without the type that it keeps for ever."""
        if operation.body is None or operation.key in BODIES:
            return await self._body(operation)
        stored = (await self.http.get(path, headers=TOKEN)).json()
        variant = stored.get(self.contract.tag_of(operation), "")
        schema = self.contract.body_of(operation, variant)
        if schema is operation.body:
            schema = self._likest(schema, stored)
        value = self.examples.value(schema)
        keeps = ("/tool/", "/structured-output/", "/eval/")
        if operation.path.startswith(keeps) and not operation.path.startswith("/eval/simulation"):
            value.pop("type", None)
        return {"json": value}

    def _likest(self, schema: Json, stored: Json) -> Json:
        """Of variants that nothing tells apart, as in older documents, the one that has most of what an object has."""
        variants = self.contract.resolve(schema).get("oneOf", [schema])
        return max(
            variants, key=lambda each: len(self.contract.resolve(each).get("properties", {}).keys() & stored.keys())
        )

    async def _path(self, operation: ContractOperation) -> str:
        """Put values into a path: the first of an enum, ids of objects made for it."""
        path = operation.path
        for name, schema in operation.path_parameters.items():
            if "enum" in schema:
                path = path.replace("{" + name + "}", schema["enum"][0])
        while "{" in path:
            above, _, rest = path.partition("/{")
            name, _, below = rest.partition("}")
            path = f"{above}/{await self._id(above, name)}{below}"
        return path

    async def _id(self, above: str, name: str) -> str:
        found = self.contract.match("POST", above) if above else None
        if found is None:
            return await self._listed(above)
        made = await self.http.post(above, headers=TOKEN, **await self._body(found[0]))
        assert made.is_success, made.text
        return str(made.json()["id"])

    async def _listed(self, above: str) -> str:
        """The id of what is made with what is above, as the items of a simulation run; or any, of what is nowhere."""
        if self.contract.match("GET", above) is None:
            return UNKNOWN
        listed = (await self.http.get(above, headers=TOKEN)).json()
        return str(listed[0]["id"]) if isinstance(listed, list) and listed else UNKNOWN

    async def _body(self, operation: ContractOperation) -> Json:
        if operation.media_type == "multipart/form-data":
            return self._form(operation)
        if operation.path.endswith("/file") and operation.method == "POST":
            return {"json": {"fileId": await self._id("/file", "fileId")}}
        if operation.key == "POST /structured-output/run":
            ids = {"structuredOutputId": await self._id("/structured-output", "id")}
            return {"json": {**ids, "callIds": [await self._id("/call", "id")]}}
        if operation.key == "POST /traffic-allocations":
            return {"json": {"assistantId": await self._id("/assistant", "id")}}
        if operation.key in BODIES and self._is_current(operation):
            return {"json": BODIES[operation.key]}
        if operation.body is None:
            return {}
        value = self.examples.value(operation.body)
        return {"json": value if value != [] else [self.examples.value(operation.body["items"])]}

    def _is_current(self, operation: ContractOperation) -> bool:
        """Whether an operation takes what it takes in the newest contract: `/chat` was once something else."""
        return operation.key != "POST /chat" or "input" in self.contract.resolve(operation.body)["properties"]

    def _form(self, operation: ContractOperation) -> Json:
        properties = self.contract.resolve(operation.body)["properties"]
        files = {
            name
            for name, each in properties.items()
            if "binary" in (each.get("format"), each.get("items", {}).get("format"))
        }
        data = {"purpose": "assistant", "name": "A"}
        return {
            "files": dict.fromkeys(files, ("a.txt", b"hello", "text/plain")),
            "data": {name: text for name, text in data.items() if name in properties},
        }

    def _text(self, parameter: Json) -> str:
        value = self.examples.value(parameter["schema"])
        return str(value).lower() if isinstance(value, bool) else str(value)
