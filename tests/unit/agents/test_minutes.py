"""The minutes of a working day: they add up, follow skill and talent, and spare ones find work."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.kernels.tasks import TaskRules, call_minutes, pace_of
from sim.scenario.schema.people import TaskSpec
from sim.world.bundles import bundle
from sim.world.talent import applicants, best_of, talent_of
from tests.markets import assert_same, books_digest, finished, market, merged, ran

MINUTES = ["driving_minutes", "visiting_minutes", "survey_minutes", "coaching_minutes", "idle_minutes"]
ON: dict[str, Any] = {"mechanisms": {"task_minutes": True}}
DENSE: dict[str, Any] = merged(
    ON,
    {
        "territories": {"generate": {"n": 1}},
        "outlets": {"generate": {"n": 150}},
        "team": {"talent": {"spread": 0.0}},
        "mechanisms": {"advisor_turnover": False},
    },
)


def rules(**own: Any) -> TaskRules:
    levers = {"lever_survey_minutes": np.zeros(1), "lever_coaching_minutes": np.zeros(1)}
    return bundle(TaskRules, TaskSpec(), **{"on": True, "to_sell": 2, **levers, **own})


def test_a_full_call_at_the_usual_skill_takes_the_minutes_of_the_outlet() -> None:
    pace = pace_of(rules(), 0.35, 0.35, 0.35, True, 1.0, 1.0)
    assert call_minutes(pace, 20.0, 0, 0) == pytest.approx(20.0)
    # Everything is listed: nothing to negotiate. One of two: half the lines, and a negotiation.
    assert call_minutes(pace, 20.0, 5, 2) == pytest.approx(20.0 * (0.6 + 0.15))
    assert call_minutes(pace, 20.0, 5, 1) == pytest.approx(20.0 * (0.3 + 0.15 + 0.25))
    silent = pace_of(rules(), 0.35, 0.35, 0.35, False, 1.0, 1.0)
    assert call_minutes(silent, 20.0, 5, 2) == pytest.approx(20.0 * (0.4 + 0.15))


def test_each_skill_shortens_its_own_task_and_talent_all() -> None:
    def minutes(selling: float, service: float, coaching: float, talent: float = 1.0) -> float:
        return float(call_minutes(pace_of(rules(), selling, service, coaching, True, 1.0, talent), 100.0, 0, 0))

    usual = minutes(0.35, 0.35, 0.35)
    fall = 1.0 - math.exp(-0.8 * 0.5)
    assert usual - minutes(0.85, 0.35, 0.35) == pytest.approx(25.0 * fall)
    assert usual - minutes(0.35, 0.85, 0.35) == pytest.approx(60.0 * fall)
    assert usual - minutes(0.35, 0.35, 0.85) == pytest.approx(10.0 * fall)
    assert minutes(0.35, 0.35, 0.35, talent=1.25) == pytest.approx(usual / 1.25)


def test_talent_has_mean_one_and_the_spread_asked_for() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    talent = np.array([talent_of(best_of(x, 0.5, 1.0, 1.0), 0.4) for x in u])
    assert talent.mean() == pytest.approx(1.0, abs=1e-3)
    assert talent.std() == pytest.approx(0.4, abs=4e-3)


def test_the_best_of_two_applicants_stands_at_one_over_root_pi() -> None:
    u = (np.arange(20_000) + 0.5) / 20_000
    for validity in (0.0, 0.5, 1.0):
        mean = np.mean([best_of(x, 0.5, 2.0, validity) for x in u])
        assert mean == pytest.approx(validity / math.sqrt(math.pi), abs=1e-3)
    assert best_of(0.3, 0.8, 1.0, 0.0) == pytest.approx(0.8416, abs=1e-4)
    assert applicants(1.0, 1.5, 2.0) == 2.25
    assert applicants(1.0, 0.5, 2.0) == 1.0


@pytest.mark.parametrize("n", [1, 3])
def test_the_minutes_add_up_to_the_day(n: int) -> None:
    days = ran(market(DENSE, {"team": {"generate": {"n": n}}}))["advisor"]
    assert len(days) > 15
    np.testing.assert_allclose(days[MINUTES].sum(axis=1), 480.0, rtol=1e-12)
    assert (days[MINUTES] >= -1e-9).all(axis=None)


def test_a_day_reckoned_by_hand() -> None:
    session = Session(market(DENSE, {"calendar": {"burn_in_days": 0}}))
    before = {name: column.copy() for name, column in session.world.columns.items()}
    session.step(1)
    tables, w, s = session.observe(), session.world, session.scenario.team
    visits, row = tables["visits"], tables["advisor"].iloc[0]
    wright = max((1.0 + before["visits_made"][0] / 100.0) ** -0.322, 0.45)
    slow = {name: math.exp(-0.8 * (before[name][0] - 0.35)) for name in ("selling", "service", "coaching")}
    part = 0.05 + 0.10 * slow["coaching"] + 0.60 * slow["service"] + 0.25 * slow["selling"]
    index = [w.names.outlets.index(name) for name in visits["outlet"]]
    inside = wright * part * before["outlet_visit_minutes"][index]
    np.testing.assert_allclose(visits["leave_minute"] - visits["arrive_minute"], inside, atol=1e-3)
    assert row["visiting_minutes"] == pytest.approx(inside.sum())
    assert row["coaching_minutes"] == 0.0  # there is no colleague
    found = np.flatnonzero(w.is_known & ~before["is_known"] & (w.visit_count == 1))
    assert row["found_outlets"] == len(found)
    searched = np.flatnonzero(w.searched_day == 0)
    walked = row["survey_minutes"] - wright * (6.0 * len(searched) + 8.0 * len(found))
    assert -1e-9 <= walked <= 2.0 * 0.5 * len(found) * 1.3 * 60.0 / s.visit.speed_km_per_hour + wright * 6.0
    assert set(searched) <= set(index)
    assert (w.relation[found, 0] > before["relation"][found, 0]).all()


def test_more_people_do_more_work_each_with_more_time_to_spare() -> None:
    few, many = (
        ran(market(DENSE, {"outlets": {"generate": {"n": 240}}, "team": {"generate": {"n": n}}}))["advisor"]
        for n in (1, 4)
    )
    for work in ("calls", "found_outlets"):
        assert many[work].sum() > few[work].sum()
    assert few["idle_minutes"].sum() < 0.08 * 480 * len(few)
    assert many["idle_minutes"].mean() > few["idle_minutes"].mean()


def test_spare_time_is_filled() -> None:
    without = ran(market(DENSE, {"mechanisms": {"task_minutes": False}}))["advisor"]
    filled = ran(market(DENSE))["advisor"]
    assert filled["idle_minutes"].sum() < 0.7 * without["idle_minutes"].sum()
    assert filled["calls"].sum() > without["calls"].sum()


def test_off_nothing_of_it_acts() -> None:
    other = {
        "tasks": {"survey_minutes": 200.0, "early_share": 0.01, "shelf_share": 0.9},
        "talent": {"hire_pay": 3.0, "applicants": 9.0, "spread": 2.0},
    }
    plain, changed = (ran(market({"team": {**team, "turnover": {"leaving_per_year": 3.0}}})) for team in ({}, other))
    plain["advisor"], changed["advisor"] = (t["advisor"].drop(columns="talent") for t in (plain, changed))
    assert_same(plain, changed)


def test_a_midnight_is_a_seam() -> None:
    scenario = market(DENSE, {"team": {"generate": {"n": 3}}})
    first = Session(scenario)
    first.step(13)
    second = Session.restore(scenario, first.save())
    for session in (first, second):
        session.step(session.calendar.n_days)
    assert books_digest(second) == books_digest(finished(scenario))
    assert_same(first.observe(), second.observe())
