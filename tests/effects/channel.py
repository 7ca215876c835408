"""Distributors: how they order, deliver, load, mark down, sign, divert; and what they cost."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.agents.belief import rated_potential
from sim.world.accounts import Account
from tests.effects.market import Changes, Row, changes, days, down, equal, on, starts, stops, times, up, up_by
from tests.effects.measures import built, event, left, mean, money, moved, ratio, seen, size, state, total
from tests.markets import merged

CHAIN: dict[str, Any] = {**on("stock_outs"), "outlets": {"generate": {"n": 30}}, **days(42)}
"""Thirty shops and their distributors, whom the factories always supply."""
HELD = mean("distributor", "stock_units", company="ours", day=lambda d: d > 20)
BOUGHT = total("distributor", "ordered_units", company="ours")
OURS: dict[str, Any] = {
    "distributors": {
        "list": [
            {"id": "D", "territories": ["T01"], "x_km": 0.0, "y_km": 0.0, "policy": {}, "drops_per_day": 4},
            {"id": "E", "territories": ["T01"], "x_km": 30.0, "y_km": 0.0, "drops_per_day": 4},
        ]
    }
}
"""Two distributors of ours in one territory; the first is near all shops."""
DEGREES: dict[str, Any] = {
    "territories": {"generate": None, "list": [{"id": "T01", "lon": 104.0, "lat": 30.0}]},
    "distributors": {"list": [{"id": "D", "territories": ["T01"], "lon": 104.0, "lat": 30.0}]},
}
D = "distributors.list.0."


def policy(name: str, *other: Changes, **fields: Any) -> dict[str, Any]:
    """The chain with a common policy of distributors."""
    return merged(CHAIN, {"distributors": {"policy": {"policy": name, **fields}}}, *other)


def own_policy(name: str, *other: Changes, **fields: Any) -> dict[str, Any]:
    """The chain with a policy of our first distributor alone."""
    own = merged(
        OURS, {"distributors": {"list": [{"id": "D", "territories": ["T01"], "policy": {"policy": name, **fields}}]}}
    )
    return merged(CHAIN, own, *other)


TIGHT: dict[str, Any] = {
    **on("stock_outs", "delivery_limits", "relations"),
    **days(28),
    "outlets": {"generate": {"n": 30}},
    "distributors": {"generate": {"capability_sd": 0.0}, "delivery": {"spare_capacity": 0.7}},
}
"""Too few drops for the shops' orders."""
DRY: dict[str, Any] = merged(
    TIGHT,
    on("factory_limits"),
    {
        "ours": {"factory": {"capacity_factor": 0.0}},
        "distributors": {"opening_stock_days": 2.0, "delivery": {"spare_capacity": 5.0}},
    },
)
"""Our distributors run out of goods."""
PUSH: dict[str, Any] = {
    **on("stock_outs", "push"),
    **days(42),
    "outlets": {"generate": {"n": 30}},
    "distributors": {"push": {"period_days": 14, "rebate_rate": 0.3, "loading_reach": 2.0, "target_growth": 1.5}},
}
"""Distributors far from their targets, who gain much by reaching them."""
FULL: dict[str, Any] = {
    **on("stock_outs", "push"),
    **days(21),
    "outlets": {"generate": {"n": 30}},
    "distributors": {"opening_stock_days": 60.0, "push": {"overstock_days": 10.0}},
}
"""Warehouses with six times of what counts as too much."""
CANDIDATE: dict[str, Any] = {
    "pulls": {"offer_cents": 50_000},
    **days(31),
    "ours": {"listing_bonus": 0.0},
    "territories": {"generate": {"n": 8}},
    "outlets": {"generate": {"n": 80}},
    "distributors": {
        "list": [
            {"id": f"C{k}", "territories": [f"T0{k}"], "signed": False, "capability": 0.9, "potential": 0.9}
            for k in range(1, 8)
        ]
        + [{"id": "S", "territories": ["T08"]}]
    },
}
"""Seven candidates in seven territories, each offered a retainer."""
COURTED: dict[str, Any] = {
    "pulls": {"poach_cents": 10**9},
    **days(61),
    "distributors": {"generate": {"per_territory": 3}},
}
POOL: dict[str, Any] = on("distributor_pool")
SOUGHT: dict[str, Any] = {
    **POOL,
    "distributors": {
        "generate": None,
        "list": [{"id": "D", "territories": ["T01"], "signed": False}],
        "contracts": {"intercept": 20.0},
    },
}
"""Nobody has a distributor; two firms say yes to whoever asks, and only the rival does."""
SERVED: dict[str, Any] = {**on("relations"), **days(61)}
DRY_MONTHS: dict[str, Any] = merged(DRY, days(61))
LONG: dict[str, Any] = {"pulls": {"offer_cents": 100_000}, **on("relations"), **days(61)}
GREY: dict[str, Any] = {
    **on("stock_outs", "push", "diversion"),
    **days(28),
    "territories": {"generate": {"n": 2, "spacing_km": 20.0}},
    "outlets": {"generate": {"n": 40}},
    "distributors": {"opening_stock_days": 90.0, "push": {"overstock_days": 10.0}},
    "diversion": {
        "freight_cents_per_unit_km": 0.0,
        "penalty_cents_per_unit": 10.0,
        "detection_base": 0.0,
        "detection_per_visit": 0.0,
        "detection_per_inspector": 0.0,
    },
}
"""Distributors who have too much, and neighbours to whom it pays to sell it."""
FLOWED = total("distributor", "diverted_units", company="ours")
DISORDER = total("territory", "price_disorder")
CAUGHT = merged(GREY, {"diversion": {"detection_base": 1.0}})
SEEN_OFTEN = merged(
    GREY,
    on("advisors"),
    {
        "database": {"known_share": 1.0},
        "diversion": {"penalty_cents_per_unit": 20.0},
        "team": {"generate": {"n": 4}, "visit": {"every_days_a": 1, "every_days_b": 1, "every_days_c": 1}},
    },
)
GREY_DAY = total("distributor", "diverted_units", company="ours", day=0)


def _street(market: Any) -> float:
    """Our price index where grey goods came in."""
    table = market.tables["brand_territory"]
    return float(table[table["brand"] == "ours"]["price_index"].min())


def _signed(market: Any) -> float:
    return float(market.world.is_contracted[market.world.distributor_company == 0].sum())


DROPS = total("delivery", "capacity_drops", distributor="D", day=2)
COACHED: dict[str, Any] = {"pulls": {"coaching_cents": 100_000}, **days(31)}


def crew(capability: float) -> dict[str, Any]:
    """Two distributors of ours, the first of this capability and of four drops a day."""
    first, second = OURS["distributors"]["list"]
    return merged(TIGHT, {"distributors": {"list": [{**first, "capability": capability}, second]}})


def _buyers_of_grey_goods(market: Any) -> float:
    """Shops that bought below the trade price on the first evening, before any markdown."""
    return float((market.world.outlet_books[:, Account.PRICE_VARIANCE] != 0).sum())


ROWS = [
    # --- stocks and money ---
    Row("distributors.opening_stock_days", 10.0, 30.0, days(1), built("distributor_stock_units", 0), times(3.0, 0.02)),
    Row(
        "distributors.opening_cash_days",
        30.0,
        60.0,
        days(1),
        seen(lambda w: w.distributor_working_capital_cents[0] - 100_000),
        times(2.0, 1e-4),
    ),
    Row(
        "distributors.storage_cents_per_unit_day",
        1.0,
        3.0,
        days(1),
        ratio(money("storage", "ours", "distributor"), total("distributor", "stock_units", company="ours")),
        times(3.0, 0.01),
    ),
    Row(
        "distributors.shelf_life_days",
        10,
        36500,
        merged(CHAIN, {"distributors": {"opening_stock_days": 90}}),
        total("distributor", "scrapped_units"),
        stops,
    ),
    Row(
        "distributors.payment_terms_days",
        5,
        40,
        merged(CHAIN, on("payment_delay")),
        total("balance", "payable_cents", tier="distributor"),
        up,
    ),
    Row("distributors.rating_error", 0.0, 0.5, {**on("database_limits")}, lambda m: float(_rating(m)), starts),
    Row("distributors.generate.per_territory", 1, 3, {}, size("distributor"), equal(2, 6)),
    Row(
        "distributors.generate.capability_mean",
        0.3,
        0.9,
        {"distributors": {"generate": {"capability_sd": 0.0}}},
        built("distributor_capability", 0),
        equal(0.3, 0.9),
    ),
    Row(
        "distributors.generate.capability_sd",
        0.0,
        0.2,
        {"distributors": {"generate": {"per_territory": 9}}},
        seen(lambda w: w.distributor_capability.std()),
        lambda low, high: low < 1e-9 and high > 0.1,
    ),
    # --- one distributor ---
    Row(D + "x_km", 0.0, 60.0, OURS, built("outlet_distributor", slice(None), 0), up, note="the nearer serves"),
    Row(D + "x_km", 0.0, 3.0, OURS, built("distributor_x_km", 0), lambda low, high: abs(high - low - 3.0) < 1e-9),
    Row(D + "y_km", 0.0, 3.0, OURS, built("distributor_y_km", 0), lambda low, high: abs(high - low - 3.0) < 1e-9),
    Row(D + "lon", 104.0, 104.1, DEGREES, built("distributor_x_km", 0), up),
    Row(D + "lat", 30.0, 30.1, DEGREES, built("distributor_y_km", 0), up),
    Row(
        D + "territories",
        ("T01",),
        ("T01", "T02"),
        merged(OURS, {"territories": {"generate": {"n": 2}}}),
        built("covers", 0),
        equal(1, 2),
    ),
    Row(D + "signed", False, True, OURS, built("is_contracted", 0), equal(0, 1)),
    Row(D + "core", False, True, OURS, built("is_core", 0), equal(0, 1)),
    Row(D + "capability", 0.25, 0.75, OURS, built("distributor_capability", 0), equal(0.25, 0.75)),
    Row(D + "capability", 0.0, 1.0, merged(TIGHT, OURS), DROPS, equal(2, 4), note="drops"),
    Row(D + "potential", 0.25, 0.75, OURS, built("distributor_potential", 0), equal(0.25, 0.75)),
    Row(D + "relation", 0.25, 0.75, OURS, built("distributor_relation", 0), equal(0.25, 0.75)),
    Row(D + "information_system", False, True, OURS, money("services_cost"), starts),
    Row(D + "drops_per_day", 2, 6, merged(TIGHT, OURS), DROPS, equal(2, 6)),
    Row(D + "warehouse_days", 60.0, 180.0, OURS, built("warehouse_units", 0), times(3.0)),
    Row(D + "service_radius_km", 0.1, 150.0, OURS, seen(lambda w: (w.outlet_distributor[:, 0] == 0).sum()), up),
    # --- policies of all, and of one ---
    *[
        row
        for path, make in (("distributors.policy.", policy), (D + "policy.", own_policy))
        for row in (
            Row(path + "policy", "base_stock", "r_Q", make("base_stock"), BOUGHT, changes),
            Row(
                path + "review_days",
                1,
                14,
                make("base_stock"),
                lambda m: float(
                    (m.tables["distributor"].query("company == 'ours'").groupby("day")["ordered_units"].sum() > 0).sum()
                ),
                down,
            ),
            Row(path + "cover_days", 0.0, 40.0, make("base_stock"), HELD, up),
            Row(
                path + "cover_days",
                0.0,
                40.0,
                make("moving_average"),
                BOUGHT,
                lambda low, high: low == high,
                note="not of a moving average",
            ),
            Row(path + "safety_factor", -1.0, 5.0, make("exponential_smoothing"), HELD, up),
            Row(
                path + "memory_days",
                2,
                50,
                make("moving_average"),
                left(lambda w: np.abs(np.diff(w.distributor_forecast[0])).sum() + w.distributor_forecast[0].sum()),
                changes,
            ),
        )
    ],
    Row("distributors.policy.expected_lead_days", 0.0, 30.0, policy("exponential_smoothing"), HELD, up),
    # --- delivery ---
    Row("distributors.delivery.spare_capacity", 0.5, 5.0, TIGHT, built("drops_per_day"), up_by(5)),
    Row(
        "distributors.delivery.works_on",
        (0, 1, 2, 3, 4, 5),
        (1, 2),
        TIGHT,
        total("delivery", "drops", day=lambda d: d % 7 == 0),
        stops,
    ),
    Row("distributors.delivery.promised_days", 1, 30, TIGHT, total("delivery", "late_drops"), stops),
    Row(
        "distributors.delivery.cancel_days",
        2,
        60,
        merged(TIGHT, {"distributors": {"delivery": {"spare_capacity": 0.05}}}),
        total("distributor", "cancelled_units"),
        stops,
    ),
    Row(
        "distributors.delivery.cost_cents_per_drop",
        100,
        300,
        merged(CHAIN, {"distributors": {"delivery": {"cost_cents_per_km": 0}}}),
        money("logistics", "ours", "distributor"),
        times(3.0),
    ),
    Row(
        "distributors.delivery.cost_cents_per_km",
        1000,
        3000,
        merged(CHAIN, {"distributors": {"delivery": {"cost_cents_per_drop": 0}}}),
        money("logistics", "ours", "distributor"),
        times(3.0, 1e-3),
    ),
    Row("mechanisms.delivery_limits", False, True, TIGHT, total("delivery", "late_drops"), starts),
    Row("distributors.delivery.unskilled_capacity", 0.6, 1.6, crew(0.0), DROPS, equal(2, 6)),
    Row("distributors.delivery.capacity_gain", 0.1, 1.1, crew(1.0), DROPS, equal(3, 7)),
    Row("distributors.delivery.capacity_gain", 0.1, 1.1, crew(0.0), DROPS, equal(2, 2), note="nothing without skill"),
    Row("distributors.delivery.drops_per_truck", 1, 1000, TIGHT, total("delivery", "km"), down),
    # --- push ---
    Row(
        "distributors.push.period_days",
        14,
        21,
        PUSH,
        lambda m: float(m.tables["targets"].query("level == 'distributor'")["day"].nunique()),
        equal(3, 2),
    ),
    Row("distributors.push.target_growth", 1.0, 2.0, PUSH, built("period_target_units"), times(2.0, 0.01)),
    Row("distributors.push.history_weight", 0.0, 1.0, PUSH, moved("past_purchase_rate"), starts),
    Row("distributors.push.rebate_rate", 0.0, 0.5, PUSH, money("rebate_cost"), starts),
    Row("distributors.push.loading_window_days", 1, 14, PUSH, event("distributor_loading"), up),
    Row("distributors.push.loading_reach", 0.0, 2.0, PUSH, event("distributor_loading"), starts),
    Row(
        "distributors.push.holding_cost_per_year",
        0.0,
        2.0,
        merged(PUSH, {"distributors": {"push": {"rebate_rate": 0.002}}}),
        event("distributor_loading"),
        down,
    ),
    Row("distributors.push.overstock_days", 10.0, 700.0, FULL, event("markdown"), stops),
    Row(
        "distributors.push.markdown_rate",
        0.1,
        0.4,
        FULL,
        lambda m: float(m.tables["events"].query("kind == 'markdown'")["value"].max()),
        equal(0.1, 0.4),
    ),
    Row("distributors.push.markdown_order_lift", 0.0, 3.0, FULL, total("distributor", "ordered_by_outlets"), up),
    Row("mechanisms.push", False, True, FULL, event("markdown"), starts),
    # --- contracts ---
    Row("distributors.contracts.intercept", -20.0, 20.0, CANDIDATE, _signed, equal(1, 8)),
    Row(
        "distributors.contracts.fit",
        0.0,
        50.0,
        merged(CANDIDATE, {"distributors": {"contracts": {"intercept": -10.0, "offer": 0.0}}}),
        _signed,
        up_by(5),
    ),
    Row(
        "distributors.contracts.offer",
        0.0,
        50.0,
        merged(
            CANDIDATE,
            {"pulls": {"offer_cents": 10**7}, "distributors": {"contracts": {"intercept": -10.0, "fit": 0.0}}},
        ),
        _signed,
        up_by(5),
    ),
    Row("distributors.contracts.poach_probability", 0.0, 1.0, COURTED, event("distributor_poached"), starts),
    Row("distributors.contracts.tie_gain_per_month", 0.0, 1.0, LONG, state("distributor_relation", 0), up_by(0.1)),
    Row(
        "distributors.contracts.tie_half_cents",
        1000,
        10**9,
        merged(LONG, {"distributors": {"contracts": {"tie_gain_per_month": 0.5}}}),
        state("distributor_relation", 0),
        down,
    ),
    Row("distributors.contracts.tie_unserved", 0.0, 0.4, DRY_MONTHS, state("distributor_relation"), up),
    Row("distributors.contracts.tie_supply_gain", 0.0, 0.6, SERVED, state("distributor_relation", 0), up_by(0.05)),
    Row("distributors.contracts.tie_drift_per_month", 0.0, 0.5, SERVED, moved("distributor_relation"), starts),
    Row("distributors.services.coaching_gain_per_month", 0.0, 0.2, COACHED, moved("distributor_capability"), starts),
    Row("distributors.services.coaching_half_cents", 1, 10**9, COACHED, moved("distributor_capability"), down),
    Row(
        "distributors.services.information_system_cents_per_month",
        365_000,
        730_000,
        {"pulls": {"information_system": 1}},
        money("services_cost"),
        times(2.0),
    ),
    # --- firms for which companies compete ---
    Row("mechanisms.distributor_pool", False, True, {}, total("territory", "free_firms"), starts),
    Row("distributors.pool.free_per_territory", 1, 3, POOL, total("territory", "free_firms", day=0), times(3.0)),
    Row("distributors.pool.sought", 0, 2, SOUGHT, state("is_contracted"), starts),
    Row("rivals.list.0.offer_cents", 0, 100_000, SOUGHT, money("services_cost", "R1"), starts),
    # --- grey goods ---
    Row("diversion.buyers", 1, 40, merged(GREY, days(1)), _buyers_of_grey_goods, up_by(5)),
    Row("diversion.freight_cents_per_unit_km", 0.0, 100.0, GREY, FLOWED, stops),
    Row(
        "diversion.detection_base",
        0.0,
        1.0,
        merged(GREY, {"diversion": {"penalty_cents_per_unit": 1000.0}}),
        FLOWED,
        stops,
    ),
    Row(
        "diversion.detection_per_visit",
        0.0,
        1.0,
        merged(SEEN_OFTEN, {"diversion": {"penalty_cents_per_unit": 1e5}}),
        total("distributor", "diverted_units", company="ours", day=lambda d: d > 6),
        stops,
    ),
    Row(
        "diversion.detection_per_inspector",
        0.0,
        1.0,
        merged(GREY, {"pulls": {"inspectors": 1}, "diversion": {"penalty_cents_per_unit": 1e5}}),
        FLOWED,
        stops,
    ),
    Row(
        "diversion.inspector_cents_per_month",
        0,
        730_000,
        merged(GREY, {"pulls": {"inspectors": 2}}),
        money("overhead"),
        up,
    ),
    Row(
        "diversion.penalty_cents_per_unit",
        1.0,
        3.0,
        merged(CAUGHT, days(1)),
        ratio(money("penalty_income"), FLOWED),
        times(3.0, 0.05),
    ),
    Row("diversion.penalty_cents_per_unit", 1.0, 1e5, CAUGHT, FLOWED, stops, note="deters"),
    Row("diversion.rate", 0.1, 0.3, GREY, GREY_DAY, lambda low, high: 2.5 * low < high < 3.2 * low),
    Row(
        "diversion.undercut",
        0.0,
        1.0,
        GREY,
        ratio(total("money", "amount_cents", tier="distributor", party="ours", account="revenue"), FLOWED),
        changes,
    ),
    Row("diversion.disorder_gain", 0.0, 2.0, GREY, DISORDER, starts),
    Row("diversion.disorder_half_life_days", 2.0, 900.0, GREY, DISORDER, up),
    Row("diversion.disorder_price_effect", 0.0, 0.5, GREY, _street, down),
    Row("mechanisms.diversion", False, True, GREY, FLOWED, starts),
]


def _rating(market: Any) -> float:
    """How far the rated potential of our distributors lies from the true one."""
    context = market.session._context
    return float(np.abs(rated_potential(context) - market.world.distributor_potential).sum())
