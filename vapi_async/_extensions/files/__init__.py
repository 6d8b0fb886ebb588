"""Downloads: a file of the API, fetched into memory, to disk, or in pieces, resumed when the connection breaks."""

from __future__ import annotations
