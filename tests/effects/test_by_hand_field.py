"""One day of our advisors, and of a rival's people, reckoned by hand from docs/model.md, sections 7, 8, 12 and 13.

Every coefficient and every column has a value of its own, so that any two in each other's place give another answer.
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.streams import DecisionPoint
from tests.effects.by_hand import NOBODY_SHOPS, Draws, as_it_is, in_cases, scattered, session
from tests.effects.market import on
from tests.markets import merged

CALLS: dict[str, Any] = merged(
    on("advisors", "relations", "shelf", "listing_changes", "learning", "database_limits", "season", "stock_outs"),
    NOBODY_SHOPS,
    {
        "calendar": {"rest_weekdays": []},
        "territories": {"generate": {"n": 2, "radius_km": 6.0, "population_sigma": 0.0}},
        "outlets": {"generate": {"n": 36, "towns_per_territory": 1}},
        "products": {
            "list": [
                {
                    "id": "ours-1",
                    "brand": "ours",
                    "appeal": 0.3,
                    "trade_price_cents": 220,
                    "retail_price_cents": 310,
                    "usual_price_cents": 290,
                    "case_units": 5,
                },
                {
                    "id": "ours-2",
                    "brand": "ours",
                    "appeal": -0.2,
                    "trade_price_cents": 240,
                    "retail_price_cents": 330,
                    "case_units": 7,
                },
                {"id": "R1-1", "brand": "R1", "appeal": 0.1, "trade_price_cents": 230, "case_units": 6},
                {
                    "id": "R1-2",
                    "brand": "R1",
                    "appeal": -0.4,
                    "trade_price_cents": 215,
                    "retail_price_cents": 320,
                    "case_units": 4,
                },
            ],
            "generate": None,
        },
        "ours": {"relation": 0.4, "budget": {"display_cents": 0}},
        "rivals": {
            "list": [
                {
                    "id": "R1",
                    "relation": 0.35,
                    "field_calls_per_outlet_month": 7.0,
                    "field_focus": 0.7,
                    "field_skill": 0.45,
                }
            ]
        },
        "relations": {
            "gain_per_contact": 0.31,
            "personal_share": 0.7,
            "half_life_days": 36500,
            "floor": 0.0,
            "stock_out_loss": 0.0,
            "dead_stock_loss": 0.0,
            "order_acceptance_base": 0.35,
            "order_acceptance_gain": 0.6,
        },
        "retail": {
            "listing": {
                "initial_intercept": 0.1,
                "intercept": -0.4,
                "relation": 1.3,
                "margin": 5.0,
                "pull": 0.6,
                "skill": 0.9,
                "free_shelf": 1.7,
                "rival_relation": 2.1,
                "facings_per_product": 2.3,
                "delist_units_per_week": 0.0,
                "crowding_rate_per_week": 0.0,
                "unprompted_per_month": 0.0,
            },
            "shelf": {"visit_gain": 0.27, "best_weight": 2.4, "decay_half_life_days": 3650},
            "ordering": {
                "dispersion_index": 2.2,
                "expected_lead_days": 3.5,
                "teaching_gain": 0.21,
                "teaching_half_life_days": 36500,
            },
            "payment": {"opening_cash_days": 365, "credit_limit_days": 365},
            "channels": {
                "traditional": {"facings": 9, "storage_days": 700, "review_days": 9, "visit_minutes": 3.1},
                "convenience": {"facings": 6, "storage_days": 700, "review_days": 3, "visit_minutes": 2.3},
            },
        },
        "team": {
            "generate": None,
            "spare_posts": 0,
            "list": [
                {
                    "id": "a",
                    "territory": "T01",
                    "selling": 0.55,
                    "service": 0.3,
                    "coaching": 0.62,
                    "farmer": 0.2,
                    "past_visits": 130,
                },
                {
                    "id": "b",
                    "territory": "T02",
                    "selling": 0.15,
                    "service": 0.8,
                    "coaching": 0.41,
                    "farmer": 0.9,
                    "past_visits": 700,
                },
            ],
            "visit": {
                "every_days_a": 4,
                "every_days_b": 11,
                "every_days_c": 17,
                "hunter_order_lift": 0.33,
                "order_safety_factor": 1.9,
                "estimate_error": 0.5,
                "minutes_per_day": 960,
                "start_minute": 333,
                "speed_km_per_hour": 31.0,
                "detour_factor": 1.17,
                "max_calls_per_day": 200,
            },
            "learning": {
                "wright_exponent": 0.41,
                "wright_unit_visits": 80.0,
                "wright_floor": 0.05,
                "skill_per_visit": 0.004,
            },
        },
        "database": {"known_share": 1.0, "size_error": 0.4, "share_error": 0.11, "look_weight": 0.37},
    },
)
CALLS["outlets"]["generate"]["channel_mix"] = {"traditional": 0.6, "convenience": 0.4}
OWN: dict[str, Any] = {
    "relations": {"unskilled_contact": 0.37, "hunter_contact": 0.71, "farmer_contact_gain": 0.93},
    "retail": {"listing": {"usual_margin": 0.19, "first_rate": 0.44}, "shelf": {"unskilled_visit": 0.29}},
    "team": {"visit": {"estimate_skill_effect": 0.52}},
    "database": {"trust_effect": 0.43, "skill_effect": 0.66},
    "rivals": {"list": [{"field_farmer": 0.53, "field_cover_days": 6.0}]},
}
"""Numbers of a call that the defaults hide behind each other."""


def opened(**switches: bool) -> Session:
    """The market with columns that all differ, before its first day."""
    base = merged(CALLS, {k: v for k, v in OWN.items() if k != "rivals"}, {"mechanisms": switches})
    base["rivals"] = {"list": [{**CALLS["rivals"]["list"][0], **OWN["rivals"]["list"][0]}]}
    held = session(base)
    w = held.world
    for seed, (column, low, high) in enumerate(
        [
            ("relation", 0.05, 0.8),
            ("personal_tie", 0.0, 0.05),
            ("shelf_gain", 0.0, 0.9),
            ("goodwill", 0.1, 0.9),
            ("sales_rate", 0.4, 9.0),
            ("visit_count", 0, 9),
            ("habit", 0.05, 0.5),
            ("taught", 0.0, 0.8),
            ("seen_empty", 0.0, 0.9),
            ("seen_promoter", 0.0, 0.9),
            ("lever_outlet_interval", 0.6, 1.4),
        ]
    ):
        scattered(w.columns[column], low, high, seed)
    w.standing[:] = w.goodwill
    w.exclusive_company[::7] = 1
    w.exclusive_until[::7] = np.where(np.arange(w.exclusive_until[::7].shape[0]) % 2, 9, 0)
    w.lever_focus[:] = [0.5, 2.0, 1.0, 1.0]
    return held


def chance(before: Any, s: Any, i: int, p: int, relation: np.ndarray, selling: float, day: int) -> float:
    """The chance of a sell-in of product p at shop i."""
    c = int(before.product_company[p])
    bound = int(before.exclusive_company[i])
    if bound >= 0 and bound != c and before.exclusive_until[i] > day:
        return 0.0
    x = s.retail.listing
    listed = np.flatnonzero(before.is_listed[i])
    others = [relation[before.product_company[q]] for q in listed if before.product_company[q] != c]
    margin = 1.0 - before.trade_price_cents[p] / before.shelf_price_cents[i, p]
    crowding = min(1.5, (len(listed) + 1) * x.facings_per_product / before.outlet_facings[i])
    pull = before.goodwill[before.outlet_territory[i], before.product_brand[p]] + before.product_appeal[p]
    log_odds = (
        x.intercept
        + x.relation * relation[c]
        + x.margin * (margin - x.usual_margin)
        + x.pull * pull
        + x.skill * selling
        + x.free_shelf * (1.0 - crowding)
        - x.rival_relation * max(others, default=0.0)
    )
    return 1.0 / (1.0 + math.exp(-log_odds))


def call(
    held: Session,
    before: Any,
    draws: Draws,
    points: Any,
    i: int,
    c: int,
    who: Any,
    visits: int,
    cover: float,
    actor: int = 0,
) -> SimpleNamespace:
    """What one call does: relation, personal tie, shelf, listings, units and lines ordered."""
    s = held.scenario
    mine = np.flatnonzero(before.product_company == c)
    slot = before.outlet_slot[i]
    quality = (s.relations.unskilled_contact + (1 - s.relations.unskilled_contact) * who.service) * (
        s.relations.hunter_contact + s.relations.farmer_contact_gain * who.farmer
    )
    relation = before.relation[i].copy()
    gain = min(1.0, quality * s.relations.gain_per_contact) * (1.0 - relation[c])
    relation[c] += gain
    step = s.retail.shelf.visit_gain * (
        s.retail.shelf.unskilled_visit + (1 - s.retail.shelf.unskilled_visit) * who.service
    )
    shelf, listed, rate = before.shelf_gain[i].copy(), before.is_listed[i].copy(), before.sales_rate[i].copy()
    for p in mine[listed[mine]]:
        shelf[p] += step * (s.retail.shelf.best_weight - 1.0 - shelf[p])
    focus = before.lever_focus if c == 0 else np.ones(4)
    missing = [p for p in mine if not listed[p] and focus[p] > 0]
    won = -1
    if missing:
        p = max(missing, key=lambda p: focus[p] * math.exp(before.product_appeal[p]))
        if draws.u(points.sell_in, slot, p, actor) < chance(before, s, i, p, relation, who.selling, 0):
            rate[p] = rate[listed].mean() if listed.any() else s.retail.listing.first_rate
            listed[p], shelf[p], won = True, 0.0, p
    units = np.zeros(4, dtype=int)
    if (
        draws.u(points.order, slot, 0, actor)
        < s.relations.order_acceptance_base + s.relations.order_acceptance_gain * relation[c]
    ):
        v = s.team.visit
        sd = v.estimate_error * (1.0 - v.estimate_skill_effect * who.service) / math.sqrt(1.0 + visits)
        for p in mine[listed[mine]]:
            estimate = rate[p] * math.exp(sd * draws.z(points.estimate, slot, p, actor))
            spread = math.sqrt(estimate * s.retail.ordering.dispersion_index)
            level = estimate * cover + v.order_safety_factor * spread * math.sqrt(cover)
            position = (
                before.outlet_stock_units[i, p] + before.outlet_inbound_units[i, p] + before.open_order_units[i, p]
            )
            wanted = max(level, 1.0) - position
            wanted *= 1.0 + v.hunter_order_lift * (1.0 - who.farmer) if wanted > 0 else 1.0
            if position <= 0:
                wanted = max(wanted, float(before.case_units[p]))
            units[p] = in_cases(wanted, int(before.case_units[p]))
    return SimpleNamespace(
        relation=relation,
        tie=before.personal_tie[i] + s.relations.personal_share * gain,
        shelf=shelf,
        listed=listed,
        rate=rate,
        won=won,
        units=units,
    )


NAMES = ("a", "b")

OURS = SimpleNamespace(
    order=DecisionPoint.SUGGESTED_ORDER, estimate=DecisionPoint.DEMAND_ESTIMATE, sell_in=DecisionPoint.SELL_IN
)
THEIRS = SimpleNamespace(
    order=DecisionPoint.RIVAL_ORDER, estimate=DecisionPoint.RIVAL_ESTIMATE, sell_in=DecisionPoint.RIVAL_SELL_IN
)


@pytest.fixture(scope="module")
def day() -> SimpleNamespace:
    """Our advisors' first day."""
    held = opened()
    before = as_it_is(held)
    held.step(1)
    visits = held.observe()["visits"]
    names = held.world.names
    visits["i"] = [names.outlets.index(o) for o in visits["outlet"]]
    visits["a"] = [names.advisors.index(a) for a in visits["advisor"]]
    return SimpleNamespace(
        held=held, before=before, after=held.world, visits=visits, draws=Draws(held, 0), tables=held.observe()
    )


def who(before: Any, a: int) -> SimpleNamespace:
    return SimpleNamespace(
        selling=before.selling[a], service=before.service[a], farmer=before.farmer[a], coaching=before.coaching[a]
    )


def expected(day: SimpleNamespace, i: int, a: int) -> SimpleNamespace:
    before, visit = day.before, day.held.scenario.team.visit
    every = (visit.every_days_a, visit.every_days_b, visit.every_days_c)[
        before.known_class[i]
    ] * before.lever_outlet_interval[i]
    cover = min(every, max(before.outlet_review_days[i], 7)) + day.held.scenario.retail.ordering.expected_lead_days
    return call(day.held, before, day.draws, OURS, i, 0, who(before, a), int(before.visit_count[i]), cover)


def test_every_shop_is_called_on(day: SimpleNamespace) -> None:
    assert sorted(day.visits["i"]) == list(range(36))


def test_calls_move_relations_shelves_and_lists(day: SimpleNamespace) -> None:
    ages = day.before.outlet_slot % np.uint64(7) == 0
    listings = 0
    for i, a in zip(day.visits["i"], day.visits["a"], strict=True):
        should = expected(day, i, a)
        listings += should.won >= 0
        np.testing.assert_array_equal(day.after.is_listed[i], should.listed)
        if ages[i]:
            continue
        np.testing.assert_allclose(day.after.relation[i], should.relation, rtol=1e-9)
        np.testing.assert_allclose(day.after.personal_tie[i], should.tie, rtol=1e-9)
        np.testing.assert_allclose(day.after.shelf_gain[i], should.shelf, rtol=1e-9)
        learned = day.before.taught[i] + day.held.scenario.retail.ordering.teaching_gain * day.before.coaching[a] * (
            1 - day.before.taught[i]
        )
        np.testing.assert_allclose(day.after.taught[i], learned, rtol=1e-9)
    assert 5 < listings < 31
    won = day.tables["events"].query("kind == 'listing_won'")
    assert len(won) == listings == day.tables["advisor"]["new_listings"].sum() == day.visits["listings"].sum()


def test_calls_write_orders(day: SimpleNamespace) -> None:
    ordered = [
        (expected(day, i, a).units.sum(), (expected(day, i, a).units > 0).sum())
        for i, a in zip(day.visits["i"], day.visits["a"], strict=True)
    ]
    assert list(zip(day.visits["order_units"], day.visits["lines"], strict=True)) == [
        (int(u), int(n)) for u, n in ordered
    ]
    assert 8 < sum(u > 0 for u, _ in ordered) < 36
    for a in (0, 1):
        row = day.tables["advisor"].set_index("advisor").loc[NAMES[a]]
        mine = [o for o, by in zip(ordered, day.visits["a"], strict=True) if by == a]
        assert (row["order_units"], row["lines"], row["productive_calls"]) == (
            sum(u for u, _ in mine),
            sum(n for _, n in mine),
            sum(u > 0 for u, _ in mine),
        )


def nearest_first_km(before: Any, a: int, waiting: list[int]) -> float:
    """Length of a tour that goes to the nearest shop that waits, and home in the end. [km]"""
    home = here = before.advisor_x_km[a], before.advisor_y_km[a]
    km = 0.0
    while waiting:
        places = {i: (before.outlet_x_km[i], before.outlet_y_km[i]) for i in waiting}
        nearest = min(places, key=lambda i: math.dist(here, places[i]))
        km += math.dist(here, places[nearest])
        here = places[nearest]
        waiting.remove(nearest)
    return km + math.dist(here, home)


def test_a_day_takes_its_time(day: SimpleNamespace) -> None:
    s, b = day.held.scenario.team, day.before
    for a in (0, 1):
        stops = day.visits[day.visits["a"] == a]
        x, y = b.advisor_x_km[a], b.advisor_y_km[a]
        factor = max(
            (1.0 + b.visits_made[a] / s.learning.wright_unit_visits) ** -s.learning.wright_exponent,
            s.learning.wright_floor,
        )
        clock, km, inside = s.visit.start_minute, 0.0, 0.0
        for _, stop in stops.iterrows():
            i = stop["i"]
            leg = math.hypot(b.outlet_x_km[i] - x, b.outlet_y_km[i] - y) * s.visit.detour_factor
            clock += leg * 60.0 / s.visit.speed_km_per_hour
            assert stop["arrive_minute"] == pytest.approx(clock, rel=1e-6)
            length = b.outlet_visit_minutes[i] * factor
            clock, km, inside = clock + length, km + leg, inside + length
            assert stop["leave_minute"] == pytest.approx(clock, rel=1e-6)
            x, y = b.outlet_x_km[i], b.outlet_y_km[i]
        km += math.hypot(b.advisor_x_km[a] - x, b.advisor_y_km[a] - y) * s.visit.detour_factor
        assert km <= nearest_first_km(b, a, list(stops["i"])) * s.visit.detour_factor + 1e-9
        row = day.tables["advisor"].set_index("advisor").loc[NAMES[a]]
        driving = km * 60.0 / s.visit.speed_km_per_hour
        assert (row["km"], row["driving_minutes"], row["visiting_minutes"]) == pytest.approx((km, driving, inside))
        assert row["idle_minutes"] == pytest.approx(max(0.0, s.visit.minutes_per_day - driving - inside))
        assert (row["calls"], row["patch_outlets"]) == (len(stops), len(stops))
        keep = (1.0 - s.learning.skill_per_visit) ** len(stops)
        for skill in ("selling", "service", "coaching"):
            assert getattr(day.after, skill)[a] == pytest.approx(1.0 - (1.0 - getattr(b, skill)[a]) * keep)
        assert day.after.visits_made[a] == b.visits_made[a] + len(stops)
    driven = day.tables["advisor"].groupby("territory")["km"].sum()
    travel = day.tables["money"].query("party == 'ours' and account == 'travel'")["amount_cents"].sum()
    assert travel == np.floor(driven * s.travel_cents_per_km).sum()


def test_the_database_learns_what_was_seen(day: SimpleNamespace) -> None:
    b, w, data = day.before, day.after, day.held.scenario.database
    brand_company = np.array([0, 1])
    for i, a in zip(day.visits["i"], day.visits["a"], strict=True):
        should = expected(day, i, a)
        ours = (b.product_company == 0) & should.listed
        assert w.known_size[i] == pytest.approx(math.sqrt(b.known_size[i] * b.outlet_size[i]))
        assert (w.visit_count[i], w.last_visit_day[i], w.known_listed[i]) == (b.visit_count[i] + 1, 0, ours.sum())
        assert w.known_sales_rate[i] == pytest.approx(should.rate[ours].sum())
        sd = (
            data.share_error * (1.0 - data.trust_effect * should.relation[0]) * (1.0 - data.skill_effect * w.service[a])
        )
        told = [
            max(
                0.0,
                b.habit[i, brand_company == c].sum() + sd * day.draws.z(DecisionPoint.SHARE_TOLD, b.outlet_slot[i], c),
            )
            for c in (0, 1)
        ]
        np.testing.assert_allclose(w.seen_share[i], np.array(told) / sum(told), rtol=1e-5)
        for c in (0, 1):
            there = np.flatnonzero((b.product_company == c) & should.listed)
            assert w.seen_products[i, c] == len(there)
            if len(there):
                price = np.mean([b.shelf_price_cents[i, p] / b.usual_price_cents[p] for p in there])
                assert w.seen_price[i, c] == pytest.approx(price, rel=1e-6)
            settled = [p for p in there if p != should.won]
            if settled:
                empty = np.mean([b.outlet_stock_units[i, p] <= 0 for p in settled])
                assert w.seen_empty[i, c] == pytest.approx(
                    b.seen_empty[i, c] + data.look_weight * (empty - b.seen_empty[i, c]), rel=1e-6
                )
            assert w.seen_promoter[i, c] == pytest.approx(b.seen_promoter[i, c] * (1.0 - data.look_weight), rel=1e-6)


def test_a_rivals_people_call_by_size() -> None:
    held = opened(advisors=False, rival_field=True)
    before = as_it_is(held)
    held.step(1)
    spec, draws = held.scenario.rivals.list[0], Draws(held, 0)
    company = before.company_slot[1]
    made = 0
    ages = before.outlet_slot % np.uint64(7) == 0
    for i in range(36):
        t = before.outlet_territory[i]
        there = before.outlet_territory == t
        pull = before.outlet_size**spec.field_focus
        calls = spec.field_calls_per_outlet_month * there.sum() / 22.0
        likely = min(0.5, calls * pull[i] / pull[there].sum())
        called = draws.u(DecisionPoint.RIVAL_CALL, before.outlet_slot[i] ^ company) < likely
        made += called
        if ages[i]:
            continue
        if not called:
            assert held.world.relation[i, 1] == before.relation[i, 1]
            continue
        person = SimpleNamespace(selling=spec.field_skill, service=spec.field_skill, farmer=spec.field_farmer)
        should = call(held, before, draws, THEIRS, i, 1, person, 5, spec.field_cover_days, int(company))
        np.testing.assert_allclose(held.world.relation[i], should.relation, rtol=1e-9)
        np.testing.assert_allclose(held.world.shelf_gain[i], should.shelf, rtol=1e-9)
        np.testing.assert_array_equal(held.world.is_listed[i], should.listed)
        assert held.world.personal_tie[i] == before.personal_tie[i]
    assert 3 < made < 30
    wage = held.scenario.team.wage_cents_per_month * 12 / 260.0
    paid = held.observe()["money"].query("party == 'R1' and account == 'advisor_cost'")["amount_cents"].sum()
    assert paid == int(made / getattr(spec, "field_calls_per_person", 20.0) * wage)
