"""Distributors' orders to the factory, and the factory's allocation of what it has."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.inventory import (
    BASE_STOCK,
    R_Q,
    S_S,
    order_units,
    reorder_levels,
    smooth,
    smoothing_weight,
    whole_cases,
    window_mean,
    window_sd,
)
from sim.policies import ReplenishmentPolicy
from sim.sampling import geometric_quantile
from sim.streams import uniform

Array = NDArray[Any]


class Replenishment(NamedTuple):
    """Each distributor's policy, and what it carries; shape (n_distributors,) unless said.

    Attributes
    ----------
    lever_policy : of `ReplenishmentPolicy`.
    expected_lead_days : lead time that all of them reckon with. [days]
    distributor_forecast : shape (n_distributors, n_products). [units/day]
    product_company, case_units, list_price_cents : shape (n_products,).
    """

    lever_policy: Array
    lever_review_days: Array
    lever_cover_days: Array
    lever_safety_factor: Array
    lever_memory_days: Array
    expected_lead_days: float
    distributor_company: Array
    distributor_forecast: Array
    warehouse_units: Array
    product_company: Array
    case_units: Array
    list_price_cents: Array


class Evening(NamedTuple):
    """Where distributors stand when they review; shape (n_distributors, n_products) unless said.

    Attributes
    ----------
    day : index of the day.
    history : shape (n_distributors, n_products, n_history). Ring of daily demand as each sees it. [units/day]
    is_due : shape (n_distributors,). Who reviews today.
    position : inventory positions. [units]
    echelon : goods held or on the way, here and at the outlets served, for vendor-managed stock; outlets' waiting
        orders are left out of it. [units]
    coming : goods held or on the way here, which need room. [units]
    purse_cents : shape (n_distributors,). What each can spend.
    """

    day: int
    history: Array
    is_due: Array
    position: Array
    echelon: Array
    coming: Array
    purse_cents: Array


@kernel(allocates=True)
def _recent(evening: Evening, k: int, p: int, memory: int) -> Array:
    """The last `memory` days of a ring, as a fresh array."""
    n = evening.history.shape[2]
    out = np.empty(memory)
    for m in range(memory):
        out[m] = evening.history[k, p, (evening.day - m) % n]
    return out


@kernel(allocates=True)
def _update_forecasts(stock: Replenishment, evening: Evening) -> None:
    """Fold today's demand into the forecasts; fixed base stock never learns."""
    forecast = stock.distributor_forecast
    for k in range(forecast.shape[0]):
        policy, memory = stock.lever_policy[k], stock.lever_memory_days[k]
        if policy == ReplenishmentPolicy.base_stock:
            continue
        for p in range(forecast.shape[1]):
            if stock.product_company[p] != stock.distributor_company[k]:
                continue
            if policy == ReplenishmentPolicy.moving_average:
                forecast[k, p] = window_mean(_recent(evening, k, p, memory), memory)
            else:
                today = float(evening.history[k, p, evening.day % evening.history.shape[2]])
                forecast[k, p] = smooth(forecast[k, p], today, smoothing_weight(memory))


@kernel(allocates=True)
def _wanted_units(stock: Replenishment, evening: Evening, k: int, p: int) -> float:
    """What a distributor wants of one product by its policy [units].

    Vendor-managed stock is base stock on the echelon's position, from shared sell-out. Outlets' own ordering moves
    goods inside the echelon and leaves its position unchanged, so their batches and forecasts do not reach the factory;
    that is why shared data calm the orders (Lee, Padmanabhan & Whang 1997).
    """
    policy, memory = stock.lever_policy[k], stock.lever_memory_days[k]
    cover, factor = stock.lever_cover_days[k], stock.lever_safety_factor[k]
    rate, sd = stock.distributor_forecast[k, p], window_sd(_recent(evening, k, p, memory), memory)
    risk, position = stock.lever_review_days[k] + stock.expected_lead_days, evening.position[k, p]
    rule = S_S if policy == ReplenishmentPolicy.s_S else R_Q if policy == ReplenishmentPolicy.r_Q else BASE_STOCK
    if policy == ReplenishmentPolicy.vendor_managed:
        position = evening.echelon[k, p]
    elif policy in (ReplenishmentPolicy.moving_average, ReplenishmentPolicy.exponential_smoothing):
        cover = 0.0
    levels = reorder_levels(rule, rate, sd, risk, cover, factor)
    return float(order_units(rule, float(position), levels[0], levels[1], levels[2], False))


@kernel(allocates=True)
def review_distributors(stock: Replenishment, evening: Evening, orders: Array) -> None:
    """Update all forecasts, and write the orders of who is due, within warehouse and purse.

    `orders`, shape (n_distributors, n_products), zeros, is written. [units]
    """
    _update_forecasts(stock, evening)
    for k in range(evening.is_due.shape[0]):
        if not evening.is_due[k]:
            continue
        room = max(0.0, stock.warehouse_units[k] - evening.coming[k].sum())
        purse = float(evening.purse_cents[k])
        for p in range(stock.product_company.shape[0]):
            if stock.product_company[p] != stock.distributor_company[k]:
                continue
            case, price = stock.case_units[p], stock.list_price_cents[p]
            units = whole_cases(_wanted_units(stock, evening, k, p), case, 1)
            units = max(0, min(units, int(room) // case * case, int(purse // price) // case * case))
            orders[k, p] += units
            room -= units
            purse -= units * price


class Factory(NamedTuple):
    """Factories and what is ordered from them.

    Attributes
    ----------
    factory_backlog_units : shape (n_distributors, n_products). Ordered, not shipped. [units]
    is_core : shape (n_distributors,). Who is served first.
    factory_order_rate : shape (n_products,). [units/day]
    factory_stock_units, product_company : shape (n_products,).
    stock_days : shape (n_companies,). Finished stock aimed at. [days]
    factory_capacity_units : shape (n_companies,). [units/day]
    factory_limits : whether capacity is limited.
    """

    factory_backlog_units: Array
    is_core: Array
    factory_order_rate: Array
    factory_stock_units: Array
    product_company: Array
    stock_days: Array
    factory_capacity_units: Array
    factory_limits: bool


@kernel()
def allocate(factory: Factory, p: int, given: Array) -> None:
    """Share out one product's factory stock: core distributors first, each group in proportion to its orders.

    `given`, shape (n_distributors, n_products), zeros, is written. [units]
    """
    backlog, is_core = factory.factory_backlog_units, factory.is_core
    left = factory.factory_stock_units[p]
    for core in (True, False):
        total = 0
        for k in range(is_core.shape[0]):
            if is_core[k] == core:
                total += backlog[k, p]
        if total == 0 or left <= 0:
            continue
        quota = min(left, total)
        spent = 0
        for k in range(is_core.shape[0]):
            if is_core[k] == core:
                given[k, p] = backlog[k, p] * quota // total
                spent += given[k, p]
        for k in range(is_core.shape[0]):
            if spent < quota and is_core[k] == core and given[k, p] < backlog[k, p]:
                given[k, p] += 1
                spent += 1
        left -= spent


@kernel()
def allocate_products(factory: Factory, stopped: Array, given: Array) -> None:
    """Share out the stock of every product, as `allocate`; `stopped` factories, shape (n_companies,), ship nothing."""
    for p in range(factory.product_company.shape[0]):
        if not stopped[factory.product_company[p]]:
            allocate(factory, p, given)


@kernel()
def produce(factory: Factory, backlog: Array, made: Array) -> None:
    """Make up to the stock target and the backlog, within each company's capacity, shared by need.

    Parameters
    ----------
    backlog : shape (n_products,). [units]
    made : shape (n_products,), written. [units]
    """
    for c in range(factory.factory_capacity_units.shape[0]):
        total, capacity = 0.0, factory.factory_capacity_units[c]
        for p in range(made.shape[0]):
            if factory.product_company[p] == c:
                total += _needed(factory, backlog, p)
        for p in range(made.shape[0]):
            if factory.product_company[p] == c:
                need = _needed(factory, backlog, p)
                if factory.factory_limits and total > capacity:
                    need = math.floor(need * capacity / total)
                made[p] = int(need)


@kernel(inline=True)
def _needed(factory: Factory, backlog: Array, p: int) -> float:
    """What is missing to a product's stock target and backlog [units]."""
    target = factory.factory_order_rate[p] * factory.stock_days[factory.product_company[p]]
    return float(max(math.ceil(target + backlog[p] - factory.factory_stock_units[p]), 0.0))


class Transport(NamedTuple):
    """Loads from factories to distributors.

    Attributes
    ----------
    distributor_slot, distributor_company : shape (n_distributors,).
    transport_days, transport_days_extra : shape (n_companies,). Shortest transport, and the mean of further, random
        days. [days]
    longest_days : limit. [days]
    """

    distributor_slot: Array
    distributor_company: Array
    transport_days: Array
    transport_days_extra: Array
    longest_days: int


@kernel()
def draw_transport_days(transport: Transport, key: np.uint64, days: Array) -> None:
    """Draw days on the road for each distributor's load; `days`, shape (n_distributors,), is written."""
    for k in range(days.shape[0]):
        c = transport.distributor_company[k]
        extra = geometric_quantile(uniform(key, transport.distributor_slot[k], 0), transport.transport_days_extra[c])
        days[k] = min(transport.transport_days[c] + extra, transport.longest_days)
