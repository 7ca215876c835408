"""KPIs of distributors as companies on a few rows."""

from __future__ import annotations

import math

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, cut, days, result


def small() -> FakeResult:
    """Two days of two distributors of ours and one of a rival; the second of ours leaves on the second day."""
    stays = {"profit_cents": 300, "capital_cents": 365_000, "contracts": 1, "attention": 0.5, "reach": 0.8}
    leaves = {"profit_cents": -100, "capital_cents": 365_000, "contracts": 1, "attention": 0.1, "reach": 0.4}
    return result(
        partner=[
            *days(2, distributor="d1", **stays, upkeep_cents=600, calls=5),
            {"day": 0, "distributor": "d2", **leaves, "upkeep_cents": 600},
            {"day": 1, "distributor": "d2", "left": 1},
            *days(2, distributor="d9", company="rival", contracts=1, profit_cents=9999, upkeep_cents=999, calls=99),
        ],
        market=days(2),
        territory=[*days(2, free_firms=2), {"day": 1, "territory": "t2", "free_firms": 3}],
        events=[
            {"day": day, "kind": kind, "object": by}
            for day, kind, by in (
                (0, "distributor_poached", "ours"),
                (1, "distributor_poached", "R1"),
                (1, "distributor_poached", "ours"),
                (1, "distributor_signed", "ours"),
                (5, "distributor_poached", "R1"),
            )
        ],
    )


EXPECTED = {
    "distributor_return_on_capital": 365 * 500 / 1_095_000,  # (2 · 300 − 100) on three days of 365,000
    "distributor_attention": 1.1 / 3,
    "distributor_reach": 2.0 / 3,
    "distributor_calls": 10,
    "distributors_left": 1,
    "distributor_upkeep": 18.0,  # three days of 6
    "distributors_won": 2,
    "distributors_lost": 1,
    "free_distributors": 3.5,  # 2, then 2 + 3
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small(), last=1)) == pytest.approx(EXPECTED[name])


@pytest.mark.parametrize("name", ["distributor_return_on_capital", "distributor_attention", "distributor_reach"])
def test_without_companies_nothing_is_known(name: str) -> None:
    assert math.isnan(KPIS[name].compute(cut(result(partner=days(2, distributor="d1")))))
