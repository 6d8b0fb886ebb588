"""What to change in a code base that uses vapi_server_sdk: `python -m vapi_async.migrate PATH`.

It reads Python files by `ast`, follows what is imported and the variables that hold a client, and reports each place
with what to write instead. It edits nothing. What it is not sure of says "check".
"""

from __future__ import annotations

from .files import scan_file, sources
from .finding import Finding
from .scan import scan

__all__ = ["Finding", "scan", "scan_file", "sources"]
