"""`AsyncVapi`: the client with the resources of the contract in this package.

Apart from `client`, so that the client of another generated package does not need this package's resources.
"""

from __future__ import annotations

from vapi_async._lazy import exported_by

from .api import Resources
from .client import Client


@exported_by("vapi_async")
class AsyncVapi(Resources):
    __doc__ = Client.__doc__
