"""The report of a comparison in a real browser: offline, without errors, and with charts that are drawn and answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sim.report.questions.compare import write_comparison
from tests.browser.conftest import IN_A_BROWSER, Visit
from tests.unit.report.comparison.made import made

pytestmark = IN_A_BROWSER
EVIL = "</script><script>window.hacked=1</script><img src=x onerror=window.hacked=1>"
PAINTED = """(id) => {
  const canvas = document.querySelector("#" + id + " canvas");
  const pixels = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data;
  const seen = new Set();
  for (let i = 0; i < pixels.length; i += 4)
    if (pixels[i + 3]) seen.add(pixels[i] << 16 | pixels[i + 1] << 8 | pixels[i + 2]);
  return [...seen];
}"""
FIRST_COLOUR = 0xD1410C


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Write the comparisons that are opened."""
    gains = {"profit_manufacturer": 200.0, "market_share_units": 0.02}
    found = {}
    for name, strategies in {"plain": {"roll_out": gains, "spread": {}}, "evil": {EVIL: gains}}.items():
        found[name] = tmp_path_factory.mktemp(name)
        write_comparison(made(strategies, replications=6), {}, found[name])
    return found


@pytest.mark.parametrize("name", ["plain", "evil"])
def test_it_opens_offline_without_a_request_or_an_error(visit: Visit, folders: dict[str, Path], name: str) -> None:
    visit.open(folders[name] / "report.html")
    visit.page.wait_for_timeout(300)
    assert visit.complaints == []
    assert [u for u in visit.requests if not u.startswith(("file:", "data:"))] == []
    assert visit.page.evaluate("window.hacked") is None
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_both_charts_are_drawn_in_the_strategy_s_colour(visit: Visit, folders: dict[str, Path]) -> None:
    visit.open(folders["plain"] / "report.html")
    visit.page.wait_for_timeout(300)
    for chart in ("differences-chart", "gain-chart"):
        assert FIRST_COLOUR in visit.page.evaluate(PAINTED, chart), chart


def test_the_selectors_change_what_is_drawn(visit: Visit, folders: dict[str, Path]) -> None:
    visit.open(folders["plain"] / "report.html")
    assert visit.option("differences", "o.series[1].data[0].value[0]") == pytest.approx(200.0)
    visit.page.select_option("#differences-kpi", "1")
    assert visit.option("differences", "o.series[1].data[0].value[0]") == pytest.approx(2.0)
    whole: Any = visit.option("gain", "o.series[0].data")
    assert whole[-1] == pytest.approx(500.0)
    visit.page.select_option("#gain-measure", "1")
    assert visit.option("gain", "o.series[0].name") == "roll_out"


@pytest.mark.parametrize("name", ["plain", "evil"])
def test_a_tooltip_is_text(visit: Visit, folders: dict[str, Path], name: str) -> None:
    visit.open(folders[name] / "report.html")
    visit.page.locator("#differences-chart").scroll_into_view_if_needed()
    visit.page.evaluate(
        "window.arsimCharts.differences.dispatchAction({type: 'showTip', seriesIndex: 1, dataIndex: 0})"
    )
    text = visit.tooltip("differences-chart")
    assert "better" in text
    assert (EVIL in text) == (name == "evil")
    assert visit.page.evaluate("window.hacked") is None


def test_the_decision_card_opens_without_a_script(visit: Visit, folders: dict[str, Path]) -> None:
    visit.page.goto((folders["evil"] / "decision.html").as_uri())
    assert visit.complaints == []
    assert visit.page.locator("script").count() == 0
    assert visit.page.locator("img").evaluate("i => i.naturalWidth") > 0
    assert EVIL in visit.page.locator(".answer").inner_text()
