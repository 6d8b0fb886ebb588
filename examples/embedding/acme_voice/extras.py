"""Methods that the generated resources inherit, as overlay.yaml says."""

from __future__ import annotations

from typing import Any

from vapi_async.resource import Resource


class CallsExtras(Resource):
    """What `calls` can do here beyond the contract."""

    async def say_once(self, number: str, text: str) -> Any:
        """Call a number, say something and hang up.

        Args:
            number: in E.164 form.
            text: what is said.
        """
        assistant = {"firstMessage": text, "endCallPhrases": [text]}
        return await self._client.request(
            "POST", "/call", json={"assistant": assistant, "customer": {"number": number}}
        )
