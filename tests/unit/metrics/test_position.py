"""Who leads, how often that changes, and the Lanchester classes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.metrics.catalogue import KPIS
from sim.metrics.position import count_flips, leaders, positions, trailing_sales
from tests.unit.metrics.tables import FakeResult, cut, result


def sold(day: int, territory: str = "north", **units: int) -> list[dict[str, Any]]:
    return [
        {"day": day, "territory": territory, "company": c, "product": c, "brand": c, "sell_out_units": u}
        for c, u in units.items()
    ]


def flat(n_days: int = 2, **units: int) -> FakeResult:
    return result(market=[row for day in range(n_days) for row in sold(day, **units)])


@pytest.mark.parametrize(
    ("units", "name"),
    [
        ({"ours": 80, "a": 10, "b": 10}, "monopoly"),  # 80 %
        ({"ours": 50, "a": 29, "b": 21}, "stable"),  # 50 %, 50 ÷ 29 = 1.72 beyond 1.7
        ({"ours": 50, "a": 30, "b": 20}, "leader"),  # 50 ÷ 30 = 1.67 within 1.7
        ({"ours": 26, "a": 25, "b": 25, "c": 24}, "narrow_leader"),  # 26 % below 26.1
        ({"ours": 35, "a": 45, "b": 20}, "challenger"),  # 45 ÷ 35 = 1.29
        ({"ours": 20, "a": 50, "b": 30}, "out_of_range"),  # 50 ÷ 20 = 2.5
        ({"ours": 60, "a": 40}, "leader"),  # a duel: 60 ÷ 40 = 1.5 within 3
        ({"ours": 0, "a": 40}, "absent"),
    ],
)
def test_class_of_a_position(units: dict[str, int], name: str) -> None:
    table = positions(flat(**units))
    assert list(table["territory"]) == ["", "north"]
    assert set(table["position"]) == {name}


def test_leader_share_and_flips_are_reported() -> None:
    row = positions(flat(ours=30, a=70)).iloc[0]
    assert (row["share"], row["leader"], row["leader_share"], row["flips"]) == (0.3, "a", 0.7, 0)


def test_windows_of_28_days_end_with_each_day() -> None:
    of = result(market=[row for day in range(-40, 2) for row in sold(day, ours=1)])
    sales = trailing_sales(cut(of))
    assert sales is not None
    assert sales.units.tolist() == [[[28], [28]]]


def test_windows_are_shorter_at_the_beginning_of_the_record() -> None:
    sales = trailing_sales(cut(flat(3, ours=2)))
    assert sales is not None
    assert sales.units[0, :, 0].tolist() == [2, 4, 6]


def test_nobody_leads_a_tie_or_an_empty_market() -> None:
    assert leaders(np.array([[5, 5], [0, 0], [1, 2]])).tolist() == [-1, -1, 1]


def test_flips_skip_days_without_a_leader() -> None:
    assert count_flips(np.array([0, -1, 0, 1, -1, 1, 0])) == 2


def test_time_to_first_and_flips() -> None:
    # trailing sums a: 10, 10, 10, 10; ours: 4, 8, 12, 16: we pass on day 2, and the lead changes once in 4 days
    rows = sold(0, ours=4, a=10) + [row for day in (1, 2, 3) for row in sold(day, ours=4, a=0)]
    seen = cut(result(market=rows))
    assert KPIS["time_to_first"].compute(seen) == 2
    assert KPIS["lead_flips"].compute(seen) == pytest.approx(365 / 4)
    assert KPIS["territories_first"].compute(seen) == 1


def test_flips_are_the_mean_of_territories() -> None:
    rows = sold(0, ours=4, a=10) + [row for day in (1, 2, 3) for row in sold(day, ours=4, a=0)]
    rows += [row for day in range(4) for row in sold(day, "south", ours=1, a=9)]
    of = result(market=rows)
    assert KPIS["lead_flips"].compute(cut(of)) == pytest.approx(365 / 4 / 2)
    assert KPIS["lead_flips"].compute(cut(of, territory="south")) == 0
    assert KPIS["territories_first"].compute(cut(of)) == 0.5


def test_no_sales_no_position() -> None:
    seen = cut(flat(ours=0, a=0))
    for name in ("position_class", "territories_first", "lead_flips", "time_to_first"):
        assert math.isnan(KPIS[name].compute(seen))
    assert positions(flat(ours=0, a=0))["position"].tolist() == ["", ""]


def test_a_company_that_sells_nothing_is_absent() -> None:
    seen = cut(flat(a=5), company="ours")
    assert KPIS["position_class"].compute(seen) == 0
    assert KPIS["territories_first"].compute(seen) == 0
    assert math.isnan(KPIS["time_to_first"].compute(seen))
