"""Every lever does what the catalogue says: a pull before the first morning against another, or against none."""

from __future__ import annotations

from typing import Any

from tests.effects.channel import CANDIDATE, CHAIN, COURTED, FULL, GREY, HELD, LONG, PUSH
from tests.effects.company import CHAIN as FACTORIES
from tests.effects.field import (
    CLASSES,
    COURSES,
    EVERY_DAY,
    KNOWN,
    LEAVING,
    ORDERS,
    SCATTERED,
    TEAM,
    TIE,
    WORK,
    WRITTEN,
    _calls_of_class,
    _skill,
)
from tests.effects.market import Row, changes, days, down, equal, on, starts, stops, times, up, up_by
from tests.effects.measures import event, left, mean, money, ratio, state, total
from tests.effects.programme import OF_BOTH, ROLLED, knowledge
from tests.effects.retail import APPEALS, ORDERING, PAYING, selling
from tests.effects.shoppers import MEDIA, OURS, ours
from tests.markets import merged

CALLED_ON: dict[str, Any] = merged(
    ORDERING,
    on("advisors"),
    KNOWN,
    {"team": {"visit": EVERY_DAY}, "relations": {"order_acceptance_base": 0.0, "order_acceptance_gain": 0.0}},
)
"""Shops that order by themselves, on all of which we call."""
OUR_STOCK = mean("market", "outlet_stock_units", company="ours", day=lambda d: d > 20)
THEIR_STOCK = mean("market", "outlet_stock_units", company="R1", day=lambda d: d > 20)
PROMOTING: dict[str, Any] = {
    **on("promotions"),
    **days(28),
    "ours": {"promotion": {"every_days": 14, "length_days": 5}},
    "rivals": {"list": [{"id": "R1", "promotion": {"every_days": 0}}]},
}
TWO_SHARES: dict[str, Any] = merged(
    FACTORIES,
    {
        "distributors": {"opening_stock_days": 3.0, "generate": {"per_territory": 2}},
        "ours": {"factory": {"capacity_factor": 0.3}},
        **days(28),
    },
)
RETURNS: dict[str, Any] = {
    **on("stock_outs"),
    **days(15),
    "distributors": {"opening_stock_days": 90.0, "shelf_life_days": 10},
}
TRANSFERS: dict[str, Any] = {
    **on("advisors"),
    **KNOWN,
    **days(12),
    "territories": {"generate": {"n": 2, "population_sigma": 0.0}},
    "pulls": {"advisors": [{"value": 1, "territory": "T01"}, {"value": 1, "territory": "T02"}]},
    "team": {
        "spare_posts": 1,
        "generate": None,
        "list": [
            {"id": "novice", "territory": "T01", "selling": 0.1, "past_visits": 1},
            {"id": "master", "territory": "T01", "selling": 0.9, "past_visits": 900},
        ],
    },
}

ROWS = [
    # --- calls ---
    Row(
        "lever:visit_every_days",
        {"value": 730, "class": "A"},
        {"value": 7, "class": "A"},
        CLASSES,
        _calls_of_class("A"),
        up,
    ),
    Row(
        "lever:visit_every_days",
        {"value": 730, "class": "A"},
        {"value": 7, "class": "A"},
        CLASSES,
        _calls_of_class("B"),
        lambda low, high: low == high,
        note="not B",
    ),
    Row(
        "lever:outlet_interval",
        {"value": 1.0, "outlet": 0},
        {"value": 9.0, "outlet": 0},
        merged(WORK, {"team": {"visit": {"minutes_per_day": 960}}}),
        state("visit_count", 0),
        down,
    ),
    Row(
        "lever:visit_plan",
        0,
        3,
        merged(WORK, days(3), {"team": {"visit": {"max_calls_per_day": 4}}}),
        lambda m: float(m.world.outlet_size[m.world.visit_count > 0].mean()),
        up,
    ),
    Row("lever:improve_route", 0, 1, SCATTERED, total("advisor", "km", day=0), down),
    Row("lever:suggested_orders", 0, 1, ORDERS, WRITTEN, starts),
    Row(
        "lever:focus",
        {"value": 0.0, "product": "ours-1"},
        {"value": 2.0, "product": "ours-1"},
        selling({}, APPEALS),
        event("listing_won", object="ours-1"),
        starts,
    ),
    # --- people ---
    Row(
        "lever:advisors",
        1,
        3,
        merged(WORK, {"team": {"spare_posts": 4, "turnover": {"hiring_delay_days": 1}}}),
        state("is_post"),
        equal(1, 3),
    ),
    Row("lever:transfer", 0, 1, TRANSFERS, event("advisor_moved", subject="novice"), starts, note="novice"),
    Row("lever:transfer", 1, 2, TRANSFERS, event("advisor_moved", subject="master"), starts, note="master"),
    Row("lever:handover", 0, 1, merged(LEAVING, {"team": {"turnover": {"handover_keeps": 1.0}}}), TIE, up_by(0.1)),
    Row(
        "lever:hire_farmer",
        0.25,
        0.75,
        merged(LEAVING, {"team": {"learning": {"orientation_per_month": 0.0}}}),
        left(lambda w: w.farmer[w.occupant > 1].mean()),
        equal(0.25, 0.75),
    ),
    Row("lever:courses_per_year", 0, 50, COURSES, event("training"), starts),
    Row(
        "lever:incentive_farmer",
        0.0,
        1.0,
        merged(COURSES, {"team": {"learning": {"orientation_per_month": 0.5}}}),
        _skill("novice", "farmer"),
        up_by(0.2),
    ),
    Row(
        "lever:sharing_per_week",
        0.0,
        0.5,
        merged(TEAM, {"team": {"learning": {"sharing_between": 0.0, "courses_per_year": 0.0}}}),
        _skill("novice", "selling"),
        up_by(0.1),
    ),
    Row(
        "lever:playbook",
        0.0,
        1.0,
        merged(
            TEAM,
            {
                "team": {
                    "learning": {"playbook_fidelity": 1.0},
                    "turnover": {"hire_skill_mean": 0.1, "hire_skill_sd": 0.0, "hiring_delay_days": 1},
                },
                "pulls": {"advisors": 2},
            },
        ),
        _skill("+1", "selling"),
        up_by(0.3),
    ),
    Row("lever:playbook", 0.0, 1.0, merged(ROLLED, OF_BOTH), knowledge("ours", 0, 1), up, note="new territory"),
    # --- market ---
    Row(
        "lever:promoters",
        1,
        3,
        {**on("promoters"), **KNOWN},
        total("brand_territory", "promoters", brand="ours"),
        times(3.0),
    ),
    Row("lever:advertising_cents", 365_000, 730_000, MEDIA, money("advertising"), times(2.0, 1e-3)),
    Row(
        "lever:display_cents",
        15_000,
        45_000,
        {**KNOWN, "ours": {"budget": {"display_fee_cents": 15_000}}},
        left(lambda w: w.display_on[:, 0].sum()),
        equal(1, 3),
    ),
    Row("lever:price_cut", 0.0, 0.4, ours(), OURS, up_by(50)),
    Row(
        "lever:price_cut",
        0.1,
        0.4,
        ours(),
        ratio(total("market", "sell_out_cents", company="ours"), total("market", "sell_out_units", company="ours")),
        times(0.6 / 0.9, 0.03),
        note="paid by shoppers",
    ),
    Row("lever:promotion_every_days", 14, 7, PROMOTING, event("promotion_started", subject="ours"), times(2.0)),
    Row("lever:promotion_length_days", 5, 28, PROMOTING, event("promotion_ended", subject="ours"), stops),
    Row("lever:promotion_cut", 0.0, 0.5, PROMOTING, money("promotion_cost"), starts),
    Row("lever:promotion_on", 0, 1, PROMOTING, event("promotion_started", subject="ours"), starts),
    Row(
        "lever:census_outlets",
        0,
        20,
        merged(on("database_limits"), days(31), {"database": {"known_share": 0.0}}),
        money("census_cost"),
        starts,
    ),
    Row("lever:exclusive_outlets", 0, 3, KNOWN, left(lambda w: (w.exclusive_company == 0).sum()), equal(0, 3)),
    Row(
        "lever:inspectors",
        0,
        1,
        merged(GREY, {"diversion": {"detection_per_inspector": 1.0, "penalty_cents_per_unit": 1e5}}),
        total("distributor", "diverted_units", company="ours"),
        stops,
    ),
    Row(
        "lever:penalty_cents",
        1.0,
        1e5,
        merged(GREY, {"diversion": {"detection_base": 1.0}}),
        total("distributor", "diverted_units", company="ours"),
        stops,
    ),
    Row("lever:launch_day", 2, 5, ours(launch_day=9), event("product_launched", day=5), equal(0, 1)),
    Row("lever:factory_stock_days", 3.0, 30.0, FACTORIES, total("factory", "stock_units", company="ours", day=20), up),
    # --- shops on which we call ---
    Row("lever:shop_policy", 0, 2, merged(CALLED_ON, {"pulls": {"shop_cover_days": 20}}), OUR_STOCK, changes),
    Row("lever:shop_safety_factor", -1.0, 5.0, CALLED_ON, OUR_STOCK, up),
    Row(
        "lever:shop_safety_factor",
        -1.0,
        5.0,
        CALLED_ON,
        THEIR_STOCK,
        lambda low, high: abs(high - low) < 0.2 * low,
        note="not of others",
    ),
    Row("lever:shop_cover_days", 0.0, 30.0, CALLED_ON, OUR_STOCK, up),
    Row("lever:shop_terms_days", 0, 60, PAYING, total("balance", "payable_cents", tier="outlet", day=44), up),
    # --- distributors ---
    Row("lever:rebate_rate", 0.0, 0.5, PUSH, money("rebate_cost"), starts),
    Row("lever:target_growth", 1.0, 2.0, PUSH, state("period_target_units", 0), up),
    Row(
        "lever:terms_days",
        0,
        60,
        merged(CHAIN, on("payment_delay")),
        total("balance", "payable_cents", tier="distributor", party="ours"),
        up,
    ),
    Row("lever:discount", 0.0, 0.2, CHAIN, ratio(money("revenue"), money("cogs")), times(0.8, 0.02)),
    Row("lever:overstock_days", 10.0, 700.0, FULL, event("markdown", subject="D-ours-T01"), stops),
    Row(
        "lever:markdown_rate",
        0.1,
        0.4,
        FULL,
        lambda m: float(m.tables["events"].query("kind == 'markdown' and subject == 'D-ours-T01'")["value"].max()),
        equal(0.1, 0.4),
    ),
    Row("lever:return_share", 0.0, 1.0, RETURNS, total("distributor", "returned_units", company="ours"), starts),
    Row("lever:price_protection", 0.0, 1.0, merged(CHAIN, {"pulls": {"discount": 0.2}}), money("rebate_cost"), starts),
    Row("lever:policy", 0, 2, CHAIN, total("distributor", "ordered_units", company="ours"), changes),
    Row(
        "lever:review_days",
        1,
        14,
        CHAIN,
        lambda m: float(
            (m.tables["distributor"].query("company == 'ours'").groupby("day")["ordered_units"].sum() > 0).sum()
        ),
        down,
    ),
    Row("lever:cover_days", 0.0, 40.0, merged(CHAIN, {"distributors": {"policy": {"policy": "base_stock"}}}), HELD, up),
    Row("lever:safety_factor", -1.0, 5.0, CHAIN, HELD, up),
    Row(
        "lever:memory_days",
        2,
        50,
        merged(CHAIN, {"distributors": {"policy": {"policy": "moving_average"}}}),
        left(lambda w: w.distributor_forecast[0].sum()),
        changes,
    ),
    Row("lever:information_system", 0, 1, CHAIN, money("services_cost"), starts),
    Row("lever:coaching_cents", 0, 10**6, days(31), left(lambda w: w.distributor_capability[0]), up_by(0.001)),
    Row("lever:network_cents", 36_500, 73_000, days(14), money("services_cost"), times(2.0)),
    Row(
        "lever:offer_cents",
        0,
        10**9,
        merged(CANDIDATE, {"pulls": {}}),
        lambda m: float(m.world.is_contracted[m.world.distributor_company == 0].sum()),
        up_by(5),
    ),
    Row(
        "lever:offer_cents",
        36_500,
        73_000,
        merged(LONG, {"pulls": {}}),
        money("services_cost"),
        times(2.0),
        note="paid",
    ),
    Row(
        "lever:poach_cents",
        0,
        10**9,
        merged(COURTED, {"pulls": {}}, {"distributors": {"contracts": {"poach_probability": 1.0}}}),
        event("distributor_poached"),
        starts,
    ),
    Row(
        "lever:core",
        {"value": 0, "distributor": 1},
        {"value": 1, "distributor": 1},
        merged(TWO_SHARES, {"pulls": {"core": {"value": 0, "distributor": 0}}}),
        total("distributor", "received_units", distributor="D-ours-T01-2"),
        up,
    ),
    Row(
        "lever:dismiss",
        {"value": 0, "distributor": 0},
        {"value": 1, "distributor": 0},
        TWO_SHARES,
        event("distributor_dismissed"),
        starts,
    ),
]
