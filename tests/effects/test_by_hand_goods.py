"""One day of shops, distributors, factories and shoppers, reckoned by hand from docs/model.md."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.engine import Session
from sim.sampling import geometric_quantile, negative_binomial_quantile
from sim.streams import DecisionPoint
from sim.world.accounts import Account
from tests.effects.by_hand import NOBODY_SHOPS, Draws, as_it_is, in_cases, scattered, session
from tests.effects.market import on
from tests.markets import merged

Array = np.ndarray
BY_RULE, LATE, OVER, UNDER = range(4)
GOODS: dict[str, Any] = {
    "calendar": {"duration_days": 30},
    "territories": {"generate": {"n": 3, "radius_km": 6.0, "spacing_km": 25.0}},
    "outlets": {"generate": {"n": 60, "towns_per_territory": 2}},
    "products": {
        "list": [
            {
                "id": "ours-1",
                "brand": "ours",
                "appeal": 0.3,
                "factory_cost_cents": 120,
                "list_price_cents": 180,
                "trade_price_cents": 210,
                "retail_price_cents": 310,
                "usual_price_cents": 290,
                "case_units": 5,
            },
            {
                "id": "ours-2",
                "brand": "ours",
                "appeal": -0.2,
                "factory_cost_cents": 140,
                "list_price_cents": 200,
                "trade_price_cents": 240,
                "retail_price_cents": 330,
                "case_units": 7,
            },
            {
                "id": "mine-1",
                "brand": "mine",
                "appeal": 0.6,
                "factory_cost_cents": 90,
                "list_price_cents": 150,
                "trade_price_cents": 190,
                "retail_price_cents": 270,
                "case_units": 3,
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
    "ours": {"brands": ["ours", "mine"], "relation": 0.4, "budget": {"display_cents": 0, "promoters": 0}},
    "rivals": {"list": [{"id": "R1", "relation": 0.35, "budget": {"display_cents": 0, "promoters": 0}}]},
    "retail": {"listing": {"initial_intercept": 0.5}},
    "team": {"generate": {"n": 0}, "spare_posts": 1},
}


# --- shops order ------------------------------------------------------------------------------------------------------
ORDERS: dict[str, Any] = merged(
    GOODS,
    NOBODY_SHOPS,
    on("season", "stock_outs"),
    {
        "retail": {
            "ordering": {
                "safety_factor": 1.7,
                "smoothing": 0.09,
                "expected_lead_days": 2.5,
                "dispersion_index": 2.3,
                "s_S_cover_days": 8.0,
                "late_share": 0.3,
                "late_probability": 0.8,
                "teaching_effect": 0.75,
                "over_share": 0.3,
                "over_factor": 1.6,
                "under_share": 0.3,
                "under_factor": 0.6,
                "promotion_lift": 0.45,
                "minimum_cases": 2,
            },
            "payment": {"opening_cash_days": 25.0, "credit_limit_days": 17.0},
            "channels": {
                "traditional": {"review_days": 2, "storage_days": 31},
                "convenience": {"review_days": 3, "storage_days": 15},
            },
        },
        "outlets": {"generate": {"channel_mix": {"traditional": 0.5, "convenience": 0.5}}},
        "distributors": {"delivery": {"works_on": [6]}, "push": {"markdown_order_lift": 0.7}},
    },
)


@pytest.mark.parametrize("policy", ["order_up_to", "s_S", "r_Q"])
def test_shops_order_what_their_rule_and_habit_say(policy: str) -> None:
    held = session(ORDERS, {"retail": {"ordering": {"policy": policy}}})
    held.step(2)
    w, s = held.world, held.scenario
    for seed, (column, low, high) in enumerate(
        [("sales_rate", 0.2, 12.0), ("review_sold_units", 0, 60), ("last_review_day", -6, 2), ("taught", 0.0, 1.0)]
    ):
        scattered(w.columns[column], low, high, seed)
    w.visit_count[::2] = 3
    w.promotion_utility[1:, ::2] = 0.5
    w.distributor_markdown[:, 1::3] = 0.06
    held.pull("shop_policy", 1, territory=1)
    held.pull("shop_policy", 2, territory=2)
    for t in range(3):
        held.pull("shop_safety_factor", 0.4 + t, territory=t)
        held.pull("shop_cover_days", 3.0 + 2 * t, territory=t)
    before, draws = as_it_is(held), Draws(held, 2)
    held.step(3)
    x = s.retail.ordering
    kinds: set[tuple[int, int]] = set()
    for i in range(held.world.n_outlets):
        due = (2 + int(before.outlet_slot[i] & np.uint64(0xFFFF))) % before.outlet_review_days[i] == 0
        forgets = x.late_probability * (1.0 - x.teaching_effect * before.taught[i])
        late = (
            before.ordering_habit[i] == LATE and draws.u(DecisionPoint.REVIEW_SKIPPED, before.outlet_slot[i]) < forgets
        )
        if not due or late:
            assert not w.outlet_inbound_units[i].any()
            continue
        days = 2 - before.last_review_day[i]
        rate = before.sales_rate[i].copy()
        if days > 0:
            weight = 1.0 - (1.0 - x.smoothing) ** days
            rate = np.where(before.is_listed[i], rate + weight * (before.review_sold_units[i] / days - rate), rate)
        np.testing.assert_allclose(w.sales_rate[i], rate, rtol=1e-12)
        ordered = _own_orders(before, held, i, rate, kinds, policy)
        np.testing.assert_array_equal(
            w.open_order_units[i] + w.outlet_inbound_units[i] - before.open_order_units[i], ordered, err_msg=f"shop {i}"
        )
    assert len(kinds) >= 5


def _own_orders(before: Any, held: Session, i: int, rates: Array, kinds: set[tuple[int, int]], policy: str) -> Array:
    """Units that shop i orders of each product, in the order of products, within room and purse."""
    x = held.scenario.retail.ordering
    t, habit = before.outlet_territory[i], before.ordering_habit[i]
    payment = held.scenario.retail.payment
    credit = math.floor(before.outlet_working_capital_cents[i] / payment.opening_cash_days * payment.credit_limit_days)
    purse = max(int(before.outlet_books[i, 0]) + int(before.outlet_books[i, 3]) + credit, 0)
    out = np.zeros(5, dtype=int)
    for p in range(5):
        c = before.product_company[p]
        if not before.is_listed[i, p]:
            continue
        rule = ("order_up_to", "s_S", "r_Q").index(policy)
        factor, cover = x.safety_factor, 0.0 if rule == 0 else x.s_S_cover_days
        if c == 0 and before.visit_count[i] > 0:
            rule, factor, cover = (
                int(before.lever_shop_policy[t]),
                before.lever_shop_safety_factor[t],
                before.lever_shop_cover_days[t],
            )
        rate = rates[p] * (1.0 + x.promotion_lift if before.promotion_utility[t, p] > 0 else 1.0)
        risk = before.outlet_review_days[i] + x.expected_lead_days
        expected = rate * risk + factor * math.sqrt(rate * x.dispersion_index) * math.sqrt(risk)
        target = max(expected + rate * cover, 1.0)
        case = int(before.case_units[p])
        position = before.outlet_stock_units[i, p] + before.outlet_inbound_units[i, p] + before.open_order_units[i, p]
        if rule == 0:
            wanted = max(target - position, 0.0)
        elif rule == 1:
            wanted = target - position if position <= expected and target > position else 0.0
        else:
            lot = max(rate * cover, float(case))
            wanted = lot * (math.floor((expected - position) / lot) + 1) if position <= expected else 0.0
        wanted *= {OVER: x.over_factor, UNDER: x.under_factor}.get(int(habit), 1.0)
        if before.distributor_markdown[before.outlet_distributor[i, c], p] > 0:
            lift = held.scenario.distributors.push.markdown_order_lift
            wanted = max(wanted, 0.0) + lift * rate * before.outlet_review_days[i]
        if position <= 0:
            wanted = max(wanted, float(case))
        units = in_cases(wanted, case, x.minimum_cases)
        used = int(
            (before.outlet_stock_units[i] + before.outlet_inbound_units[i] + before.open_order_units[i] + out).sum()
        )
        room = int(before.outlet_storage_units[i]) - used
        if position == 0 and room < case:
            room = case
        units = max(min(units, room, purse // int(before.trade_price_cents[p])), 0) // case * case
        out[p] = units
        purse -= units * int(before.trade_price_cents[p])
        kinds.add((rule, int(habit)))
    return out


# --- a week passes ----------------------------------------------------------------------------------------------------
WEEKS: dict[str, Any] = merged(
    GOODS,
    NOBODY_SHOPS,
    on("season", "stock_outs", "habit", "listing_changes", "shelf", "relations"),
    {
        "consumers": {"habit_smoothing_per_week": 0.23},
        "retail": {
            "listing": {
                "pull": 0.7,
                "facings_per_product": 3.7,
                "delist_units_per_week": 4.0,
                "delist_weeks": 5,
                "delist_relation": 0.3,
                "crowding_rate_per_week": 0.6,
                "unprompted_per_month": 0.9,
            },
            "shelf": {"decay_half_life_days": 11.0},
            "ordering": {"teaching_half_life_days": 47.0},
        },
        "relations": {
            "half_life_days": 29.0,
            "floor": 0.13,
            "stock_out_loss": 0.0,
            "dead_stock_loss": 0.31,
            "price_disorder_loss": 0.57,
        },
    },
)


def test_a_week_passes_at_a_shop() -> None:
    held = session(WEEKS)
    held.step(3)
    w = held.world
    for seed, (column, low, high) in enumerate(
        [
            ("relation", 0.02, 0.9),
            ("personal_tie", 0.0, 0.02),
            ("shelf_gain", 0.1, 0.9),
            ("goodwill", 0.1, 0.9),
            ("sales_rate", 0.4, 9.0),
            ("habit", 0.05, 0.3),
            ("taught", 0.1, 0.8),
            ("week_sold_units", 0, 9),
            ("slow_weeks", 0, 5),
            ("price_disorder", 0.0, 0.8),
        ]
    ):
        scattered(w.columns[column], low, high, seed)
    w.standing[:] = w.goodwill
    w.week_sold_units[::4, 2:] = 0
    w.last_review_day[:] = 3
    w.exclusive_company[::5] = 1
    w.exclusive_until[::5] = 99
    before, draws = as_it_is(held), Draws(held, 3)
    held.step(4)
    rows = np.flatnonzero(before.outlet_slot % np.uint64(7) == 3)
    assert len(rows) > 4
    kept = {"shelf": 0.5 ** (7 / 11.0), "taught": 0.5 ** (7 / 47.0), "relation": 0.5 ** (7 / 29.0)}
    dropped = won = dead_ones = 0
    for i in rows:
        stock = w.outlet_stock_units[i]
        sold = before.week_sold_units[i]
        if sold.sum():
            for b in range(3):
                share = sold[before.product_brand == b].sum() / sold.sum()
                assert w.habit[i, b] == pytest.approx(before.habit[i, b] + 0.23 * (share - before.habit[i, b]))
        listed, rate, shelf = _lists(held, before, draws, i, stock)
        np.testing.assert_array_equal(w.is_listed[i], listed)
        np.testing.assert_allclose(w.sales_rate[i], rate)
        np.testing.assert_allclose(w.shelf_gain[i], shelf * kept["shelf"])
        assert w.taught[i] == pytest.approx(before.taught[i] * kept["taught"])
        dropped += (before.is_listed[i] & ~listed).sum()
        won += (listed & ~before.is_listed[i]).sum()
        for c in (0, 1):
            mine = before.product_company == c
            carries = (mine & (listed | (stock > 0))).any()
            dead = (mine & (sold == 0) & (stock > 2 * before.case_units) & (listed | (stock > 0))).any()
            dead_ones += dead
            floor = 0.13 if carries else 0.0
            r = before.relation[i, c]
            should = floor + (r - floor) * kept["relation"] if r > floor else r
            should *= 1.0 - 0.31 * 7 / 30 if dead else 1.0
            should *= (
                1.0 - min(1.0, 0.57 * w.price_disorder[before.outlet_territory[i], c] * 7 / 30) if carries else 1.0
            )
            assert w.relation[i, c] == pytest.approx(should)
            if c == 0:
                assert w.personal_tie[i] == pytest.approx(before.personal_tie[i] * should / r)
        assert w.last_sold_day[i] == (3 if sold[before.product_company == 0].any() else before.last_sold_day[i])
        assert not w.week_sold_units[i].any()
    assert dropped > 2
    assert won > 1
    assert dead_ones > 1


def _lists(held: Session, before: Any, draws: Draws, i: int, stock: Array) -> tuple[Array, Array, Array]:
    """What shop i lists after the week, with its rates and shelf."""
    x = held.scenario.retail.listing
    listed, rate, shelf = before.is_listed[i].copy(), before.sales_rate[i].copy(), before.shelf_gain[i].copy()
    n, sum_of_rates = listed.sum(), rate[listed].sum()
    slot = before.outlet_slot[i]
    for p in range(5):
        c = before.product_company[p]
        if before.is_listed[i, p]:
            slow = stock[p] > 0 and before.week_sold_units[i, p] < x.delist_units_per_week
            weeks = before.slow_weeks[i, p] + 1 if slow else 0
            hopeless = weeks >= 2 and before.relation[i, c] < x.delist_relation
            crowding = n * x.facings_per_product / before.outlet_facings[i]
            relative = before.sales_rate[i, p] * n / sum_of_rates
            out = x.crowding_rate_per_week * (crowding - 1) * (1 - before.relation[i, c]) ** 2 / (0.25 + relative)
            crowded = crowding > 1 and draws.u(DecisionPoint.UNPROMPTED_LISTING, slot, 5 + p) < out
            listed[p] = not (weeks >= x.delist_weeks or hopeless or crowded)
        else:
            pull = held.world.goodwill[before.outlet_territory[i], before.product_brand[p]] + before.product_appeal[p]
            chance = x.unprompted_per_month * 7 / 30 * math.exp(x.pull * (pull - 0.5))
            free = before.exclusive_company[i] < 0 or before.exclusive_company[i] == c
            if free and draws.u(DecisionPoint.UNPROMPTED_LISTING, slot, p) < chance:
                rate[p] = rate[listed].mean() if listed.any() else getattr(x, "first_rate", 0.3)
                listed[p], shelf[p] = True, 0.0
    return listed, rate, shelf


# --- shoppers choose --------------------------------------------------------------------------------------------------
SHOPPING: dict[str, Any] = merged(
    GOODS,
    on("season", "overdispersion", "segments", "habit", "shelf", "stock_outs", "promoters"),
    {
        "calendar": {
            "start_date": "2026-02-06",
            "holidays": [
                {"first_date": "2026-02-06", "duration_days": 1, "demand_multiplier": 1.3, "field_works": True}
            ],
        },
        "category": {"season": [0.8, 1.4, 0.9, *[1.0] * 9], "dispersion": 7.0},
        "territories": {"generate": {"population_sigma": 0.0}},
        "consumers": {"no_purchase_utility": 0.2, "shelf_coefficient": 0.31, "promoter_utility": 0.77},
        "retail": {"shelf": {"relation_weight": 0.8, "display_weight": 1.1, "visit_gain": 0.0}},
        "ours": {"budget": {"promoters": 6}},
        "database": {"known_share": 1.0},
        "distributors": {"opening_stock_days": 60.0},
        "diversion": {"disorder_price_effect": 0.2},
    },
)


def shopping_day() -> tuple[Session, Any, Draws]:
    """A Friday in February, with everything that moves a choice."""
    held = session(SHOPPING)
    w = held.world
    for seed, (column, low, high) in enumerate(
        [
            ("relation", 0.05, 0.9),
            ("shelf_gain", 0.0, 0.9),
            ("goodwill", 0.1, 0.9),
            ("habit", 0.05, 0.5),
            ("trial", 0.4, 1.0),
            ("price_disorder", 0.0, 0.9),
            ("promotion_utility", 0.0, 0.8),
            ("promotion_boost", 0.0, 0.4),
            ("rival_price_cut", 0.0, 0.15),
            ("price_cut", 0.0, 0.2),
            ("lever_price_cut", 0.0, 0.12),
        ]
    ):
        scattered(w.columns[column], low, high, seed)
    w.standing[:] = w.goodwill
    w.lever_price_cut[:, 3:] = 0.0
    w.rival_price_cut[0] = w.promotion_boost[0] = 0.0
    w.display_on[::3, 0] = w.display_on[1::4, 1] = True
    return held, as_it_is(held), Draws(held, 0)


def probabilities(held: Session, before: Any, i: int) -> Array:
    """Chances of each product at shop i, shape (n_segments, n_products), from the formula of section 3."""
    s, w = held.scenario, held.world
    t, company, brand = before.outlet_territory[i], before.product_company, before.product_brand
    shelf = s.retail.shelf
    weight = (
        1.0
        + before.shelf_gain[i]
        + shelf.relation_weight * before.relation[i, company]
        + shelf.display_weight * before.display_on[i, company]
    )
    facings = np.where(before.is_listed[i], weight, 0.0)
    facings = facings / facings.sum()
    cut = 1 - w.price_cut[t] - before.lever_price_cut[t] - w.rival_price_cut[company, t]
    disorder = 1 - s.diversion.disorder_price_effect * before.price_disorder[t, company]
    price = np.log(before.shelf_price_cents[i] / before.usual_price_cents) + np.log(cut * disorder)
    promoter = s.consumers.promoter_utility * ((w.promoter_companies[i] >> company) & 1)
    out = []
    with np.errstate(divide="ignore"):
        for segment in s.consumers.segments:
            utility = (
                segment.quality_taste * before.product_appeal
                + before.goodwill[t, brand]
                + w.promotion_utility[t]
                + w.promotion_boost[company, t]
                + promoter
                - segment.price_coefficient * price
                + s.consumers.shelf_coefficient * np.log(facings)
                + segment.habit_weight * before.habit[i, brand]
            )
            weights = np.where(before.is_listed[i], np.exp(utility), 0.0) * before.trial[t]
            out.append(weights / (np.exp(s.consumers.no_purchase_utility) + weights.sum()))
    return np.array(out)


def test_shoppers_choose_by_the_logit() -> None:
    held, before, draws = shopping_day()
    held.step(1)
    s, w = held.scenario, held.world
    first_choice, none, shoppers = np.zeros((3, 5)), np.zeros(3), np.zeros(3)
    # The sixth of February: 5.5 of 28 days after the first, so before mid-month and between January and February.
    offset = 5.5 / 28 - 0.5
    season = 1.4 * (1 + offset) + 0.8 * -offset
    for i in np.flatnonzero(before.is_open):
        t = before.outlet_territory[i]
        mean = before.outlet_size[i] * season * s.category.weekday[4] * 1.3
        n = int(negative_binomial_quantile(draws.u(DecisionPoint.SHOPPERS, before.outlet_slot[i]), mean, 7.0))
        chances = before.outlet_mix[i] @ probabilities(held, before, i)
        u = [draws.u(DecisionPoint.CHOICE, before.outlet_slot[i], j) for j in range(n)]
        chosen = np.searchsorted(np.cumsum(chances), u, side="right")
        first_choice[t] += np.bincount(chosen, minlength=6)[:5]
        none[t] += (chosen == 5).sum()
        shoppers[t] += n
    tables = held.observe()
    assert (w.promoter_companies != 0).sum() > 3
    np.testing.assert_array_equal(tables["territory"]["no_purchase"], none)
    np.testing.assert_array_equal(tables["territory"]["shoppers"], shoppers)
    np.testing.assert_array_equal(tables["market"]["shoppers_first_choice"].to_numpy().reshape(3, 5), first_choice)


# --- distributors and factories ---------------------------------------------------------------------------------------
SUPPLY: dict[str, Any] = merged(
    GOODS,
    NOBODY_SHOPS,
    on("season", "stock_outs", "factory_limits", "lead_time_variability"),
    {
        "distributors": {
            "generate": {"per_territory": 2},
            "opening_stock_days": 8.0,
            "opening_cash_days": 13.0,
            "policy": {
                "policy": "base_stock",
                "cover_days": 6.0,
                "safety_factor": 1.1,
                "memory_days": 9,
                "expected_lead_days": 4.0,
                "review_days": 3,
            },
        },
        "ours": {
            "factory": {
                "capacity_factor": 0.9,
                "stock_days": 7.0,
                "transport_days": 2,
                "transport_days_extra": 3.0,
                "reliability": 1.0,
            }
        },
        "rivals": {
            "list": [
                {
                    "id": "R1",
                    "factory": {
                        "capacity_factor": 1.3,
                        "stock_days": 11.0,
                        "transport_days": 4,
                        "transport_days_extra": 1.5,
                        "reliability": 1.0,
                    },
                }
            ]
        },
    },
)


@pytest.mark.parametrize("policy", range(6))
def test_distributors_order_what_their_policy_says(policy: int) -> None:
    held = session(
        SUPPLY,
        {"retail": {"ordering": {"late_share": 1.0, "late_probability": 1.0, "over_share": 0.0, "under_share": 0.0}}},
    )
    held.step(1)
    w = held.world
    w.open_order_units[:] = 0
    w.order_day[:] = -1
    scattered(w.distributor_forecast, 2.0, 40.0, 1)
    scattered(w.demand_history, 0, 50, 2)
    scattered(w.sell_out_history, 0, 45, 3)
    scattered(w.factory_backlog_units, 0, 90, 4)
    for c in (0, 1):
        w.distributor_forecast[np.ix_(w.distributor_company != c, w.product_company == c)] = 0.0
        w.factory_backlog_units[np.ix_(w.distributor_company != c, w.product_company == c)] = 0
    w.lever_policy[:] = policy
    w.lever_information_system[::2] = True
    for column, low, high in (
        ("lever_cover_days", 2.0, 9.0),
        ("lever_safety_factor", 0.5, 2.5),
        ("lever_memory_days", 5, 30),
        ("lever_review_days", 1, 4),
    ):
        scattered(w.columns[column], low, high, 5)
    # Who reviews when is laid down at the last review; a restored market begins from its columns.
    held = Session.restore(held.scenario, held.save())
    before = as_it_is(held)
    held.step(2)
    n = before.distributor_company.shape[0]
    ordered = 0
    for k in range(n):
        ordered += _check_review(held, before, k)
    assert ordered > 1
    _check_factories(held, before)


def _check_review(held: Session, before: Any, k: int) -> int:
    """Forecast and orders of distributor k on day 1; returns how many products it ordered."""
    w, day, lead = held.world, 1, 4.0
    kind = int(before.lever_policy[k])
    shared = bool(before.lever_information_system[k])
    if kind == 5 and not shared:
        kind = 4
    # The day's own demand has been written into the ring by the evening: none.
    history = (before.sell_out_history if shared else before.demand_history).astype(float).copy()
    history[:, :, day] = 0.0
    memory, review = int(before.lever_memory_days[k]), int(before.lever_review_days[k])
    due = (day + int(before.distributor_slot[k] % np.uint64(1000))) % review == 0
    stock = w.distributor_stock_units[k]
    coming = (
        stock
        + before.transit_units[[d for d in range(256) if d != day], k].sum(axis=0)
        + before.factory_backlog_units[k]
    )
    room = max(0.0, before.warehouse_units[k] - coming.sum())
    purse = max(
        before.distributor_books[k, 0] + before.distributor_books[k, 3] + before.distributor_working_capital_cents[k], 0
    )
    orders = np.zeros(5, dtype=int)
    for p in np.flatnonzero(before.product_company == before.distributor_company[k]):
        window = np.array([history[k, p, (day - m) % 56] for m in range(memory)])
        forecast = before.distributor_forecast[k, p]
        if kind == 3:
            forecast = window.mean()
        elif kind != 0:
            forecast += 2.0 / (memory + 1.0) * (history[k, p, day] - forecast)
        assert w.distributor_forecast[k, p] == pytest.approx(forecast)
        if not due:
            continue
        risk = review + lead
        cover = before.lever_cover_days[k]
        safety = before.lever_safety_factor[k] * window.std(ddof=1) * math.sqrt(risk)
        level = forecast * risk + safety
        position = coming[p]
        if kind == 5:
            mine = before.outlet_distributor[:, before.product_company[p]] == k
            position = position + (w.outlet_stock_units[mine, p] + w.outlet_inbound_units[mine, p]).sum()
            wanted = max(level + forecast * cover - position, 0.0)
        elif kind in (3, 4):
            wanted = max(level - position, 0.0)
        elif kind == 0:
            wanted = max(level + forecast * cover - position, 0.0)
        elif kind == 1:
            target = level + forecast * cover
            wanted = target - position if position <= level and target > position else 0.0
        else:
            lot = forecast * cover
            wanted = lot * (math.floor((level - position) / lot) + 1) if position <= level else 0.0
        case, price = int(before.case_units[p]), int(before.list_price_cents[p])
        orders[p] = max(0, min(in_cases(wanted, case), int(room) // case * case, int(purse // price) // case * case))
        room -= orders[p]
        purse -= orders[p] * price
    np.testing.assert_array_equal(w.ordered_today_units[k], orders, err_msg=f"distributor {k}")
    return int((orders > 0).sum())


def _check_factories(held: Session, before: Any) -> None:
    """What the factories made, shared out and sent, on day 1."""
    w, draws = held.world, Draws(held, 1)
    factory = held.observe()["factory"].query("day == 1")
    backlog = before.factory_backlog_units + w.ordered_today_units
    days = np.array([7.0, 11.0])[before.product_company]
    need = np.maximum(np.ceil(before.factory_order_rate * days + backlog.sum(axis=0) - before.factory_stock_units), 0.0)
    for c in (0, 1):
        mine = before.product_company == c
        capacity = before.factory_capacity_units[c]
        if need[mine].sum() > capacity:
            need[mine] = np.floor(need[mine] * capacity / need[mine].sum())
    np.testing.assert_array_equal(factory["made_units"], need)
    there = before.factory_stock_units + need
    sent = w.distributor_stock_units * 0
    for p in range(5):
        quota = min(int(there[p]), int(backlog[:, p].sum()))
        given = backlog[:, p] * quota // max(int(backlog[:, p].sum()), 1)
        spare = quota - given.sum()
        for k in range(given.shape[0]):
            if spare and given[k] < backlog[k, p]:
                given[k] += 1
                spare -= 1
        sent[:, p] = given
    np.testing.assert_array_equal(w.factory_backlog_units, backlog - sent)
    arrived = np.zeros_like(before.transit_units)
    for k, c in enumerate(before.distributor_company):
        extra = int(geometric_quantile(draws.u(DecisionPoint.TRANSPORT, before.distributor_slot[k]), (3.0, 1.5)[c]))
        arrived[1 + (2, 4)[c] + extra, k] = sent[k]
    transit = before.transit_units.copy()
    transit[1] = 0
    np.testing.assert_array_equal(w.transit_units, transit + arrived)
    rate = before.factory_order_rate
    np.testing.assert_allclose(w.factory_order_rate, rate + 0.06 * (w.ordered_today_units.sum(axis=0) - rate))


# --- deliveries -------------------------------------------------------------------------------------------------------
def _one_drop(before: Any, x: SimpleNamespace, i: int, c: int, k: int, km: Array) -> None:
    """Serve shop i with goods of company c, as far as distributor k has any, and write down what that does."""
    is_late, mine = 7 - before.order_day[i, c] >= 3, before.product_company == c
    units = np.where(mine, np.minimum(x.waiting[i], x.left[k]), 0)
    x.left[k] -= units
    x.waiting[i] -= units
    x.shipped[i] += units
    short = x.waiting[i, mine].sum() > 0
    if units.sum():
        x.drops[k] += 1
        x.late_drops[k] += is_late
        x.radial[k] += km[i]
    if is_late or short:
        x.relation[i, c] *= 0.83
        x.tie[i] *= 0.83 if c == 0 else 1.0
    if not short:
        x.completed[k] += 1
        x.in_time[k] += not is_late
        x.lead[k] += 8 - before.order_day[i, c]
        x.order_day[i, c] = -1


def test_trucks_serve_late_orders_first_and_then_the_nearest() -> None:
    held = session(
        GOODS,
        NOBODY_SHOPS,
        on("season", "stock_outs", "delivery_limits", "relations", "payment_delay"),
        {
            "distributors": {
                "opening_stock_days": 2.0,
                "delivery": {
                    "promised_days": 3,
                    "cancel_days": 6,
                    "cost_cents_per_drop": 310,
                    "cost_cents_per_km": 70,
                    "spare_capacity": 0.3,
                },
            },
            "relations": {"stock_out_loss": 0.17},
            "retail": {
                "ordering": {"late_share": 1.0, "late_probability": 1.0, "over_share": 0.0, "under_share": 0.0},
                "payment": {"credit_limit_days": 300.0},
            },
        },
    )
    held.step(7)
    w, s = held.world, held.scenario
    scattered(w.open_order_units, 0, 40, 1)
    scattered(w.relation, 0.1, 0.9, 2)
    scattered(w.personal_tie, 0.01, 0.1, 3)
    for c in (0, 1):
        mine = w.product_company == c
        w.order_day[:, c] = np.where(
            w.open_order_units[:, mine].sum(axis=1) > 0, 7 - (np.arange(w.n_outlets) * 3 + c) % 8, -1
        )
    before = as_it_is(held)
    held.step(8)
    x = SimpleNamespace(
        left=before.distributor_stock_units.copy(),
        waiting=before.open_order_units.copy(),
        order_day=before.order_day.copy(),
        shipped=np.zeros_like(before.open_order_units),
        relation=before.relation.copy(),
        tie=before.personal_tie.copy(),
        **{
            name: np.zeros(len(before.distributor_company))
            for name in ("drops", "late_drops", "completed", "in_time", "lead", "radial")
        },
    )
    for k, c in enumerate(before.distributor_company):
        capacity = max(math.floor(before.drops_per_day[k] * (0.7 + 0.5 * before.distributor_capability[k])), 1)
        km = np.hypot(before.outlet_x_km - before.distributor_x_km[k], before.outlet_y_km - before.distributor_y_km[k])
        mine = np.flatnonzero((before.outlet_distributor[:, c] == k) & before.is_open & (before.order_day[:, c] >= 0))
        queue = mine[np.lexsort((mine, km[mine]))]
        late = 7 - before.order_day[queue, c] >= 3
        for i in [*queue[late], *queue[~late]]:
            if x.drops[k] < capacity:
                _one_drop(before, x, i, c, k, km)
    for i, c in np.argwhere((x.order_day >= 0) & (7 - x.order_day >= 6)):
        x.waiting[i, before.product_company == c] = 0
        x.order_day[i, c] = -1
    np.testing.assert_array_equal(w.open_order_units, x.waiting)
    np.testing.assert_array_equal(w.outlet_inbound_units, x.shipped)
    np.testing.assert_array_equal(w.order_day, x.order_day)
    table = held.observe()["delivery"].query("day == 7")
    for name, should in (
        ("drops", x.drops),
        ("late_drops", x.late_drops),
        ("orders_completed", x.completed),
        ("orders_in_full_on_time", x.in_time),
        ("lead_time_days_sum", x.lead),
    ):
        np.testing.assert_array_equal(table[name], should, err_msg=name)
    length = np.where(
        x.drops > 0,
        1.009 * 2 * x.radial / 40 + 0.44 * np.sqrt(x.drops * before.territory_area_km2[before.distributor_territory]),
        0.0,
    )
    np.testing.assert_allclose(table["km"], length)
    assert x.drops.sum() > 3
    assert x.late_drops.sum() > 0
    faded = 0.5 ** (7 / s.relations.half_life_days)
    not_aged = before.outlet_slot % np.uint64(7) != 0
    assert faded < 1.0
    np.testing.assert_allclose(w.relation[not_aged], x.relation[not_aged])
    np.testing.assert_allclose(w.personal_tie[not_aged], x.tie[not_aged])


# --- money ------------------------------------------------------------------------------------------------------------
def test_invoices_are_paid_late_by_chance_and_relation() -> None:
    held = session(
        GOODS,
        {"outlets": {"generate": {"channel_mix": {"traditional": 0.5, "convenience": 0.5}}}},
        NOBODY_SHOPS,
        on("season", "stock_outs", "payment_delay", "delivery_limits"),
        {
            "retail": {
                "payment": {
                    "late_probability": 0.7,
                    "relation_effect": 0.55,
                    "late_days": 4,
                    "opening_cash_days": 365.0,
                    "credit_limit_days": 365.0,
                },
                "channels": {
                    name: {"payment_terms_days": days} for name, days in (("traditional", 3), ("convenience", 5))
                },
            },
            "distributors": {"opening_stock_days": 90.0, "delivery": {"works_on": [0, 1, 2]}},
        },
    )
    held.step(4)
    scattered(held.world.relation, 0.05, 0.95, 2)
    before, draws = as_it_is(held), Draws(held, 4)
    table = held.world.tables["invoices"]
    fields = ("due_day", "outlet", "distributor", "cents")
    rows = list(zip(*(table[name].tolist() for name in fields), strict=True))
    held.step(5)
    kept, paid = [], 0
    for due, i, k, cents in rows:
        c = before.distributor_company[k]
        late = draws.u(DecisionPoint.LATE_PAYMENT, before.outlet_slot[i], c) < 0.7 * (
            1.0 - 0.55 * before.relation[i, c]
        )
        if due <= 4 and not late:
            paid += cents
        else:
            kept.append((due if due > 4 else 8, i, k, cents))
    assert list(zip(*(table[name].tolist() for name in fields), strict=True)) == kept
    assert 0 < len([row for row in kept if row[0] == 8]) < len(rows)
    assert held.world.outlet_books[:, 0].sum() == before.outlet_books[:, 0].sum() - paid


def test_grey_goods_flow_where_the_gap_pays() -> None:
    held = session(
        GOODS,
        on("stock_outs", "push", "diversion", "delivery_limits"),
        {
            "territories": {"generate": {"n": 2, "spacing_km": 20.0}},
            "distributors": {
                "opening_stock_days": 90.0,
                "delivery": {"works_on": [6]},
                "push": {"overstock_days": 13.0, "rebate_rate": 0.04},
            },
            "diversion": {
                "freight_cents_per_unit_km": 0.11,
                "detection_base": 0.07,
                "detection_per_visit": 0.0,
                "detection_per_inspector": 0.05,
                "penalty_cents_per_unit": 37.0,
                "rate": 0.21,
                "undercut": 0.37,
                "disorder_gain": 0.6,
                "disorder_half_life_days": 33.0,
                "disorder_price_effect": 0.15,
            },
        },
    )
    held.pull("inspectors", 2)
    held.pull("discount", 0.06)
    held.step(1)
    grey = held.observe()["events"].query("kind == 'diversion'")
    w, names = held.world, held.world.names
    disorder, revenue, units = (
        np.zeros((2, 2)),
        np.zeros(w.distributor_company.shape[0]),
        np.zeros(w.distributor_company.shape[0]),
    )
    faded = 0.5 ** (1 / 33.0)
    fines = np.zeros(units.shape)
    for _, row in grey.iterrows():
        k, p, t = (
            names.distributors.index(row["subject"]),
            names.products.index(row["object"]),
            names.territories.index(row["territory"]),
        )
        c = int(w.product_company[p])
        street = w.trade_price_cents[p] * (1.0 - 0.15 * disorder[t, c])
        gap = street - w.list_price_cents[p] * (1.0 - w.lever_discount[k] - 0.04)
        detection = 0.07 + (0.05 * 2 if c == 0 else 0.0)
        threshold = 0.11 * w.distance_km[w.distributor_territory[k], t] + detection * 37.0
        assert gap > threshold
        revenue[k] += int(street - 0.37 * (gap - threshold)) * row["value"]
        units[k] += row["value"]
        if Draws(held, 0).u(DecisionPoint.DETECTION, w.distributor_slot[k], p) < detection:
            fines[k] += int(row["value"] * 37.0)
        here = (w.outlet_territory == t) & w.is_open
        week = 7 * (w.sales_rate * w.is_listed)[here][:, w.product_company == c].sum()
        disorder[t, c] += 0.6 * row["value"] / week
    assert len(grey) > 2
    np.testing.assert_allclose(-w.distributor_books[:, Account.REVENUE], revenue)
    np.testing.assert_allclose(w.distributor_books[:, Account.PENALTY_COST], fines)
    np.testing.assert_allclose(w.price_disorder, disorder * faded)
    table = held.observe()["distributor"]
    np.testing.assert_array_equal(table["diverted_units"].to_numpy().reshape(-1, 5).sum(axis=1), units)


def test_too_much_stock_is_what_lies_beyond_the_days() -> None:
    held = session(
        GOODS,
        on("stock_outs", "push", "diversion", "delivery_limits"),
        {
            "territories": {"generate": {"n": 2, "spacing_km": 20.0}},
            "distributors": {
                "opening_stock_days": 90.0,
                "delivery": {"works_on": [6]},
                "push": {"overstock_days": 13.0, "rebate_rate": 0.3, "markdown_rate": 0.17},
            },
            "diversion": {
                "freight_cents_per_unit_km": 0.0,
                "detection_base": 0.0,
                "detection_per_visit": 0.0,
                "rate": 0.21,
                "penalty_cents_per_unit": 0.0,
            },
        },
    )
    w = held.world
    stock = w.distributor_stock_units.copy()
    held.step(1)
    assert (w.distributor_markdown[stock > 0] == 0.17).all()
    grey = held.observe()["events"].query("kind == 'diversion'")
    row = grey.iloc[0]
    k, p = w.names.distributors.index(row["subject"]), w.names.products.index(row["object"])
    flowed = int(0.21 * (stock[k, p] - math.ceil(w.distributor_forecast[k, p] * 13.0)))
    assert flowed - 40 < row["value"] <= flowed
