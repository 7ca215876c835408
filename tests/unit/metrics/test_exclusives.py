"""KPIs of exclusive agreements on a few rows."""

from __future__ import annotations

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result


def small() -> FakeResult:
    """Two days of two territories, and what we and a rival paid for it."""
    paid = {"day": 0, "tier": "manufacturer", "account": "exclusive_cost"}
    return result(
        territory=[
            *days(2, exclusive_cooler=3, exclusive_shelf=2, exclusive_ours=5),
            *days(2, territory="south", exclusive_shelf=1, exclusive_ours=1),
            {"day": 1, "territory": "south", "exclusive_shop": 1},
        ],
        money=[{**paid, "party": "ours", "amount_cents": 12_345}, {**paid, "party": "rival", "amount_cents": 999}],
    )


EXPECTED = {
    "exclusive_coolers": 3.0,
    "exclusive_shelves": 3.0,  # two in the north and one in the south
    "exclusive_shops": 0.5,  # one on one of two days
    "exclusive_cost": 123.45,
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small(), last=1)) == pytest.approx(EXPECTED[name])
