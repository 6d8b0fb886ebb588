"""`python -m vapi_async` is `vapi-async`."""

from __future__ import annotations

import sys

from vapi_async.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
