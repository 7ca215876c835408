"""Consumers and products: what they choose, what they do before an empty shelf, what they remember."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.effects.market import Row, days, down, equal, on, starts, stops, times, up, up_by
from tests.effects.measures import (
    LOST,
    built,
    different,
    event,
    minus,
    money,
    moved,
    number,
    ratio,
    seen,
    size,
    state,
    total,
)
from tests.markets import merged

OURS = total("market", "shoppers_first_choice", company="ours")
THEIRS = total("market", "shoppers_first_choice", company="R1")
SEGMENT: dict[str, Any] = {
    "name": "all",
    "share": 0.5,
    "price_coefficient": 3.0,
    "quality_taste": 1.0,
    "habit_weight": 0.0,
}


def ours(**fields: Any) -> dict[str, Any]:
    """Our only product."""
    return {"products": {"list": [{"id": "ours-1", "brand": "ours", **fields}], "generate": {"per_brand": 1}}}


def two(**fields: Any) -> dict[str, Any]:
    """Two segments of half the shoppers each; the fields are the first one's."""
    return {"consumers": {"segments": [{**SEGMENT, **fields}, {**SEGMENT, "name": "others"}]}, **on("segments")}


DEAR = merged(two(), ours(retail_price_cents=600, usual_price_cents=300))
"""Ours costs twice what its appeal is meant at."""
GOOD = merged(two(), ours(appeal=2.0))
USED = merged(two(), on("habit"), {"consumers": {"habit_smoothing_per_week": 1.0}}, ours(appeal=2.0), days(28))
"""Our product is bought by most, and so becomes a habit."""
SHELF: dict[str, Any] = {
    **on("shelf"),
    "ours": {"relation": 1.0},
    "rivals": {"list": [{"id": "R1", "relation": 0.0}]},
    "retail": {"shelf": {"relation_weight": 9.0}},
}
"""We have ten times the facings of the rival."""
STAND: dict[str, Any] = {
    **on("promoters"),
    "ours": {"budget": {"promoters": 12}},
    "rivals": {"list": [{"id": "R1", "budget": {"promoters": 0}}]},
    "database": {"known_share": 1.0},
}
OFFER: dict[str, Any] = {
    **on("promotions"),
    "ours": {"promotion": {"every_days": 14, "length_days": 14, "price_cut": 0.0, "product_share": 1.0}},
    "rivals": {"list": [{"id": "R1", "promotion": {"every_days": 0}}]},
}

EMPTY: dict[str, Any] = {
    **on("stock_outs", "other_store", "season"),
    "outlets": {"generate": {"n": 30, "size_median_shoppers": 30}},
    "products": {"generate": {"per_brand": 2}},
    "distributors": {"opening_stock_days": 0.0},
    "ours": {"factory": {"capacity_factor": 0.0}},
    "rivals": {"list": [{"id": "R1"}]},
    "consumers": {
        "stock_out": {"other_store": 0.1, "other_brand": 0.1, "same_brand": 0.1, "later": 0.1, "nothing": 0.6}
    },
    "retail": {
        "ordering": {"over_share": 1.0, "over_factor": 3.0, "late_share": 0.0, "under_share": 0.0},
        "listing": {"initial_intercept": 0.5},
    },
    **days(21),
}
"""Shelves that run empty, of one product sooner than of the next."""
REACTIONS = "consumers.stock_out."

NEAR: dict[str, Any] = {
    "outlets": {
        "generate": None,
        "list": [
            {"outlet_id": "a", "x_km": 0.0, "y_km": 0.0, "size": 20.0, "territory": "T01"},
            {"outlet_id": "b", "x_km": 0.5, "y_km": 0.0, "size": 40.0, "territory": "T01"},
            {"outlet_id": "c", "x_km": 0.0, "y_km": 1.0, "size": 10.0, "territory": "T01"},
        ],
    }
}
"""From `a`, shop `b` is four times as large and half as far as `c`."""


def _drawn(power: float) -> Any:
    """How much more `b` attracts from `a` than `c` does, as a power of 4 or of 2."""
    return lambda w: np.log(w.near_weight[0, 0] / w.near_weight[0, 1]) / np.log(power)


MEDIA: dict[str, Any] = {
    **on("goodwill"),
    "ours": {"goodwill": 0.5, "budget": {"advertising_cents": 300_000}},
    "territories": {"generate": {"population_median": 300_000.0, "population_sigma": 0.0}},
    "rivals": {"list": [{"id": "R1", "budget": {"advertising_cents": 0}}]},
    "consumers": {
        "goodwill": {"word_of_mouth": 0.0, "decay_per_day": 0.0, "reference_spend": 0.25, "response_scale": 0.01}
    },
    **days(10),
}
"""Our pressure is 4, so that the square root is 2 and ten days bring 0.2; the rival's goodwill stays where it is."""
GAINED = minus(state("goodwill", 0, 0), built("goodwill", 0, 0))
LAW_ADBUDG = merged(
    MEDIA, {"consumers": {"goodwill": {"response": "adbudg", "adbudg_exponent": 2.0, "adbudg_half": 4.0}}}
)

LAUNCH: dict[str, Any] = merged(
    on("diffusion"),
    ours(launch_day=1),
    {
        "retail": {"listing": {"unprompted_per_month": 1.0, "pull": 0.0, "delist_units_per_week": 0.0}},
        "consumers": {"diffusion": {"innovation": 0.2, "imitation": 0.0, "period_days": 10.0}},
    },
    on("listing_changes"),
    days(28),
)
PANEL: dict[str, Any] = {
    "consumers": {"panel": {"households": 40}},
    **on("segments"),
    "outlets": {"generate": {"size_median_shoppers": 60}},
}


def _loyal(market: Any) -> float:
    """Share of households' purchases at the shop where each buys most."""
    table = market.tables["households"]
    return float(table.groupby("household")["outlet"].agg(lambda x: x.value_counts().iloc[0]).sum() / len(table))


def _uneven(market: Any) -> float:
    """Variance of households' purchases over their mean, households without any included."""
    table = market.tables["households"]
    bought = np.zeros(market.scenario.consumers.panel.households)
    np.add.at(bought, table["household"].to_numpy(), 1)
    return float(bought.var() / bought.mean())


def _stores(market: Any) -> float:
    """Mean number of shops where a household buys."""
    return float(market.tables["households"].groupby("household")["outlet"].nunique().mean())


ROWS = [
    # --- choice ---
    Row("consumers.mix_concentration", 2.0, 50.0, {**two(), **days(1)}, seen(lambda w: w.outlet_mix.std()), down),
    Row("consumers.no_purchase_utility", -2.0, 2.0, {}, total("territory", "no_purchase"), up),
    Row("consumers.shelf_coefficient", 0.0, 1.0, SHELF, minus(OURS, THEIRS), up_by(100)),
    Row(
        "consumers.promoter_utility",
        0.0,
        2.0,
        STAND,
        total("market", "shoppers_first_choice", company="ours", day=lambda d: d % 7 > 3),
        up_by(50),
    ),
    Row(
        "consumers.promoter_utility",
        0.0,
        2.0,
        STAND,
        total("market", "shoppers_first_choice", company="ours", day=lambda d: d % 7 < 4),
        lambda low, high: low == high,
        note="not from Monday to Thursday",
    ),
    Row("consumers.promotion_utility", 0.0, 2.0, OFFER, OURS, up_by(100)),
    Row(
        "consumers.segments.0.share",
        0.5,
        0.9,
        {**two(), **days(1)},
        seen(lambda w: w.outlet_mix[:, 0].mean()),
        up_by(0.3),
        balance="consumers.segments.1.share",
    ),
    Row("consumers.segments.0.price_coefficient", 0.0, 9.0, DEAR, OURS, down),
    Row("consumers.segments.0.quality_taste", 0.0, 4.0, GOOD, OURS, up_by(100)),
    Row(
        "consumers.segments.0.quality_taste", 0.0, 4.0, DEAR, OURS, lambda low, high: low == high, note="without appeal"
    ),
    Row("consumers.segments.0.habit_weight", 0.0, 5.0, USED, OURS, up_by(100)),
    Row("consumers.habit_smoothing_per_week", 0.0, 0.5, merged(GOOD, on("habit")), moved("habit"), starts),
    Row("mechanisms.segments", False, True, {}, size("segment"), equal(1, 3)),
    Row("mechanisms.habit", False, True, {}, moved("habit"), starts),
    # --- empty shelves ---
    Row(REACTIONS + "other_store", 0.0, 0.5, EMPTY, total("market", "moved_store"), starts, REACTIONS + "nothing"),
    Row(
        REACTIONS + "other_brand", 0.0, 0.5, EMPTY, total("market", "substituted_brand"), starts, REACTIONS + "nothing"
    ),
    Row(
        REACTIONS + "same_brand", 0.0, 0.5, EMPTY, total("market", "substituted_product"), starts, REACTIONS + "nothing"
    ),
    Row(REACTIONS + "later", 0.0, 0.5, EMPTY, total("market", "deferred"), starts, REACTIONS + "nothing"),
    Row(REACTIONS + "nothing", 0.1, 0.6, EMPTY, total("market", *LOST), up, REACTIONS + "later"),
    Row(
        "consumers.stock_out_rule",
        "reactions",
        "choose_again",
        EMPTY,
        total("market", "moved_store", "deferred"),
        stops,
    ),
    Row("mechanisms.stock_outs", False, True, EMPTY, total("market", *LOST), starts),
    Row("mechanisms.other_store", False, True, EMPTY, total("market", "moved_store"), starts),
    Row(
        "consumers.huff.size_exponent",
        0.5,
        1.5,
        merged(NEAR, {"consumers": {"huff": {"distance_exponent": 0.0}}}),
        seen(_drawn(4)),
        equal(0.5, 1.5),
    ),
    Row(
        "consumers.huff.distance_exponent",
        0.5,
        1.5,
        merged(NEAR, {"consumers": {"huff": {"size_exponent": 0.0}}}),
        seen(_drawn(2)),
        equal(0.5, 1.5),
    ),
    Row(
        "consumers.huff.decay",
        "power",
        "exponential",
        merged(NEAR, {"consumers": {"huff": {"size_exponent": 0.0, "distance_exponent": 1.0}}}),
        seen(lambda w: w.near_weight[0, 0] / w.near_weight[0, 1]),
        equal(2.0, float(np.exp(0.5))),
    ),
    Row("consumers.huff.neighbours", 2, 5, {}, size("neighbour"), equal(2, 5)),
    Row("consumers.huff.radius_km", 0.7, 1.05, NEAR, seen(lambda w: (w.neighbour_outlet[0] >= 0).sum()), equal(1, 2)),
    Row(
        "consumers.huff.minimum_distance_km",
        0.05,
        2.0,
        merged(NEAR, {"consumers": {"huff": {"size_exponent": 0.0}}}),
        seen(_drawn(2)),
        equal(1.3, 0.0),
    ),
    # --- goodwill ---
    Row(
        "consumers.goodwill.law",
        "nerlove_arrow",
        "lanchester",
        MEDIA,
        state("goodwill", 0, 1),
        down,
        note="only Lanchester takes from others",
    ),
    Row(
        "consumers.goodwill.decay_per_day",
        0.0,
        0.1,
        MEDIA,
        ratio(state("goodwill", 0, 1), built("goodwill", 0, 1)),
        equal(1.0, float(np.exp(-1.0))),
    ),
    Row("consumers.goodwill.response_scale", 0.01, 0.02, MEDIA, GAINED, equal(0.2, 0.4)),
    Row("consumers.goodwill.reference_spend", 0.25, 1.0, MEDIA, GAINED, equal(0.2, 0.1)),
    Row(
        "consumers.goodwill.response",
        "square_root",
        "adbudg",
        merged(LAW_ADBUDG, {"consumers": {"goodwill": {"response": "square_root"}}}),
        GAINED,
        equal(0.2, 10 * 0.01 * 16 / (4 + 16)),
    ),
    Row("consumers.goodwill.adbudg_exponent", 2.0, 3.0, LAW_ADBUDG, GAINED, equal(0.1 * 16 / 20, 0.1 * 64 / 68)),
    Row("consumers.goodwill.adbudg_half", 4.0, 16.0, LAW_ADBUDG, GAINED, equal(0.1 * 16 / 20, 0.1 * 16 / 32)),
    Row(
        "consumers.goodwill.word_of_mouth",
        0.0,
        0.01,
        merged(MEDIA, {"rivals": {"list": [{"id": "R1"}]}, "ours": {"budget": {"advertising_cents": 0}}}),
        GAINED,
        starts,
    ),
    Row(
        "consumers.goodwill.saturation",
        1.0,
        2.5,
        merged(MEDIA, {"consumers": {"goodwill": {"law": "vidale_wolfe"}}}),
        GAINED,
        up,
    ),
    Row("mechanisms.goodwill", False, True, MEDIA, moved("goodwill"), starts),
    # --- trial ---
    Row("consumers.diffusion.innovation", 0.0, 0.2, LAUNCH, state("trial", 0, 0), starts),
    Row("consumers.diffusion.imitation", 0.0, 2.0, LAUNCH, state("trial", 0, 0), up),
    Row("consumers.diffusion.period_days", 5.0, 20.0, LAUNCH, state("trial", 0, 0), down),
    Row(
        "mechanisms.diffusion",
        False,
        True,
        LAUNCH,
        state("trial", 0, 0),
        lambda low, high: low == 1.0 and 0.0 < high < 1.0,
    ),
    # --- the panel ---
    Row("consumers.panel.households", 10, 40, PANEL, different("households", "household"), up),
    Row("consumers.panel.rate_shape", 0.3, 20.0, PANEL, _uneven, down),
    Row("consumers.panel.trips_per_week", 1.0, 6.0, PANEL, number("households"), up),
    Row("consumers.panel.main_store_share", 0.3, 1.0, PANEL, _loyal, up),
    Row("consumers.panel.other_stores", 1, 5, PANEL, _stores, up),
    # --- products ---
    Row("products.generate.per_brand", 1, 3, {}, size("product"), equal(2, 6)),
    Row(
        "products.generate.price_step",
        0.0,
        0.5,
        {"products": {"generate": {"per_brand": 2}}},
        seen(lambda w: w.retail_price_cents[1] / w.retail_price_cents[0]),
        equal(1.0, 1.5),
    ),
    Row(
        "products.generate.size_appeal_step",
        -0.35,
        0.5,
        {"products": {"generate": {"per_brand": 2}}},
        seen(lambda w: w.product_appeal[1] - w.product_appeal[0]),
        equal(-0.35, 0.5),
    ),
    Row("products.list.0.appeal", -1.0, 1.0, ours(), OURS, up_by(100)),
    Row(
        "products.list.0.factory_cost_cents",
        100,
        150,
        ours(),
        ratio(money("cogs"), total("market", "sell_in_units", company="ours")),
        times(1.5),
    ),
    Row("products.list.0.list_price_cents", 150, 210, ours(), ratio(money("revenue"), money("cogs")), times(1.4)),
    Row(
        "products.list.0.trade_price_cents",
        200,
        300,
        ours(),
        ratio(total("market", "sell_in_cents", company="ours"), total("market", "sell_in_units", company="ours")),
        equal(200, 300),
    ),
    Row(
        "products.list.0.retail_price_cents",
        300,
        900,
        ours(usual_price_cents=300),
        ratio(total("market", "sell_out_cents", company="ours"), total("market", "sell_out_units", company="ours")),
        times(3.0, 0.02),
    ),
    Row("products.list.0.usual_price_cents", 300, 900, ours(), OURS, up_by(100)),
    Row(
        "products.list.0.case_units",
        6,
        24,
        {**ours(), **on("stock_outs"), **days(21)},
        ratio(total("market", "sell_in_units", company="ours"), total("delivery", "orders_completed", company="ours")),
        up,
    ),
    Row("products.list.0.launch_day", 2, 5, ours(), event("product_launched", day=5), equal(0, 1)),
]
