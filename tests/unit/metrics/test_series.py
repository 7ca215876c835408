"""Daily series over trailing windows."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sim.errors import InputError
from sim.metrics.catalogue import KPIS
from sim.metrics.series import series, with_series
from tests.unit.metrics import test_market
from tests.unit.metrics.tables import cut, days, result


def shares(*ours: int, first: int = 0) -> list[dict[str, object]]:
    """Our units of 10 in the market on each day."""
    rows: list[dict[str, object]] = []
    for day, units in enumerate(ours, start=first):
        rows += [
            {"day": day, "sell_out_units": units},
            {"day": day, "sell_out_units": 10 - units, "company": "rival", "product": "p2", "brand": "b2"},
        ]
    return rows


def test_value_of_a_day_is_that_of_its_trailing_window() -> None:
    of = result(market=shares(1, 2, 6, 3))
    table = series(of, "market_share_units", window=3)
    # 1 ÷ 10; 3 ÷ 20; 9 ÷ 30; 11 ÷ 30
    assert table["mean"].tolist() == pytest.approx([0.1, 0.15, 0.3, 11 / 30])
    assert list(table.columns) == ["kpi", "day", "mean", "low", "high", "n_replications"]


def test_windows_reach_back_into_the_burn_in() -> None:
    table = series(result(market=shares(9, 1, 2, first=-1)), "market_share_units", window=2)
    assert table["day"].tolist() == [0, 1]
    assert table["mean"].tolist() == pytest.approx([0.5, 0.15])  # (9 + 1) ÷ 20, (1 + 2) ÷ 20


def test_sums_are_shown_per_day() -> None:
    table = series(result(market=shares(1, 2, 6, 3)), "sell_out_units", window=2)
    assert table["mean"].tolist() == pytest.approx([1, 1.5, 4, 4.5])


def test_days_without_a_denominator_have_no_value() -> None:
    of = result(market=days(4), advisor=[{"day": 1, "advisor": "a", "calls": 4, "productive_calls": 1}])
    table = series(of, "strike_rate", window=2)
    assert table["mean"].isna().tolist() == [True, False, False, True]


def test_by_territory_and_by_company() -> None:
    table = series(test_market.small(), "market_share_units", "territory")
    assert table["territory"].tolist() == ["north", "north", "south", "south"]
    assert table["mean"].tolist() == pytest.approx([0.3, 0.3, 0.2, 0.2])
    table = series(test_market.small(), "market_share_units", "company")
    assert table.groupby("day")["mean"].sum().tolist() == pytest.approx([1, 1])


def test_intervals_across_replications() -> None:
    rows = [{**row, "replication": r} for r, units in enumerate((2, 4)) for row in shares(units)]
    row = series(result(market=rows), "market_share_units").iloc[0]
    # mean 0.3, standard deviation 0.1·√2, so the half-width is 12.706 × 0.1
    assert (row["mean"], row["n_replications"]) == (pytest.approx(0.3), 2)
    assert row["high"] - row["mean"] == pytest.approx(1.2706, abs=1e-4)


def test_a_window_over_the_whole_span_ends_with_the_kpi() -> None:
    of = test_market.small()
    for kpi in with_series():
        last = series(of, kpi.name, window=2, span=(0, 1))["mean"].iloc[-1]
        value = kpi.compute(cut(of))
        total = kpi.parts is not None and kpi.parts.denominator is None
        assert last == pytest.approx(value / 2 if total else value, nan_ok=True), kpi.name


def test_kpis_without_daily_parts_are_refused() -> None:
    with pytest.raises(InputError, match="ratio of daily sums"):
        series(test_market.small(), "time_to_first")


def test_a_span_before_the_record_has_no_value() -> None:
    table = series(result(market=shares(1, 2)), "market_share_units", span=(-2, 0))
    assert np.isnan(table["mean"][:2]).all()
    assert table["mean"][2] == pytest.approx(0.1)


def test_no_table_no_series() -> None:
    assert series(result(), "market_share_units").empty
    assert math.isnan(series(result(market=days(1)), "market_share_units")["mean"][0])


def test_names_of_the_series_are_in_the_catalogue() -> None:
    assert {"market_share_units", "on_shelf_availability"} <= {kpi.name for kpi in with_series()} < set(KPIS)
