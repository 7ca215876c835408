"""A shop looks at its shelf and writes an order; the same arithmetic serves an advisor's suggested order."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import clip_cases, order_units, reorder_levels, smooth, whole_cases
from sim.sampling import normal_quantile
from sim.streams import uniform

Array = NDArray[Any]

BY_RULE, LATE, OVER, UNDER = range(4)


class Shelves(NamedTuple):
    """Stock and orders of the outlets; shape (n_outlets, n_products) unless said.

    Attributes
    ----------
    order_day : shape (n_outlets, n_companies). Day of the oldest open order, −1 none.
    distributor : shape (n_outlets, n_companies). Who delivers, −1 nobody.
    storage : shape (n_outlets,). [units]
    review_days, habit : shape (n_outlets,).
    purse_cents : shape (n_outlets,). What the shop can still spend or owe.
    markdown : shape (n_distributors, n_products). Discount now offered.
    taught : shape (n_outlets,). How far advisors have taught the shop to watch its stock.
    visits : shape (n_outlets,). Calls by our advisors so far.
    territory : shape (n_outlets,).
    promoted : shape (n_territories, n_products). Whether a promotion runs.
    trade_price_cents, case_units, company : shape (n_products,).
    """

    slot: Array
    is_open: Array
    is_listed: Array
    launched: Array
    stock: Array
    inbound: Array
    open_order: Array
    order_day: Array
    distributor: Array
    storage: Array
    review_days: Array
    habit: Array
    sales_rate: Array
    review_sold: Array
    last_review_day: Array
    purse_cents: Array
    markdown: Array
    taught: Array
    visits: Array
    territory: Array
    promoted: Array
    trade_price_cents: Array
    case_units: Array
    company: Array


class ReorderRule(NamedTuple):
    """A shop's own rule, from the scenario."""

    rule: int
    safety_factor: float
    lead_days: float
    cover_days: float
    smoothing: float
    dispersion_index: float
    late_probability: float
    teaching_effect: float
    over_factor: float
    under_factor: float
    minimum_cases: int
    markdown_lift: float
    promotion_lift: float
    learns: bool


class AgreedRule(NamedTuple):
    """The rule for our products that our advisors agree with the shops they call on; shape (n_territories,).

    Attributes
    ----------
    rule : 0 order-up-to, 1 (s,S), 2 (r,Q).
    safety_factor, cover_days : as in `reorder_levels`.
    """

    rule: Array
    safety_factor: Array
    cover_days: Array


@kernel(inline=True)
def demand_sd(rate: float, dispersion_index: float) -> float:
    """Standard deviation of daily demand from its mean and variance-to-mean ratio [units/day]."""
    return math.sqrt(max(rate, 0.0) * dispersion_index)


@kernel(inline=True)
def room_for(shelves: Shelves, i: int) -> int:
    """Free storage of an outlet: room less stock, goods on the truck and open orders [units]."""
    used = 0
    for p in range(shelves.stock.shape[1]):
        used += shelves.stock[i, p] + shelves.inbound[i, p] + shelves.open_order[i, p]
    return int(shelves.storage[i]) - used


@kernel(inline=True)
def place(shelves: Shelves, i: int, p: int, wanted: float, minimum_cases: int, day: int, ordered: Array) -> int:
    """Write an order line, packed in cases and cut to room and purse; return its units."""
    c = shelves.company[p]
    case = shelves.case_units[p]
    units = whole_cases(wanted, case, minimum_cases)
    if units <= 0 or shelves.distributor[i, c] < 0:
        return 0
    price = shelves.trade_price_cents[p]
    affordable = shelves.purse_cents[i] // price if price > 0 else units
    empty = shelves.stock[i, p] + shelves.inbound[i, p] + shelves.open_order[i, p] == 0
    room = room_for(shelves, i)
    if empty and room < case:
        room = case
    units = clip_cases(units, case, room, affordable)
    if units <= 0:
        return 0
    shelves.open_order[i, p] += units
    shelves.purse_cents[i] -= units * price
    if shelves.order_day[i, c] < 0:
        shelves.order_day[i, c] = day
    ordered[i, p] += units
    return int(units)


@kernel(inline=True)
def learn_rates(shelves: Shelves, i: int, day: int, smoothing: float, learns: bool) -> None:
    """Fold the sales since the last review into the shop's estimates."""
    days = day - shelves.last_review_day[i]
    if days <= 0:
        return
    weight = 1.0 - (1.0 - smoothing) ** days
    for p in range(shelves.stock.shape[1]):
        if learns and shelves.is_listed[i, p]:
            shelves.sales_rate[i, p] = smooth(shelves.sales_rate[i, p], shelves.review_sold[i, p] / days, weight)
        shelves.review_sold[i, p] = 0
    shelves.last_review_day[i] = day


@kernel(inline=True)
def own_order(
    shelves: Shelves, rule: ReorderRule, agreed: AgreedRule, i: int, p: int, day: int, ordered: Array
) -> None:
    """The shop's own order of one product by its rule and habit."""
    c = shelves.company[p]
    k = shelves.distributor[i, c]
    if k < 0:
        return
    t = shelves.territory[i]
    kind, factor, cover = rule.rule, rule.safety_factor, rule.cover_days
    if c == 0 and shelves.visits[i] > 0:
        kind, factor, cover = int(agreed.rule[t]), agreed.safety_factor[t], agreed.cover_days[t]
    rate = shelves.sales_rate[i, p]
    if shelves.promoted[t, p]:
        rate *= 1.0 + rule.promotion_lift
    risk = shelves.review_days[i] + rule.lead_days
    levels = reorder_levels(kind, rate, demand_sd(rate, rule.dispersion_index), risk, cover, factor)
    case = shelves.case_units[p]
    reorder = levels[0]
    target = max(levels[1], 1.0)
    position = float(shelves.stock[i, p] + shelves.inbound[i, p] + shelves.open_order[i, p])
    wanted = order_units(kind, position, reorder, target, max(levels[2], float(case)), False)
    if shelves.habit[i] == OVER:
        wanted *= rule.over_factor
    elif shelves.habit[i] == UNDER:
        wanted *= rule.under_factor
    if shelves.markdown[k, p] > 0.0:
        wanted = max(wanted, 0.0) + rule.markdown_lift * rate * shelves.review_days[i]
    if position <= 0.0:
        wanted = max(wanted, float(case))
    place(shelves, i, p, wanted, rule.minimum_cases, day, ordered)


@kernel()
def review_shops(
    shelves: Shelves,
    rule: ReorderRule,
    agreed: AgreedRule,
    key_skip: np.uint64,
    day: int,
    ordered: Array,
) -> None:
    """Shops whose review is due look at their shelf and order; `ordered` (n_outlets, n_products) is written."""
    for i in range(shelves.stock.shape[0]):
        if not shelves.is_open[i] or (day + int(shelves.slot[i] & 0xFFFF)) % shelves.review_days[i] != 0:
            continue
        forgets = rule.late_probability * (1.0 - rule.teaching_effect * shelves.taught[i])
        if shelves.habit[i] == LATE and uniform(key_skip, shelves.slot[i], 0) < forgets:
            continue
        learn_rates(shelves, i, day, rule.smoothing, rule.learns)
        for p in range(shelves.stock.shape[1]):
            if shelves.is_listed[i, p] and shelves.launched[p]:
                own_order(shelves, rule, agreed, i, p, day, ordered)


@kernel(inline=True)
def suggested_order(
    shelves: Shelves,
    i: int,
    p: int,
    rate: float,
    error_sd: float,
    u: float,
    cover_days: float,
    safety_factor: float,
    dispersion_index: float,
    lift: float,
) -> float:
    """What an advisor proposes: base stock for the days to the next call, from an estimate with error [units].

    Parameters
    ----------
    rate : recent sales at the outlet. [units/day]
    error_sd : standard deviation of ln(error) of the estimate; falls with visits and skill.
    u : keyed uniform of the error.
    cover_days : days to the next chance to order plus lead time. [days]
    lift : larger orders written by a hunter, as a share.
    """
    estimate = rate * math.exp(error_sd * normal_quantile(u))
    sd = demand_sd(estimate, dispersion_index)
    levels = reorder_levels(0, estimate, sd, cover_days, 0.0, safety_factor)
    position = shelves.stock[i, p] + shelves.inbound[i, p] + shelves.open_order[i, p]
    wanted = max(levels[1], 1.0) - position
    if wanted > 0.0:
        wanted *= 1.0 + lift
    if position <= 0:
        wanted = max(wanted, float(shelves.case_units[p]))
    return float(wanted)
