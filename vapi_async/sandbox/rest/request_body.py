"""Bodies: JSON and multipart forms, as values."""

from __future__ import annotations

import json
import math
from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Any

from vapi_async._optional import load

from .http_values import Refusal, Upload

if TYPE_CHECKING:
    from .contract import ApiContract, ContractOperation


async def read_body(contract: ApiContract, operation: ContractOperation, content: bytes, media_type: str) -> Any:
    """Return the value of a body; None if there is none.

    Args:
        contract: the contract.
        operation: what it is for.
        content: the body.
        media_type: the value of the content-type header.

    Raises:
        Refusal: it is something else than the operation takes, or is broken.
    """
    essence = media_type.partition(";")[0].strip().lower()
    if operation.media_type == "multipart/form-data":
        if essence != "multipart/form-data":
            raise Refusal(415, "The body must be multipart/form-data.")
        properties = contract.resolve(operation.body or {}).get("properties", {})
        return await _form(content, media_type, {name for name, each in properties.items() if "items" in each})
    if not content:
        return None
    if essence != "application/json" and not essence.endswith("+json"):
        raise Refusal(415, "The body must be application/json.")
    try:
        # Python's reader takes NaN and Infinity, which are no JSON; deep nesting ends in a RecursionError.
        value = json.loads(content, parse_constant=_no_constant, parse_float=_finite)
        # Half of a surrogate pair is valid JSON and no text: stored, it would break every answer that it is in.
        if b"\\u" in content:
            json.dumps(value, ensure_ascii=False).encode()
        return value
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"The body is no JSON: {error}") from error


def for_validation(body: Any) -> Any:
    """Return a body as it is measured against the contract: a null says as much as nothing, a file is its name."""
    if not isinstance(body, dict):
        return body
    return {name: _named(value) for name, value in body.items() if value is not None}


def _named(value: Any) -> Any:
    if isinstance(value, list):
        return [_named(each) for each in value]
    return value.filename if isinstance(value, Upload) else value


async def _form(content: bytes, media_type: str, several: set[str]) -> dict[str, Any]:
    """Return the parts of a form by name: text, or an Upload; of names that stand for several, a list."""
    load("python_multipart", "sandbox")
    from starlette.datastructures import Headers, UploadFile
    from starlette.formparsers import MultiPartException, MultiPartParser

    async def pieces() -> AsyncGenerator[bytes, None]:
        yield content

    try:
        # The size of the whole body was checked before; a limit for one part would only be a second one.
        form = await MultiPartParser(
            Headers({"content-type": media_type}), pieces(), max_part_size=len(content) + 1
        ).parse()
    except (MultiPartException, KeyError, ValueError) as error:
        raise Refusal(400, f"The body is no multipart form: {error}") from error
    values: dict[str, Any] = {}
    for name, part in form.multi_items():
        value: Any = part
        if isinstance(part, UploadFile):
            media = part.content_type or "application/octet-stream"
            value = Upload(part.filename or "file", media, await part.read())
        if name in several:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value
    await form.close()
    return values


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is too large for a number")
    return number
