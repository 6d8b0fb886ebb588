"""Methods that the generated resources inherit, as overlay.yaml says."""

from __future__ import annotations

from typing import Any

from vapi_async import Resource


class CallMethods(Resource):
    """What `calls` can do here beyond the contract."""

    async def say_once(self, phone_number_id: str, number: str, text: str) -> Any:
        """Call a number, say something and hang up.

        Args:
            phone_number_id: which of the account's phone numbers calls.
            number: in E.164 form.
            text: what is said.
        """
        assistant = {"firstMessage": text, "endCallPhrases": [text]}
        body = {"assistant": assistant, "phoneNumberId": phone_number_id, "customer": {"number": number}}
        return await self._client.request("POST", "/call", json=body)
