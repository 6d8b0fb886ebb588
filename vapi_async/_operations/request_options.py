"""`RequestOptions`: the keywords that every method takes beside its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict

from vapi_async._lazy import exported_by


@exported_by("vapi_async")
class RequestOptions(TypedDict, total=False):
    """Keywords that every method takes beside its own, for what the contract does not know.

    Attributes:
        extra_headers: header fields; they replace those of the client, and None takes one out.
        extra_query: query parameters by wire name; they replace those of the same name.
        extra_body: members of the JSON object that is sent, by wire name; they replace those of the same name.
    """

    extra_headers: Mapping[str, str | None]
    extra_query: Mapping[str, Any]
    extra_body: Mapping[str, Any]
