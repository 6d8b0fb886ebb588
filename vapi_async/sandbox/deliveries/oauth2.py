"""Tokens of OAuth2 credentials: asked for with the client's secret, kept until they run out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from attrs import frozen

if TYPE_CHECKING:
    from .delivery import Delivery
    from .signing import Plan

_LIFETIME = 3600.0
FORM = "application/x-www-form-urlencoded"

#: Sends a form to a URL, and returns what came of it.
Ask = Callable[[str, bytes], Awaitable["Delivery"]]


@frozen
class _Token:
    text: str
    until: datetime


class Tokens:
    """The tokens of one sandbox, by the credential they belong to."""

    def __init__(self) -> None:
        self._tokens: dict[str, _Token] = {}

    async def of(self, credential: str, plan: Plan, now: datetime, ask: Ask) -> str | None:
        """Return the token of a credential; None if its server gives none.

        Args:
            credential: the id of the credential.
            plan: its `OAuth2AuthenticationPlan`.
            now: what time it is.
            ask: sends a form to the token's server.
        """
        known = self._tokens.get(credential)
        if known is not None and now < known.until:
            return known.text
        delivery = await ask(plan["url"], urlencode(_form(plan)).encode())
        reply = delivery.reply if delivery.ok and isinstance(delivery.reply, dict) else {}
        if not isinstance(reply.get("access_token"), str):
            return None
        until = now + timedelta(seconds=float(reply.get("expires_in") or _LIFETIME))
        self._tokens[credential] = _Token(reply["access_token"], until)
        return self._tokens[credential].text


def _form(plan: Plan) -> dict[str, str]:
    form = {"grant_type": "client_credentials", "client_id": plan["clientId"], "client_secret": plan["clientSecret"]}
    return form | ({"scope": plan["scope"]} if plan.get("scope") else {})
