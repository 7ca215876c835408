"""A shop looks at its shelf and writes an order."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import clip_cases, order_units, reorder_levels, smooth, whole_cases
from sim.streams import uniform

Array = NDArray[Any]

BY_RULE, LATE, OVER, UNDER = range(4)
DAYS_OF_A_YEAR: Final = 365.0


class Shelves(NamedTuple):
    """The world's columns of the outlets' stock and orders, and the day's scratch.

    Attributes
    ----------
    listing_fee_most_cents : shape (n_companies,). Highest fee that each company pays for a place on a full shelf.
    purse_cents : shape (n_outlets,). What the shop can still spend or owe.
    ordered_units : shape (n_outlets, n_products). Added to: what is ordered today.
    won : shape (n_outlets, n_products). Set where a product gets on the list.
    """

    outlet_slot: Array
    is_open: Array
    is_listed: Array
    launched: Array
    outlet_stock_units: Array
    outlet_inbound_units: Array
    open_order_units: Array
    order_day: Array
    outlet_distributor: Array
    outlet_storage_units: Array
    outlet_review_days: Array
    ordering_habit: Array
    sales_rate: Array
    review_sold_units: Array
    last_review_day: Array
    distributor_markdown: Array
    taught: Array
    visit_count: Array
    outlet_territory: Array
    trade_price_cents: Array
    case_units: Array
    product_company: Array
    promotion_utility: Array
    trade_discount: Array
    listing_fee_cents: Array
    fee_due_cents: Array
    listing_fee_most_cents: Array
    purse_cents: Array
    ordered_units: Array
    won: Array


class ReorderRule(NamedTuple):
    """How shops order by themselves: `retail.ordering` of the scenario, and for our products the levers.

    The levers are what our advisors agree with the shops that they call on, by territory.

    Attributes
    ----------
    rule : 0 order-up-to, 1 (s,S), 2 (r,Q).
    cover_days : as in `reorder_levels`. [days]
    """

    rule: int
    cover_days: float
    safety_factor: float
    expected_lead_days: float
    smoothing: float
    dispersion_index: float
    late_probability: float
    teaching_effect: float
    over_factor: float
    under_factor: float
    minimum_cases: int
    promotion_lift: float
    markdown_order_lift: float
    trade_promotions: bool
    stock_cost_per_year: float
    lever_shop_policy: Array
    lever_shop_safety_factor: Array
    lever_shop_cover_days: Array


@kernel(inline=True)
def demand_sd(rate: float, dispersion_index: float) -> float:
    """Standard deviation of daily demand from its mean and variance-to-mean ratio [units/day]."""
    return math.sqrt(max(rate, 0.0) * dispersion_index)


@kernel(inline=True)
def room_for(shelves: Shelves, i: int) -> int:
    """Free storage of an outlet: room less stock, goods on the truck and open orders [units]."""
    used = 0
    for p in range(shelves.outlet_stock_units.shape[1]):
        used += shelves.outlet_stock_units[i, p] + shelves.outlet_inbound_units[i, p] + shelves.open_order_units[i, p]
    return int(shelves.outlet_storage_units[i]) - used


@kernel(inline=True)
def place(shelves: Shelves, i: int, p: int, wanted: float, minimum_cases: int, day: int) -> int:
    """Write an order line, packed in cases and cut to room and purse; return its units."""
    c = shelves.product_company[p]
    case = shelves.case_units[p]
    units = whole_cases(wanted, case, minimum_cases)
    if units <= 0 or shelves.outlet_distributor[i, c] < 0:
        return 0
    price = shelves.trade_price_cents[p]
    affordable = shelves.purse_cents[i] // price if price > 0 else units
    position = shelves.outlet_stock_units[i, p] + shelves.outlet_inbound_units[i, p] + shelves.open_order_units[i, p]
    room = room_for(shelves, i)
    if position == 0 and room < case:
        room = case
    units = clip_cases(units, case, room, affordable)
    if units <= 0:
        return 0
    shelves.open_order_units[i, p] += units
    shelves.purse_cents[i] -= units * price
    if shelves.order_day[i, c] < 0:
        shelves.order_day[i, c] = day
    shelves.ordered_units[i, p] += units
    return int(units)


@kernel(inline=True)
def learn_rates(shelves: Shelves, i: int, day: int, smoothing: float) -> None:
    """Fold the sales since the last review into the shop's estimates."""
    days = day - shelves.last_review_day[i]
    if days <= 0:
        return
    weight = 1.0 - (1.0 - smoothing) ** days
    for p in range(shelves.outlet_stock_units.shape[1]):
        if shelves.is_listed[i, p]:
            shelves.sales_rate[i, p] = smooth(shelves.sales_rate[i, p], shelves.review_sold_units[i, p] / days, weight)
        shelves.review_sold_units[i, p] = 0
    shelves.last_review_day[i] = day


@kernel(inline=True)
def own_order(shelves: Shelves, rule: ReorderRule, i: int, p: int, day: int) -> None:
    """The shop's own order of one product by its rule and habit."""
    c = shelves.product_company[p]
    k = shelves.outlet_distributor[i, c]
    if k < 0:
        return
    t = shelves.outlet_territory[i]
    kind, factor, cover = rule.rule, rule.safety_factor, rule.cover_days
    if c == 0 and shelves.visit_count[i] > 0:
        kind = int(rule.lever_shop_policy[t])
        factor, cover = rule.lever_shop_safety_factor[t], rule.lever_shop_cover_days[t]
    rate = shelves.sales_rate[i, p]
    if shelves.promotion_utility[t, p] > 0.0:
        rate *= 1.0 + rule.promotion_lift
    risk = shelves.outlet_review_days[i] + rule.expected_lead_days
    levels = reorder_levels(kind, rate, demand_sd(rate, rule.dispersion_index), risk, cover, factor)
    case = shelves.case_units[p]
    reorder = levels[0]
    target = max(levels[1], 1.0)
    position = float(
        shelves.outlet_stock_units[i, p] + shelves.outlet_inbound_units[i, p] + shelves.open_order_units[i, p]
    )
    wanted = order_units(kind, position, reorder, target, max(levels[2], float(case)), False)
    if shelves.ordering_habit[i] == OVER:
        wanted *= rule.over_factor
    elif shelves.ordering_habit[i] == UNDER:
        wanted *= rule.under_factor
    markdown = shelves.distributor_markdown[k, p]
    if rule.trade_promotions:
        ahead = rate * (markdown + shelves.trade_discount[t, c]) / rule.stock_cost_per_year * DAYS_OF_A_YEAR
        if ahead > 0.0:
            wanted = max(wanted, target + ahead - position)
    elif markdown > 0.0:
        wanted = max(wanted, 0.0) + rule.markdown_order_lift * rate * shelves.outlet_review_days[i]
    if position <= 0.0:
        wanted = max(wanted, float(case))
    place(shelves, i, p, wanted, rule.minimum_cases, day)


@kernel()
def review_shops(shelves: Shelves, rule: ReorderRule, key_skip: np.uint64, day: int) -> None:
    """Shops whose review is due look at their shelf and order."""
    for i in range(shelves.outlet_stock_units.shape[0]):
        if not shelves.is_open[i] or (day + int(shelves.outlet_slot[i] & 0xFFFF)) % shelves.outlet_review_days[i] != 0:
            continue
        forgets = rule.late_probability * (1.0 - rule.teaching_effect * shelves.taught[i])
        if shelves.ordering_habit[i] == LATE and uniform(key_skip, shelves.outlet_slot[i], 0) < forgets:
            continue
        learn_rates(shelves, i, day, rule.smoothing)
        for p in range(shelves.outlet_stock_units.shape[1]):
            if shelves.is_listed[i, p] and shelves.launched[p]:
                own_order(shelves, rule, i, p, day)
