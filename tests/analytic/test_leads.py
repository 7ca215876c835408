"""Leads that last and spread, against closed forms: capital, neighbours, shelf space, borders, and the loops' gain."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.compiled import kernel
from sim.engine import Session
from sim.errors import InputError
from sim.kernels.calls import SellInRules, following, sell_in_probability
from sim.scenario.leads import OFF, loop_gain
from sim.scenario.load import load_scenario
from sim.world.bundles import bundle
from sim.world.standing import fill_standing, follow_purchases
from sim.world.world import World
from tests.effects.market import QUIET
from tests.markets import ALL_OFF, STRESSED, assert_same, books_digest, finished, market, merged

DUEL: dict[str, Any] = merged(
    QUIET,
    {
        "calendar": {"burn_in_days": 0, "duration_days": 120},
        "outlets": {"generate": {"n": 40, "size_median_shoppers": 200, "size_sigma": 0.0}},
        "mechanisms": {"lasting_leads": True},
        "leads": {"capital_weight": 1.0, "capital_half_life_days": 50.0, "spill_over": 0.0},
    },
)
"""Two equal brands that every shop lists, and nothing that moves but brand capital."""
LINE: dict[str, Any] = {
    "territories": {
        "generate": None,
        "list": [
            {"id": "a", "x_km": 0.0, "y_km": 0.0, "adjacent": ["b"]},
            {"id": "b", "x_km": 40.0, "y_km": 0.0, "adjacent": ["a", "c"]},
            {"id": "c", "x_km": 80.0, "y_km": 0.0, "adjacent": ["b"]},
        ],
    },
    "mechanisms": {"lasting_leads": True},
}


def test_capital_covers_half_of_its_way_in_a_half_life() -> None:
    world = Session(market()).world
    world.brand_capital[:] = [0.5, 0.3, 0.2]
    world.bought_units[:] = [0, 0, 30, 30, 10, 10]
    path = [world.brand_capital[0].copy()]
    for _ in range(200):
        follow_purchases(world, 100.0)
        path.append(world.brand_capital[1].copy())
    share = np.array([0.0, 0.75, 0.25])
    np.testing.assert_allclose(path[100], (path[0] + share) / 2.0)
    np.testing.assert_allclose(path[37], share + (path[0] - share) * 0.5**0.37)
    world.bought_units[:] = 0
    follow_purchases(world, 100.0)
    np.testing.assert_array_equal(world.brand_capital[0], path[200], "a day without purchases moves nothing")


def test_the_opening_capital_is_a_steady_state() -> None:
    world = Session(market(DUEL, {"rivals": {"list": [{"id": "R1"}]}, "ours": {"goodwill": 1.0}})).world
    k = world.brand_capital[0, 0]
    gap = 1.0 * (2.0 * k - 1.0) + world.goodwill[0, 0] - world.goodwill[0, 1]
    assert k == pytest.approx(1.0 / (1.0 + math.exp(-gap)), abs=1e-6)
    assert world.standing[0, 0] == pytest.approx(world.goodwill[0, 0] + k - 0.5)


def test_equal_brands_have_equal_capital_and_standing() -> None:
    world = Session(market(DUEL)).world
    assert world.brand_capital[0, 0] == world.brand_capital[0, 1] == 0.5
    assert world.standing[0, 0] == world.standing[0, 1]


def after(lead: float, days: int) -> float:
    """Our capital some days after it was a half and this lead."""
    session = Session(market(DUEL))
    session.world.brand_capital[0] += [lead, -lead]
    fill_standing(session.world, session.scenario.leads)
    session.step(days)
    return float(session.world.brand_capital[0, 0])


def test_a_lead_decays_as_the_loop_gain_says() -> None:
    scenario = market(DUEL)
    assert loop_gain(scenario) == pytest.approx(0.5)  # 2·ω·q·(1 − q) in a duel of equals
    kept = (after(0.05, 100) - after(-0.05, 100)) / 0.1
    assert kept == pytest.approx(math.exp(-math.log(2.0) / 50.0 * (1.0 - 0.5) * 100), abs=0.02)


def gain(leads: dict[str, float], *switches: str, **more: Any) -> float:
    on = {"mechanisms": ALL_OFF | dict.fromkeys((*switches, "lasting_leads"), True)}
    return loop_gain(market(on, {"leads": merged(OFF.model_dump(), leads)}, more))


def test_the_gain_of_each_loop() -> None:
    assert gain({}) == 0.0
    assert gain({"capital_weight": 1.2}) == pytest.approx(0.6)
    assert gain({"capital_weight": 1.2, "spill_over": 0.2}) == pytest.approx(0.72)
    assert gain({"space_by_sales": 0.8}, "shelf") == pytest.approx(0.15 * 0.8)
    assert gain({"follow_neighbours": 2.0}, "listing_changes") == pytest.approx(0.5)
    habit = {"consumers": {"segments": [{"name": "all", "share": 1.0, "habit_weight": 0.7}]}}
    assert gain({}, "habit", **habit) == pytest.approx(0.35)
    assert gain({}, "goodwill") == pytest.approx(0.0005 / 0.007 / 2.0)
    goodwill = {"goodwill": {"word_of_mouth": 0.1, "decay_per_day": 0.0}}
    assert gain({}, "goodwill", consumers=goodwill) == math.inf
    # Purchases help listings, and listings purchases: together they return more than the larger of the two.
    both = {"capital_weight": 1.2, "follow_neighbours": 3.0}
    assert gain(both, "listing_changes") > max(0.6, 0.75)
    assert loop_gain(market({"mechanisms": {"lasting_leads": True}})) < 1.0


def test_a_scenario_whose_leads_would_grow_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "market.yaml"
    text = "mechanisms: {lasting_leads: true}\nleads:\n  capital_weight: 4.0\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"leads.*loop gain of \d\.\d\d.*must be below 1"):
        load_scenario(path)
    path.write_text(text.replace("true", "false"), encoding="utf-8")
    load_scenario(path)


def test_a_lead_is_felt_next_door_and_not_beyond() -> None:
    world = Session(market(LINE)).world
    leads = world.scenario.leads
    before = world.standing.copy()
    world.goodwill[0, 0] += 0.6
    fill_standing(world, leads)
    moved = world.standing - before
    n = world.sizes["brand"]
    assert moved[0, 0] == pytest.approx(0.6)
    # Half of what `b` feels comes from each of its two neighbours; what all brands have spills nothing.
    assert moved[1, 0] == pytest.approx(leads.spill_over / 2.0 * 0.6 * (1.0 - 1.0 / n))
    assert moved[1].sum() == pytest.approx(0.0)
    assert not moved[2].any()
    assert not moved[0, 1:].any()
    world.goodwill[:] += 0.3
    fill_standing(world, leads)
    np.testing.assert_allclose(world.standing - before - moved, 0.3)


@kernel()
def chance(shelves: Any, relations: Any, rules: SellInRules, i: int, p: int) -> float:
    more = following(shelves, relations, rules.follow_neighbours, i, shelves.product_company[p])
    return sell_in_probability(shelves, relations, rules, i, p, 0.5, 0, more)


def test_a_shop_follows_its_neighbours() -> None:
    session = Session(market({"mechanisms": {"lasting_leads": True}, "leads": {"follow_neighbours": 1.3}}))
    world = session.world
    book = next(agent._book for agent in session.agents if hasattr(agent, "_book"))
    rules = bundle(SellInRules, world.scenario.retail.listing, world.scenario.leads)
    i = int(np.argmax((world.neighbour_outlet >= 0).sum(axis=1)))
    near = world.neighbour_outlet[i][world.neighbour_outlet[i] >= 0]
    assert len(near) >= 2

    def log_odds(c: int, listing: int) -> float:
        world.is_listed[near] = False
        world.is_listed[near[:listing, None], np.flatnonzero(world.product_company == c)] = True
        p = int(np.flatnonzero(world.product_company == c)[0])
        x = chance(book.shelves, book.relations, rules, i, p)
        return math.log(x / (1.0 - x))

    for c in (0, 1):
        none = log_odds(c, 0)
        for k in range(1, len(near) + 1):
            assert log_odds(c, k) - none == pytest.approx(1.3 * world.neighbour_cumulative[i, k - 1])
    world.neighbour_outlet[i] = -1
    assert log_odds(0, 0) - (none_of_ours := log_odds(0, 0)) == 0.0
    world.neighbour_outlet[i, : len(near)] = near
    assert none_of_ours - log_odds(0, 0) == pytest.approx(1.3 / 2.0)


def test_space_goes_with_the_power_of_sales() -> None:
    session = Session(market({"mechanisms": {"lasting_leads": True}, "leads": {"space_by_sales": 0.7}}))
    world = session.world
    session.step(1)
    rows = np.flatnonzero((world.outlet_slot % np.uint64(7) == 1) & world.is_open)
    session.step(2)
    assert len(rows) > 1
    for i in rows:
        listed = world.is_listed[i]
        relative = world.sales_rate[i, listed] / world.sales_rate[i, listed].mean()
        np.testing.assert_allclose(world.shelf_space[i, listed], np.maximum(relative, 0.1) ** 0.7)
        assert (world.shelf_space[i, ~listed] == 1.0).all()


NOTHING = {"mechanisms": {"lasting_leads": True}, "leads": OFF.model_dump()}


def test_without_coefficients_it_is_inert() -> None:
    assert_same(finished(market(STRESSED, NOTHING)).observe(), finished(market(STRESSED)).observe())


def test_it_continues_over_midnight() -> None:
    scenario = market(STRESSED, {"mechanisms": {"lasting_leads": True}, "leads": {"capital_half_life_days": 9.0}})
    whole = Session(scenario)
    whole.step(13)
    half = Session.restore(scenario, whole.save())
    for session in (whole, half):
        session.step(session.calendar.n_days)
    assert_same(whole.observe(), half.observe())
    assert books_digest(whole) == books_digest(half)


def test_the_burn_in_ends_in_the_steady_state() -> None:
    scenario = market(DUEL, {"calendar": {"burn_in_days": 60, "duration_days": 1}, "ours": {"goodwill": 1.0}})
    session = Session(scenario)
    built: World = session.world
    built.brand_capital[0] = [0.9, 0.1]
    session.step(60)
    k = session.world.brand_capital[0, 0]
    assert k == pytest.approx(1.0 / (1.0 + math.exp(-(2.0 * k - 1.0 + 0.5))), abs=0.02)
