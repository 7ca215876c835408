"""KPIs of ground on two territories and four days."""

from __future__ import annotations

import math

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result


def small() -> FakeResult:
    """The north is open on all days and costs 50 a day, the south opens on day 2 and costs 30."""
    opened = {"kind": "territory_opened", "subject": "ours", "territory": "south"}
    return result(
        market=days(4, sell_out_units=20) + days(4, territory="south", sell_out_units=5),
        territory=days(4, open_ground=1, platform_cents=5_000)
        + [
            {"day": d, "territory": "south", "open_ground": int(d > 1), "platform_cents": 3_000 * (d > 1)}
            for d in range(4)
        ],
        events=[
            {"day": 2, "value": 40.0, **opened},
            {"day": 3, "value": 60.0, **opened},
            {"day": 3, "value": 99.0, **opened, "subject": "rival"},
            {"day": 3, "value": 99.0, **opened, "kind": "territory_closed"},
        ],
    )


EXPECTED = {
    "platform_cost": 260,  # 4 × 50 + 2 × 30
    "platform_cost_per_unit": 2.6,  # of 4 × 25 units
    "open_territories": 1.5,  # (4 + 2) ÷ 4
    "days_until_opened": 50,  # (40 + 60) ÷ 2
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_by_territory() -> None:
    south = cut(small(), territory="south")
    assert KPIS["platform_cost_per_unit"].compute(south) == 3.0  # 60 ÷ 20
    assert KPIS["open_territories"].compute(south) == 0.5
    assert math.isnan(KPIS["days_until_opened"].compute(cut(small(), territory="north")))
