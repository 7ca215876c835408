"""Field KPIs on three advisor-days."""

from __future__ import annotations

import math

import pytest

from sim.metrics.catalogue import KPIS
from tests.unit.metrics.tables import FakeResult, booking, cut, days, result


def small() -> FakeResult:
    """Two advisors on day 0, one of them on day 1; day 1 is the last."""
    first = {
        "advisor": "a1",
        "calls": 20,
        "productive_calls": 12,
        "lines": 36,
        "new_listings": 2,
        "attempts": 5,
        "driving_minutes": 150,
        "visiting_minutes": 260,
        "survey_minutes": 30,
        "coaching_minutes": 10,
        "idle_minutes": 30,
        "found_outlets": 2,
        "talent": 1.2,
        "effort": 1.1,
        "by_plan": 1,
        "selling": 0.5,
        "service": 0.4,
        "coaching": 0.3,
        "farmer": 0.2,
    }
    second = {
        "advisor": "a2",
        "territory": "south",
        "calls": 10,
        "productive_calls": 3,
        "lines": 4,
        "attempts": 3,
        "driving_minutes": 240,
        "visiting_minutes": 180,
        "idle_minutes": 60,
        "found_outlets": 0,
        "talent": 0.9,
        "effort": 1.0,
        "by_plan": 0,
        "selling": 0.8,
        "service": 0.4,
        "coaching": 0.6,
        "farmer": 0.8,
    }
    return result(
        market=days(2),
        advisor=[{"day": 0, **first}, {"day": 0, **second}, {"day": 1, **first}],
        territory=days(2, open_outlets=10, unvisited_outlets=2, knowledge=0.5, efficiency=0.4)
        + days(2, territory="south", open_outlets=10, unvisited_outlets=8, knowledge=0.9, efficiency=1.0),
        targets=[
            {"day": 0, "level": "territory", "subject": "north", "units": 100, "achieved_units": 90},
            {"day": 0, "level": "territory", "subject": "south", "units": 100, "achieved_units": 60},
            {"day": 0, "level": "advisor", "subject": "a1", "units": 50, "achieved_units": 9},
        ],
        money=[booking(1, "advisor_cost", 60_000), booking(1, "travel", 2_500), booking(1, "hiring_training", 999)],
    )


EXPECTED = {
    "calls_per_day": 50 / 3,  # 20 + 10 + 20 calls on three advisor-days
    "strike_rate": 27 / 50,  # 12 + 3 + 12
    "idle_share": 120 / 1440,  # 30 + 60 + 30 of 480 minutes on each of three advisor-days
    "lines_per_call": 76 / 50,  # 36 + 4 + 36
    "lines_per_productive_call": 76 / 27,
    "listing_success": 4 / 13,  # 2 + 0 + 2 of 5 + 3 + 5
    "coverage": 0.5,  # 1 − (2 + 8) × 2 ÷ (20 × 2)
    "travel_share": 540 / 1440,  # 150 + 240 + 150 of three days of 480 minutes
    "development_share": 80 / 1440,  # (30 + 10) × 2
    "found_per_day": 4 / 3,
    "talent": 1.1,  # (1.2 + 0.9 + 1.2) ÷ 3
    "effort": 3.2 / 3,
    "plan_adherence": 2 / 3,
    "advisor_pay": 200.0,  # 60,000 ÷ 100 ÷ 3
    "target_achievement": 0.75,  # (90 + 60) ÷ (100 + 100)
    "skill": (0.4 + 0.6 + 0.4) / 3,  # means of the three skills on each advisor-day
    "skill_selling": 0.6,  # (0.5 + 0.8 + 0.5) ÷ 3
    "skill_service": 0.4,
    "skill_coaching": 0.4,  # (0.3 + 0.6 + 0.3) ÷ 3
    "programme_knowledge": 0.7,  # (0.5 + 0.9) × 2 ÷ 4 territory-days
    "programme_efficiency": 0.7,
    "orientation": 0.4,  # (0.2 + 0.8 + 0.2) ÷ 3
    "cost_per_call": 12.5,  # (60,000 + 2,500) ÷ 100 ÷ 50
}


@pytest.mark.parametrize("name", EXPECTED)
def test_value_worked_out_by_hand(name: str) -> None:
    assert KPIS[name].compute(cut(small())) == pytest.approx(EXPECTED[name])


def test_by_territory() -> None:
    south = cut(small(), territory="south")
    assert KPIS["calls_per_day"].compute(south) == 10
    assert KPIS["coverage"].compute(south) == pytest.approx(0.2)
    assert math.isnan(KPIS["cost_per_call"].compute(south))


def test_without_advisors_nothing_is_known_of_them() -> None:
    of = result(market=days(2), advisor=[], territory=days(2, open_outlets=10, unvisited_outlets=10))
    for name in EXPECTED:
        value = KPIS[name].compute(cut(of))
        assert value == 0 if name == "coverage" else math.isnan(value)
