"""Shops that open and close: who knows them, who walks there, and what they know of their own sales."""

from __future__ import annotations

import numpy as np
import pytest

from sim.engine import Session
from tests.markets import market

TURNOVER = {"retail": {"opening_per_year": 1.0, "closing_per_year": 1.0}, "outlets": {"generate": {"n": 90}}}
STILL = {"retail": {"opening_per_year": 0.0, "closing_per_year": 0.0}}
LONG = {"calendar": {"burn_in_days": 5, "duration_days": 85}}


def opened(duration: int) -> dict[str, int]:
    """Opening day by outlet of a run of that length."""
    session = Session(market(TURNOVER, {"calendar": {"burn_in_days": 5, "duration_days": duration}}))
    days = session.world.outlet_open_day
    return {o: int(d) for o, d in zip(session.world.names.outlets, days, strict=True) if d > 0}


def test_a_longer_run_opens_the_same_shops_on_the_same_days() -> None:
    short, long = opened(60), opened(400)
    assert len(short) > 5
    assert short == {outlet: day for outlet, day in long.items() if day < 65}


def test_a_longer_run_begins_as_a_shorter_one_does() -> None:
    runs = []
    for duration in (40, 90):
        session = Session(market(TURNOVER, {"calendar": {"burn_in_days": 5, "duration_days": duration}}))
        session.step(45)
        table = session.observe()["market"]
        runs.append(table.drop(columns=[c for c in table if table[c].dtype == object]).to_numpy())
    np.testing.assert_array_equal(*runs)


def test_shops_open_at_the_stated_rate_however_long_the_run() -> None:
    """300 shops, one new one a year near each: a Poisson number, and several near one shop."""
    changes = {"outlets": {"generate": {"n": 300}}, "retail": {"opening_per_year": 1.0}}
    session = Session(market(changes, {"calendar": {"burn_in_days": 0, "duration_days": 730}}))
    born = [name for name in session.world.names.outlets if "+" in name]
    expected = 300 * 729 / 365
    assert abs(len(born) - expected) < 3.5 * np.sqrt(expected)
    assert any(name.endswith("+3") for name in born)


def test_a_new_shop_keeps_its_first_estimate_until_it_has_sold() -> None:
    session = Session(market(TURNOVER, LONG))
    world = session.world
    newcomer = int(np.flatnonzero((world.outlet_open_day > 30) & (world.outlet_open_day < 60))[0])
    opening = int(world.outlet_open_day[newcomer])
    session.step(opening)
    before = float(world.sales_rate[newcomer].sum())
    session.step(opening + 1 + int(world.outlet_review_days[newcomer]))
    assert world.last_review_day[newcomer] >= opening
    # One review of a few days moves the estimate by a part, not to the sales since the market began.
    assert world.sales_rate[newcomer].sum() > 0.5 * before > 0.0


def test_neighbours_are_the_nearest_open_shops() -> None:
    session = Session(market(TURNOVER, {"calendar": {"burn_in_days": 5, "duration_days": 60}}))
    world = session.world
    huff = session.scenario.consumers.huff
    for day in (0, 20, 61):
        session.step(day)
        for i in range(world.n_outlets):
            km = np.hypot(world.outlet_x_km - world.outlet_x_km[i], world.outlet_y_km - world.outlet_y_km[i])
            km[i] = np.inf
            near = np.argsort(np.where(world.is_open, km, np.inf), kind="stable")[: huff.neighbours]
            near = near[world.is_open[near] & (km[near] <= huff.radius_km)]
            found = world.neighbour_outlet[i][world.neighbour_outlet[i] >= 0]
            candidates = world.near_outlet[i][world.near_outlet[i] >= 0]
            if np.isin(near, candidates).all():
                np.testing.assert_array_equal(found, near)
            assert world.is_open[found].all()
            weight = world.near_weight[i][[int(np.flatnonzero(candidates == j)[0]) for j in found]]
            if found.size:
                np.testing.assert_allclose(
                    world.neighbour_cumulative[i, : found.size], np.cumsum(weight) / weight.sum(), rtol=1e-12
                )


def test_stated_openings_need_no_turnover() -> None:
    listed = [
        {"outlet_id": "A", "x_km": 0.0, "y_km": 0.0, "size": 20.0},
        {"outlet_id": "B", "x_km": 0.2, "y_km": 0.0, "size": 20.0, "opening_date": "2026-01-10"},
    ]
    scenario = market(
        {"outlets": {"generate": None, "list": listed}, "territories": {"generate": {"n": 1}}},
        {"mechanisms": {"outlet_turnover": False}, "retail": {"opening_per_year": 1.0, "closing_per_year": 1.0}},
    )
    session = Session(scenario)
    assert list(session.world.names.outlets) == ["A", "B"]
    session.step(session.calendar.n_days)
    assert session.world.is_open.all()
    assert session.world.sold_total_units[1].sum() > 0


@pytest.mark.parametrize("limits", [True, False])
def test_nobody_knows_a_shop_before_it_opens(limits: bool) -> None:
    session = Session(market(TURNOVER, LONG, {"mechanisms": {"database_limits": limits}}))
    world = session.world
    for day in (0, 40, 89):
        session.step(day)
        unborn = world.outlet_open_day >= max(day, 1)
        assert not world.is_known[unborn].any()
        assert (world.outlet_advisor[unborn] == -1).all()
        if not limits:
            assert world.is_known[world.is_open].all()


def test_habit_of_the_evening_counts_the_next_day() -> None:
    session = Session(market(STILL))
    world = session.world
    session.step(12)
    habit, weight = world.habit.copy(), world.choice_weight.copy()
    session.step(13)
    moved = np.flatnonzero((world.habit != habit).any(axis=1))
    assert moved.size
    weight[:] = world.choice_weight
    session.step(14)
    assert (world.choice_weight[moved] != weight[moved]).any(axis=(1, 2)).all()


def test_the_first_morning_teaches_nothing() -> None:
    """No shop has sold anything before the first day begins, which says nothing about its sales."""
    session = Session(market(STILL))
    world = session.world
    before = world.sales_rate.copy()
    session.step(1)
    due = (world.outlet_slot & np.uint64(0xFFFF)).astype(np.int64) % world.outlet_review_days == 0
    assert due.any()
    np.testing.assert_array_equal(world.sales_rate[due], before[due])
