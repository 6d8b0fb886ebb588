"""What an answer is made into where the contract does not say it: the `returns=` of a raw request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, get_args, get_origin

from vapi_async._modeling.decoding import items, values

if TYPE_CHECKING:
    from vapi_async._http.prepared_request import Decoder


def decoder_of(returns: Any) -> Decoder:
    """Return what makes `returns` of decoded JSON; like every decoder it leaves what does not fit as it is.

    Args:
        returns: a model class, `list[Model]`, `dict[str, Model]`, or a function of the decoded JSON.

    Raises:
        TypeError: it is none of these.
    """
    arguments = get_args(returns)
    if get_origin(returns) is list:
        return items(decoder_of(arguments[0]))
    if get_origin(returns) is dict and arguments[0] is str:
        return values(decoder_of(arguments[1]))
    if isinstance(returns, type) and hasattr(returns, "from_dict"):
        make = returns.from_dict
        return lambda value: make(value) if isinstance(value, Mapping) else value
    if callable(returns) and not isinstance(returns, type) and get_origin(returns) is None:
        made: Decoder = returns
        return made
    raise TypeError(f"returns must be a model, list[Model], dict[str, Model] or a function of JSON, not {returns!r}")
