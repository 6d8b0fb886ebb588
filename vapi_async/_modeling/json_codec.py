"""Bytes to JSON values: the one place to change for another JSON parser.

The standard library's is used on purpose. Measured on pages of calls, orjson gains nothing once models are made of the
values; and it turns integers beyond 64 bits into floats, where nothing is to be lost.
"""

from __future__ import annotations

import json
from typing import Any


def loads(content: bytes) -> Any:
    """Return the JSON value in `content`, None if it is blank.

    Raises:
        ValueError: it is not JSON, or nested deeper than can be read.
    """
    try:
        return json.loads(content)
    except RecursionError:
        raise ValueError("nested too deep") from None
    except ValueError:
        if not content.strip():
            return None
        raise
