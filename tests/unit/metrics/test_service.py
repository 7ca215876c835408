"""Service KPIs on a few rows."""

from __future__ import annotations

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result


def small() -> FakeResult:
    """Two equal days; a rival with perfect shelves and a distributor of its own that must not count for us."""
    mine = {
        "shoppers_first_choice": 50,
        "lost_ordering": 3,
        "lost_delivery": 2,
        "lost_supply": 1,
        "substituted_brand": 4,
        "listed_outlets": 10,
        "available_outlets": 9.0,
        "listed_weight": 80.0,
        "in_stock_weight": 76.0,
    }
    rival = {"company": "rival", "product": "p2", "brand": "b2", "listed_outlets": 10, "available_outlets": 10.0}
    late = {"orders_completed": 2, "orders_in_full_on_time": 2, "lead_time_days_sum": 10.0}
    trucks = {"drops": 8, "orders_completed": 10, "orders_in_full_on_time": 7, "lead_time_days_sum": 20.0}
    return result(
        market=days(2, **mine) + days(2, **rival),
        distributor=days(2, distributor="d1", ordered_by_outlets=40, delivered_units=36)
        + days(2, distributor="d2", territory="south", ordered_by_outlets=10, delivered_units=4)
        + days(2, distributor="d9", company="rival", ordered_by_outlets=99, delivered_units=1),
        delivery=days(2, distributor="d1", **trucks)
        + days(2, distributor="d2", drops=2, **late)
        + days(2, distributor="d9", company="rival", drops=100),
        factory=days(2, shipped_units=45, ordered_units=60) + days(2, company="rival", shipped_units=1),
    )


EXPECTED = {
    "fill_rate": 80 / 100,  # (36 + 4) × 2 ÷ ((40 + 10) × 2)
    "fill_rate_factory": 90 / 120,  # 45 × 2 ÷ (60 × 2)
    "on_shelf_availability": 18 / 20,  # 9 × 2 ÷ (10 × 2)
    "on_shelf_availability_weighted": 152 / 160,  # 76 × 2 ÷ (80 × 2)
    "on_shelf_availability_category": 38 / 40,  # (9 + 10) × 2 ÷ (20 × 2)
    "lost_sales_units": 12,  # (3 + 2 + 1) × 2
    "lost_sales_ordering": 6,
    "lost_sales_delivery": 4,
    "lost_sales_supply": 2,
    "lost_sales_rate": 12 / 100,  # 12 of 50 × 2 first choices
    "switched_brand_rate": 8 / 100,  # 4 × 2 of 50 × 2
    "lead_time": 60 / 24,  # (20 + 10) × 2 days over (10 + 2) × 2 orders
    "on_time_in_full": 18 / 24,  # (7 + 2) × 2 of (10 + 2) × 2
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_deliveries_belong_to_the_territory_of_their_distributor() -> None:
    # d2 serves the south: 10 days over 2 orders a day
    assert KPIS["lead_time"].compute(cut(small(), territory="south")) == pytest.approx(5.0)
    assert KPIS["fill_rate"].compute(cut(small(), territory="south")) == pytest.approx(0.4)
