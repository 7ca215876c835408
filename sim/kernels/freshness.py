"""The age of goods, and what shops take off their prices for it and for what they were given themselves.

A stock has one number, the mean day on which its goods were made, which moves only when goods come in: those that leave
have the mean age. At a constant flow the goods of a stock S with an inflow q are then S ÷ q days old, beyond what they
had when they came: exactly the time that goods spend in it that leave first in, first out (Little 1961).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


class Goods(NamedTuple):
    """The world's columns of the goods at outlets and of what their distributors hold."""

    outlet_stock_units: Array
    outlet_born_day: Array
    outlet_distributor: Array
    outlet_territory: Array
    product_company: Array
    distributor_born_day: Array


class Labels(NamedTuple):
    """The world's columns by which a shop sets its prices."""

    shelf_discount: Array
    weight_is_stale: Array
    distributor_markdown: Array
    distributor_pass_on: Array
    trade_discount: Array


class PricingRules(NamedTuple):
    """How shops set prices.

    Attributes
    ----------
    shelf_share : share of a discount on the invoice that reaches the shelf; 0 where nothing is passed on.
    old_after_days : age from which goods are marked down; infinite where nothing ages. [days]
    old_cut : what is then taken off.
    """

    shelf_share: float
    old_after_days: float
    old_cut: float


LARGEST_CUT = 0.9
"""No shop takes more off its regular price."""


@kernel()
def receive_goods(received: Array, goods: Goods) -> None:
    """Mix what trucks brought, shape (n_outlets, n_products) and in stock already, into the ages of shops' goods."""
    for i in range(received.shape[0]):
        for p in range(received.shape[1]):
            if received[i, p] <= 0:
                continue
            k = goods.outlet_distributor[i, goods.product_company[p]]
            if k >= 0:
                share = received[i, p] / goods.outlet_stock_units[i, p]
                goods.outlet_born_day[i, p] += share * (goods.distributor_born_day[k, p] - goods.outlet_born_day[i, p])


@kernel(inline=True)
def expired_units(stock: int, age: float, life: float) -> int:
    """Units of a stock that are beyond their shelf life: what a constant flow could not have moved in time."""
    return int(math.ceil(stock * (1.0 - life / age) - 1e-9)) if age > life else 0


@kernel()
def expire_goods(rows: Array, goods: Goods, day: int, life: float, expired: Array) -> int:
    """Find what has expired in the outlets in `rows`, shape (n_rows, n_products), and leave the rest as old as allowed.

    Returns
    -------
    Units of all together.
    """
    total = 0
    for n in range(rows.shape[0]):
        i = rows[n]
        for p in range(goods.outlet_born_day.shape[1]):
            expired[n, p] = expired_units(goods.outlet_stock_units[i, p], day - goods.outlet_born_day[i, p], life)
            if expired[n, p] > 0:
                goods.outlet_born_day[i, p] = day - life
                total += expired[n, p]
    return total


@kernel()
def set_prices(rows: Array, goods: Goods, labels: Labels, rules: PricingRules, day: int) -> None:
    """Let the shops in `rows` set what they take off their regular prices."""
    for n in range(rows.shape[0]):
        i = rows[n]
        t = goods.outlet_territory[i]
        for p in range(goods.product_company.shape[0]):
            c = goods.product_company[p]
            k = goods.outlet_distributor[i, c]
            cut = 0.0
            if k >= 0:
                given = (
                    labels.distributor_markdown[k, p] + labels.distributor_pass_on[k, p] + labels.trade_discount[t, c]
                )
                cut = rules.shelf_share * given
            if goods.outlet_stock_units[i, p] > 0 and day - goods.outlet_born_day[i, p] > rules.old_after_days:
                cut += rules.old_cut
            cut = min(cut, LARGEST_CUT)
            if cut != labels.shelf_discount[i, p]:
                labels.shelf_discount[i, p] = cut
                labels.weight_is_stale[i] = True


@kernel()
def sum_ages(goods: Goods, day: int, out: Array) -> None:
    """Add each shop's stock times its age to its territory; shape (n_territories, n_products). [unit-days]."""
    for i in range(goods.outlet_stock_units.shape[0]):
        for p in range(out.shape[1]):
            out[goods.outlet_territory[i], p] += goods.outlet_stock_units[i, p] * (day - goods.outlet_born_day[i, p])
