"""What money costs and what is left at the end, on the books of ten days."""

from __future__ import annotations

import pytest

from sim.metrics.capital import position_value
from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, booking, cut, days, result, scenario

VALUES = {"margin_weeks": 1, "margin_years": 2.0, "retention": 0.25, "relation_cents": 40, "goodwill_cents": 10}


def small() -> FakeResult:
    """A margin of 700 in the last week and of 999 before it; 30 outlets in the north, 10 in the south."""
    money = [
        booking(2, "revenue", -999),
        booking(4, "revenue", -1_000),
        booking(9, "cogs", 300),
        booking(9, "interest", 70),
        booking(9, "interest", 50, tier="distributor"),
        booking(9, "interest", 20, tier="outlet", party="outlets"),
        booking(9, "interest", 77_777, party="rival"),
    ]
    of = {"cash_cents": 123_456}
    balance = [
        *days(9, tier="manufacturer", party="ours", inventory_cents=9_000, receivable_cents=1_000, **of),
        {"day": 9, "tier": "manufacturer", "party": "ours", "inventory_cents": 5_000, "receivable_cents": 3_000, **of},
        *days(10, tier="distributor", party="ours", inventory_cents=700, receivable_cents=500, payable_cents=900, **of),
        *days(10, tier="outlet", party="outlets", inventory_cents=800, payable_cents=1_000, **of),
        *days(10, tier="manufacturer", party="rival", inventory_cents=77_777, **of),
    ]
    brands = [
        {"day": 9, "territory": "north", "brand": "b1", "relation": 0.5, "goodwill": 1.0},
        {"day": 9, "territory": "north", "brand": "b2", "relation": 0.5, "goodwill": 0.5},
        {"day": 9, "territory": "south", "brand": "b1", "relation": 0.25, "goodwill": 2.0},
        {"day": 8, "territory": "south", "brand": "b1", "relation": 1.0, "goodwill": 9.0},
        {"day": 9, "territory": "south", "brand": "r1", "company": "rival", "relation": 1.0, "goodwill": 9.0},
    ]
    outlets = [
        {"day": 9, "territory": "north", "open_outlets": 30},
        {"day": 9, "territory": "south", "open_outlets": 10},
        {"day": 8, "territory": "south", "open_outlets": 99},
    ]
    spec = scenario(money={"end_value": VALUES})
    market = days(10, sell_out_units=10)
    return result(spec, market=market, money=money, balance=balance, brand_territory=brands, territory=outlets)


# 700 ÷ 7 days × 365 × 2 years × 0.25 = 18,250; north 30 × (40 × 0.5 + 10 × 1.5) = 1,050, south 10 × (10 + 20) = 300.
POSITION = 196.00
EXPECTED = {
    "interest_manufacturer": 0.70,
    "interest_distributors": 0.50,
    "interest_retailers": 0.20,
    "capital_tied_up_manufacturer": 98,  # (9 × 10,000 + 8,000) ÷ 10
    "capital_tied_up_distributors": 3,  # 700 + 500 − 900
    "capital_tied_up_retailers": -2,  # 800 − 1,000
    "end_value": 80 + POSITION,  # 5,000 + 3,000 on the last day
    "profit_with_end_value": 16.29 + POSITION,  # 1,999 − 300 − 70
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_a_span_shorter_than_the_weeks_looks_back_as_far_as_there_is_a_record() -> None:
    of = small()
    longer = FakeResult(scenario(money={"end_value": VALUES | {"margin_weeks": 5}}), of.tables)
    heads = 1_350
    assert position_value(cut(of, first=9)) == pytest.approx(POSITION)
    assert position_value(cut(longer, first=9)) == pytest.approx(((1_999 - 300) / 10 * 365 * 2 * 0.25 + heads) / 100)
