"""Credentials: stored without their secrets, which sign what goes to the servers that name them."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from vapi_async.sandbox.rest.http_values import Handler, HttpRequest, HttpResponse

if TYPE_CHECKING:
    from vapi_async.sandbox.rest.crud import CrudHandlers
    from vapi_async.sandbox.rest.state import SandboxState

    from .deliveries import Deliveries

_SECRETS = frozenset(
    {
        "apiKey", "apiSecret", "authToken", "awsSecretAccessKey", "ocpApimSubscriptionKey", "openAIKey",
        "vonageApplicationPrivateKey", "private_key", "authPassword", "token", "secretKey", "clientSecret",
    }
)  # fmt: skip
_HIDDEN = "[REDACTED]"


class StoredCredentials:
    """The credentials of one sandbox.

    Args:
        state: its state.
        crud: stores them.
        deliveries: what they sign.
    """

    def __init__(self, state: SandboxState, crud: CrudHandlers, deliveries: Deliveries) -> None:
        self._state = state
        self._crud = crud
        self._deliveries = deliveries

    def handlers(self) -> dict[str, Handler]:
        """Return what answers the operations that take secrets, by operation."""
        keys = ("POST /credential", "PATCH /credential/{id}")
        return {key: self._keep for key in keys if key in self._state.contract.operations}

    def _keep(self, request: HttpRequest) -> HttpResponse:
        plan = request.body.get("authenticationPlan")
        request.body = _without_secrets(request.body)
        answer = self._crud.handler(self._state.contract.operations[request.operation])(request)
        assert isinstance(answer, HttpResponse)
        if plan is not None:
            # What cannot sign is noted where it would have to.
            with suppress(ValueError):
                self._deliveries.credential(json.loads(answer.body)["id"], plan)
        return answer


def _without_secrets(value: Any, depth: int = 0) -> Any:
    """Return a credential without its secrets; those of a plan inside of it are blackened, since it must have them."""
    if not isinstance(value, dict):
        return value
    kept = {name: member for name, member in value.items() if depth or name not in _SECRETS}
    return {name: _HIDDEN if name in _SECRETS else _without_secrets(member, depth + 1) for name, member in kept.items()}
