"""What the site is made of."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

import vapi_async.errors
import vapi_async.sandbox
import vapi_async.webhooks
from benchmarks.plots import CHARTS, chart
from benchmarks.table import FIGURES, RESULTS, Row, markdown
from tests.docs.blocks import ROOT
from vapi_async import models
from website.assemble import assemble
from website.links import relink
from website.navigation import settings
from website.parameters import shorten
from website.search import prefer_guides


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site") / "docs"
    assemble(folder)
    return folder


def _places(nav: object) -> Iterator[str]:
    if isinstance(nav, str):
        yield nav
    for part in nav if isinstance(nav, list) else nav.values() if isinstance(nav, dict) else ():
        yield from _places(part)


def _nav() -> list[str]:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return list(_places(settings["nav"]))


def test_what_the_navigation_names_is_there(site: Path) -> None:
    assert [place for place in _nav() if not (site / place).exists()] == []


def test_every_resource_has_a_page(site: Path) -> None:
    names = {path.stem for path in (site / "reference" / "api").glob("*.md")}
    assert {"calls", "v2.campaigns", "v2.knowledge_base_files", "simulation_run_items"} < names
    assert "::: vapi_async.api.calls.Calls" in (site / "reference" / "api" / "calls.md").read_text(encoding="utf-8")


def test_every_model_has_a_heading_that_signatures_can_link_to(site: Path) -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (site / "reference" / "models").glob("*.md"))
    headings = set(re.findall(r"^## \w+ \{ #vapi_async\.models\.(\w+) \}", text, re.MULTILINE))
    assert headings == set(models._MODULES)


def test_a_model_is_shown_with_its_fields(site: Path) -> None:
    text = (site / "reference" / "models" / "c.md").read_text(encoding="utf-8")
    call = text.partition("## Call {")[2].partition("\n## ")[0]
    assert "| `id` | str, required | The call's own identifier. |" in call
    assert "| `assistant_id`<br><small>assistantId</small> | str | The id of a stored assistant. |" in call
    assert "[`Artifact`](a.md#vapi_async.models.Artifact)" in call


def test_a_pattern_in_a_sentence_is_no_markdown(site: Path) -> None:
    text = (site / "reference" / "models" / "a.md").read_text(encoding="utf-8")
    assert r'Matches "^\[a-zA-Z0-9\_-\]{1,40}$".' in text.partition("## ApiRequestTool {")[2].partition("\n## ")[0]


def test_an_enum_shows_its_values(site: Path) -> None:
    text = (site / "reference" / "models" / "c.md").read_text(encoding="utf-8")
    values = text.partition("## CallPhoneCallTransport {")[2].partition("\n## ")[0]
    assert "One of `'sip'`, `'pstn'`, or any other text." in values


def test_every_public_name_is_in_the_reference() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "reference").glob("*.md"))
    listed = set(re.findall(r"^::: (\S+)", text, re.MULTILINE))
    for package in (vapi_async, vapi_async.sandbox, vapi_async.webhooks):
        errors = {name for name in package.__all__ if name in vars(vapi_async.errors)}
        names = set(package.__all__) - errors - {"AsyncVapi", "Unset", "__version__", "models"}
        assert {f"{package.__name__}.{name}" for name in names} <= listed


def test_links_are_turned_to_the_site() -> None:
    places = {"docs/migration/a.md": "migration/a.md", "docs/b.md": "b.md", "examples/x.py": "examples/x.py.md"}
    text = "[b](../b.md#part) [x](../../examples/x.py) [out](https://example.com)\n```md\n[code](nowhere.md)\n```\n"
    assert relink(text, "docs/migration/a.md", places.get) == (
        "[b](../b.md#part) [x](../examples/x.py.md) [out](https://example.com)\n```md\n[code](nowhere.md)\n```\n"
    )


def test_a_link_out_of_the_site_is_refused() -> None:
    with pytest.raises(ValueError, match=r"docs/a\.md links to setup\.cfg"):
        relink("[x](../setup.cfg)", "docs/a.md", {"docs/a.md": "a.md"}.get)


def test_the_figures_are_those_of_the_table() -> None:
    figures = json.loads(FIGURES.read_text(encoding="utf-8"))
    tables = [markdown(group["title"], [Row(**row) for row in group["rows"]]) for group in figures["groups"]]
    assert RESULTS.read_text(encoding="utf-8").partition("\n## ")[2] == "\n".join(tables).removeprefix("## ")


def test_every_chart_has_both_clients() -> None:
    for name in CHARTS:
        drawn = (ROOT / "docs" / "plots" / f"{name}.svg").read_text(encoding="utf-8")
        assert "vapi-async" in drawn
        assert "vapi_server_sdk" in drawn


def test_the_longest_bar_is_the_largest_figure() -> None:
    drawn = chart("Time", "s", {"ours": 1.0, "theirs & others": 4.0})
    widths = [float(width) for width in re.findall(r'<rect class="(?:ours|other)"[^>]* width="([\d.]+)"', drawn)]
    assert widths[1] == pytest.approx(4 * widths[0])
    assert "theirs &amp; others" in drawn
    assert "theirs & others" not in drawn


def test_guides_come_first_in_the_search_and_models_are_found_by_name(tmp_path: Path) -> None:
    index = tmp_path / "search.json"
    places = ("reference/models/c.html#Call", "reference/client.html", "calls.html")
    items = [{"location": place, "title": place, "text": "a call"} for place in places]
    index.write_text(json.dumps({"config": {"lang": ["en"]}, "items": items}), encoding="utf-8")
    prefer_guides(index)
    content = json.loads(index.read_text(encoding="utf-8"))
    found = [(item["location"], item["text"]) for item in content["items"]]
    assert found == [(places[2], "a call"), (places[0], ""), (places[1], "a call")]
    assert content["config"] == {"lang": ["en"]}


def test_the_navigation_has_every_page_that_is_made_of_code(site: Path) -> None:
    places = set(_places(yaml.safe_load(settings(ROOT / "mkdocs.yml", site))["nav"]))
    made = {page.relative_to(site).as_posix() for page in site.rglob("*.md")}
    assert made == places
    assert {"reference/api/v2.campaigns.md", "reference/models/a.md", "examples/endpoints/calls.py.md"} <= places


@pytest.mark.parametrize(
    "default", ['<span title="a.UNSET">UNSET</span>', '<a class="b" title="\n" href="c">UNSET</a>']
)
def test_parameters_are_shown_without_what_the_signature_says(default: str, tmp_path: Path) -> None:
    unset, text = '<span title="vapi_async.runtime.Unset">Unset</span>', '<span title="str">str</span>'
    signature = f"<code>name: {text} | {unset} = UNSET</code>"
    page = tmp_path / "api" / "calls.html"
    page.parent.mkdir()
    other = f"<li>(<code>{text}</code>, default: None)</li>"
    page.write_text(f"{signature}<li>(<code>{text} | {unset}</code>, default:\n <code>{default}</code>\n)</li>{other}")
    shorten(tmp_path)
    assert page.read_text() == f"{signature}<li>(<code>{text}</code>\n)</li>{other}"
