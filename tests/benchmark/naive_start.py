"""The market of a scenario as the naive program sees it on the first morning: plain objects from the built world."""

from __future__ import annotations

import math
from datetime import timedelta
from itertools import accumulate

from sim.scenario.schema import Scenario
from sim.world.setup import build_world
from sim.world.world import World
from tests.benchmark.naive import NaiveMarket, Outlet, Rules, Territory

OPENING_COVER = 1.2
"""Stock of the first morning, against expected sales until the first order arrives."""


def naive_market(scenario: Scenario, seed: int, replication: int = 0) -> NaiveMarket:
    """Return the naive program of a scenario's market; shops that open later stay closed."""
    world, _ = build_world(scenario, replication)
    outlets = [_outlet(world, i) for i in range(world.n_outlets)]
    for i, outlet in enumerate(outlets):
        near = [k for k, j in enumerate(world.neighbour_outlet[i]) if j >= 0]
        outlet.neighbours = [outlets[world.neighbour_outlet[i, k]] for k in near]
        outlet.nearness = world.neighbour_cumulative[i, near].tolist()
    seasons, weekdays = world.territory_season.tolist(), world.territory_weekday.tolist()
    territories = [Territory(*when) for when in zip(seasons, weekdays, world.territory_growth.tolist(), strict=True)]
    return NaiveMarket(outlets, territories, _rules(world), seed)


def _outlet(world: World, i: int) -> Outlet:
    slot, review_days = int(world.outlet_slot[i]), int(world.outlet_review_days[i])
    products = range(world.sizes["product"])
    listed = [p for p in products if world.is_listed[i, p]]
    return Outlet(
        territory=int(world.outlet_territory[i]),
        is_open=bool(world.is_open[i]),
        size=float(world.outlet_size[i]),
        week_day=(slot + 1) % 7,
        review_day=-(slot & 0xFFFF) % review_days,
        review_days=review_days,
        ordering=int(world.ordering_habit[i]),
        room=int(world.outlet_storage_units[i]),
        listed=listed,
        wishes=[*listed * world.sizes["segment"], None],
        mix=world.outlet_mix[i].tolist(),
        appeal=_appeal(world, i, listed),
        habit=world.habit[i].tolist(),
        rate=world.sales_rate[i].tolist(),
        stock=_opening_stock(world, i, listed),
    )


def _appeal(world: World, i: int, listed: list[int]) -> list[list[float]]:
    """Terms of utility that do not move, as weights by segment and product; facings are shared evenly."""
    consumers = world.scenario.consumers
    facings = consumers.shelf_coefficient * math.log(1.0 / max(len(listed), 1))
    goodwill = world.goodwill[world.outlet_territory[i], world.product_brand]
    weights = []
    for segment in consumers.segments:
        row = [0.0] * world.sizes["product"]
        for p in listed:
            price = math.log(world.shelf_price_cents[i, p] / world.usual_price_cents[p])
            utility = segment.quality_taste * world.product_appeal[p] - segment.price_coefficient * price
            row[p] = math.exp(utility + goodwill[p] + facings)
        weights.append(row)
    return weights


def _opening_stock(world: World, i: int, listed: list[int]) -> list[int]:
    days = OPENING_COVER * (world.outlet_review_days[i] + world.scenario.retail.ordering.expected_lead_days)
    stock = [0] * world.sizes["product"]
    for p in listed if world.is_open[i] else ():
        case = int(world.case_units[p])
        stock[p] = math.ceil(world.sales_rate[i, p] * days / case) * case
    return stock


def _rules(world: World) -> Rules:
    scenario = world.scenario
    consumers, ordering, calendar = scenario.consumers, scenario.retail.ordering, scenario.calendar
    gruen = consumers.stock_out
    reactions = (gruen.other_store, gruen.other_brand, gruen.same_brand, gruen.later, gruen.nothing)
    return Rules(
        first_date=calendar.start_date - timedelta(days=calendar.burn_in_days),
        start_date=calendar.start_date,
        holidays=[(h.first_date, h.duration_days, h.demand_multiplier) for h in calendar.holidays],
        truck_weekdays=scenario.distributors.delivery.works_on,
        dispersion=scenario.category.dispersion,
        brand=world.product_brand.tolist(),
        case=world.case_units.tolist(),
        habit_taste=[segment.habit_weight for segment in consumers.segments],
        no_purchase=math.exp(consumers.no_purchase_utility),
        habit_smoothing=consumers.habit_smoothing_per_week,
        reactions=list(accumulate(reactions)),
        lead_days=ordering.expected_lead_days,
        safety_factor=ordering.safety_factor,
        dispersion_index=ordering.dispersion_index,
        sales_smoothing=ordering.smoothing,
        late_probability=ordering.late_probability,
        over_factor=ordering.over_factor,
        under_factor=ordering.under_factor,
        minimum_cases=ordering.minimum_cases,
    )
