"""Arguments of other clients, and what is in their place here: for errors, and for the report on code that moves."""

from __future__ import annotations

from collections.abc import Mapping

ELSEWHERE: Mapping[str, str] = {
    "api_key": "token=",
    "key": "token=",
    "max_retries": "retry=",
    "default_headers": "headers=",
    "httpx_client": "http_client=, an httpx.AsyncClient that lends its connections; its timeout does not count",
    "environment": 'region="eu", or base_url=',
    "url": "base_url=",
    "proxy": "http_client=httpx.AsyncClient(proxy=...)",
    "proxies": "http_client=httpx.AsyncClient(proxy=...)",
    "verify": "http_client=httpx.AsyncClient(verify=...)",
    "follow_redirects": "nothing: redirects are not followed, so that the token stays with the API",
    "logging": "nothing: VAPI_LOG or the logger vapi_async, and the hooks on_request, on_response and on_retry",
}
