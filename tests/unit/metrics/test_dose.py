"""The dose by month and territory, by hand: forty days, two months."""

from __future__ import annotations

import pandas as pd

from sim.metrics.dose import dose
from tests.unit.metrics.tables import FakeResult, booking, cut, days, result


def small() -> FakeResult:
    """In the north two advisors on two days of month one; the south opens on day 35 and has a promoter that day."""
    return result(
        market=days(40),
        advisor=[{"day": day, "advisor": a} for day in (0, 1) for a in ("a1", "a2")]
        + [{"day": 1, "advisor": "a3", "territory": "south"}],
        brand_territory=[{"day": 35, "territory": "south", "brand": brand, "promoters": 2} for brand in ("b1", "b2")],
        territory=days(40, open_ground=1, platform_cents=100)
        + [{"day": day, "territory": "south", "open_ground": int(day >= 35)} for day in range(40)],
        money=[
            booking(3, "opening_cost", 5_000),
            booking(36, "travel", 700),
            booking(36, "travel", 300, party="rival"),
            booking(36, "platform", 999),
            booking(36, "cogs", 999),
        ],
    )


def test_the_dose_by_hand() -> None:
    table = dose(cut(small()))
    found = {(int(r["day"]), r["note"], r["territory"]): r["value"] for _, r in table.iterrows()}
    assert found == {
        (0, "advisors", "north"): 2.0,  # four days of advisors on two days
        (0, "advisors", "south"): 0.5,
        (0, "ground", "north"): 1.0,
        (30, "ground", "north"): 1.0,
        (30, "ground", "south"): 0.5,  # five days of ten
        (0, "platform", "north"): 30.0,
        (30, "platform", "north"): 10.0,
        (30, "promoters", "south"): 2.0,  # both brands count the same people
        (0, "opening_cost", ""): 50.0,
        (30, "travel", ""): 7.0,
    }


def test_nothing_recorded_is_no_dose() -> None:
    table = dose(cut(result(market=days(3), territory=days(3))))
    assert isinstance(table, pd.DataFrame)
    assert table.empty
