"""Cash cycle: 20 days of inventory, 14 of receivables and 30 of payables tie cash up for 4 days, exactly."""

from __future__ import annotations

from sim.metrics.catalogue import KPIS
from sim.metrics.money import cash_conversion_cycle
from sim.metrics.table import kpi_table
from tests.unit.metrics.tables import booking, cut, days, result

N_DAYS = 30


def test_cash_cycle_of_a_ledger_worked_out_by_hand() -> None:
    # a day: goods that cost 1,000 are sold for 1,200; so 20 days of goods are 20,000, 14 days of sales 16,800 and
    # 30 days of goods unpaid 30,000
    books = {"tier": "distributor", "party": "ours"}
    money = [
        entry
        for day in range(N_DAYS)
        for entry in (booking(day, "revenue", -1_200, **books), booking(day, "cogs", 1_000, **books))
    ]
    balance = days(N_DAYS, **books, inventory_cents=20_000, receivable_cents=16_800, payable_cents=30_000)
    of = result(market=days(N_DAYS), money=money, balance=balance)
    seen = cut(of)
    dio, dso, dpo = (KPIS[f"{name}_distributors"].compute(seen) for name in ("dio", "dso", "dpo"))
    assert (dio, dso, dpo) == (20.0, 14.0, 30.0)
    assert cash_conversion_cycle(dio, dso, dpo) == 4.0
    assert KPIS["cash_cycle_distributors"].compute(seen) == 4.0
    assert kpi_table(of, names=["cash_cycle_distributors"])["mean"].tolist() == [4.0]
