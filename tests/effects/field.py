"""Our people: days and calls, skill, coming and going; relations; the market database; the head office."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np

import sim
from tests.effects.market import Row, changes, days, down, equal, on, starts, stops, times, up, up_by
from tests.effects.measures import built, different, event, left, money, moved, ratio, seen, size, state, total
from tests.markets import merged

EVERY_DAY: dict[str, Any] = {"every_days_a": 1, "every_days_b": 1, "every_days_c": 1, "max_calls_per_day": 200}
KNOWN: dict[str, Any] = {"database": {"known_share": 1.0, "size_error": 0.0}}
WORK: dict[str, Any] = {**on("advisors"), **KNOWN, "outlets": {"generate": {"n": 40}}, "team": {"visit": EVERY_DAY}}
"""Forty known shops, all of which are due every day."""
CALLS = total("advisor", "calls")
PER_CALL = ratio(total("advisor", "visiting_minutes"), CALLS)
SCATTERED = merged(
    WORK,
    {
        "territories": {"generate": {"radius_km": 12.0}},
        "outlets": {"generate": {"n": 20, "towns_per_territory": 9, "town_spread_km": 4.0}},
        "team": {"visit": {"minutes_per_day": 960}},
    },
)
"""Twenty shops far apart, all of which fit into a day."""
ORDERS: dict[str, Any] = merged(
    WORK,
    on("stock_outs"),
    {
        "team": {
            "visit": {"every_days_a": 7, "every_days_b": 7, "every_days_c": 7, "minutes_per_day": 960},
            "generate": {"n": 3},
        },
        "relations": {"order_acceptance_base": 1.0, "order_acceptance_gain": 0.0},
        "retail": {
            "ordering": {
                "late_share": 1.0,
                "late_probability": 1.0,
                "over_share": 0.0,
                "under_share": 0.0,
                "teaching_gain": 0.0,
            }
        },
    },
    days(28),
)
"""Shops that order only what our advisors propose."""
WRITTEN = total("advisor", "order_units")
FIRST_DAY = total("advisor", "order_units", day=0)


def person(**fields: Any) -> dict[str, Any]:
    """One advisor."""
    return {"team": {"generate": None, "list": [{"id": "a", "territory": "T01", **fields}]}}


GUESSING = merged(ORDERS, person(service=1.0), {"team": {"visit": {"estimate_error": 2.0}}})
WEEKLY = merged(WORK, days(28), {"team": {"visit": {"every_days_a": 7, "every_days_b": 7, "every_days_c": 7}}})
FEW_CALLS = merged(SCATTERED, {"team": {"visit": {"max_calls_per_day": 6, "plan": "habit"}}})
"""Six calls a day, of all that are due; large shops are the more urgent."""


TEAM: dict[str, Any] = {
    **on("advisors", "learning"),
    **days(28),
    "territories": {"generate": {"n": 2}},
    "team": {
        "spare_posts": 2,
        "generate": None,
        "learning": {"sharing_per_week": 0.0, "skill_per_visit": 0.0},
        "list": [
            {"id": "novice", "territory": "T01", "selling": 0.1, "service": 0.1, "coaching": 0.5},
            {"id": "colleague", "territory": "T01", "selling": 0.5, "service": 0.1, "coaching": 0.5},
            {"id": "master", "territory": "T02", "selling": 0.9, "service": 0.1, "coaching": 0.5},
        ],
    },
}
"""A novice with a good colleague; the best of all works in the other territory."""
COURSES: dict[str, Any] = merged(TEAM, {"team": {"learning": {"courses_per_year": 50.0, "orientation_per_month": 0.0}}})
CURVE: dict[str, Any] = merged(
    WORK,
    on("learning"),
    person(past_visits=9900),
    {
        "outlets": {"generate": {"channel_mix": {"traditional": 1.0}}},
        "team": {"learning": {"wright_floor": 0.001, "skill_per_visit": 0.0, "wright_exponent": 0.5}},
    },
    days(1),
)
"""An advisor with 99 repetitions behind, on the first day: calls take n^−½ with n = 100."""
LEAVING: dict[str, Any] = {
    **on("advisors", "advisor_turnover", "relations"),
    **days(45),
    **KNOWN,
    "team": {
        "generate": {"n": 4, "skill_sd": 0.0},
        "spare_posts": 0,
        "turnover": {"leaving_per_year": 5.0, "hiring_delay_days": 3, "hire_skill_sd": 0.0},
    },
    "relations": {"half_life_days": 36500, "personal_share": 1.0, "gain_per_contact": 0.0, "dead_stock_loss": 0.0},
}
"""Four advisors, who leave soon, to whom all relations hang."""
GOING: dict[str, Any] = {
    **on("advisors"),
    **KNOWN,
    "team": {"generate": {"n": 3}, "departures": [{"when": "2026-01-08", "advisors": 1}]},
}
MOVING: dict[str, Any] = {
    **on("advisors"),
    **KNOWN,
    **days(12),
    "territories": {"generate": {"n": 2, "population_sigma": 0.0}},
    "team": {"generate": {"n": 2}, "spare_posts": 1, "visit": EVERY_DAY},
    "pulls": {"transfer": 1, "advisors": [{"value": 0, "territory": "T01"}, {"value": 2, "territory": "T02"}]},
}
"""One of two advisors moves to the other's territory."""
TIES: dict[str, Any] = {
    **on("relations", "advisors"),
    **KNOWN,
    "team": {"visit": EVERY_DAY},
    "outlets": {"generate": {"n": 12}},
}
ALONE: dict[str, Any] = {**on("relations"), **days(28)}
"""Relations, and nobody who tends them."""
TIE = left(lambda w: w.relation[:, 0].mean())
DISTURBED: dict[str, Any] = {
    **on("stock_outs", "push", "diversion", "relations"),
    **days(28),
    "territories": {"generate": {"n": 2, "spacing_km": 20.0}},
    "outlets": {"generate": {"n": 40}},
    "distributors": {"opening_stock_days": 90.0, "push": {"overstock_days": 10.0}},
    "diversion": {"freight_cents_per_unit_km": 0.0, "penalty_cents_per_unit": 0.0},
}
DATA: dict[str, Any] = {**on("database_limits"), "outlets": {"generate": {"n": 100}}}
FINDING: dict[str, Any] = {
    **on("database_limits", "advisors"),
    "outlets": {"generate": {"n": 100, "town_spread_km": 0.5}},
    "database": {"known_share": 0.3},
    "consumers": {"huff": {"neighbours": 20}},
    "team": {"visit": EVERY_DAY},
}
LOOKING: dict[str, Any] = merged(WORK, on("database_limits"), {"database": {"share_error": 0.0}})
HEARING: dict[str, Any] = merged(WORK, on("database_limits"), {"database": {"share_error": 0.3}})
SURVEY: dict[str, Any] = merged(DATA, {"database": {"known_share": 0.0, "census_outlets_per_month": 20}}, days(40))


def _known_error(world: Any) -> float:
    return float(np.abs(np.log(world.known_size / world.outlet_size)).mean())


def _told(world: Any) -> float:
    """How far the shares told lie from the true ones."""
    told = world.seen_share[:, 0]
    return float(np.nanmean(np.abs(told - world.habit[:, world.product_brand[0]])))


def _skill(name: str, column: str) -> Any:
    return lambda m: float(m.world.columns[column][m.world.names.advisors.index(name)])


def _calls_of_class(letter: str) -> Any:
    return lambda m: float(
        (m.tables["visits"].merge(m.tables["outlets"][["outlet", "abc"]], on="outlet")["abc"] == letter).sum()
    )


CLASSES: dict[str, Any] = {
    **on("advisors"),
    **KNOWN,
    **days(21),
    "outlets": {"generate": {"n": 30}},
    "team": {
        "visit": {
            "every_days_a": 730,
            "every_days_b": 730,
            "every_days_c": 730,
            "max_calls_per_day": 200,
            "minutes_per_day": 960,
        },
        "generate": {"n": 4},
    },
}
LEADING: dict[str, Any] = {
    **on("advisors"),
    **KNOWN,
    **days(41),
    "strategy": "more",
    "direction": {"review_days": 20},
    "strategies": {"more": [{"trade_terms": {"terms_days": 10}}]},
}
"""A strategy that decides on the days 0, 20 and 40."""
POOR = merged(LEADING, {"direction": {"budget": {"cents_per_month": 800_000, "on_excess": "cut"}}})


def _replications(market: Any) -> float:
    return float(sim.run(market.scenario).tables["market"]["replication"].nunique())


ROWS = [
    # --- the team ---
    Row("team.spare_posts", 0, 5, on("advisors"), size("advisor"), equal(1, 6)),
    Row("team.wage_cents_per_month", 365_000, 730_000, WORK, money("advisor_cost"), times(2.0)),
    Row("team.travel_cents_per_km", 100, 300, WORK, money("travel"), times(3.0, 1e-2)),
    Row("team.generate.n", 1, 3, {}, built("is_post"), equal(1, 3)),
    Row(
        "team.generate.skill_mean",
        0.2,
        0.8,
        {"team": {"generate": {"skill_sd": 0.0}}},
        lambda m: float(m.opening.selling[0]),
        equal(0.2, 0.8),
    ),
    Row(
        "team.generate.skill_sd",
        0.0,
        0.2,
        {"team": {"generate": {"n": 9}, "spare_posts": 0}},
        seen(lambda w: w.selling.std()),
        lambda low, high: low < 1e-9 and high > 0.1,
    ),
    Row("team.generate.farmer_mean", 0.3, 0.6, {}, lambda m: float(m.opening.farmer[0]), up_by(0.1)),
    *[
        Row(
            f"team.list.0.{name}",
            0.25,
            0.75,
            merged(person(), {"team": {"spare_posts": 0}}),
            built(name),
            equal(0.25, 0.75),
        )
        for name in ("selling", "service", "coaching", "farmer")
    ],
    Row(
        "team.list.0.selling",
        0.0,
        1.0,
        merged(
            WORK,
            on("listing_changes"),
            person(),
            {"ours": {"listing_bonus": -20.0}, "retail": {"listing": {"initial_intercept": 10.0}}},
        ),
        event("listing_won"),
        up,
        note="listings",
    ),
    Row(
        "team.list.0.service",
        0.0,
        1.0,
        merged(WORK, on("shelf"), person()),
        state("shelf_gain", slice(None), 0),
        up,
        note="shelves",
    ),
    Row("team.list.0.coaching", 0.0, 1.0, merged(WORK, person()), state("taught"), starts, note="teaching"),
    Row("team.list.0.farmer", 0.0, 1.0, merged(TIES, person()), TIE, up, note="relations"),
    Row("team.list.0.past_visits", 0, 5000, merged(WORK, on("learning"), person()), PER_CALL, down),
    # --- days and calls ---
    Row("team.visit.minutes_per_day", 120, 480, WORK, CALLS, up_by(50)),
    Row(
        "team.visit.start_minute",
        400,
        700,
        WORK,
        lambda m: float(m.tables["visits"]["arrive_minute"].min()),
        lambda low, high: abs(high - low - 300) < 1e-3,
    ),
    Row("team.visit.speed_km_per_hour", 20.0, 40.0, SCATTERED, total("advisor", "driving_minutes", day=0), times(0.5)),
    Row(
        "team.visit.speed_km_per_hour",
        20.0,
        40.0,
        SCATTERED,
        total("advisor", "km", day=0),
        times(1.0),
        note="not the way",
    ),
    Row(
        "team.visit.detour_factor",
        1.0,
        2.0,
        merged(SCATTERED, {"team": {"visit": {"speed_km_per_hour": 100}}}),
        total("advisor", "km", day=0),
        times(2.0),
    ),
    Row("team.visit.every_days_a", 7, 730, CLASSES, _calls_of_class("A"), down),
    Row("team.visit.every_days_b", 7, 730, CLASSES, _calls_of_class("B"), down),
    Row("team.visit.every_days_c", 7, 730, CLASSES, _calls_of_class("C"), down),
    Row("team.visit.every_days_a", 7, 730, CLASSES, _calls_of_class("B"), lambda low, high: low == high, note="not B"),
    Row("team.visit.every_days_b", 7, 730, CLASSES, _calls_of_class("C"), lambda low, high: low == high, note="not C"),
    Row("team.visit.every_days_c", 7, 730, CLASSES, _calls_of_class("A"), lambda low, high: low == high, note="not A"),
    Row(
        "team.visit.plan",
        "class",
        "habit",
        merged(WORK, days(3), {"team": {"visit": {"max_calls_per_day": 4}}}),
        lambda m: float(m.world.outlet_size[m.world.visit_count > 0].mean()),
        up,
    ),
    Row(
        "team.visit.plan",
        "class",
        "need",
        merged(
            WORK,
            days(28),
            {
                "outlets": {"generate": {"n": 10}},
                "team": {"visit": {"max_calls_per_day": 4, "every_days_a": 3, "every_days_b": 3, "every_days_c": 3}},
            },
        ),
        left(lambda w: (w.visit_count * np.arange(w.n_outlets)).sum()),
        changes,
        note="need",
    ),
    Row("team.visit.max_calls_per_day", 3, 5, WORK, total("advisor", "calls", day=0), equal(3, 5)),
    Row("team.visit.improve_route", False, True, SCATTERED, total("advisor", "km", day=0), down),
    Row("team.visit.hunter_order_lift", 0.0, 2.0, merged(ORDERS, person(farmer=0.0)), FIRST_DAY, up_by(20)),
    Row(
        "team.visit.hunter_order_lift",
        0.0,
        2.0,
        merged(ORDERS, person(farmer=1.0)),
        FIRST_DAY,
        lambda low, high: low == high,
        note="not of a farmer",
    ),
    Row("team.visit.order_safety_factor", -1.0, 4.0, ORDERS, WRITTEN, up_by(20)),
    Row(
        "team.visit.estimate_error",
        0.0,
        2.0,
        merged(ORDERS, person(service=0.0)),
        left(lambda w: w.outlet_stock_units[:, 0].std()),
        up,
    ),
    Row("team.visit.estimate_skill_effect", 0.0, 1.0, GUESSING, left(lambda w: w.outlet_stock_units[:, 0].std()), down),
    Row("team.visit.due_share", 0.5, 2.0, WEEKLY, CALLS, down),
    Row("team.visit.nearness_km", 0.1, 1000.0, FEW_CALLS, total("advisor", "km", day=0), up),
    # --- skill ---
    Row("team.learning.wright_exponent", 0.5, 0.25, CURVE, PER_CALL, times(100**0.25)),
    Row("team.learning.wright_unit_visits", 100.0, 9900.0, CURVE, PER_CALL, times((100 / 2) ** 0.5)),
    Row("team.learning.wright_floor", 0.2, 0.4, CURVE, PER_CALL, times(2.0)),
    Row(
        "team.learning.skill_per_visit",
        0.0,
        0.1,
        merged(WORK, on("learning"), {"team": {"learning": {"sharing_per_week": 0.0, "courses_per_year": 0.0}}}),
        moved("selling"),
        up_by(0.1),
    ),
    Row(
        "team.learning.sharing_per_week",
        0.0,
        0.5,
        merged(TEAM, {"team": {"learning": {"sharing_between": 0.0, "courses_per_year": 0.0}}}),
        _skill("novice", "selling"),
        up_by(0.1),
    ),
    Row(
        "team.learning.sharing_between",
        0.0,
        1.0,
        merged(TEAM, {"team": {"learning": {"sharing_per_week": 0.2, "courses_per_year": 0.0}}}),
        _skill("colleague", "selling"),
        up_by(0.1),
    ),
    Row(
        "team.learning.playbook_fidelity",
        0.0,
        1.0,
        merged(
            TEAM,
            {
                "team": {"turnover": {"hire_skill_mean": 0.1, "hire_skill_sd": 0.0, "hiring_delay_days": 1}},
                "pulls": {"playbook": 1.0, "advisors": 2},
            },
        ),
        _skill("+1", "selling"),
        up_by(0.3),
    ),
    Row("team.learning.training_gain", 0.0, 0.5, COURSES, _skill("novice", "service"), up_by(0.1)),
    Row("team.learning.training_days", 0, 5, merged(COURSES, KNOWN, {"team": {"visit": EVERY_DAY}}), CALLS, down),
    Row("team.learning.training_cost_cents", 100_000, 300_000, COURSES, money("hiring_training"), times(3.0)),
    Row("team.learning.courses_per_year", 0.0, 50.0, COURSES, event("training"), starts),
    Row(
        "team.learning.orientation_per_month",
        0.0,
        0.5,
        merged(COURSES, {"team": {"learning": {"incentive_farmer": 1.0}}}),
        moved("farmer"),
        starts,
    ),
    Row(
        "team.learning.incentive_farmer",
        0.0,
        1.0,
        merged(COURSES, {"team": {"learning": {"orientation_per_month": 0.5}}}),
        _skill("novice", "farmer"),
        up_by(0.2),
    ),
    Row("mechanisms.learning", False, True, COURSES, moved("service"), starts),
    Row("mechanisms.advisors", False, True, WORK, CALLS, starts),
    # --- coming and going ---
    Row("team.turnover.leaving_per_year", 0.0, 5.0, LEAVING, event("advisor_left"), starts),
    Row(
        "team.turnover.handover",
        False,
        True,
        merged(LEAVING, {"team": {"turnover": {"handover_keeps": 1.0}}}),
        TIE,
        up_by(0.1),
    ),
    Row("team.turnover.handover_keeps", 0.0, 1.0, LEAVING, TIE, up_by(0.1)),
    Row("team.turnover.hiring_delay_days", 3, 60, LEAVING, event("advisor_hired"), stops),
    Row(
        "team.turnover.hire_skill_mean",
        0.1,
        0.7,
        LEAVING,
        left(lambda w: w.selling[w.occupant > 1].mean()),
        equal(0.1, 0.7),
    ),
    Row(
        "team.turnover.hire_skill_sd",
        0.0,
        0.3,
        LEAVING,
        left(lambda w: w.selling[w.occupant > 1].std()),
        lambda low, high: low < 1e-9 and high > 0.03,
    ),
    Row(
        "team.turnover.hire_farmer",
        0.25,
        0.75,
        merged(LEAVING, {"team": {"learning": {"orientation_per_month": 0.0}}}),
        left(lambda w: w.farmer[w.occupant > 1].mean()),
        equal(0.25, 0.75),
    ),
    Row(
        "team.turnover.hiring_cost_cents",
        10_000,
        30_000,
        merged(LEAVING, {"team": {"learning": {"courses_per_year": 0.0}}}),
        money("hiring_training"),
        times(3.0),
    ),
    Row("team.turnover.transfer_delay_days", 1, 200, MOVING, different("visits", "advisor"), equal(2, 1)),
    Row("team.turnover.transfer_cost_cents", 10_000, 30_000, MOVING, money("hiring_training"), times(3.0)),
    Row("team.departures.0.when", date(2026, 1, 8), date(2026, 1, 9), GOING, event("advisor_left", day=4), equal(0, 1)),
    Row("team.departures.0.advisors", 1, 2, GOING, event("advisor_left", day=3), equal(1, 2)),
    Row("mechanisms.advisor_turnover", False, True, LEAVING, event("advisor_left"), starts),
    # --- relations ---
    Row("relations.unskilled_contact", 0.0, 1.0, merged(TIES, person(service=0.0)), TIE, up),
    Row("relations.hunter_contact", 0.0, 1.0, merged(TIES, person(farmer=0.0)), TIE, up),
    Row("relations.farmer_contact_gain", 0.0, 1.0, merged(TIES, person(farmer=1.0)), TIE, up),
    Row("relations.gain_per_contact", 0.0, 0.3, TIES, TIE, up_by(0.1)),
    Row("relations.personal_share", 0.0, 1.0, TIES, state("personal_tie"), starts),
    Row("relations.half_life_days", 5.0, 500.0, ALONE, TIE, up_by(0.1)),
    Row("relations.floor", 0.0, 0.2, merged(ALONE, {"relations": {"half_life_days": 0.5}}), TIE, up_by(0.15)),
    Row(
        "relations.stock_out_loss",
        0.0,
        0.5,
        merged(
            ALONE,
            on("stock_outs", "delivery_limits"),
            {"distributors": {"opening_stock_days": 0.0, "delivery": {"promised_days": 1}}},
        ),
        TIE,
        down,
    ),
    Row(
        "relations.dead_stock_loss",
        0.0,
        1.0,
        merged(
            ALONE,
            on("stock_outs", "season"),
            {
                "products": {
                    "generate": {"per_brand": 1},
                    "list": [{"id": "ours-1", "brand": "ours", "case_units": 1}],
                },
                "calendar": {"holidays": [{"first_date": "2026-01-05", "duration_days": 60, "demand_multiplier": 0.0}]},
            },
        ),
        TIE,
        down,
    ),
    Row("relations.price_disorder_loss", 0.0, 9.0, DISTURBED, TIE, down),
    Row(
        "relations.order_acceptance_base",
        0.0,
        1.0,
        merged(ORDERS, {"relations": {"order_acceptance_base": 0.0}}),
        WRITTEN,
        starts,
    ),
    Row(
        "relations.order_acceptance_gain",
        0.0,
        1.0,
        merged(ORDERS, {"relations": {"order_acceptance_base": 0.0}}),
        WRITTEN,
        starts,
    ),
    Row(
        "relations.order_acceptance_gain",
        0.0,
        1.0,
        merged(ORDERS, {"relations": {"order_acceptance_base": 0.0}, "ours": {"relation": 0.0}}),
        WRITTEN,
        lambda low, high: low == high == 0.0,
        note="without relation",
    ),
    Row(
        "relations.exclusive_fee_cents",
        10_000,
        30_000,
        {**KNOWN, "pulls": {"exclusive_outlets": 3}},
        money("exclusive_cost"),
        times(3.0),
    ),
    Row(
        "relations.exclusive_days",
        30,
        90,
        {**KNOWN, "pulls": {"exclusive_outlets": 3}},
        money("exclusive_cost"),
        times(3.0),
    ),
    Row("mechanisms.relations", False, True, TIES, moved("relation"), starts),
    # --- the market database ---
    Row("database.known_share", 0.0, 1.0, DATA, built("is_known"), equal(0, 100)),
    Row(
        "database.known_size_effect",
        0.0,
        9.0,
        merged(DATA, {"database": {"known_share": 0.5}}),
        seen(lambda w: np.corrcoef(w.is_known, np.log(w.outlet_size))[0, 1]),
        lambda low, high: high - low > 0.3,
    ),
    Row("database.size_error", 0.0, 1.0, DATA, seen(_known_error), starts),
    Row(
        "database.discover_radius_km",
        0.0,
        5.0,
        merged(FINDING, {"database": {"discover_probability": 0.5}}),
        left(lambda w: w.is_known.sum()),
        lambda low, high: high > low,
    ),
    Row(
        "database.discover_probability",
        0.0,
        1.0,
        FINDING,
        left(lambda w: w.is_known.sum()),
        lambda low, high: high > low,
    ),
    Row(
        "database.census_outlets_per_month",
        0,
        20,
        merged(SURVEY, {"database": {"census_outlets_per_month": 0}}),
        money("census_cost"),
        starts,
    ),
    Row("database.census_cost_cents", 100, 300, SURVEY, money("census_cost"), times(3.0)),
    Row("database.trust_effect", 0.0, 1.0, merged(HEARING, {"ours": {"relation": 0.9}}), left(_told), down),
    Row("database.skill_effect", 0.0, 1.0, merged(HEARING, person(service=1.0)), left(_told), down),
    Row("database.share_error", 0.0, 0.5, LOOKING, left(_told), starts),
    Row(
        "database.look_weight",
        0.05,
        1.0,
        merged(LOOKING, on("promoters"), {"ours": {"budget": {"promoters": 12}}}),
        left(lambda w: np.nansum(w.seen_promoter[:, 0])),
        changes,
    ),
    Row(
        "database.unvisited_after_days",
        1,
        60,
        merged(WORK, {"team": {"visit": {"every_days_a": 7, "every_days_b": 7, "every_days_c": 7}}}),
        total("territory", "unvisited_outlets", day=13),
        down,
    ),
    # --- the head office ---
    Row("direction.review_days", 20, 40, LEADING, lambda m: float(m.tables["decisions"]["day"].nunique()), equal(3, 2)),
    Row("direction.budget.cents_per_month", 800_000, 10**9, POOR, money("advertising"), up),
    Row("direction.budget.on_excess", "cut", "allow", POOR, money("advertising"), up),
    Row("replications", 1, 2, days(1), _replications, equal(1, 2)),
    Row("mechanisms.database_limits", False, True, DATA, built("is_known"), lambda low, high: low == 100 > high),
]
