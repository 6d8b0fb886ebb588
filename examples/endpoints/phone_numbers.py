"""Phone numbers: list, get, update.

python -m examples.endpoints.phone_numbers          offline
python -m examples.endpoints.phone_numbers --live   needs VAPI_API_KEY, VAPI_PHONE_NUMBER_ID
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from examples.kit import DIALLING, Settings, run

if TYPE_CHECKING:
    from vapi_async import AsyncVapi
    from vapi_async.sandbox import Sandbox

PLAN = """\
This lists your phone numbers, renames {VAPI_PHONE_NUMBER_ID}, and gives it its old name back. It costs nothing."""
SETTINGS = {"VAPI_PHONE_NUMBER_ID": DIALLING["VAPI_PHONE_NUMBER_ID"]}


async def phone_numbers(vapi: AsyncVapi, settings: Settings) -> None:
    """Show all phone numbers, and rename one."""
    async for each in vapi.phone_numbers.list():  # each provider's is a type of its own
        print(f"listed   {each.id}  {each.provider:<8} {each.get('number') or each.get('sipUri')}  {each.get('name')}")

    number = await vapi.phone_numbers.get(settings["VAPI_PHONE_NUMBER_ID"])
    print(f"got      {number.id}  {number.name}")

    # The body is one of several types, told apart by `provider`.
    changed = await vapi.phone_numbers.update(number.id, {"provider": number.provider, "name": "Example"})
    print(f"updated  {changed.id}  {changed.name}")

    restored = await vapi.phone_numbers.update(number.id, {"provider": number.provider, "name": number.name or None})
    print(f"restored {restored.id}  {restored.name}")


def offline_numbers(sandbox: Sandbox) -> None:
    """One phone number more than the setting names."""
    twilio = {"provider": "twilio", "number": "+15550002222", "name": "Support", "twilioAccountSid": "AC0"}
    sandbox.add("/phone-number", twilio)


if __name__ == "__main__":
    run(phone_numbers, plan=PLAN, settings=SETTINGS, prepare=offline_numbers)
