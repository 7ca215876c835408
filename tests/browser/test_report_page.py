"""The report in a real browser: offline, without errors, and with charts that answer."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.report.run_page import report_html
from tests.browser.conftest import IN_A_BROWSER, Visit
from tests.unit.report.fake import FakeResult, make

EVIL = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"

pytestmark = IN_A_BROWSER


def evil(result: FakeResult) -> FakeResult:
    """Return the result with attacks for names."""
    tables = dict(result.tables)
    tables["outlets"] = tables["outlets"].assign(name=EVIL, channel=EVIL)
    places = tables["geography"]
    tables["geography"] = places.assign(name=places["name"].astype(str) + EVIL)
    return FakeResult(result.scenario, result.seeds, tables, result.manifest)


@pytest.fixture(scope="module")
def result() -> FakeResult:
    """Three territories and two replications."""
    return make(territories=3, replications=2, days=42, burn_in=14, advisors=3, outlets=90)


@pytest.fixture(scope="module")
def files(result: FakeResult, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the pages that are opened."""
    folder = tmp_path_factory.mktemp("pages")
    nothing = make(territories=1, replications=1, days=30, burn_in=0, advisors=0, outlets=0, sales=0.0)
    found = {}
    for name, made in {"plain": result, "evil": evil(result), "nothing": nothing}.items():
        found[name] = folder / f"{name}.html"
        found[name].write_text(report_html(made, pictures=()), encoding="utf-8")
    return found


@pytest.mark.parametrize("name", ["plain", "evil", "nothing"])
def test_it_opens_offline_without_a_request_or_an_error(visit: Visit, files: dict[str, Path], name: str) -> None:
    visit.open(files[name])
    visit.page.wait_for_timeout(300)
    assert visit.complaints == []
    assert [u for u in visit.requests if not u.startswith(("file:", "data:"))] == []
    assert len([u for u in visit.requests if u.startswith("file:")]) == 1


def test_the_selector_changes_the_share_chart(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["plain"])
    assert visit.page.locator("#share-territory option").count() == 4
    whole = visit.option("share", "o.series[0].data")
    visit.page.select_option("#share-territory", "2")
    assert visit.option("share", "o.series[0].data") != whole
    visit.page.select_option("#share-territory", "0")
    assert visit.option("share", "o.series[0].data") == whole


def test_the_share_chart_has_a_tooltip_with_interval(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["plain"])
    chart = visit.page.locator("#share-chart")
    chart.scroll_into_view_if_needed()
    chart.hover(position={"x": 500, "y": 200})
    text = visit.tooltip("share-chart")
    assert "The whole market" in text
    assert "…" in text
    assert "%" in text


def test_the_map_goes_to_a_territory_and_keeps_kilometres_square(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["plain"])
    whole = visit.option("map", "o.xAxis[0].max - o.xAxis[0].min")
    visit.page.select_option("#map-territory", "2")
    assert visit.option("map", "o.xAxis[0].max - o.xAxis[0].min") < 0.8 * whole
    box = visit.page.locator("#map-chart").bounding_box()
    width, height = box["width"] - 20, box["height"] - 60
    across = visit.option("map", "o.xAxis[0].max - o.xAxis[0].min") / width
    up = visit.option("map", "o.yAxis[0].max - o.yAxis[0].min") / height
    assert across == pytest.approx(up, rel=1e-6)


@pytest.mark.parametrize("name", ["plain", "evil"])
def test_an_outlet_has_a_tooltip_that_is_text(visit: Visit, files: dict[str, Path], name: str) -> None:
    visit.open(files[name])
    visit.page.locator("#map-chart").scroll_into_view_if_needed()
    series = visit.option("map", "o.series.findIndex((s) => s.type === 'scatter' && s.name === 'ours')")
    visit.page.evaluate(
        f"window.arsimCharts.map.dispatchAction({{type: 'showTip', seriesIndex: {series}, dataIndex: 0}})"
    )
    text = visit.tooltip("map-chart")
    assert "leading: ours" in text
    assert (EVIL in text) == (name == "evil")
    assert visit.page.evaluate("window.hacked") is None


def test_without_data_the_charts_say_so(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["nothing"])
    assert "Nothing to show" in visit.page.locator("#share-chart").inner_text()
    assert "Nothing to show" in visit.page.locator("#map-chart").inner_text()


def test_nothing_is_wider_than_the_window(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["plain"])
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_on_paper_the_charts_for_the_screen_are_left_out(visit: Visit, files: dict[str, Path]) -> None:
    visit.open(files["plain"])
    visit.page.emulate_media(media="print")
    assert not visit.page.locator("#share-chart").is_visible()
    assert visit.page.locator("#pictures").is_visible()
