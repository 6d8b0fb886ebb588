"""The definition of a tool: what the API is told of a function, to create an assistant or tools with."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from .spoken_text import to_jsonable
from .strict_schema import strict_parameters

if TYPE_CHECKING:
    from .tool_signature import ToolSignature

LONGEST_WAIT = 300
"""Seconds that the API can be told to wait for a server (schema `Server`)."""
ROUND_TRIP = 2.0
"""Seconds for the way there and back, by which a tool has to be done earlier."""
_KEYS = {
    "async_": "async",
    "messages": "messages",
    "rejection_plan": "rejectionPlan",
    "variable_extraction_plan": "variableExtractionPlan",
}


class ToolOptions(TypedDict, total=False):
    """How a tool is announced and run.

    Attributes:
        description: what it is for; without, the first paragraph of the docstring.
        timeout: seconds that it may take, up to 298; without, that of the `Tools`.
        encrypted_paths: arguments that are sent encrypted, with dots for what is within objects.
        parameters: the JSON schema of the arguments, in place of what the signature says; for functions that take
            `**arguments`, which then get them as they came.
        strict: whether the model has to keep to the schema, which is then announced as OpenAI's strict mode wants it.
        async_: whether the assistant goes on without waiting for the answer.
        messages: what the assistant says meanwhile and afterwards (`ToolMessageStart` and so on).
        rejection_plan: when the call is refused without asking the server (`ToolRejectionPlan`).
        variable_extraction_plan: what of the answer is kept in variables (`VariableExtractionPlan`).
    """

    description: str
    timeout: float | None
    encrypted_paths: Sequence[str]
    parameters: Mapping[str, Any]
    strict: bool
    async_: bool
    messages: Sequence[Any]
    rejection_plan: Any
    variable_extraction_plan: Any


def tool_definition(name: str, signature: ToolSignature, options: ToolOptions) -> dict[str, Any]:
    """Return the definition of a tool, without the server (schema `CreateFunctionToolDTO`).

    Args:
        name: of the tool.
        signature: of its function.
        options: what was said beside; what was not said is left to the API.

    Raises:
        TypeError: the schema cannot be said in strict mode.
    """
    function: dict[str, Any] = {"name": name}
    description = options.get("description", signature.description)
    if description:
        function["description"] = description
    function["parameters"] = options.get("parameters", signature.schema)
    if "strict" in options:
        function["strict"] = options["strict"]
    if options.get("strict"):
        function["parameters"] = strict_parameters(function["parameters"])
    more = {_KEYS[key]: value for key, value in options.items() if key in _KEYS}
    definition: dict[str, Any] = to_jsonable({"type": "function", "function": function, **more})
    return definition


def server_of(base: Mapping[str, Any], timeout: float, encrypted_paths: Sequence[str]) -> dict[str, Any]:
    """Return the server of a tool (schema `Server`): the API waits for it as long as the tool may take.

    Args:
        base: the server of all tools, in the API's spelling; it may say that the API is to wait longer.
        timeout: seconds that the tool may take.
        encrypted_paths: arguments that are to be encrypted.
    """
    needed = math.ceil(timeout + ROUND_TRIP)
    server = {**to_jsonable(base), "timeoutSeconds": max(needed, base.get("timeoutSeconds") or 0)}
    if encrypted_paths:
        server["encryptedPaths"] = list(encrypted_paths)
    return server
