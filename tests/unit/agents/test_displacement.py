"""Displacement at a call: the odds by hand, the same for every company, inert without a target, saved at midnight."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.streams import DecisionPoint
from tests.effects.by_hand import Draws, as_it_is, scattered, session
from tests.effects.market import on
from tests.markets import STRESSED, assert_same, books_digest, finished, market, ran

OURS, THEIRS = 0, 1
RULES = {"intercept": -0.4, "relation": 2.5, "skill": 0.9, "sales": 0.6, "facings_taken": 0.5}
SKILL = 0.7
CALLS: dict[str, Any] = {
    **on("displacement", "shelf"),
    "calendar": {"duration_days": 3, "rest_weekdays": []},
    "outlets": {"generate": {"n": 240}},
    "products": {"generate": {"per_brand": 2}},
    "retail": {"displacement": RULES, "shelf": {"visit_gain": 0.0}},
    "rivals": {"list": [{"id": "R1", "field_skill": SKILL, "field_calls_per_outlet_month": 31, "field_focus": 0.0}]},
    "database": {"known_share": 1.0},
    "team": {
        "generate": None,
        "list": [{"id": f"a{k}", "territory": "T01", "selling": SKILL} for k in range(4)],
        "visit": {"every_days_a": 1, "every_days_b": 1, "every_days_c": 1, "max_calls_per_day": 40},
    },
}


def called_on(held: Session, caller: int) -> np.ndarray:
    """Outlets on which a company's people called on the first day."""
    w = held.world
    if caller == OURS:
        return np.array(w.tables["visits"]["outlet"])
    draws = Draws(held, 0)
    chance = min(0.5, 31 / 22)
    u = [draws.u(DecisionPoint.RIVAL_CALL, s ^ w.company_slot[1]) for s in w.outlet_slot]
    return np.flatnonzero(np.array(u) < chance)


@pytest.mark.parametrize("caller", [OURS, THEIRS])
def test_each_product_is_displaced_with_the_odds_of_its_shop(caller: int) -> None:
    held = session(CALLS, on("advisors") if caller == OURS else on("rival_field"))
    w, victim = held.world, 1 - caller
    scattered(w.relation, 0.0, 1.0)
    scattered(w.sales_rate, 0.1, 2.0, 2)
    w.shelf_gain[::3] = -0.6
    if caller == OURS:
        held.pull("displace", victim)
    w.target_company[THEIRS] = victim if caller == THEIRS else -1
    before, draws = as_it_is(held), Draws(held, 0)
    held.step(1)
    expected = np.zeros_like(before.is_listed)
    chances = []
    actor = int(w.company_slot[1]) if caller == THEIRS else 0
    for i in called_on(held, caller):
        theirs = np.flatnonzero(w.product_company == victim)
        p = theirs[np.argmin(before.sales_rate[i, theirs])]
        relative = before.sales_rate[i, p] / before.sales_rate[i].mean()
        gap = before.relation[i, caller] - before.relation[i, victim]
        chance = 1 / (1 + math.exp(0.4 - 2.5 * gap - 0.9 * SKILL + 0.6 * (relative - 1)))
        expected[i, p] = draws.u(DecisionPoint.DISPLACEMENT, w.outlet_slot[i], int(p), actor) < chance
        chances.append(chance)
    chance = np.array(chances)
    assert len(chance) > 80
    assert abs(expected.sum() - chance.sum()) < 3 * math.sqrt((chance * (1 - chance)).sum())
    weak = before.shelf_gain < 0
    np.testing.assert_array_equal(w.is_listed, ~(expected & weak))
    # A week passes this evening at every seventh shop, whose merchandising fades.
    stays = w.outlet_slot % np.uint64(7) != 0
    np.testing.assert_allclose(w.shelf_gain[stays], (before.shelf_gain - 0.5 * (expected & ~weak))[stays])
    table = held.observe()["market"]
    assert table["displaced"].sum() == expected.sum()
    assert table["displaced"][table["company"] == ("ours" if victim == OURS else "R1")].sum() == expected.sum()


def test_who_is_bound_to_the_target_does_not_listen() -> None:
    held = session(CALLS, on("advisors"), {"retail": {"displacement": {"intercept": 20.0}}})
    w = held.world
    held.pull("displace", 1)
    w.exclusive_company[::2] = 1
    w.exclusive_until[:] = 100
    held.step(1)
    hit = (w.shelf_gain < 0).any(axis=1)
    assert hit[1::2].any()
    assert not hit[::2].any()


def test_without_a_target_and_without_gain_from_empty_shelves_nothing_moves() -> None:
    inert = {"retail": {"displacement": {"empty_shelf": 0.0, "empty_facings": 0.0}}}
    rivals = {"rivals": {"generate": {"n": 2}, "list": []}}
    assert_same(ran(market(inert, rivals, on("displacement"))), ran(market(inert, rivals)))
    assert_same(ran(market(STRESSED), pulls={"displace": 1.0}), ran(market(STRESSED)))


def test_aggressors_push_out_the_leader_and_the_day_is_saved_at_midnight() -> None:
    long = {"calendar": {"burn_in_days": 5, "duration_days": 60}, "retail": {"displacement": {"intercept": 1.0}}}
    scenario = market(STRESSED, on("displacement"), long)
    whole = finished(scenario)
    w = whole.world
    assert w.target_company[1].min() >= 0
    assert 1 not in w.target_company[1]
    assert (w.target_company[2] == -1).all()
    table = whole.observe()["market"]
    assert table[table["company"] != "R1"]["displaced"].sum() > 0
    for day in (12, 44):
        cut = Session(scenario)
        cut.step(day)
        cut = Session.restore(scenario, cut.save())
        cut.step(cut.calendar.n_days)
        assert books_digest(cut) == books_digest(whole)
