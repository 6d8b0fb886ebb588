"""The page of a sandbox, for whoever looks on."""

from __future__ import annotations

from tests.sandbox.walking import CALL, TOKEN
from tests.sandbox.world import Server
from vapi_async.sandbox import Sandbox, user


async def test_it_shows_what_goes_on() -> None:
    async with Sandbox(server=Server()) as sandbox, sandbox.http_client() as http:
        sandbox.script([user("<script>alert(1)</script>")])
        made = (await http.post("/call", json=CALL, headers=TOKEN)).json()
        await sandbox.run(made["id"])
        await http.get("/call/none", headers=TOKEN)
        answer = await http.get("/")
        page = answer.text
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert made["id"] in page
    assert "ended customer-ended-call" in page
    assert "User: &lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert "end-of-call-report" in page
    assert "GET /call/none" in page
    assert "<span class=bad>404</span>" in page


async def test_it_is_empty_at_first_and_wants_the_token() -> None:
    async with Sandbox(token="t") as sandbox, sandbox.http_client() as http:
        assert (await http.get("/")).status_code == 401
        assert (await http.get("/?token=other")).status_code == 401
        answer = await http.get("/?token=t")
        assert (answer.status_code, "Calls" in answer.text) == (200, True)


async def test_it_shows_the_latest_of_many_and_cuts_long_texts() -> None:
    async with Sandbox() as sandbox, sandbox.http_client() as http:
        for number in range(40):
            await http.post("/assistant", json={"name": f"A{number}", "firstMessage": "x" * 5000}, headers=TOKEN)
        page = (await http.get("/")).text
    assert page.count("<tr><td>POST /assistant") == 30
    assert "A39" in page
    assert "A9&quot;" not in page
    assert "x" * 4001 not in page
