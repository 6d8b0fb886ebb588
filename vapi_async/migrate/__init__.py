"""What to change in a code base that uses vapi_server_sdk: `python -m vapi_async.migrate PATH`.

It reads Python files by `ast`, follows what is imported, from module to module, and the variables that hold a client,
and reports each place with what to write instead. What it is not sure of says "check". `--write` makes the edits that
are certain, and none as long as a call would be left that nobody awaits.
"""

from __future__ import annotations

from .files import scan_file, sources
from .finding import Finding
from .scan import scan

__all__ = ["Finding", "scan", "scan_file", "sources"]
