"""The time that a signed delivery says it was sent at.

The contract leaves open how it is written (`HMACAuthenticationPlan.timestampHeader`), so all three usual ways are read.
"""

from __future__ import annotations

import re
from datetime import datetime

_NUMBER = re.compile(r"[0-9]{1,19}(\.[0-9]{1,19})?")

#: From here on a number counts milliseconds: as such it is a day in 1973, as seconds one in the year 5138.
_MILLISECONDS = 1e11


def parse_timestamp(text: str) -> float | None:
    """Return seconds since the epoch.

    Args:
        text: seconds or milliseconds since the epoch, or ISO 8601 with `Z` or an offset.

    Returns:
        None if it is none of them; a time without an offset could be any of a day's, so it is none either.
    """
    if _NUMBER.fullmatch(text):
        number = float(text)
        return number / 1000 if number >= _MILLISECONDS else number
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo else None
