"""Distributors' orders to the factory, and the factory's allocation of what it has."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import (
    order_units,
    reorder_levels,
    smooth,
    smoothing_weight,
    vendor_managed_order,
    whole_cases,
    window_mean,
    window_sd,
)
from sim.sampling import geometric_quantile
from sim.streams import uniform

Array = NDArray[Any]

BASE_STOCK, S_S, R_Q, MOVING_AVERAGE, EXPONENTIAL, VENDOR_MANAGED = range(6)


class Policies(NamedTuple):
    """Inventory policy of each distributor, shape (n_distributors,)."""

    kind: Array
    review_days: Array
    cover_days: Array
    safety_factor: Array
    memory_days: Array
    lead_days: Array


@kernel(allocates=True)
def _recent(history: Array, k: int, p: int, memory: int, day: int) -> Array:
    """The last `memory` days of a ring, as a fresh array."""
    n = history.shape[2]
    out = np.empty(memory)
    for m in range(memory):
        out[m] = history[k, p, (day - m) % n]
    return out


@kernel(allocates=True)
def update_forecasts(
    policies: Policies, history: Array, forecast: Array, company: Array, product_company: Array, day: int
) -> None:
    """Fold today's demand into the forecasts, shape (n_distributors, n_products); fixed base stock never learns."""
    for k in range(forecast.shape[0]):
        if policies.kind[k] == BASE_STOCK:
            continue
        for p in range(forecast.shape[1]):
            if product_company[p] != company[k]:
                continue
            if policies.kind[k] == MOVING_AVERAGE:
                window = _recent(history, k, p, policies.memory_days[k], day)
                forecast[k, p] = window_mean(window, window.shape[0])
            else:
                today = float(history[k, p, day % history.shape[2]])
                forecast[k, p] = smooth(forecast[k, p], today, smoothing_weight(policies.memory_days[k]))


@kernel(allocates=True)
def wanted_units(
    policies: Policies, history: Array, forecast: Array, k: int, p: int, position: float, echelon: float, day: int
) -> float:
    """What a distributor wants of one product by its policy [units].

    `echelon` is all goods held and on the way, here and at the outlets served, for vendor-managed stock; outlets'
    waiting orders are left out of it.
    """
    window = _recent(history, k, p, policies.memory_days[k], day)
    sd = window_sd(window, window.shape[0])
    risk = policies.review_days[k] + policies.lead_days[k]
    kind = policies.kind[k]
    if kind == VENDOR_MANAGED:
        cover, factor = policies.cover_days[k], policies.safety_factor[k]
        return float(vendor_managed_order(echelon, forecast[k, p], sd, risk, cover, factor))
    rule = 1 if kind == S_S else 2 if kind == R_Q else 0
    cover = policies.cover_days[k] if kind in (BASE_STOCK, S_S, R_Q) else 0.0
    levels = reorder_levels(rule, forecast[k, p], sd, risk, cover, policies.safety_factor[k])
    return float(order_units(rule, position, levels[0], levels[1], levels[2], False))


@kernel(allocates=True)
def review_distributor(
    policies: Policies,
    history: Array,
    forecast: Array,
    k: int,
    product_company: Array,
    company: int,
    position: Array,
    echelon: Array,
    case_units: Array,
    room: float,
    purse: float,
    price: Array,
    day: int,
    orders: Array,
) -> None:
    """Write the orders of one distributor, shape (n_products,), within its warehouse and purse [units]."""
    for p in range(product_company.shape[0]):
        if product_company[p] != company:
            continue
        wanted = wanted_units(policies, history, forecast, k, p, float(position[p]), float(echelon[p]), day)
        units = whole_cases(wanted, case_units[p], 1)
        case = case_units[p]
        units = max(0, min(units, int(room) // case * case, int(purse // price[p]) // case * case))
        orders[p] += units
        room -= units
        purse -= units * price[p]


@kernel(allocates=True)
def review_distributors(
    policies: Policies,
    history: Array,
    forecast: Array,
    due: Array,
    product_company: Array,
    company: Array,
    position: Array,
    echelon: Array,
    coming: Array,
    case_units: Array,
    warehouse: Array,
    purse: Array,
    price: Array,
    day: int,
    orders: Array,
) -> None:
    """Write the orders of the distributors that are `due`, shape (n_distributors, n_products) [units].

    Parameters
    ----------
    position, echelon, coming : shape (n_distributors, n_products). Inventory positions; goods held or on the way, here
        and at the outlets served; and those here alone, which need room. [units]
    warehouse, purse : shape (n_distributors,). [units], [cents]
    """
    for k in range(due.shape[0]):
        if due[k]:
            room = max(0.0, warehouse[k] - coming[k].sum())
            review_distributor(
                policies, history, forecast, k, product_company, company[k], position[k], echelon[k], case_units, room,
                float(purse[k]), price, day, orders[k],
            )  # fmt: skip


@kernel(allocates=True)
def allocate(backlog: Array, is_core: Array, available: int, capacity_left: int) -> Array:
    """Share out one product's factory stock: core distributors first, each group in proportion to its orders.

    Parameters
    ----------
    backlog : shape (n_distributors,). Ordered, not shipped. [units]
    is_core : shape (n_distributors,).
    available : stock at the factory. [units]
    capacity_left : further limit on what can be loaded today. [units]

    Returns
    -------
    Units for each distributor, shape (n_distributors,).
    """
    given = np.zeros(backlog.shape[0], dtype=np.int64)
    left = min(available, capacity_left)
    for core in (True, False):
        total = 0
        for k in range(backlog.shape[0]):
            if is_core[k] == core:
                total += backlog[k]
        if total == 0 or left <= 0:
            continue
        quota = min(left, total)
        spent = 0
        for k in range(backlog.shape[0]):
            if is_core[k] == core:
                given[k] = backlog[k] * quota // total
                spent += given[k]
        for k in range(backlog.shape[0]):
            if spent < quota and is_core[k] == core and given[k] < backlog[k]:
                given[k] += 1
                spent += 1
        left -= spent
    return given


@kernel(allocates=True)
def allocate_products(
    backlog: Array, is_core: Array, stock: Array, company: Array, stopped: Array, units: Array
) -> None:
    """Share out the stock of every product, as `allocate`; factories that are `stopped` ship nothing.

    Parameters
    ----------
    backlog : shape (n_distributors, n_products). [units]
    stock, company : shape (n_products,).
    stopped : shape (n_companies,).
    units : shape (n_distributors, n_products), written. [units]
    """
    for p in range(stock.shape[0]):
        if not stopped[company[p]]:
            units[:, p] = allocate(backlog[:, p], is_core, stock[p], stock[p])


@kernel()
def produce(
    order_rate: Array,
    backlog: Array,
    stock: Array,
    company: Array,
    stock_days: Array,
    capacity: Array,
    limited: bool,
    made: Array,
) -> None:
    """Make up to the stock target and the backlog, within each company's capacity, shared by need.

    Parameters
    ----------
    order_rate, backlog, stock, company : shape (n_products,).
    stock_days, capacity : shape (n_companies,). [days], [units/day]
    made : shape (n_products,), written. [units]
    """
    for c in range(capacity.shape[0]):
        total = 0.0
        for p in range(made.shape[0]):
            if company[p] == c:
                total += _needed(order_rate[p], stock_days[c], backlog[p], stock[p])
        for p in range(made.shape[0]):
            if company[p] == c:
                need = _needed(order_rate[p], stock_days[c], backlog[p], stock[p])
                if limited and total > capacity[c]:
                    need = math.floor(need * capacity[c] / total)
                made[p] = int(need)


@kernel(inline=True)
def _needed(order_rate: float, stock_days: float, backlog: int, stock: int) -> float:
    """What is missing to a product's stock target and backlog [units]."""
    return max(math.ceil(order_rate * stock_days + backlog - stock), 0.0)


@kernel()
def transport_days(
    key: np.uint64, slot: Array, company: Array, shortest: Array, extra_mean: Array, longest: int, out: Array
) -> None:
    """Draw days on the road for each distributor's load.

    Parameters
    ----------
    slot, company : shape (n_distributors,).
    shortest, extra_mean : shape (n_companies,). Shortest transport, and the mean of further, random days. [days]
    longest : limit. [days]
    out : shape (n_distributors,), written. [days]
    """
    for k in range(slot.shape[0]):
        c = company[k]
        out[k] = min(shortest[c] + geometric_quantile(uniform(key, slot[k], 0), extra_mean[c]), longest)
