"""Return on extra spending."""

from __future__ import annotations

import math

import pytest
from scipy import stats

from sim.errors import StateError
from sim.metrics.returns import extra, return_on_extra_spending
from tests.unit.metrics.tables import FakeResult, booking, days, result


def books(*spent_and_sold: tuple[int, int]) -> FakeResult:
    """One day: advertising and revenue of each replication. [currency]"""
    money = []
    for replication, (spent, sold) in enumerate(spent_and_sold):
        for row in (booking(0, "advertising", 100 * spent), booking(0, "revenue", -100 * sold)):
            money.append({"replication": replication, **row})
        for row in (booking(0, "cash", 1, tier="distributor"),):
            money.append({"replication": replication, **row})
    market = [{"replication": r, **row} for r in range(len(spent_and_sold)) for row in days(1)]
    return result(market=market, money=money)


def test_return_of_one_pair() -> None:
    # 50 more spent, 80 more sold: profit 30 higher
    table = extra(books((150, 1080)), books((100, 1000)))
    assert table.to_dict("list") == {"replication": [0], "extra_spending": [50], "extra_profit": [30], "value": [0.6]}
    row = return_on_extra_spending(books((150, 1080)), books((100, 1000))).iloc[0]
    assert row["mean"] == pytest.approx(0.6)
    assert math.isnan(row["low"])


def test_interval_of_the_ratio() -> None:
    base = books((100, 1000), (100, 1000))
    row = return_on_extra_spending(books((150, 1080), (150, 1060)), base).iloc[0]
    # extra profit 30 and 10 on 50 each: ratio 0.4, residuals ±10, so s = 10·√2 and the standard error is 10 ÷ 50
    assert row["mean"] == pytest.approx(0.4)
    assert row["high"] - row["mean"] == pytest.approx(stats.t.ppf(0.975, 1) * 0.2)
    assert row["n_replications"] == 2


def test_a_saving_has_no_return() -> None:
    row = return_on_extra_spending(books((90, 1000)), books((100, 1000))).iloc[0]
    assert math.isnan(row["mean"])
    row = return_on_extra_spending(books((100, 1100)), books((100, 1000))).iloc[0]
    assert math.isnan(row["mean"])


def test_results_without_common_replications_are_refused() -> None:
    with pytest.raises(StateError, match="none in common"):
        extra(books((1, 1)), result())
