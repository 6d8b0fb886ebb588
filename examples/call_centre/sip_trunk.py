"""A SIP trunk of your own: a credential that says where it is, and a phone number that is reached over it.

    python -m examples.call_centre.sip_trunk          offline
    python -m examples.call_centre.sip_trunk --live   needs VAPI_API_KEY, SIP_GATEWAY (an IP address), SIP_USERNAME,
                                                      SIP_PASSWORD, SIP_NUMBER

The API has /credential, its published contract no longer does: so it is `vapi.request`, and JSON comes back.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import vapi_async
from examples.kit import Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi

PLAN = """\
This creates a credential for the trunk at {SIP_GATEWAY} and the phone number {SIP_NUMBER} on it, and deletes both
again. It costs nothing."""
SETTINGS = {
    "SIP_GATEWAY": "203.0.113.7",
    "SIP_USERNAME": "call-centre",
    "SIP_PASSWORD": "not-a-password",
    "SIP_NUMBER": "+15553334444",
}


async def sip_trunk(vapi: AsyncVapi, settings: Settings) -> None:
    """Make the trunk known, and a number on it."""
    credential = await vapi.request("POST", "/credential", json=trunk(settings))
    print(f"credential    {credential['id']}  {credential['name']}")
    try:
        number = await vapi.phone_numbers.create(
            {
                "provider": "byo-phone-number",
                "name": "Over our trunk",
                "number": settings["SIP_NUMBER"],
                "numberE164CheckEnabled": False,  # extensions, such as "701", are numbers too
                "credentialId": credential["id"],
            }
        )
        print(f"phone number  {number.id}  {number.number}")
        print(f"\nCalls go out over the trunk with calls.create(phone_number_id='{number.id}', …).")
        print("For calls that come in, point the trunk at the API's SIP host, sip.vapi.ai.")
        await vapi.phone_numbers.delete(number.id)
    finally:
        await vapi.request("DELETE", f"/credential/{credential['id']}")


def trunk(settings: Settings) -> dict[str, Any]:
    """Return the credential: the `CreateByoSipTrunkCredentialDTO` of the contract."""
    return {
        "provider": "byo-sip-trunk",
        "name": "Our trunk",
        "gateways": [{"ip": settings["SIP_GATEWAY"], "port": 5060, "inboundEnabled": True, "outboundProtocol": "udp"}],
        "outboundLeadingPlusEnabled": True,
        "outboundAuthenticationPlan": {
            "authUsername": settings["SIP_USERNAME"],
            "authPassword": settings["SIP_PASSWORD"],
        },
    }


def with_credentials(folder: str) -> Path:
    """Write a contract for the sandbox that has /credential: the library's own, and two operations more."""

    def content(schema: str) -> dict[str, Any]:
        return {"content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}}

    contract = json.loads(Path(vapi_async.__file__).with_name("contract.json").read_text())
    answer = {"description": "", **content("ByoSipTrunkCredential")}
    id_parameter = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    contract["paths"]["/credential"] = {
        "post": {"requestBody": content("CreateByoSipTrunkCredentialDTO"), "responses": {"201": answer}}
    }
    contract["paths"]["/credential/{id}"] = {"delete": {"parameters": [id_parameter], "responses": {"200": answer}}}
    path = Path(folder, "contract.json")
    path.write_text(json.dumps(contract))
    return path


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        run(sip_trunk, plan=PLAN, settings=SETTINGS, contract=with_credentials(folder))
