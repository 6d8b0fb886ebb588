from __future__ import annotations

import sys

try:
    from .cli import main
except ModuleNotFoundError as _missing:
    if not _missing.name or _missing.name.startswith(str(__package__)):
        raise
    print(f"python -m {__package__} needs {_missing.name}: pip install 'vapi-async[codegen]'", file=sys.stderr)
    sys.exit(2)

if __name__ == "__main__":
    sys.exit(main())
