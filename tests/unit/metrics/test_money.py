"""Money KPIs on the books of ten days."""

from __future__ import annotations

import math
from typing import Any

import pytest

from sim.metrics.catalogue import KPIS
from sim.metrics.money import cash_conversion_cycle
from tests.unit.metrics.tables import FakeResult, booking, cut, days, result

COSTS = {
    # promotion 1,500
    "promotion_cost": 400,
    "advertising": 500,
    "display_cost": 300,
    "rebate_cost": 200,
    "exclusive_cost": 100,
    # people 2,000
    "advisor_cost": 1_200,
    "promoter_cost": 400,
    "hiring_training": 300,
    "travel": 100,
    # logistics 600
    "logistics": 500,
    "storage": 100,
    # other 900
    "services_cost": 200,
    "census_cost": 100,
    "overhead": 250,
    "platform": 100,
    "opening_cost": 50,
    "penalty_cost": 50,
    "bad_debt": 70,
    "scrap": 80,
}


def small() -> FakeResult:
    """We sell for 20,000 what cost 12,000 + 500 variance; 100 units reach consumers. Our cash rows must not matter."""
    distributor = {"tier": "distributor"}
    outlet: dict[str, Any] = {"tier": "outlet", "party": "outlets"}
    money = [
        booking(0, "revenue", -20_000),
        booking(0, "cogs", 12_000),
        booking(3, "price_variance", 500),
        booking(5, "cash", 123_456),
        booking(5, "receivable", -4_000),
        booking(9, "drawings", 999),
        *(booking(9, account, amount) for account, amount in COSTS.items()),
        booking(1, "revenue", -24_000, **distributor),
        booking(1, "cogs", 20_000, **distributor),
        booking(1, "logistics", 1_400, **distributor),
        booking(1, "bad_debt", 130, **distributor),
        booking(2, "rebate_income", -200, **distributor),
        booking(1, "revenue", -90_000, **outlet),
        booking(1, "cogs", 66_000, **outlet),
        booking(2, "revenue", -77_777, party="rival"),
        booking(2, "revenue", -77_777, tier="distributor", party="rival"),
        booking(-1, "revenue", -55_555),
    ]
    balance = [
        *days(10, tier="manufacturer", party="ours", receivable_cents=60_000, payable_cents=0, inventory_cents=25_000),
        *days(
            10, tier="distributor", party="ours", receivable_cents=33_600, payable_cents=60_000, inventory_cents=40_000
        ),
        *days(10, tier="outlet", party="outlets", payable_cents=46_200, inventory_cents=132_000),
        *days(10, tier="manufacturer", party="rival", receivable_cents=9),
    ]
    return result(market=days(10, sell_out_units=10), money=money, balance=balance)


EXPECTED = {
    "revenue_manufacturer": 200,  # 20,000 cents
    "gross_margin_manufacturer": 75,  # 20,000 − 12,000 − 500
    "gross_margin_rate_manufacturer": 0.375,  # 7,500 ÷ 20,000
    "profit_manufacturer": 25,  # 7,500 − 1,500 − 2,000 − 600 − 900
    "dio_manufacturer": 20,  # 25,000 × 10 ÷ 12,500
    "dso_manufacturer": 30,  # 60,000 × 10 ÷ 20,000
    "dpo_manufacturer": 0,
    "cash_cycle_manufacturer": 50,  # 20 + 30 − 0
    "revenue_distributors": 240,
    "gross_margin_distributors": 40,  # 24,000 − 20,000
    "gross_margin_rate_distributors": 4 / 24,
    "profit_distributors": 26.7,  # 4,000 − 1,400 − 130 + 200
    "profit_chain": 51.7,  # 25 + 26.7
    "dio_distributors": 20,  # 40,000 × 10 ÷ 20,000
    "dso_distributors": 14,  # 33,600 × 10 ÷ 24,000
    "dpo_distributors": 30,  # 60,000 × 10 ÷ 20,000
    "cash_cycle_distributors": 4,  # 20 + 14 − 30
    "revenue_retailers": 900,
    "gross_margin_retailers": 240,  # 90,000 − 66,000
    "gross_margin_rate_retailers": 24 / 90,
    "profit_retailers": 240,
    "dio_retailers": 20,  # 132,000 × 10 ÷ 66,000
    "dso_retailers": 0,  # consumers pay at once
    "dpo_retailers": 7,  # 46,200 × 10 ÷ 66,000
    "cash_cycle_retailers": 13,  # 20 + 0 − 7
    "cost_per_unit_promotion": 0.15,  # 1,500 ÷ 100 ÷ 100 units
    "cost_per_unit_people": 0.20,  # 2,000
    "cost_per_unit_logistics": 0.20,  # 600 of ours + 1,400 of our distributors
    "cost_per_unit_other": 0.09,  # 900
    "cost_per_unit": 0.64,  # 0.15 + 0.20 + 0.20 + 0.09
    "bad_debt": 2,  # 70 + 130
    "spending": 50,  # 1,500 + 2,000 + 600 + 900
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_cash_conversion_cycle() -> None:
    assert cash_conversion_cycle(20, 14, 30) == 4


def test_an_account_never_used_is_zero_but_missing_books_are_unknown() -> None:
    of = result(market=days(1), money=[booking(0, "revenue", -100)])
    assert KPIS["profit_manufacturer"].compute(cut(of)) == 1
    assert KPIS["spending"].compute(cut(of)) == 0
    assert math.isnan(KPIS["bad_debt"].compute(cut(of)))  # our distributors keep no books here
    assert math.isnan(KPIS["profit_retailers"].compute(cut(of)))


def test_every_account_is_either_a_balance_or_counted_as_profit() -> None:
    accounts = pytest.importorskip("sim.world.accounts")
    from sim.metrics import money

    names = {account.name.lower() for account in accounts.Account}
    assert {a.name.lower() for a in accounts.BALANCE_SHEET} == set(money.BALANCE_ACCOUNTS)
    used = (*money.GOODS, *money.PROMOTION, *money.PEOPLE, *money.LOGISTICS, *money.OTHER)
    assert set(used) <= names
    incomes = {name for name in names if name.endswith("_income")}
    assert names - set(used) - set(money.BALANCE_ACCOUNTS) - incomes == {"revenue", "consumption"}
