"""Distributors as companies: return on capital, other business, salesmen, lists, and what a tie costs."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.effects.market import Market, Row, days, down, equal, on, starts, stops, times, up
from tests.effects.measures import built, event, money, moved, seen, state, total
from tests.effects.retail import ORDERING
from tests.markets import merged

P = "distributors.partners."
MONTH: dict[str, Any] = {**on("distributor_companies"), **days(31)}
"""One month's books are closed, and the ties have moved after it."""


def partners(*other: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """The month with other numbers of distributors as companies."""
    return merged(MONTH, {"distributors": {"partners": sections}}, *other)


POOR = partners(
    days(91),
    {"distributors": {"generate": {"per_territory": 9}}},
    returns={"outside_per_year": 10.0, "leaving_per_month": 1.0, "patience_months": 1, "successor_per_month": 0.0},
)
"""Eighteen distributors who could earn much more elsewhere."""
CALLING = partners(principals={"volume": 0.0}, salesmen={"outlets_per_person": 6.0})
"""All of two salesmen's time is ours in each of two houses."""
TIED = on("relations")
HELPED: dict[str, Any] = {"pulls": {"network_cents": 100_000}}


def _size_on_list(market: Market) -> float:
    """Mean size of the outlets on our lists against the mean of all."""
    world = market.opening
    return float(world.outlet_size[world.outlet_distributor[:, 0] >= 0].mean() / world.outlet_size.mean())


def _of_large(market: Market) -> float:
    """Our relation with the larger half of the shops less that with the smaller half, since the beginning."""
    gained = market.world.relation[:, 0] - market.opening.relation[:, 0]
    large = market.world.outlet_size > np.median(market.world.outlet_size)
    return float(gained[large].mean() - gained[~large].mean())


MANY: dict[str, Any] = {"outlets": {"generate": {"n": 60}}}
SERVED = seen(lambda w: (w.outlet_distributor[:, 0] >= 0).mean())

ROWS = [
    Row("mechanisms.distributor_companies", False, True, days(14), money("upkeep"), starts),
    Row(P + "upkeep_cents", 36_500, 73_000, MONTH, money("upkeep"), times(2.0)),
    Row(
        P + "missed_review",
        0.0,
        1.0,
        partners(
            on("stock_outs"),
            {"distributors": {"opening_stock_days": 5.0, "generate": {"capability_mean": 0.0, "capability_sd": 0.0}}},
            returns={"capability_per_month": 0.0},
        ),
        total("distributor", "ordered_units"),
        stops,
    ),
    # --- return on capital ---
    Row(P + "returns.interest_per_year", 0.0, 0.5, MONTH, total("partner", "profit_cents", company="ours"), down),
    Row(P + "returns.fixed_days", 30.0, 60.0, MONTH, built("distributor_fixed_cents", 0), times(2.0, 1e-4)),
    Row(P + "returns.house_share", 0.1, 0.2, MONTH, money("overhead", "ours", "distributor"), times(2.0, 0.01)),
    Row(P + "returns.outside_per_year", -1.0, 10.0, MONTH, state("months_below", 0), equal(0, 1)),
    Row(
        P + "returns.scale_per_year",
        0.1,
        10.0,
        partners(returns={"outside_per_year": 1.0}),
        moved("distributor_capability"),
        down,
    ),
    Row(P + "returns.memory", 0.1, 1.0, MONTH, moved("distributor_return"), up),
    Row(
        P + "returns.relation_gain",
        0.0,
        0.4,
        partners(TIED, returns={"outside_per_year": -1.0}),
        state("distributor_relation", 0),
        up,
    ),
    Row(P + "returns.capability_per_month", 0.0, 0.5, MONTH, moved("distributor_capability"), starts),
    Row(P + "returns.patience_months", 1, 12, POOR, event("distributor_left"), stops),
    Row(P + "returns.leaving_per_month", 0.0, 1.0, POOR, event("distributor_left"), starts),
    Row(P + "returns.successor_per_month", 0.0, 1.0, POOR, event("distributor_succeeded"), starts),
    # --- other business ---
    Row(
        P + "principals.number",
        1,
        2,
        partners(principals={"volume": 1.0, "exponent": 2.0}),
        built("usual_attention", 0),
        equal(1 / 2, 2 / 3),
    ),
    Row(
        P + "principals.volume",
        0.0,
        3.0,
        partners(principals={"number": 1, "exponent": 1.0}),
        built("usual_attention", 0),
        equal(1, 1 / 4),
    ),
    Row(
        P + "principals.margin",
        0.0,
        1.0,
        partners(principals={"number": 1, "exponent": 1.0}),
        built("usual_attention", 0),
        equal(1, 1 / 4),
    ),
    Row(
        P + "principals.exponent",
        1.0,
        2.0,
        partners(principals={"number": 1, "volume": 3.0}),
        built("usual_attention", 0),
        equal(1 / 4, 1 / 10),
    ),
    Row(
        P + "principals.drops",
        0.0,
        1.0,
        merged(partners(days(61), MANY, returns={"memory": 1.0}), {"pulls": {"discount": 0.5}}),
        total("delivery", "capacity_drops", company="ours", day=60),
        up,
    ),
    Row(P + "principals.relation_gain", 0.0, 0.4, partners(TIED), state("distributor_relation", 0), up),
    # --- salesmen ---
    Row(P + "salesmen.outlets_per_person", 6.0, 1000.0, CALLING, total("partner", "calls", company="ours"), down),
    Row(P + "salesmen.calls_per_day", 0.0, 20.0, CALLING, total("partner", "calls", company="ours"), starts),
    Row(P + "salesmen.orientation", 0.0, 1.0, merged(CALLING, TIED), state("relation", slice(None), 0), up),
    Row(
        P + "salesmen.focus",
        0.0,
        2.0,
        merged(CALLING, TIED, MANY, {"distributors": {"partners": {"salesmen": {"outlets_per_person": 200.0}}}}),
        _of_large,
        up,
    ),
    Row(
        P + "salesmen.cover_days",
        1.0,
        40.0,
        merged(ORDERING, CALLING),
        total("distributor", "ordered_by_outlets", company="ours"),
        up,
    ),
    # --- lists ---
    Row(P + "reach.start", 0.2, 1.0, partners(MANY), SERVED, lambda low, high: 0.0 < low < 0.5 and high == 1.0),
    Row(P + "reach.size_effect", 0.0, 4.0, partners(MANY), _size_on_list, up),
    Row(P + "reach.gain_per_month", 0.0, 1.0, MONTH, moved("distributor_reach"), starts),
    Row(
        P + "reach.help_per_month",
        0.0,
        1.0,
        merged(partners(reach={"gain_per_month": 0.0}), HELPED),
        moved("distributor_reach"),
        starts,
    ),
    Row(P + "reach.help_half_cents", 1_000, 1_000_000, merged(MONTH, HELPED), moved("distributor_reach"), down),
]
