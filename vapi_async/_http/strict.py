"""Strict clients: an answer that does not match the contract is an error, with the paths of what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.errors import DecodeError

if TYPE_CHECKING:
    from vapi_async._modeling.class_loading import Decoder
    from vapi_async._operations.operation import Operation

_SHOWN = 5


def complain(value: Any) -> tuple[str, tuple[str, ...]]:
    """Return what to say of a value that does not match the contract, and the paths where not; "" and () if it does."""
    from vapi_async._modeling.conformance import mismatches

    found = mismatches(value)
    if not found:
        return "", ()
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    text = f"the answer does not match the contract: {'; '.join(map(str, found[:_SHOWN]))}{more}"
    return text, tuple(mismatch.path for mismatch in found)


def checked(decode: Decoder, operation: Operation[Any]) -> Decoder:
    """Return a decoder for items of a list that raises a DecodeError for one that does not match."""

    def decode_checked(value: Any) -> Any:
        item = decode(value)
        text, paths = complain(item)
        if text:
            error = DecodeError(f"{operation.method} {operation.path}: an item: {text}")
            raise error._describe(method=operation.method, url=operation.path, parsed=item, paths=paths)
        return item

    return decode_checked
