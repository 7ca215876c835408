"""Distributors' trucks: which outlets are served today, and with what."""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]

RADIAL: Final = 1.009
LOCAL: Final = 0.44
"""Best known routes ≈ 1.009·(2Σr/C) + 0.44·√(nA): error 2.8 % over 59 CVRPLIB instances."""


class Rounds(NamedTuple):
    """Outlets in the order of distance from their distributor.

    Attributes
    ----------
    first : shape (n_distributors + 1,). Where each distributor's outlets begin in `outlet`.
    outlet : shape (n_served,). Outlet rows, nearest first; once for each company that serves the outlet.
    outlet_km : shape (n_served,). Distance from the distributor.
    """

    first: Array
    outlet: Array
    outlet_km: Array


class Orders(NamedTuple):
    """Orders that wait, and what late and short deliveries cost.

    Attributes
    ----------
    open_order_units : shape (n_outlets, n_products), reduced by what is shipped. [units]
    order_day : shape (n_outlets, n_companies). Day of the oldest open order, −1 none; cleared when complete.
    outlet_distributor, relation : shape (n_outlets, n_companies).
    is_open, personal_tie : shape (n_outlets,). The latter is the part of our relation that hangs on the person.
    distributor_company : shape (n_distributors,). The one company whose goods a distributor brings.
    product_company : shape (n_products,).
    area_km2 : shape (n_distributors,). Worked area of each distributor's territory.
    patience : share of both ties that is left after a late or short delivery.
    """

    open_order_units: Array
    order_day: Array
    outlet_distributor: Array
    relation: Array
    is_open: Array
    personal_tie: Array
    distributor_company: Array
    product_company: Array
    area_km2: Array
    patience: float


class DropRules(NamedTuple):
    """Limits of a delivery day: whether drops are limited, whether unpaid invoices stop them, and how late is late."""

    delivery_limits: bool
    payment_delay: bool
    promised_days: int
    cancel_days: int
    drops_per_truck: int


class Load(NamedTuple):
    """The goods of one day, and what limits them.

    Attributes
    ----------
    day : index of the day.
    stock_left : shape (n_distributors, n_products), scratch copy of the warehouses, reduced. [units]
    capacity_drops : shape (n_distributors,). Drops a day.
    is_blocked : shape (n_outlets,). Deliveries stopped for unpaid invoices.
    shipped : shape (n_outlets, n_products), written. [units]
    delivered_units, cancelled_units : shape (n_distributors, n_products), written. [units]
    waiting : shape (n_served,) at least, scratch.
    """

    day: int
    stock_left: Array
    capacity_drops: Array
    is_blocked: Array
    shipped: Array
    delivered_units: Array
    cancelled_units: Array
    waiting: Array


class DropCounts(NamedTuple):
    """What a day's deliveries came to; shape (n_distributors,), zeros, written."""

    drops: Array
    late_drops: Array
    orders_completed: Array
    orders_in_full_on_time: Array
    waiting_orders: Array
    lead_time_days_sum: Array
    km: Array


@kernel(inline=True)
def _serve(orders: Orders, load: Load, i: int, c: int, k: int) -> tuple[int, int]:
    """Load what is there for one outlet; return (units loaded, units still wanted)."""
    loaded = 0
    wanted = 0
    for p in range(orders.product_company.shape[0]):
        if orders.product_company[p] != c or orders.open_order_units[i, p] <= 0:
            continue
        units = min(orders.open_order_units[i, p], load.stock_left[k, p])
        if units > 0:
            load.stock_left[k, p] -= units
            orders.open_order_units[i, p] -= units
            load.shipped[i, p] += units
            load.delivered_units[k, p] += units
            loaded += units
        wanted += orders.open_order_units[i, p]
    return loaded, wanted


@kernel()
def dispatch(rounds: Rounds, orders: Orders, rules: DropRules, load: Load, counts: DropCounts) -> None:
    """Load the day's drops of every distributor, late orders first, then the nearest; cancel what waits too long."""
    for k in range(orders.distributor_company.shape[0]):
        c = orders.distributor_company[k]
        left = load.capacity_drops[k]
        n = 0
        for r in range(rounds.first[k], rounds.first[k + 1]):
            i = rounds.outlet[r]
            placed = orders.order_day[i, c]
            if placed < 0 or not orders.is_open[i]:
                continue
            if load.day - placed < rules.promised_days:
                load.waiting[n] = r
                n += 1
            elif _may_drop(rules, load, counts, i, k, left):
                left -= _drop(orders, load, counts, i, k, rounds.outlet_km[r], True)
        for m in range(n):
            r = load.waiting[m]
            if _may_drop(rules, load, counts, rounds.outlet[r], k, left):
                left -= _drop(orders, load, counts, rounds.outlet[r], k, rounds.outlet_km[r], False)
        counts.km[k] = round_km(counts.drops[k], counts.km[k], orders.area_km2[k], rules.drops_per_truck)
    _cancel_old_orders(orders, rules, load)


@kernel(inline=True)
def _may_drop(rules: DropRules, load: Load, counts: DropCounts, i: int, k: int, left: int) -> bool:
    """Whether a drop is left for outlet i and nothing stops it; who must go on waiting is counted."""
    if (rules.delivery_limits and left <= 0) or (rules.payment_delay and load.is_blocked[i]):
        counts.waiting_orders[k] += 1
        return False
    return True


@kernel(inline=True)
def _drop(orders: Orders, load: Load, counts: DropCounts, i: int, k: int, km: float, is_late: bool) -> int:
    """Serve outlet i, `km` away; return the drops made, 0 or 1. Distances are added up in the counts' km."""
    c = orders.distributor_company[k]
    loaded, wanted = _serve(orders, load, i, c, k)
    if loaded > 0:
        counts.drops[k] += 1
        counts.km[k] += km
        if is_late:
            counts.late_drops[k] += 1
    if is_late or wanted > 0:
        orders.relation[i, c] *= orders.patience
        if c == 0:
            orders.personal_tie[i] *= orders.patience
    if wanted > 0:
        counts.waiting_orders[k] += 1
    else:
        counts.orders_completed[k] += 1
        counts.lead_time_days_sum[k] += load.day + 1 - orders.order_day[i, c]
        orders.order_day[i, c] = -1
        if not is_late:
            counts.orders_in_full_on_time[k] += 1
    return 1 if loaded > 0 else 0


@kernel()
def _cancel_old_orders(orders: Orders, rules: DropRules, load: Load) -> None:
    """Cancel what has waited too long."""
    for i in range(orders.order_day.shape[0]):
        for c in range(orders.order_day.shape[1]):
            if orders.order_day[i, c] < 0 or load.day - orders.order_day[i, c] < rules.cancel_days:
                continue
            k = orders.outlet_distributor[i, c]
            for p in range(orders.product_company.shape[0]):
                if orders.product_company[p] == c and orders.open_order_units[i, p] > 0:
                    if k >= 0:
                        load.cancelled_units[k, p] += orders.open_order_units[i, p]
                    orders.open_order_units[i, p] = 0
            orders.order_day[i, c] = -1


@kernel()
def round_km(drops: int, radial_km: float, area_km2: float, drops_per_truck: float) -> float:
    """Length of the day's delivery rounds [km]."""
    if drops <= 0:
        return 0.0
    return RADIAL * 2.0 * radial_km / drops_per_truck + LOCAL * math.sqrt(drops * area_km2)


@kernel()
def sum_by_distributor(units: Array, distributor: Array, company: Array, total: Array) -> None:
    """Add outlets' units to their distributors; who has none is left out.

    Parameters
    ----------
    units : shape (n_outlets, n_products). [units]
    distributor : shape (n_outlets, n_companies). Who delivers, −1 nobody.
    company : shape (n_products,).
    total : shape (n_distributors, n_products), added to. [units]
    """
    for i in range(units.shape[0]):
        for p in range(units.shape[1]):
            if units[i, p] != 0:
                k = distributor[i, company[p]]
                if k >= 0:
                    total[k, p] += units[i, p]
