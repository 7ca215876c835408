"""Every picture in every situation: it draws, nothing is clipped, and it says how many replications it shows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.metrics.weeks import band, brand_shares, to_bins
from sim.report.drawing import spread
from sim.report.figures import FIGURES
from sim.report.figures.advisor_day import typical_route
from sim.report.figures.profit import DRIVERS, PROFIT, steps
from sim.report.result import brands_of, measured
from tests.unit.report.conftest import SITUATIONS, drawn
from tests.unit.report.fake import FakeResult


def texts(figure: Figure) -> list[Text]:
    """Return every text of a page but tick labels, of which those beyond the limits are never drawn."""
    ticks = {id(t) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for t in axis.findobj(Text)}
    labels = {id(axis.label) for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)}
    found = [t for t in figure.findobj(Text) if t.get_visible() and t.get_text().strip()]
    return [t for t in found if id(t) not in ticks or id(t) in labels]


@pytest.mark.parametrize("key", FIGURES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_every_picture_draws_and_no_text_leaves_the_page(situation: str, key: str) -> None:
    figure = drawn(situation, key)
    page = figure.bbox
    for text in texts(figure):
        box = text.get_window_extent()
        assert box.x0 >= -1, text.get_text()
        assert box.x1 <= page.width + 1, text.get_text()
        assert box.y0 >= -1, text.get_text()
        assert box.y1 <= page.height + 1, text.get_text()
    whole = figure.get_tightbbox()
    assert whole.x0 >= -0.02
    assert whole.x1 <= figure.get_figwidth() + 0.02


@pytest.mark.parametrize("key", [key for key in FIGURES if key != "business_map"])
def test_a_picture_says_how_many_replications_it_shows(key: str) -> None:
    several = " ".join(t.get_text() for t in texts(drawn("full", key)))
    assert "mean of 3 replications, with 95 % intervals" in several
    one = " ".join(t.get_text() for t in texts(drawn("one replication", key)))
    assert "one replication: no interval" in one


@pytest.mark.parametrize(
    ("situation", "key", "reason"),
    [
        ("nothing sold", "share", "No unit was sold"),
        ("nothing sold", "stock", "Nothing of ours was sold"),
        ("nothing sold", "stock_outs", "No shopper asked"),
        ("nothing sold", "bullwhip", "full weeks"),
        ("nothing sold", "diversion", "did not happen"),
        ("no advisors", "advisor_day", "has nobody"),
        ("no outlets", "business_map", "No outlet is open"),
        ("no outlets", "funnel", "No outlet was open"),
        ("short, no burn-in", "warmup", "no burn-in"),
    ],
)
def test_a_picture_without_data_says_why(situation: str, key: str, reason: str) -> None:
    said = " ".join(t.get_text() for t in texts(drawn(situation, key)))
    assert "Nothing to show" in said
    assert reason in said


def test_shares_add_up_to_one(result: FakeResult) -> None:
    sold = measured(result, "market", ["brand", "sell_out_units"])
    bands = brand_shares(result, sold, list(brands_of(result).labels))
    np.testing.assert_allclose(sum(b.mean for b in bands.values()), 1.0)


def test_the_waterfall_ends_at_the_ledgers_profit(result: FakeResult) -> None:
    money = result.tables["money"]
    rows = money[(money["day"] >= 0) & (money["account"] != "cash")]
    expected = -rows.groupby("replication")["amount_cents"].sum().mean() / 100
    found = steps(result)
    assert found[-1].amount == pytest.approx(expected)
    assert sum(s.amount for s in found[:-1]) == pytest.approx(expected)


def test_a_driver_without_a_posting_has_no_bar(result: FakeResult) -> None:
    money = result.tables["money"]
    named = money[money["account"].isin([a for accounts in DRIVERS.values() for a in accounts])]
    odd = named.assign(amount_cents=named["amount_cents"] * 7 + 3)
    found = steps(FakeResult(result.scenario, result.seeds, {**result.tables, "money": odd}))
    assert {step.driver for step in found} <= {*DRIVERS, PROFIT}
    assert found[-1].driver == PROFIT


def test_the_route_is_one_day_of_one_advisor_in_order(result: FakeResult) -> None:
    route = typical_route(result)
    assert route is not None
    assert route.day >= 0
    assert route.stops["stop"].tolist() == list(range(1, len(route.stops) + 1))
    assert route.stops["x_km"].notna().all()


def test_a_band_is_a_t_interval_and_one_replication_has_none() -> None:
    b = band(pd.DataFrame([[1.0, 2.0, 3.0]]))
    assert b.mean[0] == 2.0
    assert b.reach[0] == pytest.approx(4.302653 / np.sqrt(3), rel=1e-5)
    assert np.isnan(band(pd.DataFrame([[1.0]])).low[0])


def test_a_last_week_that_is_not_full_joins_the_one_before() -> None:
    assert to_bins(pd.Series(range(17)), 7, 16).tolist() == [0] * 7 + [7] * 10


def test_labels_keep_their_order_and_their_distance() -> None:
    placed = spread([0.30, 0.31, 0.10, 0.98], 0.05, 1.0)
    assert placed[2] < placed[0] < placed[1] < placed[3] <= 0.98
    assert min(np.diff(sorted(placed))) >= 0.05 - 1e-12
