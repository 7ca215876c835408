"""The page: safe against any name, without any outside address, and complete."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from pathlib import Path

import pytest

from sim.report.figures import picture
from sim.report.pages import font_data_uri, json_for_script, needs_font
from sim.report.run_page import map_chart, report_html, sample, share_chart
from tests.unit.report.conftest import made
from tests.unit.report.fake import FakeResult, make

EVIL = ("</script><script>alert(1)</script>", "&<>\"'", "<img src=x onerror=alert(1)>", "{{ 7*7 }}", "'); alert(1); ('")
BLANK = ()
TINY: Mapping[str, object] = {
    "replications": 1,
    "territories": 2,
    "advisors": 2,
    "outlets": 20,
    "days": 30,
    "burn_in": 7,
}


def evil_result() -> FakeResult:
    """Return a result in which every name that a user can give is an attack."""
    result = make(**TINY, names=EVIL)  # type: ignore[arg-type]
    tables = dict(result.tables)
    tables["geography"] = tables["geography"].assign(name=EVIL[0])
    tables["outlets"] = tables["outlets"].assign(channel=EVIL[1])
    for name in ("market", "brand_territory", "constants"):
        tables[name] = tables[name].assign(brand=tables[name]["brand"].astype(str) + EVIL[0])
    tables["outlets"]["leading_brand"] = "ours" + EVIL[0]
    scenario = result.scenario.model_copy(update={"description": EVIL[0], "currency": "<b>€"})
    return FakeResult(scenario, result.seeds, tables, {"census_notes": [EVIL[0], EVIL[1]]})


class Elements(HTMLParser):
    """Collects every start tag with its attributes, and the text of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {k: v or "" for k, v in attrs}))
        self._inside = tag == "script"

    def handle_endtag(self, tag: str) -> None:
        self._inside = False if tag == "script" else self._inside

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.scripts.append(data)


def parsed(page: str) -> Elements:
    """Return the elements of a page."""
    elements = Elements()
    elements.feed(page)
    return elements


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    """Return the page of the full result."""
    return (folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def evil_page() -> str:
    """Return the page of the evil result."""
    return report_html(evil_result(), pictures=BLANK)


def test_pictures_of_evil_names_draw() -> None:
    result = evil_result()
    for key in ("business_map", "share", "advisor_day"):
        assert b"<script" not in picture(result, key).images["svg"]


def test_names_cannot_end_the_script_or_become_markup(evil_page: str) -> None:
    elements = parsed(evil_page)
    assert len([t for t, _ in elements.tags if t == "script"]) == 3
    assert "<script>alert" not in evil_page
    assert not [a for _, a in elements.tags if any(name.startswith("on") for name in a)]
    assert all(a.get("src", "data:").startswith("data:") for t, a in elements.tags if t == "img")
    assert "{{ 7*7 }}" in evil_page


def test_the_data_of_the_charts_is_still_the_name(evil_page: str) -> None:
    (data,) = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', evil_page, flags=re.S)
    chart = json.loads(data)["map"]
    assert set(chart["outlets"]["name"]) <= {f"{EVIL[i % 5]}{i}" for i in range(20)}


def test_json_has_no_character_that_html_or_javascript_would_read() -> None:
    text = json_for_script({"a": "</script>&\u2028"})
    assert not set("<>&\u2028") & set(text)
    assert json.loads(text) == {"a": "</script>&\u2028"}


@pytest.mark.parametrize("which", ["page", "evil_page"])
def test_no_outside_address(which: str, request: pytest.FixtureRequest) -> None:
    text: str = request.getfixturevalue(which)
    assert not re.findall(r"""(?:src|href|action|data)\s*=\s*["']?\s*(?:https?:)?//""", text)
    assert not re.findall(r"""url\(\s*["']?\s*(?:https?:)?//""", text)
    assert not re.findall(r"@import|<link|<iframe|<object|<embed", text.split("<script", 1)[0])
    for tag, attributes in parsed(text).tags:
        for name in ("src", "href", "data", "action", "poster", "srcset"):
            value = attributes.get(name, "")
            assert not value or value.startswith(("#", "data:")), (tag, name, value[:60])


def test_the_policy_allows_our_two_scripts_and_nothing_else(page: str) -> None:
    (policy,) = [a["content"] for t, a in parsed(page).tags if a.get("http-equiv") == "Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "'unsafe-eval'" not in policy
    (scripts,) = re.findall(r"script-src ([^;]*)", policy)
    assert len(scripts.split()) == 2
    assert "unsafe-inline" not in scripts


def test_every_picture_has_an_alternative_text(page: str) -> None:
    images = [a for t, a in parsed(page).tags if t == "img"]
    assert len(images) == 10
    assert all(len(a["alt"]) > 40 for a in images)


def test_the_page_says_the_question_the_numbers_and_what_it_rests_on(page: str) -> None:
    for text in (
        "Does concentrating on three counties beat entering all at once?",
        "Our market share",
        "Our profit",
        "On-shelf availability",
        "Coverage",
        "mean of 3 replications",
        "Bass trial of launches; off: everybody tries at once.",
        "retail.ordering.late_probability",
        "How to read this report",
        "no census file was used",
        "simulate: 1.50 s",
    ):
        assert text in page, text


def test_one_replication_and_no_data_make_pages_too() -> None:
    for situation in ("one replication", "nothing sold", "no outlets"):
        text = report_html(made(situation), pictures=BLANK)
        assert "</html>" in text


def test_the_font_is_inside_only_for_chinese_names(page: str) -> None:
    assert "@font-face" in page
    plain = make(**TINY, names=("Shop",))  # type: ignore[arg-type]
    tables = dict(plain.tables)
    tables["geography"] = tables["geography"].assign(name="Place")
    for name in ("market", "brand_territory", "constants"):
        tables[name] = tables[name].assign(brand=tables[name]["brand"].replace("金泉", "spring"))
    tables["outlets"] = tables["outlets"].assign(leading_brand="spring")
    scenario = plain.scenario.model_copy(
        update={
            "ours": plain.scenario.ours.model_copy(update={"name": "us"}),
            "rivals": plain.scenario.rivals.model_copy(update={"list": ()}),
        }
    )
    text = report_html(FakeResult(scenario, plain.seeds, tables), pictures=BLANK)
    assert "@font-face" not in text


def test_the_font_is_cut_to_the_page() -> None:
    assert needs_font("青")
    assert not needs_font("Ω é × …")
    assert font_data_uri("plain") == ""
    assert len(font_data_uri("青山县")) < 12_000
    assert font_data_uri("青山县") == font_data_uri("县青山")


def test_a_map_of_too_many_outlets_is_a_sample_that_says_so(
    monkeypatch: pytest.MonkeyPatch, result: FakeResult
) -> None:
    monkeypatch.setattr("sim.report.run_page.MOST_OUTLETS", 50)
    chart = map_chart(result)
    assert chart is not None
    assert len(chart["outlets"]["x"]) == 50
    assert chart["n_open"] > 50


def test_a_sample_reaches_from_the_largest_to_the_smallest(result: FakeResult) -> None:
    spots = result.tables["outlets"].sort_values("size", ascending=False)
    few = sample(spots, 10)
    assert few["size"].iloc[0] == spots["size"].iloc[0]
    assert few["size"].iloc[-1] == spots["size"].iloc[-1]
    assert sample(spots, 10**6) is spots


def test_the_share_chart_has_every_territory_and_the_whole(result: FakeResult) -> None:
    chart = share_chart(result)
    assert chart is not None
    assert len(chart["cuts"]) == 7
    assert len(chart["cuts"][0]["shares"][0]["mean"]) == len(chart["dates"]) == 10
