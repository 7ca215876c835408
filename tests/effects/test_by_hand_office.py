"""Days of head office, personnel, channel and rivals' managers, reckoned by hand from docs/model.md."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from sim.agents.base import Day
from sim.agents.belief import view_of
from sim.engine import Session
from sim.streams import DecisionPoint
from sim.world.accounts import Account
from tests.effects.by_hand import NOBODY_SHOPS, Draws, as_it_is, scattered, session
from tests.effects.market import on
from tests.effects.test_by_hand_goods import GOODS

TEAM: dict[str, Any] = {
    "team": {"generate": {"n": 5}, "spare_posts": 2, "visit": {"every_days_a": 3, "every_days_b": 5, "every_days_c": 9}}
}
PLACES = ("territory_x_km", "territory_y_km", "territory_area_km2", "territory_population", "territory_growth")


def seen_by_us(held: Session) -> Any:
    """What a strategy is told on the next morning."""
    day = Day(held.day, held.calendar.date_of(held.day), True)
    return view_of(held._context, day, held.calendar.burn_in_days, {})


@pytest.fixture(scope="module")
def month() -> Session:
    """A month with advisors, promoters, surveys, closings and exclusives."""
    switches = on(
        "advisors",
        "promoters",
        "stock_outs",
        "relations",
        "listing_changes",
        "database_limits",
        "outlet_turnover",
        "habit",
        "season",
        "learning",
    )
    held = session(
        GOODS,
        TEAM,
        switches,
        {
            "calendar": {"duration_days": 40},
            "outlets": {"generate": {"n": 90}},
            "retail": {"closing_per_year": 1.0},
            "database": {"known_share": 0.6, "census_outlets_per_month": 9, "unvisited_after_days": 12},
            "ours": {"budget": {"promoters": 4}, "target_weights": [0.1, 0.2, 0.3, 0.4], "history_growth_target": 1.3},
            "rivals": {"list": [{"id": "R1", "relation": 0.35, "budget": {"promoters": 7}}]},
            "distributors": {"generate": {"per_territory": 2}},
        },
    )
    held.pull("exclusive_outlets", 3)
    held.pull("information_system", 1, distributor=[0, 2])
    held.step(30)
    return held


def test_strategies_are_told_what_the_database_says_of_shops(month: Session) -> None:
    w, outlets = month.world, seen_by_us(month).outlets
    rows = np.flatnonzero(w.is_known & ~w.known_closed)
    np.testing.assert_array_equal(outlets.row, rows)
    same = {
        "territory": w.outlet_territory,
        "channel": w.outlet_channel,
        "grade": w.known_class,
        "x_km": w.outlet_x_km,
        "y_km": w.outlet_y_km,
        "size": w.known_size,
        "advisor": w.outlet_advisor,
        "visits": w.visit_count,
        "sales_rate": w.known_sales_rate,
        "seen_share": w.seen_share,
        "seen_products": w.seen_products,
        "seen_empty": w.seen_empty,
        "seen_price": w.seen_price,
        "seen_promoter": w.seen_promoter,
        "last_seen": 30 - w.last_visit_day.astype(int),
        "listed": np.nan_to_num(w.seen_products[:, 0]),
        "exclusive": (w.exclusive_company == 0) & (w.exclusive_until > 30),
    }
    for name, column in same.items():
        np.testing.assert_array_equal(getattr(outlets, name), column[rows], err_msg=name)


def test_strategies_are_told_sums_and_means_of_territories(month: Session) -> None:
    w, view, tables = month.world, seen_by_us(month), month.observe()
    t, o = view.territories, view.outlets
    for name in PLACES:
        np.testing.assert_array_equal(getattr(t, name.removeprefix("territory_")), w.columns[name])
    np.testing.assert_array_equal(t.adjacent, w.adjacent)
    np.testing.assert_array_equal(t.distance_km, w.distance_km)
    days = tables["market"].query("2 <= day < 30 and company == 'ours'")
    people = tables["advisor"].query("2 <= day < 30")
    for k in range(3):
        name, here = w.names.territories[k], o.territory == k
        assert (t.known[k], t.unvisited[k]) == (here.sum(), (here & (o.last_seen > 12)).sum())
        assert t.potential[k] == pytest.approx(o.size[here].sum())
        assert t.sales_rate[k] == pytest.approx(o.sales_rate[here].sum())
        assert t.numeric_distribution[k] == pytest.approx((o.listed[here] > 0).mean())
        assert t.weighted_distribution[k] == pytest.approx(o.size[here & (o.listed > 0)].sum() / o.size[here].sum())
        told = np.nansum(o.seen_share[here].astype(float) * o.size[here][:, None], axis=0)
        np.testing.assert_allclose(t.share[k], told / told.sum(), rtol=1e-6)
        assert t.rank[k] == 1 + (told > told[0]).sum()
        products = o.seen_products[here]
        for c in (0, 1):
            carried = products[:, c] > 0
            assert t.coverage[k, c] == pytest.approx(carried[~np.isnan(products[:, c])].mean())
            assert t.out_of_stock[k, c] == pytest.approx(
                np.nanmean(np.where(carried, o.seen_empty[here, c], np.nan)), rel=1e-5
            )
            assert t.price[k, c] == pytest.approx(
                np.nanmean(np.where(carried, o.seen_price[here, c], np.nan)), rel=1e-5
            )
            assert t.promoters[k, c] == pytest.approx(np.nanmean(o.seen_promoter[here, c]), rel=1e-5, abs=1e-9)
        assert t.sell_in_rate[k] == pytest.approx(days.query("territory == @name")["sell_in_units"].sum() / 28)
        mine = people.query("territory == @name")[
            ["calls", "driving_minutes", "visiting_minutes", "idle_minutes"]
        ].sum()
        assert t.calls_per_day[k] == pytest.approx(mine["calls"] / 28)
        assert t.travel_share[k] == pytest.approx(mine["driving_minutes"] / mine[1:].sum())


def test_strategies_are_told_of_people_distributors_and_products(month: Session) -> None:
    w, view, tables = month.world, seen_by_us(month), month.observe()
    posts = np.flatnonzero(w.is_employed)
    np.testing.assert_array_equal(view.people.post, posts)
    for name in ("selling", "service", "coaching", "farmer", "visits_made"):
        np.testing.assert_array_equal(getattr(view.people, name), w.columns[name][posts], err_msg=name)
    np.testing.assert_array_equal(view.people.territory, w.advisor_territory[posts])
    d, rows = view.distributors, np.flatnonzero(w.distributor_company == 0)
    same = {
        "territory": w.distributor_territory,
        "is_core": w.is_core,
        "is_contracted": w.is_contracted,
        "relation": w.distributor_relation,
        "information_system": w.lever_information_system,
        "covers": w.covers,
    }
    for name, column in same.items():
        np.testing.assert_array_equal(getattr(d, name), column[rows], err_msg=name)
    goods = (
        tables["distributor"]
        .query("2 <= day < 30 and company == 'ours'")
        .groupby("distributor")[["received_units", "delivered_units"]]
        .sum()
        / 28
    )
    for k, row in enumerate(rows):
        name = w.names.distributors[row]
        rating = w.distributor_potential[row] + 0.15 * Draws(month, 0).z(
            DecisionPoint.DISTRIBUTOR_RATING, w.distributor_slot[row]
        )
        assert d.rated_potential[k] == pytest.approx(min(max(rating, 0.0), 1.0))
        assert d.purchase_rate[k] == pytest.approx(goods.loc[name, "received_units"])
        stock = w.distributor_stock_units[row, :3].sum() / goods.loc[name, "delivered_units"]
        assert (
            d.stock_days[k] == pytest.approx(stock) if w.lever_information_system[row] else math.isnan(d.stock_days[k])
        )
    p = view.products
    np.testing.assert_array_equal(p.list_price_cents, w.list_price_cents[:3])
    np.testing.assert_array_equal(p.factory_cost_cents, w.factory_cost_cents[:3])
    sold = (
        tables["market"]
        .query("2 <= day < 30 and company == 'ours'")
        .groupby("product", sort=False)["sell_in_units"]
        .sum()
        / 28
    )
    np.testing.assert_allclose(p.sell_in_rate, sold)


# --- the monthly business ---------------------------------------------------------------------------------------------
def test_the_office_does_its_monthly_business(month: Session) -> None:
    """Targets, displays, surveys and exclusives of day 30."""
    held = Session.restore(month.scenario, month.save())
    before, day = as_it_is(held), 30
    held.step(31)
    w, s, tables = held.world, held.scenario, held.observe()
    _check_displays(before, w, s)
    found = w.is_known & ~before.is_known
    posted = tables["money"].query("day == 30 and party == 'ours' and account == 'census_cost'")["amount_cents"].sum()
    surveyed = int(tables["events"].query("day == 30 and kind == 'census'")["value"].sum())
    assert posted == surveyed * s.database.census_cost_cents > 0
    assert found.sum() >= surveyed
    bound = np.flatnonzero(w.exclusive_until == day + s.relations.exclusive_days)
    paid = tables["money"].query("day == 30 and party == 'ours' and account == 'exclusive_cost'")["amount_cents"].sum()
    assert paid == len(bound) * (s.relations.exclusive_fee_cents * s.relations.exclusive_days // 30) > 0
    targets = tables["targets"].query("day == 30")
    _check_targets(held, targets)


def _check_displays(before: Any, w: Any, s: Any) -> None:
    """The largest shops that carry the company have displays: by our database for us, truly for the rival."""
    share = before.territory_population / before.territory_population.sum()
    for c, budget in ((0, s.ours.budget), (1, s.rivals.list[0].budget)):
        size = w.known_size if c == 0 else before.outlet_size
        for t in range(3):
            n = math.floor(
                (w.lever_display_cents[t] if c == 0 else budget.display_cents * share[t]) / budget.display_fee_cents
            )
            rows = np.flatnonzero(w.display_on[:, c] & (before.outlet_territory == t))
            mine = w.is_open & (before.outlet_territory == t) & w.is_listed[:, w.product_company == c].any(axis=1)
            rest = np.setdiff1d(np.flatnonzero(mine & (w.is_known if c == 0 else True)), rows)
            assert len(rows) <= n
            if len(rows) and len(rest):
                assert size[rows].min() >= size[rest].max() * 0.5


def _check_targets(held: Session, targets: Any) -> None:
    w, ours = held.world, held.scenario.ours
    believed = w.is_known & ~w.known_closed
    rate, size = w.known_sales_rate * believed, w.known_size * believed
    by_place = lambda x: np.array([x[w.outlet_territory == t].sum() for t in range(3)])  # noqa: E731
    history, potential = by_place(rate), by_place(size)
    rivalry = 1.0 / (0.1 + np.clip(1.0 - history / potential, 0.0, 1.0))
    capacity = np.array([(w.is_employed & (w.advisor_territory == t)).sum() for t in range(3)])
    share = sum(
        weight * part / part.sum()
        for weight, part in zip(ours.target_weights, (rivalry, capacity, potential, history), strict=True)
    )
    units = np.floor(1.3 * history.sum() * 30 * share)
    first = targets.query("level == 'territory'")
    np.testing.assert_allclose(first["units"], units, atol=1.0)
    np.testing.assert_allclose(first["achieved_units"], np.floor(history * 30), atol=1.0)
    own = targets.query("level == 'advisor'").set_index("subject")
    for a in np.flatnonzero(w.is_post):
        t = w.advisor_territory[a]
        mine, here = (
            w.outlet_advisor == a,
            np.isin(w.outlet_advisor, np.flatnonzero(w.is_post & (w.advisor_territory == t))),
        )
        row = own.loc[w.names.advisors[a]]
        assert row["units"] == pytest.approx(units[t] * size[mine].sum() / size[here].sum(), abs=2.0)
        assert row["achieved_units"] == pytest.approx(rate[mine].sum() * 30, abs=1.0)


# --- people -----------------------------------------------------------------------------------------------------------
def test_shops_are_divided_in_sectors_of_equal_work() -> None:
    held = session(GOODS, TEAM, on("advisors"), {"database": {"known_share": 1.0, "size_error": 0.3}})
    scattered(held.world.lever_outlet_interval, 0.5, 2.0)
    held.step(1)
    w = held.world
    every = np.array([3, 5, 9])
    for t in range(3):
        posts = np.flatnonzero(w.is_employed & (w.advisor_territory == t))
        rows = np.flatnonzero(w.outlet_territory == t)
        angle = np.arctan2(w.outlet_y_km[rows] - w.territory_y_km[t], w.outlet_x_km[rows] - w.territory_x_km[t])
        rows = rows[np.argsort(angle, kind="stable")]
        work = w.outlet_visit_minutes[rows] / (every[w.known_class[rows]] * w.lever_outlet_interval[rows])
        sector = np.floor((np.cumsum(work) - work / 2) / work.sum() * len(posts)).astype(int)
        np.testing.assert_array_equal(w.outlet_advisor[rows], posts[sector])


def test_skill_spreads_and_courses_teach() -> None:
    held = session(
        GOODS,
        TEAM,
        on("advisors", "learning"),
        {
            "team": {
                "learning": {
                    "sharing_per_week": 0.2,
                    "sharing_between": 0.4,
                    "training_gain": 0.17,
                    "training_days": 2,
                    "courses_per_year": 50.0,
                    "orientation_per_month": 0.3,
                    "incentive_farmer": 0.9,
                    "skill_per_visit": 0.0,
                }
            }
        },
    )
    w = held.world
    held.step(5)
    before = as_it_is(held)
    held.step(6)
    staff = np.flatnonzero(before.is_employed)
    home = before.advisor_territory[staff]
    teaching = 2.0 * before.coaching[staff].mean()
    for skill in ("selling", "service", "coaching"):
        mine = getattr(before, skill)[staff]
        best_here = np.array([mine[home == t].max() for t in home])
        step = teaching * (0.2 * (best_here - mine) + 0.2 * 0.4 * (mine.max() - mine))
        np.testing.assert_allclose(w.columns[skill][staff], mine + np.minimum(step, mine.max() - mine))
        teaching = 2.0 * before.coaching[staff].mean()
    held.step(20)
    before = as_it_is(held)
    held.step(21)
    for skill in ("selling", "service", "coaching"):
        mine = getattr(before, skill)[staff]
        np.testing.assert_allclose(w.columns[skill][staff], mine + 0.17 * (1.0 - mine))
    np.testing.assert_allclose(w.farmer[staff], before.farmer[staff] + 0.3 * (0.9 - before.farmer[staff]))
    np.testing.assert_array_equal(w.training_until[staff], 22)


def test_a_leaver_takes_ties_along_and_a_successor_brings_skill() -> None:
    held = session(
        GOODS,
        TEAM,
        NOBODY_SHOPS,
        on("season", "advisors", "advisor_turnover", "relations"),
        {
            "team": {
                "turnover": {
                    "leaving_per_year": 5.0,
                    "hiring_delay_days": 4,
                    "handover_keeps": 0.27,
                    "hire_skill_mean": 0.31,
                    "hire_skill_sd": 0.13,
                    "hire_farmer": 0.62,
                },
                "learning": {"playbook_fidelity": 0.6, "courses_per_year": 0.0},
            },
            "database": {"known_share": 1.0},
            "calendar": {"rest_weekdays": [0, 1, 2, 3, 4, 5, 6]},
            "relations": {"half_life_days": 36500},
        },
    )
    held.pull("playbook", 0.5)
    held.step(11)
    w = held.world
    scattered(w.relation, 0.3, 0.9, 1)
    scattered(w.personal_tie, 0.0, 0.6, 2)
    before = as_it_is(held)
    held.step(12)
    gone = np.flatnonzero(before.is_employed & ~w.is_employed)
    assert len(gone)
    chance = 1.0 - (1.0 - 0.999) ** (30 / 365)
    draws = Draws(held, 11)
    left = [
        a
        for a in np.flatnonzero(before.is_employed)
        if draws.u(DecisionPoint.LEAVING, before.advisor_slot[a], int(before.occupant[a])) < chance
    ]
    assert list(gone) == left
    rows = np.isin(before.outlet_advisor, gone)
    lost = np.where(rows, (1 - 0.27) * np.minimum(before.personal_tie, before.relation[:, 0]), 0.0)
    quiet = before.outlet_slot % np.uint64(7) != 4
    np.testing.assert_allclose(w.relation[quiet, 0], (before.relation[:, 0] - lost)[quiet])
    np.testing.assert_allclose(w.personal_tie[quiet], (before.personal_tie - lost)[quiet])
    held.step(15)
    before = as_it_is(held)
    held.step(16)
    hired = np.flatnonzero(w.is_employed & ~before.is_employed)
    assert list(hired) == list(gone)
    a = hired[0]
    for m, skill in enumerate(("selling", "service", "coaching")):
        own = np.clip(
            0.31 + 0.13 * Draws(held, int(w.occupant[a])).z(DecisionPoint.HIRE, w.advisor_slot[a], m), 0.02, 0.98
        )
        others = getattr(before, skill)[before.is_employed].max(initial=own)
        assert w.columns[skill][a] == pytest.approx(own + 0.5 * 0.6 * max(0.0, others - own))
    assert w.farmer[a] == 0.62


# --- distributors' contracts ------------------------------------------------------------------------------------------
def test_candidates_sign_by_fit_and_offer() -> None:
    names = [f"C{k}" for k in range(9)]
    listed = [
        {
            "id": n,
            "territories": [f"T0{1 + k % 3}"],
            "signed": False,
            "capability": 0.1 + 0.08 * k,
            "potential": 0.9 - 0.1 * k,
        }
        for k, n in enumerate(names)
    ]
    held = session(
        GOODS,
        {
            "distributors": {
                "list": [*listed, {"id": "S", "territories": ["T01", "T02", "T03"]}],
                "contracts": {"intercept": -1.3, "fit": 4.0, "offer": 2.1},
            }
        },
    )
    for k, name in enumerate(names):
        held.pull("offer_cents", 4_000 * (1 + k), distributor=name)
    held.pull("discount", 0.05)
    before, draws = as_it_is(held), Draws(held, 0)
    w = held.world
    signed = before.is_contracted.copy()
    served_by = before.outlet_distributor[:, 0].copy()
    # What a shopper brings where we are delivered, before anybody signs; contracts of today count for those who follow.
    rates = (before.sales_rate * before.is_listed)[:, :3]
    held.step(1)
    km = np.hypot(
        before.outlet_x_km[:, None] - before.distributor_x_km, before.outlet_y_km[:, None] - before.distributor_y_km
    )
    chances = []
    for name in names:
        k = w.names.distributors.index(name)
        able = [j for j in np.flatnonzero(before.distributor_company == 0) if signed[j] or j == k]
        reach = np.array(
            [
                min((j for j in able if before.covers[j, t]), key=lambda j, i=i: km[i, j], default=-1) == k
                for i, t in enumerate(before.outlet_territory)
            ]
        )
        served = served_by >= 0
        rate = rates[served].sum(axis=0) / before.outlet_size[served].sum() * before.outlet_size[reach].sum()
        margin = 30 * (rate @ (before.trade_price_cents - before.list_price_cents * 0.95)[:3])
        there = before.covers[k, before.outlet_territory]
        coverage = before.outlet_size[there & reach].sum() / before.outlet_size[there].sum()
        fit = (before.distributor_capability[k] + before.distributor_potential[k] + coverage) / 3
        log_odds = -1.3 + 4.0 * (fit - 0.5) + 2.1 * before.lever_offer_cents[k] / max(margin, 1.0)
        chances.append(1 / (1 + math.exp(-min(log_odds, 50))))
        if draws.u(DecisionPoint.NEGOTIATION, before.distributor_slot[k]) < chances[-1]:
            signed[k] = True
            served_by[reach] = k
    assert 0.05 < min(chances) < 0.95
    np.testing.assert_array_equal(w.is_contracted, signed)
    np.testing.assert_array_equal(w.outlet_distributor[:, 0], served_by)


def test_ties_follow_supply_and_retainers_and_coaching_teaches() -> None:
    held = session(
        GOODS,
        NOBODY_SHOPS,
        on("season", "relations"),
        {"distributors": {"contracts": {"tie_gain_per_month": 0.3, "tie_half_cents": 70_000}}},
    )
    held.pull("offer_cents", 50_000)
    held.pull("coaching_cents", 80_000)
    w, n = held.world, held.world.sizes["distributor"]
    scattered(w.distributor_relation, 0.1, 0.9)
    scattered(w.distributor_capability, 0.1, 0.9, 2)
    scattered(w.distributor_potential, 0.1, 0.9, 3)
    before = as_it_is(held)
    held.step(1)
    ours = before.distributor_company == 0
    waiting = w.factory_backlog_units.sum(axis=1) / (before.past_purchase_rate * 7 + 1)
    relation = before.distributor_relation + 0.1 * (
        0.3 + 0.6 * np.clip(1 - waiting, 0, 1) - before.distributor_relation
    )
    relation += np.where(ours, 0.3 * 50_000 / (50_000 + 70_000) * (1 - relation), 0.0)
    np.testing.assert_allclose(w.distributor_relation, relation)
    learned = 0.05 * 80_000 / (80_000 + 100_000) * before.distributor_potential * (1 - before.distributor_capability)
    np.testing.assert_allclose(w.distributor_capability, before.distributor_capability + np.where(ours, learned, 0.0))
    paid = int(ours.sum()) * (50_000 * 12 // 365 + 80_000 * 12 // 365)
    assert w.company_books[0, Account.SERVICES_COST] == paid
    assert n == 6


# --- rivals -----------------------------------------------------------------------------------------------------------
def test_rivals_look_late_with_noise_and_answer_by_chance() -> None:
    spec = {
        "id": "R1",
        "temperament": "follower",
        "answer_threshold": 0.02,
        "answer_probability": 0.6,
        "answer_length_days": 50,
        "answer_price_cut": 0.13,
        "answer_multiplier": 2.5,
        "observe_delay_days": 17,
        "observe_noise": 0.05,
    }
    held = session(
        GOODS,
        on("habit", "rival_answers"),
        {
            "calendar": {"duration_days": 60},
            "territories": {"generate": {"n": 9}},
            "outlets": {"generate": {"n": 90}},
            "rivals": {"list": [spec]},
        },
    )
    held.step(31)
    w = held.world
    scattered(w.share_seen, 0.2, 0.6)
    scattered(w.share_history, 0.1, 0.5, 2)
    held.pull("price_cut", 0.05, territory=[0, 1, 2])
    held.pull("advertising_cents", 10**7, territory=[3, 4])
    # The rival decides on the day 31, its own of the month.
    before, draws = as_it_is(held), Draws(held, 31)
    held.step(32)
    noise = np.array([draws.z(DecisionPoint.RIVAL_VIEW, before.company_slot[1] ^ s) for s in before.territory_slot])
    seen = np.clip(before.share_history[1, :, (31 - 17) // 7] + 0.05 * noise, 0, 1)
    memory = getattr(held.scenario.rivals.list[0], "reference_memory", 0.2)
    np.testing.assert_allclose(w.share_seen[1], before.share_seen[1] + memory * (seen - before.share_seen[1]))
    chance = [draws.u(DecisionPoint.RIVAL_ANSWER, before.company_slot[1] ^ s) for s in before.territory_slot]
    answers = (before.share_seen[1] - seen > 0.02) & (np.array(chance) < 0.6)
    assert 0 < answers.sum() < 9
    np.testing.assert_array_equal(w.answer_until[1] == 32 + 50, answers)
    means = np.where(np.arange(9) < 3, 1, np.where(np.arange(9) < 5, 3, 4))
    np.testing.assert_array_equal(w.answer_instrument[1][answers], means[answers])
    held.step(33)
    np.testing.assert_allclose(w.rival_price_cut[1], np.where(answers & (means == 1), 0.13, 0.0))
    np.testing.assert_allclose(w.advertising_multiplier[1], np.where(answers & (means == 3), 2.5, 1.0))
    open_shops = np.bincount(w.outlet_territory, minlength=9)
    np.testing.assert_allclose(
        w.rival_calls_per_day[1], 0.8 * open_shops / 22 * np.where(answers & (means == 4), 2.5, 1.0)
    )


def test_a_rival_remembers_true_shares_of_the_week() -> None:
    held = session(GOODS, on("habit"), {"calendar": {"duration_days": 30}})
    held.step(14)
    before = as_it_is(held)
    held.step(15)
    w = held.world
    for t in range(3):
        here = before.outlet_territory == t
        sold = (before.outlet_size[here, None] * w.habit[here]).sum(axis=0)
        ours, theirs = sold[0] + sold[1], sold[2]
        np.testing.assert_allclose(w.share_history[:, t, 2], np.array([ours, theirs]) / (ours + theirs), rtol=0.05)
