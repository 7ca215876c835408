"""Distributors' trucks: which outlets are served today, and with what."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


class Rounds(NamedTuple):
    """Outlets in the order of distance from their distributor, for one company.

    Attributes
    ----------
    first : shape (n_distributors + 1,). Where each distributor's outlets begin in `outlet`.
    outlet : shape (n_served,). Outlet rows, nearest first.
    distance_km : shape (n_served,).
    """

    first: Array
    outlet: Array
    distance_km: Array


class DropRules(NamedTuple):
    """Limits of a delivery day."""

    limited: bool
    promised_days: int
    cancel_days: int
    credit_limited: bool


@kernel(inline=True)
def _serve(
    i: int, c: int, k: int, stock_left: Array, open_order: Array, shipped: Array, company: Array
) -> tuple[int, int]:
    """Load what is there for one outlet; return (units loaded, units still wanted)."""
    loaded = 0
    wanted = 0
    for p in range(company.shape[0]):
        if company[p] != c or open_order[i, p] <= 0:
            continue
        units = min(open_order[i, p], stock_left[k, p])
        if units > 0:
            stock_left[k, p] -= units
            open_order[i, p] -= units
            shipped[i, p] += units
            loaded += units
        wanted += open_order[i, p]
    return loaded, wanted


@kernel()
def dispatch(
    rounds: Rounds,
    rules: DropRules,
    c: int,
    day: int,
    is_open: Array,
    open_order: Array,
    order_day: Array,
    stock_left: Array,
    capacity: Array,
    blocked: Array,
    company: Array,
    shipped: Array,
    late: Array,
    counts: Array,
    waiting: Array,
) -> None:
    """Load the day's drops of every distributor of company c: late orders first, then the nearest.

    Parameters
    ----------
    open_order : shape (n_outlets, n_products), reduced by what is shipped. [units]
    order_day : shape (n_outlets, n_companies). Day of the oldest open order, −1 none; cleared when complete.
    stock_left : shape (n_distributors, n_products), scratch copy of the warehouses, reduced. [units]
    capacity : shape (n_distributors,). Drops a day.
    blocked : shape (n_outlets,). Deliveries stopped for unpaid invoices.
    shipped : shape (n_outlets, n_products), written. [units]
    late : shape (n_outlets,), set where a delivery is late or short.
    counts : shape (n_distributors, 7), written: drops, late drops, orders completed, completed in full and on time,
        waiting orders, sum of lead times of completed orders [days], sum of distances [km].
    waiting : shape (n_outlets,), scratch.
    """
    for k in range(rounds.first.shape[0] - 1):
        left = capacity[k]
        n = 0
        for r in range(rounds.first[k], rounds.first[k + 1]):
            i = rounds.outlet[r]
            placed = order_day[i, c]
            if placed < 0 or not is_open[i]:
                continue
            if day - placed < rules.promised_days:
                waiting[n] = r
                n += 1
            else:
                left = _drop(
                    rounds, rules, r, c, k, day, left, True, open_order, order_day, stock_left, blocked, company,
                    shipped, late, counts,
                )  # fmt: skip
        for m in range(n):
            left = _drop(
                rounds, rules, waiting[m], c, k, day, left, False, open_order, order_day, stock_left, blocked, company,
                shipped, late, counts,
            )  # fmt: skip


@kernel(inline=True)
def _drop(
    rounds: Rounds,
    rules: DropRules,
    r: int,
    c: int,
    k: int,
    day: int,
    left: int,
    is_late: bool,
    open_order: Array,
    order_day: Array,
    stock_left: Array,
    blocked: Array,
    company: Array,
    shipped: Array,
    late: Array,
    counts: Array,
) -> int:
    """Serve one outlet when a drop is left for it; returns the drops left."""
    i = rounds.outlet[r]
    if (rules.limited and left <= 0) or (rules.credit_limited and blocked[i]):
        counts[k, 4] += 1
        return left
    loaded, wanted = _serve(i, c, k, stock_left, open_order, shipped, company)
    if loaded > 0:
        left -= 1
        counts[k, 0] += 1
        counts[k, 6] += rounds.distance_km[r]
        if is_late:
            counts[k, 1] += 1
    if is_late or wanted > 0:
        late[i] = True
    if wanted > 0:
        counts[k, 4] += 1
        return left
    counts[k, 2] += 1
    counts[k, 5] += day + 1 - order_day[i, c]
    order_day[i, c] = -1
    if not is_late:
        counts[k, 3] += 1
    return left


@kernel()
def cancel_old_orders(
    order_day: Array, open_order: Array, company: Array, day: int, cancel_days: int, cancelled: Array
) -> None:
    """Cancel what has waited too long; `cancelled` (n_outlets, n_products) is written."""
    for i in range(order_day.shape[0]):
        for c in range(order_day.shape[1]):
            if order_day[i, c] < 0 or day - order_day[i, c] < cancel_days:
                continue
            for p in range(company.shape[0]):
                if company[p] == c and open_order[i, p] > 0:
                    cancelled[i, p] += open_order[i, p]
                    open_order[i, p] = 0
            order_day[i, c] = -1


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
def list_invoices(
    invoices: Array,
    distributor: Array,
    terms_days: Array,
    extra_days: Array,
    day: int,
    out_due: Array,
    out_outlet: Array,
    out_distributor: Array,
    out_cents: Array,
) -> int:
    """Write the day's invoices as rows, by outlet and company; return their number.

    `invoices` has shape (n_outlets, n_companies) [cents], `terms_days` and `extra_days`, for company 0, (n_outlets,);
    the outputs (capacity,).
    """
    n = 0
    for i in range(invoices.shape[0]):
        for c in range(invoices.shape[1]):
            if invoices[i, c] != 0:
                out_due[n] = day + terms_days[i] + (extra_days[i] if c == 0 else 0)
                out_outlet[n] = i
                out_distributor[n] = distributor[i, c]
                out_cents[n] = invoices[i, c]
                n += 1
    return n


@kernel()
def rounds_km(counts: Array, territory: Array, area_km2: Array, drops_per_truck: float, out: Array) -> None:
    """Write `round_km` of each distributor's day, shape (n_distributors,), from the `counts` of `dispatch`."""
    for k in range(out.shape[0]):
        out[k] = round_km(counts[k, 0], counts[k, 6], area_km2[territory[k]], drops_per_truck)
