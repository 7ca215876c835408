"""Distributors' trucks: which outlets are served today, and with what."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


class Rounds(NamedTuple):
    """Outlets in the order of distance from their distributor.

    Attributes
    ----------
    first : shape (n_distributors + 1,). Where each distributor's outlets begin in `outlet`.
    outlet : shape (n_served,). Outlet rows, nearest first; once for each company that serves the outlet.
    distance_km : shape (n_served,).
    company : shape (n_distributors,). The one company whose goods a distributor brings.
    """

    first: Array
    outlet: Array
    distance_km: Array
    company: Array


class Crates(NamedTuple):
    """Orders, and the goods of the day.

    Attributes
    ----------
    open_order : shape (n_outlets, n_products), reduced by what is shipped. [units]
    order_day : shape (n_outlets, n_companies). Day of the oldest open order, −1 none; cleared when complete.
    stock_left : shape (n_distributors, n_products), scratch copy of the warehouses, reduced. [units]
    company : shape (n_products,).
    shipped : shape (n_outlets, n_products), written. [units]
    delivered, cancelled : shape (n_distributors, n_products), written. [units]
    """

    open_order: Array
    order_day: Array
    stock_left: Array
    company: Array
    shipped: Array
    delivered: Array
    cancelled: Array


class Patience(NamedTuple):
    """What late and short deliveries cost.

    Attributes
    ----------
    relation : shape (n_outlets, n_companies).
    personal : shape (n_outlets,). Part of our relation that hangs on the person.
    keep : share of both that is left.
    """

    relation: Array
    personal: Array
    keep: float


class DropRules(NamedTuple):
    """Limits of a delivery day."""

    limited: bool
    promised_days: int
    cancel_days: int
    credit_limited: bool


@kernel(inline=True)
def _serve(i: int, c: int, k: int, crates: Crates) -> tuple[int, int]:
    """Load what is there for one outlet; return (units loaded, units still wanted)."""
    loaded = 0
    wanted = 0
    for p in range(crates.company.shape[0]):
        if crates.company[p] != c or crates.open_order[i, p] <= 0:
            continue
        units = min(crates.open_order[i, p], crates.stock_left[k, p])
        if units > 0:
            crates.stock_left[k, p] -= units
            crates.open_order[i, p] -= units
            crates.shipped[i, p] += units
            crates.delivered[k, p] += units
            loaded += units
        wanted += crates.open_order[i, p]
    return loaded, wanted


@kernel()
def dispatch(
    rounds: Rounds,
    rules: DropRules,
    day: int,
    is_open: Array,
    crates: Crates,
    patience: Patience,
    capacity: Array,
    blocked: Array,
    counts: Array,
    waiting: Array,
) -> None:
    """Load the day's drops of every distributor: late orders first, then the nearest.

    Parameters
    ----------
    capacity : shape (n_distributors,). Drops a day.
    blocked : shape (n_outlets,). Deliveries stopped for unpaid invoices.
    counts : shape (n_distributors, 7), written: drops, late drops, orders completed, completed in full and on time,
        waiting orders, sum of lead times of completed orders [days], sum of distances [km].
    waiting : shape (n_outlets,), scratch.
    """
    for k in range(rounds.company.shape[0]):
        c = rounds.company[k]
        left = capacity[k]
        n = 0
        for r in range(rounds.first[k], rounds.first[k + 1]):
            i = rounds.outlet[r]
            placed = crates.order_day[i, c]
            if placed < 0 or not is_open[i]:
                continue
            if day - placed < rules.promised_days:
                waiting[n] = r
                n += 1
            else:
                left = _drop(rounds, rules, r, k, day, left, True, crates, patience, blocked, counts)
        for m in range(n):
            left = _drop(rounds, rules, waiting[m], k, day, left, False, crates, patience, blocked, counts)


@kernel(inline=True)
def _drop(
    rounds: Rounds,
    rules: DropRules,
    r: int,
    k: int,
    day: int,
    left: int,
    is_late: bool,
    crates: Crates,
    patience: Patience,
    blocked: Array,
    counts: Array,
) -> int:
    """Serve one outlet when a drop is left for it; returns the drops left."""
    i = rounds.outlet[r]
    c = rounds.company[k]
    if (rules.limited and left <= 0) or (rules.credit_limited and blocked[i]):
        counts[k, 4] += 1
        return left
    loaded, wanted = _serve(i, c, k, crates)
    if loaded > 0:
        left -= 1
        counts[k, 0] += 1
        counts[k, 6] += rounds.distance_km[r]
        if is_late:
            counts[k, 1] += 1
    if is_late or wanted > 0:
        patience.relation[i, c] *= patience.keep
        if c == 0:
            patience.personal[i] *= patience.keep
    if wanted > 0:
        counts[k, 4] += 1
        return left
    counts[k, 2] += 1
    counts[k, 5] += day + 1 - crates.order_day[i, c]
    crates.order_day[i, c] = -1
    if not is_late:
        counts[k, 3] += 1
    return left


@kernel()
def cancel_old_orders(crates: Crates, distributor: Array, day: int, cancel_days: int) -> None:
    """Cancel what has waited too long; `distributor`, shape (n_outlets, n_companies), says with whom."""
    for i in range(crates.order_day.shape[0]):
        for c in range(crates.order_day.shape[1]):
            if crates.order_day[i, c] < 0 or day - crates.order_day[i, c] < cancel_days:
                continue
            k = distributor[i, c]
            for p in range(crates.company.shape[0]):
                if crates.company[p] == c and crates.open_order[i, p] > 0:
                    if k >= 0:
                        crates.cancelled[k, p] += crates.open_order[i, p]
                    crates.open_order[i, p] = 0
            crates.order_day[i, c] = -1


@kernel()
def round_km(drops: int, radial_km: float, area_km2: float, drops_per_truck: float) -> float:
    """Length of the day's delivery rounds [km].

    Source: best known routes ≈ 1.009·(2Σr/C) + 0.44·√(nA), error 2.8 % over 59 CVRPLIB instances.
    """
    if drops <= 0:
        return 0.0
    return 1.009 * 2.0 * radial_km / drops_per_truck + 0.44 * math.sqrt(drops * area_km2)


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


@kernel()
def rounds_km(counts: Array, territory: Array, area_km2: Array, drops_per_truck: float, out: Array) -> None:
    """Write `round_km` of each distributor's day, shape (n_distributors,), from the `counts` of `dispatch`."""
    for k in range(out.shape[0]):
        out[k] = round_km(counts[k, 0], counts[k, 6], area_km2[territory[k]], drops_per_truck)
