"""Shops: their channels, what they list, how they order, their shelves, and how they pay."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.effects.market import Changes, Row, changes, days, down, down_by, equal, on, starts, stops, times, up, up_by
from tests.effects.measures import built, event, left, listed_contrast, mean, minus, ratio, seen, state, total
from tests.markets import merged

CHANNEL = "retail.channels.traditional."
ONE_KIND: dict[str, Any] = {"outlets": {"generate": {"n": 12, "channel_mix": {"traditional": 1.0}, "size_sigma": 0.0}}}
WILLING: dict[str, Any] = dict.fromkeys(
    (
        "intercept",
        "relation",
        "margin",
        "pull",
        "skill",
        "free_shelf",
        "rival_relation",
        "delist_units_per_week",
        "crowding_rate_per_week",
        "unprompted_per_month",
    ),
    0.0,
)
DAILY: dict[str, Any] = {
    "every_days_a": 1,
    "every_days_b": 1,
    "every_days_c": 1,
    "minutes_per_day": 960,
    "max_calls_per_day": 200,
}


def selling(listing: Changes, *other: Changes) -> dict[str, Any]:
    """Our advisors try to sell in to fifty shops that list only the rival; unless stated, the chance is a half."""
    return merged(
        {
            **on("advisors", "listing_changes"),
            "outlets": {"generate": {"n": 50}},
            "ours": {"listing_bonus": -20.0, "goodwill": 0.0, "relation": 0.5},
            "rivals": {"list": [{"id": "R1", "relation": 0.5}]},
            "retail": {"listing": {**WILLING, "initial_intercept": 10.0, **listing}},
            "database": {"known_share": 1.0, "size_error": 0.0},
            "team": {"visit": DAILY},
        },
        *other,
    )


def our_two(one: Changes, other: Changes) -> dict[str, Any]:
    """Two products of ours."""
    return {
        "products": {
            "list": [{"id": "ours-1", "brand": "ours", **one}, {"id": "ours-2", "brand": "ours", **other}],
            "generate": {"per_brand": 1},
        },
        **days(7),
    }


MARGINS = our_two(
    {"trade_price_cents": 200, "list_price_cents": 190}, {"trade_price_cents": 290, "list_price_cents": 190}
)
APPEALS = our_two({"appeal": 2.0}, {"appeal": -2.0})
SKILLS: dict[str, Any] = {
    "territories": {"generate": {"n": 2, "population_sigma": 0.0}},
    "team": {
        "generate": None,
        "list": [{"id": "a", "territory": "T01", "selling": 1.0}, {"id": "b", "territory": "T02", "selling": 0.0}],
    },
}
ROOM: dict[str, Any] = {
    "retail": {"channels": {"roomy": {"facings": 60}, "narrow": {"facings": 4}}},
    "outlets": {"generate": {"n": 50, "channel_mix": {"roomy": 0.5, "narrow": 0.5}}},
}
WON = event("listing_won")
FIRST_MINUS_SECOND = minus(event("listing_won", object="ours-1"), event("listing_won", object="ours-2"))
SKILLED_MINUS_OTHER = minus(event("listing_won", territory="T01"), event("listing_won", territory="T02"))


def _roomy(market: Any) -> float:
    """Share of shops with much room that list ours, less that of those with little."""
    world = market.world
    roomy = world.outlet_facings > 10
    return float(world.is_listed[roomy, 0].mean() - world.is_listed[~roomy, 0].mean())


def losing(listing: Changes, *other: Changes) -> dict[str, Any]:
    """Shops that may drop what they list; but for what is stated, they keep everything."""
    return merged(
        {**on("listing_changes", "stock_outs"), **days(28), "retail": {"listing": {**WILLING, **listing}}}, *other
    )


EMPTY = {"initial_intercept": -20.0, "unprompted_per_month": 1.0}
"""Shops that list nothing, and ask for products by themselves."""
UNSKILLED = {"team": {"generate": None, "list": [{"id": "a", "territory": "T01", "service": 0.0}]}}
LOSING_SLOW = {"delist_units_per_week": 1e6}
"""Everything sells too little."""
DROPPED = event("delisted")

ORDERING: dict[str, Any] = {
    **on("stock_outs"),
    **days(35),
    "outlets": {"generate": {"n": 30}},
    "distributors": {"opening_stock_days": 200.0},
    "retail": {"ordering": {"late_share": 0.0, "over_share": 0.0, "under_share": 0.0}},
}
"""Thirty shops, none of which forgets or errs, with distributors that always deliver."""
STOCK = mean("market", "outlet_stock_units", day=lambda d: d > 20)
ORDERED = total("distributor", "ordered_by_outlets")
PER_ORDER = ratio(total("distributor", "delivered_units"), total("delivery", "orders_completed"))


def order(*other: Changes, **fields: Any) -> dict[str, Any]:
    """The market of orders with some of the ordering section's fields."""
    return merged(ORDERING, {"retail": {"ordering": fields}}, *other)


TAUGHT: dict[str, Any] = {
    **on("stock_outs", "advisors"),
    "team": {"visit": DAILY, "generate": {"skill_mean": 0.9}},
    "database": {"known_share": 1.0},
}
SHELF: dict[str, Any] = {**on("advisors", "shelf"), "team": {"visit": DAILY}, "database": {"known_share": 1.0}}
PLACES: dict[str, Any] = {
    **on("shelf"),
    "ours": {"relation": 1.0},
    "rivals": {"list": [{"id": "R1", "relation": 0.0, "budget": {"display_cents": 0}}]},
    "database": {"known_share": 1.0},
}
OUR_FACINGS = mean("market", "facings_share", company="ours")
PAYING: dict[str, Any] = {
    **on("stock_outs", "payment_delay"),
    **days(45),
    "ours": {"relation": 0.9},
    "rivals": {"list": [{"id": "R1", "relation": 0.9}]},
}
OWED = total("balance", "payable_cents", tier="outlet", day=44)


def _habit(kind: int) -> Any:
    return seen(lambda w: (w.ordering_habit == kind).sum())


ROWS = [
    # --- channels ---
    Row(CHANNEL + "size_multiplier", 1.0, 2.0, ONE_KIND, built("outlet_size"), times(2.0)),
    Row(CHANNEL + "facings", 12, 24, ONE_KIND, built("outlet_facings"), equal(144, 288)),
    Row(CHANNEL + "storage_days", 21.0, 42.0, ONE_KIND, built("outlet_storage_units"), times(2.0)),
    Row(CHANNEL + "review_days", 3, 7, ONE_KIND, built("outlet_review_days"), equal(36, 84)),
    Row(CHANNEL + "price_factor", 1.0, 1.5, ONE_KIND, built("shelf_price_cents"), times(1.5, 0.01)),
    Row(
        CHANNEL + "visit_minutes",
        10.0,
        20.0,
        merged(ONE_KIND, on("advisors")),
        ratio(total("advisor", "visiting_minutes"), total("advisor", "calls")),
        times(2.0),
    ),
    Row(CHANNEL + "payment_terms_days", 3, 13, ONE_KIND, built("outlet_terms_days"), equal(36, 156)),
    Row(CHANNEL + "payment_terms_days", 0, 30, merged(ONE_KIND, PAYING), OWED, up, note="money owed"),
    # --- sell-in ---
    Row("retail.listing.intercept", -4.0, 4.0, selling({}, days(1)), WON, up_by(30)),
    Row(
        "retail.listing.relation",
        0.0,
        40.0,
        selling({"intercept": -20.0}, days(1)),
        lambda m: listed_contrast("relation", 0)(m) if m.world.is_listed[:, 0].any() else 0.0,
        up_by(0.1),
    ),
    Row("retail.listing.margin", 0.0, 30.0, selling({}, MARGINS), FIRST_MINUS_SECOND, up_by(20)),
    Row(
        "retail.listing.margin",
        0.0,
        30.0,
        selling({}, APPEALS),
        FIRST_MINUS_SECOND,
        lambda low, high: abs(high - low) < 8,
        note="not appeal",
    ),
    Row("retail.listing.pull", 0.0, 4.0, selling({}, APPEALS), FIRST_MINUS_SECOND, up_by(20)),
    Row(
        "retail.listing.pull",
        0.0,
        4.0,
        selling({}, MARGINS),
        FIRST_MINUS_SECOND,
        lambda low, high: low == high,
        note="not the margin",
    ),
    Row("retail.listing.skill", 0.0, 12.0, selling({"intercept": -6.0}, SKILLS), SKILLED_MINUS_OTHER, up_by(10)),
    Row("retail.listing.free_shelf", 0.0, 9.0, selling({}, ROOM, days(1)), _roomy, up_by(0.3)),
    Row(
        "retail.listing.rival_relation",
        0.0,
        40.0,
        selling({"intercept": 20.0}, days(1)),
        lambda m: listed_contrast("relation", 1)(m) if not m.world.is_listed[:, 0].all() else 0.0,
        down_by(0.1),
    ),
    Row("retail.listing.facings_per_product", 1.0, 30.0, selling({"free_shelf": 9.0}, days(1)), WON, down),
    Row("retail.listing.initial_intercept", -3.0, 3.0, {}, built("is_listed"), up_by(10)),
    Row(
        "retail.listing.initial_size",
        0.0,
        9.0,
        {"outlets": {"generate": {"n": 60}}, "retail": {"listing": {"initial_intercept": 0.0}}},
        seen(lambda w: np.corrcoef(np.log(w.outlet_size), w.is_listed.sum(axis=1))[0, 1]),
        up_by(0.4),
    ),
    # --- leaving the list ---
    Row("retail.listing.delist_units_per_week", 0.0, 1e6, losing({"delist_weeks": 1}), DROPPED, starts),
    Row("retail.listing.delist_weeks", 2, 9, losing(LOSING_SLOW), DROPPED, stops),
    Row("retail.listing.delist_relation", 0.0, 1.0, losing(LOSING_SLOW), DROPPED, starts),
    Row("retail.listing.crowding_rate_per_week", 0.0, 1.0, losing({"facings_per_product": 30.0}), DROPPED, starts),
    Row(
        "retail.listing.facings_per_product",
        1.0,
        90.0,
        losing({"crowding_rate_per_week": 0.2}),
        DROPPED,
        up,
        note="crowding",
    ),
    Row("retail.listing.unprompted_per_month", 0.0, 1.0, losing({"initial_intercept": -20.0}), WON, starts),
    Row("retail.listing.usual_margin", -0.5, 1.0, selling({"margin": 9.0}, days(1)), WON, down_by(30)),
    Row("retail.listing.first_rate", 0.1, 5.0, losing(EMPTY), state("sales_rate"), up_by(1.0)),
    Row("mechanisms.listing_changes", False, True, losing({**LOSING_SLOW, "delist_weeks": 1}), DROPPED, starts),
    # --- ordering ---
    Row("retail.ordering.opening_stock", 0.0, 1.2, ORDERING, built("outlet_stock_units"), starts),
    Row("retail.ordering.policy", "order_up_to", "r_Q", ORDERING, PER_ORDER, up),
    Row("retail.ordering.safety_factor", -1.0, 4.0, ORDERING, STOCK, up),
    Row("retail.ordering.dispersion_index", 0.0, 20.0, ORDERING, STOCK, up),
    Row(
        "retail.ordering.dispersion_index",
        0.0,
        20.0,
        order(safety_factor=0.0),
        ORDERED,
        lambda low, high: low == high,
        note="without safety stock",
    ),
    Row("retail.ordering.smoothing", 0.01, 1.0, ORDERING, left(lambda w: w.sales_rate.std(axis=0).sum()), changes),
    Row("retail.ordering.expected_lead_days", 0.0, 20.0, ORDERING, STOCK, up),
    Row(
        "retail.ordering.expected_lead_days",
        0.0,
        20.0,
        ORDERING,
        lambda m: float(-m.opening.outlet_stock_units.sum()),
        down,
        note="opening stock",
    ),
    Row("retail.ordering.s_S_cover_days", 3.0, 30.0, order(policy="s_S"), PER_ORDER, up),
    Row(
        "retail.ordering.s_S_cover_days",
        3.0,
        30.0,
        ORDERING,
        ORDERED,
        lambda low, high: low == high,
        note="not by order-up-to",
    ),
    Row("retail.ordering.late_share", 0.0, 1.0, ORDERING, _habit(1), equal(0, 30)),
    Row("retail.ordering.over_share", 0.0, 1.0, ORDERING, _habit(2), equal(0, 30)),
    Row("retail.ordering.under_share", 0.0, 1.0, ORDERING, _habit(3), equal(0, 30)),
    Row("retail.ordering.late_probability", 0.0, 1.0, order(late_share=1.0), ORDERED, stops),
    Row("retail.ordering.over_factor", 1.0, 4.0, order(over_share=1.0), STOCK, up),
    Row("retail.ordering.under_factor", 0.2, 1.0, order(under_share=1.0), STOCK, up),
    Row(
        "retail.ordering.promotion_lift",
        0.0,
        5.0,
        merged(
            ORDERING,
            on("promotions"),
            {"ours": {"promotion": {"every_days": 28, "length_days": 28, "product_share": 1.0}}},
        ),
        mean("market", "outlet_stock_units", company="ours"),
        up,
    ),
    Row("retail.ordering.minimum_cases", 1, 5, ORDERING, PER_ORDER, up),
    Row("retail.ordering.teaching_gain", 0.0, 0.5, TAUGHT, state("taught"), starts),
    Row(
        "retail.ordering.teaching_effect",
        0.0,
        1.0,
        merged(
            TAUGHT,
            days(35),
            {
                "retail": {
                    "ordering": {
                        "late_share": 1.0,
                        "over_share": 0.0,
                        "under_share": 0.0,
                        "late_probability": 1.0,
                        "teaching_gain": 1.0,
                    }
                },
                "relations": {"order_acceptance_base": 0.0, "order_acceptance_gain": 0.0},
            },
        ),
        ORDERED,
        starts,
    ),
    Row("retail.ordering.teaching_half_life_days", 2.0, 300.0, TAUGHT, state("taught"), up),
    # --- shelf ---
    Row("retail.shelf.visit_gain", 0.0, 0.5, SHELF, state("shelf_gain"), starts),
    Row("retail.shelf.unskilled_visit", 0.0, 1.0, merged(SHELF, UNSKILLED), state("shelf_gain"), starts),
    Row("retail.shelf.best_weight", 1.5, 4.0, SHELF, state("shelf_gain"), times(6.0)),
    Row(
        "retail.shelf.decay_half_life_days",
        2.0,
        200.0,
        merged(SHELF, {"team": {"visit": {"every_days_a": 20, "every_days_b": 20, "every_days_c": 20}}}),
        state("shelf_gain"),
        up,
    ),
    Row(
        "retail.shelf.relation_weight",
        0.0,
        3.0,
        merged(PLACES, {"ours": {"budget": {"display_cents": 0}}}),
        OUR_FACINGS,
        up_by(0.1),
    ),
    Row(
        "retail.shelf.display_weight",
        0.0,
        3.0,
        merged(PLACES, {"retail": {"shelf": {"relation_weight": 0.0}}}),
        OUR_FACINGS,
        up_by(0.1),
    ),
    Row("mechanisms.shelf", False, True, SHELF, state("shelf_gain"), starts),
    # --- paying ---
    Row("retail.payment.late_probability", 0.0, 1.0, PAYING, OWED, up),
    Row(
        "retail.payment.relation_effect",
        0.0,
        1.0,
        merged(PAYING, {"retail": {"payment": {"late_probability": 0.9}}}),
        OWED,
        down,
    ),
    Row(
        "retail.payment.late_days",
        1,
        40,
        merged(PAYING, {"retail": {"payment": {"late_probability": 0.5, "relation_effect": 0.0}}}),
        OWED,
        up,
    ),
    Row(
        "retail.payment.credit_limit_days",
        1.0,
        200.0,
        merged(PAYING, {"retail": {"payment": {"late_probability": 1.0, "relation_effect": 0.0}}}),
        event("credit_stop"),
        stops,
    ),
    Row("retail.payment.opening_cash_days", 10.0, 70.0, {}, built("outlet_working_capital_cents"), up),
    Row("mechanisms.payment_delay", False, True, PAYING, OWED, starts),
]
