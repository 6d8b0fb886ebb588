"""What sends a request once. The files, from the top; each imports only those below it.

own                 connections of the client's own, each one a small transport of httpx
aiohttp_transport   the same on aiohttp, for asyncio: the extra `[aiohttp]`
borrowed            the connections of a client that the user lends
httpx_wire          requests and answers as httpx has them
environment         certificates and proxies, as the environment says
sent_body           the body under way, which knows whether it was asked for
protocol            the seam before them all, and the one reader of bodies
"""

from __future__ import annotations
