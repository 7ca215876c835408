"""Targets that act: the split is exact, effort follows its closed form, and off nothing of it moves."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.scenario.schema.people import IncentiveSpec
from sim.world.incentives import effort, led, split
from tests.markets import assert_same, books_digest, finished, market, merged, ran

ON: dict[str, Any] = {
    "mechanisms": {"targets_act": True, "advisor_turnover": False},
    "calendar": {"burn_in_days": 5, "duration_days": 70},
    "team": {"generate": {"n": 3}},
    "outlets": {"generate": {"n": 60}},
    "recording": {"outlet_panel": False},
}
PAID = merged(ON, {"team": {"incentives": {"commission_cents": 300.0, "bonus_cents": 100_000}}})
PARTS = [np.array(x, dtype=float) for x in ([1, 2, 3], [4, 0, 1], [1, 1, 1], [0, 0, 0])]


@pytest.mark.parametrize("units", [0, 1, 100, 99_991])
def test_the_split_sums_to_the_target_exactly(units: int) -> None:
    assert split(units, (0.1, 0.3, 0.2, 0.4), PARTS).sum() == units


@pytest.mark.parametrize("k", range(4))
def test_more_weight_moves_every_place_toward_its_part_by_that_criterion(k: int) -> None:
    goal = PARTS[k] / PARTS[k].sum() if PARTS[k].any() else np.full(3, 1 / 3)
    gaps = []
    for weight in (0.0, 0.5, 2.0, 50.0):
        weights = [0.25] * 4
        weights[k] = weight
        gaps.append(np.abs(split(10**9, tuple(weights), PARTS) / 10**9 - goal))
    assert all((after <= before + 1e-9).all() for before, after in pairwise(gaps))
    assert gaps[-1].max() < 0.02


def test_effort_has_its_closed_form_and_its_limits() -> None:
    spec, none, all_pay = IncentiveSpec(), np.zeros(1), np.ones(1)
    assert effort(spec, np.array([0.3]), 0.5, none, none) == 1.0
    # Pay that rises with work one for one: what Lazear found.
    assert effort(spec, np.array([0.3]), 0.5, all_pay, none) == pytest.approx(1.22)
    # On course exactly, half the month left: the density at its peak.
    peak = 1.0 / (math.sqrt(2.0 * math.pi) * 0.2 * math.sqrt(0.5))
    assert effort(spec, np.array([0.5]), 0.5, none, all_pay * 0.1) == pytest.approx(1.0 + 0.22 * 0.1 * peak)
    for hopeless_or_won in (-2.0, 3.0, math.nan):
        assert effort(spec, np.array([hopeless_or_won]), 0.5, none, all_pay) == pytest.approx(1.0)
    # Within reach, the more the nearer the end.
    near = [effort(spec, np.array([1.0 - left]), left, none, all_pay * 0.05)[0] for left in (0.9, 0.5, 0.2, 0.05)]
    assert near == sorted(near)
    reach = np.linspace(-1.0, 2.0, 301)
    worked = effort(spec, reach, 0.2, none, np.full(301, 0.1))
    assert reach[np.argmax(worked)] == pytest.approx(0.8)
    assert (np.diff(worked[:180]) >= 0).all()
    assert (np.diff(worked[181:]) <= 0).all()
    assert effort(spec, np.array([0.5]), 0.5, all_pay * 100, none) == spec.effort_most


def test_one_supervisor_leads_a_span() -> None:
    np.testing.assert_allclose(led(np.array([0.0, 0.5, 9.0]), np.array([8, 8, 8]), 8.0), [0.0, 0.5, 1.0])


def test_the_regions_target_comes_down_to_distributors_without_a_rest() -> None:
    session = Session(market(ON))
    session.step(32)
    w = session.world
    assert w.territory_target_units.sum() > 0
    assert w.assigned_units[w.distributor_company == 0].sum() == w.territory_target_units.sum()
    assert not w.assigned_units[w.distributor_company != 0].any()
    event = session.observe()["events"].query("kind == 'target_set'").iloc[-1]
    assert event["value"] == w.territory_target_units.sum()
    asked = np.floor(w.lever_target_growth * w.assigned_units / 30 * session.scenario.distributors.push.period_days)
    session.step(60)
    ours = w.assigned_units > 0
    assert ours.any()
    np.testing.assert_array_equal(w.period_target_units[ours], asked[ours])


def test_commission_and_bonus_are_paid_to_the_cent() -> None:
    off, on = (ran(market(each)) for each in (ON, merged(PAID, {"team": {"incentives": {"effort_gain": 0.0}}})))
    for tables in (off, on):
        tables["advisor"] = tables["advisor"].drop(columns="farmer")
    cost = [t["money"].query("party == 'ours' and account == 'advisor_cost'")["amount_cents"].sum() for t in (off, on)]
    rows = on["targets"].query("level == 'advisor'")
    reached = ((rows["units"] > 0) & (rows["achieved_units"] >= rows["units"])).sum()
    assert abs(cost[1] - cost[0]) == 300 * rows["achieved_units"].sum() + 100_000 * reached
    assert rows["achieved_units"].sum() > 0


def test_pay_for_sales_makes_people_work_more_and_hunt() -> None:
    plain, paid = (ran(market(each))["advisor"] for each in (ON, PAID))
    assert (plain["effort"] == 1.0).all()
    assert paid["effort"].max() > 1.01
    assert paid["farmer"].iloc[-1] < plain["farmer"].iloc[-1]


def test_off_nothing_of_it_acts() -> None:
    other = {
        "incentives": {"commission_cents": 900.0, "bonus_cents": 10**6},
        "supervision": {"supervisors": 9.0, "unled_adherence": 0.0},
    }
    off = {"mechanisms": {"targets_act": False}}
    plain, changed = (ran(market(ON, off, {"team": team})) for team in ({}, other))
    assert_same(plain, changed)


def test_led_and_unpaid_people_do_as_ever() -> None:
    same = {"team": {"supervision": {"unled_adherence": 1.0}}, "mechanisms": {"push": False}}
    plain, on = (ran(market(ON, same, {"mechanisms": {"targets_act": acts}})) for acts in (False, True))
    for tables in (plain, on):
        del tables["targets"], tables["events"]
    assert_same(plain, on)


def test_a_midnight_is_a_seam() -> None:
    scenario = market(PAID)
    first = Session(scenario)
    first.step(41)
    second = Session.restore(scenario, first.save())
    second.step(second.calendar.n_days)
    whole = finished(scenario)
    assert books_digest(second) == books_digest(whole)
    assert_same(second.observe(), whole.observe())
