"""Strict clients: an answer that does not match the contract is an error, with the paths of what does not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vapi_async.errors import DecodeError

if TYPE_CHECKING:
    from .prepared_request import Decoder

_SHOWN = 5


def contract_mismatch(value: Any) -> tuple[str, tuple[str, ...]]:
    """Return what to say of a value that does not match the contract, and the paths where not; "" and () if it does."""
    from vapi_async._modeling.conformance import mismatches

    found = mismatches(value)
    if not found:
        return "", ()
    more = f"; and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
    text = f"the answer does not match the contract: {'; '.join(map(str, found[:_SHOWN]))}{more}"
    return text, tuple(mismatch.path for mismatch in found)


def strict_decoder(decode: Decoder, method: str, path: str) -> Decoder:
    """Return a decoder for items of a list that raises a DecodeError for one that does not match."""

    def decode_checked(value: Any) -> Any:
        item = decode(value)
        text, paths = contract_mismatch(item)
        if text:
            raise DecodeError(f"{method} {path}: an item: {text}", method=method, url=path, parsed=item, paths=paths)
        return item

    return decode_checked
