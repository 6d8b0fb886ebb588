"""From the body of a success to the value that a method returns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async._modeling.json_codec import JsonLoads, loads
from vapi_async._modeling.partial_json import loads_partial
from vapi_async._modeling.unions import json_type

from . import error_text

if TYPE_CHECKING:
    from vapi_async.errors import DecodeError
    from vapi_async.responses import Response

    from .failures import Failures
    from .prepared_request import Decoder, PreparedRequest


def decode(response: Response[Any], failures: Failures, *, strict: bool, json_loads: JsonLoads) -> Any:
    """Return the value of an answer.

    Args:
        response: the answer to a success.
        failures: makes the errors of the request.
        strict: whether a value that does not match the contract is an error.
        json_loads: the JSON parser.

    Raises:
        DecodeError: the answer has none.
    """
    request = failures.request
    if request.raw:
        return response.content
    if _lacks_what_was_made(response, request):
        raise failures.undecodable(f"the {response.status_code} answer is empty", response, raw=response.content)
    try:
        value = loads(response.content, json_loads)
    except ValueError as cause:
        raise _not_json(response, failures, str(cause)) from cause
    if request.returns is not None:
        value = _made(value, request.returns, response, failures)
    if strict:
        _check(value, response, failures)
    return value


def _lacks_what_was_made(response: Response[Any], request: PreparedRequest) -> bool:
    """Return whether a POST has an empty answer that should describe what was made, such as its id.

    Any other empty answer is a value, None: nothing is lost with it.
    """
    described = request.method == "POST" and request.returns is not None
    return described and response.status_code not in (204, 205) and not response.content.strip()


def _made(value: Any, decode: Decoder, response: Response[Any], failures: Failures) -> Any:
    """Return what the decoder makes of a JSON value.

    A decoder gives back what it cannot use. That may be data that nobody knew of; but a POST that is answered with null
    or a number instead of what it made leaves its caller without an id, and with a call that nobody watches.
    """
    try:
        made = None if value is None else decode(value)
    except Exception as cause:  # whatever went wrong, the answer must not be lost with it
        what = f"the answer could not be made a model: {type(cause).__name__}: {cause}"
        raise failures.undecodable(what, response, raw=response.content, parsed=value) from cause
    described = failures.request.method == "POST" and response.status_code not in (204, 205)
    if described and not isinstance(value, dict) and not (isinstance(value, list) and _takes_lists(decode)):
        what = f"the {response.status_code} answer is {json_type(value)}, not what the contract describes"
        raise failures.undecodable(what, response, raw=response.content, parsed=value)
    return made


def _takes_lists(decode: Decoder) -> bool:
    return bool(decode([{}]) != [{}])  # what a decoder cannot use comes back equal


def _not_json(response: Response[Any], failures: Failures, why: str) -> DecodeError:
    response.content = failures.scrubbed(response.content)
    if response.headers.get("content-type", "").startswith("text/event-stream"):
        why = "but events, which chats.stream and chats.stream_response read"
    beginning = error_text.message_in(response.content[:2000].decode("utf-8", "replace"))
    what = f"the {response.status_code} answer is not JSON ({why}): {beginning}"
    parsed = loads_partial(response.content, failures.request.returns)
    return failures.undecodable(what, response, raw=response.content, parsed=parsed)


def _check(value: Any, response: Response[Any], failures: Failures) -> None:
    from .strict import contract_mismatch

    what, paths = contract_mismatch(value)
    if what:
        response.parsed = value
        raise failures.undecodable(what, response, raw=response.content, parsed=value, paths=paths)
