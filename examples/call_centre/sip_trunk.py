"""A SIP trunk of your own: a credential that says where it is, and a phone number that is reached over it.

python -m examples.call_centre.sip_trunk          offline
python -m examples.call_centre.sip_trunk --live   needs VAPI_API_KEY, SIP_GATEWAY (an IP address), SIP_USERNAME,
                                                  SIP_PASSWORD, SIP_NUMBER
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

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
    credential = await vapi.credentials.create(trunk(settings))
    print(f"credential    {credential.id}  {credential.name}")
    try:
        number = await vapi.phone_numbers.create(
            {
                "provider": "byo-phone-number",
                "name": "Over our trunk",
                "number": settings["SIP_NUMBER"],
                "numberE164CheckEnabled": False,  # extensions, such as "701", are numbers too
                "credentialId": credential.id,
            }
        )
        print(f"phone number  {number.id}  {number.number}")
        print(f"\nCalls go out over the trunk with calls.create(phone_number_id='{number.id}', …).")
        print("For calls that come in, point the trunk at the API's SIP host, sip.vapi.ai.")
        await vapi.phone_numbers.delete(number.id)
    finally:
        await vapi.credentials.delete(credential.id)


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


if __name__ == "__main__":
    run(sip_trunk, plan=PLAN, settings=SETTINGS)
