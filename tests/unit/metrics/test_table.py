"""Tables: intervals, cuts, missing values, text."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from sim.metrics.catalogue import KPIS
from sim.metrics.interval import summarise
from sim.metrics.table import format_value, kpi_by, kpi_by_territory, kpi_table, kpi_values, printable
from tests.unit.metrics import test_field, test_market, test_money, test_service, test_stock
from tests.unit.metrics.tables import FakeResult, cut, days, result, scenario


def repeated(*sold: int, theirs: int = 10) -> FakeResult:
    """One day in which we sell a different number in each replication."""
    rows: list[dict[str, Any]] = []
    for replication, units in enumerate(sold):
        rows += [
            {"replication": replication, "sell_out_units": units},
            {"replication": replication, "sell_out_units": theirs, "company": "rival", "product": "p2", "brand": "b2"},
        ]
    return result(market=rows)


def test_interval_is_students_t() -> None:
    table = kpi_table(repeated(10, 20, 60), names=["sell_out_units"])
    # mean 30, standard deviation √((20² + 10² + 30²) ÷ 2) = √700
    half = stats.t.ppf(0.975, 2) * math.sqrt(700 / 3)
    row = table.iloc[0]
    assert list(table.columns) == ["kpi", "group", "unit", "mean", "low", "high", "n_replications"]
    assert (row["mean"], row["n_replications"]) == (30, 3)
    assert row["low"] == pytest.approx(30 - half)
    assert row["high"] == pytest.approx(30 + half)


def test_one_replication_has_no_interval() -> None:
    row = kpi_table(repeated(10), names=["market_share_units"]).iloc[0]
    assert row["mean"] == 0.5
    assert math.isnan(row["low"])
    assert math.isnan(row["high"])


def test_replications_without_a_value_are_left_out_and_counted() -> None:
    row = kpi_table(repeated(40, 20, 0), names=["time_to_first"]).iloc[0]  # the third never leads
    assert (row["mean"], row["n_replications"]) == (0, 2)


def test_all_values_missing() -> None:
    table = summarise(pd.DataFrame({"kpi": ["a"], "value": [np.nan]}), ["kpi"])
    assert math.isnan(table["mean"][0])
    assert table["n_replications"][0] == 0


def test_values_are_long() -> None:
    table = kpi_values(repeated(10, 30), ["market_share_units", "sell_out_units"])
    assert table.to_dict("list") == {
        "replication": [0, 0, 1, 1],
        "kpi": ["market_share_units", "sell_out_units"] * 2,
        "value": [0.5, 10, 0.75, 30],
    }


def test_the_burn_in_is_trimmed_and_a_span_is_inclusive() -> None:
    of = result(market=[{"day": d, "sell_out_units": 10 ** (d + 2)} for d in (-2, -1, 0, 1, 2)])
    assert kpi_values(of, ["sell_out_units"])["value"].tolist() == [11_100]
    assert kpi_values(of, ["sell_out_units"], span=(1, 2))["value"].tolist() == [11_000]
    assert kpi_values(of, ["sell_out_units"], span=(-2, -1))["value"].tolist() == [11]


def test_territories_have_their_own_rows() -> None:
    table = kpi_by_territory(test_market.small(), ["market_share_units", "profit_manufacturer"])
    assert table["territory"].tolist() == ["north", "south"] * 2
    assert table["mean"].tolist()[:2] == [0.3, 0.2]
    assert table["mean"].isna().tolist()[2:] == [True, True]


def test_companies_have_their_own_rows_ours_first() -> None:
    table = kpi_by(test_market.small(), ["market_share_units"], "company")
    assert table["company"].tolist() == ["ours", "rival"]
    assert table["mean"].sum() == pytest.approx(1)


def test_currency_is_the_scenarios() -> None:
    of = result(scenario(currency="EUR"), market=days(1))
    assert kpi_table(of, names=["sell_out_value", "cost_per_unit"])["unit"].tolist() == ["EUR", "EUR/unit"]


def test_missing_values_print_as_a_dash() -> None:
    table = printable(kpi_table(result(market=days(1)), names=["strike_rate", "sell_out_units"]))
    assert table[["mean", "low", "high"]].to_numpy().tolist() == [["-", "-", "-"], ["0", "-", "-"]]


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.1234, "share", "12.3 %"),
        (1234567.8, "units", "1,234,568"),
        (3.14159, "days", "3.142"),
        (0.0, "units", "0"),
        (-0.0001, "share", "0.0 %"),
    ],
)
def test_format(value: float, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


EMPTY: dict[str, list[dict[str, Any]]] = {
    name: [] for name in ("territory", "advisor", "distributor", "money", "households", "outlets")
}


@pytest.mark.parametrize(
    "of",
    [
        result(market=days(1)),  # one day, nobody buys anything
        result(market=days(30), territory=days(30), distributor=days(30), factory=days(30), delivery=days(30)),
        result(market=days(2), **EMPTY),
    ],
    ids=["one day", "nothing happens", "empty tables"],
)
def test_extremes_give_no_value_and_no_error(of: FakeResult) -> None:
    table = kpi_table(of).set_index("kpi")
    assert list(table.index) == list(KPIS)
    for name in (
        "market_share_units",
        "market_share_value",
        "fill_rate",
        "days_of_stock_outlet",
        "strike_rate",
        "bullwhip_outlet",
        "cash_cycle_retailers",
        "loyalty_households",
        "position_class",
    ):
        assert math.isnan(table.loc[name, "mean"]), name
    assert not np.isinf(table["mean"]).any()
    assert table.loc["sell_out_units", "mean"] == 0
    kpi_by_territory(of)
    kpi_by(of, by="company")


def test_a_result_without_any_table_gives_an_empty_table() -> None:
    assert kpi_table(result()).empty
    assert kpi_by_territory(result()).empty


@pytest.mark.parametrize("module", [test_market, test_service, test_stock, test_field, test_money])
def test_the_table_holds_what_the_kpi_computes(module: Any) -> None:
    of = module.small()
    table = kpi_table(of, names=list(module.EXPECTED)).set_index("kpi")["mean"]
    for name in module.EXPECTED:
        assert table[name] == pytest.approx(KPIS[name].compute(cut(of)), nan_ok=True)


def test_order_of_rows_does_not_matter() -> None:
    of = test_market.small()
    turned = FakeResult(of.scenario, {n: t.iloc[::-1].reset_index(drop=True) for n, t in of.tables.items()})
    unordered = [n for n in test_market.EXPECTED if n != "repeat_households"]  # it follows the order within a day
    pd.testing.assert_frame_equal(kpi_table(of, names=unordered), kpi_table(turned, names=unordered))


def test_tables_are_not_changed() -> None:
    of = test_market.small()
    before = {name: table.copy() for name, table in of.tables.items()}
    kpi_table(of)
    for name, table in of.tables.items():
        pd.testing.assert_frame_equal(table, before[name])
