"""Stock KPIs: days, turns, age, markdown, bullwhip."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result, scenario

OVERSTOCK = {"distributors": {"push": {"overstock_days": 30.0}}}


def weekly(units: tuple[int, ...], column: str, **row: Any) -> list[dict[str, Any]]:
    """A week's total in seven unequal days: all of it on the first."""
    return [{"day": d, column: units[d // 7] if d % 7 == 0 else 0, **row} for d in range(7 * len(units))]


def merged(*tables: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{k: v for row in rows for k, v in row.items()} for rows in zip(*tables, strict=True)]


def small() -> FakeResult:
    """Four weeks. Sales 70, 84, 70, 84 a week; outlets' orders 60, 100, 60, 100; to the factory 40, 120, 40, 120."""
    n = 28
    market = merged(
        weekly((70, 84, 70, 84), "sell_out_units"),
        days(n, outlet_stock_units=121, outlet_age_sum=2_420.0, sell_in_units=10, sell_in_cents=1900),
    )
    depot = merged(
        weekly((60, 100, 60, 100), "ordered_by_outlets", distributor="d1"),
        weekly((40, 120, 40, 120), "ordered_units"),
        days(n, stock_units=440, age_sum=5_500.0, transit_units=55, delivered_units=11),
    )
    plant = merged(
        weekly((0, 160, 0, 160), "made_units"),
        weekly((40, 120, 40, 120), "ordered_units"),
        days(n, stock_units=220, age_sum=660.0, shipped_units=20),
    )
    return result(
        scenario(**OVERSTOCK),
        market=market,
        distributor=depot,
        factory=plant,
        constants=[{"product": "p1", "trade_price_cents": 200}],
    )


EXPECTED = {
    "days_of_stock_factory": 11,  # 220 ÷ 20
    "turns_factory": 365 / 11,
    "days_of_stock_distributor": 40,  # 440 ÷ 11
    "turns_distributor": 365 / 40,
    "days_of_stock_outlet": 11,  # 121 × 28 ÷ 308
    "turns_outlet": 365 / 11,
    "days_of_stock_chain": 76,  # (220 + 440 + 55 + 121) × 28 ÷ 308 = 836 ÷ 11
    "turns_chain": 365 / 76,
    "age_of_goods_factory": 3,  # 660 ÷ 220
    "age_of_goods_distributor": 12.5,  # 5,500 ÷ 440
    "age_of_goods_outlet": 20,  # 2,420 ÷ 121
    "aged_stock_units": 110,  # 440 − 30 days × 11 a day
    "aged_stock_share": 110 / 440,
    "aged_stock_share_outlet": 0,  # 121 is never beyond 30 days of sales
    "markdown_value": 28,  # 28 days × 10 units × (200 − 190) cents ÷ 100
    "markdown_rate": 0.05,  # 10 ÷ 200
    # deviations from the mean of each alternating series are equal: variances go as the squared half-range
    "bullwhip_outlet": (20 / 7) ** 2,  # orders 80 ± 20, sales 77 ± 7
    "bullwhip_distributor": (40 / 20) ** 2,  # to the factory 80 ± 40
    "bullwhip_factory": (80 / 40) ** 2,  # made 80 ± 80
    "bullwhip_chain": (40 / 7) ** 2,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_aged_stock_is_counted_for_each_distributor_and_product() -> None:
    # d1 has 100 against 30 × 1 = 30 days of sales: 70 aged; d2 has 20 against 300: none; together 70 of 120
    rows = days(3, distributor="d1", stock_units=100, delivered_units=1) + days(
        3, distributor="d2", stock_units=20, delivered_units=10
    )
    seen = cut(result(scenario(**OVERSTOCK), market=days(3), distributor=rows))
    assert KPIS["aged_stock_units"].compute(seen) == 70
    assert KPIS["aged_stock_share"].compute(seen) == pytest.approx(70 / 120)


def test_recent_sales_reach_back_into_the_burn_in() -> None:
    # 28 days of 2 a day end with day −1 and nothing after: on day 0 the mean of 28 days is 27 × 2 ÷ 28
    rows = [{"day": d, "distributor": "d1", "stock_units": 100, "delivered_units": 2 * (d < 0)} for d in range(-28, 1)]
    seen = cut(result(scenario(**OVERSTOCK), market=days(1), distributor=rows))
    assert KPIS["aged_stock_units"].compute(seen) == pytest.approx(100 - 30 * 54 / 28)


def test_aged_stock_on_shelves() -> None:
    # 400 on the shelves against 30 days × 11 a day = 330
    rows = days(28, outlet_stock_units=400, sell_out_units=11)
    seen = cut(result(scenario(**OVERSTOCK), market=rows))
    assert KPIS["aged_stock_share_outlet"].compute(seen) == pytest.approx(70 / 400)


def test_bullwhip_needs_four_full_weeks() -> None:
    assert math.isnan(KPIS["bullwhip_outlet"].compute(cut(small(), last=26)))


def test_bullwhip_leaves_out_the_week_that_is_not_full() -> None:
    of = small()
    market = of.tables["market"]
    more = market.iloc[:3].assign(day=[28, 29, 30], sell_out_units=9999)
    of.tables["market"] = pd.concat([market, more], ignore_index=True)
    assert KPIS["bullwhip_outlet"].compute(cut(of, last=30)) == pytest.approx(EXPECTED["bullwhip_outlet"])


def test_bullwhip_of_steady_sales_is_unknown() -> None:
    rows = days(28, sell_out_units=10)
    of = result(market=rows, distributor=days(28, distributor="d1", ordered_by_outlets=10))
    assert math.isnan(KPIS["bullwhip_outlet"].compute(cut(of)))


def test_the_factory_is_not_known_by_territory() -> None:
    assert math.isnan(KPIS["days_of_stock_factory"].compute(cut(small(), territory="north")))
    assert KPIS["days_of_stock_distributor"].compute(cut(small(), territory="north")) == 40
