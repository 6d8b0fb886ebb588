"""Bytes to JSON values.

The standard library's parser is the default on purpose: nothing is lost with it. Others are faster, and have limits
that whoever chooses them has to know: orjson turns integers beyond 64 bits into floats, and refuses lone surrogates.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeAlias

JsonLoads: TypeAlias = Callable[[bytes], Any]
"""Returns the JSON value in bytes; raises if it is none."""


def loads(content: bytes, parse: JsonLoads = json.loads) -> Any:
    """Return the JSON value in `content`, None if it is blank.

    Args:
        content: the bytes.
        parse: the parser.

    Raises:
        ValueError: it is not JSON, or nested deeper than can be read.
    """
    try:
        return parse(content)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except Exception as error:
        if not content.strip():
            return None
        if isinstance(error, ValueError):
            raise
        raise ValueError(str(error)) from error  # not every parser's error is one
