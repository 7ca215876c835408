"""KPIs of companies against each other on a few rows."""

from __future__ import annotations

import math

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, booking, cut, days, result


def small() -> FakeResult:
    """Two days of ours and three rivals; one event of each kind in the span, and one after it.

    R1 sells nothing; R3 keeps more stock than R2, at a higher cost.
    """
    rows = days(2, displaced=1, listed_outlets=10, available_outlets=9.0, sell_out_units=3, outlet_stock_units=6)
    for name, displaced, available, sold in (("R1", 2, 8.0, 0), ("R2", 3, 6.0, 4), ("R3", 0, 0.0, 1)):
        seen = {"displaced": displaced, "listed_outlets": 10 if available else 0, "available_outlets": available}
        rows += days(2, company=name, **seen, sell_out_units=sold, outlet_stock_units=2 * sold)
    factory = [row for name in ("ours", "R1", "R2", "R3") for row in days(2, company=name, stock_units=5)]
    distributor = days(2, stock_units=4, transit_units=3)
    distributor += [row for name in ("R1", "R2", "R3") for row in days(2, company=name, stock_units=2, transit_units=1)]
    happened = [(0, "rival_answer"), (1, "rival_answer"), (1, "rival_retreat"), (1, "delisted"), (5, "rival_answer")]
    money = [
        booking(0, "revenue", -5_000, party="R1"),
        booking(1, "cogs", 2_000, party="R1"),
        booking(1, "cash", 700, party="R1"),
        booking(1, "overhead", 500, party="R2"),
        booking(1, "revenue", -90_000),
        booking(1, "revenue", -60_000, tier="distributor", party="R1"),
        booking(1, "storage", 600, tier="distributor"),
        booking(1, "cash", 1, party="R3"),
        booking(1, "storage", 900, tier="distributor", party="R3"),
        booking(1, "logistics", 400, tier="distributor", party="R2"),
    ]
    events = [{"day": day, "kind": kind} for day, kind in happened]
    return result(market=rows, factory=factory, distributor=distributor, money=money, events=events)


EXPECTED = {
    "rival_answers": 2,
    "rival_retreats": 1,
    "displaced": 2,  # 1 × 2
    "displaced_others": 10,  # (2 + 3) × 2
    "availability_lead": 18 / 20 - 28 / 40,  # (8 + 6) × 2 of 20 × 2
    "stock_lead": 32 / 8 - 36 / 6,  # R2: (8 + 5 + 2 + 1) × 2 for 4 × 2 sold; ours (6 + 5 + 4 + 3) × 2 for 3 × 2
    "cost_lead": 9 / 8 - 6 / 6,  # R2: (500 + 400) ÷ 100 for 8 sold; R1 sells nothing and is no measure
    "profit_rivals": 25,  # (5,000 − 2,000 − 500) ÷ 100
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small(), last=1)) == pytest.approx(EXPECTED[name])


def test_without_events_nothing_happened_and_without_a_market_nobody_knows() -> None:
    assert KPIS["rival_answers"].compute(cut(result(market=days(2)))) == 0
    assert math.isnan(KPIS["rival_answers"].compute(cut(result(money=[booking(0, "revenue", -1)]), last=0)))
